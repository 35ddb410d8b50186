//! Why a mail cannot be read at all: it becomes an item for a clerk, never a letter and never a
//! crash. Reading is linear in what these limits let in, so that they bound its time as well.

/// Largest mail that is read, in bytes: beyond what any mail server hands on.
pub(super) const MAX_MAIL: usize = 100 << 20;
/// Largest header block that is read; real ones stay below a hundredth of it.
pub(super) const MAX_HEADER: usize = 1 << 20;
/// Longest text that is read, in bytes: two novels. What is larger came as a file, or is no letter.
pub(super) const MAX_TEXT: usize = 4 << 20;
/// Longest HTML, which may hold pictures as `data:`.
pub(super) const MAX_HTML: usize = 16 << 20;
/// Most parts of one mail.
pub(super) const MAX_PARTS: usize = 2_000;
/// Deepest nesting of multiparts.
pub(super) const MAX_DEPTH: usize = 60;

/// Bytes that no reading makes a mail of. The text says what is wrong and what a person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// Nothing but white space.
    #[error("the mail is empty: ask the sender to send it again, or discard it")]
    Empty,
    /// No line of it looks like a mail header.
    #[error(
        "there is no mail header: this is not a mail; open the raw bytes and register it by hand"
    )]
    NoHeader,
    /// Larger than any real mail.
    #[error("the mail is larger than {limit} bytes: ask the sender for smaller files")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The header block of the mail or of a part is larger than any real one.
    #[error("the header is larger than {limit} bytes: inspect the raw mail before registering it")]
    HeaderTooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The words are longer than any letter.
    #[error("the text is longer than {limit} bytes: inspect the raw mail before registering it")]
    TextTooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// More parts than any real mail has.
    #[error("the mail has more than {limit} parts: inspect the raw mail before registering it")]
    TooManyParts {
        /// Parts allowed.
        limit: usize,
    },
    /// Multiparts inside multiparts without end.
    #[error("parts are nested deeper than {limit} levels: inspect the raw mail before registering")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
}

impl Unreadable {
    /// A short key for lists and the ledger, without the limit.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "no-content",
            Self::NoHeader => "no-header",
            Self::TooLarge { .. } => "too-large",
            Self::HeaderTooLarge { .. } => "header-too-large",
            Self::TooManyParts { .. } => "too-many-parts",
            Self::TooDeep { .. } => "too-deep",
            Self::TextTooLong { .. } => "text-too-long",
        }
    }

    /// The same reason for a clerk, in `zh-CN` unless the language starts with `en`.
    #[must_use]
    pub fn explain(&self, language: &str) -> String {
        if language.starts_with("en") {
            return self.to_string();
        }
        match self {
            Self::Empty => "邮件内容为空：请联系发件人重新发送，或者作废处理。".into(),
            Self::NoHeader => "缺少邮件头，不是有效的邮件：请查看原始内容后人工登记。".into(),
            Self::TooLarge { limit } => {
                format!("邮件超过 {limit} 字节：请联系发件人缩小附件后重新发送。")
            }
            Self::HeaderTooLarge { limit } => {
                format!("邮件头超过 {limit} 字节：请查看原始邮件后再登记。")
            }
            Self::TextTooLong { limit } => {
                format!("邮件正文超过 {limit} 字节：请查看原始邮件后再登记。")
            }
            Self::TooManyParts { limit } => {
                format!("邮件包含的部分超过 {limit} 个：请查看原始邮件后再登记。")
            }
            Self::TooDeep { limit } => {
                format!("邮件嵌套超过 {limit} 层：请查看原始邮件后再登记。")
            }
        }
    }
}
