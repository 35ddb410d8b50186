//! What hangs on one person: the open letters they answer, the sealed ones they are named on, the
//! urgent ones they took on.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    Result, Store,
    entities::{letter, letter_reader, person},
    letters::Letter,
    people::Person,
    step::Step,
};

/// An open letter that somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub letter_id: i64,
    /// Its lead unit.
    pub unit_id: Option<i64>,
    /// Whether it is sealed.
    pub sealed: bool,
}

async fn held(db: &impl ConnectionTrait, person: i64) -> Result<Vec<Held>> {
    use letter::Column::{HandlerId, Id, IsSealed, Open, UnitId};
    let rows: Vec<(i64, Option<i64>, bool)> = letter::Entity::find()
        .select_only()
        .columns([Id, UnitId, IsSealed])
        .filter(HandlerId.eq(person))
        .filter(Open.eq(true))
        .order_by_asc(Id)
        .into_tuple()
        .all(db)
        .await?;
    let one = |(letter_id, unit_id, sealed)| Held {
        letter_id,
        unit_id,
        sealed,
    };
    Ok(rows.into_iter().map(one).collect())
}

async fn named(db: &impl ConnectionTrait, person: i64) -> Result<Vec<i64>> {
    use letter_reader::Column::{LetterId, PersonId};
    Ok(letter_reader::Entity::find()
        .select_only()
        .column(LetterId)
        .filter(PersonId.eq(person))
        .order_by_asc(LetterId)
        .into_tuple()
        .all(db)
        .await?)
}

async fn taken(db: &impl ConnectionTrait, person: i64) -> Result<Vec<i64>> {
    use letter::Column::{HandlerId, Id, Open, UrgentTakenBy};
    Ok(letter::Entity::find()
        .select_only()
        .column(Id)
        .filter(UrgentTakenBy.eq(person))
        .filter(Open.eq(true))
        .filter(HandlerId.is_null())
        .order_by_asc(Id)
        .into_tuple()
        .all(db)
        .await?)
}

impl Step<'_> {
    /// The open letters somebody answers, by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn held_by(&self, person: i64) -> Result<Vec<Held>> {
        held(&self.tx, person).await
    }

    /// The sealed letters somebody is named on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn named_on(&self, person: i64) -> Result<Vec<i64>> {
        named(&self.tx, person).await
    }

    /// The open urgent letters that somebody took on and nobody answers.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn taken_by(&self, person: i64) -> Result<Vec<i64>> {
        taken(&self.tx, person).await
    }

    /// Somebody is no reader of a sealed letter any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove_reader(&self, letter_id: i64, person_id: i64) -> Result<()> {
        letter_reader::Entity::delete_many()
            .filter(letter_reader::Column::LetterId.eq(letter_id))
            .filter(letter_reader::Column::PersonId.eq(person_id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// A person as they stand in this step, who cannot be changed until it ends.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn person(&self, id: i64) -> Result<Option<Person>> {
        let query = person::Entity::find_by_id(id);
        let query = match self.backend() {
            DbBackend::Postgres => query.lock_shared(),
            _ => query,
        };
        let found = query.one(&self.tx).await?;
        let found = super::people::with_rights(&self.tx, found.into_iter().collect()).await?;
        Ok(found.into_iter().next())
    }
}

impl Store {
    /// As [`Step::held_by`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn held_by(&self, person: i64) -> Result<Vec<Held>> {
        held(&self.read, person).await
    }

    /// As [`Step::named_on`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn named_on(&self, person: i64) -> Result<Vec<i64>> {
        named(&self.read, person).await
    }

    /// As [`Step::taken_by`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn taken_by(&self, person: i64) -> Result<Vec<i64>> {
        taken(&self.read, person).await
    }

    /// A letter by row id, for the machine's own questions.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letter_of(&self, id: i64) -> Result<Option<Letter>> {
        let row = letter::Entity::find_by_id(id).one(&self.read).await?;
        row.map(|r| Letter::from_row(&self.vault, r)).transpose()
    }
}
