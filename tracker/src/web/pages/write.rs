//! Writing a letter: the form, the answers to check, the receipt.

use askama::Template;

use super::parts::{Choice, Due, Errors, KeptFile};
use super::portal::ChannelCard;
use crate::web::chrome::Chrome;

/// What the writer has entered so far; carried through errors and the check step.
#[derive(Clone, Debug, Default)]
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
    /// `answer_by`: a code of the words' `answer_by` family; empty for what suits what was left.
    pub answer_by: String,
    /// `wants_publication`, posted as `true`.
    pub wants_publication: bool,
    /// `idempotency_key`: made when the form is first shown.
    pub idempotency_key: String,
    /// Files already stored, posted back as `kept`; ticked `drop` values are to be left out.
    pub kept: Vec<KeptFile>,
}

/// Ways of being answered that a form of the public offers; a clerk's offers all.
const ANSWERS: [&str; 3] = ["mail", "post", "portal"];

impl Entry {
    /// How the writer can be answered, the first by what they leave.
    #[must_use]
    pub fn answers(&self, chrome: &Chrome, by_hand: bool) -> Vec<Choice> {
        let more = ["phone", "counter"];
        let more = more.iter().filter(|_| by_hand);
        let codes = ["usual"].iter().chain(&ANSWERS).chain(more).copied();
        let mut all = chrome.choices("answer_by", codes, &self.answer_by);
        if let Some(usual) = all.first_mut() {
            usual.value.clear();
            usual.chosen = self.answer_by.is_empty();
        }
        all
    }
}

/// `GET /write/{channel}`, and what a POST with errors or `step=change` answers.
///
/// The form posts multipart with `step=check`, the fields of [`Entry`] and new `files`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "write.html")]
pub struct WritePage {
    /// The frame.
    pub chrome: Chrome,
    /// Where it goes.
    pub channel: ChannelCard,
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
}

/// `POST /write/{channel}` with `step=check` and no errors.
///
/// Posts back the hidden entry with `step=submit`, or `step=change` from a row's button.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "check.html")]
pub struct CheckPage {
    /// The frame.
    pub chrome: Chrome,
    /// Where it goes.
    pub channel: ChannelCard,
    /// What will be sent.
    pub entry: Entry,
}

/// `POST /write/{channel}` with `step=submit`, once the letter is committed.
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
    /// The query code, shown this once.
    pub query_code: String,
    /// When it was received, local `YYYY-MM-DD HH:MM`.
    pub received_at: String,
    /// The counted obligation.
    pub due: Due,
    /// Whatever else is owed to the writer.
    pub others: Vec<Due>,
    /// Whether a receipt goes out by mail.
    pub mailed: bool,
}
