//! The one place that turns a [`Scope`] into a condition. Every read of letters and of the intake
//! ledger carries it.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

use super::{
    Result, Store,
    entities::{arrival, letter, letter_party, letter_reader},
};
use crate::domain::access::{Reach, Scope};

/// So many letters are named one by one in a question.
const FEW: u64 = 200;

/// A scope with the letters that somebody is named on and those that accuse them looked up before
/// the first of many questions. Nearly nobody has any; asked for within each, a planner makes tables
/// of them again and again.
#[derive(Debug, Clone)]
pub struct Sight<'a> {
    scope: &'a Scope,
    named: Letters,
    accused: Letters,
}

/// Letters by id.
#[derive(Debug, Clone)]
enum Letters {
    /// These.
    Few(Vec<i64>),
    /// Those that a question finds itself.
    Asked(Box<SelectStatement>),
}

impl Letters {
    fn asked(query: Option<SelectStatement>) -> Self {
        query.map_or(Self::Few(Vec::new()), |q| Self::Asked(Box::new(q)))
    }

    /// Among these; nothing where there is none.
    fn among(&self) -> Option<Condition> {
        let id = letter::Column::Id;
        match self {
            Self::Few(ids) if ids.is_empty() => None,
            Self::Few(ids) => Some(id.is_in(ids.iter().copied())),
            Self::Asked(query) => Some(id.in_subquery((**query).clone())),
        }
        .map(|e| Condition::all().add(e))
    }
}

impl<'a> Sight<'a> {
    fn asked(scope: &'a Scope) -> Self {
        Self {
            scope,
            named: Letters::asked(scope.person.map(named)),
            accused: Letters::asked(accused(scope)),
        }
    }

    /// The scope.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        self.scope
    }

    /// The same viewer under another scope of theirs.
    #[must_use]
    pub fn under<'b>(&self, scope: &'b Scope) -> Sight<'b> {
        Sight {
            scope,
            named: self.named.clone(),
            accused: self.accused.clone(),
        }
    }

    /// What they may see of the table `letter`.
    pub(super) fn condition(&self) -> Condition {
        let mut any = Condition::any();
        let open = Condition::all().add(letter::Column::IsSealed.eq(false));
        match &self.scope.unsealed {
            Reach::None => any = any.add(Expr::value(false)),
            Reach::All => any = any.add(open),
            Reach::Units(units) => {
                any = any.add(open.add(letter::Column::UnitId.is_in(units.iter().copied())));
            }
        }
        if let Some(sealed) = self.sealed() {
            any = any.add(sealed);
        }
        for part in duty(self.scope) {
            any = any.add(part);
        }
        self.unaccused(Condition::all().add(any))
    }

    /// The same in parts that have no letter in common. Where a viewer sees the letters of some
    /// units, an OR of those and of sealed letters would be read whole and sorted; each part reads
    /// one index from its end.
    pub(super) fn parts(&self) -> Vec<Condition> {
        let units = match &self.scope.unsealed {
            Reach::Units(units) => units.as_slice(),
            Reach::None if self.scope.duty.is_some() => &[],
            _ => return vec![self.condition()],
        };
        let mut parts = Vec::with_capacity(units.len() + 3);
        for unit in units {
            let open = Condition::all().add(letter::Column::IsSealed.eq(false));
            parts.push(self.unaccused(open.add(letter::Column::UnitId.eq(*unit))));
        }
        for part in duty(self.scope) {
            let elsewhere = Condition::any()
                .add(letter::Column::UnitId.is_null())
                .add(letter::Column::UnitId.is_not_in(units.iter().copied()));
            parts.push(self.unaccused(part.add(elsewhere)));
        }
        parts.extend(self.sealed().map(|sealed| self.unaccused(sealed)));
        parts
    }

    /// Of these, the letters that do not accuse the viewer.
    fn unaccused(&self, all: Condition) -> Condition {
        all.add_option(self.accused.among().map(Condition::not))
    }

    /// Sealed letters: those the viewer is named on, and those of channels they are cleared for.
    fn sealed(&self) -> Option<Condition> {
        let mut any = Condition::any().add_option(self.named.among());
        if !self.scope.sealed_channels.is_empty() {
            let cleared = self.scope.sealed_channels.iter().copied();
            any = any.add(letter::Column::ChannelId.is_in(cleared));
        }
        (!any.is_empty()).then(|| {
            Condition::all()
                .add(letter::Column::IsSealed.eq(true))
                .add(any)
        })
    }
}

impl Store {
    /// A scope made ready for many questions: see [`Sight`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sight<'a>(&self, scope: &'a Scope) -> Result<Sight<'a>> {
        let asked = Sight::asked(scope);
        let (named, accused) = tokio::try_join!(self.few(asked.named), self.few(asked.accused))?;
        Ok(Sight {
            scope,
            named,
            accused,
        })
    }

    /// A scope for one question alone: nothing is looked up beforehand but where the question falls
    /// into parts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn glance<'a>(&self, scope: &'a Scope) -> Result<Sight<'a>> {
        match scope.unsealed {
            Reach::Units(_) => self.sight(scope).await,
            _ => Ok(Sight::asked(scope)),
        }
    }

    async fn few(&self, letters: Letters) -> Result<Letters> {
        let Letters::Asked(query) = letters else {
            return Ok(letters);
        };
        let mut few = query.clone();
        few.limit(FEW + 1);
        let rows = self.read.query_all(&*few).await?;
        if rows.len() as u64 > FEW {
            return Ok(Letters::Asked(query));
        }
        let ids = rows.iter().map(|r| r.try_get_by_index(0));
        let ids: std::result::Result<_, sea_orm::DbErr> = ids.collect();
        Ok(Letters::Few(ids?))
    }
}

/// What a viewer may see of the table `letter`.
pub(crate) fn condition(scope: &Scope) -> Condition {
    Sight::asked(scope).condition()
}

/// Letters that do not accuse the viewer.
pub(crate) fn unaccused(scope: &Scope) -> Condition {
    Sight::asked(scope).unaccused(Condition::all())
}

/// What a duty officer sees: urgent letters that nobody took on, and those they took. Two parts
/// with an index each; sealed ones are in neither.
fn duty(scope: &Scope) -> Vec<Condition> {
    use letter::Column::{IsSealed, Open, UrgentAt, UrgentTakenAt, UrgentTakenBy};
    let Some(officer) = scope.duty else {
        return Vec::new();
    };
    let open = || Condition::all().add(IsSealed.eq(false));
    vec![
        open()
            .add(UrgentAt.is_not_null())
            .add(UrgentTakenAt.is_null())
            .add(Open.eq(true)),
        open().add(UrgentTakenBy.eq(officer)),
    ]
}

/// What a viewer may see of the table `arrival`: a sealed line where they are cleared for its
/// channel or see the letter it concerns, and never a trace of a letter that accuses them.
pub(crate) fn of_ledger(scope: &Scope) -> Condition {
    use arrival::Column::{ChannelId, LetterId, Sealed};
    let mut any = Condition::any().add(Sealed.eq(false));
    if !scope.sealed_channels.is_empty() {
        any = any.add(ChannelId.is_in(scope.sealed_channels.iter().copied()));
    }
    if let Some(sealed) = Sight::asked(scope).sealed() {
        let letters = letter::Entity::find()
            .select_only()
            .column(letter::Column::Id)
            .filter(sealed);
        any = any.add(LetterId.in_subquery(letters.into_query()));
    }
    let all = Condition::all().add(any);
    match accused(scope) {
        None => all,
        Some(letters) => all.add(
            Condition::any()
                .add(LetterId.is_null())
                .add(LetterId.not_in_subquery(letters)),
        ),
    }
}

/// Letters that a person is named on.
fn named(person: i64) -> SelectStatement {
    letter_reader::Entity::find()
        .select_only()
        .column(letter_reader::Column::LetterId)
        .filter(letter_reader::Column::PersonId.eq(person))
        .into_query()
}

/// Letters that accuse the viewer or a unit they belong to: they never see a trace of them.
fn accused(scope: &Scope) -> Option<SelectStatement> {
    let person = scope.never?;
    let parties = Condition::any()
        .add(letter_party::Column::PersonId.eq(person))
        .add(letter_party::Column::UnitId.is_in(scope.member_of.iter().copied()));
    Some(
        letter_party::Entity::find()
            .select_only()
            .column(letter_party::Column::LetterId)
            .filter(parties)
            .into_query(),
    )
}

#[cfg(test)]
#[path = "scope_test.rs"]
mod tests;
