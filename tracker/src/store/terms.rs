//! What changed a term: extensions asked for and decided, clocks that stood.

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    Result, Store, decode, decode_opt,
    entities::{extension, suspension},
    step::Step,
    time::{day, day_opt, instant, instant_opt, micros},
};
use crate::domain::{
    rules::{Decider, Effect, Halt},
    words::ExtensionState,
};

/// A longer term: asked for, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Row id.
    pub id: i64,
    /// Of which obligation.
    pub obligation_id: i64,
    /// Of which letter.
    pub letter_id: i64,
    /// How much longer, in the term's unit.
    pub length: u32,
    /// How far it got.
    pub state: ExtensionState,
    /// When the obligation was due as it was asked for: undecided after that day it lapses.
    pub due_on: Date,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// By whom.
    pub requested_by: Option<i64>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<i64>,
    /// As what: the function that the rule names.
    pub decided_as: Option<Decider>,
    /// The message that told the writer.
    pub notice_id: Option<i64>,
}

/// Days on which a clock stood, or after which it began anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Row id.
    pub id: i64,
    /// Of which obligation.
    pub obligation_id: i64,
    /// Of which letter.
    pub letter_id: i64,
    /// Why.
    pub kind: Halt,
    /// What it does.
    pub effect: Effect,
    /// The day it was signed, the first that does not count.
    pub from: Date,
    /// The last day that does not count; none while the clock stands.
    pub to: Option<Date>,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// By whom.
    pub signed_by: Option<i64>,
    /// Who let the clock go on.
    pub resumed_by: Option<i64>,
}

impl Extension {
    fn from_row(row: &extension::Model) -> Result<Self> {
        let id = row.id;
        Ok(Self {
            id,
            obligation_id: row.obligation_id,
            letter_id: row.letter_id,
            length: u32::try_from(row.length).unwrap_or_default(),
            state: decode("extension", id, "state", &row.state)?,
            due_on: day("extension", id, &row.due_on)?,
            requested_at: instant(row.requested_at),
            requested_by: row.requested_by,
            decided_at: instant_opt(row.decided_at),
            decided_by: row.decided_by,
            decided_as: decode_opt("extension", id, "decided_as", row.decided_as.as_deref())?,
            notice_id: row.notice_id,
        })
    }

    fn into_row(self) -> extension::Model {
        extension::Model {
            id: self.id,
            obligation_id: self.obligation_id,
            letter_id: self.letter_id,
            length: i32::try_from(self.length).unwrap_or(i32::MAX),
            state: self.state.code().into(),
            due_on: self.due_on.to_string(),
            requested_at: micros(self.requested_at),
            requested_by: self.requested_by,
            decided_at: self.decided_at.map(micros),
            decided_by: self.decided_by,
            decided_as: self.decided_as.map(|d| d.code().into()),
            notice_id: self.notice_id,
        }
    }
}

impl Pause {
    fn from_row(row: &suspension::Model) -> Result<Self> {
        let id = row.id;
        Ok(Self {
            id,
            obligation_id: row.obligation_id,
            letter_id: row.letter_id,
            kind: decode("suspension", id, "kind", &row.kind)?,
            effect: decode("suspension", id, "effect", &row.effect)?,
            from: day("suspension", id, &row.from_on)?,
            to: day_opt("suspension", id, row.to_on.as_deref())?,
            signed_at: instant(row.signed_at),
            signed_by: row.signed_by,
            resumed_by: row.resumed_by,
        })
    }

    fn into_row(self) -> suspension::Model {
        suspension::Model {
            id: self.id,
            obligation_id: self.obligation_id,
            letter_id: self.letter_id,
            kind: self.kind.code().into(),
            effect: self.effect.code().into(),
            from_on: self.from.to_string(),
            to_on: self.to.map(|d| d.to_string()),
            signed_at: micros(self.signed_at),
            signed_by: self.signed_by,
            resumed_by: self.resumed_by,
        }
    }
}

async fn extensions_of(db: &impl ConnectionTrait, letter_id: i64) -> Result<Vec<Extension>> {
    let rows = extension::Entity::find()
        .filter(extension::Column::LetterId.eq(letter_id))
        .order_by_asc(extension::Column::Id)
        .all(db)
        .await?;
    rows.iter().map(Extension::from_row).collect()
}

async fn pauses_of(db: &impl ConnectionTrait, letter_id: i64) -> Result<Vec<Pause>> {
    let rows = suspension::Entity::find()
        .filter(suspension::Column::LetterId.eq(letter_id))
        .order_by_asc(suspension::Column::Id)
        .all(db)
        .await?;
    rows.iter().map(Pause::from_row).collect()
}

impl Step<'_> {
    /// The extensions of a letter's obligations, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn extensions(&self, letter_id: i64) -> Result<Vec<Extension>> {
        extensions_of(&self.tx, letter_id).await
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_extension(&self, extension: Extension) -> Result<()> {
        self.insert::<extension::Entity, _>(vec![extension.into_row()])
            .await
    }

    /// Saves how one stands now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_extension(&self, extension: Extension) -> Result<()> {
        let id = extension.id;
        let mut active = extension.into_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(id);
        active.update(&self.tx).await?;
        Ok(())
    }

    /// The suspensions of a letter's obligations, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pauses(&self, letter_id: i64) -> Result<Vec<Pause>> {
        pauses_of(&self.tx, letter_id).await
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_pause(&self, pause: Pause) -> Result<()> {
        self.insert::<suspension::Entity, _>(vec![pause.into_row()])
            .await
    }

    /// Saves how one stands now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_pause(&self, pause: Pause) -> Result<()> {
        let id = pause.id;
        let mut active = pause.into_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(id);
        active.update(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// The extensions of a letter's obligations, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn extensions(&self, letter_id: i64) -> Result<Vec<Extension>> {
        extensions_of(&self.read, letter_id).await
    }

    /// The suspensions of a letter's obligations, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pauses(&self, letter_id: i64) -> Result<Vec<Pause>> {
        pauses_of(&self.read, letter_id).await
    }

    /// Every extension that was asked for and nobody decided.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn undecided(&self) -> Result<Vec<Extension>> {
        extension::Entity::find()
            .filter(extension::Column::State.eq(ExtensionState::Requested.code()))
            .order_by_asc(extension::Column::Id)
            .all(&self.read)
            .await?
            .iter()
            .map(Extension::from_row)
            .collect()
    }

    /// Letters with an extension asked for, undecided though its due day is over: at most `n`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn undecided_before(&self, today: Date, n: u64) -> Result<Vec<i64>> {
        Ok(extension::Entity::find()
            .select_only()
            .column(extension::Column::LetterId)
            .filter(extension::Column::State.eq(ExtensionState::Requested.code()))
            .filter(extension::Column::DueOn.lt(today.to_string()))
            .order_by_asc(extension::Column::Id)
            .limit(n)
            .into_tuple()
            .all(&self.read)
            .await?)
    }
}
