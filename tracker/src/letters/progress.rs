//! Words for the writer beside an answer: how it goes on (acceptance, a longer term, a clock that
//! stands), or that the letter ends with a notice. They lie at /track and leave by mail where an
//! address was left.

use std::time::Duration;

use jiff::civil::Date;
use notifier::{NoticeKind, Rendered};

use super::{
    Result,
    announce::{self, Post},
    change::Change,
};
use crate::{
    app::App,
    domain::{
        event::EventKind,
        words::{Direction, Language, MessageKind, OutboxKind},
    },
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
    let as_what = (MessageKind::Progress, OutboxKind::Progress);
    let told = say(app, change, as_what, kind, ground, words).await?;
    Ok(told.message)
}

/// Tells the writer that another day stands in place of the one that they knew of. Why it moved is
/// said by the kind of step; what staff wrote beside it is theirs.
pub(crate) async fn moved(
    change: &mut Change<'_>,
    by: EventKind,
    from: Date,
    to: Date,
) -> Result<i64> {
    let app = change.app;
    let (was, is) = (
        day(change.letter.language, from),
        day(change.letter.language, to),
    );
    let words = match change.letter.language {
        Language::Chinese => format!("办理期限由{was}变更为{is}。"),
        Language::English => {
            format!("We told you that the term ends on {was}. It now ends on {is}.")
        }
    };
    let why = match (by, change.letter.language) {
        (EventKind::Reclassified | EventKind::Accepted, Language::Chinese) => {
            "来信事项的性质经重新认定，适用的期限随之不同"
        }
        (EventKind::Reclassified | EventKind::Accepted, Language::English) => {
            "the nature of your matter was determined anew, and another term applies to it"
        }
        (EventKind::Corrected, Language::Chinese) => "来信的登记信息有误，已经更正",
        (EventKind::Corrected, Language::English) => {
            "a mistake in how your letter was registered has been corrected"
        }
        _ => "",
    };
    tell(app, change, NoticeKind::Moved, why, &words).await
}

/// A day as it stands in words to a writer.
pub(crate) fn day(language: Language, day: Date) -> String {
    match language {
        Language::Chinese => day.strftime("%Y年%-m月%-d日").to_string(),
        Language::English => day.strftime("%-d %B %Y").to_string(),
    }
}

/// What was said to the writer.
pub(crate) struct Said {
    /// The message.
    pub(crate) message: i64,
    /// What leaves by mail, and where to; else it lies ready at /track and nothing more is to be
    /// done.
    pub(crate) mail: Option<(String, Rendered)>,
}

/// Words for the writer: a message of the letter, and a mail where an address was left. A notice
/// can be taken back for a while, as an answer can.
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
    if writer.words.email.is_empty() || app.config.smtp.is_none() {
        let mail = None;
        return Ok(Said { message: id, mail });
    }
    let rendered = announce::notice(app, &change.letter, &writer, kind, ground, words, now)?;
    let thread = app.store.thread(&change.letter).await?;
    let wait = match outbox_kind {
        OutboxKind::Notice => app.undo(),
        _ => Duration::ZERO,
    };
    let post = Post {
        letter: &change.letter,
        address: &writer.words.email,
        kind: outbox_kind,
        message_id: Some(id),
        source_name: Some(change.letter.source_name.clone()),
        in_reply_to: thread.last,
        references: thread.references,
        now,
        due_at: now + wait,
    };
    let outgoing = announce::outgoing(app, post, rendered.clone());
    change.step.add_outgoing(vec![(lock, outgoing)]).await?;
    Ok(Said {
        message: id,
        mail: Some((writer.words.email, rendered)),
    })
}
