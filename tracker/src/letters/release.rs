//! A person says what to do with a message that was set aside; or the machine found that a
//! message joins its letter.

use ingest::{form, form::FormLetter, letter::IncomingLetter};
use serde_json::json;

use super::{
    Error, Result, addition, change::Change, duty, incoming, judge, read, register, returned,
    submit,
};
use crate::{
    app::App,
    domain::{
        access::{self, Staff, Viewer},
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::{self, FieldError},
        thread::HeldReason,
        words::{Discard, Fate, MessageKind},
    },
    store::{
        Step,
        arrivals::{ArrivalRecord, Standing, Verdict},
        channels::Channel,
        events::NewEvent,
        ledger::DecisionRecord,
        letters::Urgent,
    },
};

/// Adds a message to a letter. `from` is how the line stood, `by` who decided.
///
/// # Errors
/// When the letter is gone or somebody decided meanwhile.
pub(crate) async fn join(
    app: &App,
    line: &ArrivalRecord,
    letter_id: i64,
    incoming: &IncomingLetter,
    from: Standing,
    by: Option<i64>,
) -> Result<Verdict> {
    let mut change = Change::by_machine(app, letter_id, Action::Note).await?;
    change.actor = by;
    let letter = &mut change.letter;
    let kind = MessageKind::Addition;
    let (message, files) = incoming::message(app, line, letter, incoming, kind);
    letter.attachments += message.attachments;
    let id = message.id;
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
    if let Some(by) = by {
        record(&change.step, line, &verdict, by, None).await?;
    }
    let lock = change.letter.lock.clone();
    change
        .step
        .add_messages(vec![(lock, message, files)])
        .await?;
    let words = [incoming.subject.as_str(), incoming.visible_text.as_str()];
    let urgent = duty::why(app, line, words);
    let told = addition::stands(app, &mut change, line, id, incoming).await?;
    let data = json!({ "arrival": line.id, "message": id, "told": told });
    let added = NewEvent::new(EventKind::Added, None, data);
    match urgent.filter(|_| change.letter.urgent.is_none() && change.letter.status.is_open()) {
        Some((why, word)) => {
            change.add_event(added).await?;
            change.letter.urgent = Some(Urgent::since(change.now(), why));
            let marked = NewEvent::new(EventKind::MarkedUrgent, None, json!({ "why": why }));
            change.finish_with(marked.with_note(&word)).await?;
        }
        None => {
            change.finish_with(added).await?;
        }
    }
    app.outbox_bell.notify_one();
    Ok(verdict)
}

/// What a clerk decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is a letter of its own, to the channel of this code; empty: the one it came by.
    NewLetter(String),
    /// The same, in the clerk's words: the reader made nothing or the wrong thing of it. The raw
    /// message stays beside them.
    Written(String, Box<FormLetter>),
    /// It belongs to this letter.
    Joins(LetterNumber),
    /// No person wrote it.
    Automatic,
    /// It is nothing to be answered, for this reason, in these words.
    Discard(Discard, String),
    /// Read it again: the reader has learned, or the file was repaired.
    Retry,
    /// It was discarded or taken for automatic mail by mistake.
    Reopen,
}

/// Carries out a clerk's decision on a line of the ledger.
///
/// # Errors
/// When the line does not wait for one, cannot be read, or somebody decided meanwhile.
pub async fn decide(app: &App, staff: &Staff, id: i64, decision: Decision) -> Result<Verdict> {
    if !staff.may_register() {
        return Err(Error::Rule("registrar-only"));
    }
    let scope = access::scope(&Viewer::Staff(staff.clone()));
    let found = app.store.ledger_line(id, &scope).await?;
    let mut line = found.ok_or(Error::NotFound)?.record;
    let by = staff.person_id;
    if decision == Decision::Reopen {
        return reopen(app, &line, by).await;
    }
    let waits = |f: &Fate| matches!(f, Fate::Held | Fate::Quarantined);
    let from = line.fate.filter(waits).ok_or(Error::Rule("not-waiting"))?;
    match decision {
        Decision::Automatic => set(app, &line, from, by, (Fate::Automatic, "by-clerk", "")).await,
        Decision::Discard(Discard::Other, note) if note.trim().is_empty() => {
            Err(Error::Fields(vec![FieldError::new("reason", "required")]))
        }
        Decision::Discard(why, note) => {
            set(
                app,
                &line,
                from,
                by,
                (Fate::Invalid, why.code(), note.trim()),
            )
            .await
        }
        Decision::NewLetter(channel) => {
            let incoming = words(app, &line).await?;
            line.channel_id = channel_id(app, staff, &line, &channel).await?;
            admit(app, line, incoming, from, by).await
        }
        Decision::Written(channel, typed) => {
            let faults = submit::faults(&typed);
            if !faults.is_empty() {
                return Err(Error::Fields(faults));
            }
            let mut incoming =
                form::read(&form::write(&typed)).map_err(|_| Error::Rule("still-unreadable"))?;
            // Its files stay with it where the reader found them.
            if let Ok(read) = words(app, &line).await {
                incoming.attachments = read.attachments;
                incoming.message_id = read.message_id;
            }
            line.channel_id = channel_id(app, staff, &line, &channel).await?;
            admit(app, line, incoming, from, by).await
        }
        Decision::Joins(number) => {
            let letter = app.store.letter(number, &scope).await?;
            let letter = letter.ok_or(Error::NotFound)?;
            let incoming = words(app, &line).await?;
            join(
                app,
                &line,
                letter.id,
                &incoming,
                Standing::Settled(from),
                Some(by),
            )
            .await
        }
        Decision::Retry if from != Fate::Quarantined => Err(Error::Rule("not-waiting")),
        // Read like any other message: a bounce that can be read at last is no letter.
        Decision::Retry => {
            let incoming = words(app, &line).await?;
            match judge::reconsider(app, &line, incoming).await? {
                judge::Decision::Fate(v) if v.fate == Fate::Quarantined => {
                    Err(Error::Rule("still-unreadable"))
                }
                judge::Decision::Fate(v) => settle(app, &line, v, from, by, "").await,
                judge::Decision::Returns(verdict, came_back) => {
                    let standing = Standing::Settled(from);
                    returned::record(app, &line, verdict, &came_back, standing, Some(by)).await
                }
                judge::Decision::New(letter) => admit(app, line, *letter, from, by).await,
                judge::Decision::Joins(id, letter) => {
                    join(app, &line, id, &letter, Standing::Settled(from), Some(by)).await
                }
            }
        }
        Decision::Reopen => Err(Error::Rule("not-waiting")),
    }
}

/// Sender and subject of a message, on one short line each.
pub(crate) fn words_of(read: &IncomingLetter) -> (String, String) {
    let from = read.from.as_ref().map(|f| match f.name.as_str() {
        "" => f.address.clone(),
        name => format!("{name} <{}>", f.address),
    });
    let sender = from.unwrap_or_else(|| read.writer.name.clone());
    let short = |words: &str| text::cut(&text::one_line(words), text::SUBJECT);
    (short(&sender), short(&read.subject))
}

/// What the line's bytes say.
pub(super) async fn words(app: &App, line: &ArrivalRecord) -> Result<IncomingLetter> {
    let blob = line.blob_id.as_ref().ok_or(Error::Rule("no-bytes"))?;
    let raw = app.store.blob(blob).await?;
    let words = read::read_again(line, raw).await?;
    words.map_err(|_| Error::Rule("still-unreadable"))
}

/// The channel a clerk names, where they may; the line's own where they name none.
async fn channel_id(app: &App, staff: &Staff, line: &ArrivalRecord, code: &str) -> Result<i64> {
    if code.is_empty() {
        return Ok(line.channel_id);
    }
    let channels = app.store.channels().await?;
    let may = |c: &&Channel| {
        c.code == code && c.enabled && (!c.sealed || staff.cleared_channels.contains(&c.id))
    };
    let channel = channels.iter().find(may);
    Ok(channel.ok_or(Error::Rule("channel-unknown"))?.id)
}

/// Makes a letter of a message that was set aside.
async fn admit(
    app: &App,
    mut line: ArrivalRecord,
    incoming: IncomingLetter,
    from: Fate,
    by: i64,
) -> Result<Verdict> {
    let channels = app.store.channels().await?;
    line.settled_by = Some(by);
    let step = app.store.begin(app.now()).await?;
    // Back to "being read" first: from here on it is registered like any other line.
    if !step.reopen_arrival(line.id, from, by).await? {
        return Err(Error::Rule("decided-meanwhile"));
    }
    let new = vec![(line.clone(), Box::new(incoming))];
    let (verdicts, came) = register::add_new(app, &step, &channels, new).await?;
    if !step.give_fates(&verdicts).await? {
        return Err(Error::Rule("decided-meanwhile"));
    }
    let verdict = verdicts.into_iter().next().ok_or(Error::NotFound)?;
    record(&step, &line, &verdict, by, None).await?;
    let open = channels
        .iter()
        .any(|c| c.id == line.channel_id && !c.sealed);
    if let Some(letter) = verdict.letter_id.filter(|_| verdict.sealed && open) {
        // What came sealed stays sealed, and in an open channel only those named see it.
        step.add_reader(letter, by, Some(by)).await?;
    }
    step.commit().await?;
    register::log(&came);
    app.outbox_bell.notify_one();
    Ok(verdict)
}

/// Puts back what was decided by mistake: it waits for a decision again.
async fn reopen(app: &App, line: &ArrivalRecord, by: i64) -> Result<Verdict> {
    let undone = |f: &Fate| matches!(f, Fate::Invalid | Fate::Automatic);
    let from = line.fate.filter(undone).ok_or(Error::Rule("not-closed"))?;
    // Held is what a person can read; the rest is for the quarantine.
    let fate = match words(app, line).await {
        Ok(_) => Fate::Held,
        Err(Error::Rule(_)) => Fate::Quarantined,
        Err(e) => return Err(e),
    };
    set(app, line, from, by, (fate, "reopened", "")).await
}

async fn set(
    app: &App,
    line: &ArrivalRecord,
    from: Fate,
    by: i64,
    (fate, reason, note): (Fate, &str, &str),
) -> Result<Verdict> {
    let verdict = Verdict {
        id: line.id,
        fate,
        reason: Some(reason.to_owned()),
        letter_id: line.letter_id,
        sealed: line.sealed,
    };
    settle(app, line, verdict, from, by, note).await
}

async fn settle(
    app: &App,
    line: &ArrivalRecord,
    verdict: Verdict,
    from: Fate,
    by: i64,
    note: &str,
) -> Result<Verdict> {
    // Once it is settled it can be found by its words.
    let closed = matches!(verdict.fate, Fate::Invalid | Fate::Automatic) && !verdict.sealed;
    let words = match words(app, line).await {
        Ok(read) if closed => Some(words_of(&read)),
        Ok(_) | Err(Error::Rule(_)) => None,
        Err(e) => return Err(e),
    };
    let step = app.store.begin(app.now()).await?;
    if !step
        .give_fate(&verdict, Standing::Settled(from), Some(by))
        .await?
    {
        return Err(Error::Rule("decided-meanwhile"));
    }
    let note = text::cut(note, text::BODY);
    let note = if note.is_empty() {
        None
    } else {
        // Encrypted like the message itself: a clerk may repeat what stands in a report.
        let sealed = app.store.vault.seal_blobs(&[note.as_bytes()], step.now);
        let id = sealed.ids.first().cloned();
        step.add_blobs(sealed).await?;
        id
    };
    record(&step, line, &verdict, by, note).await?;
    if let Some((sender, subject)) = words {
        step.note_words(vec![(line.id, sender, subject)]).await?;
    }
    step.commit().await?;
    Ok(verdict)
}

/// Keeps who decided what. That the sender was called forged outlives the decision.
pub(super) async fn record(
    step: &Step<'_>,
    line: &ArrivalRecord,
    verdict: &Verdict,
    by: i64,
    note_blob: Option<String>,
) -> Result<()> {
    let decision = DecisionRecord {
        at: step.now,
        by,
        was: line.fate.map(|f| f.code().to_owned()).unwrap_or_default(),
        became: verdict.fate.code().to_owned(),
        letter_id: verdict.letter_id,
        note_blob,
    };
    step.add_decision(line.id, decision).await?;
    if line.reason.as_deref() == Some(HeldReason::Forged.code()) {
        step.mark_forged(&[line.id]).await?;
    }
    Ok(())
}
