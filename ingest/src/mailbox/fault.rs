//! What ends a conversation with a server, told without secrets and without any mail's words.

use imap::Error;

use super::wire;
use crate::arrival::LedgerError;

/// Why the conversation ended. Another attempt follows, unless the program is stopping.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("connect: {0}")]
    Connect(String),
    #[error("tls: {0}")]
    Tls(String),
    #[error("login: {0}")]
    Login(String),
    #[error("folder: {0}")]
    Folder(String),
    /// Broke off outside a fetch.
    #[error("talk: {0}")]
    Talk(String),
    /// IDLE failed; the server may do better when merely polled.
    #[error("talk: {0}")]
    Idle(String),
    /// Broke off while these were fetched: one of them may be the cause.
    #[error("fetch: {why}")]
    Fetch {
        uids: Vec<u32>,
        cause: Cause,
        why: String,
    },
    #[error("ledger: {0}")]
    Ledger(#[from] LedgerError),
}

/// How surely a failed fetch is the mail's own doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server's answer cannot be read.
    Garbled,
    /// The connection ended.
    Lost,
    /// The server said NO or BAD, or left the mail out.
    Refused,
}

impl Cause {
    /// The code that the reason of an unfetched mail begins with.
    pub(super) fn code(self) -> &'static str {
        match self {
            Cause::Garbled => "garbled",
            Cause::Lost => "lost",
            Cause::Refused => "refused",
        }
    }
}

/// The server's NO or BAD, after which the conversation goes on.
pub(super) fn refusal(error: &Error) -> Option<String> {
    match error {
        Error::No(no) => Some(wire::tidy(&no.information)),
        Error::Bad(bad) => Some(wire::tidy(&bad.information)),
        _ => None,
    }
}

/// Whether the error means that bytes could not be read, rather than that none came.
pub(super) fn cause(error: &Error) -> Cause {
    match error {
        Error::Bye(_) | Error::Parse(_) | Error::Unexpected(_) | Error::TagMismatch(_) => {
            Cause::Garbled
        }
        Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidData => Cause::Garbled,
        _ => Cause::Lost,
    }
}

/// The error in words; never the bytes that caused it, which may be a sealed letter's.
pub(super) fn describe(error: &Error) -> String {
    match error {
        Error::Io(e) if e.kind() == std::io::ErrorKind::TimedOut => {
            "the server fell silent".to_owned()
        }
        Error::Io(e) => wire::tidy(&e.to_string()),
        Error::No(no) => format!("the server refused: {}", wire::tidy(&no.information)),
        Error::Bad(bad) => {
            format!(
                "the server did not understand: {}",
                wire::tidy(&bad.information)
            )
        }
        Error::Bye(_) => "the server broke off, or sent a line that cannot be read".to_owned(),
        Error::ConnectionLost => "the server closed the connection".to_owned(),
        Error::Parse(_) | Error::TagMismatch(_) => {
            "the server sent a line that cannot be read".to_owned()
        }
        Error::Unexpected(_) => "the server sent an answer to another question".to_owned(),
        Error::Validate(_) => "a line break stands in a name or password".to_owned(),
        _ => "the conversation with the server failed".to_owned(),
    }
}
