//! `huiyin rules`: what the rule packs say, and whether a pack is right.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::civil::Date;
use serde::Serialize;

use super::{
    Failure, Outcome,
    correct::{Correct, try_out},
    out,
};
use crate::{
    app::App,
    domain::{
        calendar::Calendar,
        rules::{Difference, Line, PackFault, Rule, Rules, say, table},
    },
    packs::{self, PackError},
};

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the rules in force today, and which hold for whom.
    List {
        /// Also those that were in force, or will be.
        #[arg(long)]
        all: bool,
    },
    /// Show a rule in words, in all its versions.
    Show {
        /// Its id.
        #[arg(value_name = "R")]
        rule: String,
    },
    /// Check packs laid over the built-in one, the last on top, and run their golden cases.
    Check {
        /// Their folders; left out, those that are configured (rule_packs).
        #[arg(value_name = "DIR")]
        dirs: Vec<PathBuf>,
    },
    /// Show which due dates would move if a pack's rules were the right ones.
    Try {
        /// Its folder.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Put wrong rules right: open obligations are counted anew as a recorded job.
    Correct(Correct),
}

impl RulesCommand {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        let law = app.law();
        match self {
            Self::List { all } => list(&law.rules, app.today(), all, json),
            Self::Show { rule } => show(&law.rules, &rule, json),
            Self::Check { dirs } => check(&dirs, json),
            Self::Try { dir } => try_out(app, &dir, json).await,
            Self::Correct(correct) => correct.run(app, json).await,
        }
    }
}

/// What `rules list` answers.
#[derive(Serialize)]
struct Listed<'a> {
    rules: Vec<&'a Rule>,
    table: Vec<Line>,
}

fn list(rules: &Rules, today: Date, all: bool, json: bool) -> Outcome {
    let lines = table::table(rules, today);
    let chosen = rules.all().iter().filter(|r| all || r.in_force(today));
    let chosen: Vec<&Rule> = chosen.collect();
    if json {
        return out::json(&Listed {
            rules: chosen,
            table: lines,
        });
    }
    let head = [
        "rule",
        "v",
        "received",
        "obligation",
        "term",
        "from",
        "counts",
        "pack",
    ];
    let rows = chosen.iter().map(|r| {
        let counts = if r.counts { "yes" } else { "" };
        vec![
            r.id.clone(),
            r.version.to_string(),
            say::in_force(r),
            r.obligation.to_string(),
            say::term(r.term),
            r.starts.to_string(),
            counts.to_owned(),
            r.pack.clone(),
        ]
    });
    out::table(&head, &rows.collect::<Vec<_>>())?;
    out::say("")?;
    let rows: Vec<_> = lines.iter().map(|l| l.cells().to_vec()).collect();
    out::table(&table::HEAD, &rows)
}

fn show(rules: &Rules, id: &str, json: bool) -> Outcome {
    let versions: Vec<&Rule> = rules.all().iter().filter(|r| r.id == id).collect();
    if versions.is_empty() {
        return Err(Failure::Usage(unknown(rules, id)));
    }
    if json {
        return out::json(&versions);
    }
    for (at, rule) in versions.into_iter().enumerate() {
        if at > 0 {
            out::say("")?;
        }
        for (what, words) in say::all(rule) {
            out::say(&format!("{what:<12}{words}"))?;
        }
    }
    Ok(())
}

/// Says that there is no such rule, and which come near.
pub(crate) fn unknown(rules: &Rules, id: &str) -> String {
    let near = rules.all().iter().map(|r| r.id.as_str());
    let near = near
        .map(|known| (strsim::jaro_winkler(known, id), known))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, known)) => format!("there is no rule {id}; did you mean {known}?"),
        None => format!("there is no rule {id}; `huiyin rules list --all` names them"),
    }
}

/// What `rules check` answers of a folder.
#[derive(Default, Serialize)]
struct Checked {
    ok: bool,
    rules: usize,
    cases: usize,
    /// What cannot be read, or contradicts itself.
    faults: Vec<PackFault>,
    /// Golden cases that come out otherwise.
    differences: Vec<Difference>,
    /// Rules without a golden case.
    untested: Vec<String>,
}

/// A folder, and what its check came to.
#[derive(Serialize)]
struct Folder {
    path: PathBuf,
    #[serde(flatten)]
    checked: Checked,
}

/// Needs no database, and where folders are named no configuration: a pack is checked before it is
/// used. Each lies over those before it, and its cases run over the rules as they lie by then; what
/// stands behind one that is broken is not looked at.
pub(crate) fn check(dirs: &[PathBuf], json: bool) -> Outcome {
    if dirs.is_empty() {
        return Err(Failure::Usage(
            "name a folder; none is configured (rule_packs) that could be checked".into(),
        ));
    }
    let (mut rules, mut folders) = (packs::built_in().clone(), Vec::new());
    for dir in dirs {
        let checked = match examine(&mut rules, dir) {
            Ok(checked) => checked,
            Err(PackError::Faults { faults, .. }) => Checked {
                faults,
                ..Checked::default()
            },
            Err(error @ PackError::Folder { .. }) => return Err(Failure::Usage(error.to_string())),
        };
        let broken = !checked.faults.is_empty();
        let path = dir.clone();
        folders.push(Folder { path, checked });
        if broken {
            break;
        }
    }
    let ok = folders.iter().all(|f| f.checked.ok);
    if json {
        match &folders[..] {
            [only] if dirs.len() == 1 => out::json(&only.checked)?,
            _ => out::json(&serde_json::json!({ "ok": ok, "packs": folders }))?,
        }
    } else {
        for folder in &folders {
            if dirs.len() > 1 {
                out::say(&format!("{}:", folder.path.display()))?;
            }
            told(&folder.checked)?;
        }
    }
    if ok { Ok(()) } else { Err(Failure::No) }
}

/// Lays a pack over rules and runs its cases.
fn examine(rules: &mut Rules, dir: &Path) -> Result<Checked, PackError> {
    let pack = packs::read(dir)?;
    let golden = pack.golden.clone();
    let named: Vec<&str> = golden.iter().flat_map(|g| g.ids()).collect();
    let mut untested: Vec<String> = pack.rules.iter().map(|r| r.id.clone()).collect();
    untested.retain(|id| !named.contains(&id.as_str()));
    untested.dedup();
    let count = pack.rules.len();
    *rules = packs::lay_one(rules.clone(), dir, pack)?;
    let calendar = Calendar::built_in();
    let differences = golden.iter().filter_map(|g| g.difference(rules, calendar));
    let differences: Vec<Difference> = differences.collect();
    Ok(Checked {
        ok: differences.is_empty(),
        rules: count,
        cases: golden.len(),
        faults: Vec::new(),
        differences,
        untested,
    })
}

fn told(checked: &Checked) -> Outcome {
    for fault in &checked.faults {
        out::say(&fault.to_string())?;
    }
    for d in &checked.differences {
        out::say(&format!(
            "{}, line {}: {}: expected {}, found {} ({})",
            d.file, d.line, d.what, d.expected, d.found, d.reason
        ))?;
    }
    for id in &checked.untested {
        out::say(&format!("{id} has no golden case"))?;
    }
    let verdict = match (checked.faults.len(), checked.differences.len()) {
        (0, 0) => "the pack is in order".to_owned(),
        (0, n) => format!("{n} golden cases come out otherwise"),
        (n, _) => format!("{n} faults"),
    };
    Ok(out::say(&format!(
        "{} rules, {} golden cases: {verdict}",
        checked.rules, checked.cases
    ))?)
}
