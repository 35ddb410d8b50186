//! The thread of a mailbox: one conversation after the other, whatever ends them, until stopped.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{
    Mailbox,
    fault::{Cause, Fault},
    login,
    memory::Memory,
    net::{TICK, Watch},
    sweep::{Folder, first_contact, sweep},
    talk::Talk,
};
use crate::arrival::{Health, Ledger};

/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(300);
/// IDLE is ended and begun anew before the 29 minutes after which servers hang up (RFC 2177).
const IDLE: Duration = Duration::from_secs(25 * 60);
/// How soon mail that is being read is asked about again.
const READING: Duration = Duration::from_secs(2);
/// After so many failures in a row a server is polled instead.
const IDLE_FAILURES: u32 = 3;
/// A refused login is tried again after a minute at the earliest: providers lock accounts.
const REFUSED: u32 = 7;
/// Pauses while the ledger cannot be written stop doubling here.
const LEDGER: u32 = 3;
/// Pauses between attempts at one mail that ends the connection stop doubling here.
const SUSPECT: u32 = 3;
/// Sweeps in a row without waiting: some servers tell EXISTS with every answer.
const RUSH: u32 = 3;

/// A mailbox and what its thread needs.
pub(super) struct Job {
    pub mailbox: Mailbox,
    pub ledger: Arc<dyn Ledger>,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    pub stop: CancellationToken,
}

/// Runs until stopped.
pub(super) fn supervise(job: &Job) {
    let name = job.mailbox.name.as_str();
    let problems = job.mailbox.problems();
    if !problems.is_empty() {
        job.ledger.health(Health::Broken {
            reason: format!("settings: {}", problems.join("; ")),
        });
        return;
    }
    let mut memory = Memory::default();
    let mut failures: u32 = 0;
    while !job.stop.is_cancelled() {
        let end = catch_unwind(AssertUnwindSafe(|| {
            converse(job, &mut memory, &mut failures)
        }));
        if job.stop.is_cancelled() {
            break;
        }
        let reason = match end {
            Ok(Ok(())) => continue,
            Ok(Err(Fault::Fetch { uids, cause, why })) => {
                tracing::warn!(mailbox = name, mails = uids.len(), why, "a fetch broke off");
                memory.suspect(&uids, cause, &why);
                // An unreadable answer is hunted down at once; a lost connection waits its turn,
                // but not for long, since new mail waits with it.
                if cause == Cause::Garbled && (memory.came || uids.len() > 1) {
                    continue;
                }
                failures = if uids.len() > 1 {
                    0
                } else {
                    failures.min(SUSPECT)
                };
                format!("fetch: {why}")
            }
            Ok(Err(fault)) => {
                match fault {
                    Fault::Idle(_) => memory.idle_failures += 1,
                    Fault::Login(_) => failures = failures.max(REFUSED - 1),
                    // It is ours, and nobody's account is locked for asking.
                    Fault::Ledger(_) => failures = failures.min(LEDGER),
                    _ => {}
                }
                fault.to_string()
            }
            Err(_) => "panic: an error in the program; it is tried again".to_owned(),
        };
        failures = failures.saturating_add(1);
        let pause = back_off(failures, (job.jitter)());
        tracing::warn!(mailbox = name, reason, pause = ?pause, "mailbox interrupted");
        job.ledger.health(Health::Broken { reason });
        rest(&job.stop, pause);
    }
}

/// One conversation, from connecting to its end.
fn converse(job: &Job, memory: &mut Memory, failures: &mut u32) -> Result<(), Fault> {
    let watch = Watch::new(job.stop.clone());
    let mut talk = login::open(&job.mailbox, &watch)?;
    let selected = talk.select(&job.mailbox.folder)?;
    let Some(uid_validity) = selected.uid_validity.filter(|&v| v != 0) else {
        return Err(Fault::Folder(
            "the server gives its mail no permanent numbers (UIDVALIDITY), so a mail could be \
             taken twice; nothing is fetched"
                .to_owned(),
        ));
    };
    memory.select(uid_validity);
    let first = first_contact(job, &mut talk, selected, uid_validity)?;
    let cursor = job.ledger.open(&job.mailbox.folder, first)?;
    if *failures == 0 {
        tracing::info!(mailbox = job.mailbox.name, uid_validity, "mailbox open");
    } else {
        tracing::info!(
            mailbox = job.mailbox.name,
            uid_validity,
            failures,
            "mailbox back"
        );
    }
    talk.take_news();
    let mut full = true;
    let mut rush = 0;
    let mut missing = BTreeSet::new();
    let mut complaint = None;
    loop {
        let mut folder = Folder {
            job,
            talk: &mut talk,
            memory,
            cursor,
            came: false,
            // A move that was refused is not tried again before the next wait.
            complaint: complaint.take(),
        };
        sweep(&mut folder, full)?;
        if folder.came {
            // A first mail moved may have made its folder.
            missing.clear();
        }
        complaint = folder.complaint.take();
        full = false;
        *failures = 0;
        count(job, &mut talk, &mut missing)?;
        // What came meanwhile will not wake IDLE again.
        rush = if talk.take_news() {
            u32::saturating_add(rush, 1)
        } else {
            0
        };
        if rush > 0 && rush <= RUSH {
            continue;
        }
        report(job, memory, &talk, complaint.take());
        wait(job, memory, &mut talk, breath(rush))?;
        if job.stop.is_cancelled() {
            return Ok(());
        }
        // Brings the folder's view up to date, which SEARCH alone need not.
        talk.ask("NOOP")?;
        talk.take_news();
    }
}

/// Tells what lies in the folders that mail is moved to: somebody compares it with the ledger.
/// A folder that is missing is not asked about again and again, as every refusal costs a look.
fn count<'a>(job: &'a Job, talk: &mut Talk, missing: &mut BTreeSet<&'a str>) -> Result<(), Fault> {
    for folder in job.mailbox.targets() {
        if missing.contains(folder) {
            continue;
        }
        match talk.status(folder)? {
            Some(mails) => job.ledger.counted(folder, mails),
            None => {
                missing.insert(folder);
            }
        }
    }
    Ok(())
}

fn report(job: &Job, memory: &Memory, talk: &Talk, complaint: Option<String>) {
    let waiting = talk.exists();
    let troubled = memory.troubled();
    let complaint = complaint.or_else(|| {
        (troubled > 0)
            .then(|| format!("fetch: {troubled} mails cannot be fetched yet; they are tried again"))
    });
    job.ledger.health(match complaint {
        None => Health::Fine { waiting },
        Some(reason) => Health::Hampered { waiting, reason },
    });
}

/// Until something happens, or it is time to look anyway.
fn wait(job: &Job, memory: &mut Memory, talk: &mut Talk, most: Duration) -> Result<(), Fault> {
    let poll = if memory.reading {
        READING
    } else {
        job.mailbox.poll.clamp(Duration::from_secs(1), IDLE)
    };
    let poll = poll.min(most);
    if talk.can("IDLE") && memory.idle_failures < IDLE_FAILURES {
        talk.idle(poll)?;
        memory.idle_failures = 0;
    } else {
        rest(&job.stop, poll);
    }
    Ok(())
}

/// How long to wait at most where the last sweeps brought news again and again: what came during
/// the last of them will not wake IDLE, so the next look follows soon, and later where the news
/// never ends.
fn breath(rush: u32) -> Duration {
    match rush.checked_sub(RUSH + 1) {
        None => IDLE,
        Some(more) => Duration::from_secs(1 << more.min(10)),
    }
}

/// Twice as long after every failure, spread so that many mailboxes don't come back together.
fn back_off(failures: u32, jitter: f64) -> Duration {
    let doubled = Duration::from_secs(1 << failures.saturating_sub(1).min(9));
    doubled
        .min(LONGEST)
        .mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
}

fn rest(stop: &CancellationToken, pause: Duration) {
    let mut left = pause;
    while !left.is_zero() && !stop.is_cancelled() {
        let nap = left.min(TICK);
        std::thread::sleep(nap);
        left -= nap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unending_news_is_looked_at_less_and_less() {
        assert_eq!(breath(0), IDLE);
        assert_eq!(breath(RUSH), IDLE);
        let seconds = |rush| breath(rush).as_secs();
        assert_eq!((seconds(RUSH + 1), seconds(RUSH + 4)), (1, 8));
        assert_eq!(seconds(u32::MAX), 1024);
    }

    #[test]
    fn pauses_double_up_to_five_minutes_and_spread() {
        let seconds = |failures, jitter| back_off(failures, jitter).as_secs_f64();
        assert!((seconds(1, 1.0) - 1.0).abs() < 1e-9);
        assert!((seconds(4, 0.0) - 4.0).abs() < 1e-9);
        assert!((seconds(100, 1.0) - 300.0).abs() < 1e-9);
        assert!((seconds(u32::MAX, 0.0) - 150.0).abs() < 1e-9);
        assert!((seconds(REFUSED, 1.0) - 64.0).abs() < 1e-9);
    }
}
