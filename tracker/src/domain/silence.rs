//! When a source has been silent for too long: its fetching stopped, or it works and yet no mail
//! comes. An alarm stands as long as its cause and leaves with it.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::calendar::Calendar;

/// From when on silence is an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Whole working days without mail; 0 never.
    pub workdays: u32,
    /// Minutes without a successful fetch.
    pub minutes: u32,
}

/// How a source stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// When it last worked; `None` where it never did.
    pub fine_at: Option<Timestamp>,
    /// When it was first heard of; `None` where it never was.
    pub first_at: Option<Timestamp>,
    /// The day its newest mail was received, or that of the first contact where none came since.
    pub heard_on: Option<Date>,
}

/// What is to be looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// Nothing has been fetched for so many minutes.
    Stopped(i64),
    /// No mail for so many working days.
    Silent(u32),
}

impl Alarm {
    /// The key of its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Stopped(_) => "stopped",
            Self::Silent(_) => "silent",
        }
    }

    /// The number in its words.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Stopped(minutes) => minutes,
            Self::Silent(days) => days.into(),
        }
    }
}

/// The alarms that stand now. `today` is the department's.
#[must_use]
pub fn alarms(
    standing: &Standing,
    patience: Patience,
    (now, today): (Timestamp, Date),
    calendar: &Calendar,
) -> Vec<Alarm> {
    let mut found = Vec::new();
    if let Some(since) = standing.fine_at.or(standing.first_at) {
        let seconds = now.duration_since(since).as_secs();
        if seconds > i64::from(patience.minutes) * 60 {
            found.push(Alarm::Stopped(seconds / 60));
        }
    }
    // Today is not over: mail may still come.
    if let (Some(heard), Ok(yesterday)) = (standing.heard_on, today.checked_sub(1.day()))
        && patience.workdays > 0
    {
        let days = calendar.workdays_between(heard, yesterday);
        if days >= patience.workdays {
            found.push(Alarm::Silent(days));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        workdays: 5,
        minutes: 15,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn look(standing: Standing, patience: Patience, today: &str) -> Vec<Alarm> {
        let now = (at("2026-11-24T02:00:00Z"), today.parse().unwrap());
        alarms(&standing, patience, now, Calendar::built_in())
    }

    #[test]
    fn fetching_stopped_counts_from_the_last_success() {
        let standing = |fine: Option<&str>| Standing {
            fine_at: fine.map(at),
            first_at: Some(at("2026-11-24T01:00:00Z")),
            heard_on: None,
        };
        let today = "2026-11-24";
        let late = look(standing(Some("2026-11-24T01:44:00Z")), PATIENCE, today);
        assert_eq!(late, [Alarm::Stopped(16)]);
        let fresh = look(standing(Some("2026-11-24T01:45:00Z")), PATIENCE, today);
        assert_eq!(fresh, [], "fifteen minutes are allowed");
        let never = look(standing(None), PATIENCE, today);
        assert_eq!(never, [Alarm::Stopped(60)], "it never worked");
        let unknown = Standing {
            first_at: None,
            ..standing(None)
        };
        assert_eq!(look(unknown, PATIENCE, today), []);
    }

    #[test]
    fn silence_counts_whole_working_days_by_the_state_calendar() {
        let standing = |heard: &str| Standing {
            fine_at: None,
            first_at: None,
            heard_on: Some(heard.parse().unwrap()),
        };
        // Seven days of holiday, then a Saturday that makes up for one of them.
        assert_eq!(look(standing("2026-09-30"), PATIENCE, "2026-10-13"), []);
        let weeks = look(standing("2026-09-30"), PATIENCE, "2026-10-14");
        assert_eq!(weeks, [Alarm::Silent(5)]);
        let never = Patience {
            workdays: 0,
            ..PATIENCE
        };
        assert_eq!(look(standing("2020-01-01"), never, "2026-10-15"), []);
    }
}
