//! Undoing an import or a removal of days as a whole, after a look at what would move.

use axum::{extract::State, response::Response};

use super::{
    Web,
    calendar::{changed, confirmed, moved, status},
    chrome::Chrome,
    error::Trouble,
    extract::Posted,
    page,
    pages::calendar::{ChangeRow, UndoPage},
    show,
    visit::Visit,
};
use crate::{
    app::App,
    letters::{Error, calendar as edit},
    store::{calendar_changes::CalendarChange, people::Person},
};

/// A change as the list shows it.
pub(super) fn change_row(
    app: &App,
    chrome: &Chrome,
    all: &[CalendarChange],
    people: &[Person],
    change: &CalendarChange,
) -> ChangeRow {
    let years = change.delta.years.announced.iter();
    let by = people.iter().find(|p| Some(p.id) == change.by);
    ChangeRow {
        id: change.id,
        kind: change.kind.code().into(),
        at: show::at(app, change.at),
        by: by.map_or_else(
            || chrome.t("calendar.operator").into_owned(),
            |p| p.name.clone(),
        ),
        reason: change.reason.clone(),
        years: years.map(i16::to_string).collect::<Vec<_>>().join(" "),
        days: i64::try_from(change.delta.days.len()).unwrap_or(i64::MAX),
        undone_at: change
            .undone_at
            .map(|at| show::at(app, at))
            .unwrap_or_default(),
        undoable: edit::undoable(all, change.id).is_ok(),
    }
}

/// `POST /admin/calendar/undo`: shows first what undoing a change would move, and undoes it once
/// that is confirmed with a reason.
///
/// # Errors
/// For anybody but an administrator, and for a change that cannot be undone.
pub async fn undo(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    let app = &web.app;
    let late = |error: Error| match error {
        Error::Rule(_) => Ok(page::to_saying(&web, "/admin/calendar", "not-undone", "")),
        other => Err(other.into()),
    };
    let Ok(id) = posted.get("change").parse::<i64>() else {
        return Err(Trouble::not_found());
    };
    let errors = match confirmed(&posted) {
        Ok(reason) => {
            return match edit::undo(app, by, id, reason).await {
                Ok(_) => Ok(page::to_saying(&web, "/admin/calendar", "undone", "")),
                Err(error) => late(error),
            };
        }
        Err(errors) => errors,
    };
    let (change, moves) = match edit::preview_undo(app, id).await {
        Ok(shown) => shown,
        Err(error) => return late(error),
    };
    let (all, people) = (
        app.store.calendar_changes().await?,
        app.store.people().await?,
    );
    let undone = all.iter().find(|c| c.id == id);
    let chrome = visit.chrome();
    let shown = UndoPage {
        change: undone
            .map(|c| change_row(app, &chrome, &all, &people, c))
            .unwrap_or_default(),
        withdrawn: change.diff.withdrawn.iter().map(i16::to_string).collect(),
        days: changed(change.diff),
        moves: moved(&moves),
        reason: posted.get("reason").to_owned(),
        errors,
        chrome,
    };
    page::with_status(status(&shown.errors), &shown)
}
