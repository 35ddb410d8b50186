//! `huiyin rules try` and `correct`: what another text of a rule would move, and moving it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::{
    Failure, Outcome,
    calendar::{done, job_json, moves_json, say_moves},
    out,
};
use crate::{
    app::App,
    domain::rules::Rule,
    letters::{
        correct::{self, Correction},
        recount::Preview,
    },
    packs,
    store::jobs::Job,
};

#[derive(Debug, Args)]
pub(crate) struct Correct {
    /// The folder of a pack that holds the rules as they should read, under the id and version
    /// that stand.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Why; it stands with the job.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Correct; without it nothing is changed.
    #[arg(long)]
    yes: bool,
}

/// What a pack would move.
pub(crate) async fn try_out(app: &App, dir: &Path, json: bool) -> Outcome {
    let (_, correction, moves) = compare(app, dir).await?;
    if json {
        return out::json(&to_json(&correction, &moves, None));
    }
    say(&correction, &moves)
}

impl Correct {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        if self.reason.trim().is_empty() {
            return Err(Failure::Usage(
                "--reason: say why the rule was wrong".into(),
            ));
        }
        let (rules, correction, moves) = compare(app, &self.dir).await?;
        if !json {
            say(&correction, &moves)?;
        }
        let mut job = None;
        if self.yes
            && let Some(begun) = correct::correct(app, None, &rules, self.reason.trim()).await?
        {
            job = Some(done(app, begun).await?);
        }
        if json {
            return out::json(&to_json(&correction, &moves, job.as_ref()));
        }
        Ok(out::say(&match &job {
            Some(job) => format!(
                "corrected; {} open obligations were counted anew, {} letters have another date",
                job.seen, job.moved
            ),
            None if correction.changed.is_empty() => "there is nothing to correct".into(),
            None => "nothing was changed; correct it with --yes".into(),
        })?)
    }
}

/// Compares a pack with the law as it stands.
async fn compare(app: &App, dir: &Path) -> Result<(Vec<Rule>, Correction, Preview), Failure> {
    let usage = |e: packs::PackError| Failure::Usage(e.to_string());
    let pack = packs::read(dir).map_err(usage)?;
    let law = app.current_law().await?;
    let correction = Correction::of(&law, &pack.rules);
    let corrected = (*law).clone().corrected_by(correction.changed.clone());
    if let Some(fault) = corrected.rules.faults().first() {
        return Err(Failure::Usage(format!("{}: {fault}", dir.display())));
    }
    let moves = correct::preview(app, &correction).await?;
    Ok((pack.rules, correction, moves))
}

fn say(correction: &Correction, moves: &Preview) -> Outcome {
    for rule in &correction.changed {
        out::say(&format!("another text: {} v{}", rule.id, rule.version))?;
    }
    for (id, version) in &correction.new {
        out::say(&format!(
            "new: {id} v{version}; it moves nothing, and governs letters received from its start \
             once its folder stands in rule_packs"
        ))?;
    }
    Ok(say_moves(moves)?)
}

fn to_json(correction: &Correction, moves: &Preview, job: Option<&Job>) -> Value {
    let named = |id: &str, version| json!({ "rule": id, "version": version });
    let changed = correction.changed.iter();
    let changed: Vec<_> = changed.map(|r| named(&r.id, r.version)).collect();
    let new = correction.new.iter();
    let new: Vec<_> = new.map(|(id, version)| named(id, *version)).collect();
    json!({
        "corrected": job.is_some(), "changed": changed, "new": new,
        "obligations": moves_json(moves), "job": job.map(job_json),
    })
}
