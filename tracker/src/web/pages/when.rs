//! "If I write today": when an answer is due, channel by channel.

use askama::Template;

use super::parts::{Choice, Due};
use crate::web::chrome::Chrome;

/// What would be owed on a letter to one channel.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The channel's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The class whose rules hold at first: a code of the words' `class` family.
    pub class: String,
    /// What would be owed, the one that counts first.
    pub dues: Vec<Due>,
}

/// `GET /when?on&channel`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "when.html")]
pub struct WhenPage {
    /// The frame.
    pub chrome: Chrome,
    /// The day of receipt, `YYYY-MM-DD`.
    pub on: String,
    /// Whether that is today.
    pub today: bool,
    /// The channels to ask for; the first has an empty value.
    pub choices: Vec<Choice>,
    /// What would be owed, channel by channel.
    pub channels: Vec<Written>,
}
