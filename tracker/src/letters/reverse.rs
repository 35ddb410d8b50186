//! 撤销办结: an end without an answer is a step, not a cliff. Until its notice has left it is taken
//! back as if it had not been; afterwards it is undone for a reason, and whoever read the notice is
//! told so. The letter returns to where it was. What it owed goes on from the days it had: what is
//! late by them is late.

use jiff::Timestamp;
use notifier::NoticeKind;
use serde_json::{Value, json};

use super::{Error, Result, assign::need, change::Change, progress};
use crate::{
    app::App,
    domain::{
        access::{Denied, Role, Staff},
        event::EventKind,
        number::LetterNumber,
        status::{Action, Status},
        words::{ExtensionState, Language, OutboxKind, OutboxState},
    },
    store::{
        events::{EventRecord, NewEvent},
        letters::Letter,
        obligations::Obligation,
        terms::Extension,
    },
};

/// The step by which a letter ended, as its history tells it.
pub(crate) struct Ended<'e> {
    /// When.
    pub(crate) at: Timestamp,
    /// How.
    pub(crate) kind: EventKind,
    /// The notice, where the writer is told.
    pub(crate) notice: Option<i64>,
    /// Where the letter stood before.
    before: &'e Value,
    /// The step and all that followed.
    since: &'e [EventRecord],
}

impl<'e> Ended<'e> {
    /// The last end of a history; none where there is none.
    pub(crate) fn of(events: &'e [EventRecord]) -> Option<Self> {
        use EventKind::{Declined, Directed, MarkedDuplicate, MarkedInvalid, Withdrawn};
        let ends = [
            Declined,
            Directed,
            MarkedDuplicate,
            MarkedInvalid,
            Withdrawn,
        ];
        let last = events.iter().rposition(|e| ends.contains(&e.event.kind))?;
        let (at, kind) = (events[last].at(), events[last].event.kind);
        let stood = events[..last].iter().map(|e| &e.event.data["after"]);
        let before = stood.rev().find(|after| after.is_object())?;
        // What was asked for fell away in the same step, and is told of before it.
        let moot = |e: &&EventRecord| e.event.kind == EventKind::ExtensionMoot && e.at() == at;
        let moot = events[..last].iter().rev().take_while(moot).count();
        Some(Self {
            at,
            kind,
            notice: events[last].event.data["message"].as_i64(),
            before,
            since: &events[last - moot..],
        })
    }

    /// Where the letter stood before.
    pub(crate) fn status_before(&self) -> Status {
        let status = self.before["status"].as_str();
        let status = status.and_then(|s| s.parse::<Status>().ok());
        status.filter(|s| s.is_open()).unwrap_or(Status::Received)
    }

    /// Until when it can be taken back as if it had not been.
    pub(crate) fn until(&self, app: &App) -> Timestamp {
        self.at + app.undo()
    }

    /// Whether its writer can know of it: not while it can be taken back, nor while its notice has
    /// neither been served nor come back.
    pub(crate) fn is_known(&self, app: &App, letter: &Letter) -> bool {
        let told = self.notice.is_none() || letter.notice_served || letter.undelivered;
        told && app.now() >= self.until(app)
    }

    /// Whether the step, or what became of its notice, closed an obligation.
    fn closed(&self, o: &Obligation) -> bool {
        let mut kept = self.since.iter().map(|e| &e.event.data["closed"]);
        if kept.clone().any(Value::is_array) {
            return kept.any(|ids| {
                let ids = ids.as_array().map(Vec::as_slice).unwrap_or_default();
                ids.iter().any(|id| id.as_i64() == Some(o.id))
            });
        }
        // Written before events kept it.
        let micros = |at: Option<Timestamp>| at.map(Timestamp::as_microsecond);
        let then = Some(self.at.as_microsecond());
        o.superseded_by.is_none() && (micros(o.ended_at) == then || micros(o.met_at) == then)
    }

    /// What was owed before is owed again, from the days it had.
    pub(crate) fn reopen(&self, obligations: &mut [Obligation]) {
        for o in obligations.iter_mut().filter(|o| self.closed(o)) {
            (o.ended_at, o.met_at, o.met_on) = (None, None, None);
            (o.in_time, o.met_workdays) = (None, None);
            // Supervision looks at it at once.
            o.look_on = None;
        }
    }

    /// Extensions that were asked for and fell away with it.
    fn moot(&self) -> Vec<i64> {
        let moot = (self.since.iter()).filter(|e| e.event.kind == EventKind::ExtensionMoot);
        moot.filter_map(|e| e.event.data["extension"].as_i64())
            .collect()
    }
}

/// Takes an end back before its notice left, as if it had not been: nobody is told.
pub(super) async fn undo(staff: &Staff, mut change: Change<'_>) -> Result<Letter> {
    let app = change.app;
    // Whose the end was, its taking back is.
    if !staff.is(Role::Registrar) {
        let (action, whose) = (Action::Recall, "the registrar");
        return Err(Denied { action, whose }.into());
    }
    let events = app.store.events(&change.letter).await?;
    let ended = Ended::of(&events).ok_or(Error::Rule("not-ended"))?;
    if change.now() >= ended.until(app) {
        return Err(Error::Rule("too-late-to-undo"));
    }
    let recalled = recall(&change, &[OutboxState::Queued]).await?;
    let mailed = app.store.outgoing(&change.letter).await?;
    let mailed = mailed
        .iter()
        .any(|x| ended.notice.is_some() && x.message_id == ended.notice);
    if mailed && recalled == 0 {
        return Err(Error::Rule("left-already"));
    }
    if let Some(notice) = ended.notice {
        change.step.drop_message(notice).await?;
    }
    put_back(&mut change, &ended).await?;
    let data = json!({ "end": ended.kind.code() });
    change.finish(EventKind::Recalled, data).await
}

/// Undoes an end, for a reason.
///
/// # Errors
/// See [`Error`]; while its notice is just leaving, nobody can say what the writer knows.
pub async fn reverse(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::Reverse).await?;
    let events = app.store.events(&change.letter).await?;
    let ended = Ended::of(&events).ok_or(Error::Rule("not-ended"))?;
    let waiting = [OutboxState::Queued, OutboxState::Failed];
    recall(&change, &waiting).await?;
    let outgoing = app.store.outgoing(&change.letter).await?;
    let leaving = |state| {
        let mut notices = outgoing.iter().filter(|x| x.kind == OutboxKind::Notice);
        notices.any(|x| x.state == state)
    };
    if leaving(OutboxState::Sending) {
        return Err(Error::Rule("leaving-now"));
    }
    recall(&change, &[OutboxState::Unknown]).await?;
    let known = ended.is_known(app, &change.letter);
    if let Some(notice) = ended.notice.filter(|_| !known) {
        change.step.drop_message(notice).await?;
    }
    put_back(&mut change, &ended).await?;
    let mut data = json!({ "end": ended.kind.code(), "known": known });
    if ended.notice.is_some() && known {
        data["notice"] = json!(tell(&mut change).await?);
    }
    let event = NewEvent::new(EventKind::Reversed, None, data).with_note(reason);
    let letter = change.finish_with(event).await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

/// Takes notices back that stand in one of these states; answers how many.
async fn recall(change: &Change<'_>, from: &[OutboxState]) -> Result<u64> {
    let (id, kind) = (change.letter.id, OutboxKind::Notice);
    let step = &change.step;
    Ok(step
        .turn_outgoing(id, kind, from, OutboxState::Recalled)
        .await?)
}

/// The letter returns to where it was, and what it owed goes on.
async fn put_back(change: &mut Change<'_>, ended: &Ended<'_>) -> Result<()> {
    let app = change.app;
    let today = app.day_of(change.now());
    ended.reopen(&mut change.obligations);
    let letter = &mut change.letter;
    letter.status = ended.status_before();
    letter.undelivered = ended.before["undelivered"].as_bool().unwrap_or_default();
    letter.notice_served = false;
    letter.duplicate_of = None;
    // Whoever had it may be gone meanwhile: then it waits for other hands.
    let people = app.store.people().await?;
    let there = |id: i64| people.iter().any(|p| p.id == id && p.active);
    if letter.handler_id.is_some_and(|id| !there(id)) {
        letter.handler_id = None;
        if letter.status == Status::Working {
            letter.status = Status::Assigned;
        }
    }
    let moot = ended.moot();
    for extension in change.step.extensions(change.letter.id).await? {
        // Over since, nobody could have decided it: it stays as it is.
        let asked = extension.state == ExtensionState::Moot && moot.contains(&extension.id);
        if asked && extension.due_on >= today {
            let again = Extension {
                state: ExtensionState::Requested,
                decided_at: None,
                ..extension
            };
            change.step.save_extension(again).await?;
        }
    }
    Ok(())
}

/// Tells the writer, who read the notice, that it holds no more; and by when, where they may know
/// of a day.
async fn tell(change: &mut Change<'_>) -> Result<i64> {
    let (app, language) = (change.app, change.letter.language);
    let due = change
        .letter
        .class
        .and_then(|_| change.counted().ok()?.due());
    let today = app.day_of(change.now());
    let by_when = due.map(|due| {
        let on = progress::day(language, due);
        match (language, due < today) {
            (Language::Chinese, false) => format!("办理期限仍为{on}。"),
            (Language::Chinese, true) => {
                format!("办理期限为{on}，现已超过，我们将尽快办理并答复您。")
            }
            (Language::English, false) => format!(" The term still ends on {on}."),
            (Language::English, true) => {
                format!(" The term ended on {on}; we will answer you as soon as we can.")
            }
        }
    });
    let goes_on = match language {
        Language::Chinese => "此前发给您的告知现予撤销，您的来信继续办理。",
        Language::English => {
            "The notice that we sent you before holds no more. Your letter is being handled again."
        }
    };
    let words = format!("{goes_on}{}", by_when.unwrap_or_default());
    change.tells_date();
    progress::tell(app, change, NoticeKind::Reversed, "", &words).await
}
