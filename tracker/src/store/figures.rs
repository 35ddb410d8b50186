//! Figures: every step appends signed rows, inserts only; one lease-holder folds them into cells;
//! a reader adds what is not folded yet. Both happen on one snapshot, so nothing counts twice.

use jiff::civil::Date;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::{Result, Store, decode, entities::figure_delta, step::Step, time::day};
use crate::domain::figures::{Delta, Measure};

/// What a table of figures is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// One line.
    Nothing,
    /// Channel ids.
    Channel,
    /// Unit ids, 0 for none.
    Unit,
    /// Class codes, empty for none.
    Class,
    /// Topics, empty for none.
    Topic,
    /// `YYYY-MM` of receipt.
    Month,
}

impl GroupBy {
    fn sql(self, backend: DbBackend) -> &'static str {
        match (self, backend) {
            (Self::Nothing, _) => "''",
            (Self::Channel, _) => "CAST(channel_id AS TEXT)",
            (Self::Unit, _) => "CAST(unit_id AS TEXT)",
            (Self::Class, _) => "class",
            (Self::Topic, _) => "topic",
            (Self::Month, _) => "SUBSTR(received_on, 1, 7)",
        }
    }
}

/// One sum: key, sealed or not, measure, bucket, n.
#[derive(Debug, Clone)]
pub struct Sum {
    /// By [`GroupBy`].
    pub key: String,
    /// Of sealed letters.
    pub sealed: bool,
    /// What was counted.
    pub measure: Measure,
    /// Its bucket: a due day or a number of days.
    pub bucket: i32,
    /// How many.
    pub n: i64,
}

impl Step<'_> {
    /// Appends figure rows; `ids` gives as many ids as there are rows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_deltas(&self, deltas: Vec<(i64, Delta)>) -> Result<()> {
        let rows = deltas
            .into_iter()
            .map(|(id, d)| figure_delta::Model {
                id,
                received_on: d.dimensions.received_on.to_string(),
                channel_id: d.dimensions.channel_id,
                unit_id: d.dimensions.unit_id.unwrap_or_default(),
                class: d
                    .dimensions
                    .class
                    .map(|c| c.code().to_owned())
                    .unwrap_or_default(),
                topic: d.dimensions.topic.unwrap_or_default(),
                place: d.dimensions.place.unwrap_or_default(),
                sealed: d.dimensions.sealed,
                measure: d.measure.code().into(),
                bucket: d.bucket,
                n: i64::from(d.n),
            })
            .collect();
        self.insert::<figure_delta::Entity, _>(rows).await
    }
}

impl Store {
    /// Sums over letters received in `[from, to]`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sums(&self, from: Date, to: Date, by: GroupBy) -> Result<Vec<Sum>> {
        let key = by.sql(self.backend());
        let sql = format!(
            "SELECT k, sealed, measure, bucket, CAST(SUM(n) AS BIGINT) FROM ( \
             SELECT {key} AS k, sealed, measure, bucket, n FROM figure_cell \
             WHERE received_on >= $1 AND received_on <= $2 \
             UNION ALL \
             SELECT {key} AS k, sealed, measure, bucket, n FROM figure_delta \
             WHERE received_on >= $1 AND received_on <= $2 ) AS counted \
             GROUP BY k, sealed, measure, bucket HAVING SUM(n) <> 0"
        );
        let values: [Value; 2] = [from.to_string().into(), to.to_string().into()];
        let rows = self
            .read
            .query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values))
            .await?;
        rows.into_iter()
            .map(|row| {
                let measure: String = row.try_get_by_index(2)?;
                Ok(Sum {
                    key: row.try_get_by_index(0)?,
                    sealed: row.try_get_by_index(1)?,
                    measure: decode("figure_cell", "", "measure", &measure)?,
                    bucket: row.try_get_by_index(3)?,
                    n: row.try_get_by_index(4)?,
                })
            })
            .collect()
    }

    /// Every cell with its dimensions as text, for comparing with what the letters say.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn all_cells(&self) -> Result<Vec<(String, i64)>> {
        let key = "received_on || '|' || channel_id || '|' || unit_id || '|' || class || '|' || \
                   topic || '|' || place || '|' || CASE WHEN sealed THEN 1 ELSE 0 END || '|' || \
                   measure || '|' || bucket";
        let sql = format!(
            "SELECT k, CAST(SUM(n) AS BIGINT) FROM (SELECT {key} AS k, n FROM figure_cell \
             UNION ALL SELECT {key} AS k, n FROM figure_delta) AS counted \
             GROUP BY k HAVING SUM(n) <> 0"
        );
        let rows = self
            .read
            .query_all_raw(Statement::from_string(self.backend(), sql))
            .await?;
        rows.into_iter()
            .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
            .collect()
    }

    /// The first day on which a letter was received.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn first_day(&self) -> Result<Option<Date>> {
        let sql = "SELECT MIN(d) FROM (SELECT MIN(received_on) AS d FROM figure_cell \
                   UNION ALL SELECT MIN(received_on) AS d FROM figure_delta) AS counted";
        let row = self
            .read
            .query_one_raw(Statement::from_string(self.backend(), sql))
            .await?;
        let text: Option<String> = row.map(|r| r.try_get_by_index(0)).transpose()?.flatten();
        text.map(|t| day("figure_cell", 0, &t)).transpose()
    }
}

/// How many rows are folded in one transaction: well under 200 ms of lock.
const SLICE: u32 = 2_000;

impl Step<'_> {
    /// Folds the oldest rows into cells; answers how many rows went.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fold(&self) -> Result<u64> {
        let columns = "received_on, channel_id, unit_id, class, topic, place, sealed, measure, \
                       bucket";
        let up_to = self
            .tx
            .query_one_raw(Statement::from_string(
                self.backend(),
                format!(
                    "SELECT MAX(id) FROM (SELECT id FROM figure_delta ORDER BY id LIMIT {SLICE}) \
                     AS oldest"
                ),
            ))
            .await?;
        let Some(up_to): Option<i64> = up_to.map(|r| r.try_get_by_index(0)).transpose()?.flatten()
        else {
            return Ok(0);
        };
        let oldest =
            |sql: String| Statement::from_sql_and_values(self.backend(), sql, [up_to.into()]);
        // The rows deleted are the rows summed: under READ COMMITTED a row with a smaller id can
        // become visible between two statements, so PostgreSQL does both in one.
        if self.backend() == DbBackend::Postgres {
            let sql = format!(
                "WITH gone AS (DELETE FROM figure_delta WHERE id <= $1 RETURNING {columns}, n) \
                 INSERT INTO figure_cell ({columns}, n) \
                 SELECT {columns}, CAST(SUM(n) AS BIGINT) FROM gone GROUP BY {columns} \
                 ON CONFLICT ({columns}) DO UPDATE SET n = figure_cell.n + excluded.n"
            );
            return Ok(self.tx.execute_raw(oldest(sql)).await?.rows_affected());
        }
        let sql = format!(
            "INSERT INTO figure_cell ({columns}, n) \
             SELECT {columns}, SUM(n) FROM figure_delta WHERE id <= $1 GROUP BY {columns} \
             ON CONFLICT ({columns}) DO UPDATE SET n = figure_cell.n + excluded.n"
        );
        self.tx.execute_raw(oldest(sql)).await?;
        let gone = self
            .tx
            .execute_raw(oldest("DELETE FROM figure_delta WHERE id <= $1".into()));
        Ok(gone.await?.rows_affected())
    }
}
