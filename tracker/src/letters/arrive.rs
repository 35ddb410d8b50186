//! A message arrives: its raw bytes are committed to the intake ledger before anything is parsed,
//! and only then is it read. What an unclean stop left unread is read at the next start.

use std::collections::{HashMap, HashSet};

use ingest::arrival::{Arrival, BeforeStart, Kept, Unfetched};
use jiff::Timestamp;

use super::{Error, Result, fail_point, read, register};
use crate::{
    app::App,
    domain::words::{Fate, Source},
    store::{
        StoreError,
        arrivals::{ArrivalRecord, Verdict},
        channels::Channel,
    },
};

/// After so many deaths of its own reader a mail is quarantined.
const DEATHS: i32 = 2;

/// Where a batch comes from.
#[derive(Debug, Clone)]
pub struct From {
    /// How it arrived.
    pub source: Source,
    /// Mailbox or Maildir.
    pub name: String,
    /// The channel it belongs to.
    pub channel: Channel,
}

/// A batch as it stands in the ledger, committed.
#[derive(Debug, Default)]
pub struct Stored {
    /// One line an arrival, in order.
    pub lines: Vec<ArrivalRecord>,
    /// Lines of this batch that were not in the ledger before.
    pub fresh: HashSet<i64>,
    /// What is to be read now, with its bytes.
    pub unread: Vec<(ArrivalRecord, Vec<u8>)>,
}

/// Commits a batch, then reads and registers it; one line of the ledger each, in order.
///
/// # Errors
/// When nothing was committed.
pub async fn take_in(app: &App, from: &From, batch: Vec<Arrival>) -> Result<Vec<ArrivalRecord>> {
    let Stored {
        mut lines, unread, ..
    } = match store(app, from, batch.clone()).await {
        // Somebody stored the same message at the same time: now its line is there.
        Err(Error::Store(e)) if e.is_duplicate() => store(app, from, batch).await?,
        stored => stored?,
    };
    let verdicts = register::register(app, read_all(unread)).await?;
    settle(&mut lines, &verdicts);
    Ok(lines)
}

/// Reads what was just committed; pure, and worth a thread of its own.
#[must_use]
pub fn read_all(unread: Vec<(ArrivalRecord, Vec<u8>)>) -> Vec<register::Read> {
    unread
        .into_iter()
        .map(|(line, raw)| {
            let words = read::read(line.source, &raw);
            (line, words)
        })
        .collect()
}

/// Writes verdicts into lines.
pub fn settle(lines: &mut [ArrivalRecord], verdicts: &[Verdict]) {
    let by_id: HashMap<i64, &Verdict> = verdicts.iter().map(|v| (v.id, v)).collect();
    for line in lines {
        if let Some(v) = by_id.get(&line.id) {
            line.fate = Some(v.fate);
            line.letter_id = v.letter_id;
            line.reason.clone_from(&v.reason);
        }
    }
}

/// Commits a batch as being read by this process. A key that is known already keeps its line; a
/// delivery whose very bytes came before is a duplicate of its own key.
///
/// # Errors
/// When nothing was committed.
pub async fn store(app: &App, from: &From, batch: Vec<Arrival>) -> Result<Stored> {
    let keys: Vec<String> = batch.iter().map(|a| a.source_key.clone()).collect();
    // Sealing takes longer than writing: it is done before the database is held.
    let raws: Vec<&[u8]> = batch.iter().map(|a| a.raw.as_slice()).collect();
    app.store.writable.has_room()?;
    let blobs = app.store.vault.seal_blobs(&raws, app.now());
    let digests: Vec<String> = blobs.ids.clone();
    let step = app.store.begin(app.now()).await?;
    let known = app.store.arrivals_by_key(&keys).await?;
    let twins = match from.source {
        Source::Imap => step.by_digest(&digests).await?,
        _ => Vec::new(),
    };
    step.add_blobs(blobs).await?;
    let known: HashMap<String, ArrivalRecord> = known
        .into_iter()
        .map(|l| (l.source_key.clone(), l))
        .collect();
    let mut stored = Stored::default();
    let mut fresh: HashMap<String, ArrivalRecord> = HashMap::new();
    for (arrival, blob) in batch.into_iter().zip(digests) {
        let key = &arrival.source_key;
        if let Some(there) = known.get(key).or_else(|| fresh.get(key)) {
            stored.lines.push(there.clone());
            continue;
        }
        let mut line = line(app, from, key.clone(), &arrival);
        line.blob_id = Some(blob.clone());
        line.digest = Some(blob);
        let mut earlier = twins.iter().chain(fresh.values());
        if let Some(twin) = earlier.find(|t| same_delivery(t, &line)) {
            line.fate = Some(Fate::Duplicate);
            line.letter_id = twin.letter_id;
            line.sealed |= twin.sealed;
            line.reason = Some("same-delivery".into());
        } else {
            stored.unread.push((line.clone(), arrival.raw));
        }
        stored.fresh.insert(line.id);
        fresh.insert(line.source_key.clone(), line.clone());
        stored.lines.push(line);
    }
    let mut rows: Vec<ArrivalRecord> = fresh.into_values().collect();
    rows.sort_unstable_by_key(|line| line.id);
    let keys: Vec<String> = rows.iter().map(|line| line.source_key.clone()).collect();
    step.add_arrivals(rows).await?;
    step.commit().await?;
    fail_point("after-store");
    can_be_read(app, &keys).await?;
    Ok(stored)
}

/// A source is told only what another connection can read.
async fn can_be_read(app: &App, keys: &[String]) -> Result<()> {
    if app.store.arrivals_by_key(keys).await?.len() < keys.len() {
        return Err(StoreError::Unconfirmed.into());
    }
    Ok(())
}

/// The same bytes, received by the same source at the same instant, under another key: a mailbox
/// that was recreated, or a copy moved back. Equal bytes alone are no reason to drop a letter.
fn same_delivery(a: &ArrivalRecord, b: &ArrivalRecord) -> bool {
    a.digest.is_some()
        && a.digest == b.digest
        && a.source == b.source
        && a.source_name == b.source_name
        && a.received_at == b.received_at
        && b.source == Source::Imap
}

fn line(app: &App, from: &From, source_key: String, arrival: &Arrival) -> ArrivalRecord {
    ArrivalRecord {
        id: app.id(),
        source: from.source,
        source_name: from.name.clone(),
        source_key,
        channel_id: from.channel.id,
        sealed: from.channel.sealed,
        received_at: arrival.received_at,
        seen_at: arrival.seen_at,
        stored_at: app.now(),
        size: i64::try_from(arrival.raw.len()).unwrap_or(i64::MAX),
        blob_id: None,
        digest: None,
        fate: None,
        reason: None,
        letter_id: None,
        attempts: 0,
        settled_at: None,
        settled_by: None,
    }
}

/// Reads what was stored up to an instant and is not read yet, one by one; answers how many. Where
/// whoever stored it is still at it, the work is done twice and counts once.
///
/// # Errors
/// When the database refuses.
pub async fn resume(app: &App, until: Timestamp) -> Result<usize> {
    let lines = app.store.unread_arrivals(until, 50).await?;
    let n = lines.len();
    for line in lines {
        read_alone(app, line).await?;
    }
    Ok(n)
}

/// Reads a line by itself, after a trial, and registers it. One whose
/// own trial dies twice is quarantined; one that only stood beside a crash never is.
///
/// # Errors
/// When the database refuses; then the line stays to be read.
pub async fn read_alone(app: &App, line: ArrivalRecord) -> Result<Vec<Verdict>> {
    let raw = match &line.blob_id {
        Some(blob) => app.store.blob(blob).await,
        None => Ok(Vec::new()),
    };
    let raw = match raw {
        Ok(raw) => raw,
        Err(StoreError::Key(_) | StoreError::Unknown { .. }) => {
            return register::register(app, vec![(line, Err("bytes-damaged".into()))]).await;
        }
        Err(error) => return Err(error.into()),
    };
    let mut deaths = line.attempts;
    loop {
        match read::read_safely(line.source, raw.clone()).await? {
            Ok(words) => return register::register(app, vec![(line, words)]).await,
            Err(death) => {
                tracing::warn!(
                    arrival = line.id,
                    death,
                    "a mail's own reader did not survive"
                );
                let step = app.store.begin(app.now()).await?;
                step.note_attempt(line.id).await?;
                step.commit().await?;
                deaths += 1;
                if deaths >= DEATHS {
                    return register::register(app, vec![(line, Err(death.into()))]).await;
                }
            }
        }
    }
}

/// Notes what was in the mailbox before its start.
///
/// # Errors
/// When nothing was committed.
pub async fn note_before_start(app: &App, from: &From, batch: Vec<BeforeStart>) -> Result<()> {
    let now = app.now();
    let lines = batch.into_iter().map(|b| {
        let arrival = Arrival {
            source_key: String::new(),
            received_at: b.received_at,
            seen_at: now,
            raw: Vec::new(),
        };
        let mut line = line(app, from, b.source_key, &arrival);
        line.size = i64::try_from(b.size).unwrap_or(i64::MAX);
        line.fate = Some(Fate::BeforeStart);
        line
    });
    add_missing(app, lines.collect()).await
}

/// Quarantines what could not be fetched.
///
/// # Errors
/// When nothing was committed.
pub async fn quarantine(app: &App, from: &From, batch: Vec<Unfetched>) -> Result<()> {
    let now = app.now();
    let lines = batch.into_iter().map(|u| {
        let arrival = Arrival {
            source_key: String::new(),
            received_at: u.received_at,
            seen_at: now,
            raw: Vec::new(),
        };
        let mut line = line(app, from, u.source_key, &arrival);
        line.size = u
            .size
            .and_then(|s| i64::try_from(s).ok())
            .unwrap_or_default();
        line.fate = Some(Fate::Quarantined);
        line.reason = Some(u.reason);
        line
    });
    add_missing(app, lines.collect()).await
}

async fn add_missing(app: &App, mut lines: Vec<ArrivalRecord>) -> Result<()> {
    let keys: Vec<String> = lines.iter().map(|l| l.source_key.clone()).collect();
    for some in keys.chunks(1_000) {
        let known = app.store.arrivals_by_key(some).await?;
        lines.retain(|l| !known.iter().any(|k| k.source_key == l.source_key));
    }
    app.store.writable.has_room()?;
    while !lines.is_empty() {
        let rest = lines.split_off(lines.len().min(1_000));
        let some = std::mem::replace(&mut lines, rest);
        let keys: Vec<String> = some.iter().map(|line| line.source_key.clone()).collect();
        let step = app.store.begin(app.now()).await?;
        step.add_arrivals(some).await?;
        step.commit().await?;
        can_be_read(app, &keys).await?;
    }
    Ok(())
}

/// Where the source should put a message of this fate.
#[must_use]
pub fn place(fate: Fate) -> Kept {
    match fate {
        Fate::Quarantined => Kept::Failed,
        Fate::BeforeStart => Kept::BeforeStart,
        _ => Kept::Taken,
    }
}
