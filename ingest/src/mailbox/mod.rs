//! Mailboxes over IMAP: one supervised thread each, which hands what it fetched to the ledger and
//! moves a mail only after the ledger has committed it.
//!
//! [`run`] starts the thread. It connects (`net`, `filter`, `tls`, `login`), talks (`talk`, with
//! `wire` reading what the client library would choke on), sweeps the folder (`sweep`,
//! `fetch`, `acknowledge`), waits by IDLE or polling, and comes back after any failure
//! (`supervise`). What must outlive a broken connection stands in `memory`. [`survey()`] only looks,
//! for the proof that the ledger knows all that lies there.
//!
//! Reasons handed to [`Health`](crate::arrival::Health) and
//! [`Unfetched`](crate::arrival::Unfetched) begin with a code and a colon, so that a page can say
//! them in the reader's language: of health `settings`, `connect`, `tls`, `login`, `folder`,
//! `talk`, `fetch`, `move`, `ledger`, `panic`; of a mail `too-large`, `garbled` (the server's
//! answer for it cannot be read), `refused` (the server will not hand it out), `lost` (the
//! connection ends whenever it is fetched).
//!
//! Fail-points (feature `failpoints`): `imap-after-fetch` (bytes here, nothing committed),
//! `imap-before-ack` (committed, not moved), `imap-after-ack` (moved, the ledger not told).

mod acknowledge;
mod fault;
mod fetch;
mod filter;
mod login;
mod memory;
mod net;
mod probe;
mod supervise;
mod survey;
mod sweep;
mod talk;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod wire;

pub use self::probe::probe;
pub use self::survey::{Lying, SurveyError, Surveyor, survey};
use std::{fmt, path::PathBuf, sync::Arc, thread::JoinHandle, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio_util::sync::CancellationToken;

use crate::arrival::Ledger;

/// The largest mail that is fetched unless configured otherwise.
pub const MAX_BYTES: u64 = 30 << 20;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all; to a loopback address only.
    None,
    /// STARTTLS; without it the connection is refused, never continued in the clear.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// What the server asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// LOGIN, or AUTHENTICATE PLAIN where LOGIN cannot carry it.
    Password(String),
    /// An access token for XOAUTH2.
    OAuth2(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credential::Password(_) => "Password(…)",
            Credential::OAuth2(_) => "OAuth2(…)",
        })
    }
}

/// What an already used mailbox begins with. Fixed at the first contact, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Mail that arrives from now on.
    Now,
    /// Everything that lies in the folder.
    All,
    /// Mail received on this day of the department's zone or later.
    Date(Date),
}

/// One mailbox, as configured.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Permanent: part of every key.
    pub name: String,
    /// Host name or address; the certificate must be issued to it.
    pub host: String,
    /// 993 for [`Security::Tls`], usually 143 otherwise.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Login name.
    pub username: String,
    /// Password or token; never shown.
    pub credential: Credential,
    /// PEM certificates trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// The folder that is read, in plain Unicode: `INBOX`, `收件箱`.
    pub folder: String,
    /// Where taken mail is moved; empty leaves it where it lies.
    pub processed: String,
    /// Where quarantined mail is moved; empty leaves it where it lies.
    pub failed: String,
    /// What an already used mailbox begins with.
    pub start: Start,
    /// The department's zone, in which a start date begins.
    pub zone: TimeZone,
    /// How often to look, at least; with IDLE a new mail is seen at once.
    pub poll: Duration,
    /// Larger mail is quarantined unfetched. Bytes.
    pub max_bytes: u64,
}

impl Mailbox {
    /// The key of a mail: unique over all mailboxes and through every reset of the folder.
    pub(crate) fn key(&self, uid_validity: u32, uid: u32) -> String {
        format!("imap:{}/{}/{uid_validity}/{uid}", self.name, self.folder)
    }

    /// The folders that mail is moved to, each once.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        let failed = Some(self.failed.as_str()).filter(|f| *f != self.processed);
        [Some(self.processed.as_str()), failed]
            .into_iter()
            .flatten()
            .filter(|f| !f.is_empty())
    }

    /// What makes this configuration unusable, each in a sentence; empty where nothing does.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (what, value) in [
            ("name", &self.name),
            ("host", &self.host),
            ("username", &self.username),
        ] {
            if value.is_empty() {
                found.push(format!("{what} is missing"));
            }
        }
        if self.folder.is_empty() {
            found.push("folder is missing; INBOX is the usual one".to_owned());
        }
        for (what, target) in [("processed", &self.processed), ("failed", &self.failed)] {
            let inbox = "inbox";
            let same = *target == self.folder
                || (target.eq_ignore_ascii_case(inbox) && self.folder.eq_ignore_ascii_case(inbox));
            if same && !target.is_empty() {
                found.push(format!(
                    "{what} is the folder that is read, so every mail would come back as new; \
                     name another folder, or \"\" to leave mail where it lies"
                ));
            }
        }
        found
    }
}

/// Starts the mailbox's thread; it ends within about a second of `stop`, whatever the server does.
///
/// `jitter` yields numbers from 0 to 1 and spreads reconnection attempts.
///
/// # Errors
/// When the system cannot start a thread.
pub fn run(
    mailbox: Mailbox,
    ledger: Arc<dyn Ledger>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    stop: CancellationToken,
) -> std::io::Result<JoinHandle<()>> {
    let job = supervise::Job {
        mailbox,
        ledger,
        now,
        jitter,
        stop,
    };
    std::thread::Builder::new()
        .name(format!("imap-{}", job.mailbox.name))
        .spawn(move || supervise::supervise(&job))
}
