//! All-day events of an iCalendar file (RFC 5545): those whose summary speaks of a holiday or of a
//! make-up workday. Only what a calendar of holidays needs is read, what would change its days
//! otherwise is refused, and each fault names its line.

mod lines;

use std::collections::BTreeMap;

use jiff::{Span, ToSpan as _, civil::Date};

pub(super) use self::lines::join_bytes;
use self::lines::{Line, unfold};
use super::{DayKind, Fault, FileError, Import};

/// A holiday longer than this is a mistake.
const LONGEST: i32 = 31;
const DAY_SECONDS: i64 = 86_400;

/// Reads it.
///
/// # Errors
/// The first event without a readable first day, whose summary does not say what the day is, or
/// which repeats, is uncertain or has exceptions.
pub(super) fn read(text: &str) -> Result<Import, FileError> {
    let mut days = BTreeMap::new();
    let mut event: Option<Event> = None;
    // Alarms have summaries and durations of their own.
    let mut within = 0;
    let mut all_cancelled = false;
    for line in unfold(text) {
        match (line.name.as_str(), &mut event) {
            ("BEGIN", None) if line.is("VEVENT") => event = Some(Event::at(line.at)),
            ("BEGIN", Some(_)) => within += 1,
            ("END", Some(_)) if within > 0 => within -= 1,
            ("END", open @ Some(_)) if line.is("VEVENT") => {
                if let Some(event) = open.take()
                    && !all_cancelled
                {
                    event.put(&mut days)?;
                }
            }
            ("METHOD", None) => all_cancelled = line.is("CANCEL"),
            (_, Some(event)) if within == 0 => event.take(line),
            _ => {}
        }
    }
    if let Some(event) = event {
        return Err(Fault::CutShort.at(event.at));
    }
    Ok(Import::of_days(days))
}

/// A day, and the seconds of it that have passed.
#[derive(Clone, Copy)]
struct Moment {
    day: Date,
    seconds: i64,
}

impl Moment {
    /// The first day that lies wholly at or after it.
    fn whole_day(self) -> Date {
        if self.seconds > 0 {
            self.day.saturating_add(1.day())
        } else {
            self.day
        }
    }
}

#[derive(Default)]
struct Event {
    at: usize,
    cancelled: bool,
    first: Option<Moment>,
    end: Option<Moment>,
    lasts: Option<i64>,
    summary: String,
    /// The first thing about it that cannot be read; no matter where it is called off.
    fault: Option<FileError>,
}

impl Event {
    fn at(at: usize) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }

    fn take(&mut self, line: Line) {
        let fault = match line.name.as_str() {
            "DTSTART" => moment(&line).map(|m| self.first = Some(m)),
            "DTEND" => moment(&line).map(|m| self.end = Some(m)),
            "DURATION" => duration(&line).map(|s| self.lasts = Some(s)),
            "SUMMARY" => {
                self.summary = unescape(&line.value);
                Ok(())
            }
            "STATUS" if line.is("CANCELLED") => {
                self.cancelled = true;
                Ok(())
            }
            "STATUS" if line.is("TENTATIVE") => Err(Fault::Tentative.at(line.at)),
            "RRULE" | "RDATE" | "EXRULE" | "EXDATE" | "RECURRENCE-ID" => {
                Err(Fault::Repeats.at(line.at))
            }
            _ => Ok(()),
        };
        self.fault = self.fault.take().or(fault.err());
    }

    fn put(self, days: &mut BTreeMap<Date, DayKind>) -> Result<(), FileError> {
        if self.cancelled {
            return Ok(());
        }
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let at = self.at;
        let first = self.first.ok_or_else(|| Fault::NoFirstDay.at(at))?;
        let lasts = self.lasts.map(|seconds| {
            let all = first.seconds + seconds;
            let whole = (all + DAY_SECONDS - 1).div_euclid(DAY_SECONDS);
            first
                .day
                .saturating_add(Span::new().days(whole.clamp(-400, 400)))
        });
        // DTEND is the day after the last; without end or length the event is one day long.
        let end = match (self.end.map(Moment::whole_day), lasts) {
            (Some(end), Some(other)) if end != other => {
                return Err(Fault::Ends(end, other).at(at));
            }
            (Some(end), _) | (None, Some(end)) => end,
            (None, None) => first.day.saturating_add(1.day()),
        };
        let first = first.day;
        let long = (end - first).get_days();
        if !(1..=LONGEST).contains(&long) {
            return Err(Fault::Span(first, end).at(at));
        }
        if speaks(&self.summary, &REMINDERS) {
            return Err(Fault::Reminder(self.summary).at(at));
        }
        let kind = kind(&self.summary).ok_or_else(|| Fault::Unclear(self.summary).at(at))?;
        for date in first.series(1.day()).take_while(|d| *d < end) {
            Import::put(days, Some(at), date, kind.clone())?;
        }
        Ok(())
    }
}

/// What calendars say on days on which something about holidays happens, and which are none.
const REMINDERS: [&str; 9] = [
    "提醒",
    "通知",
    "公布",
    "发布",
    "抢票",
    "开售",
    "预售",
    "倒计时",
    "reminder",
];

fn speaks(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|w| lower.contains(w))
}

/// What a summary says of its days. Work is looked for first: 上班(补春节假期) names the holiday
/// it makes up for. 调休 alone is said of either.
fn kind(summary: &str) -> Option<DayKind> {
    let rest = summary.replace("调休", "");
    let speaks = |words: &[&str]| speaks(&rest, words);
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

/// A date, or a date-time: the holiday's local day either way.
fn moment(line: &Line) -> Result<Moment, FileError> {
    let (digits, rest) = line.value.split_at_checked(8).unwrap_or((&line.value, ""));
    let number = |text: &str| -> Option<i64> {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| plain)
    };
    let part = |text: &str, at: std::ops::Range<usize>| text.get(at).and_then(number);
    let read = || {
        let day = Date::new(
            part(digits, 0..4)?.try_into().ok()?,
            part(digits, 4..6)?.try_into().ok()?,
            part(digits, 6..8)?.try_into().ok()?,
        );
        // A time in UTC could be the day before or after.
        let seconds = match rest.strip_prefix('T') {
            None if rest.is_empty() => 0,
            Some(time) if time.len() == 6 => {
                let (h, m, s) = (part(time, 0..2)?, part(time, 2..4)?, part(time, 4..6)?);
                (h < 24 && m < 60 && s <= 60).then_some(h * 3_600 + m * 60 + s)?
            }
            _ => return None,
        };
        Some(Moment {
            day: day.ok()?,
            seconds,
        })
    };
    read().ok_or_else(|| Fault::Day(line.value.clone()).at(line.at))
}

/// How many seconds an event lasts: `P5D`, `P1W`, `PT24H`.
fn duration(line: &Line) -> Result<i64, FileError> {
    let fault = || Fault::Duration(line.value.clone()).at(line.at);
    let upper = line.value.to_uppercase();
    let span: Span = upper.parse().map_err(|_| fault())?;
    if span.get_years() != 0 || span.get_months() != 0 || span.is_negative() {
        return Err(fault());
    }
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let hours = i64::from(span.get_hours());
    Ok(days * DAY_SECONDS + hours * 3_600 + span.get_minutes() * 60 + span.get_seconds())
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
