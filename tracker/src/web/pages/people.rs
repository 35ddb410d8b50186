//! Administration of people: who may sign in, with which roles, functions, and clearance.

use askama::Template;

use super::parts::{Choice, Errors, Paging};
use crate::web::chrome::Chrome;

/// One person in the list.
#[derive(Clone, Debug, Default)]
pub struct PersonRow {
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// The unit's name, or empty.
    pub unit: String,
    /// Codes of the words' `role` family.
    pub roles: Vec<String>,
    /// Names of sealed channels the person is cleared for.
    pub cleared: Vec<String>,
    /// Whether the person may sign in.
    pub active: bool,
}

/// `GET /admin/people`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_people.html")]
pub struct PeoplePage {
    /// The frame.
    pub chrome: Chrome,
    /// The people by unit and name.
    pub rows: Vec<PersonRow>,
    /// Further pages.
    pub paging: Paging,
}

/// `GET /admin/people/new` and `/admin/people/{login}`; posts `login, name, email, unit, roles,
/// functions, cleared, language` to `/admin/people` (repeated keys for the check boxes). Beside
/// it `/admin/people/{login}/reset`, `/disable`, and `/enable`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_person.html")]
pub struct PersonPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether the person is not stored yet; then the login can be typed.
    pub is_new: bool,
    /// `login`
    pub login: String,
    /// `name`
    pub name: String,
    /// `email`: where digests and urgent notices go; may be empty.
    pub email: String,
    /// `unit`: codes, the first empty.
    pub units: Vec<Choice>,
    /// `roles`
    pub roles: Vec<Choice>,
    /// `functions`
    pub functions: Vec<Choice>,
    /// `cleared`: codes of sealed channels.
    pub cleared: Vec<Choice>,
    /// `language`
    pub languages: Vec<Choice>,
    /// Whether the person may sign in.
    pub active: bool,
    /// Whether it is the viewer's own page, where one cannot disable oneself.
    pub is_self: bool,
    /// What is wrong.
    pub errors: Errors,
}

/// What creating a person or resetting a password answers: the password, shown this once.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_password.html")]
pub struct FirstPasswordPage {
    /// The frame.
    pub chrome: Chrome,
    /// The name.
    pub name: String,
    /// The login.
    pub login: String,
    /// The first password.
    pub password: String,
}

/// What disabling a person, or taking a unit or role from them, answers while they hold anything:
/// it is posted again with `hand_back` once that was agreed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_hand_back.html")]
pub struct HandBackPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whose.
    pub name: String,
    /// They are to be disabled; else edited.
    pub disabling: bool,
    /// Where it is posted.
    pub action: String,
    /// The person's page.
    pub back: String,
    /// What was posted.
    pub fields: Vec<(String, String)>,
    /// Open letters they answer, sealed ones included.
    pub letters: i64,
    /// Sealed ones among them.
    pub sealed: i64,
    /// Extensions asked for on them.
    pub requests: i64,
    /// Extensions that nobody else could decide.
    pub decisions: i64,
    /// Other sealed letters they are named on.
    pub named: i64,
    /// Urgent letters that they took on.
    pub urgent: i64,
    /// Units that lose their leader, liaison or overseer.
    pub units: Vec<String>,
}
