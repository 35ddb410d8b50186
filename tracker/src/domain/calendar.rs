//! Workdays as the State Council announces them (国务院办公厅关于节假日安排的通知), holidays and
//! make-up workdays 调休 alike: 2004–2026 are built in, later years are imported, and a province's
//! own days lie over both. Outside of those years weekends are all we know.

mod csv;
mod diff;
mod fault;
mod file;
mod holiday_cn;
mod ics;
mod layers;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::civil::{Date, Weekday};

pub use self::{
    diff::{Diff, Moved},
    fault::Fault,
    file::{FileError, Import},
    layers::{Layer, Layers},
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

impl DayKind {
    /// What a day of the week is by itself.
    #[must_use]
    pub fn plain(date: Date) -> Self {
        if is_weekend(date) {
            Self::Weekend
        } else {
            Self::Workday
        }
    }

    /// Its code in files and tables.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Workday => "workday",
            Self::Weekend => "weekend",
            Self::Holiday(_) => "holiday",
            Self::MakeupWorkday(_) => "makeup_workday",
        }
    }

    /// The holiday it belongs to; empty on a plain day.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Holiday(name) | Self::MakeupWorkday(name) => name,
            Self::Workday | Self::Weekend => "",
        }
    }

    /// Whether offices work.
    #[must_use]
    pub fn works(&self) -> bool {
        matches!(self, Self::Workday | Self::MakeupWorkday(_))
    }
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The days of a year, one bit each, set where offices work.
type YearBits = [u64; 6];

/// A calendar of workdays.
#[derive(Debug, Clone)]
pub struct Calendar {
    days: BTreeMap<Date, DayKind>,
    published: BTreeSet<i16>,
    first_year: i16,
    bits: Vec<YearBits>,
    version: String,
}

static BUILT_IN: LazyLock<Calendar> = LazyLock::new(|| {
    let import = csv::read(include_str!("../../data/calendar/cn.csv"))
        .expect("the built-in calendar is checked by its tests");
    let published = import.days.keys().map(|d| d.year()).collect();
    Calendar::new(import.days, published, "")
});

impl Calendar {
    /// The state calendar that ships with Huiyin.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// A calendar of special days; `mark` tells its version from one with the same years.
    fn new(days: BTreeMap<Date, DayKind>, published: BTreeSet<i16>, mark: &str) -> Self {
        let first_year = days.keys().next().map_or(2000, |d| d.year());
        let last_year = days.keys().next_back().map_or(1999, |d| d.year());
        let bits = (first_year..=last_year).map(|y| year_bits(y, &days));
        let bits = bits.collect();
        let latest = published.last().copied().unwrap_or_default();
        let version = format!("cn-{latest}.{:08x}{mark}", digest(&days, &published));
        Self {
            days,
            published,
            first_year,
            bits,
            version,
        }
    }

    /// The built-in calendar with what was imported laid over it.
    #[must_use]
    pub fn lay(layers: &Layers) -> Self {
        let base = Self::built_in();
        if layers.is_empty() {
            return base.clone();
        }
        let mut days = base.days.clone();
        days.retain(|date, _| !layers.years.contains(&date.year()));
        for (date, kind) in layers.in_order() {
            // An ordinary weekday listed as work makes up for nothing, unless offices were closed.
            let closed = matches!(days.get(&date), Some(DayKind::Holiday(_)));
            if !kind.works() || is_weekend(date) || closed {
                days.insert(date, kind.clone());
            }
        }
        let published = base.published.union(&layers.years).copied().collect();
        let mark = if layers.local.is_empty() {
            ""
        } else {
            "+local"
        };
        Self::new(days, published, mark)
    }

    /// What a day is.
    #[must_use]
    pub fn kind(&self, date: Date) -> DayKind {
        let special = self.days.get(&date).cloned();
        special.unwrap_or_else(|| DayKind::plain(date))
    }

    /// Whether offices work.
    #[must_use]
    pub fn is_workday(&self, date: Date) -> bool {
        let year = usize::try_from(date.year() - self.first_year);
        match year.ok().and_then(|y| self.bits.get(y)) {
            Some(bits) => {
                let (word, bit) = place(date);
                bits[word] & bit != 0
            }
            None => !is_weekend(date),
        }
    }

    /// Whether the holidays of a year are announced.
    #[must_use]
    pub fn published(&self, year: i16) -> bool {
        self.published.contains(&year)
    }

    /// Whether the holidays of all years from one day to another are announced.
    #[must_use]
    pub fn published_from(&self, from: Date, to: Date) -> bool {
        (from.year()..=to.year()).all(|y| self.published(y))
    }

    /// The years whose holidays are announced.
    #[must_use]
    pub fn years(&self) -> &BTreeSet<i16> {
        &self.published
    }

    /// Holidays and make-up workdays of a year, in order.
    pub fn special_days(&self, year: i16) -> impl Iterator<Item = (Date, &DayKind)> {
        let all = self.days.iter().map(|(d, k)| (*d, k));
        all.filter(move |(d, _)| d.year() == year)
    }

    /// Names the data, so that a due date can say by which calendar it was counted: the latest
    /// year announced, a digest of the days, and `+local` where a province's days lie over them.
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
            let Ok(next) = day.tomorrow() else {
                break;
            };
            day = next;
            n += u32::from(self.is_workday(day));
        }
        n
    }
}

/// Where in a year's bits a day stands.
fn place(date: Date) -> (usize, u64) {
    let at = date.day_of_year().unsigned_abs() - 1;
    (usize::from(at / 64), 1 << (at % 64))
}

fn year_bits(year: i16, days: &BTreeMap<Date, DayKind>) -> YearBits {
    let mut bits = YearBits::default();
    let first = Date::new(year, 1, 1);
    let all = first
        .into_iter()
        .flat_map(|d| d.series(jiff::Span::new().days(1)));
    for date in all.take_while(|d| d.year() == year) {
        let works = days.get(&date).map_or(!is_weekend(date), DayKind::works);
        if works {
            let (word, bit) = place(date);
            bits[word] |= bit;
        }
    }
    bits
}

/// FNV-1a over the days as a calendar file would list them: short, stable, and only meant to tell
/// two calendars apart.
fn digest(days: &BTreeMap<Date, DayKind>, published: &BTreeSet<i16>) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |text: &str| {
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    };
    add(csv::HEADER);
    for (date, kind) in days {
        add(&format!("\n{date},{},{}", kind.code(), kind.name()));
    }
    add("\n");
    // A year announced without a day of its own is told from one not announced.
    let named: BTreeSet<i16> = days.keys().map(|d| d.year()).collect();
    for year in published.symmetric_difference(&named) {
        add(&format!("{year}\n"));
    }
    hash as u32
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
        assert!(!calendar.published_from(Date::constant(2026, 12, 1), Date::constant(2027, 1, 4)));
        assert!(calendar.version().starts_with("cn-2026."));
    }

    #[test]
    fn bits_and_kinds_agree_on_every_day() {
        let calendar = Calendar::built_in();
        let days = Date::constant(2003, 1, 1).series(jiff::Span::new().days(1));
        for day in days.take_while(|d| d.year() < 2029) {
            assert_eq!(
                calendar.is_workday(day),
                calendar.kind(day).works(),
                "{day}"
            );
        }
    }

    #[test]
    fn the_version_is_that_of_the_file() {
        let text = include_str!("../../data/calendar/cn.csv");
        let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        let version = format!("cn-2026.{:08x}", digest as u32);
        assert_eq!(Calendar::built_in().version(), version);
    }
}
