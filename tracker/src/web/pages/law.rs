//! The rules in force and each rule in words.

use askama::Template;

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
