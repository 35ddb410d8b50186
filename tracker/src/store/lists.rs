//! Lists of letters: an index read by keyset, so that a page costs the same at a thousand letters
//! and at a million; counts stop at a thousand.

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Asterisk, Expr, Func, Query},
};

use super::{
    Result, Store, by_hand,
    entities::{extension, letter},
    letters::Letter,
    scope::Sight,
    time::micros,
};
use crate::domain::{status::Status, words::ExtensionState};

/// Counts beyond this are shown as "1,000+".
pub const COUNT_LIMIT: u64 = 1_000;

/// Which letters a list holds, beside the viewer's scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only open ones, by urgency: urgent ones that nobody took on, then by due date; else the latest
    /// first.
    pub open: bool,
    /// Due before this day.
    pub due_before: Option<Date>,
    /// Due on this day or later.
    pub due_from: Option<Date>,
    /// With this handler.
    pub handler_id: Option<i64>,
    /// In one of these units.
    pub units: Option<Vec<i64>>,
    /// Urgent, and nobody took it on.
    pub urgent: bool,
    /// Not assigned to any unit.
    pub unassigned: bool,
    /// Of this channel.
    pub channel_id: Option<i64>,
    /// In this status.
    pub status: Option<Status>,
    /// Whose answer could not be delivered, or nobody knows.
    pub troubled: bool,
    /// With something that waits for being posted, telephoned or handed over.
    pub to_post: bool,
    /// With a longer term asked for and not decided.
    pub extension_asked: bool,
    /// Only sealed ones.
    pub sealed: bool,
    /// Number or words of the subject; never of sealed letters.
    pub words: Option<String>,
    /// Received at or after.
    pub received_from: Option<Timestamp>,
}

/// Where a page ends and the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last row was an urgent one that nobody took on, in a list by urgency.
    pub urgent: bool,
    /// The last row's due date, in a list by urgency.
    pub due_on: Option<String>,
    /// The last row's id.
    pub id: i64,
}

/// Letters without a due date come last in a list by urgency.
const NEVER: &str = "9999-12-31";

impl Filter {
    pub(super) fn condition(&self) -> Condition {
        let mut all = Condition::all();
        // The few that are urgent, sealed or wait for a decision are found by that: by "open", a planner
        // would read all that are.
        let few = self.urgent || self.extension_asked || self.sealed;
        if self.open && few {
            let open = Status::ALL.iter().filter(|s| s.is_open());
            all = all.add(letter::Column::Status.is_in(open.map(Status::code)));
        } else if self.open {
            all = all.add(letter::Column::Open.eq(true));
        }
        if let Some(day) = self.due_before {
            all = all.add(letter::Column::NextDueOn.lt(day.to_string()));
        }
        if let Some(day) = self.due_from {
            all = all.add(letter::Column::NextDueOn.gte(day.to_string()));
        }
        if let Some(units) = &self.units {
            all = all.add(letter::Column::UnitId.is_in(units.iter().copied()));
        }
        if let Some(id) = self.handler_id {
            all = all.add(letter::Column::HandlerId.eq(id));
        }
        if self.urgent {
            // Asked for by themselves, whatever else is asked: a planner would read a whole unit.
            let waiting = letter::Entity::find()
                .select_only()
                .column(letter::Column::Id)
                .filter(letter::Column::UrgentAt.is_not_null())
                .filter(letter::Column::UrgentTakenAt.is_null());
            all = all.add(letter::Column::Id.in_subquery(waiting.into_query()));
        }
        if self.unassigned {
            all = all.add(letter::Column::UnitId.is_null());
        }
        if let Some(id) = self.channel_id {
            all = all.add(letter::Column::ChannelId.eq(id));
        }
        if let Some(status) = self.status {
            all = all.add(letter::Column::Status.eq(status.code()));
        }
        if self.troubled {
            all = all.add(letter::Column::Undelivered.eq(true));
        }
        if self.to_post {
            all = all.add(letter::Column::Id.in_subquery(by_hand::letters()));
        }
        if self.extension_asked {
            let waiting = extension::Entity::find()
                .select_only()
                .column(extension::Column::LetterId)
                .filter(extension::Column::State.eq(ExtensionState::Requested.code()));
            all = all.add(letter::Column::Id.in_subquery(waiting.into_query()));
        }
        if self.sealed {
            // In the very words of the index that holds sealed letters alone, and by itself like
            // the urgent ones.
            let mut sealed = letter::Entity::find()
                .select_only()
                .column(letter::Column::Id)
                .filter(Expr::cust("is_sealed"));
            if self.open {
                sealed = sealed.filter(letter::Column::Open.eq(true));
            }
            all = all.add(letter::Column::Id.in_subquery(sealed.into_query()));
        }
        if let Some(from) = self.received_from {
            all = all.add(letter::Column::ReceivedAt.gte(micros(from)));
        }
        match &self.words {
            Some(words) => all.add(matching(words)),
            None => all,
        }
    }
}

/// A plain search by number or subject until the search issue brings an index.
fn matching(words: &str) -> Condition {
    let number = words.trim().to_uppercase();
    let mut any = Condition::any().add(letter::Column::Number.eq(number));
    let subject = letter::Column::Subject.contains(words.trim());
    any = any.add(
        Condition::all()
            .add(letter::Column::IsSealed.eq(false))
            .add(subject),
    );
    any
}

/// By urgency, or the latest first; from behind a row on.
fn in_order(
    query: Select<letter::Entity>,
    filter: &Filter,
    after: Option<&Cursor>,
) -> Select<letter::Entity> {
    if !filter.open {
        let query = query.order_by_desc(letter::Column::Id);
        return match after {
            Some(c) => query.filter(letter::Column::Id.lt(c.id)),
            None => query,
        };
    }
    let query = query
        .order_by_asc(letter::Column::NextDueOn)
        .order_by_asc(letter::Column::Id);
    let Some(c) = after else {
        return query;
    };
    let due = c.due_on.clone().unwrap_or_else(|| NEVER.into());
    let same_day = Condition::all()
        .add(letter::Column::NextDueOn.eq(due.as_str()))
        .add(letter::Column::Id.gt(c.id));
    query.filter(
        Condition::any()
            .add(letter::Column::NextDueOn.gt(due.as_str()))
            .add(same_day),
    )
}

/// A list by urgency falls into those that are urgent and that nobody took on, and the others; any
/// other list is one.
fn halves(filter: &Filter) -> (Option<Filter>, Filter) {
    let first = Filter {
        urgent: true,
        ..filter.clone()
    };
    let first = (filter.open && !filter.urgent).then_some(first);
    (first, filter.clone())
}

/// Not urgent, or somebody took it on.
fn taken_or_calm() -> Condition {
    Condition::any()
        .add(letter::Column::UrgentAt.is_null())
        .add(letter::Column::UrgentTakenAt.is_not_null())
}

/// How many letters there are under a condition, counted no further than needed.
fn capped(condition: Condition) -> Expr {
    let some = letter::Entity::find()
        .select_only()
        .expr(Expr::value(1))
        .filter(condition)
        .limit(COUNT_LIMIT + 1)
        .into_query();
    let mut counted = Query::select();
    counted
        .expr(Func::count(Expr::col(Asterisk)))
        .from_subquery(some, "capped");
    Expr::SubQuery(None, Box::new(counted.into()))
}

impl Store {
    /// A page of at most `n` letters, and where the next begins.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list(
        &self,
        sight: &Sight<'_>,
        filter: &Filter,
        after: Option<&Cursor>,
        n: u64,
    ) -> Result<(Vec<Letter>, Option<Cursor>)> {
        let mut rows = Vec::new();
        let (first, rest) = halves(filter);
        // The few that are urgent stand first and are found by themselves; the others are read from
        // the end of the same index as ever.
        if let Some(first) = &first
            && after.is_none_or(|c| c.urgent)
        {
            rows = self.half(sight, first, None, after, n + 1).await?;
        }
        let left = (n + 1).saturating_sub(rows.len() as u64);
        if left > 0 {
            let after = after.filter(|c| !c.urgent || first.is_none());
            let but = first.is_some().then(taken_or_calm);
            rows.extend(self.half(sight, &rest, but, after, left).await?);
        }
        let more = rows.len() as u64 > n;
        rows.truncate(usize::try_from(n).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|r| Cursor {
            urgent: filter.open && r.urgent_at.is_some() && r.urgent_taken_at.is_none(),
            due_on: r.next_due_on.clone(),
            id: r.id,
        });
        let letters = rows
            .into_iter()
            .map(|r| Letter::from_row(&self.vault, r))
            .collect::<Result<Vec<_>>>()?;
        Ok((letters, next))
    }

    /// A part of a list in its order, at most `n`.
    async fn half(
        &self,
        sight: &Sight<'_>,
        filter: &Filter,
        but: Option<Condition>,
        after: Option<&Cursor>,
        n: u64,
    ) -> Result<Vec<letter::Model>> {
        let mut rows = Vec::new();
        for part in sight.parts() {
            let part = part.add(filter.condition()).add_option(but.clone());
            let query = letter::Entity::find().filter(part).limit(n);
            rows.extend(in_order(query, filter, after).all(&self.read).await?);
        }
        if filter.open {
            let due = |r: &letter::Model| r.next_due_on.clone().unwrap_or_else(|| NEVER.into());
            rows.sort_by_key(|r| (due(r), r.id));
        } else {
            rows.sort_by_key(|r| std::cmp::Reverse(r.id));
        }
        rows.truncate(usize::try_from(n).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// How many letters a filter holds, up to [`COUNT_LIMIT`] and one more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count(&self, sight: &Sight<'_>, filter: &Filter) -> Result<u64> {
        let counts = self.counts(sight, std::slice::from_ref(filter)).await?;
        Ok(counts.into_iter().sum())
    }

    /// The same for several filters in one question.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn counts(&self, sight: &Sight<'_>, filters: &[Filter]) -> Result<Vec<u64>> {
        let parts = sight.parts();
        if parts.is_empty() {
            return Ok(vec![0; filters.len()]);
        }
        let mut all = Query::select();
        for filter in filters {
            for part in &parts {
                all.expr(capped(part.clone().add(filter.condition())));
            }
        }
        let row = self.read.query_one(&all).await?;
        let count = |i: usize| -> Result<u64> {
            let n: Option<i64> = row.as_ref().map(|r| r.try_get_by_index(i)).transpose()?;
            Ok(u64::try_from(n.unwrap_or_default()).unwrap_or_default())
        };
        let of_filter = |f: usize| {
            let of_parts = (0..parts.len()).map(|p| count(f * parts.len() + p));
            let n: u64 = of_parts.sum::<Result<u64>>()?;
            Ok(n.min(COUNT_LIMIT + 1))
        };
        (0..filters.len()).map(of_filter).collect()
    }

    /// How many letters a filter holds, exactly: for filters that few letters pass.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn exactly(&self, sight: &Sight<'_>, filter: &Filter) -> Result<u64> {
        let n: Option<i64> = letter::Entity::find()
            .select_only()
            .column_as(letter::Column::Id.count(), "n")
            .filter(sight.condition())
            .filter(filter.condition())
            .into_tuple()
            .one(&self.read)
            .await?;
        Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or_default())
    }

    /// Every letter from an id on, for recomputing: sealed ones too, by the machine alone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_after(&self, id: i64, n: u64) -> Result<Vec<Letter>> {
        letter::Entity::find()
            .filter(letter::Column::Id.gt(id))
            .order_by_asc(letter::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?
            .into_iter()
            .map(|r| Letter::from_row(&self.vault, r))
            .collect()
    }
}
