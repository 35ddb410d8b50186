//! Writing a letter: the form, the answers to check, the receipt.

use askama::Template;
use serde::{Deserialize, Serialize};

use super::parts::{Choice, Due, Errors, KeptFile};
use super::portal::ChannelCard;
use crate::web::chrome::Chrome;

/// What the writer has entered so far; carried through errors and the check step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// `kind`: a code of the words' `kind` family.
    pub kind: String,
    /// `subject`
    pub subject: String,
    /// `body`
    pub body: String,
    /// `name`
    pub name: String,
    /// `phone`
    pub phone: String,
    /// `email`
    pub email: String,
    /// `address`
    pub address: String,
    /// `anonymous`, posted as `true`.
    pub anonymous: bool,
    /// `wants_publication`, posted as `true`.
    pub wants_publication: bool,
    /// `idempotency_key`: made when the form is first shown.
    pub idempotency_key: String,
    /// Files already stored, posted back as `kept`; ticked `drop` values are to be left out.
    pub kept: Vec<KeptFile>,
}

impl Entry {
    /// What is sent of it: an anonymous letter has neither name nor addresses.
    #[must_use]
    pub fn sent(&self) -> Self {
        if !self.anonymous {
            return self.clone();
        }
        Self {
            name: String::new(),
            phone: String::new(),
            email: String::new(),
            address: String::new(),
            ..self.clone()
        }
    }
}

/// `GET /write/{channel}/{name}`; with errors under its `/check`.
///
/// The form posts multipart with `step=check`, the fields of [`Entry`] and new `files`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "write.html")]
pub struct WritePage {
    /// The frame.
    pub chrome: Chrome,
    /// Where it goes.
    pub channel: ChannelCard,
    /// Where the form posts to.
    pub action: String,
    /// What has been entered.
    pub entry: Entry,
    /// The kinds that the channel takes; none chosen shows the first unchosen.
    pub kinds: Vec<Choice>,
    /// What is wrong.
    pub errors: Errors,
    /// The largest file in words, `20 MB`.
    pub max_file: String,
    /// The largest form in words, `120 MB`.
    pub max_form: String,
    /// The most files.
    pub max_files: usize,
}

/// The same form in another channel.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere {
    /// The channel.
    pub card: ChannelCard,
    /// Where the form posts to there, with `step=change`.
    pub action: String,
    /// Whether it is the one chosen so far.
    pub here: bool,
}

/// `GET /write/{channel}/{name}/check`, where nothing is wrong.
///
/// Posts back the hidden entry with `step=submit`, or `change` or `channel` from a row's button.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "check.html")]
pub struct CheckPage {
    /// The frame.
    pub chrome: Chrome,
    /// Where it goes.
    pub channel: ChannelCard,
    /// Where the form posts to.
    pub action: String,
    /// The sealed box, where a report is about to go elsewhere.
    pub sealed: Option<Elsewhere>,
    /// What will be sent.
    pub entry: Entry,
}

/// `GET /write/{channel}/{name}/channel`: another channel for what was entered.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "channel.html")]
pub struct ChannelPage {
    /// The frame.
    pub chrome: Chrome,
    /// The channels.
    pub channels: Vec<Elsewhere>,
    /// What was entered.
    pub entry: Entry,
}

/// `GET /write/{channel}/{name}/receipt`, once the letter is committed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// The frame.
    pub chrome: Chrome,
    /// The channel's name.
    pub channel: String,
    /// Whether the letter is sealed.
    pub sealed: bool,
    /// The letter's number.
    pub number: String,
    /// The query code.
    pub query_code: String,
    /// When it was received, local `YYYY-MM-DD HH:MM`.
    pub received_at: String,
    /// The counted obligation.
    pub due: Due,
    /// Whatever else is owed to the writer.
    pub others: Vec<Due>,
    /// Whether a receipt goes out by mail.
    pub mailed: bool,
    /// Where another letter begins.
    pub again: String,
    /// Where `step=forget` is posted to.
    pub forget: String,
}
