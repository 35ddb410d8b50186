//! A mail as the outbox holds it, and its form on the wire. Knows nothing of servers.

mod address;
mod compose;
mod header;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub(crate) use address::{address, mailbox};
pub(crate) use compose::{Composed, compose};

use crate::render::Rendered;

/// A file sent along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As the handler named it; sent in UTF-8 without paths and controls.
    pub name: String,
    /// `type/subtype`; what can't be read so is sent as `application/octet-stream`.
    pub media_type: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A mail to one citizen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The one address, without a name.
    pub to: String,
    /// Where answers go, if not to the sender: an address, without a name.
    pub reply_to: Option<String>,
    /// Fixed before the first attempt and the same in every one; without `<>`.
    pub message_id: String,
    /// The citizen's message that this answers; without `<>`. What is no message id is left out.
    pub in_reply_to: Option<String>,
    /// The thread so far, oldest first; without `<>`. What is no message id is left out.
    pub references: Vec<String>,
    /// No person wrote it: marked so that no machine answers it, and sent with the empty envelope
    /// sender, so that it can't bounce. What has to be served (送达: replies, decisions) isn't automatic.
    pub automatic: bool,
    /// The words, secrets filled in.
    pub rendered: Rendered,
    /// Files, in order.
    pub attachments: Vec<File>,
    /// The `Date` header.
    pub date: Timestamp,
}

/// Why a mail can't be put on the wire, now or ever.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MailError {
    #[error("not one mail address: {0}")]
    Address(String),
    #[error("not a message id: {0}")]
    MessageId(String),
    #[error("query code or reply token is not filled in")]
    Places,
    #[error("the mail has no well-formed wire form: {0}")]
    Unsound(String),
}
