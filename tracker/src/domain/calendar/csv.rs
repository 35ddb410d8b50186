//! `date,kind,name`: the form of the built-in calendar. Written by hand the kind can be Chinese.

use std::collections::BTreeMap;

use super::{DayKind, Fault, FileError, Import};

pub(super) const HEADER: &str = "date,kind,name";

/// Reads it.
///
/// # Errors
/// The first line that is no day.
pub(super) fn read(text: &str) -> Result<Import, FileError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut days = BTreeMap::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|e| {
            let line = e.position().and_then(|p| usize::try_from(p.line()).ok());
            Fault::Line.at(line)
        })?;
        let line = record
            .position()
            .and_then(|p| usize::try_from(p.line()).ok());
        let cell = |n: usize| record.get(n).unwrap_or_default();
        if at == 0 && cell(0).eq_ignore_ascii_case("date") {
            continue;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        let date = cell(0)
            .parse()
            .map_err(|_| Fault::Date(cell(0).to_owned()).at(line))?;
        let name = cell(2).to_owned();
        let kind = match cell(1) {
            "holiday" | "放假" => DayKind::Holiday(name),
            "makeup_workday" | "上班" => DayKind::MakeupWorkday(name),
            other => return Err(Fault::Kind(other.to_owned()).at(line)),
        };
        Import::put(&mut days, line, date, kind)?;
    }
    Ok(Import::of_days(days))
}
