//! `huiyin due`: a due date and its derivation.

use std::io::{BufRead as _, Write as _};

use clap::Args;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Failure, Outcome, out};
use crate::{
    domain::term::{Suspension, Term, Unit},
    reading::due::{self, Due as Answer},
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

impl Case {
    fn count(&self) -> Result<Answer, String> {
        let (term, rule) = match (&self.rule, self.days, self.unit) {
            (Some(id), None, None) => {
                let rules = crate::packs::lay(&[]).map_err(|e| e.to_string())?;
                let rule = rules.named(id, self.from).cloned();
                let rule = rule.ok_or_else(|| format!("there is no rule {id}"))?;
                (rule.term, Some(rule))
            }
            (None, Some(length), Some(unit)) => (Term { length, unit }, None),
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
        let mut answer =
            due::count(term, self.from, &suspensions, self.extend).map_err(|e| e.to_string())?;
        answer.rule = rule.as_ref().map(|r| r.id.clone());
        answer.basis = rule.map(|r| r.basis_zh);
        Ok(answer)
    }
}

impl Due {
    pub(crate) fn run(self, json: bool) -> Outcome {
        if self.stdin {
            return many();
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
        let answer = case.count().map_err(Failure::Usage)?;
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
        Ok(out::say(&format!(
            "due on {}{rolled}{provisional}",
            answer.due_on
        ))?)
    }
}

/// Cases read at once: enough to keep every core counting.
const BATCH: usize = 1_024;

fn many() -> Outcome {
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
            let parts: Vec<_> = parts.map(|some| scope.spawn(|| answers(some))).collect();
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
fn answers(cases: &[(usize, String)]) -> serde_json::Result<(Vec<u8>, bool)> {
    let (mut out, mut failed) = (Vec::new(), false);
    for (at, line) in cases.iter().filter(|(_, line)| !line.trim().is_empty()) {
        let case = serde_json::from_str::<Case>(line).map_err(|e| e.to_string());
        match case.and_then(|c| c.count()) {
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
