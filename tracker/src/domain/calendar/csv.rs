//! `date,kind,name`: the form of the built-in calendar.

use std::collections::BTreeMap;

use super::{DayKind, FileError, Import};

pub(super) const HEADER: &str = "date,kind,name";

const MEND: &str = "expected date,kind,name such as 2027-10-01,holiday,国庆节, with kind holiday \
                    or makeup_workday";

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
            FileError::new(line, "the line cannot be read", MEND)
        })?;
        let line = record
            .position()
            .and_then(|p| usize::try_from(p.line()).ok());
        let fault = |what: String| FileError::new(line, what, MEND);
        let cell = |n: usize| record.get(n).unwrap_or_default();
        if at == 0 && cell(0).eq_ignore_ascii_case("date") {
            continue;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        let date = cell(0)
            .parse()
            .map_err(|_| fault(format!("the date {:?} cannot be read", cell(0))))?;
        let name = cell(2).to_owned();
        let kind = match cell(1) {
            "holiday" => DayKind::Holiday(name),
            "makeup_workday" => DayKind::MakeupWorkday(name),
            other => return Err(fault(format!("the kind {other:?} is unknown"))),
        };
        Import::put(&mut days, line, date, kind)?;
    }
    Ok(Import::of_days(days))
}
