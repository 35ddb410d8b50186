//! Which lines of the ledger a page or an export is about.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::{
    domain::{
        access::Scope,
        words::{Fate, Source},
    },
    store::{
        entities::{arrival, arrival_words, message},
        scope,
        time::micros,
    },
};

/// Which lines to show.
#[derive(Debug, Clone)]
pub struct LedgerFilter {
    /// What the viewer may see.
    pub scope: Scope,
    /// Only this fate.
    pub fate: Option<Fate>,
    /// Only this kind of source.
    pub source: Option<Source>,
    /// Only the source of this name.
    pub name: Option<String>,
    /// Only what came in by this channel.
    pub channel_id: Option<i64>,
    /// Received at or after.
    pub from: Option<Timestamp>,
    /// Received before.
    pub until: Option<Timestamp>,
    /// Words of sender or subject; never of what is sealed.
    pub words: Option<String>,
    /// Lines that hold these words, though nobody noted them.
    pub also: Vec<i64>,
    /// Older than this id.
    pub before: Option<i64>,
}

impl LedgerFilter {
    /// Everything in a scope.
    #[must_use]
    pub fn all(scope: Scope) -> Self {
        Self {
            scope,
            fate: None,
            source: None,
            name: None,
            channel_id: None,
            from: None,
            until: None,
            words: None,
            also: Vec::new(),
            before: None,
        }
    }

    /// As the database is asked.
    pub(super) fn condition(&self) -> Condition {
        use arrival::Column as C;
        let mut all = Condition::all().add(scope::of_ledger(&self.scope));
        if let Some(fate) = self.fate {
            all = all.add(C::Fate.eq(fate.code()));
        }
        if let Some(source) = self.source {
            all = all.add(C::Source.eq(source.code()));
        }
        if let Some(name) = &self.name {
            all = all.add(C::SourceName.eq(name.as_str()));
        }
        if let Some(id) = self.channel_id {
            all = all.add(C::ChannelId.eq(id));
        }
        if let Some(from) = self.from {
            all = all.add(C::ReceivedAt.gte(micros(from)));
        }
        if let Some(until) = self.until {
            all = all.add(C::ReceivedAt.lt(micros(until)));
        }
        if let Some(words) = &self.words {
            all = all.add(matching(words, &self.also));
        }
        if let Some(before) = self.before {
            all = all.add(C::Id.lt(before));
        }
        all
    }
}

/// Lines whose sender or subject holds these words: of letters where the letter is not sealed, of
/// the rest where they were noted.
fn matching(words: &str, also: &[i64]) -> Condition {
    let words = words.trim();
    let of_letters = message::Entity::find()
        .select_only()
        .column(message::Column::ArrivalId)
        .filter(message::Column::ArrivalId.is_not_null())
        .filter(message::Column::Sealed.is_null())
        .filter(
            Condition::any()
                .add(message::Column::Sender.contains(words))
                .add(message::Column::Subject.contains(words)),
        );
    let of_others = arrival_words::Entity::find()
        .select_only()
        .column(arrival_words::Column::ArrivalId)
        .filter(
            Condition::any()
                .add(arrival_words::Column::Sender.contains(words))
                .add(arrival_words::Column::Subject.contains(words)),
        );
    Condition::all().add(arrival::Column::Sealed.eq(false)).add(
        Condition::any()
            .add(arrival::Column::Id.in_subquery(of_letters.into_query()))
            .add(arrival::Column::Id.in_subquery(of_others.into_query()))
            .add(arrival::Column::Id.is_in(also.iter().copied())),
    )
}
