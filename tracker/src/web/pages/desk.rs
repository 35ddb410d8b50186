//! The desk: what to answer next.

use askama::Template;

use super::parts::{Choice, Errors, FieldError, Paging};
use crate::web::chrome::Chrome;

/// A standing view of the desk with its count.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// `mine`, `unit`, `unassigned`, `overdue`, `due-soon`, `extensions`, `open`, `all`,
    /// `undelivered`: the words'
    /// `view` family.
    pub code: String,
    /// The count in figures, `1,000+` where it is not counted on; empty shows none.
    pub count: String,
    /// Its address, with the base.
    pub url: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// One letter in a list.
#[derive(Clone, Debug, Default)]
pub struct LetterRow {
    /// Its number.
    pub number: String,
    /// Its address, with the base.
    pub url: String,
    /// Its subject; empty where there is none, or it may not be shown.
    pub subject: String,
    /// The channel's name.
    pub channel: String,
    /// The writer masked, `周女士`, `杨某`; empty when anonymous.
    pub writer: String,
    /// How many files it has.
    pub attachments: i64,
    /// `YYYY-MM-DD` of its open counted obligation, or empty.
    pub due_on: String,
    /// Where that day is explained.
    pub due_url: String,
    /// Its clock stands: nothing is due until it goes on.
    pub standing: bool,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Working days left, below 0 late; none where nothing is open.
    pub workdays_left: Option<i64>,
    /// A code of the words' `status` family.
    pub status: String,
    /// The lead unit's name, or empty.
    pub unit: String,
    /// The handler's name, or empty.
    pub handler: String,
    /// When it was received, `YYYY-MM-DD`.
    pub received_on: String,
    /// Whether it is sealed.
    pub sealed: bool,
    /// Whether its answer could not be delivered.
    pub undelivered: bool,
}

/// Something new for the person whose desk it is.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// What `seen` posts.
    pub id: String,
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// Which stage was reached, or what else happened, in words.
    pub what: String,
    /// The letter: its subject and number; empty for a circular.
    pub title: String,
    /// The letter, or the circular.
    pub url: String,
    /// What is due when, or which day became which; or empty.
    pub due: String,
    /// Who urges, or empty.
    pub by: String,
    /// With what sentence, or empty.
    pub words: String,
}

/// Something that waits for being posted, telephoned or handed over.
#[derive(Clone, Debug, Default)]
pub struct PostRow {
    /// What `delivery` posts.
    pub id: String,
    /// The letter's address, with the base.
    pub url: String,
    /// Its number.
    pub number: String,
    /// Its subject; empty where there is none, or it may not be shown.
    pub subject: String,
    /// Whether it is sealed.
    pub sealed: bool,
    /// A code of the words' `message` family.
    pub kind: String,
    /// A code of the words' `medium` family.
    pub medium: String,
    /// Where it goes, or the number to call; empty where it is handed over or sealed.
    pub address: String,
    /// The day of issue, `YYYY-MM-DD`.
    pub issued_on: String,
    /// Workdays since then.
    pub waits: i64,
    /// Somebody was asked after it already.
    pub late: bool,
}

/// What was entered about things served, where it was refused.
#[derive(Clone, Debug, Default)]
pub struct Posting {
    /// What is wrong.
    pub errors: Errors,
    /// `by`
    pub by: String,
    /// `on`
    pub on: String,
    /// `note`
    pub note: String,
    /// `delivery`
    pub chosen: Vec<String>,
}

/// `GET /desk?view&channel&status&unit&cursor`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk.html")]
pub struct DeskPage {
    /// The frame.
    pub chrome: Chrome,
    /// What is new; posted to `/desk/notices` once it was read.
    pub notes: Vec<Note>,
    /// The standing views.
    pub views: Vec<View>,
    /// The code of the view shown.
    pub view: String,
    /// How many letters the filters leave: `12`, `1,000+`.
    pub total: String,
    /// Sealed letters that the filters leave and this person may not see; 0 is not shown.
    pub sealed: i64,
    /// The channels to filter by; the first has an empty value.
    pub channels: Vec<Choice>,
    /// The statuses to filter by; the first has an empty value.
    pub statuses: Vec<Choice>,
    /// The units to filter by; empty where the person sees one only.
    pub units: Vec<Choice>,
    /// Whether any filter is set.
    pub filtered: bool,
    /// The letters, most urgent first.
    pub rows: Vec<LetterRow>,
    /// Further pages.
    pub paging: Paging,
    /// Whether the person reads circulars.
    pub circulars: bool,
    /// In the view `to-post`: what waits, the longest first.
    pub posts: Vec<PostRow>,
    /// What was refused of it.
    pub posting: Posting,
    /// Ways of serving by hand.
    pub ways: Vec<Choice>,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
}

impl DeskPage {
    /// What is wrong with a field of what was served.
    #[must_use]
    pub fn wrong(&self, field: &str) -> Option<&FieldError> {
        self.posting.errors.of(field)
    }
}
