//! 补充来信: what a writer adds to a letter, answered or open, stands on the desk until somebody says
//! what becomes of it. Whoever holds the letter hears of it at once, and the writer gets a word.

use ingest::{
    arrival::Arrival,
    form::{self, FormFile, FormLetter},
    letter::IncomingLetter,
};
use serde_json::json;

use super::{
    Error, Result,
    announce::{self, Post},
    arrive::{self, From},
    change::Change,
    reclassify::channel_of,
    register, release, reopen,
    supervise::{Scene, paper_of},
};
use crate::{
    app::App,
    domain::{
        access::{self, Staff, Viewer},
        addition::Ruling,
        delivery,
        event::EventKind,
        number::LetterNumber,
        status::{Action, next},
        text::{self, FieldError},
        words::{Fate, OutboxKind, Source, Topic},
    },
    store::{
        additions::Addition,
        arrivals::{ArrivalRecord, Standing},
        channels::Channel,
        events::NewEvent,
        letters::Letter,
        notices::Notice,
        writers::WriterRecord,
    },
};

/// In the step that adds a message to its letter: it waits for a decision from now on, whoever holds
/// the letter has a notice, and the writer a receipt where mail is how they write. Answers who is told.
pub(super) async fn stands(
    app: &App,
    change: &mut Change<'_>,
    line: &ArrivalRecord,
    message: i64,
    incoming: &IncomingLetter,
) -> Result<Vec<i64>> {
    let (now, letter) = (change.now(), change.letter.id);
    let of = change.letter.number;
    let proved = incoming.adds_to.as_ref().and_then(|n| n.parse().ok());
    let new = Addition {
        with_code: proved == Some(of),
        ..Addition::new(message, letter, line.received_at, now)
    };
    change.step.add_addition(new).await?;
    change.letter.undecided += 1;
    let scene = Scene::load(app).await?;
    let paper = paper_of(app, change).await?;
    let mut told = scene.house.holders(&paper);
    // Of a sealed letter nobody hears who may not read it.
    told.retain(|p| scene.house.reads(&paper, *p) && Some(*p) != change.actor);
    let data = json!({ "message": message, "holders": told });
    let notice = |p: &i64| Notice::new(app.id(), *p, Some(letter), Topic::Added, data.clone(), now);
    let notices = told.iter().map(notice).collect();
    change.step.add_staff_notices(notices).await?;
    confirm(app, change, line, message, incoming).await?;
    Ok(told)
}

/// 补充材料收件回执: holds nothing that was written, says so, and is capped. It goes to the address
/// that the writer is known by, whatever address this came from.
async fn confirm(
    app: &App,
    change: &Change<'_>,
    line: &ArrivalRecord,
    message: i64,
    incoming: &IncomingLetter,
) -> Result<()> {
    let (now, letter) = (change.now(), &change.letter);
    let writer = change.step.writer(letter).await?;
    let address = writer.words.email;
    if address.is_empty() || app.config.smtp.is_none() {
        return Ok(());
    }
    let key = announce::address_key(app, &address);
    let day = std::time::Duration::from_secs(86_400);
    let today = change.step.confirmed_since(&key, now - day).await?;
    if !delivery::confirmation_allowed(&today, letter.id) {
        return Ok(());
    }
    let mail = incoming.message_id.clone();
    let mail = mail.filter(|_| line.source.is_mail());
    let post = Post {
        letter,
        address: &address,
        kind: OutboxKind::Receipt,
        message_id: Some(message),
        source_name: Some(letter.source_name.clone()),
        references: mail.clone().into_iter().collect(),
        in_reply_to: mail,
        now,
        due_at: now,
    };
    let rendered = announce::confirmation(app, letter, app.day_of(line.received_at))?;
    let outgoing = announce::outgoing(app, post, rendered);
    let all = vec![(letter.lock.clone(), outgoing)];
    Ok(change.step.add_outgoing(all).await?)
}

/// What somebody says of an addition.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Its message.
    pub message: i64,
    /// What becomes of it.
    pub ruling: Ruling,
    /// Why; needed where an earlier decision is corrected.
    pub reason: &'a str,
}

/// 补充来信处理: decides what becomes of an addition. What started no clock can be decided anew, with
/// a reason; both decisions stay in the history.
///
/// # Errors
/// See [`Error`].
pub async fn decide(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    what: Decision<'_>,
) -> Result<Letter> {
    if what.reason.chars().count() > text::BODY {
        return Err(Error::Fields(vec![FieldError::new("reason", "too-long")]));
    }
    // Reading takes longer than a step may.
    let own = match what.ruling {
        Ruling::OwnLetter => Some(read(app, staff, number, what.message).await?),
        _ => None,
    };
    let mut change = Change::open(app, staff, number, version, Action::DecideAddition).await?;
    let mut all = change.step.additions(change.letter.id).await?;
    let at = all.iter().position(|a| a.id == what.message);
    let mut addition = all.swap_remove(at.ok_or_else(unknown)?);
    let was = addition.ruling;
    match was {
        Some(was) if was.is_final() => return Err(Error::Rule("addition-settled")),
        Some(was) if was == what.ruling => return Err(Error::Rule("addition-same")),
        Some(_) => super::assign::need(what.reason, "reason")?,
        None => change.letter.undecided = (change.letter.undecided - 1).max(0),
    }
    addition.ruling = Some(what.ruling);
    addition.decided_at = Some(change.now());
    addition.decided_by = Some(staff.person_id);
    let mut data = json!({
        "message": addition.id, "decision": what.ruling, "was": was,
    });
    let mut came = Vec::new();
    if let Some((line, incoming)) = own {
        let (id, number);
        (id, number, came) = split(app, staff, &change, addition.id, line, incoming).await?;
        addition.own_letter_id = Some(id);
        data["own_letter"] = json!(id);
        data["number"] = json!(number.to_string());
    }
    change.step.save_addition(addition).await?;
    let event = NewEvent::new(EventKind::AdditionDecided, None, data).with_note(what.reason.trim());
    let letter = if what.ruling == Ruling::Reopen {
        change.letter.status = next(change.letter.status, Action::Reopen)?;
        let round = reopen::new_round(app, &mut change).await?;
        change.add_event(event).await?;
        change.finish(EventKind::Reopened, round).await?
    } else {
        change.finish_with(event).await?
    };
    register::log(&came);
    app.outbox_bell.notify_one();
    Ok(letter)
}

fn unknown() -> Error {
    Error::Fields(vec![FieldError::new("message", "unknown")])
}

/// The line of the ledger that an addition came by, and what its bytes say.
async fn read(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    message: i64,
) -> Result<(ArrivalRecord, IncomingLetter)> {
    let scope = access::scope(&Viewer::Staff(staff.clone()));
    let letter = app.store.letter(number, &scope).await?;
    let letter = letter.ok_or(Error::NotFound)?;
    let message = app.store.message(&letter, message).await?;
    let arrival = message.and_then(|m| m.arrival_id).ok_or_else(unknown)?;
    let step = app.store.begin(app.now()).await?;
    let line = step.arrival(arrival).await?;
    drop(step);
    let line = line.ok_or_else(unknown)?;
    // Somebody made a letter of it a moment ago.
    if line.fate != Some(Fate::Addition) {
        return Err(Error::Rule("addition-settled"));
    }
    let incoming = release::words(app, &line).await?;
    Ok((line, incoming))
}

/// 另立新件: a letter of its own, with its own number in the series of the year in which it came, its
/// own writer, and obligations from that day. It stays as sealed as what it was added to; its writer
/// gets its receipt. In the very step that decides it.
async fn split(
    app: &App,
    staff: &Staff,
    change: &Change<'_>,
    message: i64,
    mut line: ArrivalRecord,
    mut incoming: IncomingLetter,
) -> Result<(i64, LetterNumber, Vec<register::Came>)> {
    let (from, step, by) = (&change.letter, &change.step, staff.person_id);
    let channels = app.store.channels().await?;
    let of_sealed = from.is_sealed();
    let fits = |c: &&Channel| c.id == line.channel_id && c.enabled && (c.sealed || !of_sealed);
    // A reporter's reply may land in any mailbox: what is made of it is theirs who are cleared for
    // what it answers.
    if !channels.iter().any(|c| fits(&c)) {
        line.channel_id = from.channel_id;
    }
    line.sealed |= of_sealed;
    line.settled_by = Some(by);
    if incoming.subject.trim().is_empty() {
        incoming.subject.clone_from(&from.subject);
    }
    inherit(app, &mut incoming, step.writer(from).await?);
    let new = vec![(line.clone(), Box::new(incoming))];
    let (verdicts, came) = register::add_new(app, step, &channels, new).await?;
    let verdict = verdicts.into_iter().next().ok_or(Error::NotFound)?;
    let standing = Standing::Settled(Fate::Addition);
    if !step.give_fate(&verdict, standing, Some(by)).await? {
        return Err(Error::Rule("addition-settled"));
    }
    release::record(step, &line, &verdict, by, None).await?;
    let id = verdict.letter_id.ok_or(Error::NotFound)?;
    if verdict.sealed {
        let mut readers = vec![by];
        if of_sealed {
            readers.extend(app.store.readers(from.id).await?);
            readers.extend(from.handler_id);
            let parties = step.parties(from.id).await?;
            let persons = parties.persons.into_iter().map(|p| (Some(p), None));
            let units = parties.units.into_iter().map(|u| (None, Some(u)));
            for (person, unit) in persons.chain(units) {
                step.add_party(app.id(), id, person, unit, Some(by)).await?;
            }
        }
        for reader in readers {
            step.add_reader(id, reader, Some(by)).await?;
        }
    }
    let mut own = step.letter_by_id(id).await?.ok_or(Error::NotFound)?;
    let data = json!({ "of": from.id, "number": from.number.to_string(), "message": message });
    let event = NewEvent::new(EventKind::SplitOff, Some(by), data);
    step.add_events(vec![(&mut own, app.id(), event)]).await?;
    let (number, version) = (own.number, own.version);
    step.save_letter(own, version).await?;
    Ok((id, number, came))
}

/// What the writer of a letter said of themselves there holds here too: where this came from the same
/// address, or was added with number and code. Another sender is their own writer.
fn inherit(app: &App, incoming: &mut IncomingLetter, known: WriterRecord) {
    let key = |address: &str| announce::address_key(app, address);
    let w = &mut incoming.writer;
    let same = w.email.is_empty() || key(&w.email) == key(&known.words.email);
    if !same {
        return;
    }
    w.anonymous |= known.anonymous;
    for (own, known) in [
        (&mut w.name, known.words.name),
        (&mut w.phone, known.words.phone),
        (&mut w.email, known.words.email),
        (&mut w.address, known.words.address),
    ] {
        if own.trim().is_empty() {
            *own = known;
        }
    }
}

/// What a writer adds where they proved number and code.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// The words; may be empty where there are files.
    pub words: String,
    /// Files, stored before.
    pub files: Vec<FormFile>,
}

/// Everything wrong with it.
#[must_use]
pub fn faults(added: &Added) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if added.files.is_empty() {
        text::required(&mut faults, "body", &added.words, text::BODY);
    } else {
        text::at_most(&mut faults, "body", &added.words, text::BODY);
    }
    faults
}

/// Takes in what a writer adds to their letter, by the front door of all letters: its bytes are
/// committed before anything follows. The same key and words add once, however often they are sent.
///
/// # Errors
/// When it could not be committed; with the same key it can be sent again without harm.
pub async fn add(app: &App, letter: &Letter, key: Vec<u8>, added: Added) -> Result<()> {
    let form = FormLetter {
        kind: None,
        subject: String::new(),
        body: added.words,
        name: String::new(),
        phone: String::new(),
        email: String::new(),
        address: String::new(),
        anonymous: false,
        wants_publication: false,
        language: Some(letter.language.code().into()),
        files: added.files,
    };
    let number = letter.number.to_string();
    let same = form::sameness(&form);
    let key = [&key[..], b"\0", number.as_bytes(), &same].concat();
    let keyed = app.store.vault.keys.digest("idempotency", &key);
    let from = From {
        source: Source::Form,
        name: String::new(),
        channel: channel_of(app, letter).await?,
    };
    let now = app.now();
    let arrival = Arrival {
        source_key: format!("{}:{keyed}", Source::Form),
        received_at: now,
        seen_at: now,
        raw: form::write_addition(form, &number),
    };
    let lines = arrive::take_in(app, &from, vec![arrival]).await?;
    let unread = lines.into_iter().find(|l| l.fate.is_none());
    if let Some(line) = unread {
        // An earlier try that died before reading it.
        arrive::read_alone(app, line).await?;
    }
    Ok(())
}
