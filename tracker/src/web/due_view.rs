//! A due date as pages show it: from when, by which rule, what changed it, and every day.

use jiff::civil::Date;

use super::{
    chrome::Chrome,
    pages::parts::{Day, Due, Line, Stretch},
    show,
};
use crate::{
    app::App,
    domain::{
        law::Law,
        rules::{Allowed, Effect, Lengthening, Starts},
        term::{DayStep, Why},
        words::ExtensionState,
    },
    letters::limit,
    reading::due::{Explained, Stand, Terms, explain_all},
    store::{
        channels::Channel,
        events::EventRecord,
        obligations::Obligation,
        people::Person,
        terms::{Extension, Pause},
    },
};

/// More days than this are folded by months.
const OPEN_DAYS: usize = 31;

/// Who looks: staff are told names and reasons, the public functions and days.
#[derive(Clone, Copy, Default)]
pub(crate) struct Told<'a> {
    /// People, for names.
    pub(crate) people: &'a [Person],
    /// The letter's history, for reasons.
    pub(crate) events: &'a [EventRecord],
}

impl Told<'_> {
    fn name(&self, id: Option<i64>) -> String {
        let found = id.and_then(|id| self.people.iter().find(|p| p.id == id));
        found.map(|p| p.name.clone()).unwrap_or_default()
    }

    /// The reason given with an event of an extension or of a pause.
    fn reason(&self, kinds: &[&str], is: impl Fn(&EventRecord) -> bool) -> String {
        let found = (self.events.iter()).rfind(|e| kinds.contains(&e.event.kind.code()) && is(e));
        found.and_then(|e| e.note.clone()).unwrap_or_default()
    }
}

/// A due date with its derivation.
#[must_use]
pub(crate) fn due(app: &App, chrome: &Chrome, e: &Explained, told: Told<'_>) -> Due {
    let o = &e.obligation;
    let zh = show::chinese(chrome);
    let law = app.law();
    let published =
        law.calendar.published(o.nominal_on.year()) && law.calendar.published(o.start_on.year());
    let rolled = o.nominal_on != o.due_on && o.late_since.is_none() && e.due_on.is_some();
    Due {
        obligation: o.kind.code().into(),
        counts: o.counts,
        awaits: false,
        on: e.due_on.map(|d| d.to_string()).unwrap_or_default(),
        nominal_on: if rolled {
            o.nominal_on.to_string()
        } else {
            String::new()
        },
        workdays_left: show::left(app, e.due_on).filter(|_| e.stand == Stand::Open),
        met_on: o.met_on.map(|d| d.to_string()).unwrap_or_default(),
        in_time: o.in_time.unwrap_or_default(),
        over: match e.stand {
            Stand::Superseded => "superseded".into(),
            Stand::Ended => "ended".into(),
            Stand::Open | Stand::Met => String::new(),
        },
        provisional: o.provisional && e.stand == Stand::Open,
        unpublished: !published,
        basis: if zh {
            o.basis_zh.clone()
        } else {
            o.basis_en.clone()
        },
        rule: if o.rule == limit::RULE {
            String::new()
        } else {
            format!("{} v{}", o.rule, o.rule_version)
        },
        certainty: e.certainty.map(|c| c.code().to_owned()).unwrap_or_default(),
        term: length(chrome, o.term.length, o.term.unit.code()),
        extendable: e
            .extendable(app.today())
            .map(|l| extendable(chrome, l, o.term.unit.code()))
            .unwrap_or_default(),
        calendar: o.calendar_version.clone(),
        lines: lines(app, chrome, e, told),
        days: stretches(chrome, &e.days),
    }
}

/// What a writer is told of a letter whose class no person determined yet: that it has a term, and
/// of no day, unless that is over already.
#[must_use]
pub(crate) fn awaiting(app: &App, e: &Explained) -> Due {
    Due {
        obligation: e.obligation.kind.code().into(),
        counts: true,
        awaits: true,
        workdays_left: show::left(app, e.due_on).filter(|left| *left < 0),
        ..Due::default()
    }
}

/// What is owed to the writer of a letter that was just handed in: what counts, and the rest, once
/// a person determined what the letter is.
#[must_use]
pub(crate) fn handed_in(
    app: &App,
    law: &Law,
    channel: &Channel,
    owed: &[Obligation],
) -> Option<(Due, Vec<Due>)> {
    let all = explain_all(law, Some(channel), owed, &Terms::default());
    let counted = all.iter().find(|e| e.is_public())?;
    Some((awaiting(app, counted), Vec::new()))
}

/// A length of time: `60 日`.
#[must_use]
pub(crate) fn length(chrome: &Chrome, n: u32, unit: &str) -> String {
    let n = i64::from(n);
    match unit {
        "workday" => chrome.tn("length.workday", n),
        "month" => chrome.tn("length.month", n),
        _ => chrome.tn("length.day", n),
    }
}

/// How far a rule lets its term be extended: how often, how much, by whom.
#[must_use]
pub(crate) fn extendable(chrome: &Chrome, l: &Lengthening, unit: &str) -> String {
    let who = chrome.word("decider", l.decided_by.code());
    let mut words = chrome.t2("due.extendable", who, length(chrome, l.at_most, unit));
    if l.times > 1 {
        words.push_str(&chrome.t1("due.extendable_times", l.times));
    }
    if l.notice {
        words.push_str(&chrome.t("due.extendable_notice"));
    }
    words
}

fn line(text: String) -> Line {
    Line {
        text,
        reason: String::new(),
    }
}

fn lines(app: &App, chrome: &Chrome, e: &Explained, told: Told<'_>) -> Vec<Line> {
    let o = &e.obligation;
    let long = |d: Date| chrome.long_day(&d.to_string());
    let mut out = vec![line(start(chrome, e))];
    if o.start_assumed {
        out.push(line(chrome.t("due.start_assumed").into_owned()));
    }
    for pause in &e.pauses {
        out.push(paused(chrome, pause, told));
    }
    for extension in &e.extensions {
        out.extend(extended(app, chrome, extension, o.term.unit.code(), told));
    }
    if let Some(since) = o.standing_since {
        out.push(line(chrome.t1("due.standing_long", long(since))));
    }
    if let Some(missed) = o.late_since {
        out.push(line(chrome.t1("due.late_before", long(missed))));
    }
    if e.calendar_moved {
        let words = if e.stand == Stand::Open {
            "due.calendar_settling"
        } else {
            "due.calendar_moved"
        };
        let words = match words {
            "due.calendar_settling" => chrome.t("due.calendar_settling").into_owned(),
            _ => chrome.t1("due.calendar_moved", &o.calendar_version),
        };
        out.push(line(words));
    }
    if e.stand == Stand::Superseded {
        out.push(line(chrome.t("due.superseded_long").into_owned()));
    }
    out
}

/// From when it is counted.
fn start(chrome: &Chrome, e: &Explained) -> String {
    let o = &e.obligation;
    let on = chrome.long_day(&o.start_on.to_string());
    if o.rule == limit::RULE {
        return chrome.t1("due.start_document", on);
    }
    let restarted = e.pauses.iter().any(|p| {
        p.effect == Effect::Restart
            && p.to
                .is_some_and(|to| to.tomorrow().is_ok_and(|d| d == o.start_on))
    });
    if restarted {
        return chrome.t1("due.start_anew", on);
    }
    if o.start_assumed {
        return chrome.t1("due.start_latest", on);
    }
    let what = match o.starts {
        Starts::Received | Starts::Accepted | Starts::Confirmed if o.round > 1 => "reopened",
        starts => starts.code(),
    };
    chrome.t2("due.start", on, chrome.word("starts", what))
}

/// What becomes of a term after its clock stood.
pub(crate) fn goes_on(chrome: &Chrome, allowed: Allowed) -> String {
    chrome.word("goes_on", allowed.goes_on())
}

fn paused(chrome: &Chrome, p: &Pause, told: Told<'_>) -> Line {
    let long = |d: Date| chrome.long_day(&d.to_string());
    let cause = chrome.word("halt", p.kind.code());
    let text = match (p.to, p.effect) {
        (None, _) => format!(
            "{}{}",
            chrome.t2("due.pause_on", long(p.from), cause),
            goes_on(chrome, p.allowed())
        ),
        (Some(to), Effect::Pause) if p.from <= to => {
            chrome.t3("due.pause_over", long(p.from), long(to), cause)
        }
        (Some(_), Effect::Pause) => chrome.t2("due.pause_none", long(p.from), cause),
        (Some(to), Effect::Restart) => {
            let anew = to.tomorrow().unwrap_or(to);
            chrome.t3("due.pause_anew", long(p.from), long(anew), cause)
        }
    };
    let from = p.from.to_string();
    let reason = told.reason(&["suspended"], |e| e.event.data["from"] == from.as_str());
    let name = told.name(p.signed_by);
    let text = if name.is_empty() {
        text
    } else {
        format!("{text}{}", chrome.t1("due.signed", name))
    };
    Line { text, reason }
}

/// An extension as the reader may know it; what was not granted is nothing to the public.
fn extended(app: &App, chrome: &Chrome, x: &Extension, unit: &str, told: Told<'_>) -> Option<Line> {
    let staff = !told.people.is_empty();
    let how_much = length(chrome, x.length, unit);
    let day = |at| chrome.long_day(&app.day_of(at).to_string());
    let function = x.decided_as.map(|d| chrome.word("decider", d.code()));
    let function = function.unwrap_or_default();
    let who = |id| match told.name(id) {
        name if name.is_empty() || function.is_empty() => function.clone(),
        name => chrome.t2("due.as", &function, name),
    };
    let decided = x.decided_at.map(day).unwrap_or_default();
    let asked = || {
        chrome.t3(
            "due.ext_asked",
            day(x.requested_at),
            told.name(x.requested_by),
            &how_much,
        )
    };
    let by = who(x.decided_by);
    let text = match x.state {
        ExtensionState::Granted => {
            let told_too = if x.notice_id.is_some() {
                chrome.t("due.ext_told").into_owned()
            } else {
                String::new()
            };
            let granted = chrome.t3("due.ext_granted", decided, by, &how_much);
            format!("{granted}{told_too}")
        }
        _ if !staff => return None,
        ExtensionState::Requested => format!("{}{}", asked(), chrome.t("due.ext_waiting")),
        ExtensionState::Refused => {
            format!("{}{}", asked(), chrome.t2("due.ext_refused", decided, by))
        }
        ExtensionState::Lapsed => format!("{}{}", asked(), chrome.t("due.ext_lapsed")),
        ExtensionState::Late => format!("{}{}", asked(), chrome.t2("due.ext_late", decided, by)),
        ExtensionState::Moot => format!("{}{}", asked(), chrome.t1("due.ext_moot", decided)),
    };
    let kinds: &[&str] = match x.state {
        ExtensionState::Requested | ExtensionState::Lapsed | ExtensionState::Moot => {
            &["extension-requested"]
        }
        ExtensionState::Granted => &["extension-granted"],
        ExtensionState::Refused => &["extension-refused"],
        ExtensionState::Late => &["extension-late"],
    };
    let reason = told.reason(kinds, |e| e.event.data["extension"] == x.id);
    Some(Line { text, reason })
}

/// Days as they are shown: a long term folded by months, so that it can be read and printed.
fn stretches(chrome: &Chrome, days: &[DayStep]) -> Vec<Stretch> {
    let zh = show::chinese(chrome);
    let mut nth = 0;
    let shown: Vec<(Date, Day)> = days
        .iter()
        .map(|d| {
            nth += i32::from(d.counted);
            let day = Day {
                date: d.date.to_string(),
                counted: d.counted,
                nth: if d.counted {
                    nth.to_string()
                } else {
                    String::new()
                },
                why: d.why.words(zh),
            };
            (d.date, day)
        })
        .collect();
    if shown.len() <= OPEN_DAYS {
        let days: Vec<Day> = shown.into_iter().map(|(_, d)| d).collect();
        return Vec::from_iter((!days.is_empty()).then(|| Stretch {
            title: String::new(),
            days,
        }));
    }
    let by_month = shown.chunk_by(|(a, _), (b, _)| a.first_of_month() == b.first_of_month());
    let stretch = |month: &[(Date, Day)]| {
        let counted = month.iter().filter(|(_, d)| d.counted).count();
        let counted = i64::try_from(counted).unwrap_or(i64::MAX);
        let (first, months) = (chrome.month(month[0].0), |d: &DayStep| d.why == Why::Within);
        Stretch {
            // A term in months is not counted day by day.
            title: if days.iter().any(months) {
                first
            } else {
                format!("{first}{}", chrome.tn("due.month_counts", counted))
            },
            days: month.iter().map(|(_, d)| d.clone()).collect(),
        }
    };
    by_month.map(stretch).collect()
}
