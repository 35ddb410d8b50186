//! What comes back: a bounce finds the answer it is about and marks the letter "answered,
//! undelivered", once; our own mail is known again; mail that nobody should have to read is told
//! from letters.

use ingest::letter::IncomingLetter;
use serde_json::json;

use super::{
    Error, Result,
    change::Change,
    judge::{self, Known},
    release,
};
use crate::{
    app::App,
    domain::{
        event::EventKind,
        spam::{self, Judged},
        status::{Action, Status, next},
        text,
        thread::Named,
    },
    store::{
        arrivals::{ArrivalRecord, Standing, Verdict},
        events::NewEvent,
    },
};

/// The mail of ours that a bounce is about.
pub(super) struct CameBack {
    /// Whose.
    pub(super) letter_id: i64,
    mail_id: String,
    reason: String,
}

/// Our mail that was given up, where the message is a bounce that names one: by its Message-ID, or
/// else by the mark of its letter (`named`), in the address it came back to or in its words.
///
/// # Errors
/// When the database refuses.
pub(super) async fn find(
    app: &App,
    known: &Known,
    letter: &IncomingLetter,
    named: &[Named],
) -> Result<Option<CameBack>> {
    let Some(returned) = letter.returned.as_ref().filter(|r| r.given_up) else {
        return Ok(None);
    };
    let ours = judge::named_mails(letter).find_map(|mail| Some((mail, known.letter_of(mail)?)));
    let found = match (ours, named.first()) {
        (Some((mail_id, letter_id)), _) => Some((mail_id.clone(), letter_id)),
        (None, Some(named)) => {
            let latest = app.store.latest_sent(named.letter_id).await?;
            latest.map(|mail_id| (mail_id, named.letter_id))
        }
        (None, None) => None,
    };
    Ok(found.map(|(mail_id, letter_id)| CameBack {
        letter_id,
        mail_id,
        reason: text::cut(&text::one_line(&returned.reason), text::SUBJECT),
    }))
}

/// Records a bounce: its line gets its fate and, the first time, the letter is undelivered. `from`
/// is how the line stood, `by` who decided.
///
/// # Errors
/// When the letter is gone or somebody decided meanwhile.
pub(super) async fn record(
    app: &App,
    line: &ArrivalRecord,
    mut verdict: Verdict,
    came_back: &CameBack,
    from: Standing,
    by: Option<i64>,
) -> Result<Verdict> {
    let mut change = Change::by_machine(app, came_back.letter_id, Action::Note).await?;
    verdict.sealed |= change.letter.is_sealed();
    if !change.step.give_fate(&verdict, from, by).await? {
        return Err(Error::Rule("decided-meanwhile"));
    }
    if let Some(by) = by {
        release::record(&change.step, line, &verdict, by, None).await?;
    }
    // While another attempt is on its way, that one decides.
    let standing = next(change.letter.status, Action::DeliveryFailed) == Ok(change.letter.status);
    // A server's refusal quotes the address. Its words stand in the event's note, sealed.
    let in_plain = if change.letter.is_sealed() {
        ""
    } else {
        &came_back.reason
    };
    let news = standing
        && change
            .step
            .came_back(came_back.letter_id, &came_back.mail_id, in_plain)
            .await?;
    if !news {
        change.step.commit().await?;
        return Ok(verdict);
    }
    change.letter.undelivered = true;
    if matches!(
        change.letter.status,
        Status::Declined | Status::Directed | Status::Transferred | Status::Duplicate
    ) {
        change.letter.notice_served = false;
    }
    let data = json!({ "mail": came_back.mail_id, "arrival": verdict.id });
    let event = NewEvent::new(EventKind::DeliveryFailed, None, data);
    change
        .finish_with(event.with_note(&came_back.reason))
        .await?;
    Ok(verdict)
}

/// Our own mail: one that we recorded before sending it. An address of ours in From says nothing:
/// a form of our site sends from there, and anybody can write it.
pub(super) fn is_own(known: &Known, letter: &IncomingLetter) -> bool {
    let id = letter.message_id.as_deref();
    id.is_some_and(|id| known.letter_of(id).is_some())
}

/// What the block list and the mail server's score say of a message.
pub(super) fn judged(app: &App, letter: &IncomingLetter) -> (Judged, &'static str) {
    let rules = &app.config.spam;
    let senders = letter.from.iter().map(|f| f.address.as_str());
    let mut senders = senders.chain([letter.writer.email.as_str()]);
    if senders.any(|address| spam::is_blocked(address, &rules.blocked)) {
        return (Judged::Invalid, "blocked");
    }
    let judged = spam::by_score(letter.spam_score, rules.hold_from, rules.invalid_from);
    (judged, "spam")
}
