//! Open connections kept for the next mail: opening one costs several round trips and a sign-in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::connect::Connection;

/// As many as there are lanes at most.
const KEPT: usize = 8;
/// Servers close idle connections after minutes; a dead one must not be met often.
const IDLE: Duration = Duration::from_secs(30);
/// Large providers close a connection after some dozens of mails.
const MAILS: u32 = 50;
/// How long a kept connection may take to show that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(3);

/// A connection and its history.
pub(super) struct Pooled {
    pub(super) connection: Connection,
    mails: u32,
    since: Instant,
}

impl Pooled {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            mails: 0,
            since: Instant::now(),
        }
    }
}

#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Pooled>>);

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pool")
    }
}

impl Pool {
    /// A kept connection that has just answered a NOOP, if there is one.
    pub(super) async fn take(&self) -> Option<Pooled> {
        while let Some(mut pooled) = self.pop() {
            if pooled.since.elapsed() > IDLE {
                continue;
            }
            let alive = timeout(SIGN_OF_LIFE, pooled.connection.test_connected()).await;
            if alive == Ok(true) {
                return Some(pooled);
            }
        }
        None
    }

    /// Keeps a connection on which the server has just accepted a mail.
    pub(super) fn keep(&self, pooled: Pooled) {
        let mails = pooled.mails + 1;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.since.elapsed() <= IDLE);
        if mails < MAILS && kept.len() < KEPT {
            kept.push(Pooled {
                mails,
                since: Instant::now(),
                ..pooled
            });
        }
    }

    fn pop(&self) -> Option<Pooled> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}
