//! A person says what to do with a message that was set aside; or the machine found that a
//! message joins its letter.

use ingest::letter::IncomingLetter;
use serde_json::json;

use super::{Error, Result, arrive, change::Change, register, returned};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        words::{Fate, MessageKind},
    },
    store::{
        arrivals::{ArrivalRecord, Verdict},
        channels::Channel,
    },
};

/// Adds a message to a letter. `from` is the fate the line had, `by` who decided.
///
/// # Errors
/// When the letter is gone or somebody decided meanwhile.
pub(crate) async fn join(
    app: &App,
    line: &ArrivalRecord,
    letter_id: i64,
    incoming: &IncomingLetter,
    from: Option<Fate>,
    by: Option<i64>,
) -> Result<Verdict> {
    let mut change = Change::by_machine(app, letter_id, Action::Note).await?;
    change.actor = by;
    let letter = &mut change.letter;
    let kind = MessageKind::Addition;
    let (message, files) = register::message(app, line, letter, incoming, kind);
    letter.attachments += message.attachments;
    let verdict = Verdict {
        id: line.id,
        fate: Fate::Addition,
        reason: None,
        letter_id: Some(letter_id),
        sealed: line.sealed || letter.is_sealed(),
    };
    if !change.step.give_fate(&verdict, from, by).await? {
        return Err(Error::Rule("decided-meanwhile"));
    }
    let lock = change.letter.lock.clone();
    change
        .step
        .add_messages(vec![(lock, message, files)])
        .await?;
    change
        .finish(EventKind::Added, json!({ "arrival": line.id }))
        .await?;
    Ok(verdict)
}

/// What a clerk decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is a letter of its own, to the channel of this code; empty: the one it came by.
    NewLetter(String),
    /// It belongs to this letter.
    Joins(LetterNumber),
    /// No person wrote it.
    Automatic,
    /// It is nothing to be answered, for this reason.
    Discard(String),
    /// Read it again: the reader has learned, or the file was repaired.
    Retry,
}

/// Carries out a clerk's decision on a held or quarantined line.
///
/// # Errors
/// When the line does not wait for one, cannot be read, or somebody decided meanwhile.
pub async fn decide(app: &App, staff: &Staff, id: i64, decision: Decision) -> Result<Verdict> {
    if !staff.may_register() {
        return Err(Error::Rule("registrar-only"));
    }
    let line = app.store.ledger_line(id, &staff.cleared_channels).await?;
    let mut line = line.ok_or(Error::NotFound)?;
    let from = line
        .fate
        .filter(|f| matches!(f, Fate::Held | Fate::Quarantined));
    let from = from.ok_or(Error::Rule("not-waiting"))?;
    let by = staff.person_id;
    match &decision {
        Decision::Automatic => {
            return set(app, &line, from, by, Fate::Automatic, None).await;
        }
        Decision::Discard(reason) if reason.trim().is_empty() => {
            return Err(Error::Rule("discard-reason"));
        }
        Decision::Discard(reason) => {
            return set(app, &line, from, by, Fate::Invalid, Some(reason.clone())).await;
        }
        _ => {}
    }
    let blob = line.blob_id.as_ref().ok_or(Error::Rule("no-bytes"))?;
    let raw = app.store.blob(blob).await?;
    let incoming = arrive::read(line.source, &raw).map_err(|_| Error::Rule("still-unreadable"))?;
    match decision {
        Decision::NewLetter(channel) if !channel.is_empty() => {
            let channels = app.store.channels().await?;
            let channel = channels.iter().find(|c| c.code == channel && c.enabled);
            let may = |c: &&Channel| !c.sealed || staff.cleared_channels.contains(&c.id);
            let channel = channel.filter(may).ok_or(Error::Rule("channel-unknown"))?;
            line.channel_id = channel.id;
            register::admit(app, line, incoming, from, by).await
        }
        Decision::Retry if from != Fate::Quarantined => Err(Error::Rule("not-waiting")),
        // Read like any other message: a bounce that can be read at last is no letter.
        Decision::Retry => match register::decide(app, &line, Ok(incoming)).await? {
            register::Decision::Fate(v) if v.fate == Fate::Quarantined => {
                Err(Error::Rule("still-unreadable"))
            }
            register::Decision::Fate(v) => settle(app, v, from, by).await,
            register::Decision::Returns(verdict, came_back) => {
                returned::record(app, verdict, &came_back, Some(from), Some(by)).await
            }
            register::Decision::New(letter) => register::admit(app, line, *letter, from, by).await,
            register::Decision::Joins(id, letter) => {
                join(app, &line, id, &letter, Some(from), Some(by)).await
            }
        },
        Decision::Joins(number) => {
            let scope =
                crate::domain::access::scope(&crate::domain::access::Viewer::Staff(staff.clone()));
            let letter = app
                .store
                .letter(number, &scope)
                .await?
                .ok_or(Error::NotFound)?;
            join(app, &line, letter.id, &incoming, Some(from), Some(by)).await
        }
        _ => register::admit(app, line, incoming, from, by).await,
    }
}

async fn set(
    app: &App,
    line: &ArrivalRecord,
    from: Fate,
    by: i64,
    fate: Fate,
    reason: Option<String>,
) -> Result<Verdict> {
    let verdict = Verdict {
        id: line.id,
        fate,
        reason,
        letter_id: line.letter_id,
        sealed: line.sealed,
    };
    settle(app, verdict, from, by).await
}

async fn settle(app: &App, verdict: Verdict, from: Fate, by: i64) -> Result<Verdict> {
    let step = app.store.begin(app.now()).await?;
    if !step.give_fate(&verdict, Some(from), Some(by)).await? {
        return Err(Error::Rule("decided-meanwhile"));
    }
    step.commit().await?;
    Ok(verdict)
}
