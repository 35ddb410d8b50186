//! The words for members of staff.

use super::words::words;
use super::{Prose, day, line, signature};
use crate::notification::Language;
use crate::staff::{self, Digest, Handed, SectionKind, Urgent, Weekly};

/// The longest sentence repeated in a digest, in characters.
const SENTENCE: usize = 300;

pub(super) struct Daily {
    name: String,
    day: String,
    desk_url: String,
    letters: usize,
    sections: Vec<Section>,
    signature: String,
}

struct Section {
    kind: SectionKind,
    lines: Vec<Line>,
    more: usize,
    hidden: usize,
    text: Prose,
}

struct Line {
    number: String,
    subject: String,
    unit: String,
    holder: String,
    owed: String,
    due_on: String,
    from: String,
    late: i64,
    by: String,
    words: String,
    url: String,
}

words!(Daily,
    Chinese: "daily/zh-CN.subject.txt", "daily/zh-CN.body.txt", "daily/zh-CN.body.html";
    English: "daily/en.subject.txt", "daily/en.body.txt", "daily/en.body.html";
);

impl Daily {
    pub(super) fn new(digest: &Digest<'_>, language: Language) -> Self {
        let sections = sections(&digest.sections, language);
        let letters = |s: &Section| s.lines.len() + s.more + s.hidden;
        Self {
            name: line(digest.name),
            day: day(digest.day, language),
            desk_url: line(digest.desk_url),
            letters: sections.iter().map(letters).sum(),
            sections,
            signature: signature(digest.office),
        }
    }
}

fn sections(all: &[staff::Section], language: Language) -> Vec<Section> {
    let section = |s: &staff::Section| Section {
        kind: s.kind,
        lines: s.lines.iter().map(|l| Line::new(l, language)).collect(),
        more: s.more,
        hidden: s.hidden,
        text: Prose::new(&s.text),
    };
    all.iter().map(section).collect()
}

impl Line {
    fn new(l: &staff::Line, language: Language) -> Self {
        let date = |d: Option<jiff::civil::Date>| d.map(|d| day(d, language)).unwrap_or_default();
        Self {
            number: line(&l.number),
            subject: crate::clean::one_line(&l.subject, super::SUBJECT),
            unit: line(&l.unit),
            holder: line(&l.holder),
            owed: line(&l.owed),
            due_on: date(l.due_on),
            from: date(l.from),
            late: l.late,
            by: line(&l.by),
            words: crate::clean::one_line(&l.words, SENTENCE),
            url: line(&l.url),
        }
    }
}

pub(super) struct Week {
    name: String,
    day: String,
    from: String,
    to: String,
    desk_url: String,
    rows: Vec<Row>,
    sealed: u64,
    open: i64,
    overdue: i64,
    sections: Vec<Section>,
    signature: String,
}

struct Row {
    unit: String,
    open: i64,
    overdue: i64,
    due_soon: i64,
    oldest: String,
    in_time: i64,
    late: i64,
    extensions: i64,
    reclassified: i64,
}

words!(Week,
    Chinese: "weekly/zh-CN.subject.txt", "weekly/zh-CN.body.txt", "weekly/zh-CN.body.html";
    English: "weekly/en.subject.txt", "weekly/en.body.txt", "weekly/en.body.html";
);

impl Week {
    pub(super) fn new(weekly: &Weekly<'_>, language: Language) -> Self {
        let rows = weekly.rows.iter().map(|r| Row {
            unit: line(&r.unit),
            open: r.open,
            overdue: r.overdue,
            due_soon: r.due_soon,
            oldest: r.oldest.map(|d| day(d, language)).unwrap_or_default(),
            in_time: r.in_time,
            late: r.late,
            extensions: r.extensions,
            reclassified: r.reclassified,
        });
        Self {
            name: line(weekly.name),
            day: day(weekly.day, language),
            from: day(weekly.from, language),
            to: day(weekly.to, language),
            desk_url: line(weekly.desk_url),
            open: weekly.rows.iter().map(|r| r.open).sum(),
            overdue: weekly.rows.iter().map(|r| r.overdue).sum(),
            rows: rows.collect(),
            sealed: weekly.sealed,
            sections: sections(&weekly.sections, language),
            signature: signature(weekly.office),
        }
    }
}

pub(super) struct Call {
    name: String,
    letters: Vec<Called>,
    desk_url: String,
    signature: String,
}

struct Called {
    number: String,
    channel: String,
    subject: String,
    received: String,
    times: i32,
    url: String,
}

words!(Call,
    Chinese: "urgent/zh-CN.subject.txt", "urgent/zh-CN.body.txt", "urgent/zh-CN.body.html";
    English: "urgent/en.subject.txt", "urgent/en.body.txt", "urgent/en.body.html";
);

impl Call {
    pub(super) fn new(urgent: &Urgent<'_>) -> Self {
        let called = |c: &staff::Called| Called {
            number: line(&c.number),
            channel: line(&c.channel),
            subject: crate::clean::one_line(&c.subject, super::SUBJECT),
            received: line(&c.received),
            times: c.times,
            url: line(&c.url),
        };
        Self {
            name: line(urgent.name),
            letters: urgent.letters.iter().map(called).collect(),
            desk_url: line(urgent.desk_url),
            signature: signature(urgent.office),
        }
    }

    /// The letter, where it is one alone.
    fn one(&self) -> Option<&Called> {
        match self.letters.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

pub(super) struct Handing {
    name: String,
    letters: Vec<Came>,
    desk_url: String,
    signature: String,
}

struct Came {
    number: String,
    subject: String,
    how: String,
    unit: String,
    handler: String,
    due_on: String,
    url: String,
}

words!(Handing,
    Chinese: "handed/zh-CN.subject.txt", "handed/zh-CN.body.txt", "handed/zh-CN.body.html";
    English: "handed/en.subject.txt", "handed/en.body.txt", "handed/en.body.html";
);

impl Handing {
    pub(super) fn new(handed: &Handed<'_>, language: Language) -> Self {
        let came = |c: &staff::Came| Came {
            number: line(&c.number),
            subject: crate::clean::one_line(&c.subject, super::SUBJECT),
            how: line(&c.how),
            unit: line(&c.unit),
            handler: line(&c.handler),
            due_on: c.due_on.map(|d| day(d, language)).unwrap_or_default(),
            url: line(&c.url),
        };
        Self {
            name: line(handed.name),
            letters: handed.letters.iter().map(came).collect(),
            desk_url: line(handed.desk_url),
            signature: signature(handed.office),
        }
    }

    /// The letter, where it is one alone.
    fn one(&self) -> Option<&Came> {
        match self.letters.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}
