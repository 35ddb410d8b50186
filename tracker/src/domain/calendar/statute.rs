//! The days off that the law fixes by date (全国年节及纪念日放假办法, State Council, 1999, revised
//! 2007, 2013 and 2024), whatever the year's notice moves around them. Four festivals follow the
//! sun and the moon: `data/calendar/lunar.csv` has their days until 2100, computed from new moons
//! and solar longitude at 120° east (GB/T 33661) and checked against every year announced so far.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::{Span, civil::Date};

use super::DayKind;

/// The first year that is looked at: before it, nothing is known.
const FIRST: i16 = 2004;

/// The first day of the Spring Festival, and 清明, 端午 and 中秋, by year.
static LUNAR: LazyLock<BTreeMap<i16, [Date; 4]>> = LazyLock::new(|| {
    let rows = include_str!("../../../data/calendar/lunar.csv")
        .lines()
        .skip(1);
    let read = |row: &str| {
        let (year, days) = row.split_once(',')?;
        let mut days = days.split(',').map(|d| format!("{year}-{d}").parse().ok());
        let mut next = || days.next().flatten();
        Some((year.parse().ok()?, [next()?, next()?, next()?, next()?]))
    };
    rows.map(|row| read(row).expect("the table is checked by its tests"))
        .collect()
});

/// The days off of a year by law, each with its festival, in order. A day of two festivals stands
/// twice. After 2100 those of the sun and the moon are not known.
pub(super) fn days(year: i16) -> Vec<(Date, &'static str)> {
    if year < FIRST {
        return Vec::new();
    }
    let mut out = Vec::with_capacity(13);
    let mut add = |name, first: Option<Date>, from: i32, n: i32| {
        let day = |i| first?.checked_add(Span::new().days(i)).ok();
        out.extend((from..from + n).filter_map(day).map(|d| (d, name)));
    };
    let on = |m, d| Date::new(year, m, d).ok();
    let lunar = |n: usize| LUNAR.get(&year).map(|days| days[n]);
    // 除夕 was the first of three days from 2008 to 2013, and is one of four since 2025.
    let (eve, spring, labour) = match year {
        ..2008 => (0, 3, 3),
        2008..2014 => (-1, 3, 1),
        2014..2025 => (0, 3, 1),
        2025.. => (-1, 4, 2),
    };
    add("元旦", on(1, 1), 0, 1);
    add("春节", lunar(0), eve, spring);
    add("劳动节", on(5, 1), 0, labour);
    add("国庆节", on(10, 1), 0, 3);
    if year >= 2008 {
        add("清明节", lunar(1), 0, 1);
        add("端午节", lunar(2), 0, 1);
        add("中秋节", lunar(3), 0, 1);
    }
    out.sort_by_key(|(date, _)| *date);
    out
}

/// All days until the table ends: what a day of a year not announced is looked up in.
static FIXED: LazyLock<BTreeMap<Date, &'static str>> = LazyLock::new(|| {
    let last = last_year();
    (FIRST..=last).flat_map(days).collect()
});

/// The last year of the table.
pub(super) fn last_year() -> i16 {
    LUNAR.last_key_value().map_or(FIRST, |(year, _)| *year)
}

/// The festival for which a day is off by law, where it is.
pub(super) fn festival(date: Date) -> Option<&'static str> {
    if date.year() > last_year() {
        let of_year = days(date.year());
        return of_year.iter().find(|(d, _)| *d == date).map(|(_, n)| *n);
    }
    FIXED.get(&date).copied()
}

/// What days that are said to be a whole year's lack of those that the law fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The year.
    pub year: i16,
    /// How many days off by law they have …
    pub has: usize,
    /// … of how many.
    pub owes: usize,
    /// Festivals of which a day is missing, in order.
    pub festivals: Vec<&'static str>,
    /// The first day that is missing.
    pub first: Date,
}

impl Lacking {
    /// `2027：元旦、春节（2/13）`, to be filled into words of either language.
    #[must_use]
    pub fn found(&self) -> String {
        let festivals = self.festivals.join("、");
        format!("{}：{festivals}（{}/{}）", self.year, self.has, self.owes)
    }
}

/// What the days of a year lack. A weekend that a holiday joins may be left out of a file; each
/// festival must be named, and no day off by law may be one of work.
pub(super) fn lacking(year: i16, days: &BTreeMap<Date, DayKind>) -> Option<Lacking> {
    let off = |date: Date| match days.get(&date) {
        Some(kind) => !kind.works(),
        None => super::is_weekend(date) && named_near(date, days),
    };
    let all = self::days(year);
    let missing: Vec<_> = all.iter().filter(|(date, _)| !off(*date)).collect();
    let first = missing.first()?.0;
    let mut known = BTreeSet::new();
    let mut festivals: Vec<&'static str> = missing.iter().map(|(_, name)| *name).collect();
    festivals.retain(|name| known.insert(*name));
    Some(Lacking {
        year,
        has: all.len() - missing.len(),
        owes: all.len(),
        festivals,
        first,
    })
}

/// Whether a holiday is named within three days of a weekend: then the weekend belongs to it.
fn named_near(date: Date, days: &BTreeMap<Date, DayKind>) -> bool {
    let reach = Span::new().days(3);
    let around = date.saturating_sub(reach)..=date.saturating_add(reach);
    days.range(around).any(|(_, kind)| !kind.works())
}

#[cfg(test)]
mod tests {
    use super::{super::Calendar, *};

    #[test]
    fn every_announced_year_has_the_days_of_the_law() {
        let calendar = Calendar::built_in();
        for year in calendar.years() {
            let days = calendar.special_days(*year).collect();
            assert_eq!(lacking(*year, &days), None, "{year}");
            for (date, name) in self::days(*year) {
                assert!(!calendar.kind(date).works(), "{date} {name}");
            }
        }
    }

    #[test]
    fn how_many_days_the_law_gave_when() {
        for (year, n) in [
            (2003, 0),
            (2007, 10),
            (2008, 11),
            (2014, 11),
            (2024, 11),
            (2025, 13),
            (2100, 13),
            (2101, 6),
        ] {
            assert_eq!(days(year).len(), n, "{year}");
        }
        let of_2027: Vec<_> = days(2027).iter().map(|(d, _)| d.to_string()).collect();
        assert_eq!(
            of_2027,
            [
                "2027-01-01",
                "2027-02-05",
                "2027-02-06",
                "2027-02-07",
                "2027-02-08",
                "2027-04-05",
                "2027-05-01",
                "2027-05-02",
                "2027-06-09",
                "2027-09-15",
                "2027-10-01",
                "2027-10-02",
                "2027-10-03",
            ]
        );
    }

    #[test]
    fn the_table_keeps_to_what_such_days_can_be() {
        assert_eq!(LUNAR.len(), 97);
        for (year, [spring, qingming, dragon_boat, mid_autumn]) in LUNAR.iter() {
            let within = |d: &Date, from: (i8, i8), to: (i8, i8)| {
                d.year() == *year && (d.month(), d.day()) >= from && (d.month(), d.day()) <= to
            };
            assert!(within(spring, (1, 21), (2, 20)), "{spring}");
            assert!(within(qingming, (4, 4), (4, 6)), "{qingming}");
            assert!(within(dragon_boat, (5, 27), (6, 25)), "{dragon_boat}");
            assert!(within(mid_autumn, (9, 7), (10, 8)), "{mid_autumn}");
            // Four months and four days after New Year, or a leap month more.
            let gap = (*dragon_boat - *spring).get_days();
            assert!(
                (121..=124).contains(&gap) || (150..=153).contains(&gap),
                "{year}: {gap}"
            );
        }
    }
}
