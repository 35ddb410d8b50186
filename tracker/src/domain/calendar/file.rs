//! Reading a calendar from a file, whatever its form.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{DayKind, Fault, csv, holiday_cn, ics};

/// What a calendar file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Its holidays and make-up workdays.
    pub days: BTreeMap<Date, DayKind>,
    /// The years that it announces.
    pub years: BTreeSet<i16>,
}

/// A calendar file that cannot be read: where, what, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{fault}", .line.map(|n| format!("line {n}: ")).unwrap_or_default())]
pub struct FileError {
    /// The line, where one is at fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub fault: Fault,
}

impl Fault {
    /// At a line of the file, where there is one.
    #[must_use]
    pub fn at(self, line: impl Into<Option<usize>>) -> FileError {
        FileError {
            line: line.into(),
            fault: self,
        }
    }
}

impl Import {
    /// Reads a calendar: CSV (`date,kind,name`), ICS, or the JSON shape of holiday-cn, told apart
    /// by how they begin.
    ///
    /// # Errors
    /// The first place that cannot be read, or a file without a day.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = 1 + bytes[..e.valid_up_to()]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            Fault::Encoding.at(line)
        })?;
        // A form ends its lines with both; the reader of CSV counts such lines one too few.
        let text = text.replace("\r\n", "\n");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let begins = text.trim_start();
        let import = if begins.starts_with(['{', '[']) {
            holiday_cn::read(text)?
        } else if begins
            .get(..15)
            .is_some_and(|b| b.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
        {
            ics::read(text)?
        } else {
            csv::read(text)?
        };
        if import.days.is_empty() {
            return Err(Fault::Empty.at(None));
        }
        Ok(import)
    }

    /// Days of a file that does not say which year's notice it is. A year counts as announced
    /// where the file names a day of it beyond the turn of the year: the notice of a year may set
    /// days of the December before and the January after.
    pub(super) fn of_days(days: BTreeMap<Date, DayKind>) -> Self {
        let turn = |d: &Date| (d.month() == 12 && d.day() > 20) || (d.month() == 1 && d.day() < 8);
        let beyond = days.keys().filter(|d| !turn(d));
        let mut years: BTreeSet<i16> = beyond.map(|d| d.year()).collect();
        if years.is_empty() {
            let all: BTreeSet<i16> = days.keys().map(|d| d.year()).collect();
            if all.len() == 1 {
                years = all;
            }
        }
        Self { days, years }
    }

    /// The same with the years it announces: those that are named, else those it says itself.
    ///
    /// # Errors
    /// Where there is none, or no day of a named one.
    pub fn announcing(mut self, named: &[i16]) -> Result<Self, FileError> {
        for year in named {
            if !self.days.keys().any(|d| d.year() == *year) {
                return Err(Fault::NotOfYear(year.to_string()).at(None));
            }
        }
        if !named.is_empty() {
            self.years = named.iter().copied().collect();
        }
        if self.years.is_empty() {
            return Err(Fault::Year.at(None));
        }
        Ok(self)
    }

    /// Adds a day that a line names; a day named twice must be the same twice.
    pub(super) fn put(
        days: &mut BTreeMap<Date, DayKind>,
        line: Option<usize>,
        date: Date,
        kind: DayKind,
    ) -> Result<(), FileError> {
        match days.get(&date) {
            Some(known) if known.works() != kind.works() => Err(Fault::Both(date).at(line)),
            Some(_) => Ok(()),
            None => {
                days.insert(date, kind);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
