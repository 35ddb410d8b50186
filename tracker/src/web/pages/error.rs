//! What went wrong, where, and how to mend it.

use askama::Template;

use crate::web::{chrome::Chrome, kept_words::Again};

/// Any answer that is an error and has no page of its own.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub chrome: Chrome,
    /// The HTTP status.
    pub status: u16,
    /// A code of the words' `trouble` and `mend` families: `not-found`, `forbidden`, `bad-request`,
    /// `too-large`, `too-many`, `conflict`, `csrf`, `expired`, `unavailable`, `internal`.
    pub code: String,
    /// Finished words about this very case, or empty.
    pub detail: String,
    /// The request's id, by which the log knows it; or empty.
    pub request_id: String,
    /// What was sent and not taken, to be sent again.
    pub again: Option<Again>,
}
