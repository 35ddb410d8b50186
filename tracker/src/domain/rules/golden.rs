//! Golden cases: dates counted by another hand, and rules chosen by another head, each with its
//! reason. A pack brings its own, and `huiyin rules check` runs them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DueRow {
    rule: String,
    from: Date,
    suspend: String,
    extend: Option<u32>,
    due_on: Date,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesRow {
    class: Class,
    route: String,
    channel: String,
    source: Source,
    reachable: bool,
    received_on: Date,
    rules: String,
    reason: String,
}

/// Reads a table of cases; its header says of which kind.
pub(super) fn parse(file: &PackFile) -> Result<Vec<Golden>, Vec<PackFault>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(file.text.as_bytes());
    let fault = |what: String| PackFault::new(&file.name, what);
    let head = reader.headers().cloned();
    let head = head.map_err(|e| vec![fault(e.to_string())])?;
    let dues = head.iter().any(|h| h == "due_on");
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
        let read = if dues {
            due(&record, &head)
        } else {
            rules(&record, &head)
        };
        let read = read.and_then(|(expects, reason)| match reason.is_empty() {
            true => Err("reason: say why in words".to_owned()),
            false => Ok((expects, reason)),
        });
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

type Row = Result<(Expects, String), String>;

fn due(record: &csv::StringRecord, head: &csv::StringRecord) -> Row {
    let row: DueRow = record.deserialize(Some(head)).map_err(|e| plain(&e))?;
    let suspend = row.suspend.split_whitespace().map(span);
    let expects = Expects::Due {
        rule: row.rule,
        from: row.from,
        suspend: suspend.collect::<Result<_, _>>()?,
        extend: row.extend.unwrap_or_default(),
        due_on: row.due_on,
    };
    Ok((expects, row.reason))
}

fn rules(record: &csv::StringRecord, head: &csv::StringRecord) -> Row {
    let row: RulesRow = record.deserialize(Some(head)).map_err(|e| plain(&e))?;
    let route = match row.route.as_str() {
        "" => None,
        code => Some(code.parse().map_err(|e| format!("route: {e}"))?),
    };
    let expects = Expects::Rules {
        class: row.class,
        route,
        channel: row.channel,
        source: row.source,
        reachable: row.reachable,
        received_on: row.received_on,
        rules: row.rules.split_whitespace().map(str::to_owned).collect(),
    };
    Ok((expects, row.reason))
}

fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => error.to_string(),
    }
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
