//! What is owed, by when, and whether it was met in time.

use jiff::civil::Date;

use super::{
    calendar::Calendar,
    term::{self, Derivation, Suspension, Term, TermError},
    words::words,
};

words! {
    /// What is owed.
    ObligationKind, "obligation" {
        /// 告知.
        Acknowledge = "acknowledge",
        /// 答复/办结.
        Answer = "answer",
        /// 异议退回.
        Object = "object",
        /// 协办意见.
        Opinion = "opinion",
        /// 补正告知.
        Supplement = "supplement",
        /// 转送交办.
        Forward = "forward",
        /// 反馈.
        FeedBack = "feed_back",
        /// 公开.
        Publish = "publish",
        /// 复查.
        Reexamination = "reexamination",
    }
}

/// Everything that a due date rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoning {
    /// How long.
    pub term: Term,
    /// Day 0.
    pub start_on: Date,
    /// Granted on top, in the term's unit.
    pub extension: u32,
    /// A last day on which offices are closed rolls.
    pub rolls: bool,
    /// Days on which the clock stood still.
    pub suspensions: Vec<Suspension>,
    /// It stands still since this day, until it is known to go on.
    pub standing_since: Option<Date>,
    /// The start has not happened yet, and is taken to be the last day on which it may.
    pub start_assumed: bool,
    /// It was already late under an earlier class, since this day was due.
    pub late_since: Option<Date>,
}

/// "Not before the clock goes on": later than any date, so that nothing that stands is overdue.
pub const STANDING: Date = Date::constant(9999, 12, 31);

impl Reckoning {
    /// The due date and how it came about. A clock that stands has none: [`STANDING`]. What was
    /// late once stays late: its due date is the one it missed.
    ///
    /// # Errors
    /// See [`TermError`].
    pub fn derive(&self, calendar: &Calendar) -> Result<Derivation, TermError> {
        let mut derived = term::derive_by(
            calendar,
            self.term,
            self.start_on,
            &self.suspensions,
            self.extension,
            self.rolls,
        )?;
        derived.provisional |= self.start_assumed;
        if self.standing_since.is_some() {
            derived.due_on = STANDING;
        }
        if let Some(missed) = self.late_since {
            derived.due_on = derived.due_on.min(missed);
        }
        Ok(derived)
    }
}

/// Whether something met on `met_on` was in time: the due day ends at 24:00.
#[must_use]
pub fn in_time(met_on: Date, due_on: Date) -> bool {
    met_on <= due_on
}

/// How pressing an open letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Workdays past due.
    Overdue(u32),
    /// Due today.
    Today,
    /// Workdays left, at most three.
    Soon(u32),
    /// Workdays left, more than three.
    Ample(u32),
    /// Nothing is due.
    None,
}

impl Urgency {
    /// How pressing a due date is today.
    #[must_use]
    pub fn of(calendar: &Calendar, due_on: Option<Date>, today: Date) -> Self {
        match due_on {
            None => Self::None,
            Some(due) if due < today => Self::Overdue(calendar.workdays_between(due, today)),
            Some(due) if due == today => Self::Today,
            Some(due) => match calendar.workdays_between(today, due) {
                left @ 0..=3 => Self::Soon(left),
                left => Self::Ample(left),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_due_day_itself_is_in_time() {
        let due = Date::constant(2026, 11, 24);
        assert!(in_time(due, due));
        assert!(!in_time(due.tomorrow().unwrap(), due));
    }

    #[test]
    fn urgency_counts_workdays() {
        let calendar = Calendar::built_in();
        let friday = Date::constant(2026, 11, 20);
        let monday = Date::constant(2026, 11, 23);
        assert_eq!(
            Urgency::of(calendar, Some(friday), monday),
            Urgency::Overdue(1)
        );
        assert_eq!(
            Urgency::of(calendar, Some(monday), friday),
            Urgency::Soon(1)
        );
        assert_eq!(Urgency::of(calendar, Some(monday), monday), Urgency::Today);
        assert_eq!(Urgency::of(calendar, None, monday), Urgency::None);
    }
}
