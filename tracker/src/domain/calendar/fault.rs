//! What can be wrong with a calendar file, and how each is mended.

use jiff::civil::Date;

use super::Lacking;

/// What is wrong with a calendar file, with how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Some other encoding.
    #[error("this is neither UTF-8 nor GB18030; save the file as UTF-8 and import it again")]
    Encoding,
    /// A file without a day.
    #[error(
        "the file lists no day, as files of a year not announced yet do; it announces nothing; \
         import it once the State Council has published the notice"
    )]
    Empty,
    /// Days of the turn of a year alone.
    #[error("the file does not say which year it announces; name the year, such as --year 2027")]
    Year,
    /// A year was named, and no day of the file lies in it.
    #[error("the file has no day of {0}; name the year that it announces")]
    NotOfYear(String),
    /// Days of a year that are not all that the law fixes.
    #[error(
        "a file that lacks {} announces no year: {} has {} of the {} days off that the law fixes, \
         and {} is missing; import the whole notice, or days of your own with --layer local",
        .0.festivals.join(", "), .0.year, .0.has, .0.owes, .0.first
    )]
    Incomplete(Lacking),
    /// A day named twice, differently.
    #[error("{0} is named both as a holiday and as a workday; keep one of the two")]
    Both(Date),
    /// A line of CSV that is none.
    #[error("the line cannot be read; {LINE}")]
    Line,
    /// A date in CSV.
    #[error("the date {0:?} cannot be read; {LINE}")]
    Date(String),
    /// A kind in CSV.
    #[error("the kind {0:?} is unknown; {LINE}")]
    Kind(String),
    /// JSON of another shape; what its reader said.
    #[error(
        "{0}; expected {{\"year\": 2027, \"days\": [{{\"name\": \"国庆节\", \"date\": \
         \"2027-10-01\", \"isOffDay\": true}}]}}"
    )]
    Shape(String),
    /// A day of JSON, and the year of the notice it stands in.
    #[error("{0} stands in the notice for {1}; correct the date or the year")]
    Far(Date, i16),
    /// An event of ICS with a rule or with exceptions from one.
    #[error(
        "an event that repeats, or has days taken out of it, is no holiday that was announced; \
         list each day as an event of its own"
    )]
    Repeats,
    /// An event of ICS that is not certain.
    #[error("this event is tentative; import it once it was announced")]
    Tentative,
    /// An event of ICS that is about holidays and none of them.
    #[error(
        "{0:?} speaks of a notice, and is no day off or of work; take it out: a year is announced \
         by a file that lists 元旦, 春节, 国庆节 and every other day off"
    )]
    Reminder(String),
    /// An event of ICS that ends twice: before which days.
    #[error("this event ends before {0} by DTEND and before {1} by DURATION; keep one of the two")]
    Ends(Date, Date),
    /// How long an event of ICS lasts.
    #[error("the length {0:?} cannot be read; write whole days, such as DURATION:P5D")]
    Duration(String),
    /// An event of ICS without its end.
    #[error("this event does not end; the file is cut short: fetch it again")]
    CutShort,
    /// An event of ICS without its beginning.
    #[error("this event has no first day; add DTSTART;VALUE=DATE:20271001")]
    NoFirstDay,
    /// The summary of an event of ICS.
    #[error(
        "{0:?} says neither holiday nor work; write 国庆节假期 or 国庆节休 for a holiday, 国庆节补班 \
         or 国庆节班 for a make-up workday"
    )]
    Unclear(String),
    /// An event of ICS: its first day, and the one after its last.
    #[error(
        "this event lasts from {0} until before {1}; DTEND is the day after the last, at most 31 \
         days on"
    )]
    Span(Date, Date),
    /// A day in ICS.
    #[error("the day {0:?} cannot be read; write whole days, such as DTSTART;VALUE=DATE:20271001")]
    Day(String),
}

const LINE: &str = "expected date,kind,name such as 2027-10-01,holiday,国庆节, with kind holiday or \
                    makeup_workday";

impl Fault {
    /// Its code: the words' `fault` family has it after `calendar-`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Empty => "empty",
            Self::Year => "year",
            Self::NotOfYear(_) => "not-of-year",
            Self::Incomplete(_) => "incomplete",
            Self::Both(_) => "both",
            Self::Line => "line",
            Self::Date(_) => "date",
            Self::Kind(_) => "kind",
            Self::Shape(_) => "shape",
            Self::Far(..) => "far",
            Self::Repeats => "repeats",
            Self::Tentative => "tentative",
            Self::Reminder(_) => "reminder",
            Self::Ends(..) => "ends",
            Self::Duration(_) => "duration",
            Self::CutShort => "cut-short",
            Self::NoFirstDay => "no-first-day",
            Self::Unclear(_) => "unclear",
            Self::Span(..) => "span",
            Self::Day(_) => "day",
        }
    }

    /// What stands in the file there, to be filled into words.
    #[must_use]
    pub fn found(&self) -> String {
        match self {
            Self::Both(date) | Self::Far(date, _) | Self::Span(date, _) | Self::Ends(date, _) => {
                date.to_string()
            }
            Self::Incomplete(lacking) => lacking.found(),
            Self::NotOfYear(text)
            | Self::Date(text)
            | Self::Kind(text)
            | Self::Shape(text)
            | Self::Unclear(text)
            | Self::Reminder(text)
            | Self::Duration(text)
            | Self::Day(text) => text.clone(),
            _ => String::new(),
        }
    }
}
