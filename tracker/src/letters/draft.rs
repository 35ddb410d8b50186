//! Notes among staff, and the reply being drafted.

use serde_json::json;

use super::{Error, Result, assign::need, change::Change};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::{self, FieldError},
    },
    store::{events::NewEvent, letters::Letter},
};

/// Leaves a note that only staff see.
///
/// # Errors
/// See [`Error`].
pub async fn note(app: &App, staff: &Staff, number: LetterNumber, words: &str) -> Result<Letter> {
    need(words, "text")?;
    within(words)?;
    // A note beside somebody else's change is no conflict.
    let change = Change::open(app, staff, number, None, Action::Note).await?;
    let event = NewEvent::new(EventKind::Noted, None, json!({})).with_note(words);
    change.finish_with(event).await
}

/// Keeps the draft of a reply.
///
/// # Errors
/// See [`Error`].
pub async fn draft(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    words: &str,
) -> Result<Letter> {
    within(words)?;
    let change = Change::open(app, staff, number, version, Action::Draft).await?;
    change
        .step
        .keep_draft(&change.letter, words.to_owned(), Some(staff.person_id))
        .await?;
    let length = words.chars().count();
    change
        .finish(EventKind::Drafted, json!({ "characters": length }))
        .await
}

/// Text within the limit of a letter.
pub(crate) fn within(words: &str) -> Result<()> {
    if words.chars().count() > text::BODY {
        return Err(Error::Fields(vec![FieldError::new("text", "too-long")]));
    }
    Ok(())
}
