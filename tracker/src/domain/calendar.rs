//! Workdays as the State Council announces them (国务院办公厅关于节假日安排的通知), 2004–2026,
//! holidays and make-up workdays 调休 alike. Outside of those years weekends are all we know.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// What a day is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday.
    Workday,
    /// Saturday or Sunday.
    Weekend,
    /// 法定节假日, by name.
    Holiday(String),
    /// 调休上班, by the holiday it makes up for.
    MakeupWorkday(String),
}

/// A calendar of workdays.
#[derive(Debug, Clone)]
pub struct Calendar {
    days: BTreeMap<Date, DayKind>,
    years: std::ops::RangeInclusive<i16>,
    version: String,
}

/// A line of a calendar file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} of the calendar: {what}; expected date,kind,name with kind holiday or makeup_workday"
)]
pub struct CalendarError {
    line: usize,
    what: String,
}

static BUILT_IN: LazyLock<Calendar> = LazyLock::new(|| {
    Calendar::parse(include_str!("../../data/calendar/cn.csv"))
        .expect("the built-in calendar is checked by its tests")
});

impl Calendar {
    /// The state calendar that ships with Huiyin.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads `date,kind,name` lines.
    ///
    /// # Errors
    /// The first line that is not one.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut days = BTreeMap::new();
        for (index, line) in text
            .lines()
            .enumerate()
            .skip(1)
            .filter(|(_, l)| !l.is_empty())
        {
            let fault = |what: &str| CalendarError {
                line: index + 1,
                what: what.to_owned(),
            };
            let mut cells = line.splitn(3, ',');
            let date: Date = cells
                .next()
                .and_then(|d| d.parse().ok())
                .ok_or_else(|| fault("the date cannot be read"))?;
            let (kind, name) = (cells.next(), cells.next().unwrap_or_default().to_owned());
            let kind = match kind {
                Some("holiday") => DayKind::Holiday(name),
                Some("makeup_workday") => DayKind::MakeupWorkday(name),
                _ => return Err(fault("the kind is unknown")),
            };
            days.insert(date, kind);
        }
        let first = days.keys().next().map_or(1, |d| d.year());
        let last = days.keys().next_back().map_or(0, |d| d.year());
        // FNV-1a: short, stable, and only meant to tell two calendars apart.
        let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        let version = format!("cn-{last}.{:08x}", digest as u32);
        Ok(Self {
            days,
            years: first..=last,
            version,
        })
    }

    /// What a day is.
    #[must_use]
    pub fn kind(&self, date: Date) -> DayKind {
        if let Some(kind) = self.days.get(&date) {
            return kind.clone();
        }
        match date.weekday() {
            Weekday::Saturday | Weekday::Sunday => DayKind::Weekend,
            _ => DayKind::Workday,
        }
    }

    /// Whether offices work.
    #[must_use]
    pub fn is_workday(&self, date: Date) -> bool {
        match self.days.get(&date) {
            Some(DayKind::Holiday(_)) => false,
            Some(_) => true,
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// Whether the holidays of a year are announced.
    #[must_use]
    pub fn published(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// Names the data, so that a due date can say by which calendar it was counted.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Workdays after `from` up to and including `to`; 0 where `to` is not after `from`.
    #[must_use]
    pub fn workdays_between(&self, from: Date, to: Date) -> u32 {
        let mut n = 0;
        let mut day = from;
        while day < to {
            let Ok(next) = day.checked_add(1.day()) else {
                break;
            };
            day = next;
            n += u32::from(self.is_workday(day));
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_has_the_workdays_it_had() {
        let calendar = Calendar::built_in();
        let known = [249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248];
        for (year, days) in (2015i16..).zip(known) {
            let before = Date::constant(year - 1, 12, 31);
            let last = Date::constant(year, 12, 31);
            assert_eq!(calendar.workdays_between(before, last), days, "{year}");
        }
    }

    #[test]
    fn make_up_days_and_unannounced_years() {
        let calendar = Calendar::built_in();
        assert!(
            calendar.is_workday(Date::constant(2026, 2, 14)),
            "a Saturday made up"
        );
        assert!(!calendar.is_workday(Date::constant(2026, 10, 7)));
        assert!(calendar.is_workday(Date::constant(2005, 12, 31)));
        assert!(calendar.published(2026) && !calendar.published(2027));
        assert!(calendar.version().starts_with("cn-2026."));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Calendar::parse("date,kind,name\n2026-13-01,holiday,x\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
