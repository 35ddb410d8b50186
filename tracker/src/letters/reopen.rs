//! 重新办理: an answered letter is taken up again. A new round with a clock of its own begins that
//! day; what the first round came to stays, and the figures with it.

use serde_json::json;

use super::{
    Result,
    assign::need,
    change::Change,
    owe::{self, Owing},
    reclassify::channel_of,
};
use crate::{
    app::App,
    domain::{access::Staff, event::EventKind, number::LetterNumber, status::Action},
    store::{events::NewEvent, letters::Letter},
};

/// Opens an answered letter again.
///
/// # Errors
/// See [`super::Error`].
pub async fn reopen(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::Reopen).await?;
    let data = new_round(app, &mut change).await?;
    let event = NewEvent::new(EventKind::Reopened, None, data).with_note(reason);
    change.finish_with(event).await
}

/// Begins a round in a step that brought the letter back to its first status; answers what the event
/// keeps.
pub(super) async fn new_round(app: &App, change: &mut Change<'_>) -> Result<serde_json::Value> {
    let today = app.day_of(change.now());
    let channel = channel_of(app, &change.letter).await?;
    let writer = change.step.writer(&change.letter).await?;
    change.letter.round += 1;
    change.letter.handler_id = None;
    let mut what = Owing::of(app, &change.letter, &channel, writer.words.can_be_told());
    what.from = today;
    // It was accepted once; opening it again is accepting it again.
    what.accepted_on = Some(today);
    let owed = owe::from_receipt(app, &change.law, what)?;
    let due = owed.first().map(|o| o.due_on.to_string());
    change.obligations.extend(owed);
    Ok(json!({ "round": change.letter.round, "due_on": due }))
}
