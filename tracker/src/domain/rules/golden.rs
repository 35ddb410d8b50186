//! Golden cases: dates counted by another hand, and rules chosen by another head, each with its
//! reason. A pack brings its own, and `huiyin rules check` runs them.

use std::{fmt::Display, str::FromStr};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    Case, Rules,
    pack::{PackFault, PackFile},
};
use crate::domain::{
    calendar::Calendar,
    term::{Suspension, derive_by},
    words::{Class, Route, Source},
};

/// A golden case with where it stands and why it is so.
#[derive(Debug, Clone)]
pub struct Golden {
    /// The file.
    pub file: String,
    /// The line in it, the header being 1.
    pub line: usize,
    /// What is expected.
    pub expects: Expects,
    /// Why.
    pub reason: String,
}

/// What a golden case expects.
#[derive(Debug, Clone)]
pub enum Expects {
    /// A due date: `rule,from,suspend,extend,due_on,reason`.
    Due {
        /// The rule's id; its version in force on `from` holds.
        rule: String,
        /// Day 0.
        from: Date,
        /// Days on which the clock stood.
        suspend: Vec<Suspension>,
        /// Granted, in the term's unit.
        extend: u32,
        /// The last day in time.
        due_on: Date,
    },
    /// Which rules bind: `class,route,channel,source,reachable,received_on,rules,reason`.
    Rules {
        /// The class.
        class: Class,
        /// The route of a claim.
        route: Option<Route>,
        /// The channel.
        channel: String,
        /// How it arrived.
        source: Source,
        /// Whether the writer can be told.
        reachable: bool,
        /// The day of receipt.
        received_on: Date,
        /// Ids: first the one that counts, then those beside it.
        rules: Vec<String>,
    },
}

/// A golden case that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The file.
    pub file: String,
    /// The line in it.
    pub line: usize,
    /// What was asked.
    pub what: String,
    /// What the case says.
    pub expected: String,
    /// What came out.
    pub found: String,
    /// Why the case says so.
    pub reason: String,
}

const DUE: [&str; 6] = ["rule", "from", "suspend", "extend", "due_on", "reason"];
const RULES: [&str; 8] = [
    "class",
    "route",
    "channel",
    "source",
    "reachable",
    "received_on",
    "rules",
    "reason",
];

/// Reads a table of cases; its header says of which kind.
pub(super) fn parse(file: &PackFile) -> Result<Vec<Golden>, Vec<PackFault>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(file.text.as_bytes());
    let fault = |what: String| PackFault::new(&file.name, what);
    let head = reader.headers().cloned();
    let head = head.map_err(|e| vec![fault(e.to_string())])?;
    let read = if head == DUE[..] {
        due
    } else if head == RULES[..] {
        rules
    } else {
        let what = format!(
            "the first line must be {} or {}",
            DUE.join(","),
            RULES.join(",")
        );
        return Err(vec![fault(what)]);
    };
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(fault(error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let line = usize::try_from(line).unwrap_or_default();
        let row = Row {
            head: &head,
            record: &record,
        };
        let read = row
            .text("reason")
            .and_then(|reason| Ok((read(&row)?, reason)));
        match read {
            Ok((expects, reason)) => cases.push(Golden {
                file: file.name.clone(),
                line,
                expects,
                reason,
            }),
            Err(what) => faults.push(fault(what).of(format!("line {line}"))),
        }
    }
    if faults.is_empty() {
        Ok(cases)
    } else {
        Err(faults)
    }
}

/// A line, by the names of its columns.
struct Row<'a> {
    head: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        let at = self.head.iter().position(|h| h == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    fn text(&self, column: &str) -> Result<String, String> {
        match self.cell(column) {
            "" => Err(format!("{column} is empty")),
            text => Ok(text.to_owned()),
        }
    }

    fn value<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, String> {
        let fault = |e: T::Err| format!("{column}: {e}");
        self.text(column)?.parse().map_err(fault)
    }

    fn maybe<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, String> {
        match self.cell(column) {
            "" => Ok(None),
            _ => self.value(column).map(Some),
        }
    }
}

fn due(row: &Row<'_>) -> Result<Expects, String> {
    let suspend = row.cell("suspend").split_whitespace().map(span);
    Ok(Expects::Due {
        rule: row.text("rule")?,
        from: row.value("from")?,
        suspend: suspend.collect::<Result<_, _>>()?,
        extend: row.maybe("extend")?.unwrap_or_default(),
        due_on: row.value("due_on")?,
    })
}

fn rules(row: &Row<'_>) -> Result<Expects, String> {
    let ids = row.text("rules")?;
    Ok(Expects::Rules {
        class: row.value("class")?,
        route: row.maybe("route")?,
        channel: row.text("channel")?,
        source: row.value("source")?,
        reachable: row.value("reachable")?,
        received_on: row.value("received_on")?,
        rules: ids.split_whitespace().map(str::to_owned).collect(),
    })
}

fn span(text: &str) -> Result<Suspension, String> {
    let fault = || format!("suspend: {text} is no span of days; write 2026-02-01..2026-02-10");
    let (from, to) = text.split_once("..").ok_or_else(fault)?;
    Ok(Suspension {
        from: from.parse().map_err(|_| fault())?,
        to: to.parse().map_err(|_| fault())?,
    })
}

impl Golden {
    /// What comes out otherwise than the case says.
    #[must_use]
    pub fn difference(&self, rules: &Rules, calendar: &Calendar) -> Option<Difference> {
        let (what, expected, found) = match &self.expects {
            Expects::Due { due_on, .. } => {
                let found = self.count(rules, calendar);
                let found = found.map_or_else(|why| why, |due| due.to_string());
                (self.question(), due_on.to_string(), found)
            }
            Expects::Rules { rules: ids, .. } => {
                let found = self.chosen(rules).join(" ");
                (self.question(), ids.join(" "), found)
            }
        };
        (expected != found).then(|| Difference {
            file: self.file.clone(),
            line: self.line,
            what,
            expected,
            found,
            reason: self.reason.clone(),
        })
    }

    /// The ids that a case names.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        match &self.expects {
            Expects::Due { rule, .. } => vec![rule],
            Expects::Rules { rules, .. } => rules.iter().map(String::as_str).collect(),
        }
    }

    fn question(&self) -> String {
        match &self.expects {
            Expects::Due {
                rule,
                from,
                suspend,
                extend,
                ..
            } => {
                let spans = suspend
                    .iter()
                    .map(|s| format!(" --suspend {}..{}", s.from, s.to));
                let extend = match extend {
                    0 => String::new(),
                    n => format!(" --extend {n}"),
                };
                format!("{rule} --from {from}{}{extend}", spans.collect::<String>())
            }
            Expects::Rules {
                class,
                route,
                channel,
                source,
                received_on,
                ..
            } => {
                let route = route.map(|r| format!("/{r}")).unwrap_or_default();
                format!("{class}{route} on {channel} by {source} received {received_on}")
            }
        }
    }

    fn count(&self, rules: &Rules, calendar: &Calendar) -> Result<Date, String> {
        let Expects::Due {
            rule,
            from,
            suspend,
            extend,
            ..
        } = &self.expects
        else {
            return Err("not a case of a due date".into());
        };
        let rule = rules.named(rule, *from).ok_or("there is no such rule")?;
        if !suspend.is_empty() && rule.suspensions.is_empty() {
            return Err("the rule allows no suspension".into());
        }
        let at_most = rule.extension.as_ref().map_or(0, |e| e.at_most);
        if *extend > at_most {
            return Err(format!("the rule allows an extension of {at_most}"));
        }
        let derived = derive_by(calendar, rule.term, *from, suspend, *extend, rule.rolls);
        derived.map(|d| d.due_on).map_err(|e| e.to_string())
    }

    fn chosen(&self, rules: &Rules) -> Vec<String> {
        let Expects::Rules {
            class,
            route,
            channel,
            source,
            reachable,
            received_on,
            ..
        } = &self.expects
        else {
            return Vec::new();
        };
        let case = Case {
            class: *class,
            route: *route,
            channel,
            source: *source,
            received_on: *received_on,
            reachable: *reachable,
        };
        rules.owed(&case).iter().map(|r| r.id.clone()).collect()
    }
}
