//! Who wrote: kept apart from the letter, so that a person can be erased and the letter stays.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::{
    Result, Store, StoreError, Vault, decode_opt, entities::writer, letters::Letter, step::Step,
};
use crate::domain::words::Service;

/// Who wrote, as kept apart from the letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterWords {
    /// 姓名.
    pub name: String,
    /// 联系电话.
    pub phone: String,
    /// Where replies go by mail.
    pub email: String,
    /// 通信地址.
    pub address: String,
}

impl WriterWords {
    /// Whether a notice can reach them: 姓名（名称）、住址清楚 in the sense of the regulations on
    /// petitions (2005 art. 22, 2022 art. 23), or any address at all.
    #[must_use]
    pub fn can_be_told(&self) -> bool {
        let addresses = [&self.email, &self.address, &self.phone];
        addresses.iter().any(|a| !a.trim().is_empty())
    }
}

/// A writer's row.
#[derive(Debug, Clone)]
pub struct WriterRecord {
    /// Row id.
    pub id: i64,
    /// Name and addresses.
    pub words: WriterWords,
    /// Asked that the name be withheld.
    pub anonymous: bool,
    /// How they want to be answered, where they said so.
    pub answer_by: Option<Service>,
}

/// The writer of a letter, inside a step or outside of one.
///
/// # Errors
/// When the database refuses or the words do not open.
pub(crate) async fn writer_of(
    db: &impl ConnectionTrait,
    vault: &Vault,
    letter: &Letter,
) -> Result<WriterRecord> {
    let row = writer::Entity::find_by_id(letter.writer_id)
        .one(db)
        .await?
        .ok_or_else(|| StoreError::Unknown {
            table: "writer",
            id: letter.writer_id.to_string(),
            what: "no row".into(),
        })?;
    to_writer(vault, letter, row)
}

fn to_writer(vault: &Vault, letter: &Letter, row: writer::Model) -> Result<WriterRecord> {
    let plain = WriterWords {
        name: row.name,
        phone: row.phone,
        email: row.email,
        address: row.address,
    };
    let words = vault.get(&letter.lock, "writer", row.id, plain, row.sealed.as_deref())?;
    let answer_by = decode_opt("writer", row.id, "answer_by", row.answer_by.as_deref())?;
    Ok(WriterRecord {
        answer_by,
        id: row.id,
        words,
        anonymous: row.anonymous,
    })
}

impl Step<'_> {
    /// Who wrote this letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn writer(&self, letter: &Letter) -> Result<WriterRecord> {
        writer_of(&self.tx, self.vault(), letter).await
    }

    /// Whether a mail key, the keyed digest of an address, is that of the writer.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_writer(&self, letter: &Letter, mail_key: &str) -> Result<bool> {
        let found = writer::Entity::find_by_id(letter.writer_id)
            .filter(writer::Column::MailKey.eq(mail_key))
            .one(&self.tx)
            .await?;
        Ok(found.is_some())
    }
}

impl Store {
    /// The writers of a page of letters, in one query.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn writers(&self, letters: &[Letter]) -> Result<Vec<WriterRecord>> {
        let ids: Vec<i64> = letters.iter().map(|l| l.writer_id).collect();
        let rows = writer::Entity::find()
            .filter(writer::Column::Id.is_in(ids))
            .all(&self.read)
            .await?;
        rows.into_iter()
            .filter_map(|row| {
                letters
                    .iter()
                    .find(|l| l.writer_id == row.id)
                    .map(|l| (l, row))
            })
            .map(|(letter, row)| to_writer(&self.vault, letter, row))
            .collect()
    }

    /// Who wrote this letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn writer(&self, letter: &Letter) -> Result<WriterRecord> {
        writer_of(&self.read, &self.vault, letter).await
    }
}
