//! What every source yields, and what it needs from whoever keeps the intake ledger.

use jiff::Timestamp;

/// One message as it reached us, unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Permanent and unique over all sources: the reason why a message is taken in once only.
    pub source_key: String,
    /// When the message reached us: IMAP INTERNALDATE, Maildir delivery time, a file's topmost
    /// Received, else its Date, else the file's time. Deadlines count from here.
    pub received_at: Timestamp,
    /// When Huiyin first saw it.
    pub seen_at: Timestamp,
    /// The bytes as the source holds them.
    pub raw: Vec<u8>,
}

/// A message that was in the mailbox before its start: noted, never fetched, moved or answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforeStart {
    /// As [`Arrival::source_key`].
    pub source_key: String,
    /// IMAP INTERNALDATE.
    pub received_at: Timestamp,
    /// Bytes, as the server states them.
    pub size: u64,
}

/// A message whose bytes could not be had: too large, or the server's line for it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfetched {
    /// As [`Arrival::source_key`].
    pub source_key: String,
    /// INTERNALDATE where the server told it, else the instant of seeing it.
    pub received_at: Timestamp,
    /// Bytes, where the server states them.
    pub size: Option<u64>,
    /// What a clerk reads: what is wrong and what to do.
    pub reason: String,
}

/// How far the ledger got with a message, and so where its source should put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the ledger: letter, addition, automatic, duplicate, held, invalid. Goes to `processed`.
    Taken,
    /// In the ledger as quarantined. Goes to `failed`.
    Failed,
    /// In the ledger as before the mailbox's start. Stays where it lies.
    BeforeStart,
    /// Committed and not read yet, as a crash leaves it. Stays where it lies until it is read.
    Unread,
}

/// What a folder's first contact fixed, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Mail received before this instant is before-start, whatever UID it gets later.
    pub started_at: Timestamp,
    /// UIDVALIDITY at the first contact.
    pub uid_validity: u32,
    /// UIDNEXT at the first contact: under that UIDVALIDITY, smaller UIDs are before-start when
    /// the mailbox starts "now".
    pub first_uid: u32,
}

/// How a source is doing, for the staff who look after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Connected and up to date at this instant.
    Fine {
        /// Messages lying in the folder now.
        waiting: u32,
    },
    /// New messages are taken in, but something beside that fails: taken mail cannot be moved away,
    /// single messages cannot be fetched or read.
    Hampered {
        /// Messages lying in the folder now.
        waiting: u32,
        /// What failed and what to do about it, without secrets: a code (see the source's own
        /// page), a colon, details.
        reason: String,
    },
    /// Fetching stopped; the source tries again by itself.
    Broken {
        /// What failed and what to do about it, without secrets.
        reason: String,
    },
}

/// The ledger could not commit; nothing was acknowledged and the source must try again later.
#[derive(Debug, thiserror::Error)]
#[error("the intake ledger could not be written: {0}")]
pub struct LedgerError(pub String);

/// The intake ledger as a source sees it. Calls may block: sources run in threads of their own.
pub trait Ledger: Send + Sync {
    /// Which of these keys are already in the ledger, and where their messages belong.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn known(&self, keys: &[String]) -> Result<Vec<Option<Kept>>, LedgerError>;

    /// Commits the raw bytes durably; they are read and registered behind the source's back, in
    /// order. Answers the messages, of this batch or an earlier one, that were read meanwhile: by
    /// key, and where they belong. Each is answered once, here or by [`Ledger::settle`].
    ///
    /// # Errors
    /// When nothing of the batch was committed; the source keeps its messages and tries again.
    fn keep(&self, batch: Vec<Arrival>) -> Result<Vec<(String, Kept)>, LedgerError>;

    /// Waits until everything kept is read; answers what [`Ledger::keep`] has not answered yet.
    ///
    /// # Errors
    /// When the ledger cannot tell.
    fn settle(&self) -> Result<Vec<(String, Kept)>, LedgerError>;

    /// Notes messages from before the mailbox's start.
    ///
    /// # Errors
    /// When nothing was committed.
    fn note_before_start(&self, batch: Vec<BeforeStart>) -> Result<(), LedgerError>;

    /// Quarantines messages whose bytes cannot be had.
    ///
    /// # Errors
    /// When nothing was committed.
    fn quarantine(&self, batch: Vec<Unfetched>) -> Result<(), LedgerError>;

    /// The cursor of a folder; fixed to `first` at the first contact ever.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    fn open(&self, folder: &str, first: Cursor) -> Result<Cursor, LedgerError>;

    /// The messages were moved out of the folder (or are meant to stay in it).
    ///
    /// # Errors
    /// When the ledger cannot be written; harmless, it is told again at the next sweep.
    fn acknowledged(&self, keys: &[String]) -> Result<(), LedgerError>;

    /// How many messages lie in a folder beside the one that is read. Nothing follows from it but
    /// what people see.
    fn counted(&self, _folder: &str, _messages: u32) {}

    /// How the source is doing.
    fn health(&self, health: Health);
}
