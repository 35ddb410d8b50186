//! Small views that several pages share.

use serde::{Deserialize, Serialize};

/// One option of a list of radio buttons, check boxes, or a select.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// Finished words.
    pub label: String,
    /// A line under the label, or empty.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's `name` (its `id` is the same); empty for the form as a whole.
    pub field: String,
    /// A code (`required`, `too-long` …): the words' `fault` family has it, also as
    /// `subject-required` where a field says it in its own way. Or finished words.
    pub code: String,
    /// Filled into the words as `%{a}`: a limit for instance.
    pub arg: String,
}

impl FieldError {
    /// A fault of a field, with what its words are filled with.
    #[must_use]
    pub fn new(field: &str, code: &str, arg: &str) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            arg: arg.into(),
        }
    }
}

/// All that is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default)]
pub struct Errors(pub Vec<FieldError>);

impl Errors {
    /// One field at fault.
    #[must_use]
    pub fn one(field: &str, code: &str) -> Self {
        Self(vec![FieldError::new(field, code, "")])
    }

    /// The first error of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        self.0.iter().find(|error| error.field == field)
    }

    /// Whether there is nothing wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A file that can be fetched.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its name, made safe.
    pub name: String,
    /// Its size in words, `1.2 MB`.
    pub size: String,
    /// Its address, with the base.
    pub url: String,
}

/// A file that a form's earlier step has already stored, carried by its token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeptFile {
    /// What the form posts back as `kept`.
    pub token: String,
    /// Its name, made safe.
    pub name: String,
    /// Its size in words.
    pub size: String,
}

/// How a tag is coloured; its words say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// Little time left.
    Soon,
    /// Past due, or failed.
    Late,
    /// Finished well.
    Done,
    /// Ended without an answer.
    Quiet,
}

impl Tone {
    /// The class in the style sheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "t-plain",
            Self::Soon => "t-soon",
            Self::Late => "t-late",
            Self::Done => "t-done",
            Self::Quiet => "t-quiet",
        }
    }
}

/// A short coloured label.
#[derive(Clone, Debug, Default)]
pub struct Tag {
    /// Its colour.
    pub tone: Tone,
    /// Its words.
    pub text: String,
}

/// One day of a derivation.
#[derive(Clone, Debug, Default)]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Whether the day was counted.
    pub counted: bool,
    /// Which day of the term it was, from 1; empty where it was not counted.
    pub nth: String,
    /// Why it counts or does not, in the page's language.
    pub why: String,
}

/// Days that are shown together: all of a short term, a month of a long one.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// What is said where they are folded away: the month and how many of its days count; empty
    /// where they stand open.
    pub title: String,
    /// The days.
    pub days: Vec<Day>,
}

/// One sentence of a derivation.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Finished words.
    pub text: String,
    /// The reason that was given, or empty.
    pub reason: String,
}

/// A due date and how it came about.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// A code of the words' `obligation` family.
    pub obligation: String,
    /// Whether it is the one that figures count.
    pub counts: bool,
    /// `YYYY-MM-DD`; empty while its clock stands.
    pub on: String,
    /// The day before rolling to a workday, where it differs; else empty.
    pub nominal_on: String,
    /// Working days left, below 0 late; none once it is met or ended.
    pub workdays_left: Option<i64>,
    /// When it was met, `YYYY-MM-DD`; empty while it is open.
    pub met_on: String,
    /// Whether it was met in time; says nothing while it is open.
    pub in_time: bool,
    /// `superseded` or `ended`, a code of the words' `due_over` family; empty where it is neither.
    pub over: String,
    /// Whether the day may still move: the calendar of that year is not yet published, or its
    /// start has not happened yet.
    pub provisional: bool,
    /// Whether the calendar of its year is what is missing.
    pub unpublished: bool,
    /// The law or rule, in the page's language.
    pub basis: String,
    /// The rule's id and version; empty for a document's limit.
    pub rule: String,
    /// A code of the words' `certainty` family, or empty.
    pub certainty: String,
    /// How long, in words.
    pub term: String,
    /// How far it can be extended and by whom, in words; or empty.
    pub extendable: String,
    /// The calendar's version.
    pub calendar: String,
    /// From when, and what changed since: sentence by sentence.
    pub lines: Vec<Line>,
    /// Day by day; may be empty.
    pub days: Vec<Stretch>,
}

/// One page of a list that is read by keyset.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// The address of the next page, where there is one.
    pub next: Option<String>,
    /// The address of the first page, on every later one.
    pub first: Option<String>,
}
