//! 通报: what the machine drafted about letters long overdue, issued or dropped by a leader.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    Web,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::circular::{CircularPage, CircularRow, CircularsPage},
    show,
    visit::Visit,
};
use crate::{
    domain::{
        access::{Role, Staff},
        words::CircularState,
    },
    letters::{Error, circular},
    reading::circulars,
    store::circulars::Circular,
};

/// `GET /circulars`
///
/// # Errors
/// For whoever reads none.
pub async fn list(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    let staff = reader(&visit)?;
    let found = circulars::list(&web.app, staff).await?;
    page::page(&CircularsPage {
        rows: found.iter().map(|c| row(&web, &visit, c)).collect(),
        chrome: visit.chrome(),
    })
}

/// `GET /circulars/{id}`
///
/// # Errors
/// For whoever reads none, and where there is none.
pub async fn circular(
    State(web): State<Web>,
    visit: Visit,
    Named(id): Named<i64>,
) -> Result<Response, Trouble> {
    let staff = reader(&visit)?;
    let found = circulars::get(&web.app, staff, id).await?;
    page::page(&shown(&web, &visit, staff, found).await?)
}

/// `POST /circulars/{id}/{issue|drop}`
///
/// # Errors
/// For anybody but a leader, and where there is none.
pub async fn decide(
    State(web): State<Web>,
    visit: Visit,
    Named((id, decision)): Named<(i64, String)>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let staff = visit.staff()?;
    if !staff.is(Role::Leader) {
        return Err(Trouble::forbidden());
    }
    let version = posted.get("version").parse().unwrap_or_default();
    let (done, said) = match decision.as_str() {
        "issue" => {
            let done = circular::issue(&web.app, staff, id, version).await;
            (done, "circular-issued")
        }
        "drop" => {
            let done = circular::drop_draft(&web.app, staff, id, version).await;
            (done, "circular-dropped")
        }
        _ => return Err(Trouble::not_found()),
    };
    let status = match done {
        Ok(()) => {
            let path = format!("/circulars/{id}");
            return Ok(page::to_saying(&web, &path, said, ""));
        }
        Err(Error::Conflict { .. }) => StatusCode::CONFLICT,
        Err(Error::Rule(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(error) => return Err(error.into()),
    };
    // A letter joined it since it was read, or somebody decided: it is shown as it stands now.
    let found = circulars::get(&web.app, staff, id).await?;
    let mut again = shown(&web, &visit, staff, found).await?;
    again.changed = true;
    page::with_status(status, &again)
}

/// Whoever may read circulars at all.
fn reader(visit: &Visit) -> Result<&Staff, Trouble> {
    let staff = visit.staff()?;
    if staff.may_read_circulars() {
        Ok(staff)
    } else {
        Err(Trouble::forbidden())
    }
}

async fn shown(
    web: &Web,
    visit: &Visit,
    staff: &Staff,
    found: Circular,
) -> Result<CircularPage, Trouble> {
    let people = web.app.store.people().await?;
    let by = found.issued_by;
    let by = by.and_then(|id| people.into_iter().find(|p| p.id == id));
    Ok(CircularPage {
        may_decide: found.state == CircularState::Draft && staff.is(Role::Leader),
        by: by.map(|p| p.name).unwrap_or_default(),
        version: found.version.into(),
        text: found.text.clone(),
        changed: false,
        row: row(web, visit, &found),
        chrome: visit.chrome(),
    })
}

/// A circular in a list.
pub(crate) fn row(web: &Web, visit: &Visit, c: &Circular) -> CircularRow {
    CircularRow {
        url: visit.chrome().url(format!("/circulars/{}", c.id)),
        state: c.state.code().into(),
        drafted_at: show::at(&web.app, c.drafted_at),
        decided_at: (c.issued_at.map(|at| show::at(&web.app, at))).unwrap_or_default(),
        id: c.id.to_string(),
    }
}
