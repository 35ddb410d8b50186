//! How values are written on pages: instants, sizes, addresses, due dates.

use jiff::{Timestamp, civil::Date};

use super::{
    chrome::Chrome,
    due_view,
    pages::{
        parts::{Errors, FieldError},
        portal::ChannelCard,
    },
};
use crate::{
    app::App,
    domain::{
        rules::{Rule, Starts},
        status::Status,
        text,
        words::Language,
    },
    letters,
    reading::due,
    store::{channels::Channel, letters::Letter},
};

/// `YYYY-MM-DD HH:MM` in the department's zone.
#[must_use]
pub fn at(app: &App, instant: Timestamp) -> String {
    app.zone
        .to_datetime(instant)
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// Where a letter stands, as staff read it: accepted, it waits for hands.
#[must_use]
pub fn status(letter: &Letter) -> &'static str {
    match letter.status {
        Status::Received if letter.accepted_at.is_some() => "accepted",
        status => status.code(),
    }
}

/// A page as a letter's page leads back to it: without what was said once there.
#[must_use]
pub fn way_back(chrome: &Chrome) -> String {
    let (path, query) = chrome.here.split_once('?').unwrap_or((&chrome.here, ""));
    let once = |p: &&str| {
        !["said=", "of=", "lang="]
            .iter()
            .any(|once| p.starts_with(once))
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|p| !p.is_empty())
        .filter(once)
        .collect();
    match kept.as_slice() {
        [] => path.to_owned(),
        kept => format!("{path}?{}", kept.join("&")),
    }
}

/// A size in words.
#[must_use]
pub fn size(bytes: i64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.0} kB", bytes as f64 / 1_024.0),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// Words of a stranger with every character marked that shows nothing or turns the writing round:
/// what is read is what stands there.
#[must_use]
pub fn visible(text: &str) -> String {
    use std::fmt::Write as _;
    let hidden = |c: char| {
        matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{00ad}' | '\u{061c}' | '\u{180e}')
            || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
    };
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            if hidden(c) {
                write!(out, "[U+{:04X}]", u32::from(c)).expect("a string can be written to");
            } else {
                out.push(c);
            }
            out
        })
}

/// Percent-encoding of everything but letters, digits and `-._~/`.
#[must_use]
pub fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, b| {
            if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) {
                out.push(char::from(b));
            } else {
                write!(out, "%{b:02X}").expect("a string can be written to");
            }
            out
        })
}

/// Whether a page's language is Chinese.
#[must_use]
pub fn chinese(chrome: &Chrome) -> bool {
    chrome.language == Language::Chinese
}

/// A channel's name in the page's language.
#[must_use]
pub fn channel_name(chrome: &Chrome, channel: &Channel) -> String {
    if chinese(chrome) {
        channel.name_zh.clone()
    } else {
        channel.name_en.clone()
    }
}

/// A channel as the public sees it.
#[must_use]
pub fn card(app: &App, chrome: &Chrome, channel: &Channel) -> ChannelCard {
    let term = due::rule_today(app, channel).map(|rule| term(chrome, &rule));
    let intro = if chinese(chrome) {
        &channel.intro_zh
    } else {
        &channel.intro_en
    };
    ChannelCard {
        code: channel.code.clone(),
        name: channel_name(chrome, channel),
        intro: intro.clone(),
        term: term.unwrap_or_default(),
        sealed: channel.sealed,
    }
}

/// A term as the public is promised it.
#[must_use]
pub fn term(chrome: &Chrome, rule: &Rule) -> String {
    let unit = rule.term.unit.code();
    match rule.starts {
        Starts::Accepted => chrome.t1(
            "term.accepted",
            due_view::length(chrome, rule.term.length, unit),
        ),
        _ => chrome.term(unit, rule.term.length.into()),
    }
}

/// Working days left until a due date; below 0 late.
#[must_use]
pub fn left(app: &App, due_on: Option<Date>) -> Option<i64> {
    let (due, today) = (due_on?, app.today());
    Some(if due < today {
        -i64::from(app.law().calendar.workdays_between(due, today)).max(1)
    } else {
        i64::from(app.law().calendar.workdays_between(today, due))
    })
}

/// Fields at fault, as a page shows them.
#[must_use]
pub fn faults(all: &[text::FieldError]) -> Errors {
    let fault = |f: &text::FieldError| FieldError {
        field: f.field.into(),
        code: f.code.into(),
        arg: String::new(),
    };
    Errors(all.iter().map(fault).collect())
}

/// A refused step as a form's errors: `None` for what is no fault of the form.
#[must_use]
pub fn refused(error: &letters::Error) -> Option<Errors> {
    let whole = |words: String| {
        Errors(vec![FieldError {
            field: String::new(),
            code: words,
            arg: String::new(),
        }])
    };
    match error {
        letters::Error::Fields(all) => Some(faults(all)),
        letters::Error::Rule(words) => Some(whole((*words).to_owned())),
        letters::Error::Refused(_) => Some(whole("not-now".into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_hides_or_turns_writing_is_marked() {
        assert_eq!(visible("发票\u{202e}fdp.exe"), "发票[U+202E]fdp.exe");
        assert_eq!(visible("a\0b\nc\u{200b}"), "a[U+0000]b\nc[U+200B]");
        assert_eq!(visible("您好，\t谢谢"), "您好，\t谢谢");
    }
}
