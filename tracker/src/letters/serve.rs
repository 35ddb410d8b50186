//! 送达 by a person: post, telephone, or over the counter. What was issued to a writer without a
//! mail address waits until somebody records that it was served; a wrong record is put right.

use jiff::{Timestamp, civil::Date};
use serde_json::json;

use super::{
    Error, Result,
    announce::{self, Post},
    assign::need,
    change::Change,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        obligation::ObligationKind,
        rules::{Halt, Meets},
        status::{Action, Status},
        text::FieldError,
        words::{MessageKind, OutboxKind, OutboxState, Service, Topic},
    },
    store::{events::NewEvent, letters::Letter, outbox::Outgoing},
};

/// How somebody served something.
#[derive(Debug, Clone)]
pub struct Served<'a> {
    /// By post, telephone, or over the counter.
    pub by: Service,
    /// The day.
    pub on: Date,
    /// 邮件单号 and the like.
    pub note: &'a str,
    /// Which of what waits; all that was issued by that day where none is named.
    pub which: Vec<i64>,
}

fn fault(field: &'static str, code: &'static str) -> Error {
    Error::Fields(vec![FieldError::new(field, code)])
}

/// Records that a person served the answer (or a notice) on a day. The obligation is met at the
/// instant of issue, as with any service.
///
/// # Errors
/// See [`Error`]; a day that has not come, or before the issue, is refused.
pub async fn serve(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    served: Served<'_>,
) -> Result<Letter> {
    let Served { by, on, note, .. } = served;
    if !by.is_by_hand() {
        return Err(fault("by", "not-by-hand"));
    }
    let mut change = Change::open(app, staff, number, version, Action::Serve).await?;
    if on > app.day_of(change.now()) {
        return Err(fault("on", "not-then"));
    }
    let mut waiting = change.step.by_hand(&change.letter).await?;
    waiting.retain(|o| o.state == OutboxState::ByHand);
    let of_mail = waiting.is_empty();
    if of_mail {
        waiting = vec![beside_mail(app, &change, by).await?];
    }
    waiting.retain(|o| served.which.is_empty() || served.which.contains(&o.id));
    if waiting.is_empty() {
        return Err(Error::Rule("nothing-to-serve"));
    }
    waiting.retain(|o| app.day_of(o.created_at) <= on);
    if waiting.is_empty() {
        return Err(fault("on", "not-then"));
    }
    if !waiting.iter().any(|o| o.kind == OutboxKind::Reply) {
        // A word on the way, or a notice: an answer that waits beside it is not served by it.
        change.letter.status = change.was;
    }
    if of_mail {
        recall_mail(&change).await?;
        let row = waiting
            .iter()
            .map(|o| (change.letter.lock.clone(), o.clone()));
        change.step.add_outgoing(row.collect()).await?;
    }
    let at = noon(app, on);
    for o in &waiting {
        change.step.served_by_hand(o.id, by, at).await?;
        count(&mut change, o).await?;
    }
    let id = change.letter.id;
    change.step.settle_notices(id, Topic::Unposted).await?;
    let rows: Vec<i64> = waiting.iter().map(|o| o.id).collect();
    let data = json!({ "service": by.code(), "on": on.to_string(), "deliveries": rows });
    change
        .finish_with(NewEvent::new(EventKind::Served, None, data).with_note(note))
        .await
}

/// What left by mail and came to nothing, served by hand all the same: a row of its own beside.
async fn beside_mail(app: &App, change: &Change<'_>, by: Service) -> Result<Outgoing> {
    let on_its_way = change.was.is_open() && change.was != Status::Sending;
    let issued = change.step.last_reply(&change.letter).await?;
    let issued = issued.filter(|_| !on_its_way);
    let issued = issued.ok_or(Error::Rule("nothing-to-serve"))?;
    let post = Post {
        letter: &change.letter,
        address: "",
        kind: if issued.kind == MessageKind::Reply {
            OutboxKind::Reply
        } else {
            OutboxKind::Notice
        },
        by,
        message_id: Some(issued.id),
        source_name: None,
        in_reply_to: None,
        references: Vec::new(),
        now: issued.at,
        due_at: issued.at,
    };
    let words = notifier::Rendered {
        subject: issued.words.subject,
        text: issued.words.text,
        html: String::new(),
    };
    Ok(announce::outgoing(app, post, words))
}

/// A mail still waiting, or nobody knows where, has nothing left to do.
async fn recall_mail(change: &Change<'_>) -> Result<()> {
    let waiting = [OutboxState::Queued, OutboxState::Unknown];
    for kind in [OutboxKind::Reply, OutboxKind::Notice] {
        let id = change.letter.id;
        change
            .step
            .turn_outgoing(id, kind, &waiting, OutboxState::Recalled)
            .await?;
    }
    Ok(())
}

/// What follows for the letter from something being served.
async fn count(change: &mut Change<'_>, o: &Outgoing) -> Result<()> {
    let issued = o.created_at;
    match o.kind {
        OutboxKind::Reply => {
            change.meet(issued);
            change.letter.undelivered = false;
            change.letter.answered_at.get_or_insert(issued);
        }
        OutboxKind::Notice => {
            change.meet(issued);
            change.letter.undelivered = false;
            change.letter.notice_served = true;
        }
        OutboxKind::Progress => {
            if change.letter.accepted_at.is_some_and(|at| at <= issued) {
                change.satisfy(issued, &[Meets::Acceptance]);
            }
            let pauses = change.step.pauses(change.letter.id).await?;
            if pauses
                .iter()
                .any(|p| p.kind == Halt::Correction && p.signed_at == issued)
            {
                change.meet_where(issued, |x| x.kind == ObligationKind::Supplement);
            }
        }
        OutboxKind::Receipt => {}
    }
    Ok(())
}

/// The noon of a day: no zone moves it to another.
fn noon(app: &App, on: Date) -> Timestamp {
    let noon = app.zone.to_timestamp(on.at(12, 0, 0, 0));
    noon.unwrap_or_else(|_| app.now())
}

/// 更正送达登记: what was recorded last was served otherwise (`rightly`), or not at all: then it waits
/// again, and so does what it met.
///
/// # Errors
/// See [`Error`]; where nothing was recorded, or the letter was taken up again since.
pub async fn correct(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    rightly: Option<(Service, Date)>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::CorrectService).await?;
    let all = change.step.by_hand(&change.letter).await?;
    let found = all.into_iter().rfind(|o| o.state == OutboxState::Sent);
    let found = found.ok_or(Error::Rule("nothing-served"))?;
    let was = found.settled_at.map(|at| app.day_of(at).to_string());
    let mut data = json!({
        "delivery": found.id, "was": found.medium.code(), "was_on": was,
    });
    match rightly {
        Some((by, on)) => {
            if !by.is_by_hand() {
                return Err(fault("by", "not-by-hand"));
            }
            if on > app.day_of(change.now()) || on < app.day_of(found.created_at) {
                return Err(fault("on", "not-then"));
            }
            change
                .step
                .served_by_hand(found.id, by, noon(app, on))
                .await?;
            data["service"] = json!(by.code());
            data["on"] = json!(on.to_string());
        }
        None => take_back(app, &mut change, &found).await?,
    }
    let event = NewEvent::new(EventKind::ServiceCorrected, None, data).with_note(reason);
    change.finish_with(event).await
}

/// Something was not served after all.
async fn take_back(app: &App, change: &mut Change<'_>, o: &Outgoing) -> Result<()> {
    let mailed = match o.message_id {
        Some(id) => change.step.was_mailed(id).await?,
        None => false,
    };
    match o.kind {
        OutboxKind::Reply if change.was != Status::Answered => {
            return Err(Error::Rule("nothing-served"));
        }
        // A mail was accepted once and came back: answered it stays, and undelivered.
        OutboxKind::Reply | OutboxKind::Notice if mailed => change.letter.undelivered = true,
        OutboxKind::Reply => {
            change.letter.status = Status::Sending;
            change.letter.answered_at = None;
            change.unmeet(o.created_at);
        }
        OutboxKind::Notice => {
            change.letter.notice_served = false;
            change.unmeet(o.created_at);
        }
        OutboxKind::Progress | OutboxKind::Receipt => change.unmeet(o.created_at),
    }
    let at = announce::remind_at(app, &change.law, change.now());
    Ok(change.step.waits_by_hand(o.id, at).await?)
}
