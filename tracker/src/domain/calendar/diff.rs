//! What an import changes, to be looked at before it is confirmed.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Calendar, DayKind};

/// A day that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The day.
    pub date: Date,
    /// What it was.
    pub from: DayKind,
    /// What it is to be.
    pub to: DayKind,
}

/// How two calendars differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Plain days that become holidays or make-up workdays.
    pub added: Vec<Moved>,
    /// Holidays and make-up workdays that become plain days.
    pub removed: Vec<Moved>,
    /// Special days that change kind or name.
    pub changed: Vec<Moved>,
    /// Years newly announced.
    pub published: BTreeSet<i16>,
    /// Years announced no more.
    pub withdrawn: BTreeSet<i16>,
}

impl Diff {
    /// How `after` differs from `before`.
    #[must_use]
    pub fn between(before: &Calendar, after: &Calendar) -> Self {
        let mut diff = Self {
            published: &after.published - &before.published,
            withdrawn: &before.published - &after.published,
            ..Self::default()
        };
        let dates: BTreeSet<&Date> = before.days.keys().chain(after.days.keys()).collect();
        for &date in dates {
            let (was, is) = (before.days.get(&date), after.days.get(&date));
            if was == is {
                continue;
            }
            let moved = Moved {
                date,
                from: before.kind(date),
                to: after.kind(date),
            };
            match (was, is) {
                (None, _) => diff.added.push(moved),
                (_, None) => diff.removed.push(moved),
                _ => diff.changed.push(moved),
            }
        }
        diff
    }

    /// Nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
