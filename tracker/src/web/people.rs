//! Administration of people: who may sign in, with which roles, functions, and clearances.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    Web,
    chrome::Chrome,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        parts::{Choice, Errors, Paging},
        people::{FirstPasswordPage, PeoplePage, PersonPage, PersonRow},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{
        access::{Function, Role},
        words::Language,
    },
    letters::{
        staff::{self, NewPerson},
        staff_edit,
    },
    store::people::Person,
};

/// `GET /admin/people`
///
/// # Errors
/// For anybody but an administrator.
pub async fn list(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let store = &web.app.store;
    let (people, units, channels) = (
        store.people().await?,
        store.units().await?,
        store.channels().await?,
    );
    let chrome = visit.chrome();
    let row = |p: Person| PersonRow {
        unit: p
            .unit_id
            .and_then(|id| units.iter().find(|u| u.id == id))
            .map(|u| u.name.clone())
            .unwrap_or_default(),
        roles: p.roles.iter().map(|r| r.code().to_owned()).collect(),
        cleared: channels
            .iter()
            .filter(|c| p.cleared.contains(&c.id))
            .map(|c| show::channel_name(&chrome, c))
            .collect(),
        active: p.active,
        login: p.login,
        name: p.name,
    };
    let mut rows: Vec<PersonRow> = people.into_iter().map(row).collect();
    rows.sort_by(|a, b| (&a.unit, &a.name).cmp(&(&b.unit, &b.name)));
    page::page(&PeoplePage {
        rows,
        paging: Paging::default(),
        chrome,
    })
}

/// `GET /admin/people/{login}`, `new` for somebody who is not there yet.
///
/// # Errors
/// For anybody but an administrator, and for a login that is unknown.
pub async fn person(
    State(web): State<Web>,
    visit: Visit,
    Named(login): Named<String>,
) -> Result<Response, Trouble> {
    visit.administrator()?;
    let found = web.app.store.person_by_login(&login).await?;
    if found.is_none() && login != "new" {
        return Err(Trouble::not_found());
    }
    page::page(&person_page(&web, &visit, found.as_ref(), None, Errors::default()).await?)
}

/// The form, filled with what was posted, else with what is stored.
async fn person_page(
    web: &Web,
    visit: &Visit,
    stored: Option<&Person>,
    posted: Option<&Posted>,
    errors: Errors,
) -> Result<PersonPage, Trouble> {
    let staff = visit.administrator()?;
    let chrome = visit.chrome();
    let units = web.app.store.units().await?;
    let channels = web.app.store.channels().await?;
    let text = |name: &str, own: Option<String>| match posted {
        Some(p) => p.get(name).to_owned(),
        None => own.unwrap_or_default(),
    };
    let ticked = |name: &str, code: &str, own: bool| match posted {
        Some(p) => p.all(name).any(|c| c == code),
        None => own,
    };
    let own_unit = stored
        .and_then(|p| p.unit_id)
        .and_then(|id| units.iter().find(|u| u.id == id))
        .map(|u| u.code.clone());
    let chosen_unit = text("unit", own_unit);
    let unit_choice = |u: &crate::store::units::Unit| Choice {
        value: u.code.clone(),
        label: u.name.clone(),
        chosen: u.code == chosen_unit,
        hint: String::new(),
    };
    let none = Choice {
        label: chrome.t("form.none").into_owned(),
        ..Choice::default()
    };
    let language = text("language", stored.map(|p| p.language.code().to_owned()));
    Ok(PersonPage {
        is_new: stored.is_none(),
        login: text("login", stored.map(|p| p.login.clone())),
        name: text("name", stored.map(|p| p.name.clone())),
        email: text("email", stored.map(|p| p.email.clone())),
        units: [none]
            .into_iter()
            .chain(units.iter().filter(|u| u.active).map(unit_choice))
            .collect(),
        roles: boxes(
            &chrome,
            "role",
            Role::ALL.iter().map(|r| {
                (
                    r.code(),
                    ticked(
                        "roles",
                        r.code(),
                        stored.is_some_and(|p| p.roles.contains(r)),
                    ),
                )
            }),
        ),
        functions: boxes(
            &chrome,
            "function",
            Function::ALL.iter().map(|f| {
                let own = stored.is_some_and(|p| p.functions.contains(f));
                (f.code(), ticked("functions", f.code(), own))
            }),
        ),
        cleared: channels
            .iter()
            .filter(|c| c.sealed)
            .map(|c| Choice {
                value: c.code.clone(),
                label: show::channel_name(&chrome, c),
                chosen: ticked(
                    "cleared",
                    &c.code,
                    stored.is_some_and(|p| p.cleared.contains(&c.id)),
                ),
                hint: String::new(),
            })
            .collect(),
        languages: chrome.choices(
            "language",
            Language::ALL.iter().map(Language::code),
            &language,
        ),
        active: stored.is_none_or(|p| p.active),
        is_self: stored.is_some_and(|p| p.id == staff.person_id),
        errors,
        chrome,
    })
}

fn boxes<'c>(
    chrome: &Chrome,
    family: &str,
    all: impl Iterator<Item = (&'c str, bool)>,
) -> Vec<Choice> {
    all.map(|(code, chosen)| Choice {
        value: code.to_owned(),
        label: chrome.word(family, code),
        chosen,
        hint: chrome.word(&format!("{family}_does"), code),
    })
    .collect()
}

/// `POST /admin/people`
///
/// # Errors
/// For anybody but an administrator.
pub async fn save(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    let app = &web.app;
    let stored = app.store.person_by_login(posted.get("login")).await?;
    let is_new = posted.ticked("is_new") || stored.is_none();
    let roles: Vec<Role> = posted.all("roles").filter_map(|r| r.parse().ok()).collect();
    let functions: Vec<Function> = posted
        .all("functions")
        .filter_map(|f| f.parse().ok())
        .collect();
    let new = NewPerson {
        name: posted.get("name").into(),
        login: posted.get("login").into(),
        roles: roles.clone(),
        unit: posted.some("unit").map(ToOwned::to_owned),
        cleared: posted.all("cleared").map(ToOwned::to_owned).collect(),
        email: posted.get("email").into(),
    };
    let language: Option<Language> = posted.get("language").parse().ok();
    let done = match stored.clone().filter(|_| !is_new) {
        None => staff::add_person(app, by, new).await.map(Some),
        Some(known) => staff::edit_person(app, by, known, new, functions.clone(), language)
            .await
            .map(|()| None),
    };
    match done {
        Ok(None) => Ok(page::to_saying(&web, "/admin/people", "saved", "")),
        Ok(Some((mut person, password))) => {
            if !functions.is_empty() || language.is_some_and(|l| l != person.language) {
                person.functions = functions;
                person.language = language.unwrap_or(person.language);
                staff::save_person(app, by, &person).await?;
            }
            first_password(&visit, &person, password)
        }
        Err(error) => match show::refused(&error) {
            None => Err(error.into()),
            Some(errors) => {
                let known = stored.as_ref().filter(|_| !is_new);
                let again = person_page(&web, &visit, known, Some(&posted), errors).await?;
                page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
            }
        },
    }
}

fn first_password(visit: &Visit, person: &Person, password: String) -> Result<Response, Trouble> {
    page::page(&FirstPasswordPage {
        chrome: visit.chrome(),
        name: person.name.clone(),
        login: person.login.clone(),
        password,
    })
}

/// `POST /admin/people/{login}/{reset|disable|enable}`
///
/// # Errors
/// For anybody but an administrator, for a login that is unknown, and for disabling oneself.
pub async fn turn(
    State(web): State<Web>,
    visit: Visit,
    Named((login, what)): Named<(String, String)>,
) -> Result<Response, Trouble> {
    let me = visit.administrator()?.person_id;
    let app = &web.app;
    let person = app
        .store
        .person_by_login(&login)
        .await?
        .ok_or_else(Trouble::not_found)?;
    match what.as_str() {
        "reset" => {
            let password = staff::reset(app, Some(me), &login).await?;
            first_password(&visit, &person, password)
        }
        "disable" if person.id == me => Err(Trouble::forbidden()),
        "disable" => {
            staff::disable(app, Some(me), &login).await?;
            Ok(page::to_saying(&web, "/admin/people", "disabled", ""))
        }
        "enable" => {
            staff_edit::enable(app, Some(me), &login).await?;
            Ok(page::to_saying(&web, "/admin/people", "enabled", ""))
        }
        _ => Err(Trouble::not_found()),
    }
}
