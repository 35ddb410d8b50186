//! Figures of the week by unit: what is open, late and due soon, and what was answered.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sea_orm::{ConnectionTrait, Statement};

use super::{Result, Store, time::day_opt};
use crate::domain::access::Scope;

/// A unit's week; letters that are not sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week {
    /// Open letters.
    pub open: i64,
    /// Of them past due.
    pub overdue: i64,
    /// Of them due soon.
    pub due_soon: i64,
    /// The earliest due day of what is late.
    pub oldest: Option<Date>,
    /// Counted obligations met in time in the week before.
    pub in_time: i64,
    /// And late.
    pub late: i64,
    /// Extensions that wait for a decision.
    pub extensions: i64,
    /// Letters whose class was determined anew.
    pub reclassified: i64,
}

impl Store {
    /// The week of every unit, by its id; 0 stands for what has no unit. `soon` is the first day
    /// that is not soon any more; `from` and `to` are the days of the week before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn weeks(
        &self,
        today: Date,
        soon: Date,
        (from, to): (Date, Date),
    ) -> Result<BTreeMap<i64, Week>> {
        let mut weeks: BTreeMap<i64, Week> = BTreeMap::new();
        let (today, soon) = (today.to_string(), soon.to_string());
        let open = "SELECT COALESCE(unit_id, 0), COUNT(*), \
             COUNT(CASE WHEN next_due_on < $1 THEN 1 END), \
             COUNT(CASE WHEN next_due_on >= $1 AND next_due_on < $2 THEN 1 END), \
             MIN(CASE WHEN next_due_on < $1 THEN next_due_on END) \
             FROM letter WHERE open AND NOT is_sealed GROUP BY unit_id";
        for row in self.ask_all(open, vec![today.into(), soon.into()]).await? {
            let week = weeks.entry(row.try_get_by_index(0)?).or_default();
            week.open += row.try_get_by_index::<i64>(1)?;
            week.overdue += row.try_get_by_index::<i64>(2)?;
            week.due_soon += row.try_get_by_index::<i64>(3)?;
            let oldest: Option<String> = row.try_get_by_index(4)?;
            let oldest = day_opt("letter", 0, oldest.as_deref())?;
            week.oldest = week.oldest.into_iter().chain(oldest).min();
        }
        let met = "SELECT COALESCE(letter.unit_id, 0), \
             COUNT(CASE WHEN obligation.in_time THEN 1 END), \
             COUNT(CASE WHEN NOT obligation.in_time THEN 1 END) \
             FROM obligation JOIN letter ON letter.id = obligation.letter_id \
             WHERE obligation.counts AND obligation.met_on >= $1 AND obligation.met_on <= $2 \
             AND NOT letter.is_sealed GROUP BY letter.unit_id";
        let days = vec![from.to_string().into(), to.to_string().into()];
        for row in self.ask_all(met, days).await? {
            let week = weeks.entry(row.try_get_by_index(0)?).or_default();
            week.in_time += row.try_get_by_index::<i64>(1)?;
            week.late += row.try_get_by_index::<i64>(2)?;
        }
        let asked = "SELECT COALESCE(letter.unit_id, 0), COUNT(*) FROM extension \
             JOIN letter ON letter.id = extension.letter_id \
             WHERE extension.state = 'requested' AND NOT letter.is_sealed GROUP BY letter.unit_id";
        for row in self.ask_all(asked, Vec::new()).await? {
            let week = weeks.entry(row.try_get_by_index(0)?).or_default();
            week.extensions += row.try_get_by_index::<i64>(1)?;
        }
        Ok(weeks)
    }

    /// Open sealed letters of some units, or of all, that do not accuse the viewer.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_sealed(&self, scope: &Scope, units: Option<&[i64]>) -> Result<u64> {
        use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

        use super::entities::letter;
        let mut query = letter::Entity::find()
            .filter(letter::Column::Open.eq(true))
            .filter(letter::Column::IsSealed.eq(true))
            .filter(super::scope::unaccused(scope));
        if let Some(units) = units {
            query = query.filter(letter::Column::UnitId.is_in(units.iter().copied()));
        }
        Ok(query.count(&self.read).await?)
    }

    async fn ask_all(
        &self,
        sql: &str,
        values: Vec<sea_orm::Value>,
    ) -> Result<Vec<sea_orm::QueryResult>> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        Ok(self.read.query_all_raw(statement).await?)
    }
}
