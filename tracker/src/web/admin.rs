//! Administration of units and channels. It shows no letter.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    Web,
    chrome::Chrome,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        admin::{
            AdminPage, ChannelPage, ChannelRow, ChannelsPage, RolesPage, UnitPage, UnitRow,
            UnitsPage,
        },
        parts::{Choice, Errors, FieldError},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{
        access::{Function, Role},
        rules::Rule,
        term::{Term, Unit as TermUnit},
    },
    letters::{
        Error, setup,
        staff::{self, NewUnit},
    },
    reading::due,
    store::{
        channels::OwnTerm,
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
    if !well_formed(&hours) {
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

/// `09:00-12:00,13:30-17:30`, or nothing.
fn well_formed(hours: &str) -> bool {
    let time = |t: &str| t.len() == 5 && t.parse::<jiff::civil::Time>().is_ok();
    hours.is_empty()
        || hours.split(',').all(|span| {
            span.split_once('-')
                .is_some_and(|(from, to)| time(from) && time(to) && from < to)
        })
}

/// `GET /admin/channels`
///
/// # Errors
/// For anybody but an administrator.
pub async fn channels(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let chrome = visit.chrome();
    let rows = web
        .app
        .store
        .channels()
        .await?
        .into_iter()
        .map(|c| {
            let counted = due::rule_today(&web.app, &c);
            (c, counted)
        })
        .map(|(c, counted)| ChannelRow {
            in_force: counted
                .as_ref()
                .map(|r| show::term(&chrome, r))
                .unwrap_or_default(),
            rule: counted.as_ref().map(|r| r.id.clone()).unwrap_or_default(),
            name: show::channel_name(&chrome, &c),
            class: c.default_class.code().into(),
            term: (c.own.as_ref())
                .map(|o| chrome.term(o.term.unit.code(), o.term.length.into()))
                .unwrap_or_default(),
            basis: counted.map(|r| basis(&chrome, r)).unwrap_or_default(),
            sealed: c.sealed,
            enabled: c.enabled,
            code: c.code,
        });
    page::page(&ChannelsPage {
        rows: rows.collect(),
        chrome,
    })
}

fn basis(chrome: &Chrome, rule: Rule) -> String {
    if show::chinese(chrome) {
        rule.basis_zh
    } else {
        rule.basis_en
    }
}

/// `GET /admin/channels/{code}`
///
/// # Errors
/// For anybody but an administrator, and for a code that is unknown.
pub async fn channel(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
) -> Result<Response, Trouble> {
    visit.administrator()?;
    let all = web.app.store.channels().await?;
    let c = all
        .into_iter()
        .find(|c| c.code == code)
        .ok_or_else(Trouble::not_found)?;
    let chrome = visit.chrome();
    let codes = TermUnit::ALL.iter().map(TermUnit::code);
    let counted = due::rule_today(&web.app, &c);
    let own = c.own.unwrap_or_else(no_term);
    page::page(&ChannelPage {
        class: c.default_class.code().into(),
        in_force: counted
            .as_ref()
            .map(|r| show::term(&chrome, r))
            .unwrap_or_default(),
        in_force_basis: counted.map(|r| basis(&chrome, r)).unwrap_or_default(),
        term_units: chrome.choices("term_unit", codes, own.term.unit.code()),
        code: c.code,
        name_zh: c.name_zh,
        name_en: c.name_en,
        intro_zh: c.intro_zh,
        intro_en: c.intro_en,
        sealed: c.sealed,
        enabled: c.enabled,
        term_length: match own.term.length {
            0 => String::new(),
            n => n.to_string(),
        },
        basis_zh: own.basis_zh,
        basis_en: own.basis_en,
        version: c.version.into(),
        errors: Errors::default(),
        chrome,
    })
}

/// A form without a term of the department's own.
fn no_term() -> OwnTerm {
    OwnTerm {
        term: Term {
            length: 0,
            unit: TermUnit::Workday,
        },
        basis_zh: String::new(),
        basis_en: String::new(),
    }
}

/// `POST /admin/channels/{code}`: letters received from now on count by what stands then; none
/// that is here already moves.
///
/// # Errors
/// For anybody but an administrator, and for a code that is unknown.
pub async fn save_channel(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    let all = web.app.store.channels().await?;
    let mut c = all
        .into_iter()
        .find(|c| c.code == code)
        .ok_or_else(Trouble::not_found)?;
    let mut errors = Errors::default();
    let has_term = posted.some("term_length").is_some();
    let needed: &[&str] = if has_term {
        &["name_zh", "name_en", "basis_zh", "basis_en"]
    } else {
        &["name_zh", "name_en"]
    };
    for field in needed.iter().copied() {
        if posted.some(field).is_none() {
            errors.0.push(FieldError {
                field: field.into(),
                code: "required".into(),
                arg: String::new(),
            });
        }
    }
    let length = posted
        .get("term_length")
        .parse()
        .ok()
        .filter(|n| (1..=3650).contains(n));
    let unit = posted.get("term_unit").parse::<TermUnit>().ok();
    if has_term && (length.is_none() || unit.is_none()) {
        errors.0.push(FieldError {
            field: "term_length".into(),
            code: "not-a-number".into(),
            arg: String::new(),
        });
    }
    if errors.is_empty() {
        let text = |name: &str| posted.get(name).trim().to_owned();
        let own = length.zip(unit).map(|(length, unit)| OwnTerm {
            term: Term { length, unit },
            basis_zh: text("basis_zh"),
            basis_en: text("basis_en"),
        });
        if own != c.own {
            c.rule_version += 1;
        }
        c.own = own;
        c.name_zh = text("name_zh");
        c.name_en = text("name_en");
        c.intro_zh = text("intro_zh");
        c.intro_en = text("intro_en");
        c.enabled = posted.ticked("enabled");
        c.version += 1;
        setup::save_channel(&web.app, by, &c).await?;
        return Ok(page::to_saying(&web, "/admin/channels", "saved", ""));
    }
    let chrome = visit.chrome();
    let codes = TermUnit::ALL.iter().map(TermUnit::code);
    let counted = due::rule_today(&web.app, &c);
    let again = ChannelPage {
        class: c.default_class.code().into(),
        in_force: counted
            .as_ref()
            .map(|r| show::term(&chrome, r))
            .unwrap_or_default(),
        in_force_basis: counted.map(|r| basis(&chrome, r)).unwrap_or_default(),
        term_units: chrome.choices("term_unit", codes, posted.get("term_unit")),
        code: c.code,
        name_zh: posted.get("name_zh").into(),
        name_en: posted.get("name_en").into(),
        intro_zh: posted.get("intro_zh").into(),
        intro_en: posted.get("intro_en").into(),
        sealed: c.sealed,
        enabled: posted.ticked("enabled"),
        term_length: posted.get("term_length").into(),
        basis_zh: posted.get("basis_zh").into(),
        basis_en: posted.get("basis_en").into(),
        version: c.version.into(),
        errors,
        chrome,
    };
    page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
}
