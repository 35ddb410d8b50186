//! `huiyin calendar`: the days that are known, and importing those of another year.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, calendar_undo, out};
use crate::{
    app::App,
    domain::{
        calendar::{DayKind, Fault, FileError, Import, Moved},
        job::JobState,
    },
    letters::{
        calendar::{self, Change},
        recount::{Move, Preview},
    },
    store::jobs::Job,
    workers::law::{self, Keeper},
};

#[derive(Debug, Subcommand)]
pub(crate) enum CalendarCommand {
    /// Import days from CSV, ICS, or the JSON shape of holiday-cn; without --yes only show what
    /// would change.
    Import(ImportOf),
    /// Take days of the province's own away; without --yes only show what would change.
    Remove(Removal),
    /// Take an import or a removal back as a whole; without --yes only show what would change.
    Undo(calendar_undo::Undo),
    /// Holidays and make-up workdays of a year.
    Show {
        /// Which year.
        year: i16,
    },
    /// The years that are announced, and every change that was made here.
    List,
}

/// Where imported days lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Into {
    /// A year of the State Council's: it replaces that year.
    State,
    /// A province's own days, over the state's.
    Local,
}

#[derive(Debug, Args)]
pub(crate) struct ImportOf {
    /// The file.
    file: PathBuf,
    /// Where its days lie.
    #[arg(long, value_enum, default_value = "state")]
    layer: Into,
    /// The year it announces, where the file does not say.
    #[arg(long, value_name = "YEAR")]
    year: Vec<i16>,
    /// Import; without it nothing is changed.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Removal {
    /// The days.
    #[arg(required = true, value_name = "DATE")]
    dates: Vec<Date>,
    /// Where they lie: a state year is replaced by importing it anew.
    #[arg(long, value_enum, default_value = "local")]
    layer: Into,
    /// Why; it stands with the job.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Remove; without it nothing is changed.
    #[arg(long)]
    yes: bool,
}

impl CalendarCommand {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        match self {
            Self::Import(import) => import.run(app, json).await,
            Self::Remove(removal) => removal.run(app, json).await,
            Self::Undo(undo) => undo.run(app, json).await,
            Self::Show { year } => show(app, year, json),
            Self::List => list(app, json).await,
        }
    }
}

fn show(app: &App, year: i16, as_json: bool) -> Outcome {
    let law = app.law();
    let calendar = &law.calendar;
    let days = || calendar.special_days(year);
    if as_json {
        let days: Vec<Value> = days()
            .map(|(date, kind)| json!({ "date": date, "kind": kind.code(), "name": kind.name() }))
            .collect();
        return out::json(&json!({
            "year": year, "published": calendar.published(year), "version": calendar.version(),
            "days": days,
        }));
    }
    if !calendar.published(year) {
        out::say(&format!(
            "{year} is not announced: weekends and the days off that the law fixes are all that is \
             known, and due dates in it are provisional"
        ))?;
    }
    let rows = days().map(|(date, kind)| {
        let name = kind.name().to_owned();
        vec![date.to_string(), kind.code().to_owned(), name]
    });
    out::table(&["date", "kind", "name"], &rows.collect::<Vec<_>>())
}

async fn list(app: &App, as_json: bool) -> Outcome {
    let law = app.law();
    let (years, version) = (law.calendar.years(), law.calendar.version());
    let counting = app.store.running_job().await?;
    let changes = app.store.calendar_changes().await?;
    if as_json {
        let counting = counting.as_ref().map(job_json);
        return out::json(&json!({
            "version": version, "published": years, "counting": counting,
            "changes": calendar_undo::changes_json(&changes),
        }));
    }
    let years: Vec<_> = years.iter().map(i16::to_string).collect();
    out::say(&format!("{version}: {}", years.join(" ")))?;
    if let Some(job) = counting {
        out::say(&format!(
            "due dates are being counted anew ({}): {} looked at, {} letters moved so far",
            job.reason, job.seen, job.moved
        ))?;
    }
    calendar_undo::say_changes(app, &changes)
}

impl ImportOf {
    async fn run(self, app: &App, json: bool) -> Outcome {
        let path = self.file.display();
        let bytes = std::fs::read(&self.file)
            .map_err(|e| Failure::Usage(format!("{path} cannot be read: {e}")))?;
        let local = self.layer == Into::Local;
        let wrong = |e: &FileError| Failure::Usage(format!("{path}: {e}"));
        let read = Import::read(&bytes).map_err(|e| wrong(&e))?;
        let import = if local {
            read
        } else {
            match read.clone().announcing(&self.year) {
                Ok(import) => import,
                Err(error) => {
                    if matches!(error.fault, Fault::Incomplete(_)) {
                        show_refused(app, &read, &error, json).await?;
                    }
                    return Err(wrong(&error));
                }
            }
        };
        let (change, moves) = calendar::preview(app, &import, local).await?;
        if !json {
            say_change(&change)?;
            say_moves(&moves)?;
        }
        let job = if self.yes {
            let reason = format!("import of {path}");
            let (_, job) = calendar::import(app, None, &import, local, &reason).await?;
            match job {
                Some(job) => Some(done(app, job).await?),
                None => None,
            }
        } else {
            None
        };
        if json {
            return out::json(&to_json(&change, &moves, job.as_ref()));
        }
        Ok(out::say(&match &job {
            Some(job) => format!(
                "imported; {} open obligations were counted anew, {} letters have another date",
                job.seen, job.moved
            ),
            None if self.yes => "everything in the file was known already".into(),
            None => "nothing was changed; import it with --yes".into(),
        })?)
    }
}

/// What a file says that announces no year, so that whoever wrote it sees how it was read.
async fn show_refused(app: &App, read: &Import, error: &FileError, json: bool) -> Outcome {
    let (change, moves) = calendar::preview(app, read, true).await?;
    if !json {
        return Ok(say_days(&change)?);
    }
    let mut answer = to_json(&change, &moves, None);
    if let Value::Object(fields) = &mut answer {
        fields.insert("refused".into(), json!(error.to_string()));
        fields.remove("obligations");
        fields.remove("version");
    }
    out::json(&answer)
}

impl Removal {
    async fn run(self, app: &App, json: bool) -> Outcome {
        let reason = self.reason.trim();
        if reason.is_empty() {
            return Err(Failure::Usage(
                "--reason: say why they are no days of ours".into(),
            ));
        }
        if self.layer == Into::State {
            return Err(Failure::Usage(
                "--layer state: import the year anew instead; its file replaces all of it".into(),
            ));
        }
        let dates: BTreeSet<Date> = self.dates.iter().copied().collect();
        let known = app.store.layers().await?.local;
        if let Some(date) = dates.iter().find(|d| !known.contains_key(*d)) {
            return Err(Failure::Usage(format!(
                "{date} is no day of the province's own; they are: {}",
                known
                    .keys()
                    .map(Date::to_string)
                    .collect::<Vec<_>>()
                    .join(" ")
            )));
        }
        let (change, moves) = calendar::preview_removal(app, &dates).await?;
        if !json {
            say_change(&change)?;
            say_moves(&moves)?;
        }
        let mut job = None;
        if self.yes
            && let (_, Some(begun)) = calendar::remove(app, None, &dates, reason).await?
        {
            job = Some(done(app, begun).await?);
        }
        if json {
            let mut answer = to_json(&change, &moves, job.as_ref());
            if let Value::Object(fields) = &mut answer {
                fields.remove("imported");
                fields.insert("done".into(), json!(job.is_some()));
            }
            return out::json(&answer);
        }
        Ok(out::say(&match &job {
            Some(job) => format!(
                "removed; {} open obligations were counted anew, {} letters have another date",
                job.seen, job.moved
            ),
            None if self.yes => "somebody else removed them meanwhile".into(),
            None => "nothing was changed; remove them with --yes".into(),
        })?)
    }
}

/// Waits for a job's end: a server that is running does it, else this command.
pub(crate) async fn done(app: &App, job: Job) -> Result<Job, Failure> {
    let bar = out::progress("counting anew");
    let (mut keeper, stop) = (Keeper::default(), CancellationToken::new());
    loop {
        law::work(app, &job, &mut keeper, &stop, &|j: &Job| {
            bar.set_position(j.seen.unsigned_abs());
        })
        .await?;
        let now = app.store.job(job.id).await?.unwrap_or_else(|| job.clone());
        bar.set_position(now.seen.unsigned_abs());
        if now.state == JobState::Ended {
            bar.finish_and_clear();
            app.store.release(&app.process).await?;
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Says what a change would do to the calendar.
pub(super) fn say_change(change: &Change) -> std::io::Result<()> {
    say_days(change)?;
    let diff = &change.diff;
    let years = |all: &BTreeSet<i16>| {
        let all: Vec<_> = all.iter().map(i16::to_string).collect();
        all.join(", ")
    };
    if !diff.published.is_empty() {
        out::say(&format!("newly announced: {}", years(&diff.published)))?;
    }
    if !diff.withdrawn.is_empty() {
        out::say(&format!("announced no more: {}", years(&diff.withdrawn)))?;
    }
    out::say(&format!(
        "{} days added, {} removed, {} changed; {} → {}",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        change.from,
        change.to
    ))
}

fn say_days(change: &Change) -> std::io::Result<()> {
    let diff = &change.diff;
    let word = |kind: &DayKind| match kind.name() {
        "" => kind.code().to_owned(),
        name => format!("{} {name}", kind.code()),
    };
    for (mark, days) in [
        ('+', &diff.added),
        ('-', &diff.removed),
        ('~', &diff.changed),
    ] {
        for day in days {
            let (from, to) = (word(&day.from), word(&day.to));
            out::say(&format!("{mark} {} {from} → {to}", day.date))?;
        }
    }
    Ok(())
}

/// Dates that move, as many as fit a screen.
const SHOWN: usize = 40;

/// Says what would move.
pub(crate) fn say_moves(moves: &Preview) -> std::io::Result<()> {
    for (m, n) in moves.moves.iter().take(SHOWN) {
        out::say(&format!("{} → {}: {n} of {}", m.from, m.to, m.rule))?;
    }
    if moves.moves.len() > SHOWN {
        out::say(&format!("… and {} other dates", moves.moves.len() - SHOWN))?;
    }
    out::say(&format!(
        "{} of {} open obligations move, {} provisional ones become firm{}",
        moves.moved(),
        moves.open,
        moves.settled,
        match moves.loosened {
            0 => String::new(),
            n => format!(", {n} firm ones become provisional"),
        }
    ))
}

pub(super) fn to_json(change: &Change, moves: &Preview, job: Option<&Job>) -> Value {
    let days = |all: &[Moved]| -> Vec<Value> {
        let day = |m: &Moved| {
            let of = |k: &DayKind| json!({ "kind": k.code(), "name": k.name() });
            json!({ "date": m.date, "from": of(&m.from), "to": of(&m.to) })
        };
        all.iter().map(day).collect()
    };
    let diff = &change.diff;
    json!({
        "imported": job.is_some(), "published": diff.published, "withdrawn": diff.withdrawn,
        "version": { "from": change.from, "to": change.to },
        "added": days(&diff.added), "removed": days(&diff.removed),
        "changed": days(&diff.changed), "obligations": moves_json(moves),
        "job": job.map(job_json),
    })
}

/// What would move, for programs.
pub(crate) fn moves_json(moves: &Preview) -> Value {
    let one = |(m, n): (&Move, &u64)| json!({ "rule": m.rule, "from": m.from, "to": m.to, "n": n });
    let all: Vec<Value> = moves.moves.iter().map(one).collect();
    json!({ "open": moves.open, "moved": moves.moved(), "settled": moves.settled,
            "loosened": moves.loosened, "moves": all })
}

/// How a job ended, for programs.
pub(crate) fn job_json(job: &Job) -> Value {
    json!({
        "id": job.id, "kind": job.kind.code(), "seen": job.seen, "moved": job.moved,
        "ended_at": job.ended_at,
    })
}
