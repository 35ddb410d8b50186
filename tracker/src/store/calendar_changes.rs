//! What each change of the calendar did, so that it can be taken back.

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use super::{
    Result, Store, StoreError, decode,
    entities::calendar_change,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::calendar::{ChangeKind, DayKind, Delta, Layer, Touched};

/// A change of the calendar.
#[derive(Debug, Clone)]
pub struct CalendarChange {
    /// Counted from 1.
    pub id: i64,
    /// How.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
    /// Who; the operator where `None`.
    pub by: Option<i64>,
    /// Why, in words.
    pub reason: String,
    /// What it did.
    pub delta: Delta,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

/// A day as it is stored: layer, date, before, after.
#[derive(Serialize, Deserialize)]
struct Day(
    String,
    Date,
    Option<(String, String)>,
    Option<(String, String)>,
);

impl Store {
    /// Every change, the latest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn calendar_changes(&self) -> Result<Vec<CalendarChange>> {
        all(&self.read).await
    }
}

impl Step<'_> {
    /// Every change, the latest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn calendar_changes(&self) -> Result<Vec<CalendarChange>> {
        all(&self.tx).await
    }

    /// Notes what a change did; its id follows the last one's.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_calendar_change(
        &self,
        kind: ChangeKind,
        by: Option<i64>,
        reason: &str,
        delta: &Delta,
    ) -> Result<i64> {
        let stored = |kind: &DayKind| (kind.code().to_owned(), kind.name().to_owned());
        let day = |t: &Touched| {
            let (before, after) = (t.before.as_ref().map(stored), t.after.as_ref().map(stored));
            Day(t.layer.code().to_owned(), t.date, before, after)
        };
        let days: Vec<Day> = delta.days.iter().map(day).collect();
        let last = calendar_change::Entity::find()
            .order_by_desc(calendar_change::Column::Id)
            .one(&self.tx)
            .await?;
        let row = calendar_change::Model {
            id: last.map_or(0, |l| l.id) + 1,
            kind: kind.code().into(),
            at: micros(self.now),
            by_id: by,
            reason: reason.to_owned(),
            days: json(&days)?,
            years: json(&delta.years)?,
            undone_at: None,
        };
        let id = row.id;
        calendar_change::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(id)
    }

    /// Marks a change as taken back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn calendar_change_undone(&self, id: i64) -> Result<()> {
        calendar_change::Entity::update_many()
            .col_expr(
                calendar_change::Column::UndoneAt,
                Expr::value(micros(self.now)),
            )
            .filter(calendar_change::Column::Id.eq(id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Unsafe(e.to_string()))
}

async fn all(db: &impl ConnectionTrait) -> Result<Vec<CalendarChange>> {
    let rows = calendar_change::Entity::find()
        .order_by_desc(calendar_change::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

fn from_row(row: calendar_change::Model) -> Result<CalendarChange> {
    let id = row.id;
    let damaged = |e: serde_json::Error| StoreError::Unsafe(format!("calendar_change {id}: {e}"));
    let days: Vec<Day> = serde_json::from_str(&row.days).map_err(damaged)?;
    let kind = |stored: (String, String)| match stored.0.as_str() {
        "holiday" => DayKind::Holiday(stored.1),
        _ => DayKind::MakeupWorkday(stored.1),
    };
    let day = |Day(layer, date, before, after)| -> Result<Touched> {
        let layer: Layer = decode("calendar_change", id, "days", &layer)?;
        Ok(Touched {
            layer,
            date,
            before: before.map(kind),
            after: after.map(kind),
        })
    };
    Ok(CalendarChange {
        id,
        kind: decode("calendar_change", id, "kind", &row.kind)?,
        at: instant(row.at),
        by: row.by_id,
        reason: row.reason,
        delta: Delta {
            days: days.into_iter().map(day).collect::<Result<_>>()?,
            years: serde_json::from_str(&row.years).map_err(damaged)?,
        },
        undone_at: instant_opt(row.undone_at),
    })
}
