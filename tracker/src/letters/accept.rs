//! 受理: the registrar accepts a letter and records what it is.

use serde_json::json;

use super::{Error, Result, change::Change};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::{self, FieldError},
        words::{Class, Route},
    },
    store::letters::Letter,
};

/// What the registrar determined (甄别).
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// Class.
    pub class: Class,
    /// Route, of a claim only.
    pub route: Option<Route>,
    /// 问题类别.
    pub topic: Option<String>,
    /// 属地.
    pub place: Option<String>,
}

/// Accepts a letter.
///
/// # Errors
/// See [`Error`].
pub async fn accept(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    what: Acceptance,
) -> Result<Letter> {
    if what.route.is_some() && what.class != Class::Claim {
        return Err(Error::Fields(vec![FieldError::new("route", "only-claims")]));
    }
    let mut change = Change::open(app, staff, number, version, Action::Accept).await?;
    let now = change.now();
    let tidy = |t: Option<String>| t.map(|t| text::one_line(&t)).filter(|t| !t.is_empty());
    let letter = &mut change.letter;
    letter.class = Some(what.class);
    letter.route = what.route;
    letter.topic = tidy(what.topic);
    letter.place = tidy(what.place);
    // Accepting twice corrects the class; the day of acceptance stays the first.
    letter.accepted_at.get_or_insert(now);
    let data = json!({ "class": what.class.code(), "route": what.route.map(|r| r.code()) });
    change.finish(EventKind::Accepted, data).await
}
