//! 不予受理 and 告知: the letter ends with a notice that says why, and where to turn. The notice,
//! once served, meets what was owed.

use notifier::NoticeKind;
use serde_json::json;

use super::{
    Result,
    assign::need,
    change::Change,
    draft::within,
    end::{End, Preview},
    progress::{self, Said},
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        words::{MessageKind, OutboxKind, Service},
    },
    store::{events::NewEvent, letters::Letter},
};

/// Declines or directs a letter, on a ground, with words for its writer.
///
/// # Errors
/// See [`super::Error`].
pub async fn decline(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    action: Action,
    ground: &str,
    words: &str,
) -> Result<Letter> {
    let end = ending(app, staff, number, version, (action, ground, words));
    end.await?.finish().await
}

/// What declining or directing would send; nothing is changed.
///
/// # Errors
/// As [`decline`].
pub async fn preview(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    action: Action,
    ground: &str,
    words: &str,
) -> Result<Preview> {
    let end = ending(app, staff, number, version, (action, ground, words));
    Ok(end.await?.preview(words))
}

async fn ending<'a>(
    app: &'a App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    (action, ground, words): (Action, &str, &str),
) -> Result<End<'a>> {
    need(ground, "ground")?;
    need(words, "text")?;
    within(words)?;
    let (kind, event) = match action {
        Action::Direct => (NoticeKind::Directed, EventKind::Directed),
        _ => (NoticeKind::Declined, EventKind::Declined),
    };
    let mut change = Change::open(app, staff, number, version, action).await?;
    let (said, data) = notify(app, &mut change, kind, ground, words).await?;
    Ok(End {
        change,
        event: NewEvent::new(event, None, data).with_note(ground),
        said: Some(said),
    })
}

/// Writes a notice: by mail where the writer left an address, else it lies ready at /track and is
/// served at once. Answers what was said, and what the event keeps.
pub(crate) async fn notify(
    app: &App,
    change: &mut Change<'_>,
    kind: NoticeKind,
    ground: &str,
    words: &str,
) -> Result<(Said, serde_json::Value)> {
    let as_what = (MessageKind::Notice, OutboxKind::Notice);
    let said = progress::say(app, change, as_what, kind, ground, words).await?;
    let id = said.message;
    if said.mail.is_some() {
        return Ok((said, json!({ "message": id })));
    }
    change.letter.notice_served = true;
    change.meet(change.now());
    let data = json!({ "message": id, "service": Service::Portal.code() });
    Ok((said, data))
}
