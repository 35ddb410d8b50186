//! Workdays as the State Council announces them (国务院办公厅关于节假日安排的通知), holidays and
//! make-up workdays 调休 alike: 2004–2026 are built in, later years are imported, and a province's
//! own days lie over both. In a year not announced yet the days off that the law fixes are known,
//! and weekends.

mod change;
mod csv;
mod diff;
mod fault;
mod file;
mod holiday_cn;
mod ics;
mod layers;
mod statute;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::civil::{Date, Weekday};

pub use self::{
    change::{ChangeKind, Delta, Touched, Years},
    diff::{Diff, Moved},
    fault::Fault,
    file::{FileError, Import},
    layers::{Layer, Layers},
    statute::Lacking,
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
    /// A day off by law in a year whose notice is still to come, by the holiday.
    Statutory(String),
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
            Self::Statutory(_) => "statutory",
        }
    }

    /// The holiday it belongs to; empty on a plain day.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Holiday(name) | Self::MakeupWorkday(name) | Self::Statutory(name) => name,
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
        let last_year = last_year.max(statute::last_year());
        let bits = (first_year..=last_year).map(|y| year_bits(y, &days, published.contains(&y)));
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
        let published: BTreeSet<i16> = base.published.union(&layers.years).copied().collect();
        let mut days = base.days.clone();
        days.retain(|date, _| !layers.years.contains(&date.year()));
        for (date, kind) in layers.in_order() {
            // An ordinary weekday listed as work makes up for nothing, unless offices were closed.
            let closed = match days.get(&date) {
                Some(kind) => !kind.works(),
                None => by_law(date, published.contains(&date.year())).is_some(),
            };
            if !kind.works() || is_weekend(date) || closed {
                days.insert(date, kind.clone());
            }
        }
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
        special
            .or_else(|| by_law(date, self.published(date.year())))
            .unwrap_or_else(|| DayKind::plain(date))
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
            None => self.kind(date).works(),
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

    /// Holidays and make-up workdays of a year, in order; of one that is not announced, the days
    /// off that the law fixes.
    pub fn special_days(&self, year: i16) -> impl Iterator<Item = (Date, DayKind)> {
        let of_year = self.days.iter().filter(|(d, _)| d.year() == year);
        let mut days: BTreeMap<Date, DayKind> = of_year.map(|(d, k)| (*d, k.clone())).collect();
        for (date, _) in statute::days(year) {
            if let Some(kind) = by_law(date, self.published(year)) {
                days.entry(date).or_insert(kind);
            }
        }
        days.into_iter()
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

/// A whole year as a calendar file: the days off by law, and more lines.
#[cfg(test)]
pub(crate) fn whole_year(year: i16, more: &str) -> String {
    let days = statute::days(year).into_iter();
    let lines = days.map(|(date, name)| format!("{date},holiday,{name}\n"));
    format!("date,kind,name\n{}{more}", lines.collect::<String>())
}

/// Where in a year's bits a day stands.
fn place(date: Date) -> (usize, u64) {
    let at = date.day_of_year().unsigned_abs() - 1;
    (usize::from(at / 64), 1 << (at % 64))
}

/// A day off by law, in a year that is not announced: once it is, the notice alone says.
fn by_law(date: Date, published: bool) -> Option<DayKind> {
    if published {
        return None;
    }
    statute::festival(date).map(|name| DayKind::Statutory(name.to_owned()))
}

fn year_bits(year: i16, days: &BTreeMap<Date, DayKind>, published: bool) -> YearBits {
    let mut bits = YearBits::default();
    let first = Date::new(year, 1, 1);
    let all = first
        .into_iter()
        .flat_map(|d| d.series(jiff::Span::new().days(1)));
    for date in all.take_while(|d| d.year() == year) {
        let works = match days.get(&date) {
            Some(kind) => kind.works(),
            None => !is_weekend(date) && by_law(date, published).is_none(),
        };
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
    fn before_its_notice_a_year_has_the_days_off_of_the_law() {
        let calendar = Calendar::built_in();
        for (text, festival) in [
            ("2027-01-01", "元旦"),
            ("2027-02-05", "春节"),
            ("2027-02-08", "春节"),
            ("2027-04-05", "清明节"),
            ("2027-06-09", "端午节"),
            ("2027-09-15", "中秋节"),
            ("2030-10-03", "国庆节"),
            ("2101-01-01", "元旦"),
        ] {
            let day = text.parse().unwrap();
            assert_eq!(calendar.kind(day), DayKind::Statutory(festival.into()));
            assert!(!calendar.is_workday(day), "{text}");
        }
        for text in ["2027-02-09", "2027-05-03", "2027-10-04", "2003-01-01"] {
            assert!(calendar.is_workday(text.parse().unwrap()), "{text}");
        }
        assert_eq!(calendar.special_days(2027).count(), 13);
    }

    #[test]
    fn bits_and_kinds_agree_on_every_day() {
        let calendar = Calendar::built_in();
        let days = Date::constant(2003, 1, 1).series(jiff::Span::new().days(1));
        for day in days.take_while(|d| d.year() < 2103) {
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
