//! The JSON shape of the holiday-cn project: `{year, papers, days: [{name, date, isOffDay}]}`. Its
//! year is that of the notice, so days of the December before can stand in it; weekends that a
//! holiday joins may be missing; a weekday may be listed as work.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::{DayKind, Fault, FileError, Import};

#[derive(Deserialize)]
struct Notice {
    year: i16,
    days: Vec<Day>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Day {
    #[serde(default)]
    name: String,
    date: Date,
    is_off_day: bool,
}

/// Reads one notice, or a list of them. Only the year a notice is for is announced by it, and by
/// a notice without days none.
///
/// # Errors
/// Where it is not of that shape, or lists days far from its year.
pub(super) fn read(text: &str) -> Result<Import, FileError> {
    let fault = |e: serde_json::Error| Fault::Shape(e.to_string()).at(e.line());
    let notices: Vec<Notice> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(fault)?
    } else {
        vec![serde_json::from_str(text).map_err(fault)?]
    };
    let (mut days, mut years) = (BTreeMap::new(), BTreeSet::new());
    for notice in notices {
        if notice.days.iter().any(|d| d.date.year() == notice.year) {
            years.insert(notice.year);
        }
        for day in notice.days {
            let year = day.date.year();
            if (year - notice.year).abs() > 1 {
                return Err(Fault::Far(day.date, notice.year).at(None));
            }
            let kind = if day.is_off_day {
                DayKind::Holiday(day.name)
            } else {
                DayKind::MakeupWorkday(day.name)
            };
            Import::put(&mut days, None, day.date, kind)?;
        }
    }
    Ok(Import { days, years })
}
