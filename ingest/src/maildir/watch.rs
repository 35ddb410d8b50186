//! The thread of a Maildir: looks every second, cheaply, until stopped.

use std::{
    collections::BTreeSet,
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use jiff::{Timestamp, ToSpan};
use tokio_util::sync::CancellationToken;

use super::{Maildir, pass};
use crate::{
    arrival::{Health, Ledger},
    files::{SourceError, Sweep, modified},
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// And after a failure, beside that.
const PAUSE: Duration = Duration::from_secs(2);
/// Looks between two that trust no folder's time.
const THOROUGH: u32 = 60;
/// How often `stop` is looked at.
const TICK: Duration = Duration::from_millis(200);

/// Starts a thread that takes in what is delivered, within a second or two, until stopped.
///
/// # Errors
/// When the system cannot start a thread.
pub fn watch(
    maildir: Maildir,
    ledger: Arc<dyn Ledger>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    stop: CancellationToken,
) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(format!("maildir-{}", maildir.name))
        .spawn(move || {
            let mut settled = BTreeSet::new();
            let mut last = None;
            let mut trust = 0;
            while !stop.is_cancelled() {
                let times = times(&maildir.path, now());
                if trust == 0 || times.is_none() || times != last {
                    let result = catch_unwind(AssertUnwindSafe(|| {
                        pass(&maildir, &*ledger, &*now, &mut settled)
                    }));
                    let health = health(result, settled.len());
                    // What was listed while it could still change is listed again.
                    last = times.filter(|_| matches!(health, Health::Fine { .. }));
                    trust = THOROUGH;
                    let broken = matches!(health, Health::Broken { .. });
                    ledger.health(health);
                    if broken {
                        rest(&stop, PAUSE);
                    }
                }
                trust -= 1;
                rest(&stop, EVERY);
            }
        })
}

fn health(result: std::thread::Result<Result<Sweep, SourceError>>, waiting: usize) -> Health {
    let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
    match result {
        Ok(Ok(sweep)) => match sweep.unreadable.first() {
            None => Health::Fine { waiting },
            Some((path, why)) => {
                let (number, path) = (sweep.unreadable.len(), path.display());
                let reason = format!("fetch: {number} files cannot be read, as {path}: {why}");
                Health::Hampered { waiting, reason }
            }
        },
        Ok(Err(SourceError::Ledger(e))) => Health::Broken {
            reason: format!("ledger: {e}"),
        },
        Ok(Err(e)) => Health::Broken {
            reason: format!("folder: {e}"),
        },
        Err(_) => Health::Broken {
            reason: "panic: an error in the program; it is tried again".to_owned(),
        },
    }
}

/// When `new` and `cur` were last changed; `None` where that is so recent that another change
/// might not show in the time, or where it cannot be told.
fn times(root: &Path, now: Timestamp) -> Option<[Timestamp; 2]> {
    let time = |name: &str| fs::metadata(root.join(name)).ok().map(|m| modified(&m));
    let times = [time("new")?, time("cur")?];
    let calm = now.saturating_sub(2.seconds()).ok()?;
    times.iter().all(|at| *at < calm).then_some(times)
}

fn rest(stop: &CancellationToken, pause: Duration) {
    let mut left = pause;
    while !left.is_zero() && !stop.is_cancelled() {
        let nap = left.min(TICK);
        std::thread::sleep(nap);
        left -= nap;
    }
}
