//! The overview: what is late, where.

use askama::Template;

use super::circular::CircularRow;
use crate::web::chrome::Chrome;

/// A figure and the list of exactly that many letters.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// The view it counts: the words' `view` family.
    pub code: String,
    /// How many.
    pub count: i64,
    /// The list's address; empty for sealed letters, which are counted only.
    pub url: String,
}

/// One unit with those below it.
#[derive(Clone, Debug, Default)]
pub struct OverviewRow {
    /// Its name.
    pub name: String,
    /// Its depth in the tree, 0 to 4.
    pub level: usize,
    /// Its figures, in the order of the columns.
    pub figures: Vec<Figure>,
    /// When its oldest open letter was received, `YYYY-MM-DD`; or empty.
    pub oldest: String,
}

/// `GET /overview`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "overview.html")]
pub struct OverviewPage {
    /// The frame.
    pub chrome: Chrome,
    /// The views that the columns count.
    pub columns: Vec<String>,
    /// Units that hold anything, and what is with none.
    pub rows: Vec<OverviewRow>,
    /// Everything in sight.
    pub total: OverviewRow,
    /// Sealed letters beside, that only those named see; none that is 0.
    pub sealed: Vec<Figure>,
    /// Circulars, drafts to issue among them, the latest first.
    pub circulars: Vec<CircularRow>,
    /// Local `YYYY-MM-DD HH:MM`.
    pub as_of: String,
}
