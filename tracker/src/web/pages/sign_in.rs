//! Signing in, changing a password, and the first administrator.

use askama::Template;

use super::parts::Errors;
use crate::web::chrome::Chrome;

/// `GET /login`; posts `login`, `password`, `next`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// The frame.
    pub chrome: Chrome,
    /// The login as entered.
    pub login: String,
    /// Where to go afterwards: a path on this site, without the base.
    pub next: String,
    /// What was being written when the session ended, sealed; or empty.
    pub resume: String,
    /// What is wrong; codes `wrong-login`, `too-many-guesses` stand on `login`.
    pub errors: Errors,
}

/// `GET /password`; posts `old_password`, `password`, `again`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether the password must be changed before anything else.
    pub first_login: bool,
    /// What is wrong.
    pub errors: Errors,
}

/// `GET /first?key=…`, the one-time link; posts `key`, `name`, `login`, `password`, `again` to
/// `/first`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "first.html")]
pub struct FirstPage {
    /// The frame.
    pub chrome: Chrome,
    /// The link's key.
    pub key: String,
    /// The name as entered.
    pub name: String,
    /// The login as entered.
    pub login: String,
    /// What is wrong.
    pub errors: Errors,
}
