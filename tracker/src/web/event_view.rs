//! What happened to a letter, in words: who asked, who decides, which date became which.

use jiff::civil::Date;
use serde_json::Value;

use super::{chrome::Chrome, due_view, letter_view, pages::letter::Event, show};
use crate::{
    app::App,
    domain::{event::EventKind, obligation::STANDING},
    reading::desk::Opened,
    store::events::EventRecord,
};

/// One event of a letter's history.
pub(crate) fn event(app: &App, chrome: &Chrome, o: &Opened, e: &EventRecord) -> Event {
    let data = &e.event.data;
    let mut detail = placed(chrome, o, data);
    detail.extend(timed(chrome, o, e.event.kind, data));
    detail.retain(|d| !d.is_empty());
    Event {
        at: show::at(app, e.at()),
        kind: e.event.kind.code().into(),
        actor: e
            .event
            .actor_id
            .map(|id| letter_view::person(o, id))
            .unwrap_or_default(),
        detail: detail.join(" · "),
        note: e.note.clone().unwrap_or_default(),
    }
}

/// Units, people, classes that an event names.
fn placed(chrome: &Chrome, o: &Opened, data: &Value) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(id) = data["unit"].as_i64() {
        out.push(letter_view::unit(o, id));
    }
    for key in ["handler", "person"] {
        if let Some(id) = data[key].as_i64() {
            out.push(letter_view::person(o, id));
        }
    }
    if let Some(class) = data["class"].as_str() {
        let class = chrome.word("class", class);
        out.push(match data["from"].as_str() {
            Some(from) => chrome.t2("detail.moved", chrome.word("class", from), class),
            None => class,
        });
    }
    if let Some(route) = data["route"].as_str() {
        out.push(chrome.word("route", route));
    }
    if let Some(service) = data["service"].as_str() {
        out.push(chrome.word("medium", service));
    }
    out
}

/// What an event says about the clock.
fn timed(chrome: &Chrome, o: &Opened, kind: EventKind, data: &Value) -> Vec<String> {
    let text = |key: &str| data[key].as_str().unwrap_or_default();
    let asked_by = || match data["requested_by"].as_i64() {
        Some(id) => chrome.t1("detail.asked_by", letter_view::person(o, id)),
        None => String::new(),
    };
    let function = |key: &str| match text(key) {
        "" => String::new(),
        code => chrome.word("decider", code),
    };
    let moved = |data: &Value| match (data["from"].as_str(), data["to"].as_str()) {
        (Some(from), Some(to)) => chrome.t2("detail.due_moved", day(chrome, from), day(chrome, to)),
        _ => String::new(),
    };
    match kind {
        EventKind::ExtensionRequested => vec![
            longer(chrome, o, data),
            chrome.t1("detail.decides", function("decides")),
        ],
        EventKind::ExtensionGranted => {
            vec![
                longer(chrome, o, data),
                moved(data),
                asked_by(),
                function("as"),
            ]
        }
        EventKind::ExtensionLate | EventKind::ExtensionRefused => {
            vec![longer(chrome, o, data), asked_by(), function("as")]
        }
        EventKind::ExtensionLapsed => {
            let all = data["deciders"].as_array().map(Vec::as_slice);
            let names = all.unwrap_or_default().iter().filter_map(Value::as_i64);
            let names: Vec<String> = names.map(|id| letter_view::person(o, id)).collect();
            let comma = chrome.t("frame.comma");
            let whose = format!("{} {}", function("decides"), names.join(&comma));
            vec![asked_by(), chrome.t1("detail.undecided", whose.trim())]
        }
        EventKind::ExtensionMoot => vec![
            longer(chrome, o, data),
            asked_by(),
            chrome.word("event", text("by")),
        ],
        EventKind::Suspended => vec![
            chrome.word("halt", text("cause")),
            chrome.word("effect", text("effect")),
            chrome.t1("detail.since", day(chrome, text("from"))),
        ],
        EventKind::Resumed => vec![
            chrome.word("halt", text("cause")),
            // ISO days order as the days do.
            if text("to") < text("from") {
                chrome.t("detail.same_day").into_owned()
            } else {
                chrome.t2(
                    "detail.span",
                    day(chrome, text("from")),
                    day(chrome, text("to")),
                )
            },
            match text("effect") {
                "restart" => chrome.word("effect", "restart"),
                _ => String::new(),
            },
        ],
        EventKind::LimitSet | EventKind::Reopened => {
            let round = data["round"].as_i64();
            let round = round.map(|n| chrome.t1("detail.round", n));
            let due = match text("due_on") {
                "" => None,
                due => Some(chrome.t1("detail.due", day(chrome, due))),
            };
            round.into_iter().chain(due).collect()
        }
        EventKind::Reclassified | EventKind::Accepted => vec![moved(&data["due"])],
        EventKind::Corrected => corrected(chrome, o, data),
        EventKind::DueMoved => vec![moved(data)],
        EventKind::Recalled | EventKind::Reversed => vec![
            match text("end") {
                "" => String::new(),
                end => chrome.word("event", end),
            },
            match data["notice"].as_i64() {
                Some(_) => chrome.t("detail.writer_told").into_owned(),
                None => String::new(),
            },
        ],
        EventKind::Supervised => vec![
            chrome.word("stage", text("stage")),
            format!(
                "{} {}",
                chrome.word("obligation", text("kind")),
                day(chrome, text("due_on"))
            ),
            told(chrome, o, data),
        ],
        EventKind::Urged | EventKind::DutyTold | EventKind::Added => vec![told(chrome, o, data)],
        EventKind::AdditionWaits => {
            vec![chrome.word("stage", text("stage")), told(chrome, o, data)]
        }
        EventKind::AdditionDecided => decided(chrome, text),
        EventKind::SplitOff => vec![chrome.t1("detail.split_of", text("number"))],
        EventKind::MarkedUrgent => vec![chrome.word("urgent_why", text("why"))],
        _ => Vec::new(),
    }
}

/// What somebody said of an addition, and what was said before.
fn decided<'a>(chrome: &Chrome, text: impl Fn(&str) -> &'a str) -> Vec<String> {
    let now = chrome.word("ruling", text("decision"));
    let now = match text("was") {
        "" => now,
        was => chrome.t2("detail.moved", chrome.word("ruling", was), now),
    };
    let own = match text("number") {
        "" => String::new(),
        number => chrome.t1("detail.own_letter", number),
    };
    vec![now, own]
}

/// What was put right: days and channels; what stood for name and contact is in the note.
fn corrected(chrome: &Chrome, o: &Opened, data: &Value) -> Vec<String> {
    let days = &data["received"];
    let channel = |key: &str| {
        let id = data["channels"][key].as_i64()?;
        let found = o.channels.iter().find(|c| c.id == id)?;
        Some(show::channel_name(chrome, found))
    };
    let mut out = Vec::new();
    if let (Some(from), Some(to)) = (days["from"].as_str(), days["to"].as_str()) {
        let (from, to) = (chrome.day(from), chrome.day(to));
        out.push(chrome.t2("detail.received", from, to));
    }
    if let (Some(from), Some(to)) = (channel("from"), channel("to")) {
        out.push(chrome.t2("detail.moved", from, to));
    }
    let due = &data["due"];
    if let (Some(from), Some(to)) = (due["from"].as_str(), due["to"].as_str()) {
        out.push(chrome.t2("detail.due_moved", day(chrome, from), day(chrome, to)));
    }
    out
}

/// Whom an event reached, where it says so.
fn told(chrome: &Chrome, o: &Opened, data: &Value) -> String {
    let all = data["told"].as_array().map(Vec::as_slice);
    let ids = all.unwrap_or_default().iter().filter_map(Value::as_i64);
    let names: Vec<String> = ids.map(|id| letter_view::person(o, id)).collect();
    if names.is_empty() {
        return String::new();
    }
    chrome.t1("detail.told", names.join(&chrome.t("frame.comma")))
}

/// How much longer an extension is, in the unit of its term.
fn longer(chrome: &Chrome, o: &Opened, data: &Value) -> String {
    let id = data["extension"].as_i64();
    let extension = o.terms.extensions.iter().find(|x| Some(x.id) == id);
    let of = extension.and_then(|x| {
        let obligation = o.obligations.iter().find(|y| y.id == x.obligation_id)?;
        Some((x.length, obligation.term.unit.code()))
    });
    match of {
        Some((n, unit)) => chrome.t1("detail.longer", due_view::length(chrome, n, unit)),
        None => String::new(),
    }
}

/// A day of an event; that of a clock which stands is none.
fn day(chrome: &Chrome, iso: &str) -> String {
    match iso.parse::<Date>() {
        Ok(STANDING) => chrome.t("due.standing").into_owned(),
        _ => chrome.day(iso),
    }
}
