//! 重复件、无效件、撤回: a letter ends without an answer of its own. What an end would send is shown
//! before it is taken.

use notifier::{NoticeKind, Rendered};
use serde_json::json;

use super::{Error, Result, assign::need, change::Change, decline::notify, progress::Said};
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

/// An end that is ready: saved by [`End::finish`], or looked at and dropped.
pub(super) struct End<'a> {
    pub(super) change: Change<'a>,
    pub(super) event: NewEvent,
    /// What its writer is told; nothing where an end is silent.
    pub(super) said: Option<Said>,
}

/// What the writer would get.
#[derive(Debug, Clone)]
pub enum Preview {
    /// A mail: to which address, and its words, secrets left out. Of a sealed letter it tells only
    /// that there is something to read; `text` is what is read then.
    Mail {
        /// Where to.
        to: String,
        /// The finished mail.
        mail: Rendered,
        /// The words at /track.
        text: String,
    },
    /// Words that lie ready at /track: the writer left no address, or no mail can be sent.
    Portal {
        /// The words.
        text: String,
    },
    /// Nothing.
    Nothing,
}

impl End<'_> {
    pub(super) async fn finish(self) -> Result<Letter> {
        let app = self.change.app;
        let letter = self.change.finish_with(self.event).await?;
        app.outbox_bell.notify_one();
        Ok(letter)
    }

    /// Nothing of the step is kept.
    pub(super) fn preview(self, words: &str) -> Preview {
        let text = words.to_owned();
        match self.said {
            None => Preview::Nothing,
            Some(Said { mail: None, .. }) => Preview::Portal { text },
            Some(Said {
                mail: Some((to, rendered)),
                ..
            }) => Preview::Mail {
                to,
                mail: notifier::fill(&rendered, None, None),
                text,
            },
        }
    }
}

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
    let (end, _) = repeating(app, staff, number, version, of).await?;
    end.finish().await
}

/// What calling it a duplicate would send; nothing is changed.
///
/// # Errors
/// As [`mark_duplicate`].
pub async fn preview_duplicate(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    of: LetterNumber,
) -> Result<Preview> {
    let (end, words) = repeating(app, staff, number, version, of).await?;
    Ok(end.preview(&words))
}

async fn repeating<'a>(
    app: &'a App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    of: LetterNumber,
) -> Result<(End<'a>, String)> {
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
    let (said, mut data) = notify(app, &mut change, kind, &of.to_string(), &words).await?;
    data["of"] = json!(first.id);
    let end = End {
        change,
        event: NewEvent::new(EventKind::MarkedDuplicate, None, data),
        said: Some(said),
    };
    Ok((end, words))
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
    let end = silent(app, staff, number, version, (Action::Invalid, reason));
    end.await?.finish().await
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
    let end = silent(app, staff, number, version, (Action::Withdraw, reason));
    end.await?.finish().await
}

/// What [`invalid`] or [`withdraw`] would send: nothing. Nothing is changed.
///
/// # Errors
/// As those.
pub async fn preview_silent(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    (action, reason): (Action, &str),
) -> Result<Preview> {
    let end = silent(app, staff, number, version, (action, reason));
    Ok(end.await?.preview(""))
}

async fn silent<'a>(
    app: &'a App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    (action, reason): (Action, &str),
) -> Result<End<'a>> {
    need(reason, "reason")?;
    let kind = match action {
        Action::Withdraw => EventKind::Withdrawn,
        _ => EventKind::MarkedInvalid,
    };
    let mut change = Change::open(app, staff, number, version, action).await?;
    change.end_obligations();
    Ok(End {
        change,
        event: NewEvent::new(kind, None, json!({})).with_note(reason),
        said: None,
    })
}
