//! 通报: drafts and issued circulars.

use askama::Template;

use crate::web::chrome::Chrome;

/// A circular in a list.
#[derive(Clone, Debug, Default)]
pub struct CircularRow {
    /// Its id.
    pub id: String,
    /// Its page.
    pub url: String,
    /// A code of the words' `circular_state` family.
    pub state: String,
    /// When the first letter joined, local `YYYY-MM-DD HH:MM`.
    pub drafted_at: String,
    /// When it was issued or dropped; or empty.
    pub decided_at: String,
}

/// `GET /circulars`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "circulars.html")]
pub struct CircularsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The latest first.
    pub rows: Vec<CircularRow>,
}

/// `GET /circulars/{id}`; posts `version` to `/circulars/{id}/issue` and `/drop`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "circular.html")]
pub struct CircularPage {
    /// The frame.
    pub chrome: Chrome,
    /// What lists show of it.
    pub row: CircularRow,
    /// Title and text.
    pub text: String,
    /// Who decided; or empty.
    pub by: String,
    /// Whether the viewer may issue or drop it now.
    pub may_decide: bool,
    /// Its version, posted back.
    pub version: i64,
    /// It changed since it was read, and the decision was not taken.
    pub changed: bool,
}
