//! Words that lay open are sealed: every row of a letter that holds any. A table that comes to hold
//! words of letters gets its lines here.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    Result,
    entities::{arrival, attachment, draft, event, event_note, message, outbox, writer},
    letters::Letter,
    messages::{FileWords, MessageWords},
    outbox::OutgoingWords,
    sealing::{Lock, SealedColumns},
    step::Step,
    writers::WriterWords,
};

/// An update of one row that empties its text columns and fills the sealed ones.
macro_rules! sealed {
    ($step:ident, $table:ident, $key:ident = $id:expr, $sealed:expr, [$($column:ident = $empty:expr),+]) => {{
        let (sealed, key_id): SealedColumns = $sealed;
        $table::Entity::update_many()
            $(.col_expr($table::Column::$column, Expr::value($empty)))+
            .col_expr($table::Column::Sealed, Expr::value(sealed))
            .col_expr($table::Column::KeyId, Expr::value(key_id))
            .filter($table::Column::$key.eq($id))
            .exec(&$step.tx)
            .await?;
    }};
}

impl Step<'_> {
    /// Seals all words of a letter but its subject, which its own row holds: the caller saves it
    /// with the new lock, in the same step.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seal_words(&self, letter: &Letter, lock: &Lock) -> Result<()> {
        self.seal_messages(letter, lock).await?;
        self.seal_notes(letter, lock).await?;
        self.seal_outgoing(letter, lock).await?;
        let vault = self.vault();
        let who = writer::Entity::find_by_id(letter.writer_id);
        for row in who.all(&self.tx).await? {
            let words = WriterWords {
                name: row.name,
                phone: row.phone,
                email: row.email,
                address: row.address,
            };
            let (_, sealed) = vault.put(lock, "writer", row.id, words);
            sealed!(
                self,
                writer,
                Id = row.id,
                sealed,
                [Name = "", Phone = "", Email = "", Address = ""]
            );
        }
        for row in draft::Entity::find_by_id(letter.id).all(&self.tx).await? {
            let (_, sealed) = vault.put(lock, "draft", letter.id, row.text);
            sealed!(self, draft, LetterId = letter.id, sealed, [Text = ""]);
        }
        arrival::Entity::update_many()
            .col_expr(arrival::Column::Sealed, Expr::value(true))
            .filter(arrival::Column::LetterId.eq(letter.id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    async fn seal_messages(&self, letter: &Letter, lock: &Lock) -> Result<()> {
        let vault = self.vault();
        let of_letter = message::Column::LetterId.eq(letter.id);
        let messages = message::Entity::find().filter(of_letter);
        for row in messages.all(&self.tx).await? {
            let words = MessageWords {
                subject: row.subject,
                text: row.text,
                visible_text: row.visible_text,
                sender: row.sender,
                mail_id: row.mail_id,
            };
            let (_, sealed) = vault.put(lock, "message", row.id, words);
            sealed!(
                self,
                message,
                Id = row.id,
                sealed,
                [
                    Subject = "",
                    Text = "",
                    VisibleText = "",
                    Sender = "",
                    MailId = ""
                ]
            );
            let of_message = attachment::Column::MessageId.eq(row.id);
            let files = attachment::Entity::find().filter(of_message);
            for file in files.all(&self.tx).await? {
                let words = FileWords {
                    name: file.name,
                    media_type: file.media_type,
                };
                let (_, sealed) = vault.put(lock, "attachment", file.id, words);
                sealed!(
                    self,
                    attachment,
                    Id = file.id,
                    sealed,
                    [Name = "", MediaType = ""]
                );
            }
        }
        Ok(())
    }

    async fn seal_notes(&self, letter: &Letter, lock: &Lock) -> Result<()> {
        let of_letter = event::Column::LetterId.eq(letter.id);
        let with_note = event::Column::NoteDigest.is_not_null();
        let events = event::Entity::find().filter(of_letter).filter(with_note);
        for event in events.all(&self.tx).await? {
            let note = event_note::Entity::find_by_id(event.id);
            for row in note
                .all(&self.tx)
                .await?
                .into_iter()
                .filter(|n| n.erased_at.is_none())
            {
                let (_, sealed) = self.vault().put(lock, "event_note", row.event_id, row.text);
                sealed!(
                    self,
                    event_note,
                    EventId = row.event_id,
                    sealed,
                    [Text = ""]
                );
            }
        }
        Ok(())
    }

    async fn seal_outgoing(&self, letter: &Letter, lock: &Lock) -> Result<()> {
        let of_letter = outbox::Column::LetterId.eq(letter.id);
        let outgoing = outbox::Entity::find().filter(of_letter);
        for row in outgoing.all(&self.tx).await? {
            let references = row.refs.split_whitespace().map(ToOwned::to_owned);
            let words = OutgoingWords {
                address: row.address,
                subject: row.subject,
                text: row.text,
                html: row.html,
                in_reply_to: row.in_reply_to,
                references: references.collect(),
            };
            let (_, sealed) = self.vault().put(lock, "outbox", row.id, words);
            sealed!(
                self,
                outbox,
                Id = row.id,
                sealed,
                [
                    Address = "",
                    Subject = "",
                    Text = "",
                    Html = "",
                    InReplyTo = Option::<String>::None,
                    Refs = ""
                ]
            );
        }
        Ok(())
    }
}
