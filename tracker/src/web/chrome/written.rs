//! How days, numbers, terms and tags are written in the language of the page.

use std::borrow::Borrow;

use jiff::civil::Date;

use super::Chrome;
use crate::domain::words::Language;
use crate::web::pages::parts::{Tag, Tone};

impl Chrome {
    /// A whole number with its thousands apart: `3,218`.
    #[must_use]
    pub fn count(&self, n: impl Borrow<i64>) -> String {
        let n = *n.borrow();
        let digits = n.unsigned_abs().to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        if n < 0 { format!("−{out}") } else { out }
    }

    /// A rate from 0 to 1 as `98.6%`; a dash where there is none. Cut, never rounded up: 99.99 %
    /// of the letters is not all of them.
    #[must_use]
    pub fn rate(&self, rate: &Option<f64>) -> String {
        match rate {
            None => "—".to_owned(),
            Some(rate) if *rate >= 1.0 => "100%".to_owned(),
            // A thousandth of slack for what binary fractions cannot hold: 0.986 × 1000 = 985.999….
            Some(rate) => format!("{:.1}%", (rate * 1000.0 + 1e-6).floor() / 10.0),
        }
    }

    /// A day given as `YYYY-MM-DD`: `2026年11月24日`, `24 November 2026`.
    #[must_use]
    pub fn day(&self, iso: &str) -> String {
        self.write_day(iso, "%Y年%-m月%-d日", "%-d %B %Y")
    }

    /// A day without its year: `11月24日`, `24 Nov`.
    #[must_use]
    pub fn short_day(&self, iso: &str) -> String {
        self.write_day(iso, "%-m月%-d日", "%-d %b")
    }

    /// A day in a list: without its year where that is this one.
    #[must_use]
    pub fn list_day(&self, iso: &str) -> String {
        match iso.parse::<Date>() {
            Ok(day) if day.year() == self.year => self.short_day(iso),
            _ => self.day(iso),
        }
    }

    /// A month: `2026年11月`, `November 2026`.
    #[must_use]
    pub fn month(&self, day: Date) -> String {
        self.write_day(&day.to_string(), "%Y年%-m月", "%B %Y")
    }

    /// A day with its weekday: `2026年11月24日（星期二）`, `Tuesday 24 November 2026`.
    #[must_use]
    pub fn long_day(&self, iso: &str) -> String {
        match (self.language, iso.parse::<Date>()) {
            (Language::Chinese, Ok(day)) => format!("{}（{}）", self.day(iso), self.weekday(day)),
            (Language::English, Ok(day)) => format!("{} {}", self.weekday(day), self.day(iso)),
            (_, Err(_)) => iso.to_owned(),
        }
    }

    /// The weekday of a day given as `YYYY-MM-DD`.
    #[must_use]
    pub fn weekday_of(&self, iso: &str) -> String {
        iso.parse::<Date>()
            .map_or_else(|_| String::new(), |day| self.weekday(day))
    }

    /// The tag that says how long an open letter still has, in working days; below 0 it is late.
    #[must_use]
    pub fn due_tag(&self, workdays_left: impl Borrow<i64>) -> Tag {
        let workdays_left = *workdays_left.borrow();
        let (tone, text) = match workdays_left {
            ..0 => (Tone::Late, self.tn("tag.late", -workdays_left)),
            0 => (Tone::Soon, self.t("tag.today").into_owned()),
            1..=3 => (Tone::Soon, self.tn("tag.left", workdays_left)),
            _ => (Tone::Plain, self.tn("tag.left", workdays_left)),
        };
        Tag { tone, text }
    }

    /// The tag of a status.
    #[must_use]
    pub fn status_tag(&self, status: &str) -> Tag {
        let tone = match status {
            "answered" | "filed" => Tone::Done,
            "declined" | "directed" | "transferred" | "withdrawn" | "duplicate" | "invalid" => {
                Tone::Quiet
            }
            _ => Tone::Plain,
        };
        Tag {
            tone,
            text: self.word("status", status),
        }
    }

    /// The tag of a message's fate; what waits for a person stands out.
    #[must_use]
    pub fn fate_tag(&self, fate: &str) -> Tag {
        let tone = match fate {
            "letter" | "addition" => Tone::Done,
            "quarantined" => Tone::Late,
            "held" => Tone::Soon,
            "waiting" => Tone::Plain,
            _ => Tone::Quiet,
        };
        Tag {
            tone,
            text: self.word("fate", fate),
        }
    }

    /// A term in words: `term("workday", 7)` is `7 个工作日内答复`.
    #[must_use]
    pub fn term(&self, unit: &str, length: i64) -> String {
        match unit {
            "workday" => self.tn("term.workday", length),
            "month" => self.tn("term.month", length),
            _ => self.tn("term.day", length),
        }
    }

    fn weekday(&self, day: Date) -> String {
        let at = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
        let names = match self.language {
            Language::Chinese => [
                "星期一",
                "星期二",
                "星期三",
                "星期四",
                "星期五",
                "星期六",
                "星期日",
            ],
            Language::English => [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ],
        };
        names[at].to_owned()
    }

    fn write_day(&self, iso: &str, chinese: &str, english: &str) -> String {
        let pattern = match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        iso.parse::<Date>()
            .map_or_else(|_| iso.to_owned(), |day| day.strftime(pattern).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chrome(language: Language) -> Chrome {
        Chrome {
            language,
            ..Chrome::default()
        }
    }

    #[test]
    fn days_and_numbers_are_written_as_the_language_writes_them() {
        let (zh, en) = (chrome(Language::Chinese), chrome(Language::English));
        assert_eq!(zh.long_day("2026-11-24"), "2026年11月24日（星期二）");
        assert_eq!(en.long_day("2026-11-24"), "Tuesday 24 November 2026");
        assert_eq!(zh.day("soon"), "soon");
        assert_eq!(zh.count(1_234_567), "1,234,567");
        assert_eq!(zh.count(-12), "−12");
    }

    #[test]
    fn a_rate_is_never_rounded_up_to_all() {
        let zh = chrome(Language::Chinese);
        assert_eq!(zh.rate(&Some(0.986)), "98.6%");
        assert_eq!(zh.rate(&Some(0.99999)), "99.9%");
        assert_eq!(zh.rate(&Some(1.0)), "100%");
        assert_eq!(zh.rate(&None), "—");
    }

    #[test]
    fn one_is_not_many_and_late_is_said() {
        let en = chrome(Language::English);
        assert_eq!(en.due_tag(1).text, "1 working day left");
        assert_eq!(en.due_tag(-2).text, "2 working days late");
        assert_eq!(en.due_tag(-2).tone, Tone::Late);
        assert_eq!(en.word("status", "no-such"), "no-such");
    }
}
