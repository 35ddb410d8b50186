//! The rules in force and each rule in words; the calendar, year by year.

use askama::Template;

use super::parts::Errors;
use crate::web::chrome::Chrome;

/// A rule in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleRow {
    /// Its id.
    pub id: String,
    /// Its page.
    pub url: String,
    /// Its version.
    pub version: String,
    /// A code of the words' `obligation` family.
    pub obligation: String,
    /// How long, in words.
    pub term: String,
    /// It may be the one that figures count.
    pub counts: bool,
    /// The article.
    pub basis: String,
    /// A code of the words' `certainty` family.
    pub certainty: String,
    /// The pack it is from.
    pub pack: String,
}

/// What is owed on letters of some sources.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    /// The sources, in words.
    pub sources: Vec<String>,
    /// The one that counts first.
    pub rules: Vec<RuleRow>,
}

/// A class, of a claim with its route.
#[derive(Clone, Debug, Default)]
pub struct ClassRow {
    /// A code of the words' `class` family.
    pub class: String,
    /// A code of the words' `route` family, or empty.
    pub route: String,
    /// By source.
    pub lines: Vec<Bound>,
}

/// `GET /admin/rules`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_rules.html")]
pub struct RulesPage {
    /// The frame.
    pub chrome: Chrome,
    /// The day of receipt that the table is for, `YYYY-MM-DD`.
    pub today: String,
    /// Class × source → rules.
    pub classes: Vec<ClassRow>,
    /// Every rule in force today.
    pub rules: Vec<RuleRow>,
}

/// A version of a rule in words.
#[derive(Clone, Debug, Default)]
pub struct RuleView {
    /// What lists show.
    pub row: RuleRow,
    /// Letters received from this day, `YYYY-MM-DD`, or empty …
    pub from: String,
    /// … up to and including this one, or empty.
    pub to: String,
    /// Whom it binds; empty where it binds everything.
    pub binds: Vec<String>,
    /// What starts it.
    pub starts: String,
    /// How long after receipt its start is assumed at the latest; or empty.
    pub until_started: String,
    /// Whether a last day on which offices are closed rolls.
    pub rolls: bool,
    /// Owed only to a writer who can be told.
    pub needs_writer: bool,
    /// What satisfies it.
    pub met_by: String,
    /// What may stop its clock, and what that does.
    pub suspensions: Vec<String>,
    /// How far it can be extended, by whom; or empty.
    pub extension: String,
    /// When it is supervised.
    pub stages: Vec<String>,
}

/// `GET /admin/rules/{id}`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_rule.html")]
pub struct RulePage {
    /// The frame.
    pub chrome: Chrome,
    /// The rule's id.
    pub id: String,
    /// The latest first.
    pub versions: Vec<RuleView>,
}

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

/// `POST /admin/calendar/remove`, to be confirmed: what taking days of the province's away changes.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_calendar_remove.html")]
pub struct RemovalPage {
    /// The frame.
    pub chrome: Chrome,
    /// The days, as they would be then.
    pub days: Vec<SpecialDay>,
    /// Due dates that move, as many as fit a page.
    pub moves: Vec<MoveRow>,
    /// How many open obligations there are.
    pub open: i64,
    /// How many of them move.
    pub moved: i64,
    /// The reason as typed.
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
