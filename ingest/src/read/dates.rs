//! The Date header. RFC 5322 in the main; beside it what other clocks and old mailers write.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Timestamp, civil};

/// The instant a Date header means; `None` where it means none.
pub(crate) fn parse(raw: &[u8]) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(raw);
    let text = chinese(&without_comments(&text));
    // Obsolete white space inside the time (RFC 5322 §4.3): `09 : 55 : 06`.
    let text = text.split(':').map(str::trim).collect::<Vec<_>>().join(":");
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let mut found = Found {
        chinese: text.contains('年'),
        ..Found::default()
    };
    // `2023-05-01` and `1-May-2023` are taken apart; `+0800` keeps its sign.
    let words: Vec<String> = text
        .split([' ', '\t', ',', '\r', '\n'])
        .filter(|w| !w.is_empty())
        .flat_map(pieces)
        .collect();
    for word in &words {
        found.take(word);
    }
    found.instant()
}

/// Seconds east of UTC.
const BEIJING: i32 = 8 * 3600;

/// Chinese signs as the others have them: `17时30分20秒`, `下午5点半`, full-width digits and colons.
fn chinese(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let text: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '：' => ':',
            '，' | '\u{3000}' | '\u{a0}' => ' ',
            '−' | '–' => '-',
            '＋' => '+',
            c => c,
        })
        .collect();
    let mut text = text.replace("点半", ":30").replace("时半", ":30");
    for (from, to) in [
        ("北京时间", " "),
        ("上午", " am "),
        ("早上", " am "),
        ("凌晨", " am "),
        ("下午", " pm "),
        ("晚上", " pm "),
        ("傍晚", " pm "),
        ("中午", " "),
        ("点整", ":00"),
        ("日", "日 "),
        ("时", ":"),
        ("点", ":"),
        ("分", ":"),
        ("秒", " "),
    ] {
        text = text.replace(from, to);
    }
    // `17:30: ` and `17: ` where the smaller units are not said.
    let words = text.split_whitespace().map(|word| {
        let digits = word.trim_end_matches(':');
        let bare = digits.len() < word.len() && digits.bytes().all(|b| b.is_ascii_digit());
        match bare {
            true if !digits.is_empty() => format!("{digits}:00"),
            _ => digits.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The parts of a date, in whatever order they come.
#[derive(Default)]
struct Found {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<civil::Time>,
    afternoon: Option<bool>,
    /// Seconds east of UTC, by its number.
    offset: Option<i32>,
    /// The same, by its name.
    named: Option<i32>,
    /// Written in Chinese: without a zone it is Beijing's.
    chinese: bool,
}

impl Found {
    fn take(&mut self, word: &str) {
        let lower = word.to_ascii_lowercase();
        if self.time.is_some() && word.starts_with(['+', '-']) {
            self.offset = self.offset.or_else(|| offset(word));
        } else if word.contains(':') && !word.starts_with(['+', '-']) {
            self.time = self.time.or_else(|| time(word));
        } else if let Some(parts) = dotted(word) {
            // `09.30.00`, and `13.05.2024` as Germans write it.
            match parts {
                [day, month, year] if year.len() == 4 => {
                    self.day = self.day.or_else(|| day.parse().ok());
                    self.month = self.month.or_else(|| month.parse().ok());
                    self.year = self.year.or_else(|| year.parse().ok());
                }
                _ => self.time = self.time.or_else(|| time(&parts.join(":"))),
            }
        } else if let Some(month) = month(&lower) {
            self.month.get_or_insert(month);
        } else if lower == "pm" || lower == "am" {
            self.afternoon = Some(lower == "pm");
        } else if let Ok(number) = word.parse::<i16>() {
            self.number(number, word.len());
        } else if self.time.is_some() {
            // `GMT+8` and `GMT+0800` are two words by now; the second says more.
            self.named = self.named.or_else(|| zone(&lower));
        }
    }

    fn number(&mut self, number: i16, digits: usize) {
        // `029` is a day that a clock filled up.
        let filled = digits == 3 && number <= 31 && self.day.is_none();
        if (digits >= 3 && !filled) || number > 31 {
            // RFC 5322 §4.3: two digits below 50 are of this century, three count from 1900.
            self.year.get_or_insert(match digits {
                3 => number + 1900,
                2 if number >= 50 => number + 1900,
                _ => number,
            });
        } else if self.year.is_some() && self.month.is_none() {
            self.month = i8::try_from(number).ok();
        } else if self.day.is_none() {
            self.day = i8::try_from(number).ok();
        } else if self.year.is_none() {
            self.year = Some(number + 2000);
        }
    }

    fn instant(self) -> Option<Timestamp> {
        let mut time = self.time.unwrap_or_default();
        match self.afternoon {
            Some(true) if time.hour() < 12 => {
                time = time.with().hour(time.hour() + 12).build().ok()?;
            }
            Some(false) if time.hour() == 12 => time = time.with().hour(0).build().ok()?,
            _ => {}
        }
        let date = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        let usual = if self.chinese { BEIJING } else { 0 };
        let offset = self.offset.or(self.named).unwrap_or(usual);
        let offset = Offset::from_seconds(offset).ok()?;
        offset.to_timestamp(DateTime::from_parts(date, time)).ok()
    }
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::with_capacity(text.len().min(200));
    for c in text.chars().take(200) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

fn pieces(word: &str) -> Vec<String> {
    let bytes = word.as_bytes();
    let dated = word.contains(['年', '/'])
        || (word.contains('-') && !word.starts_with('-') && !word.contains(':'));
    let named = ["gmt", "utc", "ut"];
    let zoned = |word: &str| {
        let lower = word.to_ascii_lowercase();
        named.iter().any(|name| lower.starts_with(name))
    };
    if dated && !zoned(word) && !(word.contains('T') && word.contains(':')) {
        let parts = word
            .split(['-', '/', '年', '月', '日', 'T'])
            .filter(|p| !p.is_empty());
        return parts.map(str::to_owned).collect();
    }
    // `2026-11-30T09:15+08:00`, `2026/11/30T09:15`: the time apart from the day.
    if let Some((day, time)) = word.split_once(['T', 't'])
        && day.len() >= 8
        && day
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-/.".contains(&b))
        && time.contains(':')
    {
        return [pieces(day), pieces(time)].concat();
    }
    // `GMT+8`, `UTC+08:00`: the number says it.
    if let Some(at) = word.find(['+', '-'])
        && at > 0
        && matches!(
            word[..at].to_ascii_lowercase().as_str(),
            "gmt" | "utc" | "ut"
        )
    {
        return vec![word[..at].to_owned(), word[at..].to_owned()];
    }
    // `10:00:00+0800` and `10:00:00PM`.
    if let Some(at) = bytes.iter().position(|b| matches!(b, b'+' | b'-'))
        && at > 0
        && word.contains(':')
    {
        return vec![word[..at].to_owned(), word[at..].to_owned()];
    }
    // `09:15:00Z`.
    if let Some(time) = word
        .strip_suffix(['Z', 'z'])
        .filter(|time| time.contains(':'))
    {
        return vec![time.to_owned(), "z".into()];
    }
    vec![word.trim_end_matches('.').to_owned()]
}

/// Three numbers between dots.
fn dotted(word: &str) -> Option<[&str; 3]> {
    let mut parts = word.split('.');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let digits = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    (parts.next().is_none() && three.iter().all(|p| digits(p))).then_some(three)
}

fn time(word: &str) -> Option<civil::Time> {
    let mut parts = word.split(':').map(|p| {
        let digits = p.split('.').next().unwrap_or_default();
        digits
            .trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .parse::<i8>()
            .ok()
    });
    let hour = parts.next()??;
    let minute = parts.next()??;
    // A leap second is the second before it.
    let second = parts.next().flatten().unwrap_or(0).min(59);
    civil::Time::new(hour, minute, second, 0).ok()
}

fn month(lower: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let prefix = lower.get(..3)?;
    let at = MONTHS.iter().position(|m| *m == prefix)?;
    i8::try_from(at + 1).ok()
}

/// `+0800`, `+08:00` without its colon, `+8`; seconds east of UTC.
fn offset(word: &str) -> Option<i32> {
    let sign = if word.starts_with('-') { -1 } else { 1 };
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() <= 2 {
        (number, 0)
    } else {
        (number / 100, number % 100)
    };
    (hours <= 24 && minutes < 60).then(|| sign * (hours * 3600 + minutes * 60))
}

/// The zone names of RFC 5322 §4.3 (so `CST` is Chicago's) and the commonest others; an unknown one
/// counts as UTC.
fn zone(lower: &str) -> Option<i32> {
    let hours = match lower {
        "ut" | "utc" | "gmt" | "z" => 0,
        "est" => -5,
        "edt" => -4,
        "cst" => -6,
        "cdt" => -5,
        "mst" => -7,
        "mdt" => -6,
        "pst" => -8,
        "pdt" => -7,
        "cet" | "met" | "bst" => 1,
        "cest" | "mest" | "eet" => 2,
        "jst" | "kst" => 9,
        "hkt" | "sgt" => 8,
        _ => return None,
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests;
