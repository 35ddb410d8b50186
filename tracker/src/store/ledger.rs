//! The intake ledger as people read it and decide on it: pages, counts, search, decisions.

mod filter;

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

pub use self::filter::LedgerFilter;
use super::{
    Result, Store,
    arrivals::{ArrivalRecord, to_record},
    entities::{arrival, arrival_decision, arrival_words, message},
    lists::COUNT_LIMIT,
    scope,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::{
    access::Scope,
    words::{Fate, Source},
};

/// A line with what only its readers need.
#[derive(Debug, Clone)]
pub struct LedgerLine {
    /// The line.
    pub record: ArrivalRecord,
    /// Our own server's verdict on its sender failed.
    pub forged: bool,
    /// When the message was moved where it belongs, or left where it should stay.
    pub moved_at: Option<Timestamp>,
}

fn to_line(row: arrival::Model) -> Result<LedgerLine> {
    let (forged, moved_at) = (row.forged, instant_opt(row.acknowledged_at));
    Ok(LedgerLine {
        record: to_record(row)?,
        forged,
        moved_at,
    })
}

/// How many lines of a source have a fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceCount {
    /// A code of [`Source`].
    pub source: String,
    /// Mailbox or Maildir; empty for others.
    pub name: String,
    /// A code of [`Fate`]; `None` while it is being read.
    pub fate: Option<String>,
    /// So many.
    pub n: i64,
}

/// A person's decision on a line.
#[derive(Debug, Clone)]
pub struct DecisionRecord {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: i64,
    /// The fate before.
    pub was: String,
    /// The fate since.
    pub became: String,
    /// The letter concerned.
    pub letter_id: Option<i64>,
    /// The blob that holds their own words.
    pub note_blob: Option<String>,
}

impl Store {
    /// A page of the ledger, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger(&self, filter: &LedgerFilter, n: u64) -> Result<Vec<LedgerLine>> {
        arrival::Entity::find()
            .filter(filter.condition())
            .order_by_desc(arrival::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?
            .into_iter()
            .map(to_line)
            .collect()
    }

    /// How many lines a filter holds, up to [`COUNT_LIMIT`] and one more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger_count(&self, filter: &LedgerFilter) -> Result<u64> {
        let ids: Vec<i64> = arrival::Entity::find()
            .select_only()
            .column(arrival::Column::Id)
            .filter(filter.condition())
            .limit(COUNT_LIMIT + 1)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.len() as u64)
    }

    /// One line, where the scope lets it be seen.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger_line(&self, id: i64, scope: &Scope) -> Result<Option<LedgerLine>> {
        arrival::Entity::find_by_id(id)
            .filter(scope::of_ledger(scope))
            .one(&self.read)
            .await?
            .map(to_line)
            .transpose()
    }

    /// Lines by source and fate, sealed ones too: counts say nothing about a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger_counts(&self) -> Result<Vec<SourceCount>> {
        let rows: Vec<(String, String, Option<String>, i64)> = arrival::Entity::find()
            .select_only()
            .column(arrival::Column::Source)
            .column(arrival::Column::SourceName)
            .column(arrival::Column::Fate)
            .column_as(arrival::Column::Id.count(), "n")
            .group_by(arrival::Column::Source)
            .group_by(arrival::Column::SourceName)
            .group_by(arrival::Column::Fate)
            .into_tuple()
            .all(&self.read)
            .await?;
        let count = |(source, name, fate, n)| SourceCount {
            source,
            name,
            fate,
            n,
        };
        Ok(rows.into_iter().map(count).collect())
    }

    /// When the newest line of a source was received.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_received(&self, source: Source, name: &str) -> Result<Option<Timestamp>> {
        let newest: Option<i64> = arrival::Entity::find()
            .select_only()
            .column(arrival::Column::ReceivedAt)
            .filter(arrival::Column::Source.eq(source.code()))
            .filter(arrival::Column::SourceName.eq(name))
            .order_by_desc(arrival::Column::Id)
            .limit(1)
            .into_tuple()
            .one(&self.read)
            .await?;
        Ok(newest.map(instant))
    }

    /// Lines of a source with one of these digests, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn lines_of(
        &self,
        source: Source,
        name: &str,
        digests: &[String],
    ) -> Result<Vec<ArrivalRecord>> {
        arrival::Entity::find()
            .filter(arrival::Column::Digest.is_in(digests.iter().map(String::as_str)))
            .filter(arrival::Column::Source.eq(source.code()))
            .filter(arrival::Column::SourceName.eq(name))
            .order_by_asc(arrival::Column::Id)
            .all(&self.read)
            .await?
            .into_iter()
            .map(to_record)
            .collect()
    }

    /// Lines of a source whose bytes we never had, those from before its start left out.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unfetched_lines(&self, source: Source, name: &str) -> Result<Vec<ArrivalRecord>> {
        arrival::Entity::find()
            .filter(arrival::Column::BlobId.is_null())
            .filter(arrival::Column::Source.eq(source.code()))
            .filter(arrival::Column::SourceName.eq(name))
            .filter(arrival::Column::Fate.ne(Fate::BeforeStart.code()))
            .all(&self.read)
            .await?
            .into_iter()
            .map(to_record)
            .collect()
    }

    /// What people decided on a line, in order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn decisions(&self, id: i64) -> Result<Vec<DecisionRecord>> {
        let rows = arrival_decision::Entity::find()
            .filter(arrival_decision::Column::ArrivalId.eq(id))
            .order_by_asc(arrival_decision::Column::At)
            .all(&self.read)
            .await?;
        let record = |r: arrival_decision::Model| DecisionRecord {
            at: instant(r.at),
            by: r.by_id,
            was: r.was,
            became: r.became,
            letter_id: r.letter_id,
            note_blob: r.note_blob,
        };
        Ok(rows.into_iter().map(record).collect())
    }

    /// Sender and subject of these lines, where they stand in plain.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn line_words(&self, ids: &[i64]) -> Result<Vec<(i64, String, String)>> {
        use message::Column as M;
        let of_letters: Vec<(Option<i64>, String, String)> = message::Entity::find()
            .select_only()
            .columns([M::ArrivalId, M::Sender, M::Subject])
            .filter(M::LetterId.in_subquery(letters_of(ids)))
            .filter(M::ArrivalId.is_in(ids.iter().copied()))
            .filter(M::Sealed.is_null())
            .into_tuple()
            .all(&self.read)
            .await?;
        let of_others = arrival_words::Entity::find()
            .filter(arrival_words::Column::ArrivalId.is_in(ids.iter().copied()))
            .all(&self.read)
            .await?;
        let of_others = of_others
            .into_iter()
            .map(|w| (w.arrival_id, w.sender, w.subject));
        let of_letters = of_letters
            .into_iter()
            .filter_map(|(id, sender, subject)| Some((id?, sender, subject)));
        Ok(of_letters.chain(of_others).collect())
    }

    /// Which of these lines came from a sender whom our own server's verdict fails.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forged(&self, ids: &[i64]) -> Result<Vec<i64>> {
        Ok(arrival::Entity::find()
            .select_only()
            .column(arrival::Column::Id)
            .filter(arrival::Column::Id.is_in(ids.iter().copied()))
            .filter(arrival::Column::Forged.eq(true))
            .into_tuple()
            .all(&self.read)
            .await?)
    }

    /// Lines after an id that were read and became no letter: their words may be noted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn lines_after(&self, id: i64, n: u64) -> Result<Vec<ArrivalRecord>> {
        arrival::Entity::find()
            .filter(arrival::Column::Id.gt(id))
            .order_by_asc(arrival::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?
            .into_iter()
            .map(to_record)
            .collect()
    }
}

/// The letters that lines became or joined, so that their messages are found by an index.
fn letters_of(ids: &[i64]) -> sea_orm::sea_query::SelectStatement {
    arrival::Entity::find()
        .select_only()
        .column(arrival::Column::LetterId)
        .filter(arrival::Column::Id.is_in(ids.iter().copied()))
        .filter(arrival::Column::LetterId.is_not_null())
        .into_query()
}

impl Step<'_> {
    /// Records a person's decision on a line. What was noted of its words is forgotten: it may
    /// have joined a sealed letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_decision(&self, id: i64, decision: DecisionRecord) -> Result<()> {
        let row = arrival_decision::Model {
            arrival_id: id,
            at: micros(decision.at),
            by_id: decision.by,
            was: decision.was,
            became: decision.became,
            letter_id: decision.letter_id,
            note_blob: decision.note_blob,
        };
        self.insert::<arrival_decision::Entity, _>(vec![row])
            .await?;
        arrival_words::Entity::delete_by_id(id)
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Marks lines whose sender our own server's verdict fails; whatever becomes of them, the mark
    /// stays.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_forged(&self, ids: &[i64]) -> Result<()> {
        arrival::Entity::update_many()
            .col_expr(arrival::Column::Forged, Expr::value(true))
            .filter(arrival::Column::Id.is_in(ids.iter().copied()))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Notes sender and subject of lines that are not sealed, as they stand now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_words(&self, all: Vec<(i64, String, String)>) -> Result<()> {
        for (arrival_id, sender, subject) in all {
            let row = self.arrival(arrival_id).await?;
            if row.is_none_or(|r| r.sealed) {
                continue;
            }
            let row = arrival_words::Model {
                arrival_id,
                sender,
                subject,
            };
            arrival_words::Entity::insert(row.into_active_model())
                .on_conflict(
                    OnConflict::column(arrival_words::Column::ArrivalId)
                        .do_nothing_on([arrival_words::Column::ArrivalId])
                        .to_owned(),
                )
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }
}
