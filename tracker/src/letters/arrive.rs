//! A message arrives: its raw bytes are committed to the intake ledger before anything is parsed,
//! and only then is it read. What an unclean stop left unread is read at the next start.

use ingest::{
    arrival::{Arrival, BeforeStart, Kept, Unfetched},
    letter::IncomingLetter,
};

use super::{Result, fail_point, register};
use crate::{
    app::App,
    domain::words::{Fate, Source},
    store::{
        arrivals::{ArrivalRecord, Verdict},
        channels::Channel,
    },
};

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

/// Commits a batch, then reads and registers it; one line of the ledger each, in order.
///
/// # Errors
/// When nothing was committed.
pub async fn take_in(app: &App, from: &From, batch: Vec<Arrival>) -> Result<Vec<ArrivalRecord>> {
    let (lines, fresh) = store(app, from, &batch).await?;
    fail_point("after-store");
    let mut unread = Vec::new();
    for (line, arrival) in lines.iter().zip(&batch) {
        if fresh.contains(&line.id) && line.fate.is_none() {
            unread.push((line.clone(), read(from.source, &arrival.raw)));
        }
    }
    let verdicts = register::register(app, unread).await?;
    Ok(lines
        .into_iter()
        .map(|line| settled(line, &verdicts))
        .collect())
}

fn settled(mut line: ArrivalRecord, verdicts: &[Verdict]) -> ArrivalRecord {
    if let Some(v) = verdicts.iter().find(|v| v.id == line.id) {
        line.fate = Some(v.fate);
        line.letter_id = v.letter_id;
        line.reason.clone_from(&v.reason);
    }
    line
}

/// Lines for the whole batch, and the ids of those that are new. A key that is known already
/// keeps its line; a delivery whose very bytes came before is a duplicate of its own key.
async fn store(
    app: &App,
    from: &From,
    batch: &[Arrival],
) -> Result<(Vec<ArrivalRecord>, Vec<i64>)> {
    let keys: Vec<String> = batch.iter().map(|a| a.source_key.clone()).collect();
    let digests: Vec<String> = batch
        .iter()
        .map(|a| app.store.vault.keys.digest("raw", &a.raw))
        .collect();
    let step = app.store.begin(app.now()).await?;
    let known = app.store.arrivals_by_key(&keys).await?;
    let twins = step.by_digest(&digests).await?;
    let raws: Vec<&[u8]> = batch.iter().map(|a| a.raw.as_slice()).collect();
    let blobs = step.add_blobs(&raws).await?;
    let (mut lines, mut fresh) = (Vec::with_capacity(batch.len()), Vec::<ArrivalRecord>::new());
    for ((arrival, digest), blob) in batch.iter().zip(digests).zip(blobs) {
        let there = known
            .iter()
            .chain(&fresh)
            .find(|l| l.source_key == arrival.source_key);
        if let Some(there) = there {
            lines.push(there.clone());
            continue;
        }
        let mut line = line(app, from, arrival.source_key.clone(), arrival);
        line.blob_id = Some(blob);
        line.digest = Some(digest);
        if let Some(twin) = twins.iter().chain(&fresh).find(|t| same_delivery(t, &line)) {
            line.fate = Some(Fate::Duplicate);
            line.letter_id = twin.letter_id;
            line.sealed |= twin.sealed;
            line.reason = Some("same-delivery".into());
        }
        fresh.push(line.clone());
        lines.push(line);
    }
    let ids = fresh.iter().map(|l| l.id).collect();
    step.add_arrivals(fresh).await?;
    step.commit().await?;
    Ok((lines, ids))
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
        attempts: 1,
        settled_at: None,
        settled_by: None,
    }
}

/// What the bytes say, or why they cannot be read.
pub(crate) fn read(source: Source, raw: &[u8]) -> std::result::Result<IncomingLetter, String> {
    if source.is_mail() {
        ingest::read::read(raw).map_err(|e| e.to_string())
    } else {
        ingest::form::read(raw).map_err(|e| e.to_string())
    }
}

/// Reads what an earlier process stored but did not get to read; answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn resume(app: &App) -> Result<usize> {
    let lines = app.store.unread_arrivals(50).await?;
    let n = lines.len();
    for line in lines {
        let raw = match &line.blob_id {
            Some(blob) => app.store.blob(blob).await?,
            None => Vec::new(),
        };
        let read = read(line.source, &raw);
        register::register(app, vec![(line, read)]).await?;
    }
    Ok(n)
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
    while !lines.is_empty() {
        let rest = lines.split_off(lines.len().min(1_000));
        let step = app.store.begin(app.now()).await?;
        step.add_arrivals(std::mem::replace(&mut lines, rest))
            .await?;
        step.commit().await?;
    }
    Ok(())
}

/// Where the source should put a message of this line.
#[must_use]
pub fn kept(line: &ArrivalRecord) -> Option<Kept> {
    line.fate.map(|fate| match fate {
        Fate::Quarantined => Kept::Failed,
        Fate::BeforeStart => Kept::BeforeStart,
        _ => Kept::Taken,
    })
}
