//! Counting anew: the jobs, what is open, and what a slice of a job saves. A slice holds the
//! database for a moment only, so it saves many rows a statement.

use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use super::{
    Result, Store, decode,
    entities::{job, letter, obligation},
    letters::Letter,
    obligations::{Obligation, with_pauses},
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::job::{JobKind, JobState};

/// A job: why, how far, what moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Row id.
    pub id: i64,
    /// Why.
    pub kind: JobKind,
    /// In words: whoever began it says.
    pub reason: String,
    /// When it began.
    pub at: Timestamp,
    /// Who began it; the operator where `None`.
    pub by: Option<i64>,
    /// How far it got.
    pub state: JobState,
    /// The last obligation that was looked at.
    pub cursor: i64,
    /// How many were.
    pub seen: i64,
    /// How many letters' dates moved.
    pub moved: i64,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Job {
    fn from_row(row: job::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: decode("job", row.id, "kind", &row.kind)?,
            reason: row.reason,
            at: instant(row.at),
            by: row.by_id,
            state: decode("job", row.id, "state", &row.state)?,
            cursor: row.cursor,
            seen: row.seen,
            moved: row.moved,
            ended_at: instant_opt(row.ended_at),
        })
    }

    fn into_row(self) -> job::Model {
        job::Model {
            id: self.id,
            kind: self.kind.code().into(),
            reason: self.reason,
            at: micros(self.at),
            by_id: self.by,
            state: self.state.code().into(),
            cursor: self.cursor,
            seen: self.seen,
            moved: self.moved,
            ended_at: self.ended_at.map(micros),
        }
    }
}

impl Store {
    /// The job to be done: the oldest that has not ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn running_job(&self) -> Result<Option<Job>> {
        let row = job::Entity::find()
            .filter(job::Column::State.eq(JobState::Running.code()))
            .order_by_asc(job::Column::Id)
            .one(&self.read)
            .await?;
        row.map(Job::from_row).transpose()
    }

    /// A job.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn job(&self, id: i64) -> Result<Option<Job>> {
        let row = job::Entity::find_by_id(id).one(&self.read).await?;
        row.map(Job::from_row).transpose()
    }

    /// What is still owed, after an obligation, in the order of their ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_obligations(&self, after: i64, n: u64) -> Result<Vec<Obligation>> {
        let rows = obligation::Entity::find()
            .filter(obligation::Column::MetAt.is_null())
            .filter(obligation::Column::EndedAt.is_null())
            .filter(obligation::Column::Id.gt(after))
            .order_by_asc(obligation::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?;
        let all = rows.into_iter().map(Obligation::from_row);
        with_pauses(&self.read, all.collect::<Result<_>>()?).await
    }
}

impl Step<'_> {
    /// Adds a job.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_job(&self, job: Job) -> Result<()> {
        self.insert::<job::Entity, _>(vec![job.into_row()]).await
    }

    /// A job as it stands; nobody else can take it until the step ends.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn job(&self, id: i64) -> Result<Option<Job>> {
        let query = job::Entity::find_by_id(id);
        let query = match self.backend() {
            DbBackend::Postgres => query.lock_exclusive(),
            _ => query,
        };
        query.one(&self.tx).await?.map(Job::from_row).transpose()
    }

    /// Saves how far it got.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_job(&self, job: Job) -> Result<()> {
        let id = job.id;
        let mut active = job.into_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(id);
        active.update(&self.tx).await?;
        Ok(())
    }

    /// Letters by row id, locked until the step ends.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_by_id(&self, ids: &[i64]) -> Result<Vec<Letter>> {
        let query = letter::Entity::find()
            .filter(letter::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(letter::Column::Id);
        let query = match self.backend() {
            DbBackend::Postgres => query.lock_exclusive(),
            _ => query,
        };
        let rows = query.all(&self.tx).await?.into_iter();
        rows.map(|r| Letter::from_row(self.vault(), r)).collect()
    }

    /// The obligations of letters, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn obligations_of_all(&self, letters: &[i64]) -> Result<Vec<Obligation>> {
        let rows = obligation::Entity::find()
            .filter(obligation::Column::LetterId.is_in(letters.iter().copied()))
            .order_by_asc(obligation::Column::Id)
            .all(&self.tx)
            .await?;
        let all = rows.into_iter().map(Obligation::from_row);
        with_pauses(&self.tx, all.collect::<Result<_>>()?).await
    }

    /// Saves what counting anew changes of obligations. An extension asked for lapses on the day
    /// on which its obligation is due now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_recounted(&self, all: &[Obligation]) -> Result<()> {
        let row = |o: &Obligation| -> Vec<Value> {
            vec![
                o.id.into(),
                o.nominal_on.to_string().into(),
                o.due_on.to_string().into(),
                o.provisional.into(),
                o.calendar_version.clone().into(),
                i64::from(o.term.length).into(),
                o.term.unit.code().into(),
                o.rolls.into(),
                o.basis_zh.clone().into(),
                o.basis_en.clone().into(),
                o.start_on.to_string().into(),
                o.start_assumed.into(),
                o.starts.code().into(),
            ]
        };
        let types = [
            "BIGINT", "TEXT", "TEXT", "BOOLEAN", "TEXT", "INTEGER", "TEXT", "BOOLEAN", "TEXT",
            "TEXT", "TEXT", "BOOLEAN", "TEXT",
        ];
        let set = "nominal_on = v.column2, due_on = v.column3, provisional = v.column4, \
                   calendar_version = v.column5, term_length = v.column6, \
                   term_unit = v.column7, rolls = v.column8, basis_zh = v.column9, \
                   basis_en = v.column10, start_on = v.column11, \
                   start_assumed = v.column12, starts = v.column13, look_on = ''";
        let rows: Vec<_> = all.iter().map(row).collect();
        self.update_many("obligation", "id", set, "", &types, &rows)
            .await?;
        let dues = rows.iter().map(|r| vec![r[0].clone(), r[2].clone()]);
        let dues: Vec<_> = dues.collect();
        self.update_many(
            "extension",
            "obligation_id",
            "due_on = v.column2",
            "AND extension.state = 'requested'",
            &["BIGINT", "TEXT"],
            &dues,
        )
        .await
    }

    /// Saves what counting anew changes of letters that this step has locked.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_moved(&self, all: &[Letter]) -> Result<()> {
        let row = |l: &Letter| -> Vec<Value> {
            vec![
                l.id.into(),
                l.next_due_on.map(|d| d.to_string()).into(),
                l.version.into(),
                l.event_seq.into(),
                l.event_hash.to_vec().into(),
            ]
        };
        self.update_many(
            "letter",
            "id",
            "next_due_on = v.column2, version = v.column3, event_seq = v.column4, \
             event_hash = v.column5",
            "",
            &["BIGINT", "TEXT", "BIGINT", "BIGINT", "BYTEA"],
            &all.iter().map(row).collect::<Vec<_>>(),
        )
        .await
    }

    /// Updates many rows by a key, the first column of each of `rows`.
    async fn update_many(
        &self,
        table: &str,
        key: &str,
        set: &str,
        only: &str,
        types: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<()> {
        // SQLite takes 32,766 parameters a statement.
        for some in rows.chunks(30_000 / types.len()) {
            let mut place = 0;
            let mut cell = |kind: &str| {
                place += 1;
                // PostgreSQL takes an untyped parameter for text.
                match self.backend() {
                    DbBackend::Postgres => format!("CAST(${place} AS {kind})"),
                    _ => format!("${place}"),
                }
            };
            let mut line = |_| {
                let cells: Vec<_> = types.iter().map(|t| cell(t)).collect();
                format!("({})", cells.join(", "))
            };
            let values: Vec<_> = some.iter().map(&mut line).collect();
            let sql = format!(
                "UPDATE {table} SET {set} FROM (VALUES {}) AS v WHERE {table}.{key} = v.column1 \
                 {only}",
                values.join(", ")
            );
            let parameters = some.iter().flatten().cloned();
            let statement = Statement::from_sql_and_values(self.backend(), sql, parameters);
            self.tx.execute_raw(statement).await?;
        }
        Ok(())
    }
}
