//! 答复: the answer is issued. It counts as an answer once it is served; until it has left it can
//! be taken back.

use serde_json::json;

use super::{
    Error, Result,
    announce::{self, Post},
    assign::need,
    change::Change,
    draft::{kept, restore, within},
    owe::{self, Owing},
    reclassify::channel_of,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        rules::Starts,
        status::Action,
        words::{Direction, MessageKind, OutboxKind, OutboxState, Service},
    },
    store::{
        drafts::DraftFile,
        letters::Letter,
        messages::{FileRecord, FileWords, Message, MessageWords},
    },
};

/// A file that goes out with an answer.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Safe file name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// An answer as it would leave, were it issued now.
pub struct Preview {
    /// The finished words; secrets are dots.
    pub words: notifier::Rendered,
    /// How it would go.
    pub by: Service,
    /// Where.
    pub address: String,
}

/// Renders an answer as [`answer`] would, and does nothing else.
///
/// # Errors
/// See [`Error`]; whoever could not issue it, or not now, is refused.
pub async fn preview(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    words: &str,
) -> Result<Preview> {
    need(words, "text")?;
    within(words)?;
    let units = app.store.units().await?;
    let change = Change::open(app, staff, number, None, Action::Answer).await?;
    let writer = change.step.writer(&change.letter).await?;
    let (by, address) = announce::way(app, &change.letter, &writer);
    let unit = units.iter().find(|u| Some(u.id) == change.letter.unit_id);
    let unit = unit.map(|u| u.name.as_str()).unwrap_or_default();
    let rendered = announce::reply(app, &change.letter, &writer, unit, words, change.now(), by)?;
    Ok(Preview {
        words: notifier::fill(&rendered, None, None),
        by,
        address,
    })
}

/// Largest file, in bytes.
pub const FILE: usize = 20 << 20;

/// Issues the answer with these files; with those of its draft where none are named.
///
/// # Errors
/// See [`Error`].
pub async fn answer(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    words: &str,
    files: Option<Vec<NewFile>>,
) -> Result<Letter> {
    need(words, "text")?;
    within(words)?;
    let units = app.store.units().await?;
    let mut change = Change::open(app, staff, number, version, Action::Answer).await?;
    let now = change.now();
    let writer = change.step.writer(&change.letter).await?;
    let files = kept(app, &change, files).await?;
    let message_id = issue(app, &change, words, files).await?;
    let unit = units.iter().find(|u| Some(u.id) == change.letter.unit_id);
    let unit = unit.map(|u| u.name.as_str()).unwrap_or_default();
    let (by, address) = announce::way(app, &change.letter, &writer);
    let rendered = announce::reply(app, &change.letter, &writer, unit, words, now, by)?;
    change.step.drop_draft(change.letter.id).await?;
    let channel = channel_of(app, &change.letter).await?;
    let mut what = Owing::of(app, &change.letter, &channel, writer.words.can_be_told());
    what.from = app.day_of(now);
    let after = owe::from_answer(app, &change.law, what)?;
    change.obligations.extend(after);
    let mut data = json!({ "message": message_id });
    if by == Service::Portal {
        // The writer wished it so, or left nothing else: it is served by lying ready at /track.
        data["service"] = json!(by.code());
        serve_now(&mut change);
    } else {
        if by.is_by_hand() {
            data["by_hand"] = json!(by.code());
        }
        let thread = app.store.thread(&change.letter).await?;
        let post = Post {
            letter: &change.letter,
            address: &address,
            kind: OutboxKind::Reply,
            by,
            message_id: Some(message_id),
            source_name: Some(change.letter.source_name.clone()),
            in_reply_to: thread.last,
            references: thread.references,
            now,
            due_at: if by.is_by_hand() {
                announce::remind_at(app, &change.law, now)
            } else {
                now + app.undo()
            },
        };
        let outgoing = announce::outgoing(app, post, rendered);
        change
            .step
            .add_outgoing(vec![(change.letter.lock.clone(), outgoing)])
            .await?;
    }
    let letter = change.finish(EventKind::Issued, data).await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

fn serve_now(change: &mut Change<'_>) {
    let now = change.now();
    change.letter.status = crate::domain::status::Status::Answered;
    change.letter.answered_at = Some(now);
    change.letter.undelivered = false;
    change.meet(now);
}

async fn issue(app: &App, change: &Change<'_>, words: &str, files: Vec<DraftFile>) -> Result<i64> {
    let id = app.id();
    let records: Vec<FileRecord> = files
        .into_iter()
        .map(|f| FileRecord {
            id: app.id(),
            message_id: id,
            size: f.size,
            words: FileWords {
                name: f.name,
                media_type: f.media_type,
            },
            part: None,
            blob_id: Some(f.blob),
        })
        .collect();
    let message = Message {
        id,
        letter_id: change.letter.id,
        direction: Direction::Out,
        kind: MessageKind::Reply,
        at: change.now(),
        author_id: change.actor,
        arrival_id: None,
        blob_id: None,
        words: MessageWords {
            subject: change.letter.subject.clone(),
            text: words.to_owned(),
            visible_text: words.to_owned(),
            ..MessageWords::default()
        },
        has_html: false,
        attachments: i32::try_from(records.len()).unwrap_or(i32::MAX),
    };
    change
        .step
        .add_messages(vec![(change.letter.lock.clone(), message, records)])
        .await?;
    Ok(id)
}

/// 撤回发送: takes an answer back that has not left yet, or that nobody posted; its words become the
/// draft again.
///
/// # Errors
/// See [`Error`]; an answer that is leaving or has left stays.
pub async fn recall(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
) -> Result<Letter> {
    let mut change = Change::open(app, staff, number, version, Action::Recall).await?;
    change.end_where(|o| matches!(o.starts, Starts::Answered | Starts::Closed));
    let id = change.letter.id;
    let turned = change
        .step
        .turn_outgoing(
            id,
            OutboxKind::Reply,
            &[OutboxState::Queued, OutboxState::ByHand],
            OutboxState::Recalled,
        )
        .await?;
    if turned == 0 {
        return Err(Error::Rule("left-already"));
    }
    if let Some(reply) = change.step.last_reply(&change.letter).await? {
        restore(app, &change, &reply, Some(staff.person_id)).await?;
        change.step.drop_message(reply.id).await?;
    }
    change.finish(EventKind::Recalled, json!({})).await
}

/// Sends again what came back, or what nobody knows to have left.
///
/// # Errors
/// See [`Error`].
pub async fn resend(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
) -> Result<Letter> {
    let change = Change::open(app, staff, number, version, Action::Resend).await?;
    let from = [OutboxState::Unknown, OutboxState::Failed];
    let mut turned = 0;
    for kind in [OutboxKind::Reply, OutboxKind::Notice] {
        turned += change
            .step
            .turn_outgoing(change.letter.id, kind, &from, OutboxState::Queued)
            .await?;
    }
    if turned == 0 {
        return Err(Error::Rule("nothing-to-resend"));
    }
    let letter = change
        .finish(EventKind::Resent, json!({ "mails": turned }))
        .await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}
