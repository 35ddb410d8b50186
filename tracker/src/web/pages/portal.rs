//! The front page: the promise, the figures that keep it, the channels, and the way to a letter.

use askama::Template;

use crate::web::chrome::Chrome;

/// The promise in figures, as of now.
#[derive(Clone, Debug, Default)]
pub struct Promise {
    /// Letters received this year.
    pub received: i64,
    /// When the figures were taken, local `YYYY-MM-DD HH:MM`.
    pub as_of: String,
    /// 按期办结率, 0 to 1; none where nothing is due yet.
    pub on_time_rate: Option<f64>,
    /// Open letters past due.
    pub overdue: i64,
    /// The median time to an answer, in working days; none without answers.
    pub median_workdays: Option<i64>,
}

/// A channel that the public may write to, in the page's language.
#[derive(Clone, Debug, Default)]
pub struct ChannelCard {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// One or two sentences.
    pub intro: String,
    /// The term in words, from `Chrome::term`.
    pub term: String,
    /// Whether its letters are sealed.
    pub sealed: bool,
}

/// `GET /`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal.html")]
pub struct PortalPage {
    /// The frame.
    pub chrome: Chrome,
    /// The figures; none before the first letter.
    pub promise: Option<Promise>,
    /// The channels in their order.
    pub channels: Vec<ChannelCard>,
}
