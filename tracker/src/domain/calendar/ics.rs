//! All-day events of an iCalendar file (RFC 5545): those whose summary speaks of a holiday or of a
//! make-up workday. Only what a calendar of holidays needs is read, and each fault names its line.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};

use super::{DayKind, Fault, FileError, Import};

/// A holiday longer than this is a mistake.
const LONGEST: i32 = 31;

/// A content line: where it begins, its name, and its value.
struct Line {
    at: usize,
    name: String,
    value: String,
}

/// Reads it.
///
/// # Errors
/// The first event without a readable first day, or whose summary does not say what the day is.
pub(super) fn read(text: &str) -> Result<Import, FileError> {
    let mut days = BTreeMap::new();
    let mut event: Option<Event> = None;
    let mut began = 0;
    for line in unfold(text) {
        match (line.name.as_str(), &mut event) {
            ("BEGIN", _) if line.value.eq_ignore_ascii_case("VEVENT") => {
                event = Some(Event::default());
                began = line.at;
            }
            ("END", open @ Some(_)) if line.value.eq_ignore_ascii_case("VEVENT") => {
                if let Some(event) = open.take() {
                    event.put(began, &mut days)?;
                }
            }
            ("DTSTART", Some(e)) => e.first = Some(date(&line)?),
            ("DTEND", Some(e)) => e.end = Some(date(&line)?),
            ("SUMMARY", Some(e)) => e.summary = unescape(&line.value),
            ("RRULE" | "RDATE", Some(_)) => {
                return Err(Fault::Repeats.at(line.at));
            }
            _ => {}
        }
    }
    if event.is_some() {
        return Err(Fault::CutShort.at(began));
    }
    Ok(Import::of_days(days))
}

#[derive(Default)]
struct Event {
    first: Option<Date>,
    end: Option<Date>,
    summary: String,
}

impl Event {
    fn put(self, at: usize, days: &mut BTreeMap<Date, DayKind>) -> Result<(), FileError> {
        let first = self.first.ok_or_else(|| Fault::NoFirstDay.at(at))?;
        let kind = kind(&self.summary).ok_or_else(|| Fault::Unclear(self.summary).at(at))?;
        // DTEND is the day after the last; without it the event is one day long.
        let end = match self.end {
            Some(end) => end,
            None => first.saturating_add(1.days()),
        };
        let long = (end - first).get_days();
        if !(1..=LONGEST).contains(&long) {
            return Err(Fault::Span(first, end).at(at));
        }
        for date in first.series(1.day()).take_while(|d| *d < end) {
            Import::put(days, Some(at), date, kind.clone())?;
        }
        Ok(())
    }
}

/// What a summary says of its days. Work is looked for first: 上班(补春节假期) names the holiday
/// it makes up for. 调休 alone is said of either.
fn kind(summary: &str) -> Option<DayKind> {
    let lower = summary.to_lowercase().replace("调休", "");
    let speaks = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if speaks(&["班", "makeup", "make-up", "workday", "working day"]) {
        Some(DayKind::MakeupWorkday(name(summary)))
    } else if speaks(&["休", "假", "holiday"])
        || (speaks(&["节", "元旦", "除夕", "festival"]) && !summary.contains("调休"))
    {
        Some(DayKind::Holiday(name(summary)))
    } else {
        None
    }
}

/// The holiday's name without the words that say what the day is.
fn name(summary: &str) -> String {
    let mut name = summary.to_owned();
    for word in [
        "上班", "补班", "调休", "假期", "放假", "holiday", "Holiday", "makeup", "workday", "补",
        "班", "休", "(", ")", "（", "）", "[", "]", "【", "】", "：", ":", "·",
    ] {
        name = name.replace(word, "");
    }
    // 春节 假期 第1天/共7天.
    let name = name.split(" 第").next().unwrap_or_default().trim();
    if name.is_empty() {
        summary.trim()
    } else {
        name
    }
    .to_owned()
}

/// The day of a date or date-time: the holiday's local day either way.
fn date(line: &Line) -> Result<Date, FileError> {
    let digits = line.value.get(..8).unwrap_or_default();
    let rest = line.value.get(8..).unwrap_or_default();
    let part = |at: std::ops::Range<usize>| digits.get(at).and_then(|d| d.parse::<i16>().ok());
    let read = || {
        let (y, m, d) = (part(0..4)?, part(4..6)?, part(6..8)?);
        Date::new(y, m.try_into().ok()?, d.try_into().ok()?).ok()
    };
    // A time in UTC could be the day before or after.
    let whole = rest.is_empty() || (rest.starts_with('T') && !rest.ends_with('Z'));
    let day = read().filter(|_| whole);
    day.ok_or_else(|| Fault::Day(line.value.clone()).at(line.at))
}

/// Content lines: a line that begins with a blank goes on from the one before.
fn unfold(text: &str) -> Vec<Line> {
    let mut whole: Vec<(usize, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(more), Some((_, begun))) => begun.push_str(more),
            _ => whole.push((at + 1, line.to_owned())),
        }
    }
    let split = |(at, line): (usize, String)| {
        let (left, value) = line.split_once(':')?;
        let name = left.split(';').next().unwrap_or_default();
        Some(Line {
            at,
            name: name.trim().to_ascii_uppercase(),
            value: value.trim().to_owned(),
        })
    };
    whole.into_iter().filter_map(split).collect()
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}
