//! Reading a calendar from a file, whatever its form.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, GB18030};
use jiff::civil::Date;

use super::{DayKind, Fault, csv, holiday_cn, ics, statute};

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
    /// by how they begin; in UTF-8, in UTF-16 with its mark, or in GB18030 as Excel writes it.
    ///
    /// # Errors
    /// The first place that cannot be read, or a file without a day.
    pub fn read(bytes: &[u8]) -> Result<Self, FileError> {
        let text = decode(bytes)?;
        // A form ends its lines with both; the reader of CSV counts such lines one too few.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let begins = text.trim_start();
        let import = if begins.starts_with(['{', '[']) {
            holiday_cn::read(&text)?
        } else if is_ics(begins.as_bytes()) {
            ics::read(&text)?
        } else {
            csv::read(&text)?
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

    /// The same with the years it announces: those that are named, else those it says itself. Of a
    /// named year only its days count, and those that its notice sets at the turn of the year.
    ///
    /// # Errors
    /// Where there is none, or no day of a named one, or where a year lacks days off that the law
    /// fixes: a file of some days announces no year.
    pub fn announcing(mut self, named: &[i16]) -> Result<Self, FileError> {
        for year in named {
            if !self.days.keys().any(|d| d.year() == *year) {
                return Err(Fault::NotOfYear(year.to_string()).at(None));
            }
        }
        if !named.is_empty() {
            self.years = named.iter().copied().collect();
            let near = |d: &Date| {
                let other = if d.month() > 6 {
                    d.year() + 1
                } else {
                    d.year() - 1
                };
                named.contains(&d.year()) || (turn(d) && named.contains(&other))
            };
            self.days.retain(|d, _| near(d));
        }
        if self.years.is_empty() {
            return Err(Fault::Year.at(None));
        }
        for year in &self.years {
            if let Some(lacking) = statute::lacking(*year, &self.days) {
                return Err(Fault::Incomplete(lacking).at(None));
            }
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

/// Whether a day can belong to the notice of the year beside its own.
fn turn(d: &Date) -> bool {
    (d.month() == 12 && d.day() > 20) || (d.month() == 1 && d.day() < 8)
}

fn is_ics(bytes: &[u8]) -> bool {
    let head = bytes.get(..15).unwrap_or_default();
    head.eq_ignore_ascii_case(b"BEGIN:VCALENDAR")
}

/// Its text, without the mark that says how it is encoded.
fn decode(bytes: &[u8]) -> Result<String, FileError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, faulty) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if faulty {
            Err(Fault::Encoding.at(line_of(text.as_bytes(), text.find('\u{fffd}'))))
        } else {
            Ok(text.into_owned())
        };
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    if is_ics(bytes.trim_ascii_start())
        && let Ok(text) = String::from_utf8(ics::join_bytes(bytes))
    {
        return Ok(text);
    }
    match GB18030.decode_without_bom_handling(bytes) {
        (text, false) => Ok(text.into_owned()),
        _ => Err(Fault::Encoding.at(line_of(bytes, Some(error.valid_up_to())))),
    }
}

/// The line in which a byte stands.
fn line_of(bytes: &[u8], at: Option<usize>) -> Option<usize> {
    let before = bytes.get(..at?)?;
    Some(1 + before.iter().filter(|b| **b == b'\n').count())
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
