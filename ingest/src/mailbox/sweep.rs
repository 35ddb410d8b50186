//! One pass over the folder: what is new is taken in, what is taken is moved, and the watermark
//! advances only over mail that the ledger has confirmed.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};

use super::{
    Start,
    acknowledge::{acknowledge, finish},
    fault::Fault,
    fetch::take,
    memory::Memory,
    supervise::Job,
    talk::{Selected, Talk},
};
use crate::arrival::{Cursor, Kept};

/// Keys asked about at once.
const KEYS: usize = 1000;
/// By how much a mail server's clock may be behind ours without costing a letter.
const SKEW_MINUTES: i64 = 10;

/// A folder that is open, and from where on its mail counts.
pub(super) struct Folder<'a> {
    pub job: &'a Job,
    pub talk: &'a mut Talk,
    pub memory: &'a mut Memory,
    pub cursor: Cursor,
    /// Whether any mail's bytes came in this conversation.
    pub came: bool,
    /// What hampers us beside taking mail in: code, colon, details.
    pub complaint: Option<String>,
}

impl Folder<'_> {
    /// The key of a mail in this folder.
    pub(super) fn key(&self, uid: u32) -> String {
        self.job.mailbox.key(self.memory.uid_validity(), uid)
    }

    /// Whether a mail lay there before the mailbox's start. A mail whose date cannot be read did
    /// not, unless its UID says so.
    pub(super) fn is_before_start(&self, uid: u32, received_at: Option<Timestamp>) -> bool {
        let cursor = &self.cursor;
        let mut line = cursor.started_at;
        if self.memory.uid_validity() == cursor.uid_validity {
            if uid < cursor.first_uid {
                return true;
            }
            // Given a UID after the start, it came after the start unless its date is clearly
            // older: then somebody copied an old mail in.
            if self.job.mailbox.start == Start::Now {
                line = line.saturating_sub(SKEW_MINUTES.minutes()).unwrap_or(line);
            }
        }
        received_at.is_some_and(|at| at < line)
    }
}

/// Looks at the folder, from the watermark on or, `full`, at all of it.
pub(super) fn sweep(folder: &mut Folder<'_>, full: bool) -> Result<(), Fault> {
    let first = if full {
        1
    } else {
        folder.memory.watermark.saturating_add(1)
    };
    // What a conversation that broke off had committed.
    let settled = folder.job.ledger.settle()?;
    folder.memory.read(settled);
    let present = folder.talk.search(first)?;
    let gone = folder.memory.gone(first, &present);
    finish(folder, &gone)?;
    let mut open: BTreeSet<u32> = present.iter().copied().collect();
    let mut unread = BTreeSet::new();
    for chunk in present.chunks(KEYS) {
        let keys: Vec<String> = chunk.iter().map(|&uid| folder.key(uid)).collect();
        let known = folder.job.ledger.known(&keys)?;
        for (&uid, kept) in chunk.iter().zip(known) {
            let Some(kept) = kept else { continue };
            open.remove(&uid);
            match kept {
                Kept::BeforeStart => {}
                Kept::Unread => {
                    unread.insert(uid);
                }
                Kept::Taken | Kept::Failed => {
                    folder.memory.unmoved.insert(uid, kept);
                }
            }
        }
    }
    let unknown: Vec<u32> = open.iter().copied().collect();
    for unit in folder.memory.plan(&unknown) {
        for uid in take(folder, &unit)? {
            open.remove(&uid);
        }
    }
    let settled = folder.job.ledger.settle()?;
    folder.memory.read(settled);
    acknowledge(folder)?;
    // What is not read yet is asked about again next time.
    folder.memory.reading = !unread.is_empty();
    open.append(&mut unread);
    let settled = present.iter().take_while(|&uid| !open.contains(uid)).last();
    let watermark = &mut folder.memory.watermark;
    *watermark = (*watermark).max(settled.copied().unwrap_or(0));
    Ok(())
}

/// What the first contact fixes.
pub(super) fn first_contact(
    job: &Job,
    talk: &mut Talk,
    selected: Selected,
    uid_validity: u32,
) -> Result<Cursor, Fault> {
    let from_all = Cursor {
        started_at: Timestamp::UNIX_EPOCH,
        uid_validity,
        first_uid: 1,
    };
    match job.mailbox.start {
        Start::All => Ok(from_all),
        Start::Date(day) => {
            let midnight = day
                .to_zoned_datetime(job.mailbox.zone.clone())
                .map_err(|e| Fault::Folder(format!("start date {day}: {e}")))?;
            Ok(Cursor {
                started_at: midnight.timestamp(),
                ..from_all
            })
        }
        Start::Now => {
            let first_uid = match selected.uid_next {
                Some(next) => next,
                None => talk
                    .search(1)?
                    .last()
                    .map_or(1, |last| last.saturating_add(1)),
            };
            // INTERNALDATE knows whole seconds only.
            let second = (job.now)().as_second();
            let started_at = Timestamp::from_second(second)
                .map_err(|e| Fault::Folder(format!("the clock is wrong: {e}")))?;
            Ok(Cursor {
                started_at,
                uid_validity,
                first_uid,
            })
        }
    }
}
