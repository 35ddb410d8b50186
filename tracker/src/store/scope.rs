//! The one place that turns a [`Scope`] into a condition. Every read of letters and of the intake
//! ledger carries it.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

use super::entities::{arrival, letter, letter_party, letter_reader};
use crate::domain::access::{Reach, Scope};

/// What a viewer may see of the table `letter`.
pub(crate) fn condition(scope: &Scope) -> Condition {
    let mut any = Condition::any();
    let open = Condition::all().add(letter::Column::IsSealed.eq(false));
    match &scope.unsealed {
        Reach::None => any = any.add(Expr::value(false)),
        Reach::All => any = any.add(open),
        Reach::Units(units) => {
            any = any.add(open.add(letter::Column::UnitId.is_in(units.iter().copied())));
        }
    }
    if let Some(sealed) = sealed(scope) {
        any = any.add(sealed);
    }
    for part in duty(scope) {
        any = any.add(part);
    }
    Condition::all().add(any).add(unaccused(scope))
}

/// Letters that do not accuse the viewer.
pub(crate) fn unaccused(scope: &Scope) -> Condition {
    let letters = accused(scope);
    Condition::all().add_option(letters.map(|letters| letter::Column::Id.not_in_subquery(letters)))
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

/// The same as [`condition`] in parts that have no letter in common. Where a viewer sees the
/// letters of some units, an OR of those and of the sealed letters they are `named` on would be
/// read whole and sorted; each part reads one index from its end.
pub(crate) fn parts(scope: &Scope, named: &[i64]) -> Vec<Condition> {
    let units = match &scope.unsealed {
        Reach::Units(units) => units.as_slice(),
        Reach::None if scope.duty.is_some() => &[],
        _ => return vec![condition(scope)],
    };
    let unaccused = |part: Condition| part.add(unaccused(scope));
    let mut parts = Vec::with_capacity(units.len() + 3);
    for unit in units {
        let open = Condition::all().add(letter::Column::IsSealed.eq(false));
        parts.push(unaccused(open.add(letter::Column::UnitId.eq(*unit))));
    }
    for part in duty(scope) {
        let elsewhere = Condition::any()
            .add(letter::Column::UnitId.is_null())
            .add(letter::Column::UnitId.is_not_in(units.iter().copied()));
        parts.push(unaccused(part.add(elsewhere)));
    }
    if !named.is_empty() {
        let sealed = Condition::all().add(letter::Column::IsSealed.eq(true));
        let named = letter::Column::Id.is_in(named.iter().copied());
        parts.push(unaccused(sealed.add(named)));
    }
    parts
}

/// What a viewer may see of the table `arrival`: a sealed line where they are cleared for its
/// channel or see the letter it concerns, and never a trace of a letter that accuses them.
pub(crate) fn of_ledger(scope: &Scope) -> Condition {
    use arrival::Column::{ChannelId, LetterId, Sealed};
    let mut any = Condition::any().add(Sealed.eq(false));
    if !scope.sealed_channels.is_empty() {
        any = any.add(ChannelId.is_in(scope.sealed_channels.iter().copied()));
    }
    if let Some(sealed) = sealed(scope) {
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

/// Sealed letters: those the viewer is named on, and those of channels they are cleared for.
fn sealed(scope: &Scope) -> Option<Condition> {
    let mut any = Condition::any();
    if let Some(person) = scope.person {
        any = any.add(letter::Column::Id.in_subquery(named(person)));
    }
    if !scope.sealed_channels.is_empty() {
        any = any.add(letter::Column::ChannelId.is_in(scope.sealed_channels.iter().copied()));
    }
    (!any.is_empty()).then(|| {
        Condition::all()
            .add(letter::Column::IsSealed.eq(true))
            .add(any)
    })
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
