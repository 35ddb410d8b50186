//! What was said on a letter, in either direction, and its files.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::{
    Result, Store, Vault, decode,
    entities::{attachment, message},
    letters::Letter,
    sealing::Lock,
    step::Step,
    time::{instant, micros},
};
use crate::domain::words::{Direction, MessageKind, OutboxState, Service};

/// The words of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageWords {
    /// Subject line.
    pub subject: String,
    /// The whole text.
    pub text: String,
    /// Without quoted earlier mail and signature.
    pub visible_text: String,
    /// Whom it names as its sender.
    pub sender: String,
    /// Message-ID of a mail, without `<>`; what an answer hangs on.
    pub mail_id: String,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Row id.
    pub id: i64,
    /// The letter it belongs to.
    pub letter_id: i64,
    /// From the public, to the public, or among staff.
    pub direction: Direction,
    /// Letter, addition, reply, notice, note.
    pub kind: MessageKind,
    /// When it reached us or was issued.
    pub at: Timestamp,
    /// The member of staff who wrote it.
    pub author_id: Option<i64>,
    /// Its line in the intake ledger.
    pub arrival_id: Option<i64>,
    /// Its raw bytes.
    pub blob_id: Option<String>,
    /// The words.
    pub words: MessageWords,
    /// The raw bytes hold an HTML version.
    pub has_html: bool,
    /// How many files.
    pub attachments: i32,
}

/// A file's name and type, words too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileWords {
    /// Safe file name.
    pub name: String,
    /// Declared media type.
    pub media_type: String,
}

/// A file of a message.
#[derive(Debug, Clone)]
pub struct FileRecord {
    /// Row id.
    pub id: i64,
    /// The message it belongs to.
    pub message_id: i64,
    /// Name and type.
    pub words: FileWords,
    /// Bytes.
    pub size: i64,
    /// Where it stands in the message's raw bytes …
    pub part: Option<String>,
    /// … or the blob it is.
    pub blob_id: Option<String>,
}

impl Step<'_> {
    /// Adds messages with their files.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_messages(&self, all: Vec<(Lock, Message, Vec<FileRecord>)>) -> Result<()> {
        let vault = self.vault();
        let mut messages = Vec::with_capacity(all.len());
        let mut files = Vec::new();
        for (lock, m, attached) in all {
            let (words, (sealed, key_id)) = vault.put(&lock, "message", m.id, m.words);
            messages.push(message::Model {
                id: m.id,
                letter_id: m.letter_id,
                direction: m.direction.code().into(),
                kind: m.kind.code().into(),
                at: micros(m.at),
                author_id: m.author_id,
                arrival_id: m.arrival_id,
                blob_id: m.blob_id,
                subject: words.subject,
                text: words.text,
                visible_text: words.visible_text,
                sender: words.sender,
                mail_id: words.mail_id,
                has_html: m.has_html,
                attachments: i32::try_from(attached.len()).unwrap_or(i32::MAX),
                sealed,
                key_id,
            });
            for f in attached {
                let (words, (sealed, key_id)) = vault.put(&lock, "attachment", f.id, f.words);
                files.push(attachment::Model {
                    id: f.id,
                    message_id: f.message_id,
                    name: words.name,
                    media_type: words.media_type,
                    size: f.size,
                    part: f.part,
                    blob_id: f.blob_id,
                    sealed,
                    key_id,
                });
            }
        }
        self.insert::<message::Entity, _>(messages).await?;
        self.insert::<attachment::Entity, _>(files).await
    }

    /// The latest answer or notice of a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_reply(&self, letter: &Letter) -> Result<Option<Message>> {
        let row = message::Entity::find()
            .filter(message::Column::LetterId.eq(letter.id))
            .filter(message::Column::Direction.eq(Direction::Out.code()))
            .filter(message::Column::Kind.ne(MessageKind::Progress.code()))
            .order_by_desc(message::Column::Id)
            .one(&self.tx)
            .await?;
        row.map(|r| to_message(self.vault(), &letter.lock, r))
            .transpose()
    }

    /// Drops an answer that was taken back before anybody saw it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_message(&self, id: i64) -> Result<()> {
        attachment::Entity::delete_many()
            .filter(attachment::Column::MessageId.eq(id))
            .exec(&self.tx)
            .await?;
        message::Entity::delete_by_id(id).exec(&self.tx).await?;
        Ok(())
    }
}

/// What a mail to the writer hangs on.
#[derive(Debug, Clone, Default)]
pub struct Thread {
    /// The last mail of the thread.
    pub last: Option<String>,
    /// All of them, in order.
    pub references: Vec<String>,
}

impl Store {
    /// The thread of a letter: the writer's mails and ours, in the order they came and went.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn thread(&self, letter: &Letter) -> Result<Thread> {
        let written = self.messages(letter).await?.into_iter();
        let sent = self.outgoing(letter).await?.into_iter();
        let mut mails: Vec<(i64, String)> = written
            .map(|m| (m.id, m.words.mail_id))
            .chain(
                sent.filter(|o| o.state == OutboxState::Sent && o.medium == Service::Mail)
                    .map(|o| (o.id, o.mail_id)),
            )
            .filter(|(_, id)| !id.is_empty())
            .collect();
        mails.sort();
        let references: Vec<String> = mails.into_iter().map(|(_, id)| id).collect();
        Ok(Thread {
            last: references.last().cloned(),
            references,
        })
    }
}

impl Store {
    /// Every message of a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn messages(&self, letter: &Letter) -> Result<Vec<Message>> {
        message::Entity::find()
            .filter(message::Column::LetterId.eq(letter.id))
            .order_by_asc(message::Column::Id)
            .all(&self.read)
            .await?
            .into_iter()
            .map(|row| to_message(&self.vault, &letter.lock, row))
            .collect()
    }

    /// One message of a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn message(&self, letter: &Letter, id: i64) -> Result<Option<Message>> {
        message_of(&self.read, &self.vault, letter, id).await
    }

    /// Files of messages, in order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn files(&self, letter: &Letter, messages: &[i64]) -> Result<Vec<FileRecord>> {
        attachment::Entity::find()
            .filter(attachment::Column::MessageId.is_in(messages.iter().copied()))
            .order_by_asc(attachment::Column::Id)
            .all(&self.read)
            .await?
            .into_iter()
            .map(|row| {
                let plain = FileWords {
                    name: row.name,
                    media_type: row.media_type,
                };
                let sealed = row.sealed.as_deref();
                let words = self
                    .vault
                    .get(&letter.lock, "attachment", row.id, plain, sealed)?;
                Ok(FileRecord {
                    id: row.id,
                    message_id: row.message_id,
                    words,
                    size: row.size,
                    part: row.part,
                    blob_id: row.blob_id,
                })
            })
            .collect()
    }
}

async fn message_of(
    db: &impl ConnectionTrait,
    vault: &Vault,
    letter: &Letter,
    id: i64,
) -> Result<Option<Message>> {
    let row = message::Entity::find_by_id(id)
        .filter(message::Column::LetterId.eq(letter.id))
        .one(db)
        .await?;
    row.map(|r| to_message(vault, &letter.lock, r)).transpose()
}

fn to_message(vault: &Vault, lock: &Lock, row: message::Model) -> Result<Message> {
    let plain = MessageWords {
        subject: row.subject,
        text: row.text,
        visible_text: row.visible_text,
        sender: row.sender,
        mail_id: row.mail_id,
    };
    Ok(Message {
        id: row.id,
        letter_id: row.letter_id,
        direction: decode("message", row.id, "direction", &row.direction)?,
        kind: decode("message", row.id, "kind", &row.kind)?,
        at: instant(row.at),
        author_id: row.author_id,
        arrival_id: row.arrival_id,
        blob_id: row.blob_id,
        words: vault.get(lock, "message", row.id, plain, row.sealed.as_deref())?,
        has_html: row.has_html,
        attachments: row.attachments,
    })
}
