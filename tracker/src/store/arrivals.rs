//! The intake ledger: a line for everything seen on every channel, raw bytes first, fate later.

use std::collections::HashSet;

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Result, Store, decode, decode_opt,
    entities::arrival,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::words::{Fate, Source};

/// A line of the ledger.
#[derive(Debug, Clone)]
pub struct ArrivalRecord {
    /// Row id.
    pub id: i64,
    /// How it arrived.
    pub source: Source,
    /// Mailbox, Maildir or bot; empty for forms.
    pub source_name: String,
    /// Permanent and unique.
    pub source_key: String,
    /// The channel it came in by.
    pub channel_id: i64,
    /// Belongs, or may belong, to a sealed letter.
    pub sealed: bool,
    /// When it reached us.
    pub received_at: Timestamp,
    /// When Huiyin first saw it.
    pub seen_at: Timestamp,
    /// When its bytes were committed.
    pub stored_at: Timestamp,
    /// Bytes.
    pub size: i64,
    /// Its bytes, where we have them.
    pub blob_id: Option<String>,
    /// Keyed digest of its bytes.
    pub digest: Option<String>,
    /// What became of it; `None` until it is read.
    pub fate: Option<Fate>,
    /// Why.
    pub reason: Option<String>,
    /// The letter it became, joined, or is thought to belong to.
    pub letter_id: Option<i64>,
    /// How often a process of its own died or overran while reading it.
    pub attempts: i32,
    /// When a person decided.
    pub settled_at: Option<Timestamp>,
    /// Who.
    pub settled_by: Option<i64>,
}

/// How a line stood when a decision about it was taken: guards against deciding twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Being read.
    Unread,
    /// With this fate.
    Settled(Fate),
}

/// What reading decided for a line.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The line.
    pub id: i64,
    /// Its fate.
    pub fate: Fate,
    /// Why, in words that hold nothing of the message.
    pub reason: Option<String>,
    /// The letter concerned.
    pub letter_id: Option<i64>,
    /// Whether the line must be hidden from those not cleared.
    pub sealed: bool,
}

pub(crate) fn to_record(row: arrival::Model) -> Result<ArrivalRecord> {
    let id = row.id;
    Ok(ArrivalRecord {
        id,
        source: decode("arrival", id, "source", &row.source)?,
        source_name: row.source_name,
        source_key: row.source_key,
        channel_id: row.channel_id,
        sealed: row.sealed,
        received_at: instant(row.received_at),
        seen_at: instant(row.seen_at),
        stored_at: instant(row.stored_at),
        size: row.size,
        blob_id: row.blob_id,
        digest: row.digest,
        fate: decode_opt("arrival", id, "fate", row.fate.as_deref())?,
        reason: row.reason,
        letter_id: row.letter_id,
        attempts: row.attempts,
        settled_at: instant_opt(row.settled_at),
        settled_by: row.settled_by,
    })
}

impl Step<'_> {
    /// Adds lines; those without a fate stand as being read.
    ///
    /// # Errors
    /// When the database refuses, a key that is there already included.
    pub async fn add_arrivals(&self, all: Vec<ArrivalRecord>) -> Result<()> {
        let rows = all.into_iter().map(|a| arrival::Model {
            id: a.id,
            source: a.source.code().into(),
            source_name: a.source_name,
            source_key: a.source_key,
            channel_id: a.channel_id,
            sealed: a.sealed,
            received_at: micros(a.received_at),
            seen_at: micros(a.seen_at),
            stored_at: micros(a.stored_at),
            size: a.size,
            blob_id: a.blob_id,
            digest: a.digest,
            mail_key: None,
            state: if a.fate.is_some() { "read" } else { "reading" }.into(),
            fate: a.fate.map(|f| f.code().into()),
            reason: a.reason,
            letter_id: a.letter_id,
            attempts: a.attempts,
            acknowledged_at: None,
            settled_at: a.settled_at.map(micros),
            settled_by: a.settled_by,
            forged: false,
        });
        self.insert::<arrival::Entity, _>(rows.collect()).await
    }

    /// Gives lines that are being read their fates, in one statement; `false` where one of them was
    /// decided meanwhile, and then the step must be taken back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn give_fates(&self, verdicts: &[Verdict]) -> Result<bool> {
        let mut given = 0;
        // Five parameters a line: far below what either engine takes.
        for some in verdicts.chunks(1_000) {
            let rows: Vec<String> = (0..some.len())
                .map(|n| n * 5)
                .map(|n| {
                    let [id, fate, reason, letter, sealed] = [n + 1, n + 2, n + 3, n + 4, n + 5];
                    format!("(${id}, ${fate}, ${reason}, ${letter}, ${sealed})")
                })
                .collect();
            let values = some.iter().flat_map(|v| -> [sea_orm::Value; 5] {
                [
                    v.id.into(),
                    v.fate.code().into(),
                    v.reason.clone().into(),
                    v.letter_id.into(),
                    v.sealed.into(),
                ]
            });
            let sql = format!(
                "UPDATE arrival SET state = 'read', fate = v.column2, reason = v.column3, \
                 letter_id = v.column4, sealed = v.column5 FROM (VALUES {}) AS v \
                 WHERE arrival.id = v.column1 AND arrival.state = 'reading'",
                rows.join(", ")
            );
            let statement = Statement::from_sql_and_values(self.backend(), sql, values);
            given += self.tx.execute_raw(statement).await?.rows_affected();
        }
        Ok(given == verdicts.len() as u64)
    }

    /// Which of these lines still wait for their fate. They are this step's until it ends: whoever
    /// reads the same lines at the same time waits here, and then finds them read.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn still_reading(&self, ids: &[i64]) -> Result<HashSet<i64>> {
        let mut query = arrival::Entity::find()
            .select_only()
            .column(arrival::Column::Id)
            .filter(arrival::Column::Id.is_in(ids.iter().copied()))
            .filter(arrival::Column::State.eq("reading"))
            .order_by_asc(arrival::Column::Id);
        // Under SQLite the step holds the only write lock already.
        if self.backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let ids: Vec<i64> = query.into_tuple().all(&self.tx).await?;
        Ok(ids.into_iter().collect())
    }

    /// Notes that the process reading a line, and it alone, died or overran.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_attempt(&self, id: i64) -> Result<()> {
        arrival::Entity::update_many()
            .col_expr(
                arrival::Column::Attempts,
                Expr::col(arrival::Column::Attempts).add(1),
            )
            .filter(arrival::Column::Id.eq(id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Gives a line its fate, where it still stands as the decision found it; else `false`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn give_fate(
        &self,
        verdict: &Verdict,
        from: Standing,
        by: Option<i64>,
    ) -> Result<bool> {
        let guard = match from {
            Standing::Unread => arrival::Column::State.eq("reading"),
            Standing::Settled(fate) => arrival::Column::Fate.eq(fate.code()),
        };
        let decided = by.map(|_| micros(self.now));
        let done = arrival::Entity::update_many()
            .col_expr(arrival::Column::State, Expr::value("read"))
            .col_expr(arrival::Column::Fate, Expr::value(verdict.fate.code()))
            .col_expr(arrival::Column::Reason, Expr::value(verdict.reason.clone()))
            .col_expr(arrival::Column::LetterId, Expr::value(verdict.letter_id))
            .col_expr(arrival::Column::Sealed, Expr::value(verdict.sealed))
            .col_expr(arrival::Column::SettledAt, Expr::value(decided))
            .col_expr(arrival::Column::SettledBy, Expr::value(by))
            .filter(arrival::Column::Id.eq(verdict.id))
            .filter(guard)
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Puts a line that was set aside back to being read, as a person decided; `false` where it no longer stands so.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reopen_arrival(&self, id: i64, from: Fate, by: i64) -> Result<bool> {
        let done = arrival::Entity::update_many()
            .col_expr(arrival::Column::State, Expr::value("reading"))
            .col_expr(arrival::Column::SettledAt, Expr::value(micros(self.now)))
            .col_expr(arrival::Column::SettledBy, Expr::value(by))
            .col_expr(arrival::Column::Fate, Expr::value(Option::<String>::None))
            .filter(arrival::Column::Id.eq(id))
            .filter(arrival::Column::Fate.eq(from.code()))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// A line by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn arrival(&self, id: i64) -> Result<Option<ArrivalRecord>> {
        arrival::Entity::find_by_id(id)
            .one(&self.tx)
            .await?
            .map(to_record)
            .transpose()
    }

    /// Which of these digests are in the ledger already, with when they were received and by
    /// which source.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn by_digest(&self, digests: &[String]) -> Result<Vec<ArrivalRecord>> {
        arrival::Entity::find()
            .filter(arrival::Column::Digest.is_in(digests.iter().map(String::as_str)))
            .all(&self.tx)
            .await?
            .into_iter()
            .map(to_record)
            .collect()
    }

    /// Notes that messages were moved where they belong.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn acknowledge(&self, keys: &[String]) -> Result<()> {
        arrival::Entity::update_many()
            .col_expr(
                arrival::Column::AcknowledgedAt,
                Expr::value(micros(self.now)),
            )
            .filter(arrival::Column::SourceKey.is_in(keys.iter().map(String::as_str)))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Which of these keys are in the ledger, with their fates so far.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn arrivals_by_key(&self, keys: &[String]) -> Result<Vec<ArrivalRecord>> {
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(10_000) {
            let rows = arrival::Entity::find()
                .filter(arrival::Column::SourceKey.is_in(some.iter().map(String::as_str)))
                .all(&self.read)
                .await?;
            for row in rows {
                found.push(to_record(row)?);
            }
        }
        Ok(found)
    }

    /// Lines that were stored up to an instant and are not read: what an unclean stop left behind.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unread_arrivals(&self, until: Timestamp, n: u64) -> Result<Vec<ArrivalRecord>> {
        arrival::Entity::find()
            .filter(arrival::Column::State.eq("reading"))
            .filter(arrival::Column::StoredAt.lte(micros(until)))
            .order_by_asc(arrival::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?
            .into_iter()
            .map(to_record)
            .collect()
    }
}
