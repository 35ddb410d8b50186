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
        people::{FirstPasswordPage, HandBackPage, PeoplePage, PersonPage, PersonRow},
    },
    show,
    visit::Visit,
};
use crate::{
    app::App,
    domain::{
        access::{Function, Role},
        words::Language,
    },
    letters::{
        Error, hand_back,
        staff::{self, Consent, NewPerson},
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
        Some(known) => {
            let consent = consent(&posted);
            staff::edit_person(app, by, known, new, functions.clone(), language, consent)
                .await
                .map(|()| None)
        }
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
        // What they hold goes back only once that was agreed, with the count in view.
        Err(Error::Rule(staff::HOLDS)) => {
            let after = after(app, stored, &posted, roles, functions).await?;
            ask(&web, &visit, &after, "/admin/people", &posted).await
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

/// Whether it was agreed that what somebody holds goes back.
fn consent(posted: &Posted) -> Consent {
    if posted.ticked("hand_back") {
        Consent::Given
    } else {
        Consent::Asked
    }
}

/// A person as the form would have them.
async fn after(
    app: &App,
    stored: Option<Person>,
    posted: &Posted,
    roles: Vec<Role>,
    functions: Vec<Function>,
) -> Result<Person, Trouble> {
    let units = app.store.units().await?;
    let unit = units.iter().find(|u| u.code == posted.get("unit"));
    let stored = stored.ok_or_else(Trouble::not_found)?;
    Ok(Person {
        unit_id: unit.map(|u| u.id),
        roles,
        functions,
        ..stored
    })
}

/// What would go back, with everything that was posted, to be agreed.
async fn ask(
    web: &Web,
    visit: &Visit,
    after: &Person,
    path: &str,
    posted: &Posted,
) -> Result<Response, Trouble> {
    let left = hand_back::left(&web.app, after).await?;
    let fields = posted.fields().iter();
    let fields = fields.filter(|(name, _)| name != "csrf" && name != "hand_back");
    let chrome = visit.chrome();
    page::page(&HandBackPage {
        name: after.name.clone(),
        disabling: !after.active,
        action: chrome.url(path),
        back: chrome.url(format!("/admin/people/{}", after.login)),
        fields: fields.cloned().collect(),
        letters: as_count(left.letters),
        sealed: as_count(left.sealed),
        requests: as_count(left.requests),
        decisions: as_count(left.decisions),
        named: as_count(left.named),
        urgent: as_count(left.urgent),
        units: left.units,
        chrome,
    })
}

fn as_count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
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
    posted: Posted,
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
            let after = Person {
                active: false,
                ..person
            };
            match staff::disable(app, Some(me), &login, consent(&posted)).await {
                Err(Error::Rule(staff::HOLDS)) => {
                    let path = format!("/admin/people/{login}/disable");
                    ask(&web, &visit, &after, &path, &posted).await
                }
                Err(error) => Err(error.into()),
                Ok(left) if left.any() => {
                    let n = left.letters.to_string();
                    Ok(page::to_saying(&web, "/admin/people", "handed-back", &n))
                }
                Ok(_) => Ok(page::to_saying(&web, "/admin/people", "disabled", "")),
            }
        }
        "enable" => {
            staff::save_person(
                app,
                Some(me),
                &Person {
                    active: true,
                    ..person
                },
            )
            .await?;
            Ok(page::to_saying(&web, "/admin/people", "enabled", ""))
        }
        _ => Err(Trouble::not_found()),
    }
}
