//! `date,kind,name`: the form of the built-in calendar, and tables as people write them: a Chinese
//! header, columns in another order, days written 2027/1/1 or 2027年1月1日.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DayKind, Fault, FileError, Import};

pub(super) const HEADER: &str = "date,kind,name";

/// Where in a line day, kind and name stand.
#[derive(Debug, Clone, Copy)]
struct Columns([usize; 3]);

impl Default for Columns {
    fn default() -> Self {
        Self([0, 1, 2])
    }
}

/// What heads each column.
const HEADS: [&[&str]; 3] = [
    &["date", "day", "日期", "时间", "放假日期"],
    &["kind", "type", "类型", "类别", "性质", "放假/上班"],
    &[
        "name",
        "holiday",
        "名称",
        "节日",
        "节假日",
        "节日名称",
        "假期",
        "备注",
        "说明",
    ],
];

impl Columns {
    /// Those of a header; `None` where the line is none.
    fn of(cells: &[&str]) -> Option<Self> {
        let place = |heads: &[&str]| {
            let is = |cell: &&str| heads.contains(&cell.to_lowercase().as_str());
            cells.iter().position(is)
        };
        let date = place(HEADS[0])?;
        let kind = place(HEADS[1]).unwrap_or(1);
        Some(Self([date, kind, place(HEADS[2]).unwrap_or(2)]))
    }
}

/// Reads it.
///
/// # Errors
/// The first line that is no day.
pub(super) fn read(text: &str) -> Result<Import, FileError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let (mut days, mut columns) = (BTreeMap::new(), Columns::default());
    let mut begun = false;
    for record in reader.records() {
        let record = record.map_err(|e| {
            let line = e.position().and_then(|p| usize::try_from(p.line()).ok());
            Fault::Line.at(line)
        })?;
        let line = record
            .position()
            .and_then(|p| usize::try_from(p.line()).ok());
        let cells: Vec<&str> = record.iter().map(str::trim).collect();
        if cells.iter().all(|c| c.is_empty()) {
            continue;
        }
        if !std::mem::replace(&mut begun, true)
            && let Some(named) = Columns::of(&cells)
        {
            columns = named;
            continue;
        }
        let [date, kind, name] = columns.0.map(|n| cells.get(n).copied().unwrap_or_default());
        let day = day(date).ok_or_else(|| Fault::Date(date.to_owned()).at(line))?;
        let name = name.to_owned();
        let kind = match kind.to_lowercase().as_str() {
            "holiday" | "off" | "放假" | "休假" | "假日" | "节假日" | "法定节假日" => {
                DayKind::Holiday(name)
            }
            "makeup_workday" | "makeup" | "workday" | "work" | "上班" | "补班" | "调休上班"
            | "工作日" | "调休工作日" => DayKind::MakeupWorkday(name),
            _ => return Err(Fault::Kind(kind.to_owned()).at(line)),
        };
        Import::put(&mut days, line, day, kind)?;
    }
    Ok(Import::of_days(days))
}

/// What stands between the cells of the first line that has some.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|l| !l.trim().is_empty());
    let first = first.unwrap_or_default();
    let found = [',', '\t', ';'].into_iter().find(|d| first.contains(*d));
    found.map_or(b',', |d| d as u8)
}

/// A day as people write it: 2027-01-01, 2027/1/1, 2027.1.1, 20270101, 2027年1月1日; a weekday or
/// midnight may follow. The year has four digits and comes first: anything else could be two days.
fn day(text: &str) -> Option<Date> {
    let plain: String = text.chars().map(narrow).collect();
    let mut parts = plain.split_whitespace();
    let day = parts.next()?;
    let follows = |p: &str| {
        let bare = p.trim_matches(['(', ')']);
        ["星期", "周"].iter().any(|w| bare.starts_with(w))
            || bare.chars().all(|c| "0:.".contains(c))
    };
    if !parts.all(follows) {
        return None;
    }
    let day = match day.find(['(', '星', '周']) {
        Some(at) if follows(&day[at..]) => &day[..at],
        _ => day,
    };
    let of = |y: &str, m: &str, d: &str| {
        let digits = |t: &str, n: std::ops::RangeInclusive<usize>| {
            n.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())
        };
        (digits(y, 4..=4) && digits(m, 1..=2) && digits(d, 1..=2))
            .then(|| Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?).ok())
            .flatten()
    };
    if day.is_ascii() && day.len() == 8 && !day.contains(['-', '/', '.']) {
        return of(&day[..4], &day[4..6], &day[6..]);
    }
    if let Some((y, rest)) = day.split_once('年') {
        let (m, d) = rest.split_once('月')?;
        return of(y, m, d.trim_end_matches(['日', '号']));
    }
    let mark = ['-', '/', '.'].into_iter().find(|m| day.contains(*m))?;
    let mut all = day.split(mark);
    let (y, m, d) = (all.next()?, all.next()?, all.next()?);
    all.next().is_none().then(|| of(y, m, d)).flatten()
}

/// Full-width digits and marks as their plain ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}
