//! `huiyin due`: a due date and its derivation.

use std::{
    io::{BufRead as _, Write as _},
    path::Path,
};

use clap::Args;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Failure, Outcome, out};
use crate::{
    app::App,
    config::Config,
    domain::{
        calendar::Calendar,
        rules::{Rule, Rules, say},
        term::{DayStep, Suspension, Term, Unit, derive_by},
    },
    packs,
};

#[derive(Debug, Args)]
pub(crate) struct Due {
    /// How long the term is.
    #[arg(long, value_name = "N", required_unless_present_any = ["rule", "stdin"])]
    days: Option<u32>,
    /// What it is counted in: workday, day or month.
    #[arg(long, value_name = "UNIT", requires = "days")]
    unit: Option<Unit>,
    /// A rule's id instead of length and unit.
    #[arg(long, value_name = "R", conflicts_with_all = ["days", "unit"])]
    rule: Option<String>,
    /// Day 0, which is not counted.
    #[arg(long, value_name = "DATE", required_unless_present = "stdin")]
    from: Option<Date>,
    /// Days on which the clock stands still, both ends included.
    #[arg(long, value_name = "FROM..TO", value_parser = span)]
    suspend: Vec<(Date, Date)>,
    /// Added to the term, in its unit.
    #[arg(long, value_name = "N", default_value_t = 0)]
    extend: u32,
    /// One JSON case a line in, one result a line out.
    #[arg(long, conflicts_with_all = ["days", "rule", "from", "suspend"])]
    stdin: bool,
}

fn span(text: &str) -> Result<(Date, Date), String> {
    let fault = || format!("{text} is no span of days; write it as 2026-02-01..2026-02-10");
    let (from, to) = text.split_once("..").ok_or_else(fault)?;
    Ok((
        from.parse().map_err(|_| fault())?,
        to.parse().map_err(|_| fault())?,
    ))
}

/// One case of `--stdin`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    days: Option<u32>,
    unit: Option<Unit>,
    rule: Option<String>,
    from: Date,
    #[serde(default)]
    suspend: Vec<(Date, Date)>,
    #[serde(default)]
    extend: u32,
}

/// A due date with everything it rests on.
#[derive(Serialize)]
struct Answer {
    due_on: Date,
    nominal_on: Date,
    provisional: bool,
    rule: Option<String>,
    rule_version: Option<u32>,
    basis: Option<String>,
    /// Where the rule would not allow what was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    days: Vec<DayStep>,
}

/// What cases are counted by.
struct Laid {
    /// The rules of the configuration, or why it cannot be read: only a rule's name needs it.
    rules: Result<Rules, String>,
    calendar: Calendar,
}

impl Laid {
    /// The law of the database where there is one, with what was imported and corrected; else the
    /// packs of the configuration and the built-in calendar.
    async fn load(config: Option<&Path>) -> Self {
        let calendar = Calendar::built_in().clone();
        let config = match Config::load(config) {
            Ok(config) => config,
            Err(error) => {
                let rules = Err(error.to_string());
                return Self { rules, calendar };
            }
        };
        let rules = packs::lay(&config.rule_packs).map_err(|e| e.to_string());
        if !config.has_database() {
            return Self { rules, calendar };
        }
        out::quiet_log();
        match App::open(config).await {
            Ok(app) => {
                let law = app.law();
                app.store.close().await;
                Self {
                    rules: Ok(law.rules.clone()),
                    calendar: law.calendar.clone(),
                }
            }
            Err(error) => {
                out::complain(&format!("counted by the built-in calendar, since {error}"));
                Self { rules, calendar }
            }
        }
    }
}

impl Case {
    fn count(&self, laid: &Laid) -> Result<Answer, String> {
        let rule = match &self.rule {
            Some(id) => {
                let rules = laid.rules.as_ref().map_err(String::clone)?;
                let named = rules.named(id, self.from);
                Some(named.ok_or_else(|| super::rules::unknown(rules, id))?)
            }
            None => None,
        };
        let term = match (rule, self.days, self.unit) {
            (Some(rule), None, None) => rule.term,
            (None, Some(length), Some(unit)) => Term { length, unit },
            _ => return Err("a case needs days and unit, or rule".into()),
        };
        let suspensions: Vec<Suspension> = self
            .suspend
            .iter()
            .map(|(from, to)| Suspension {
                from: *from,
                to: *to,
            })
            .collect();
        let rolls = rule.is_none_or(|r| r.rolls);
        let calendar = &laid.calendar;
        let derived = derive_by(calendar, term, self.from, &suspensions, self.extend, rolls);
        let derived = derived.map_err(|e| e.to_string())?;
        Ok(Answer {
            due_on: derived.due_on,
            nominal_on: derived.nominal_on,
            provisional: derived.provisional,
            rule: rule.map(|r| r.id.clone()),
            rule_version: rule.map(|r| r.version),
            basis: rule.map(|r| r.basis_zh.clone()),
            note: rule.and_then(|r| self.beyond(r)),
            days: derived.days,
        })
    }

    /// What the rule would not allow. It is counted all the same: the question was what would be.
    fn beyond(&self, rule: &Rule) -> Option<String> {
        let mut notes = Vec::new();
        if !rule.in_force(self.from) {
            let span = say::in_force(rule);
            notes.push(format!("the rule binds letters received {span}"));
        }
        if !self.suspend.is_empty() && rule.suspensions.is_empty() {
            notes.push("the rule allows no suspension".to_owned());
        }
        match &rule.extension {
            None if self.extend > 0 => notes.push("the rule allows no extension".to_owned()),
            Some(e) if self.extend > e.at_most => {
                notes.push(format!(
                    "the rule allows an extension of at most {}",
                    e.at_most
                ));
            }
            _ => {}
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

impl Due {
    pub(crate) async fn run(self, config: Option<&Path>, json: bool) -> Outcome {
        let laid = Laid::load(config).await;
        if self.stdin {
            return many(&laid);
        }
        let Some(from) = self.from else {
            return Err(Failure::Usage("--from is needed".into()));
        };
        let unit = self.unit.or(self.days.map(|_| Unit::Workday));
        let case = Case {
            days: self.days,
            unit,
            rule: self.rule,
            from,
            suspend: self.suspend,
            extend: self.extend,
        };
        let answer = case.count(&laid).map_err(Failure::Usage)?;
        if json {
            return out::json(&answer);
        }
        for day in &answer.days {
            let mark = if day.counted { '+' } else { ' ' };
            out::say(&format!("{} {mark} {}", day.date, day.why.words(false)))?;
        }
        let rolled = if answer.nominal_on == answer.due_on {
            String::new()
        } else {
            format!(" (rolled from {})", answer.nominal_on)
        };
        let provisional = if answer.provisional {
            ", provisional: that year's holidays are not announced yet"
        } else {
            ""
        };
        out::say(&format!("due on {}{rolled}{provisional}", answer.due_on))?;
        if let (Some(rule), Some(version)) = (&answer.rule, answer.rule_version) {
            let basis = answer.basis.unwrap_or_default();
            out::say(&format!("by {rule} v{version}: {basis}"))?;
        }
        if let Some(note) = answer.note {
            out::say(&format!("note: {note}"))?;
        }
        Ok(())
    }
}

/// Cases read at once: enough to keep every core counting.
const BATCH: usize = 1_024;

fn many(laid: &Laid) -> Outcome {
    let mut stdout = std::io::stdout().lock();
    let mut lines = (1..).zip(std::io::stdin().lock().lines());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut failed = false;
    loop {
        let read = lines.by_ref().take(BATCH);
        let read = read.map(|(at, line)| Ok((at, line?)));
        let batch = read.collect::<std::io::Result<Vec<(usize, String)>>>()?;
        if batch.is_empty() {
            break;
        }
        let parts: Vec<_> = std::thread::scope(|scope| {
            let parts = batch.chunks(batch.len().div_ceil(cores));
            let parts: Vec<_> = parts
                .map(|some| scope.spawn(|| answers(some, laid)))
                .collect();
            parts
                .into_iter()
                .map(std::thread::ScopedJoinHandle::join)
                .collect()
        });
        for part in parts {
            let (text, fault) =
                part.map_err(|_| Failure::Failed("counting broke off".into()))??;
            failed |= fault;
            stdout.write_all(&text)?;
        }
    }
    stdout.flush()?;
    if failed {
        return Err(Failure::Usage(
            "some cases cannot be counted; see their lines".into(),
        ));
    }
    Ok(())
}

/// A line for each case, and whether one of them cannot be counted.
fn answers(cases: &[(usize, String)], laid: &Laid) -> serde_json::Result<(Vec<u8>, bool)> {
    let (mut out, mut failed) = (Vec::new(), false);
    for (at, line) in cases.iter().filter(|(_, line)| !line.trim().is_empty()) {
        let case = serde_json::from_str::<Case>(line).map_err(|e| e.to_string());
        match case.and_then(|c| c.count(laid)) {
            Ok(answer) => serde_json::to_writer(&mut out, &answer)?,
            Err(error) => {
                failed = true;
                let fault = serde_json::json!({ "error": error, "line": at });
                serde_json::to_writer(&mut out, &fault)?;
            }
        }
        out.push(b'\n');
    }
    Ok((out, failed))
}
