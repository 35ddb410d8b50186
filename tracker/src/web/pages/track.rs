//! Following a letter with its number and query code.

use askama::Template;
use serde::{Deserialize, Serialize};

use super::parts::{Due, Errors, FieldError, File, KeptFile};
use crate::web::chrome::Chrome;

/// `GET /track`, and what a POST that finds nothing answers.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "track.html")]
pub struct TrackPage {
    /// The frame.
    pub chrome: Chrome,
    /// `number` as entered.
    pub number: String,
    /// `query_code` as entered; best left empty after a wrong guess.
    pub query_code: String,
    /// What is wrong; codes `no-such-letter` and `too-many-guesses` stand on `number`.
    pub errors: Errors,
}

/// One public step of a letter's life.
#[derive(Clone, Debug, Default)]
pub struct PublicStep {
    /// `YYYY-MM-DD`
    pub on: String,
    /// A code of the words' `public_step` family: `received`, `accepted`, `assigned`, `working`,
    /// `answered`, `declined`, `directed`, `transferred`, `withdrawn`, `duplicate`, `addition`.
    pub step: String,
    /// The unit responsible; never a person. Or empty.
    pub unit: String,
}

/// Words of the department to the writer.
#[derive(Clone, Debug, Default)]
pub struct PublicReply {
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// The unit that answered.
    pub unit: String,
    /// Plain text.
    pub text: String,
    /// Its files; each is fetched by a POST of number, code, to `url`.
    pub files: Vec<File>,
}

/// Something that the writer added.
#[derive(Clone, Debug, Default)]
pub struct PublicAddition {
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// The number of the letter that was made of it, or empty.
    pub number: String,
    /// That letter's query code, where it is shown here; or empty.
    pub query_code: String,
}

/// `POST /track` with a number and its code.
/// What the writer wrote.
#[derive(Clone, Debug, Default)]
pub struct OwnWords {
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// The subject; empty where it is the page's heading.
    pub subject: String,
    /// The words.
    pub text: String,
    /// The files; each is fetched by a POST of number, code, to `url`.
    pub files: Vec<File>,
}

/// What a writer is adding to their letter.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Adding {
    /// `body`
    pub words: String,
    /// Files already stored, posted back as `kept`.
    pub kept: Vec<KeptFile>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// `idempotency_key`
    pub key: String,
}

/// `GET /track/{name}`, after a number and its code were posted.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "progress.html")]
pub struct ProgressPage {
    /// The frame.
    pub chrome: Chrome,
    /// The letter's number.
    pub number: String,
    /// The code, for fetching files; it stands in no address.
    pub query_code: String,
    /// The channel's name.
    pub channel: String,
    /// The subject; empty for a sealed letter.
    pub subject: String,
    /// A code of the words' `public_status` family: `received`, `working`, `answered`, `declined`,
    /// `directed`, `transferred`, `withdrawn`, `duplicate`, `invalid`.
    pub status: String,
    /// The unit responsible, or empty.
    pub unit: String,
    /// When it was received, local `YYYY-MM-DD HH:MM`.
    pub received_at: String,
    /// The counted obligation.
    pub due: Due,
    /// Whatever else is and was owed to the writer.
    pub others: Vec<Due>,
    /// How it goes on: acceptance, a longer term, a clock that stands; oldest first.
    pub progress: Vec<PublicReply>,
    /// The first letter's number, where this one repeats it.
    pub duplicate_of: String,
    /// The steps, oldest first.
    pub steps: Vec<PublicStep>,
    /// What was answered, oldest first.
    pub replies: Vec<PublicReply>,
    /// What the writer added, oldest first.
    pub additions: Vec<PublicAddition>,
    /// What the writer wrote, oldest first.
    pub own: Vec<OwnWords>,
    /// Whether they have mail of ours that they can answer.
    pub by_mail: bool,
    /// The name of this view in its browser; empty where it has none.
    pub view: String,
    /// What is being added.
    pub adding: Adding,
    /// What is wrong with it.
    pub errors: Errors,
    /// The largest file in words, `20 MB`.
    pub max_file: String,
    /// The largest form in words, `120 MB`.
    pub max_form: String,
    /// The most files.
    pub max_files: usize,
}
