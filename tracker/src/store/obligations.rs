//! What is owed on each letter, by when, on what basis.

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};

use super::{
    Result, Store, decode,
    entities::{obligation, suspension},
    step::Step,
    time::{day, day_opt, instant_opt, micros},
};
use crate::domain::{
    calendar::Calendar,
    obligation::{ObligationKind, Reckoning},
    rules::{Effect, Starts},
    term::{Suspension, Term, TermError},
    words::Language,
};

/// An obligation with everything its due date rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The day on which supervision looks at it next; at once where none is set.
    pub look_on: Option<Date>,
    /// Days on which its clock stood still; kept in rows of their own.
    pub suspensions: Vec<Suspension>,
}

impl Obligation {
    pub(super) fn from_row(row: obligation::Model) -> Result<Self> {
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
            look_on: day_opt(
                "obligation",
                id,
                Some(row.look_on.as_str()).filter(|d| !d.is_empty()),
            )?,
            suspensions: Vec::new(),
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
            look_on: self.look_on.map(|d| d.to_string()).unwrap_or_default(),
        }
    }

    /// Everything its due date rests on.
    #[must_use]
    pub fn reckoning(&self) -> Reckoning {
        Reckoning {
            term: self.term,
            start_on: self.start_on,
            extension: self.extension,
            rolls: self.rolls,
            suspensions: self.suspensions.clone(),
            standing_since: self.standing_since,
            start_assumed: self.start_assumed,
            late_since: self.late_since,
        }
    }

    /// Counts anew by a calendar.
    ///
    /// # Errors
    /// See [`TermError`].
    pub fn reckon(&mut self, calendar: &Calendar) -> std::result::Result<(), TermError> {
        let derived = self.reckoning().derive(calendar)?;
        if derived.due_on != self.due_on {
            self.look_on = None;
        }
        self.nominal_on = derived.nominal_on;
        self.due_on = derived.due_on;
        self.provisional = derived.provisional;
        calendar.version().clone_into(&mut self.calendar_version);
        Ok(())
    }

    /// When it is due; `None` while its clock stands.
    #[must_use]
    pub fn due(&self) -> Option<Date> {
        (self.standing_since.is_none() || self.late_since.is_some()).then_some(self.due_on)
    }

    /// The article, in a language.
    #[must_use]
    pub fn basis(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.basis_zh,
            Language::English => &self.basis_en,
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

    /// Saves what differs from what is stored: changed ones first, so that one which counts no
    /// longer makes room for the one that does.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_obligations(
        &self,
        stored: &[Obligation],
        now: Vec<Obligation>,
    ) -> Result<()> {
        let known = |o: &Obligation| stored.iter().any(|s| s.id == o.id);
        let (old, new): (Vec<_>, Vec<_>) = now.into_iter().partition(known);
        for obligation in old.into_iter().filter(|o| !stored.contains(o)) {
            self.save_obligation(obligation).await?;
        }
        self.add_obligations(new).await
    }

    async fn save_obligation(&self, obligation: Obligation) -> Result<()> {
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
    let rows = obligation::Entity::find()
        .filter(obligation::Column::LetterId.eq(letter_id))
        .order_by_asc(obligation::Column::Id)
        .all(db)
        .await?;
    let all = rows.into_iter().map(Obligation::from_row);
    with_pauses(db, all.collect::<Result<_>>()?).await
}

/// Adds the days on which each one's clock stood still and went on again.
pub(super) async fn with_pauses(
    db: &impl ConnectionTrait,
    mut all: Vec<Obligation>,
) -> Result<Vec<Obligation>> {
    let pauses = suspension::Entity::find()
        .filter(suspension::Column::ObligationId.is_in(all.iter().map(|o| o.id)))
        .filter(suspension::Column::Effect.eq(Effect::Pause.code()))
        .filter(suspension::Column::ToOn.is_not_null())
        .order_by_asc(suspension::Column::FromOn)
        .all(db)
        .await?;
    for row in pauses {
        let Some(o) = all.iter_mut().find(|o| o.id == row.obligation_id) else {
            continue;
        };
        let pause = Suspension {
            from: day("suspension", row.id, &row.from_on)?,
            to: day(
                "suspension",
                row.id,
                row.to_on.as_deref().unwrap_or_default(),
            )?,
        };
        // Gone on again on the very day it was to stand: no day was lost.
        if pause.from <= pause.to {
            o.suspensions.push(pause);
        }
    }
    Ok(all)
}
