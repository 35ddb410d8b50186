//! Importing days into the calendar, taking a province's own away, and taking either back: with a
//! preview first, then days, years, event and the job that counts due dates anew, in one step.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Error, Result};
use crate::{
    app::App,
    domain::{
        calendar::{Calendar, ChangeKind, Delta, Diff, Import, Layers},
        job::{JobKind, JobState},
        law::Law,
    },
    letters::recount::{self, Preview},
    store::{Step, calendar_changes::CalendarChange, jobs::Job},
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
    let doing = Doing {
        kind: ChangeKind::Import,
        event: "calendar-imported",
        announced,
    };
    apply(app, by, reason, doing, edit).await
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
    let doing = Doing {
        kind: ChangeKind::Removal,
        event: "calendar-days-removed",
        announced: &none,
    };
    apply(app, by, reason, doing, edit).await
}

/// The change that an undoing takes back, and why it cannot be, where it cannot: it is no import
/// or removal, was taken back, or a later change that stands touched its days or years.
///
/// # Errors
/// An id that is unknown, or `calendar-not-undoable`.
pub fn undoable(changes: &[CalendarChange], id: i64) -> Result<&CalendarChange> {
    let change = changes.iter().find(|c| c.id == id);
    let change = change.ok_or(Error::NotFound)?;
    let over = in_the_way(changes, change);
    if change.kind == ChangeKind::Undo || change.undone_at.is_some() || over.is_some() {
        return Err(Error::Rule("calendar-not-undoable"));
    }
    Ok(change)
}

/// The latest change that lies over another and has to be taken back before it.
#[must_use]
pub fn in_the_way<'c>(
    changes: &'c [CalendarChange],
    change: &CalendarChange,
) -> Option<&'c CalendarChange> {
    let stands = |c: &&CalendarChange| {
        c.id > change.id && c.kind != ChangeKind::Undo && c.undone_at.is_none()
    };
    let over = changes.iter().filter(stands);
    over.into_iter().find(|c| c.delta.meets(&change.delta))
}

/// What taking a change back would change. Nothing is changed.
///
/// # Errors
/// See [`undoable`].
pub async fn preview_undo(app: &App, id: i64) -> Result<(Change, Preview)> {
    let changes = app.store.calendar_changes().await?;
    let delta = undoable(&changes, id)?.delta.clone();
    if !delta.undo(&mut app.store.layers().await?) {
        return Err(Error::Rule("calendar-not-undoable"));
    }
    preview_of(app, |layers| {
        let _ = delta.undo(layers);
    })
    .await
}

/// Takes an import or a removal back as a whole: days and years are as they were before it, and
/// open obligations are counted anew. It can be imported again, and taken back again.
///
/// # Errors
/// See [`undoable`]; nothing happened then.
pub async fn undo(
    app: &App,
    by: Option<i64>,
    id: i64,
    reason: &str,
) -> Result<(Change, Option<Job>)> {
    let step = app.store.begin(app.now()).await?;
    step.change_law().await?;
    let changes = step.calendar_changes().await?;
    let undone = undoable(&changes, id)?;
    let mut layers = step.layers().await?;
    if !undone.delta.undo(&mut layers) {
        return Err(Error::Rule("calendar-not-undoable"));
    }
    step.calendar_change_undone(id).await?;
    let none = BTreeSet::new();
    let doing = Doing {
        kind: ChangeKind::Undo,
        event: "calendar-change-undone",
        announced: &none,
    };
    let data = json!({ "change": id, "kind": undone.kind.code(), "years": undone.delta.years.new });
    save(app, step, by, reason, doing, |stored| {
        *stored = layers;
        data
    })
    .await
}

/// How the calendar is being changed.
struct Doing<'a> {
    kind: ChangeKind,
    event: &'static str,
    announced: &'a BTreeSet<i16>,
}

/// Changes what was imported, in one step with its event and the job that counts anew.
async fn apply(
    app: &App,
    by: Option<i64>,
    reason: &str,
    doing: Doing<'_>,
    edit: impl FnOnce(&mut Layers) -> Value,
) -> Result<(Change, Option<Job>)> {
    let step = app.store.begin(app.now()).await?;
    // First of all: two changes at once must not both build on what stood before.
    step.change_law().await?;
    save(app, step, by, reason, doing, edit).await
}

async fn save(
    app: &App,
    step: Step<'_>,
    by: Option<i64>,
    reason: &str,
    doing: Doing<'_>,
    edit: impl FnOnce(&mut Layers) -> Value,
) -> Result<(Change, Option<Job>)> {
    let stored = step.layers().await?;
    let mut layers = stored.clone();
    let mut data = edit(&mut layers);
    let before = Calendar::lay(&stored);
    let change = change(&before, &Calendar::lay(&layers));
    if layers == stored {
        return Ok((change, None));
    }
    step.save_layers(&stored, &layers, doing.announced, by)
        .await?;
    let delta = Delta::between(&stored, &layers, doing.announced);
    let noted = step
        .add_calendar_change(doing.kind, by, reason, &delta)
        .await?;
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
    data["noted"] = json!(noted);
    data["from"] = json!(change.from);
    data["to"] = json!(change.to);
    data["added"] = json!(change.diff.added.len());
    data["removed"] = json!(change.diff.removed.len());
    data["changed"] = json!(change.diff.changed.len());
    step.add_job(job.clone()).await?;
    step.add_admin_event(app.id(), by, doing.event, data)
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
