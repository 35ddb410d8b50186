//! What was imported over the built-in calendar, layer by layer.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{DayKind, Import};
use crate::domain::words::words;

words! {
    /// Where an imported day lies.
    Layer, "calendar layer" {
        /// A state year: it replaces that year's days wholly, and the year is announced.
        State = "state",
        /// The turn of the year: days that a notice sets in the years beside its own. The notice
        /// for 2008 moved days of December 2007.
        Turn = "turn",
        /// A province's own days, over everything else.
        Local = "local",
    }
}

/// Everything imported so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    /// State years that were imported.
    pub years: BTreeSet<i16>,
    /// Their days.
    pub state: BTreeMap<Date, DayKind>,
    /// Days that a state notice sets outside of its year.
    pub turn: BTreeMap<Date, DayKind>,
    /// A province's days.
    pub local: BTreeMap<Date, DayKind>,
}

impl Layers {
    /// Nothing was imported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.years.is_empty()
            && self.state.is_empty()
            && self.turn.is_empty()
            && self.local.is_empty()
    }

    /// Its days, the lowest layer first.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Date, &DayKind)> {
        let all = self.state.iter().chain(&self.turn).chain(&self.local);
        all.map(|(d, k)| (*d, k))
    }

    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = (Layer, Date, &DayKind)> {
        let all = Layer::ALL.iter().map(|layer| (*layer, self.of(*layer)));
        all.flat_map(|(layer, days)| days.iter().map(move |(d, k)| (layer, *d, k)))
    }

    /// The days of a layer.
    #[must_use]
    pub fn of(&self, layer: Layer) -> &BTreeMap<Date, DayKind> {
        match layer {
            Layer::State => &self.state,
            Layer::Turn => &self.turn,
            Layer::Local => &self.local,
        }
    }

    /// Adds a row.
    pub fn put(&mut self, layer: Layer, date: Date, kind: DayKind) {
        self.of_mut(layer).insert(date, kind);
    }

    /// Takes a row away, where it is there.
    pub fn drop(&mut self, layer: Layer, date: Date) {
        self.of_mut(layer).remove(&date);
    }

    fn of_mut(&mut self, layer: Layer) -> &mut BTreeMap<Date, DayKind> {
        match layer {
            Layer::State => &mut self.state,
            Layer::Turn => &mut self.turn,
            Layer::Local => &mut self.local,
        }
    }

    /// Takes a file in: state years replace what was imported for them, a province's days are set
    /// one by one. A state file says which years it announces ([`Import::announcing`]).
    pub fn take(&mut self, import: &Import, local: bool) {
        let days = import.days.iter().map(|(d, k)| (*d, k.clone()));
        if local {
            self.local.extend(days);
            return;
        }
        self.state.retain(|d, _| !import.years.contains(&d.year()));
        // December before and January after belong to the notice of the year between.
        self.turn
            .retain(|d, _| !import.years.contains(&notice_of(*d)));
        for (date, kind) in days {
            let layer = if import.years.contains(&date.year()) {
                Layer::State
            } else {
                Layer::Turn
            };
            self.put(layer, date, kind);
        }
        self.years.extend(&import.years);
    }

    /// Takes days of a province's away: what the state says of them holds again. Answers those that
    /// were there.
    pub fn drop_local(&mut self, dates: &BTreeSet<Date>) -> Vec<(Date, DayKind)> {
        let gone = dates.iter();
        gone.filter_map(|d| self.local.remove(d).map(|kind| (*d, kind)))
            .collect()
    }
}

/// The year whose notice sets a day outside of it.
fn notice_of(date: Date) -> i16 {
    if date.month() > 6 {
        date.year() + 1
    } else {
        date.year() - 1
    }
}
