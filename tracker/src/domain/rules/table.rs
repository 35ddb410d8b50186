//! `class × source → rules`: which rules hold for whom on a day, computed by asking the rules.

use jiff::civil::Date;
use serde::Serialize;

use super::{Case, Rules};
use crate::domain::words::{Class, Route, Source};

/// Letters that the same rules hold for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Their class.
    pub class: Class,
    /// The routes of a claim; empty where routes make no difference.
    pub routes: Vec<Route>,
    /// A channel that some rule names; any other where `None`.
    pub channel: Option<String>,
    /// How they arrived; empty where it makes no difference.
    pub sources: Vec<Source>,
    /// The rule that counts.
    pub counts: Option<String>,
    /// Those beside it.
    pub beside: Vec<String>,
}

/// The table on a day, for letters whose writer can be told.
#[must_use]
pub fn table(rules: &Rules, on: Date) -> Vec<Line> {
    let mut channels: Vec<&str> = (rules.all().iter())
        .filter(|r| r.in_force(on))
        .flat_map(|r| r.applies.channel.iter().map(String::as_str))
        .collect();
    channels.sort_unstable();
    channels.dedup();
    let of = |channel| {
        let classes = Class::ALL.iter();
        classes.flat_map(move |class| lines(rules, on, *class, channel))
    };
    let mut out: Vec<Line> = of(None).collect();
    for channel in channels {
        // Of a channel only what is otherwise there.
        let usual = |line: &Line| {
            let channel = None;
            out.contains(&Line {
                channel,
                ..line.clone()
            })
        };
        let own: Vec<Line> = of(Some(channel)).filter(|line| !usual(line)).collect();
        out.extend(own);
    }
    out
}

/// The lines of one class: routes and sources that make no difference are one.
fn lines(rules: &Rules, on: Date, class: Class, channel: Option<&str>) -> Vec<Line> {
    let routes: &[Route] = match class {
        Class::Claim => Route::ALL,
        _ => &[Route::Opinion],
    };
    let mut by_route: Vec<(Vec<Route>, Vec<Line>)> = Vec::new();
    for route in routes {
        let found = by_source(rules, on, class, *route, channel);
        match by_route.iter_mut().find(|(_, lines)| *lines == found) {
            Some((same, _)) => same.push(*route),
            None => by_route.push((vec![*route], found)),
        }
    }
    let differ = by_route.len() > 1;
    let with = |(routes, lines): (Vec<Route>, Vec<Line>)| {
        lines.into_iter().map(move |line| Line {
            routes: if differ { routes.clone() } else { Vec::new() },
            ..line
        })
    };
    by_route.into_iter().flat_map(with).collect()
}

fn by_source(
    rules: &Rules,
    on: Date,
    class: Class,
    route: Route,
    channel: Option<&str>,
) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    for source in Source::ALL {
        let case = Case {
            class,
            route: Some(route),
            channel: channel.unwrap_or_default(),
            source: *source,
            received_on: on,
            reachable: true,
        };
        let owed = rules.owed(&case);
        let (counted, beside) = match owed.split_first() {
            Some((first, rest)) if first.counts => (Some(first.id.clone()), rest),
            _ => (None, owed.as_slice()),
        };
        let beside: Vec<String> = beside.iter().map(|r| r.id.clone()).collect();
        let same = |l: &&mut Line| l.counts == counted && l.beside == beside;
        match out.iter_mut().find(same) {
            Some(line) => line.sources.push(*source),
            None => out.push(Line {
                class,
                routes: Vec::new(),
                channel: channel.map(str::to_owned),
                sources: vec![*source],
                counts: counted,
                beside,
            }),
        }
    }
    if let [only] = out.as_mut_slice() {
        only.sources.clear();
    }
    out
}

/// What heads the table.
pub const HEAD: [&str; 5] = ["class", "channel", "source", "counts", "beside"];

impl Line {
    /// Its cells, under [`HEAD`].
    #[must_use]
    pub fn cells(&self) -> [String; 5] {
        let codes = |all: &[Source]| {
            let codes: Vec<&str> = all.iter().map(Source::code).collect();
            codes.join(", ")
        };
        let others = Source::ALL.iter().filter(|s| !self.sources.contains(s));
        let others: Vec<Source> = others.copied().collect();
        let source = match self.sources.as_slice() {
            [] => "any".to_owned(),
            most if most.len() > others.len() => format!("any but {}", codes(&others)),
            some => codes(some),
        };
        let routes: Vec<&str> = self.routes.iter().map(Route::code).collect();
        let class = match routes.as_slice() {
            [] => self.class.to_string(),
            some => format!("{} ({})", self.class, some.join(", ")),
        };
        [
            class,
            self.channel.clone().unwrap_or_else(|| "any".into()),
            source,
            self.counts.clone().unwrap_or_else(|| "none".into()),
            self.beside.join(", "),
        ]
    }
}

/// The table as Markdown, as it stands in the documentation.
#[must_use]
pub fn markdown(lines: &[Line]) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head = format!("| {} |\n|---|---|---|---|---|\n", HEAD.join(" | "));
    lines
        .iter()
        .fold(head, |text, line| text + &row(&line.cells()))
}
