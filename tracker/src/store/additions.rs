//! What writers added, as far as somebody has to decide what becomes of it. Its words are a message
//! of the letter.

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{
    Result, Store, decode_opt,
    entities::{addition, letter, outbox},
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::{addition::Ruling, rules::Stage, words::OutboxKind};

/// An addition: the row bears its message's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// Its message.
    pub id: i64,
    /// The letter it was added to.
    pub letter_id: i64,
    /// When it reached us: a letter of its own counts from there.
    pub received_at: Timestamp,
    /// Since when it stands on the desk: supervision counts from there.
    pub added_at: Timestamp,
    /// What was decided; none while nobody did.
    pub ruling: Option<Ruling>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<i64>,
    /// The letter that it became.
    pub own_letter_id: Option<i64>,
    /// How far it was asked after.
    pub stage: Option<Stage>,
    /// It came with the letter's number and code: whoever shows these again is its writer.
    pub with_code: bool,
    /// When to look at it again; none: at once.
    pub look_on: Option<Date>,
}

impl Addition {
    /// One that stands since now.
    #[must_use]
    pub fn new(id: i64, letter_id: i64, received_at: Timestamp, now: Timestamp) -> Self {
        Self {
            id,
            letter_id,
            received_at,
            added_at: now,
            ruling: None,
            decided_at: None,
            decided_by: None,
            own_letter_id: None,
            stage: None,
            with_code: false,
            look_on: None,
        }
    }

    fn from_row(row: &addition::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            letter_id: row.letter_id,
            received_at: instant(row.received_at),
            added_at: instant(row.added_at),
            ruling: decode_opt("addition", row.id, "ruling", row.ruling.as_deref())?,
            decided_at: instant_opt(row.decided_at),
            decided_by: row.decided_by,
            own_letter_id: row.own_letter_id,
            stage: decode_opt("addition", row.id, "stage", row.stage.as_deref())?,
            with_code: row.with_code,
            look_on: row.look_on.parse().ok(),
        })
    }

    fn into_row(self) -> addition::Model {
        addition::Model {
            id: self.id,
            letter_id: self.letter_id,
            received_at: micros(self.received_at),
            added_at: micros(self.added_at),
            ruling: self.ruling.map(|r| r.code().into()),
            decided_at: self.decided_at.map(micros),
            decided_by: self.decided_by,
            own_letter_id: self.own_letter_id,
            stage: self.stage.map(|s| s.code().into()),
            with_code: self.with_code,
            look_on: self.look_on.map(|d| d.to_string()).unwrap_or_default(),
        }
    }
}

impl Step<'_> {
    /// Adds one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_addition(&self, new: Addition) -> Result<()> {
        self.insert::<addition::Entity, _>(vec![new.into_row()])
            .await
    }

    /// Those of a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn additions(&self, letter_id: i64) -> Result<Vec<Addition>> {
        let rows = of_letter(letter_id).all(&self.tx).await?;
        rows.iter().map(Addition::from_row).collect()
    }

    /// Saves one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_addition(&self, changed: Addition) -> Result<()> {
        let id = changed.id;
        let mut active = changed.into_row().into_active_model().reset_all();
        active.id = sea_orm::ActiveValue::Unchanged(id);
        addition::Entity::update(active).exec(&self.tx).await?;
        Ok(())
    }

    /// The letters that an address got a word about since an instant, for something it had added;
    /// one for each word.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn confirmed_since(&self, address_key: &str, since: Timestamp) -> Result<Vec<i64>> {
        Ok(outbox::Entity::find()
            .select_only()
            .column(outbox::Column::LetterId)
            .filter(outbox::Column::AddressKey.eq(address_key))
            .filter(outbox::Column::Kind.eq(OutboxKind::Receipt.code()))
            .filter(outbox::Column::MessageId.is_not_null())
            .filter(outbox::Column::CreatedAt.gte(micros(since)))
            .into_tuple()
            .all(&self.tx)
            .await?)
    }
}

impl Store {
    /// Those of a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn additions(&self, letter_id: i64) -> Result<Vec<Addition>> {
        let rows = of_letter(letter_id).all(&self.read).await?;
        rows.iter().map(Addition::from_row).collect()
    }

    /// A page of undecided ones that supervision has to look at, after an id: each with its letter
    /// and that letter's unit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn additions_to_look_at(
        &self,
        today: Date,
        after: i64,
        n: u64,
    ) -> Result<Vec<(i64, i64, Option<i64>)>> {
        use addition::Column::{Id, LetterId, LookOn, Ruling};
        let rows: Vec<(i64, i64)> = addition::Entity::find()
            .select_only()
            .columns([Id, LetterId])
            .filter(Ruling.is_null())
            .filter(LookOn.lte(today.to_string()))
            .filter(Id.gt(after))
            .order_by_asc(Id)
            .limit(n)
            .into_tuple()
            .all(&self.read)
            .await?;
        let letters = rows.iter().map(|(_, letter)| *letter);
        let units: Vec<(i64, Option<i64>)> = letter::Entity::find()
            .select_only()
            .columns([letter::Column::Id, letter::Column::UnitId])
            .filter(letter::Column::Id.is_in(letters))
            .into_tuple()
            .all(&self.read)
            .await?;
        let unit = |letter: i64| {
            units
                .iter()
                .find(|(id, _)| *id == letter)
                .and_then(|(_, u)| *u)
        };
        Ok(rows
            .into_iter()
            .map(|(id, of)| (id, of, unit(of)))
            .collect())
    }
}

fn of_letter(letter_id: i64) -> sea_orm::Select<addition::Entity> {
    addition::Entity::find()
        .filter(addition::Column::LetterId.eq(letter_id))
        .order_by_asc(addition::Column::Id)
}
