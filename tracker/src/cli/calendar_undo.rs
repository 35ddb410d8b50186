//! `huiyin calendar undo`: takes an import or a removal back as a whole.

use clap::Args;
use serde_json::{Value, json};

use super::{
    Failure, Outcome,
    calendar::{done, job_json, say_change, say_moves, to_json},
    out,
};
use crate::{
    app::App,
    domain::calendar::ChangeKind,
    letters::{Error, calendar},
    store::calendar_changes::CalendarChange,
};

#[derive(Debug, Args)]
pub(crate) struct Undo {
    /// Which change, as `calendar list` numbers them; the latest that stands by default.
    id: Option<i64>,
    /// Why; it stands with the job.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Take it back; without it nothing is changed.
    #[arg(long)]
    yes: bool,
}

impl Undo {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        let reason = self.reason.trim();
        if reason.is_empty() {
            return Err(Failure::Usage("--reason: say why it is taken back".into()));
        }
        let changes = app.store.calendar_changes().await?;
        let stands = |c: &&CalendarChange| c.kind != ChangeKind::Undo && c.undone_at.is_none();
        let latest = changes.iter().find(stands).map(|c| c.id);
        let id = self.id.or(latest).ok_or_else(|| {
            Failure::Usage("nothing was imported that could be taken back".into())
        })?;
        let (change, moves) = match calendar::preview_undo(app, id).await {
            Ok(shown) => shown,
            Err(error) => return Err(refused(&changes, id, error)),
        };
        if !json {
            say_change(&change)?;
            say_moves(&moves)?;
        }
        let mut job = None;
        if self.yes {
            let begun = calendar::undo(app, None, id, reason).await;
            let (_, begun) = begun.map_err(|e| refused(&changes, id, e))?;
            if let Some(begun) = begun {
                job = Some(done(app, begun).await?);
            }
        }
        if json {
            let mut answer = to_json(&change, &moves, job.as_ref());
            if let Value::Object(fields) = &mut answer {
                fields.remove("imported");
                fields.insert("change".into(), json!(id));
                fields.insert("done".into(), json!(job.is_some()));
                fields.insert("job".into(), json!(job.as_ref().map(job_json)));
            }
            return out::json(&answer);
        }
        Ok(out::say(&match &job {
            Some(job) => format!(
                "change {id} was taken back; {} open obligations were counted anew, {} letters \
                 have another date",
                job.seen, job.moved
            ),
            None => format!("nothing was changed; take change {id} back with --yes"),
        })?)
    }
}

/// Why a change cannot be taken back, and what to do.
fn refused(changes: &[CalendarChange], id: i64, error: Error) -> Failure {
    let Some(change) = changes.iter().find(|c| c.id == id) else {
        return Failure::Usage(format!(
            "there is no change {id}; huiyin calendar list shows them"
        ));
    };
    Failure::Usage(if change.undone_at.is_some() {
        format!("change {id} was taken back already")
    } else if change.kind == ChangeKind::Undo {
        format!("change {id} took another back; import that file again")
    } else if let Some(over) = calendar::in_the_way(changes, change) {
        format!(
            "change {} ({}) touched the same days after it; take that back first",
            over.id, over.reason
        )
    } else {
        return Failure::Failed(error.to_string());
    })
}

/// The changes, the latest first, for programs.
pub(super) fn changes_json(changes: &[CalendarChange]) -> Vec<Value> {
    let one = |c: &CalendarChange| {
        json!({
            "id": c.id, "kind": c.kind.code(), "at": c.at, "reason": c.reason,
            "years": c.delta.years.announced, "days": c.delta.days.len(),
            "undone_at": c.undone_at, "undoable": calendar::undoable(changes, c.id).is_ok(),
        })
    };
    changes.iter().map(one).collect()
}

/// The same for people.
pub(super) fn say_changes(app: &App, changes: &[CalendarChange]) -> Outcome {
    if changes.is_empty() {
        return Ok(());
    }
    let row = |c: &CalendarChange| {
        let years: Vec<_> = c.delta.years.announced.iter().map(i16::to_string).collect();
        let state = match (c.undone_at, calendar::undoable(changes, c.id).is_ok()) {
            (Some(at), _) => format!("taken back {}", app.day_of(at)),
            (None, true) => "can be taken back".to_owned(),
            (None, false) => String::new(),
        };
        vec![
            c.id.to_string(),
            app.day_of(c.at).to_string(),
            c.kind.code().to_owned(),
            years.join(" "),
            c.delta.days.len().to_string(),
            state,
            c.reason.clone(),
        ]
    };
    let rows: Vec<_> = changes.iter().map(row).collect();
    out::say("")?;
    out::table(
        &["change", "on", "kind", "years", "days", "state", "reason"],
        &rows,
    )
}
