//! What is owed on each letter, by when, on what basis.

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};

use super::{
    Result, Store, decode,
    entities::obligation,
    step::Step,
    time::{day, day_opt, instant_opt, micros},
};
use crate::domain::{obligation::ObligationKind, rules::Starts, term::Term};

/// An obligation with everything its due date rests on.
#[derive(Debug, Clone)]
pub struct Obligation {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub letter_id: i64,
    /// 1, and one more for each reopening.
    pub round: i32,
    /// What is owed.
    pub kind: ObligationKind,
    /// The one of its letter and round that figures count.
    pub counts: bool,
    /// Rule id.
    pub rule: String,
    /// Rule version.
    pub rule_version: i32,
    /// The article, in Chinese.
    pub basis_zh: String,
    /// The article, in English.
    pub basis_en: String,
    /// The calendar it was counted by.
    pub calendar_version: String,
    /// The zone days are counted in.
    pub zone: String,
    /// Day 0.
    pub start_on: Date,
    /// How long.
    pub term: Term,
    /// Granted on top, in the term's unit.
    pub extension: u32,
    /// Before rolling to a workday.
    pub nominal_on: Date,
    /// The last day in time; ends at 24:00.
    pub due_on: Date,
    /// Reaches into a year whose holidays are not published.
    pub provisional: bool,
    /// When what met it was issued.
    pub met_at: Option<Timestamp>,
    /// That instant's day.
    pub met_on: Option<Date>,
    /// Late stays late for ever.
    pub in_time: Option<bool>,
    /// Ended without being met: withdrawn, duplicate, invalid, superseded.
    pub ended_at: Option<Timestamp>,
    /// What set its clock going.
    pub starts: Starts,
    /// That has not happened yet: the start is the last day on which it may.
    pub start_assumed: bool,
    /// A last day on which offices are closed rolls.
    pub rolls: bool,
    /// Already late under an earlier class: the day that was due then, which stands.
    pub late_since: Option<Date>,
    /// The clock stands since this day; nothing is due until it goes on.
    pub standing_since: Option<Date>,
    /// The obligation that took its place.
    pub superseded_by: Option<i64>,
    /// Workdays from receipt to the day it was met, by the calendar of that day.
    pub met_workdays: Option<u32>,
}

impl Obligation {
    fn from_row(row: obligation::Model) -> Result<Self> {
        let id = row.id;
        Ok(Self {
            id,
            letter_id: row.letter_id,
            round: row.round,
            kind: decode("obligation", id, "kind", &row.kind)?,
            counts: row.counts,
            rule: row.rule,
            rule_version: row.rule_version,
            basis_zh: row.basis_zh,
            basis_en: row.basis_en,
            calendar_version: row.calendar_version,
            zone: row.zone,
            start_on: day("obligation", id, &row.start_on)?,
            term: Term {
                length: u32::try_from(row.term_length).unwrap_or_default(),
                unit: decode("obligation", id, "term_unit", &row.term_unit)?,
            },
            extension: u32::try_from(row.extension).unwrap_or_default(),
            nominal_on: day("obligation", id, &row.nominal_on)?,
            due_on: day("obligation", id, &row.due_on)?,
            provisional: row.provisional,
            met_at: instant_opt(row.met_at),
            met_on: day_opt("obligation", id, row.met_on.as_deref())?,
            in_time: row.in_time,
            ended_at: instant_opt(row.ended_at),
            starts: decode("obligation", id, "starts", &row.starts)?,
            start_assumed: row.start_assumed,
            rolls: row.rolls,
            late_since: day_opt("obligation", id, row.late_since.as_deref())?,
            standing_since: day_opt("obligation", id, row.standing_since.as_deref())?,
            superseded_by: row.superseded_by,
            met_workdays: row.met_workdays.and_then(|d| u32::try_from(d).ok()),
        })
    }

    fn into_row(self) -> obligation::Model {
        obligation::Model {
            id: self.id,
            letter_id: self.letter_id,
            round: self.round,
            kind: self.kind.code().into(),
            counts: self.counts,
            rule: self.rule,
            rule_version: self.rule_version,
            basis_zh: self.basis_zh,
            basis_en: self.basis_en,
            calendar_version: self.calendar_version,
            zone: self.zone,
            start_on: self.start_on.to_string(),
            term_length: i32::try_from(self.term.length).unwrap_or(i32::MAX),
            term_unit: self.term.unit.code().into(),
            extension: i32::try_from(self.extension).unwrap_or(i32::MAX),
            nominal_on: self.nominal_on.to_string(),
            due_on: self.due_on.to_string(),
            provisional: self.provisional,
            met_at: self.met_at.map(micros),
            met_on: self.met_on.map(|d| d.to_string()),
            in_time: self.in_time,
            ended_at: self.ended_at.map(micros),
            starts: self.starts.code().into(),
            start_assumed: self.start_assumed,
            rolls: self.rolls,
            late_since: self.late_since.map(|d| d.to_string()),
            standing_since: self.standing_since.map(|d| d.to_string()),
            superseded_by: self.superseded_by,
            met_workdays: self.met_workdays.map(i64::from),
        }
    }

    /// Neither met nor ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.met_at.is_none() && self.ended_at.is_none()
    }
}

impl Step<'_> {
    /// Adds obligations.
    ///
    /// # Errors
    /// When the database refuses, a second counted one of a letter and round included.
    pub async fn add_obligations(&self, all: Vec<Obligation>) -> Result<()> {
        let rows = all.into_iter().map(Obligation::into_row).collect();
        self.insert::<obligation::Entity, _>(rows).await
    }

    /// Saves how one stands now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_obligation(&self, obligation: Obligation) -> Result<()> {
        let id = obligation.id;
        let mut active = obligation.into_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(id);
        active.update(&self.tx).await?;
        Ok(())
    }

    /// The obligations of a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn obligations(&self, letter_id: i64) -> Result<Vec<Obligation>> {
        obligations_of(&self.tx, letter_id).await
    }
}

impl Store {
    /// The obligations of a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn obligations(&self, letter_id: i64) -> Result<Vec<Obligation>> {
        obligations_of(&self.read, letter_id).await
    }
}

async fn obligations_of(db: &impl ConnectionTrait, letter_id: i64) -> Result<Vec<Obligation>> {
    obligation::Entity::find()
        .filter(obligation::Column::LetterId.eq(letter_id))
        .order_by_asc(obligation::Column::Id)
        .all(db)
        .await?
        .into_iter()
        .map(Obligation::from_row)
        .collect()
}
