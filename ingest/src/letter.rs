//! A message as read: what the writer said, and everything about it that later steps decide by.

use jiff::Timestamp;
use serde::Serialize;

/// A mail address with its display name, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// Display name; empty where there is none.
    pub name: String,
    /// `local@domain` as written, control characters removed.
    pub address: String,
}

/// A file that came with the message, by reference into its raw bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Safe to offer as a file name: no path, no control or bidi characters; never empty.
    pub name: String,
    /// As declared, lower case; never trusted when serving.
    pub media_type: String,
    /// Bytes after transfer decoding.
    pub size: u64,
    /// Hex SHA-256 of the decoded bytes.
    pub sha256: String,
    /// Where in the raw message it stands: the argument of [`crate::read::attachment`]; for a
    /// form's file, the id of its stored blob.
    #[serde(skip)]
    pub part: String,
}

/// Mail that no person wrote, by kind. Stored, never answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Automatic {
    /// Out of office and other automatic replies.
    AutoReply,
    /// A delivery status notification, standard or not.
    Bounce,
    /// Newsletters, mailing lists, bulk mail.
    Bulk,
    /// Our own mail coming back.
    Own,
    /// Read receipts and feedback reports.
    Report,
}

/// What a bounce tells of the mail that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The Message-IDs that it names, without `<>`.
    pub mails: Vec<String>,
    /// The mail was given up; not merely late.
    pub given_up: bool,
    /// What the server says of it, one line; often nothing.
    pub reason: String,
}

/// What the topmost Authentication-Results of our own server says of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// No verdict.
    None,
    /// DMARC (or, without one, SPF or DKIM) passed.
    Pass,
    /// DMARC (or, without one, both SPF and DKIM) failed.
    Fail,
}

/// Who writes, as far as the message tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Writer {
    /// 姓名.
    pub name: String,
    /// 联系电话.
    pub phone: String,
    /// Where replies go by mail; empty where none was left.
    pub email: String,
    /// 通信地址.
    pub address: String,
    /// Asked that the name be withheld, or gave none.
    pub anonymous: bool,
    /// How they want to be answered (mail, post …), where a form tells it.
    pub answer_by: Option<String>,
}

/// A message as read, from mail or form alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncomingLetter {
    /// Decoded, one line; empty where there was none.
    pub subject: String,
    /// First From; `None` where missing or unreadable.
    pub from: Option<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// The Date header, never a deadline's start.
    pub date: Option<Timestamp>,
    /// Without `<>`. A hint only.
    pub message_id: Option<String>,
    /// Without `<>`.
    pub in_reply_to: Vec<String>,
    /// Without `<>`.
    pub references: Vec<String>,
    /// The whole plain body, made from HTML where that is all there is.
    pub text: String,
    /// `text` without the quoted earlier mail and the signature.
    pub visible_text: String,
    /// The HTML body as sent, unsafe; cleaned when shown.
    pub html: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Set where no person wrote this.
    pub automatic: Option<Automatic>,
    /// Set on a [`Automatic::Bounce`].
    #[serde(skip)]
    pub returned: Option<Returned>,
    /// Our own server's verdict on the sender.
    #[serde(skip)]
    pub authentication: Authentication,
    /// What our own server's spam filter counted, in hundredths on SpamAssassin's scale; `None`
    /// where there is no filter.
    #[serde(skip)]
    pub spam_score: Option<i32>,
    /// Reply tokens found anywhere in body or recipient address, most trustworthy first.
    #[serde(skip)]
    pub tokens: Vec<String>,
    /// Who writes.
    #[serde(skip)]
    pub writer: Writer,
    /// What the writer chose on a form (question, complaint …).
    #[serde(skip)]
    pub kind: Option<String>,
    /// May the answer be published.
    #[serde(skip)]
    pub wants_publication: bool,
    /// `zh-CN` or `en`, where a form tells it.
    #[serde(skip)]
    pub language: Option<String>,
    /// What the reader had to repair or could not decode, for the clerk.
    #[serde(skip)]
    pub complaints: Vec<String>,
}
