//! What one change did to the layers, and how it is taken back as a whole.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DayKind, Layer, Layers};
use crate::domain::words::words;

words! {
    /// How the calendar was changed.
    ChangeKind, "calendar change" {
        /// A file was imported.
        Import = "import",
        /// Days of the province's were taken away.
        Removal = "removal",
        /// An earlier change was taken back.
        Undo = "undo",
    }
}

/// A day that a change touched: its layer, and what stood there before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Where it lies.
    pub layer: Layer,
    /// The day.
    pub date: Date,
    /// What stood there.
    pub before: Option<DayKind>,
    /// What the change put there.
    pub after: Option<DayKind>,
}

/// The state's years of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Years {
    /// Those that it announced.
    pub announced: BTreeSet<i16>,
    /// Those of them that were not imported before.
    pub new: BTreeSet<i16>,
}

/// What a change did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// Day by day.
    pub days: Vec<Touched>,
    /// Year by year.
    pub years: Years,
}

impl Delta {
    /// What lies between two states of the layers, where these years were announced.
    #[must_use]
    pub fn between(before: &Layers, after: &Layers, announced: &BTreeSet<i16>) -> Self {
        let mut days = Vec::new();
        for layer in Layer::ALL {
            let (was, is) = (before.of(*layer), after.of(*layer));
            let dates: BTreeSet<&Date> = was.keys().chain(is.keys()).collect();
            days.extend(
                dates
                    .into_iter()
                    .map(|date| Touched {
                        layer: *layer,
                        date: *date,
                        before: was.get(date).cloned(),
                        after: is.get(date).cloned(),
                    })
                    .filter(|t| t.before != t.after),
            );
        }
        let years = Years {
            announced: announced.clone(),
            new: &after.years - &before.years,
        };
        Self { days, years }
    }

    /// Whether another change touched a day or a year of this one.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let years = &self.years.announced & &other.years.announced;
        let same = |a: &Touched, b: &Touched| (a.layer, a.date) == (b.layer, b.date);
        !years.is_empty()
            || self
                .days
                .iter()
                .any(|a| other.days.iter().any(|b| same(a, b)))
    }

    /// Takes it back: every day as it was before. `false` where one is not as the change left it;
    /// then nothing was taken back.
    #[must_use]
    pub fn undo(&self, layers: &mut Layers) -> bool {
        let stands = |t: &Touched| layers.of(t.layer).get(&t.date) == t.after.as_ref();
        if !self.days.iter().all(stands) || !self.years.new.is_subset(&layers.years) {
            return false;
        }
        for t in &self.days {
            match &t.before {
                Some(kind) => layers.put(t.layer, t.date, kind.clone()),
                None => layers.drop(t.layer, t.date),
            }
        }
        layers.years.retain(|y| !self.years.new.contains(y));
        true
    }
}
