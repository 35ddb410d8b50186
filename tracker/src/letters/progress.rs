//! How it goes on: words for the writer that answer nothing yet (acceptance, a longer term, a
//! clock that stands). They lie at /track and leave by mail where an address was left.

use notifier::NoticeKind;

use super::{
    Result,
    announce::{self, Post},
    change::Change,
};
use crate::{
    app::App,
    domain::words::{Direction, MessageKind, OutboxKind},
    store::messages::{Message, MessageWords},
};

/// Tells the writer in the step's own transaction; answers the message's id.
pub(crate) async fn tell(
    app: &App,
    change: &mut Change<'_>,
    kind: NoticeKind,
    ground: &str,
    words: &str,
) -> Result<i64> {
    let now = change.now();
    let writer = change.step.writer(&change.letter).await?;
    let id = app.id();
    let message = Message {
        id,
        letter_id: change.letter.id,
        direction: Direction::Out,
        kind: MessageKind::Progress,
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
    let lock = change.letter.lock.clone();
    change
        .step
        .add_messages(vec![(lock.clone(), message, Vec::new())])
        .await?;
    if writer.words.email.is_empty() || app.config.smtp.is_none() {
        return Ok(id);
    }
    let rendered = announce::notice(app, &change.letter, &writer, kind, ground, words, now)?;
    let thread = app.store.thread(&change.letter).await?;
    let post = Post {
        letter: &change.letter,
        address: &writer.words.email,
        kind: OutboxKind::Progress,
        message_id: Some(id),
        source_name: Some(change.letter.source_name.clone()),
        in_reply_to: thread.last,
        references: thread.references,
        now,
        due_at: now,
    };
    let outgoing = announce::outgoing(app, post, rendered);
    change.step.add_outgoing(vec![(lock, outgoing)]).await?;
    Ok(id)
}
