//! Importing days into the calendar: with a preview first, then days, years, event and the job
//! that counts due dates anew, in one step.

use serde_json::json;

use super::Result;
use crate::{
    app::App,
    domain::{
        calendar::{Calendar, Diff, Import},
        job::{JobKind, JobState},
        law::Law,
    },
    letters::recount::{self, Preview},
    store::jobs::Job,
};

/// What an import would do, or has done.
#[derive(Debug)]
pub struct Change {
    /// Days and years.
    pub diff: Diff,
    /// The version of the calendar before …
    pub from: String,
    /// … and after.
    pub to: String,
}

/// What an import would change: days, years, and due dates. Nothing is changed.
///
/// # Errors
/// When the database refuses.
pub async fn preview(app: &App, import: &Import, local: bool) -> Result<(Change, Preview)> {
    let mut layers = app.store.layers().await?;
    let before = Calendar::lay(&layers);
    layers.take(import, local);
    let law = Law {
        calendar: Calendar::lay(&layers),
        ..(*app.current_law().await?).clone()
    };
    let moves = recount::preview(app, &law).await?;
    Ok((change(&before, &law.calendar), moves))
}

/// Imports days; answers the job that counts due dates anew, and `None` where nothing changes.
///
/// # Errors
/// When the database refuses.
pub async fn import(
    app: &App,
    by: Option<i64>,
    import: &Import,
    local: bool,
    reason: &str,
) -> Result<(Change, Option<Job>)> {
    let step = app.store.begin(app.now()).await?;
    // First of all: two imports at once must not both build on what stood before.
    step.change_law().await?;
    let stored = step.layers().await?;
    let mut layers = stored.clone();
    layers.take(import, local);
    let before = Calendar::lay(&stored);
    let change = change(&before, &Calendar::lay(&layers));
    if layers == stored {
        return Ok((change, None));
    }
    let announced = if local { &[].into() } else { &import.years };
    step.save_layers(&stored, &layers, announced, by).await?;
    let job = Job {
        id: app.id(),
        kind: JobKind::Calendar,
        reason: reason.to_owned(),
        at: step.now,
        by,
        state: JobState::Running,
        cursor: 0,
        seen: 0,
        moved: 0,
        ended_at: None,
    };
    let data = json!({
        "job": job.id, "layer": if local { "local" } else { "state" }, "years": import.years,
        "from": change.from, "to": change.to, "added": change.diff.added.len(),
        "removed": change.diff.removed.len(), "changed": change.diff.changed.len(),
    });
    step.add_job(job.clone()).await?;
    step.add_admin_event(app.id(), by, "calendar-imported", data)
        .await?;
    step.commit().await?;
    app.current_law().await?;
    Ok((change, Some(job)))
}

fn change(before: &Calendar, after: &Calendar) -> Change {
    Change {
        diff: Diff::between(before, after),
        from: before.version().to_owned(),
        to: after.version().to_owned(),
    }
}
