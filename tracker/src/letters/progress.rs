//! Words for the writer beside an answer: how it goes on (acceptance, a longer term, a clock that
//! stands), or that the letter ends with a notice. They lie at /track and leave by mail or
//! by post where an address was left.

use notifier::NoticeKind;

use super::{
    Result,
    announce::{self, Post},
    change::Change,
};
use crate::{
    app::App,
    domain::words::{Direction, MessageKind, OutboxKind, Service},
    store::messages::{Message, MessageWords},
};

/// Tells the writer in the step's own transaction.
pub(crate) async fn tell(
    app: &App,
    change: &mut Change<'_>,
    kind: NoticeKind,
    ground: &str,
    words: &str,
) -> Result<Said> {
    let as_what = (MessageKind::Progress, OutboxKind::Progress);
    say(app, change, as_what, kind, ground, words).await
}

/// What was said to the writer.
pub(crate) struct Said {
    /// The message.
    pub(crate) message: i64,
    /// How it goes: by mail it leaves of itself, by hand it waits for a person, and on the website
    /// it lies ready and nothing more is to be done.
    pub(crate) by: Service,
}

/// Words for the writer: a message of the letter, and a mail, or a letter to be posted, where an
/// address was left.
pub(crate) async fn say(
    app: &App,
    change: &mut Change<'_>,
    (message_kind, outbox_kind): (MessageKind, OutboxKind),
    kind: NoticeKind,
    ground: &str,
    words: &str,
) -> Result<Said> {
    let now = change.now();
    let writer = change.step.writer(&change.letter).await?;
    let id = app.id();
    let message = Message {
        id,
        letter_id: change.letter.id,
        direction: Direction::Out,
        kind: message_kind,
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
    let (by, address) = announce::way(app, &change.letter, &writer);
    if by != Service::Portal {
        let what = (kind, ground, words);
        let rendered = announce::notice(app, &change.letter, &writer, what, now, by)?;
        let thread = app.store.thread(&change.letter).await?;
        let post = Post {
            letter: &change.letter,
            address: &address,
            kind: outbox_kind,
            by,
            message_id: Some(id),
            source_name: Some(change.letter.source_name.clone()),
            in_reply_to: thread.last,
            references: thread.references,
            now,
            due_at: if by.is_by_hand() {
                announce::remind_at(app, &change.law, now)
            } else {
                now
            },
        };
        let outgoing = announce::outgoing(app, post, rendered);
        change.step.add_outgoing(vec![(lock, outgoing)]).await?;
    }
    Ok(Said { message: id, by })
}
