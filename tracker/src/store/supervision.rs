//! The stages of supervision reached, and where to look for the next.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    Result, Store, decode,
    entities::{event, event_note, letter, letter_party, obligation, supervision},
    letters::Letter,
    obligations::{Obligation, with_pauses},
    parties::Parties,
    scope,
    step::Step,
    time::{day, instant, micros},
};
use crate::domain::{access::Scope, rules::Stage};

/// A stage that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervised {
    /// Row id.
    pub id: i64,
    /// Of which letter.
    pub letter_id: i64,
    /// Of which obligation.
    pub obligation_id: i64,
    /// How long it was extended then: a longer term begins anew.
    pub extensions: u32,
    /// Which.
    pub stage: Stage,
    /// When it was due then.
    pub due_on: Date,
    /// When it was recorded.
    pub at: Timestamp,
    /// The circular it joined.
    pub circular_id: Option<i64>,
}

impl Supervised {
    fn from_row(row: &supervision::Model) -> Result<Self> {
        let id = row.id;
        Ok(Self {
            id,
            letter_id: row.letter_id,
            obligation_id: row.obligation_id,
            extensions: u32::try_from(row.extensions).unwrap_or_default(),
            stage: decode("supervision", id, "stage", &row.stage)?,
            due_on: day("supervision", id, &row.due_on)?,
            at: instant(row.at),
            circular_id: row.circular_id,
        })
    }

    /// Whether this is a stage of an obligation as it stands.
    #[must_use]
    pub fn is_of(&self, o: &Obligation) -> bool {
        self.obligation_id == o.id && self.extensions == o.extension
    }
}

/// An obligation that supervision has to look at, with its letter as far as that matters.
#[derive(Debug, Clone)]
pub struct Look {
    /// What is owed.
    pub obligation: Obligation,
    /// The letter's lead unit.
    pub unit_id: Option<i64>,
    /// Its channel.
    pub channel_id: i64,
    /// Whether it is open.
    pub open: bool,
}

/// Where a page of looks ended.
pub type LookCursor = (String, i64);

impl Step<'_> {
    /// The stages recorded of a letter's obligations.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn supervised(&self, letter_id: i64) -> Result<Vec<Supervised>> {
        let rows = supervision::Entity::find()
            .filter(supervision::Column::LetterId.eq(letter_id))
            .order_by_asc(supervision::Column::Id)
            .all(&self.tx)
            .await?;
        rows.iter().map(Supervised::from_row).collect()
    }

    /// Records stages.
    ///
    /// # Errors
    /// When the database refuses, a stage that was recorded before included.
    pub async fn add_supervised(&self, all: Vec<Supervised>) -> Result<()> {
        let row = |s: Supervised| supervision::Model {
            id: s.id,
            letter_id: s.letter_id,
            obligation_id: s.obligation_id,
            extensions: i32::try_from(s.extensions).unwrap_or(i32::MAX),
            stage: s.stage.code().into(),
            due_on: s.due_on.to_string(),
            at: micros(s.at),
            circular_id: s.circular_id,
        };
        let rows = all.into_iter().map(row).collect();
        self.insert::<supervision::Entity, _>(rows).await
    }

    /// Says when to look again at obligations that have nothing new; not where one changed since.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn look_again(&self, all: &[(Obligation, Date)]) -> Result<()> {
        use obligation::Column::{DueOn, Extension, Id, LookOn};
        for (o, next) in all {
            obligation::Entity::update_many()
                .col_expr(LookOn, Expr::value(next.to_string()))
                .filter(Id.eq(o.id))
                .filter(DueOn.eq(o.due_on.to_string()))
                .filter(Extension.eq(i64::from(o.extension)))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// Has the next `n` open obligations after an id looked at anew; answers the last of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn look_at_all(&self, after: i64, n: u64) -> Result<Option<i64>> {
        let query = obligation::Entity::find()
            .select_only()
            .column(obligation::Column::Id)
            .filter(still_open())
            .filter(obligation::Column::Id.gt(after))
            .order_by_asc(obligation::Column::Id)
            .limit(n);
        let ids: Vec<i64> = query.into_tuple().all(&self.tx).await?;
        let last = ids.last().copied();
        obligation::Entity::update_many()
            .col_expr(obligation::Column::LookOn, Expr::value(""))
            .filter(obligation::Column::Id.is_in(ids))
            .exec(&self.tx)
            .await?;
        Ok(last)
    }
}

/// Neither met nor ended.
fn still_open() -> Condition {
    Condition::all()
        .add(obligation::Column::MetAt.is_null())
        .add(obligation::Column::EndedAt.is_null())
}

impl Store {
    /// Open obligations to look at today, at most `n`, from behind a row on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn to_look_at(
        &self,
        today: Date,
        after: Option<&LookCursor>,
        n: u64,
    ) -> Result<(Vec<Look>, Option<LookCursor>)> {
        use obligation::Column::{Id, LookOn};
        let mut query = obligation::Entity::find()
            .filter(still_open())
            .filter(LookOn.lte(today.to_string()))
            .order_by_asc(LookOn)
            .order_by_asc(Id)
            .limit(n);
        if let Some((look_on, id)) = after {
            let same = Condition::all().add(LookOn.eq(look_on)).add(Id.gt(*id));
            query = query.filter(Condition::any().add(LookOn.gt(look_on)).add(same));
        }
        let rows = query.all(&self.read).await?;
        let more = rows.len() as u64 == n;
        let cursor = rows
            .last()
            .map(|r| (r.look_on.clone(), r.id))
            .filter(|_| more);
        let ids = rows.iter().map(|r| r.letter_id);
        let letters: Vec<(i64, Option<i64>, i64, bool)> = letter::Entity::find()
            .select_only()
            .columns([
                letter::Column::Id,
                letter::Column::UnitId,
                letter::Column::ChannelId,
                letter::Column::Open,
            ])
            .filter(letter::Column::Id.is_in(ids.collect::<Vec<_>>()))
            .into_tuple()
            .all(&self.read)
            .await?;
        let letters: HashMap<i64, _> = letters.into_iter().map(|l| (l.0, l)).collect();
        let all = rows.into_iter().map(Obligation::from_row);
        let all = with_pauses(&self.read, all.collect::<Result<_>>()?).await?;
        let looks = all.into_iter().filter_map(|obligation| {
            let (_, unit_id, channel_id, open) = *letters.get(&obligation.letter_id)?;
            Some(Look {
                obligation,
                unit_id,
                channel_id,
                open,
            })
        });
        Ok((looks.collect(), cursor))
    }

    /// The stages recorded of obligations.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn supervised_of(&self, obligations: &[i64]) -> Result<Vec<Supervised>> {
        let rows = supervision::Entity::find()
            .filter(supervision::Column::ObligationId.is_in(obligations.iter().copied()))
            .order_by_asc(supervision::Column::Id)
            .all(&self.read)
            .await?;
        rows.iter().map(Supervised::from_row).collect()
    }

    /// The stages that joined a circular, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn supervised_in(&self, circular: i64) -> Result<Vec<Supervised>> {
        let query = supervision::Entity::find()
            .filter(supervision::Column::CircularId.eq(circular))
            .order_by_asc(supervision::Column::Id);
        let rows = query.all(&self.read).await?;
        rows.iter().map(Supervised::from_row).collect()
    }

    /// Those of some letters that are within a scope.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_within(&self, scope: &Scope, ids: &[i64]) -> Result<Vec<Letter>> {
        let mut out = Vec::with_capacity(ids.len());
        for some in ids.chunks(1_000) {
            let rows = letter::Entity::find()
                .filter(letter::Column::Id.is_in(some.iter().copied()))
                .filter(scope::condition(scope))
                .all(&self.read)
                .await?;
            for row in rows {
                out.push(Letter::from_row(&self.vault, row)?);
            }
        }
        Ok(out)
    }

    /// Whom each of some letters accuses; those that accuse nobody are missing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn parties_of_all(&self, ids: &[i64]) -> Result<HashMap<i64, Parties>> {
        let mut out: HashMap<i64, Parties> = HashMap::new();
        for some in ids.chunks(5_000) {
            let rows = letter_party::Entity::find()
                .filter(letter_party::Column::LetterId.is_in(some.iter().copied()))
                .all(&self.read)
                .await?;
            for row in rows {
                let parties = out.entry(row.letter_id).or_default();
                parties.persons.extend(row.person_id);
                parties.units.extend(row.unit_id);
            }
        }
        Ok(out)
    }

    /// The words of an event of a letter that is not sealed; none where they were erased.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn event_words(&self, letter_id: i64, seq: i64) -> Result<Option<String>> {
        let found = event::Entity::find()
            .filter(event::Column::LetterId.eq(letter_id))
            .filter(event::Column::Seq.eq(seq))
            .one(&self.read)
            .await?;
        let Some(found) = found else { return Ok(None) };
        let note = event_note::Entity::find_by_id(found.id)
            .one(&self.read)
            .await?;
        Ok(note
            .filter(|n| n.erased_at.is_none() && n.sealed.is_none())
            .map(|n| n.text))
    }

    /// Urgent letters that nobody took on, told last before an instant or never, and whether they
    /// were told.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn untaken(&self, told_before: Timestamp) -> Result<Vec<(i64, bool)>> {
        use letter::Column::{Id, UrgentAt, UrgentToldAt};
        let due = Condition::any()
            .add(UrgentToldAt.is_null())
            .add(UrgentToldAt.lte(micros(told_before)));
        let rows: Vec<(i64, Option<i64>)> = letter::Entity::find()
            .select_only()
            .columns([Id, UrgentToldAt])
            .filter(urgent_untaken())
            .filter(due)
            .order_by_asc(UrgentAt)
            .order_by_asc(Id)
            .into_tuple()
            .all(&self.read)
            .await?;
        let told = rows.into_iter().map(|(id, at)| (id, at.is_some()));
        Ok(told.collect())
    }

    /// Those of some letters that are open.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_of(&self, ids: &[i64]) -> Result<Vec<Letter>> {
        let rows = letter::Entity::find()
            .filter(letter::Column::Id.is_in(ids.iter().copied()))
            .filter(letter::Column::Open.eq(true))
            .all(&self.read)
            .await?;
        rows.into_iter()
            .map(|row| Letter::from_row(&self.vault, row))
            .collect()
    }

    /// Those of some letters that are urgent and that nobody took on, the oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn untaken_of(&self, ids: &[i64]) -> Result<Vec<Letter>> {
        let query = letter::Entity::find()
            .filter(letter::Column::Id.is_in(ids.iter().copied()))
            .filter(urgent_untaken())
            .order_by_asc(letter::Column::UrgentAt)
            .order_by_asc(letter::Column::Id);
        let rows = query.all(&self.read).await?;
        rows.into_iter()
            .map(|row| Letter::from_row(&self.vault, row))
            .collect()
    }
}

/// Urgent, open, and nobody took it on.
fn urgent_untaken() -> Condition {
    Condition::all()
        .add(letter::Column::UrgentAt.is_not_null())
        .add(letter::Column::UrgentTakenAt.is_null())
        .add(letter::Column::Open.eq(true))
}
