//! Administration of units, and what roles may do. It shows no letter.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    Web,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        admin::{AdminPage, RolesPage, UnitPage, UnitRow, UnitsPage},
        parts::{Choice, Errors},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::access::{Function, Role},
    letters::{
        Error,
        staff::{self, NewUnit},
        staff_edit,
    },
    store::{
        people::Person,
        units::{self, Unit},
    },
};

/// `GET /admin`
///
/// # Errors
/// For anybody but an administrator.
pub async fn index(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let app = &web.app;
    let (units, people) = (app.store.units().await?, app.store.people().await?);
    let channels = app.store.channels().await?;
    let active: Vec<&Person> = people.iter().filter(|p| p.active).collect();
    let any = |role| active.iter().any(|p| p.roles.contains(&role));
    let sealed = channels.iter().filter(|c| c.enabled && c.sealed);
    let cleared = sealed
        .clone()
        .all(|c| active.iter().any(|p| p.cleared.contains(&c.id)));
    let missing = [
        (units.iter().all(|u| !u.active), "no-units"),
        (!any(Role::Registrar), "no-registrar"),
        (!any(Role::Handler), "no-handler"),
        (!cleared, "no-cleared-registrar"),
        (app.config.smtp.is_none(), "no-mail"),
    ];
    let n = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    page::page(&AdminPage {
        chrome: visit.chrome(),
        units: n(units.iter().filter(|u| u.active).count()),
        people: n(active.len()),
        channels: n(channels.iter().filter(|c| c.enabled).count()),
        missing: missing
            .iter()
            .filter(|m| m.0)
            .map(|m| m.1.to_owned())
            .collect(),
    })
}

/// `GET /admin/roles`
///
/// # Errors
/// For anybody but an administrator.
pub async fn roles(visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    page::page(&RolesPage {
        chrome: visit.chrome(),
        roles: Role::ALL.iter().map(|r| r.code().to_owned()).collect(),
        functions: Function::ALL.iter().map(|f| f.code().to_owned()).collect(),
    })
}

/// `GET /admin/units`
///
/// # Errors
/// For anybody but an administrator.
pub async fn units(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let (all, people) = (web.app.store.units().await?, web.app.store.people().await?);
    let name = |id: Option<i64>| {
        let found = id.and_then(|id| people.iter().find(|p| p.id == id));
        found.map(|p| p.name.clone()).unwrap_or_default()
    };
    let mut rows = Vec::with_capacity(all.len());
    for (unit, level) in tree(&all) {
        rows.push(UnitRow {
            code: unit.code.clone(),
            name: unit.name.clone(),
            level,
            leader: name(unit.leader_id),
            liaison: name(unit.liaison_id),
            overseer: name(unit.overseer_id),
            hours: unit.work_hours.clone(),
            people: people
                .iter()
                .filter(|p| p.active && p.unit_id == Some(unit.id))
                .count() as i64,
            active: unit.active,
        });
    }
    page::page(&UnitsPage {
        chrome: visit.chrome(),
        rows,
    })
}

/// Parents before children, with their depth.
pub(crate) fn tree(all: &[Unit]) -> Vec<(&Unit, usize)> {
    let mut out = Vec::with_capacity(all.len());
    let mut todo: Vec<(&Unit, usize)> = all
        .iter()
        .rev()
        .filter(|u| u.parent_id.is_none())
        .map(|u| (u, 0))
        .collect();
    while let Some((unit, level)) = todo.pop() {
        out.push((unit, level.min(4)));
        let below = all.iter().rev().filter(|u| u.parent_id == Some(unit.id));
        todo.extend(below.map(|u| (u, level + 1)));
    }
    out
}

/// `GET /admin/units/{code}`, `new` for one that is not there yet.
///
/// # Errors
/// For anybody but an administrator, and for a code that is unknown.
pub async fn unit(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
) -> Result<Response, Trouble> {
    visit.administrator()?;
    let all = web.app.store.units().await?;
    let found = all.iter().find(|u| u.code == code).cloned();
    if found.is_none() && code != "new" {
        return Err(Trouble::not_found());
    }
    page::page(&unit_page(&web, &visit, &all, found, Errors::default()).await?)
}

async fn unit_page(
    web: &Web,
    visit: &Visit,
    all: &[Unit],
    unit: Option<Unit>,
    errors: Errors,
) -> Result<UnitPage, Trouble> {
    let people = web.app.store.people().await?;
    let chrome = visit.chrome();
    let none = || Choice {
        label: chrome.t("form.none").into_owned(),
        ..Choice::default()
    };
    let choices = |chosen: Option<i64>| -> Vec<Choice> {
        let active = people.iter().filter(|p| p.active).map(|p| Choice {
            value: p.login.clone(),
            label: p.name.clone(),
            chosen: Some(p.id) == chosen,
            hint: String::new(),
        });
        [none()].into_iter().chain(active).collect()
    };
    let u = unit.as_ref();
    let under = u.map(|u| units::below(all, u.id)).unwrap_or_default();
    let parents = all
        .iter()
        .filter(|p| !under.contains(&p.id))
        .map(|p| Choice {
            value: p.code.clone(),
            label: p.name.clone(),
            chosen: u.is_some_and(|u| u.parent_id == Some(p.id)),
            hint: String::new(),
        });
    Ok(UnitPage {
        is_new: u.is_none(),
        code: u.map(|u| u.code.clone()).unwrap_or_default(),
        name: u.map(|u| u.name.clone()).unwrap_or_default(),
        parents: [none()].into_iter().chain(parents).collect(),
        leaders: choices(u.and_then(|u| u.leader_id)),
        liaisons: choices(u.and_then(|u| u.liaison_id)),
        overseers: choices(u.and_then(|u| u.overseer_id)),
        work_hours: u.map_or_else(
            || "09:00-12:00,13:30-17:30".into(),
            |u| u.work_hours.clone(),
        ),
        active: u.is_none_or(|u| u.active),
        version: u.map_or(0, |u| u.version.into()),
        errors,
        chrome,
    })
}

/// `POST /admin/units`
///
/// # Errors
/// For anybody but an administrator.
pub async fn save_unit(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    match store_unit(&web, by, &posted).await {
        Ok(()) => Ok(page::to_saying(&web, "/admin/units", "saved", "")),
        Err(error) => {
            let Some(errors) = show::refused(&error) else {
                return Err(error.into());
            };
            let all = web.app.store.units().await?;
            let known = all.iter().find(|u| u.code == posted.get("code")).cloned();
            let mut again = unit_page(&web, &visit, &all, known, errors).await?;
            again.code = posted.get("code").into();
            again.name = posted.get("name").into();
            again.work_hours = posted.get("work_hours").into();
            page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

async fn store_unit(web: &Web, by: Option<i64>, posted: &Posted) -> Result<(), Error> {
    let app = &web.app;
    let hours = posted.get("work_hours").replace(' ', "");
    if !staff_edit::are_hours(&hours) {
        let fault = crate::domain::text::FieldError::new("work_hours", "malformed");
        return Err(Error::Fields(vec![fault]));
    }
    let all = app.store.units().await?;
    let is_new = posted.get("version").parse::<i32>().unwrap_or(0) == 0;
    let text = |name: &str| posted.some(name).map(ToOwned::to_owned);
    let mut unit = match all.iter().find(|u| u.code == posted.get("code")) {
        Some(known) if !is_new => known.clone(),
        _ => {
            let new = NewUnit {
                name: posted.get("name").into(),
                code: posted.get("code").trim().into(),
                under: text("under"),
                leader: text("leader"),
                liaison: text("liaison"),
            };
            staff::add_unit(app, by, new).await?
        }
    };
    if posted.some("name").is_none() {
        let fault = crate::domain::text::FieldError::new("name", "required");
        return Err(Error::Fields(vec![fault]));
    }
    unit.name = posted.get("name").trim().into();
    unit.parent_id = posted
        .some("under")
        .and_then(|c| all.iter().find(|u| u.code == c))
        .map(|u| u.id);
    unit.leader_id = staff::person_id(app, "leader", posted.some("leader")).await?;
    unit.liaison_id = staff::person_id(app, "liaison", posted.some("liaison")).await?;
    unit.overseer_id = staff::person_id(app, "overseer", posted.some("overseer")).await?;
    unit.work_hours = hours;
    unit.active = posted.ticked("active");
    unit.version += 1;
    staff::save_unit(app, by, unit).await
}
