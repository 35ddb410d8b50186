//! The overview: unit by unit what is open, late, due soon, waiting for a longer term or for a word on
//! what was added. Each figure
//! is that of the list behind it; sealed letters that the viewer may not see are counted apart.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::desk::{self, View};
use crate::{
    app::App,
    domain::access::Staff,
    letters::Result,
    store::units::{self, Unit},
};

/// The views that the overview counts, in its order.
pub const COUNTED: [View; 5] = [
    View::Open,
    View::Overdue,
    View::DueSoon,
    View::Extensions,
    View::Additions,
];

/// Figures of one unit with those below it, of no unit, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the order of [`COUNTED`].
    pub counts: [u64; 5],
    /// When the oldest open letter was received.
    pub oldest: Option<Date>,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        for (sum, n) in self.counts.iter_mut().zip(other.counts) {
            *sum += n;
        }
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
    }
}

/// The whole overview.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Every unit that holds anything itself or below, in the order of the units.
    pub units: Vec<(Unit, Counts)>,
    /// What is with no unit yet.
    pub unassigned: Counts,
    /// Everything in sight.
    pub total: Counts,
    /// Sealed letters beside, in the order of [`COUNTED`].
    pub sealed: [u64; 5],
}

/// What stands today, for somebody who oversees.
///
/// # Errors
/// When the database refuses.
pub async fn overview(app: &App, staff: &Staff) -> Result<Overview> {
    let scope = desk::scope(staff);
    let sight = app.store.sight(&scope).await?;
    let mut own: BTreeMap<Option<i64>, Counts> = BTreeMap::new();
    let (today, soon_ends) = (app.today(), desk::soon_ends(app));
    for s in app.store.standing(&sight, today, soon_ends).await? {
        own.entry(s.unit_id).or_default().add(&Counts {
            counts: [s.open, s.overdue, s.due_soon, 0, 0],
            oldest: s.oldest,
        });
    }
    for (at, view) in [(3, View::Extensions), (4, View::Additions)] {
        let asked = view.filter(app, staff);
        for (unit, n) in app.store.by_unit(&sight, &asked).await? {
            own.entry(unit).or_default().counts[at] += n;
        }
    }
    let mut sealed = [0; 5];
    for (n, view) in sealed.iter_mut().zip(COUNTED) {
        *n = desk::sealed_beside(app, &sight, &view.filter(app, staff)).await?;
    }
    let all = app.store.units().await?;
    let sum = |ids: &mut dyn Iterator<Item = Option<i64>>| {
        let mut sum = Counts::default();
        ids.filter_map(|id| own.get(&id)).for_each(|c| sum.add(c));
        sum
    };
    let mut rows = Vec::new();
    for unit in &all {
        let below = units::below(&all, unit.id);
        let counts = sum(&mut below.into_iter().map(Some));
        if counts != Counts::default() {
            rows.push((unit.clone(), counts));
        }
    }
    Ok(Overview {
        units: rows,
        unassigned: sum(&mut std::iter::once(None)),
        total: sum(&mut own.keys().copied()),
        sealed,
    })
}
