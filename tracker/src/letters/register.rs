//! What was read becomes a numbered letter, joins one, or is set aside: every line of the ledger
//! gets exactly one fate. A whole batch is one transaction.

use std::{collections::HashMap, time::Duration};

use ingest::letter::IncomingLetter;
use serde_json::json;

use super::{
    Error, Result,
    announce::{self, Post},
    change::{facts, stands},
    duty, fail_point, incoming,
    judge::{self, Decision, Known},
    owe::{self, Owing},
    returned,
};
use crate::{
    app::App,
    domain::{
        delivery,
        event::EventKind,
        figures,
        law::Law,
        number::LetterNumber,
        status::Status,
        text,
        words::{Fate, MessageKind, OutboxKind, Service},
    },
    store::{
        Step,
        arrivals::{ArrivalRecord, Standing, Verdict},
        channels::Channel,
        events::NewEvent,
        letters::{Letter, Urgent},
        obligations::Obligation,
        writers::{WriterRecord, WriterWords},
    },
};

/// A line of the ledger with what its bytes said, or why they could not be read.
pub type Read = (ArrivalRecord, std::result::Result<IncomingLetter, String>);

/// Gives every line its fate, but those that somebody else decided meanwhile. New letters of the
/// batch are one transaction; each addition is one.
///
/// # Errors
/// When the database refuses; lines without a fate are read again later.
pub async fn register(app: &App, batch: Vec<Read>) -> Result<Vec<Verdict>> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let channels = app.store.channels().await?;
    let (mut verdicts, mut new, mut joining) = (Vec::new(), Vec::new(), Vec::new());
    let known = Known::of(app, batch.iter().filter_map(|(_, read)| read.as_ref().ok())).await?;
    let mut returning = Vec::new();
    for (line, read) in batch {
        match judge::decide(app, &known, &line, read).await? {
            Decision::Fate(verdict) => verdicts.push(verdict),
            Decision::New(letter) => new.push((line, letter)),
            Decision::Joins(id, letter) => joining.push((line, id, letter)),
            Decision::Returns(verdict, came_back) => returning.push((line, verdict, came_back)),
        }
    }
    let step = app.store.begin(app.now()).await?;
    // Somebody else may be reading the same lines: the same form sent twice at once, or a process
    // that takes up what it thinks another left behind. The first to come here registers them.
    let set_aside = verdicts.iter().map(|v| v.id);
    let ids: Vec<i64> = set_aside.chain(new.iter().map(|(l, _)| l.id)).collect();
    let mine = step.still_reading(&ids).await?;
    verdicts.retain(|v| mine.contains(&v.id));
    new.retain(|(line, _)| mine.contains(&line.id));
    let (registered, came) = add_new(app, &step, &channels, new).await?;
    verdicts.extend(registered);
    if !step.give_fates(&verdicts).await? {
        return Err(Error::Rule("decided-meanwhile"));
    }
    fail_point("before-letter");
    step.commit().await?;
    fail_point("after-letter");
    log(&came);
    for (line, id, letter) in joining {
        match super::release::join(app, &line, id, &letter, Standing::Unread, None).await {
            Ok(verdict) => verdicts.push(verdict),
            Err(Error::Rule("decided-meanwhile")) => {}
            Err(error) => return Err(error),
        }
    }
    for (line, verdict, came_back) in returning {
        match returned::record(app, &line, verdict, &came_back, Standing::Unread, None).await {
            Ok(verdict) => verdicts.push(verdict),
            Err(Error::Rule("decided-meanwhile")) => {}
            Err(error) => return Err(error),
        }
    }
    app.outbox_bell.notify_one();
    Ok(verdicts)
}

/// What the log may say of a new letter.
pub(super) struct Came {
    number: LetterNumber,
    /// `None` for a sealed one: that somebody reported something is nobody else's business.
    channel: Option<String>,
}

/// Says in the log that letters came. To be called once they are committed.
pub(super) fn log(came: &[Came]) {
    for letter in came {
        tracing::info!(letter = %letter.number, channel = letter.channel, "a letter came");
    }
}

/// Everything that one new letter adds.
struct Entry {
    line: ArrivalRecord,
    letter: Letter,
    writer: WriterRecord,
    incoming: IncomingLetter,
    /// The one that counts first.
    owed: Vec<Obligation>,
    /// The word that made it urgent.
    urgent_word: String,
}

/// Adds a letter for each of these, with all that belongs to it but the lines' fates.
///
/// # Errors
/// When the database refuses.
pub(super) async fn add_new(
    app: &App,
    step: &Step<'_>,
    channels: &[Channel],
    new: Vec<(ArrivalRecord, Box<IncomingLetter>)>,
) -> Result<(Vec<Verdict>, Vec<Came>)> {
    let law = app.law_of(step).await?;
    let mut entries = Vec::with_capacity(new.len());
    let mut came = Vec::with_capacity(new.len());
    let mut serials = HashMap::new();
    for (line, _) in &new {
        *serials
            .entry(app.day_of(line.received_at).year())
            .or_insert(0u32) += 1;
    }
    let mut next: HashMap<i16, u32> = HashMap::new();
    for (year, n) in serials {
        next.insert(year, step.next_serials(year, n).await?);
    }
    for (line, incoming) in new {
        let channel = channels
            .iter()
            .find(|c| c.id == line.channel_id)
            .ok_or(Error::Rule("channel-gone"))?;
        let received_on = app.day_of(line.received_at);
        let serial = next.entry(received_on.year()).or_insert(1);
        let number = LetterNumber {
            year: received_on.year(),
            serial: *serial,
        };
        *serial += 1;
        let entry = entry(app, &law, line, channel, number, *incoming)?;
        let open = !entry.letter.is_sealed();
        came.push(Came {
            number,
            channel: open.then(|| channel.code.clone()),
        });
        entries.push(entry);
    }
    Ok((save(app, step, entries).await?, came))
}

fn entry(
    app: &App,
    law: &Law,
    line: ArrivalRecord,
    channel: &Channel,
    number: LetterNumber,
    incoming: IncomingLetter,
) -> Result<Entry> {
    let received_on = app.day_of(line.received_at);
    // What came sealed stays sealed, wherever a clerk finds that it belongs.
    let sealed = channel.sealed || line.sealed;
    let id = app.id();
    let w = &incoming.writer;
    let writer = WriterRecord {
        id: app.id(),
        words: WriterWords {
            name: text::cut(&text::one_line(&w.name), text::SHORT),
            phone: w.phone.clone(),
            email: if text::is_address(&w.email) {
                w.email.clone()
            } else {
                String::new()
            },
            address: w.address.clone(),
        },
        anonymous: w.anonymous,
        answer_by: w.answer_by.as_deref().and_then(|s| s.parse().ok()),
    };
    let mut letter = Letter {
        id,
        number,
        channel_id: channel.id,
        source: line.source,
        source_name: line.source_name.clone(),
        kind: incoming.kind.as_deref().and_then(|k| k.parse().ok()),
        class: None,
        route: None,
        topic: None,
        place: None,
        status: Status::Received,
        round: 1,
        version: 1,
        subject: text::cut(&text::one_line(&incoming.subject), text::SUBJECT),
        language: incoming::language(&incoming),
        unit_id: None,
        handler_id: None,
        writer_id: writer.id,
        received_at: line.received_at,
        received_on,
        seen_at: line.seen_at,
        accepted_at: None,
        answered_at: None,
        next_due_on: None,
        undelivered: false,
        notice_served: false,
        lock: app.store.vault.new_lock(sealed),
        code_version: 1,
        wants_publication: incoming.wants_publication && !sealed,
        duplicate_of: None,
        attachments: i32::try_from(incoming.attachments.len()).unwrap_or(i32::MAX),
        event_seq: 0,
        event_hash: [0; 32],
        reclassified: 0,
        urgent: None,
    };
    let reachable = writer.words.can_be_told();
    let owed = owe::from_receipt(app, law, Owing::of(app, &letter, channel, reachable))?;
    letter.next_due_on = owed.first().map(|o| o.due_on);
    let words = [incoming.subject.as_str(), incoming.visible_text.as_str()];
    let urgent = duty::why(app, &line, words);
    letter.urgent = urgent
        .as_ref()
        .map(|(why, _)| Urgent::since(app.now(), *why));
    let urgent_word = urgent.map(|(_, word)| word).unwrap_or_default();
    Ok(Entry {
        line,
        letter,
        writer,
        incoming,
        owed,
        urgent_word,
    })
}

async fn save(app: &App, step: &Step<'_>, entries: Vec<Entry>) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(entries.len());
    let (mut letters, mut messages, mut owed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut deltas, mut events, mut urgent) = (Vec::new(), Vec::new(), Vec::new());
    let receipts = receipts(app, step, &entries).await?;
    for e in entries {
        let after = facts(&e.letter, &e.owed);
        deltas.extend(
            figures::delta(None, &after)
                .into_iter()
                .map(|d| (app.id(), d)),
        );
        let data = json!({
            "number": e.letter.number.to_string(),
            "channel": e.letter.channel_id,
            "source": e.letter.source.code(),
            "received_at": e.letter.received_at.as_microsecond(),
            "due_on": e.letter.next_due_on.map(|d| d.to_string()),
            "after": stands(&e.letter, &e.owed),
        });
        events.push((
            app.id(),
            NewEvent::new(EventKind::Registered, e.line.settled_by, data),
        ));
        let marked = e.letter.urgent.as_ref().map(|u| {
            let data = json!({ "why": u.why });
            NewEvent::new(EventKind::MarkedUrgent, None, data).with_note(&e.urgent_word)
        });
        urgent.push(marked);
        let (message, files) =
            incoming::message(app, &e.line, &e.letter, &e.incoming, MessageKind::Letter);
        messages.push((e.letter.lock.clone(), message, files));
        owed.extend(e.owed);
        verdicts.push(Verdict {
            id: e.line.id,
            fate: Fate::Letter,
            reason: None,
            letter_id: Some(e.letter.id),
            sealed: e.letter.is_sealed(),
        });
        let has_mail = !e.writer.words.email.is_empty();
        let key = has_mail.then(|| announce::address_key(app, &e.writer.words.email));
        letters.push((e.letter, e.writer, key));
    }
    let heads = letters
        .iter_mut()
        .zip(events)
        .map(|((letter, _, _), (id, e))| (letter, id, e));
    let rows = heads.collect::<Vec<_>>();
    let event_rows = step.prepare_events(rows);
    let marked = letters.iter_mut().zip(urgent);
    let marked = marked.filter_map(|((letter, _, _), e)| Some((letter, app.id(), e?)));
    let marked_rows = step.prepare_events(marked.collect());
    step.add_letters(letters).await?;
    step.add_messages(messages).await?;
    step.add_prepared_events(event_rows).await?;
    step.add_prepared_events(marked_rows).await?;
    step.add_obligations(owed).await?;
    step.add_deltas(deltas).await?;
    step.add_outgoing(receipts).await?;
    Ok(verdicts)
}

/// Receipts for those who left an address, few enough a day that no victim of a forged address
/// is flooded and no automatic answer keeps a loop going, and spread out in time where many letters
/// came at once.
async fn receipts(
    app: &App,
    step: &Step<'_>,
    entries: &[Entry],
) -> Result<Vec<(crate::store::sealing::Lock, crate::store::outbox::Outgoing)>> {
    let key = |e: &Entry| announce::address_key(app, &e.writer.words.email);
    let keys: Vec<String> = entries.iter().map(key).collect();
    let day = Duration::from_secs(86_400);
    let mut sent = step.automatic_since(&keys, step.now - day).await?;
    let spacing = Duration::from_secs(60) / app.config.outbox.receipts_per_minute;
    let last = step.last_automatic().await?;
    let mut due_at = last.map_or(step.now, |last| step.now.max(last + spacing));
    let mut out = Vec::new();
    for e in entries.iter().filter(|e| !e.writer.words.email.is_empty()) {
        let key = key(e);
        let today = sent.iter().filter(|k| **k == key).count();
        if app.config.smtp.is_none() || !delivery::receipt_allowed(today) {
            continue;
        }
        sent.push(key);
        let mail = e
            .incoming
            .message_id
            .clone()
            .filter(|_| e.line.source.is_mail());
        let post = Post {
            letter: &e.letter,
            address: &e.writer.words.email,
            kind: OutboxKind::Receipt,
            by: Service::Mail,
            message_id: None,
            source_name: Some(e.line.source_name.clone()),
            references: mail.clone().into_iter().collect(),
            in_reply_to: mail,
            now: step.now,
            due_at,
        };
        due_at += spacing;
        let rendered = announce::receipt(
            app,
            &e.letter,
            e.owed.first().ok_or(Error::Rule("nothing-owed"))?,
        )?;
        out.push((
            e.letter.lock.clone(),
            announce::outgoing(app, post, rendered),
        ));
    }
    Ok(out)
}
