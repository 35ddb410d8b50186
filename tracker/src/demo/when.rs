//! Instants as the samples write them, counted back from the day of the demonstration, so that it
//! looks the same on any day: `7 09:40` is seven workdays ago at 09:40, `25m` twenty-five minutes
//! ago. Workdays only: then a step never falls before what it follows, whatever day today is.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::domain::calendar::Calendar;

/// From where is counted back.
pub(super) struct Anchor<'a> {
    pub(super) now: Timestamp,
    pub(super) zone: TimeZone,
    pub(super) calendar: &'a Calendar,
}

impl Anchor<'_> {
    /// Reads the first words of a line; answers the rest.
    pub(super) fn read<'l>(&self, line: &'l str) -> Option<(Timestamp, &'l str)> {
        let (first, rest) = split(line);
        if let Some(minutes) = first.strip_suffix('m') {
            let minutes: i64 = minutes.parse().ok()?;
            return Some((self.now.checked_sub(minutes.minutes()).ok()?, rest));
        }
        let (clock, rest) = split(rest);
        let day = self.workdays_ago(first.parse().ok()?)?;
        let (hour, minute) = clock.split_once(':')?;
        let time = jiff::civil::Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
        let at = self.zone.to_timestamp(day.to_datetime(time)).ok()?;
        Some((at, rest))
    }

    fn workdays_ago(&self, mut left: u32) -> Option<Date> {
        let mut day = self.zone.to_datetime(self.now).date();
        while left > 0 {
            day = day.yesterday().ok()?;
            left -= u32::from(self.calendar.is_workday(day));
        }
        Some(day)
    }
}

fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(' ')
        .map_or((line, ""), |(a, b)| (a, b.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_back_over_weekends_and_holidays() {
        let anchor = Anchor {
            now: "2026-10-09T02:00:00Z".parse().unwrap(),
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            calendar: Calendar::built_in(),
        };
        let at = |line| {
            let (at, rest) = anchor.read(line).unwrap();
            (at.to_string(), rest)
        };
        assert_eq!(at("2 09:40 take"), ("2026-09-30T01:40:00Z".into(), "take"));
        assert_eq!(at("90m answer by=x").0, "2026-10-09T00:30:00Z");
        assert!(anchor.read("soon").is_none() && anchor.read("3 9").is_none());
    }
}
