//! Maildirs: each message is a file of its own, told by its base name for ever, whatever flags a
//! mail client adds to it. Taken mail is moved from `new` to `cur` and marked as seen, quarantined
//! mail is flagged; nothing is ever deleted, and what a person moved to `cur` first is taken too.

mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, ToSpan};

pub use self::watch::watch;
use crate::{
    arrival::{Arrival, Kept, Ledger, LedgerError, Unfetched},
    files::{
        Found, SourceError, Sweep,
        batch::{self, Intake},
        modified,
    },
};

/// The largest mail that is read. Bytes.
const MAX_BYTES: u64 = 30 << 20;
/// Seconds in a base name before the year 2000 are no delivery time.
const OLDEST: i64 = 946_684_800;

/// One Maildir, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maildir {
    /// Permanent: part of every key. For one-off intake the channel's code.
    pub name: String,
    /// The folder that holds `cur`, `new` and `tmp`.
    pub path: PathBuf,
}

/// A message as it lies there.
struct Lying {
    delivered: i64,
    base: String,
    path: PathBuf,
    is_new: bool,
}

/// One pass over `new` and `cur`; safe to repeat and to break off anywhere.
///
/// # Errors
/// When the folders cannot be listed or the ledger cannot commit. A single file that cannot be
/// read is named in the result and tried again next time.
pub fn sweep(
    maildir: &Maildir,
    ledger: &dyn Ledger,
    now: &dyn Fn() -> Timestamp,
) -> Result<Sweep, SourceError> {
    pass(maildir, ledger, now, &mut BTreeSet::new())
}

/// As [`sweep`], passing over base names that are settled already, which a thread remembers.
fn pass(
    maildir: &Maildir,
    ledger: &dyn Ledger,
    now: &dyn Fn() -> Timestamp,
    settled: &mut BTreeSet<String>,
) -> Result<Sweep, SourceError> {
    let mut lying = list(&maildir.path)?;
    let present: BTreeSet<String> = lying.iter().map(|l| l.base.clone()).collect();
    settled.retain(|base| present.contains(base));
    lying.retain(|l| !settled.contains(&l.base));
    let mut intake = Intake::new(ledger);
    let mut pending = BTreeMap::new();
    for lying in lying {
        let key = format!("maildir:{}:{}", maildir.name, lying.base);
        match read(&lying, &key, now()) {
            Ok(Some(found)) => {
                // What was read meanwhile are earlier messages only.
                let done = intake.add(found)?;
                settle(maildir, ledger, &mut pending, settled, done)?;
                pending.entry(key).or_insert(lying);
            }
            // Renamed or taken away since it was listed: the next pass will see.
            Ok(None) => {}
            Err(e) => intake.sweep.unreadable.push((lying.path, e.to_string())),
        }
    }
    let done = intake.finish()?;
    settle(maildir, ledger, &mut pending, settled, done)?;
    Ok(intake.sweep)
}

/// Shows every message that lies there to `each`, one at a time, and changes nothing.
///
/// # Errors
/// When the folders or a file cannot be read, or `each` fails.
pub fn survey(
    maildir: &Maildir,
    now: Timestamp,
    each: &mut dyn FnMut(Found) -> Result<(), LedgerError>,
) -> Result<(), SourceError> {
    for lying in list(&maildir.path)? {
        let key = format!("maildir:{}:{}", maildir.name, lying.base);
        match read(&lying, &key, now) {
            Ok(Some(found)) => each(found)?,
            // Taken away since it was listed.
            Ok(None) => {}
            Err(e) => return Err(SourceError::io(&lying.path, e)),
        }
    }
    Ok(())
}

/// After the commit: out of `new`, visibly.
fn settle(
    maildir: &Maildir,
    ledger: &dyn Ledger,
    pending: &mut BTreeMap<String, Lying>,
    settled: &mut BTreeSet<String>,
    done: Vec<(String, Kept)>,
) -> Result<(), SourceError> {
    let mut moved = Vec::new();
    for (key, kept) in done {
        let Some(lying) = pending.remove(&key) else {
            continue;
        };
        // The next pass finds it again.
        if kept == Kept::Unread {
            continue;
        }
        if lying.is_new && kept != Kept::BeforeStart {
            let flag = if kept == Kept::Failed { "F" } else { "S" };
            let target = maildir.path.join("cur").join(with_flag(&lying.path, flag));
            match fs::rename(&lying.path, &target) {
                Ok(()) => {}
                // A mail client was faster.
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(SourceError::io(&lying.path, e)),
            }
        }
        settled.insert(lying.base);
        moved.push(key);
    }
    if !moved.is_empty() {
        ledger.acknowledged(&moved)?;
    }
    Ok(())
}

/// The file's own name with the flags of `cur`.
fn with_flag(path: &Path, flag: &str) -> std::ffi::OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(":2,{flag}"));
    name
}

/// All messages, in the order of their delivery.
fn list(root: &Path) -> Result<Vec<Lying>, SourceError> {
    let mut found = Vec::new();
    for (folder, is_new) in [("new", true), ("cur", false)] {
        let folder = root.join(folder);
        let io = |e| SourceError::io(&folder, e);
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name();
            // A name of raw bytes keeps them all, so that no two messages share a key.
            let name = match name.to_str() {
                Some(name) => name.to_owned(),
                None => name.as_encoded_bytes().escape_ascii().to_string(),
            };
            if name.starts_with('.') || !entry.file_type().map_err(io)?.is_file() {
                continue;
            }
            let base = name.split(':').next().unwrap_or_default().to_owned();
            let seconds = base
                .split(|c: char| !c.is_ascii_digit())
                .next()
                .unwrap_or_default();
            let delivered = seconds.parse().unwrap_or(0);
            found.push(Lying {
                delivered,
                base,
                path: entry.path(),
                is_new,
            });
        }
    }
    found.sort_by(|a, b| (a.delivered, &a.base).cmp(&(b.delivered, &b.base)));
    Ok(found)
}

/// `None` where the file is no longer there.
fn read(lying: &Lying, key: &str, seen_at: Timestamp) -> io::Result<Option<Found>> {
    let file = match File::open(&lying.path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let metadata = file.metadata()?;
    let received_at = received_at(lying.delivered, modified(&metadata), seen_at);
    let source_key = key.to_owned();
    let mut raw = Vec::new();
    if metadata.len() <= MAX_BYTES {
        file.take(MAX_BYTES + 1).read_to_end(&mut raw)?;
    }
    let size = metadata.len().max(raw.len() as u64);
    Ok(Some(if size > MAX_BYTES {
        let reason = batch::too_large(size, MAX_BYTES);
        Found::Unfetched(Unfetched {
            source_key,
            received_at,
            size: Some(size),
            reason,
        })
    } else {
        Found::Arrival(Arrival {
            source_key,
            received_at,
            seen_at,
            raw,
        })
    }))
}

/// The delivery time in the base name, else the file's; never in the future.
fn received_at(delivered: i64, file_time: Timestamp, seen_at: Timestamp) -> Timestamp {
    let named = Timestamp::from_second(delivered).ok();
    let latest = seen_at.saturating_add(1.hours()).unwrap_or(Timestamp::MAX);
    named
        .filter(|at| at.as_second() >= OLDEST && *at <= latest)
        .unwrap_or(file_time)
        .min(seen_at)
}

#[cfg(test)]
mod tests;
