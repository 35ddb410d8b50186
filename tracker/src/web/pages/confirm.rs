//! Before a letter ends without an answer: what its writer would get, word for word.

use askama::Template;

use crate::web::chrome::Chrome;

/// What `POST /desk/letters/{number}/{action}` of an end answers until it is confirmed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub chrome: Chrome,
    /// The letter's number.
    pub number: String,
    /// Its subject, or empty.
    pub subject: String,
    /// The action, and its finished name.
    pub action: String,
    /// See `action`.
    pub title: String,
    /// Every field that was posted, posted again.
    pub fields: Vec<(String, String)>,
    /// How the words go: `mail`, `neutral` (a mail that tells only that there is something to
    /// read), `portal`, or `nothing`.
    pub way: String,
    /// Where the mail goes, or empty.
    pub to: String,
    /// The mail's subject, or empty.
    pub mail_subject: String,
    /// The mail's text as it leaves, or empty.
    pub mail_text: String,
    /// What the writer reads at /track, or empty.
    pub text: String,
    /// For how many seconds it can be taken back; 0 where it cannot.
    pub undo_seconds: i64,
}
