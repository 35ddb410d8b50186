//! What staff are warned of: next year's holidays are not known yet.

use jiff::civil::Date;

use crate::{app::App, domain::calendar::Calendar};

/// A warning for every member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// The calendar of a year is missing: due dates in it are provisional.
    CalendarMissing {
        /// Which year.
        year: i16,
    },
}

impl Warning {
    /// Its code in locales and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CalendarMissing { .. } => "calendar-missing",
        }
    }

    /// The year it is about.
    #[must_use]
    pub fn year(&self) -> i16 {
        match self {
            Self::CalendarMissing { year } => *year,
        }
    }
}

/// What staff are to be warned of today.
#[must_use]
pub fn warnings(app: &App) -> Vec<Warning> {
    missing(&app.law().calendar, app.today())
}

/// The running year where it is missing, and from 1 November the next one: its notice comes out
/// between October and December.
fn missing(calendar: &Calendar, today: Date) -> Vec<Warning> {
    let next = (today.month() >= 11).then(|| today.year() + 1);
    let years = [Some(today.year()), next].into_iter().flatten();
    years
        .filter(|y| !calendar.published(*y))
        .map(|year| Warning::CalendarMissing { year })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_november_on_next_year_is_missed() {
        let missing = |text: &str| -> Vec<i16> {
            let all = missing(Calendar::built_in(), text.parse().unwrap());
            all.iter().map(Warning::year).collect()
        };
        assert!(missing("2026-10-31").is_empty());
        assert_eq!(missing("2026-11-01"), [2027]);
        assert_eq!(missing("2027-01-01"), [2027]);
        assert_eq!(missing("2027-12-31"), [2027, 2028]);
        assert!(missing("2025-12-01").is_empty());
    }
}
