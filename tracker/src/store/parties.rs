//! Who may read a sealed letter, and whom a letter accuses.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    Result, Store,
    entities::{letter_party, letter_reader},
    step::Step,
    time::micros,
};

/// The parties a letter accuses: persons and units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parties {
    /// Accused persons.
    pub persons: Vec<i64>,
    /// Accused units.
    pub units: Vec<i64>,
}

/// The accused of a letter.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn parties_of(db: &impl ConnectionTrait, letter_id: i64) -> Result<Parties> {
    let rows = letter_party::Entity::find()
        .filter(letter_party::Column::LetterId.eq(letter_id))
        .all(db)
        .await?;
    Ok(Parties {
        persons: rows.iter().filter_map(|r| r.person_id).collect(),
        units: rows.iter().filter_map(|r| r.unit_id).collect(),
    })
}

impl Step<'_> {
    /// Names a reader of a sealed letter; naming twice changes nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_reader(&self, letter_id: i64, person_id: i64, by: Option<i64>) -> Result<()> {
        use sea_orm::sea_query::OnConflict;
        letter_reader::Entity::insert(
            letter_reader::Model {
                letter_id,
                person_id,
                granted_by: by,
                granted_at: micros(self.now),
            }
            .into_active_model(),
        )
        .on_conflict(
            OnConflict::columns([
                letter_reader::Column::LetterId,
                letter_reader::Column::PersonId,
            ])
            .do_nothing_on([letter_reader::Column::LetterId])
            .to_owned(),
        )
        .exec_without_returning(&self.tx)
        .await?;
        Ok(())
    }

    /// Records whom a letter accuses: from now on they see no trace of it, named as readers or not.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_party(
        &self,
        id: i64,
        letter_id: i64,
        person_id: Option<i64>,
        unit_id: Option<i64>,
        by: Option<i64>,
    ) -> Result<()> {
        let row = letter_party::Model {
            id,
            letter_id,
            person_id,
            unit_id,
            named_by: by,
            named_at: micros(self.now),
        };
        self.insert::<letter_party::Entity, _>(vec![row]).await
    }

    /// Whom this letter accuses.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn parties(&self, letter_id: i64) -> Result<Parties> {
        parties_of(&self.tx, letter_id).await
    }
}

impl Store {
    /// Named readers of a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn readers(&self, letter_id: i64) -> Result<Vec<i64>> {
        let rows = letter_reader::Entity::find()
            .filter(letter_reader::Column::LetterId.eq(letter_id))
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().map(|r| r.person_id).collect())
    }

    /// Whom this letter accuses.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn parties(&self, letter_id: i64) -> Result<Parties> {
        parties_of(&self.read, letter_id).await
    }
}
