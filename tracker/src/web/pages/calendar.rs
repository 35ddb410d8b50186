//! The calendar, year by year, and what changing it would move.

use askama::Template;

use super::parts::{Choice, Errors};
use crate::web::chrome::Chrome;

/// A year whose holidays are known.
#[derive(Clone, Debug, Default)]
pub struct YearRow {
    /// `2026`
    pub year: String,
    /// Its page.
    pub url: String,
    /// Days on which offices are closed beside plain weekends.
    pub holidays: i64,
    /// Weekend days on which offices work.
    pub makeups: i64,
    /// Imported here, and not shipped.
    pub imported: bool,
}

/// `GET /admin/calendar`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_calendar.html")]
pub struct CalendarPage {
    /// The frame.
    pub chrome: Chrome,
    /// The calendar's version.
    pub version: String,
    /// Years that should be known by now and are not.
    pub missing: Vec<String>,
    /// Days of the province's own that lie over it.
    pub local: Vec<SpecialDay>,
    /// The latest first.
    pub years: Vec<YearRow>,
    /// What was changed here, the latest first.
    pub changes: Vec<ChangeRow>,
}

/// An import, a removal, or the undoing of one.
#[derive(Clone, Debug, Default)]
pub struct ChangeRow {
    /// As the command line numbers it.
    pub id: i64,
    /// The words' `calendar_change` family.
    pub kind: String,
    /// When, local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// Who; empty for the operator.
    pub by: String,
    /// What it rests on.
    pub reason: String,
    /// The state's years that it announced.
    pub years: String,
    /// How many days it touched.
    pub days: i64,
    /// When it was undone; empty where it was not.
    pub undone_at: String,
    /// Whether it can be undone.
    pub undoable: bool,
}

/// `POST /admin/calendar/undo`, to be confirmed: what undoing a change does.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_calendar_undo.html")]
pub struct UndoPage {
    /// The frame.
    pub chrome: Chrome,
    /// What is undone.
    pub change: ChangeRow,
    /// Years that are announced no more.
    pub withdrawn: Vec<String>,
    /// Days that become others, in order.
    pub days: Vec<ChangedDay>,
    /// Due dates that move.
    pub moves: Moves,
    /// The reason as typed.
    pub reason: String,
    /// What was wrong with it.
    pub errors: Errors,
}

/// Open obligations of a rule that would move from one day to another.
#[derive(Clone, Debug, Default)]
pub struct MoveRow {
    /// The rule's id.
    pub rule: String,
    /// When they are due, `YYYY-MM-DD`.
    pub from: String,
    /// When they would be.
    pub to: String,
    /// How many.
    pub n: i64,
}

/// Due dates that a change of the calendar moves.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    /// As many as fit a page.
    pub rows: Vec<MoveRow>,
    /// How many open obligations there are.
    pub open: i64,
    /// How many of them move.
    pub moved: i64,
    /// How many provisional ones stay where they are and become firm.
    pub settled: i64,
    /// How many firm ones stay where they are and become provisional.
    pub loosened: i64,
}

/// `POST /admin/calendar/remove`, to be confirmed: what taking days of the province's away changes.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_calendar_remove.html")]
pub struct RemovalPage {
    /// The frame.
    pub chrome: Chrome,
    /// The days, as they would be then.
    pub days: Vec<SpecialDay>,
    /// Due dates that move.
    pub moves: Moves,
    /// The reason as typed.
    pub reason: String,
    /// What was wrong with it.
    pub errors: Errors,
}

/// A file of days, or its text.
#[derive(Clone, Debug, Default)]
pub struct CalendarFile {
    /// `state` or `local`: the words' `layer` family.
    pub layer: String,
    /// The year it announces, where that was named.
    pub year: String,
    /// Its text.
    pub text: String,
}

/// `GET /admin/calendar/import`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_calendar_import.html")]
pub struct ImportPage {
    /// The frame.
    pub chrome: Chrome,
    /// What was entered.
    pub file: CalendarFile,
    /// Where its days can lie.
    pub layers: Vec<Choice>,
    /// What was wrong with it.
    pub errors: Errors,
}

/// A day that becomes another.
#[derive(Clone, Debug, Default)]
pub struct ChangedDay {
    /// `YYYY-MM-DD`
    pub date: String,
    /// What it is: the words' `day_kind` family …
    pub from: String,
    /// … and what it is to be.
    pub to: String,
    /// The holiday it belongs to.
    pub name: String,
}

/// `POST /admin/calendar/import`, to be confirmed: what a file of days changes.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_calendar_look.html")]
pub struct LookPage {
    /// The frame.
    pub chrome: Chrome,
    /// The file.
    pub file: CalendarFile,
    /// Years newly announced.
    pub announced: Vec<String>,
    /// Days that become others, in order.
    pub days: Vec<ChangedDay>,
    /// Due dates that move.
    pub moves: Moves,
    /// What it is imported on, as typed.
    pub reason: String,
    /// What was wrong with it.
    pub errors: Errors,
}

/// A holiday or a make-up workday.
#[derive(Clone, Debug, Default)]
pub struct SpecialDay {
    /// `YYYY-MM-DD`
    pub date: String,
    /// `holiday`, `makeup_workday`, and where it is none `workday` or `weekend`: the words'
    /// `day_kind` family.
    pub kind: String,
    /// The holiday it belongs to.
    pub name: String,
}

/// `GET /admin/calendar/{year}`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_year.html")]
pub struct YearPage {
    /// The frame.
    pub chrome: Chrome,
    /// `2026`
    pub year: String,
    /// The calendar's version.
    pub version: String,
    /// Its days, in order.
    pub days: Vec<SpecialDay>,
}
