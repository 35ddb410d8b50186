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
/// See [`Error`]; a letter cannot repeat itself, one received after it, one that is answered
/// already, or another person's.
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
    if !first.status.is_open() {
        return Err(fault("not-open"));
    }
    if !same_writer(app, &first, &change.letter).await? {
        return Err(fault("another-writer"));
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

/// Whether two letters say the same of their writer: an address, a telephone, or else the name.
/// Two that say nothing may be one person's only where they are about the same in the same words.
async fn same_writer(app: &App, first: &Letter, second: &Letter) -> Result<bool> {
    let both = [first.clone(), second.clone()];
    let writers = app.store.writers(&both).await?;
    let of = |l: &Letter| {
        writers
            .iter()
            .find(|w| w.id == l.writer_id)
            .map(|w| &w.words)
    };
    let (Some(a), Some(b)) = (of(first), of(second)) else {
        return Ok(false);
    };
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let same = |a: &str, b: &str| !a.trim().is_empty() && a.trim().eq_ignore_ascii_case(b.trim());
    let unnamed = [a, b]
        .iter()
        .all(|w| w.name.is_empty() && w.email.is_empty() && w.phone.is_empty());
    Ok(same(&a.email, &b.email)
        || same(&digits(&a.phone), &digits(&b.phone))
        || same(&a.name, &b.name)
        || (unnamed && first.subject.trim() == second.subject.trim()))
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
