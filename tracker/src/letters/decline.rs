//! 不予受理 and 告知: the letter ends with a notice that says why, and where to turn. The notice,
//! once served, meets what was owed.

use notifier::NoticeKind;
use serde_json::json;

use super::{Result, assign::need, change::Change, draft::within, progress};
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
    need(ground, "ground")?;
    need(words, "text")?;
    within(words)?;
    let (kind, event) = match action {
        Action::Direct => (NoticeKind::Directed, EventKind::Directed),
        _ => (NoticeKind::Declined, EventKind::Declined),
    };
    let mut change = Change::open(app, staff, number, version, action).await?;
    let data = notify(app, &mut change, kind, ground, words).await?;
    let letter = change
        .finish_with(NewEvent::new(event, None, data).with_note(ground))
        .await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

/// Writes a notice: by mail or post where the writer left an address, else it lies ready at /track
/// and is served at once. Answers what the event keeps.
pub(crate) async fn notify(
    app: &App,
    change: &mut Change<'_>,
    kind: NoticeKind,
    ground: &str,
    words: &str,
) -> Result<serde_json::Value> {
    let as_what = (MessageKind::Notice, OutboxKind::Notice);
    let said = progress::say(app, change, as_what, kind, ground, words).await?;
    let id = said.message;
    match said.by {
        Service::Portal => {}
        Service::Mail => return Ok(json!({ "message": id })),
        by => return Ok(json!({ "message": id, "by_hand": by.code() })),
    }
    change.letter.notice_served = true;
    change.meet(change.now());
    Ok(json!({ "message": id, "service": Service::Portal.code() }))
}
