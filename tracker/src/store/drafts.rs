//! The reply being drafted: its words, and the files that are to leave with it.

use jiff::Timestamp;
use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};
use serde::{Deserialize, Serialize};

use super::{
    Result, Store, StoreError,
    entities::draft,
    letters::Letter,
    step::Step,
    time::{instant, micros},
};

/// A file that is to leave with an answer; its bytes are stored already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFile {
    /// Safe file name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Where they are stored.
    pub blob: String,
}

/// What a draft holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DraftWords {
    /// The words so far.
    pub text: String,
    /// The files so far.
    pub files: Vec<DraftFile>,
}

/// Sealed drafts of versions that kept no files are a text alone.
impl<'de> Deserialize<'de> for DraftWords {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Words { text: String, files: Vec<DraftFile> },
        }
        Ok(match Either::deserialize(d)? {
            Either::Text(text) => Self {
                text,
                files: Vec::new(),
            },
            Either::Words { text, files } => Self { text, files },
        })
    }
}

/// A draft as kept.
#[derive(Debug, Clone)]
pub struct DraftRecord {
    /// Words and files.
    pub words: DraftWords,
    /// Whose.
    pub author_id: Option<i64>,
    /// Since when.
    pub at: Timestamp,
}

impl Step<'_> {
    /// Keeps the reply being drafted, over any earlier one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_draft(
        &self,
        letter: &Letter,
        words: DraftWords,
        author_id: Option<i64>,
    ) -> Result<()> {
        let (words, (sealed, key_id)) = self.vault().put(&letter.lock, "draft", letter.id, words);
        let files = if words.files.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&words.files).expect("names and numbers")
        };
        let row = draft::Model {
            letter_id: letter.id,
            text: words.text,
            files,
            author_id,
            at: micros(self.now),
            sealed,
            key_id,
        };
        draft::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(draft::Column::LetterId)
                    .update_columns([
                        draft::Column::Text,
                        draft::Column::Files,
                        draft::Column::AuthorId,
                        draft::Column::At,
                        draft::Column::Sealed,
                        draft::Column::KeyId,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Drops the draft, its words having become a reply.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_draft(&self, letter_id: i64) -> Result<()> {
        draft::Entity::delete_by_id(letter_id)
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The draft of a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn draft(&self, letter: &Letter) -> Result<Option<DraftRecord>> {
        let Some(row) = draft::Entity::find_by_id(letter.id).one(&self.read).await? else {
            return Ok(None);
        };
        let files = match row.files.as_str() {
            "" => Vec::new(),
            files => serde_json::from_str(files).map_err(|_| StoreError::Unknown {
                table: "draft",
                id: letter.id.to_string(),
                what: "files".into(),
            })?,
        };
        let plain = DraftWords {
            text: row.text,
            files,
        };
        let sealed = row.sealed.as_deref();
        let words = self
            .vault
            .get(&letter.lock, "draft", letter.id, plain, sealed)?;
        Ok(Some(DraftRecord {
            words,
            author_id: row.author_id,
            at: instant(row.at),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::DraftWords;

    #[test]
    fn a_sealed_draft_of_an_earlier_version_is_read() {
        let old: DraftWords = serde_json::from_str("\"文本\"").unwrap();
        assert_eq!(old.text, "文本");
        let new = serde_json::to_string(&old).unwrap();
        assert_eq!(serde_json::from_str::<DraftWords>(&new).unwrap(), old);
    }
}
