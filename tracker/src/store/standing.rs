//! What stands open, unit by unit, for an overview: counted exactly, where a list says "1,000+".

use std::collections::HashMap;

use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::{Result, Store, entities::letter, lists::Filter, scope::Sight};

/// What is open with one unit, or with none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The lead unit.
    pub unit_id: Option<i64>,
    /// Open letters.
    pub open: u64,
    /// Those past due.
    pub overdue: u64,
    /// Those due soon.
    pub due_soon: u64,
    /// When the first of them was received.
    pub oldest: Option<Date>,
}

/// Unit, open, overdue, due soon, the first day of receipt.
type Row = (Option<i64>, i64, i64, i64, Option<String>);

impl Store {
    /// What stands open, by lead unit. A unit with sealed letters in the viewer's sight has a row
    /// for those of its own.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standing(
        &self,
        sight: &Sight<'_>,
        today: Date,
        soon_ends: Date,
    ) -> Result<Vec<Standing>> {
        let units = self.units().await?;
        let any = || Condition::all().add(sight.condition());
        let unsealed = || {
            any()
                .add(letter::Column::Open.eq(true))
                .add(letter::Column::IsSealed.eq(false))
        };
        // Unit by unit one range of an index that holds all that is asked; by "open" alone a
        // planner would read every letter.
        let with_units = unsealed().add(letter::Column::UnitId.is_in(units.iter().map(|u| u.id)));
        let with_none = unsealed().add(letter::Column::UnitId.is_null());
        let sealed = Filter {
            open: true,
            sealed: true,
            ..Filter::default()
        };
        let mut out = Vec::new();
        for part in [with_units, with_none, any().add(sealed.condition())] {
            let rows: Vec<Row> = letter::Entity::find()
                .select_only()
                .column(letter::Column::UnitId)
                .column_as(letter::Column::Id.count(), "open")
                .column_as(due(None, Some(today)), "overdue")
                .column_as(due(Some(today), Some(soon_ends)), "due_soon")
                .column_as(letter::Column::ReceivedOn.min(), "oldest")
                .filter(part)
                .group_by(letter::Column::UnitId)
                .into_tuple()
                .all(&self.read)
                .await?;
            out.extend(rows.into_iter().map(standing));
        }
        Ok(out)
    }

    /// How many letters of each lead unit pass a filter that few letters pass.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn by_unit(
        &self,
        sight: &Sight<'_>,
        filter: &Filter,
    ) -> Result<HashMap<Option<i64>, u64>> {
        let rows: Vec<(Option<i64>, i64)> = letter::Entity::find()
            .select_only()
            .column(letter::Column::UnitId)
            .column_as(letter::Column::Id.count(), "n")
            .filter(sight.condition())
            .filter(filter.condition())
            .group_by(letter::Column::UnitId)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().map(|(u, n)| (u, natural(n))).collect())
    }
}

/// Counts those due on or after the one day and before the other.
fn due(from: Option<Date>, before: Option<Date>) -> Expr {
    let due = letter::Column::NextDueOn;
    let within = Condition::all()
        .add_option(from.map(|day| due.gte(day.to_string())))
        .add_option(before.map(|day| due.lt(day.to_string())));
    Expr::Case(Box::new(Expr::case(within, 1))).count()
}

fn standing((unit_id, open, overdue, due_soon, oldest): Row) -> Standing {
    Standing {
        unit_id,
        open: natural(open),
        overdue: natural(overdue),
        due_soon: natural(due_soon),
        oldest: oldest.and_then(|d| d.parse().ok()),
    }
}

fn natural(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
