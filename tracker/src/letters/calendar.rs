//! Importing days into the calendar and taking a province's own away: with a preview first, then
//! days, years, event and the job that counts due dates anew, in one step.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::Result;
use crate::{
    app::App,
    domain::{
        calendar::{Calendar, Diff, Import, Layers},
        job::{JobKind, JobState},
        law::Law,
    },
    letters::recount::{self, Preview},
    store::jobs::Job,
};

/// What a change of the calendar would do, or has done.
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
    preview_of(app, |layers| layers.take(import, local)).await
}

/// What taking days of the province's away would change. Nothing is changed.
///
/// # Errors
/// When the database refuses.
pub async fn preview_removal(app: &App, dates: &BTreeSet<Date>) -> Result<(Change, Preview)> {
    preview_of(app, |layers| {
        layers.drop_local(dates);
    })
    .await
}

async fn preview_of(app: &App, edit: impl FnOnce(&mut Layers)) -> Result<(Change, Preview)> {
    let mut layers = app.store.layers().await?;
    let before = Calendar::lay(&layers);
    edit(&mut layers);
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
    let none = BTreeSet::new();
    let announced = if local { &none } else { &import.years };
    let edit = |layers: &mut Layers| {
        layers.take(import, local);
        json!({ "layer": if local { "local" } else { "state" }, "years": import.years })
    };
    apply(app, by, reason, "calendar-imported", announced, edit).await
}

/// Takes days of the province's away; answers the job that counts due dates anew, and `None` where
/// none of them was there. The administration's history keeps what each day was.
///
/// # Errors
/// When the database refuses.
pub async fn remove(
    app: &App,
    by: Option<i64>,
    dates: &BTreeSet<Date>,
    reason: &str,
) -> Result<(Change, Option<Job>)> {
    let edit = |layers: &mut Layers| {
        let gone = layers.drop_local(dates).into_iter();
        let gone = gone.map(|(date, kind)| {
            json!({ "date": date.to_string(), "kind": kind.code(), "name": kind.name() })
        });
        json!({ "layer": "local", "days": gone.collect::<Vec<_>>() })
    };
    let none = BTreeSet::new();
    apply(app, by, reason, "calendar-days-removed", &none, edit).await
}

/// Changes what was imported, in one step with its event and the job that counts anew.
async fn apply(
    app: &App,
    by: Option<i64>,
    reason: &str,
    event: &str,
    announced: &BTreeSet<i16>,
    edit: impl FnOnce(&mut Layers) -> Value,
) -> Result<(Change, Option<Job>)> {
    let step = app.store.begin(app.now()).await?;
    // First of all: two changes at once must not both build on what stood before.
    step.change_law().await?;
    let stored = step.layers().await?;
    let mut layers = stored.clone();
    let mut data = edit(&mut layers);
    let before = Calendar::lay(&stored);
    let change = change(&before, &Calendar::lay(&layers));
    if layers == stored {
        return Ok((change, None));
    }
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
    data["job"] = json!(job.id);
    data["from"] = json!(change.from);
    data["to"] = json!(change.to);
    data["added"] = json!(change.diff.added.len());
    data["removed"] = json!(change.diff.removed.len());
    data["changed"] = json!(change.diff.changed.len());
    step.add_job(job.clone()).await?;
    step.add_admin_event(app.id(), by, event, data).await?;
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
