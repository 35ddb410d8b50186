//! 重复件、无效件、撤回: a letter ends without an answer of its own.

use notifier::NoticeKind;
use serde_json::json;

use super::{Error, Result, assign::need, change::Change, decline::notify};
use crate::{
    app::App,
    domain::{
        access::{self, Staff, Viewer},
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::FieldError,
        words::Language,
    },
    store::{events::NewEvent, letters::Letter},
};

/// 重复件: the same writer and matter while the first letter is open; the writer is told the
/// first number.
///
/// # Errors
/// See [`Error`]; a letter cannot repeat itself, one that is gone, or one received after it.
pub async fn mark_duplicate(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    of: LetterNumber,
) -> Result<Letter> {
    let fault = |code| Error::Fields(vec![FieldError::new("of", code)]);
    let scope = access::scope(&Viewer::Staff(staff.clone()));
    let first = app
        .store
        .letter(of, &scope)
        .await?
        .ok_or_else(|| fault("unknown"))?;
    let mut change = Change::open(app, staff, number, version, Action::MarkDuplicate).await?;
    if first.id == change.letter.id {
        return Err(fault("itself"));
    }
    if first.received_at > change.letter.received_at {
        return Err(fault("later"));
    }
    change.letter.duplicate_of = Some(first.id);
    change.end_obligations();
    let words = match change.letter.language {
        Language::Chinese => {
            format!("您的来信与此前来信（编号 {of}）反映同一事项，我们将在该件中一并答复。")
        }
        Language::English => format!(
            "Your letter is about the same matter as your earlier one, {of}, and will be answered with it."
        ),
    };
    let kind = NoticeKind::Duplicate;
    let mut data = notify(app, &mut change, kind, &of.to_string(), &words).await?;
    data["of"] = json!(first.id);
    let letter = change.finish(EventKind::MarkedDuplicate, data).await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

/// 无效件: no letter at all (advertising, a test, empty).
///
/// # Errors
/// See [`Error`].
pub async fn invalid(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    let end = (Action::Invalid, EventKind::MarkedInvalid);
    without_answer(app, staff, number, version, end, reason).await
}

/// 撤回, at the writer's wish.
///
/// # Errors
/// See [`Error`].
pub async fn withdraw(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    let end = (Action::Withdraw, EventKind::Withdrawn);
    without_answer(app, staff, number, version, end, reason).await
}

async fn without_answer(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    (action, kind): (Action, EventKind),
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, action).await?;
    change.end_obligations();
    change
        .finish_with(NewEvent::new(kind, None, json!({})).with_note(reason))
        .await
}
