//! 不予受理 and 告知: the letter ends with a notice that says why, and where to turn. The notice,
//! once served, meets what was owed.

use notifier::NoticeKind;
use serde_json::json;

use super::{
    Result,
    announce::{self, Post},
    assign::need,
    change::Change,
    draft::within,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        words::{Direction, MessageKind, OutboxKind, Service},
    },
    store::{
        events::NewEvent,
        letters::Letter,
        messages::{Message, MessageWords},
    },
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

/// Writes a notice: by mail where the writer left an address, else it lies ready at /track and is
/// served at once. Answers what the event keeps.
pub(crate) async fn notify(
    app: &App,
    change: &mut Change<'_>,
    kind: NoticeKind,
    ground: &str,
    words: &str,
) -> Result<serde_json::Value> {
    let now = change.now();
    let writer = change.step.writer(&change.letter).await?;
    let id = app.id();
    let message = Message {
        id,
        letter_id: change.letter.id,
        direction: Direction::Out,
        kind: MessageKind::Notice,
        at: now,
        author_id: change.actor,
        arrival_id: None,
        blob_id: None,
        words: MessageWords {
            subject: ground.to_owned(),
            text: words.to_owned(),
            visible_text: words.to_owned(),
            ..MessageWords::default()
        },
        has_html: false,
        attachments: 0,
    };
    change
        .step
        .add_messages(vec![(change.letter.lock.clone(), message, Vec::new())])
        .await?;
    if writer.words.email.is_empty() || app.config.smtp.is_none() {
        change.letter.notice_served = true;
        change.meet(now);
        return Ok(json!({ "message": id, "service": Service::Portal.code() }));
    }
    let rendered = announce::notice(app, &change.letter, &writer, kind, ground, words, now)?;
    let thread = app.store.thread(&change.letter).await?;
    let post = Post {
        letter: &change.letter,
        address: &writer.words.email,
        kind: OutboxKind::Notice,
        message_id: Some(id),
        source_name: Some(change.letter.source_name.clone()),
        in_reply_to: thread.last,
        references: thread.references,
        now,
        due_at: now,
    };
    let outgoing = announce::outgoing(app, post, rendered);
    change
        .step
        .add_outgoing(vec![(change.letter.lock.clone(), outgoing)])
        .await?;
    Ok(json!({ "message": id }))
}
