//! Letters to be printed: one sheet of A4 each, the address where a window envelope shows it.

use askama::Template;

use crate::web::chrome::Chrome;

/// One letter, in the language of whom it is for; finished words.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// `zh-CN` or `en`.
    pub language: String,
    /// The department.
    pub sender: String,
    /// The letter's number.
    pub number: String,
    /// What that is called.
    pub number_label: String,
    /// The day of issue.
    pub issued_on: String,
    /// Whom it is for.
    pub name: String,
    /// Where it goes; empty where it is handed over or read out.
    pub address: String,
    /// What it is.
    pub title: String,
    /// The letter.
    pub text: String,
    /// How to come back to it.
    pub foot: String,
}

/// `GET /desk/post?of`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "post.html")]
pub struct PostPage {
    /// The frame.
    pub chrome: Chrome,
    /// One a sheet.
    pub sheets: Vec<Sheet>,
}
