//! Counting terms: day 0 is not counted (Civil Code art. 201); a last day on which offices are
//! closed rolls to the next workday (art. 203); a suspension counts none of its days.

use jiff::{ToSpan, civil::Date};
use serde::{Serialize, Serializer};

use super::{
    calendar::{Calendar, DayKind},
    words::words,
};

words! {
    /// What a term is counted in.
    Unit, "unit" {
        /// 工作日.
        Workday = "workday",
        /// 日: natural days.
        Day = "day",
        /// 月.
        Month = "month",
    }
}

/// A length of time as a rule states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Term {
    /// How many.
    pub length: u32,
    /// Of what.
    pub unit: Unit,
}

/// Days on which the clock stands still, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Why a day counts, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The day it began.
    Start,
    /// Counted.
    Counted,
    /// Counted though a weekend: a make-up workday.
    Makeup(String),
    /// Not counted: weekend.
    Weekend,
    /// Not counted: holiday.
    Holiday(String),
    /// Not counted: a day off by law, in a year whose notice is still to come.
    Statutory(String),
    /// Not counted: suspended.
    Suspended,
    /// Within the months of a term, which are not counted day by day.
    Within,
    /// The term was over, but offices were closed or the clock stood.
    Rolled,
}

impl Why {
    /// In words.
    #[must_use]
    pub fn words(&self, chinese: bool) -> String {
        match (self, chinese) {
            (Self::Start, true) => "起算日，不计入".into(),
            (Self::Start, false) => "day 0, not counted".into(),
            (Self::Counted, true) => "计入".into(),
            (Self::Counted, false) => "counted".into(),
            (Self::Makeup(name), true) => format!("{name}调休上班，计入"),
            (Self::Makeup(name), false) => format!("make-up workday ({name}), counted"),
            (Self::Weekend, true) => "周末，不计入".into(),
            (Self::Weekend, false) => "weekend, not counted".into(),
            (Self::Holiday(name), true) => format!("{name}放假，不计入"),
            (Self::Holiday(name), false) => format!("public holiday ({name}), not counted"),
            (Self::Statutory(name), true) => {
                format!("{name}，法定节假日（尚未公布调休），不计入")
            }
            (Self::Statutory(name), false) => format!(
                "public holiday by law ({name}; the year's arrangement is not announced yet), not \
                 counted"
            ),
            (Self::Suspended, true) => "暂停计时，不计入".into(),
            (Self::Suspended, false) => "suspended, not counted".into(),
            (Self::Within, true) => "期间内".into(),
            (Self::Within, false) => "within the term".into(),
            (Self::Rolled, true) => "期满日顺延".into(),
            (Self::Rolled, false) => "rolled past the last day".into(),
        }
    }
}

impl Serialize for Why {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.words(false))
    }
}

/// One day of a derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayStep {
    /// The day.
    pub date: Date,
    /// Whether it counts.
    pub counted: bool,
    /// Why.
    pub why: Why,
}

/// A due date and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Derivation {
    /// The last day in time; ends at 24:00.
    pub due_on: Date,
    /// Before rolling.
    pub nominal_on: Date,
    /// Rests on days of a year whose holidays are not announced.
    pub provisional: bool,
    /// Day by day.
    pub days: Vec<DayStep>,
}

/// Why a term cannot be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// Months are not counted day by day, so there is nothing to suspend.
    #[error("a term in months takes no suspension")]
    MonthSuspended,
    /// The days end before they begin.
    #[error("a suspension from {0} to {1} ends before it begins")]
    Backwards(Date, Date),
    /// Longer than ten years.
    #[error("{0} is longer than any term of the law; at most 3650")]
    TooLong(u64),
    /// Beyond what a calendar holds.
    #[error("the term ends beyond the year 9999")]
    Beyond,
}

const LONGEST: u64 = 3_650;

/// The due date of a term that began on `from`, with each day's reason.
///
/// # Errors
/// See [`TermError`].
pub fn derive(
    calendar: &Calendar,
    term: Term,
    from: Date,
    suspensions: &[Suspension],
    extension: u32,
) -> Result<Derivation, TermError> {
    derive_by(calendar, term, from, suspensions, extension, true)
}

/// The same for a rule that says itself whether a last day on which offices are closed rolls.
///
/// # Errors
/// See [`TermError`].
pub fn derive_by(
    calendar: &Calendar,
    term: Term,
    from: Date,
    suspensions: &[Suspension],
    extension: u32,
    rolls: bool,
) -> Result<Derivation, TermError> {
    let length = u64::from(term.length) + u64::from(extension);
    if length > LONGEST {
        return Err(TermError::TooLong(length));
    }
    if let Some(s) = suspensions.iter().find(|s| s.to < s.from) {
        return Err(TermError::Backwards(s.from, s.to));
    }
    let mut walk = Walk {
        calendar,
        suspensions,
        day: from,
        days: vec![step(from, Why::Start)],
    };
    let nominal_on = match term.unit {
        Unit::Month if !suspensions.is_empty() => return Err(TermError::MonthSuspended),
        Unit::Month => walk.months(i64::try_from(length).unwrap_or(i64::MAX))?,
        Unit::Workday => walk.count(length, true)?,
        Unit::Day => walk.count(length, false)?,
    };
    if rolls && term.unit != Unit::Workday {
        walk.roll()?;
    }
    let due_on = walk.day;
    // Workdays ask the calendar about every day, rolling about the last ones; months and natural
    // days that do not roll ask it about none, so nothing can move them.
    let asked_from = match term.unit {
        Unit::Workday => Some(from),
        Unit::Day | Unit::Month => rolls.then_some(nominal_on),
    };
    let provisional = asked_from.is_some_and(|day| !calendar.published_from(day, due_on));
    Ok(Derivation {
        due_on,
        nominal_on,
        provisional,
        days: walk.days,
    })
}

struct Walk<'a> {
    calendar: &'a Calendar,
    suspensions: &'a [Suspension],
    day: Date,
    days: Vec<DayStep>,
}

fn step(date: Date, why: Why) -> DayStep {
    DayStep {
        date,
        counted: matches!(why, Why::Counted | Why::Makeup(_)),
        why,
    }
}

impl Walk<'_> {
    fn advance(&mut self) -> Result<Date, TermError> {
        self.day = self.day.tomorrow().map_err(|_| TermError::Beyond)?;
        Ok(self.day)
    }

    fn suspended(&self, day: Date) -> bool {
        self.suspensions
            .iter()
            .any(|s| s.from <= day && day <= s.to)
    }

    fn count(&mut self, length: u64, workdays: bool) -> Result<Date, TermError> {
        let mut left = length;
        while left > 0 {
            let day = self.advance()?;
            let why = if self.suspended(day) {
                Why::Suspended
            } else if !workdays {
                Why::Counted
            } else {
                match self.calendar.kind(day) {
                    DayKind::Workday => Why::Counted,
                    DayKind::MakeupWorkday(name) => Why::Makeup(name),
                    DayKind::Weekend => Why::Weekend,
                    DayKind::Holiday(name) => Why::Holiday(name),
                    DayKind::Statutory(name) => Why::Statutory(name),
                }
            };
            let step = step(day, why);
            left -= u64::from(step.counted);
            self.days.push(step);
        }
        Ok(self.day)
    }

    fn months(&mut self, length: i64) -> Result<Date, TermError> {
        // jiff clips to the month's last day, as the law counts.
        let end = self
            .day
            .checked_add(length.months())
            .map_err(|_| TermError::Beyond)?;
        while self.day < end {
            let day = self.advance()?;
            let why = if day == end {
                Why::Counted
            } else {
                Why::Within
            };
            self.days.push(step(day, why));
        }
        Ok(end)
    }

    fn roll(&mut self) -> Result<(), TermError> {
        while !self.calendar.is_workday(self.day) || self.suspended(self.day) {
            let day = self.advance()?;
            self.days.push(step(day, Why::Rolled));
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "term_tests.rs"]
mod tests;
