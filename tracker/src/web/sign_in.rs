//! Signing in and out, changing a password, the first administrator.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;

use super::{
    Web,
    error::Trouble,
    extract::{Asked, Posted},
    page,
    pages::{
        parts::{Errors, FieldError},
        sign_in::{FirstPage, LoginPage, PasswordPage},
    },
    portal::{cookie_path, inside},
    resume, show,
    visit::{SESSION, Visit},
};
use crate::{
    letters::{
        session::{self, SignIn},
        setup, staff,
    },
    store::people::Person,
};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /login`
///
/// # Errors
/// When the page cannot be rendered.
pub async fn form(
    State(web): State<Web>,
    visit: Visit,
    Asked(asked): Asked<Next>,
) -> Result<Response, Trouble> {
    if let Some(desk) = page::to_desk(&web, "/login") {
        return Ok(desk);
    }
    let next = inside(&asked.next).unwrap_or("/desk").to_owned();
    page::page(&LoginPage {
        chrome: visit.chrome(),
        next,
        ..LoginPage::default()
    })
}

/// `POST /login`: a fresh session, whatever cookie there was before.
///
/// # Errors
/// When the database refuses.
pub async fn sign_in(
    State(web): State<Web>,
    visit: Visit,
    jar: CookieJar,
    form: Posted,
) -> Result<Response, Trouble> {
    if let Some(desk) = page::to_desk(&web, "/login") {
        return Ok(desk);
    }
    let (app, login) = (&web.app, form.get("login").trim().to_lowercase());
    let place = visit.place.as_deref();
    let (status, fault) = match session::sign_in(app, &login, form.get("password"), place).await? {
        SignIn::In(person, secret) => {
            return signed_in(&web, &visit, jar, &form, &person, secret).await;
        }
        SignIn::Wrong => (StatusCode::UNAUTHORIZED, "wrong-login"),
        SignIn::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many-guesses"),
    };
    let errors = Errors(vec![FieldError {
        field: "login".into(),
        code: fault.into(),
        arg: String::new(),
    }]);
    let next = inside(form.get("next")).unwrap_or("/desk").to_owned();
    page::with_status(
        status,
        &LoginPage {
            chrome: visit.chrome(),
            login,
            next,
            resume: form.get("resume").to_owned(),
            errors,
        },
    )
}

/// Where somebody goes who has just signed in: what they were writing, where they wanted, the desk.
async fn signed_in(
    web: &Web,
    visit: &Visit,
    jar: CookieJar,
    form: &Posted,
    person: &Person,
    secret: String,
) -> Result<Response, Trouble> {
    let resume = form.get("resume");
    if !resume.is_empty()
        && !person.must_change_password
        && let Some(signed_in) = session::by_session(&web.app, &secret).await?
        && let Some(page) = resume::resumed(web, &visit.signed_in_as(signed_in), resume).await
    {
        return Ok((jar.add(cookie(web, secret)), page).into_response());
    }
    let next = match inside(form.get("next")) {
        _ if person.must_change_password => "/password",
        Some(next) => next,
        None => "/desk",
    };
    Ok((jar.add(cookie(web, secret)), page::to(web, next)).into_response())
}

fn cookie(web: &Web, secret: String) -> Cookie<'static> {
    Cookie::build((SESSION, secret))
        .path(cookie_path(web))
        .http_only(true)
        .secure(web.url.starts_with("https://"))
        .same_site(SameSite::Lax)
        .build()
}

/// `POST /logout`
///
/// # Errors
/// When the database refuses.
pub async fn sign_out(State(web): State<Web>, jar: CookieJar) -> Result<Response, Trouble> {
    if let Some(cookie) = jar.get(SESSION) {
        session::sign_out(&web.app, cookie.value()).await?;
    }
    let gone = Cookie::build((SESSION, "")).path(cookie_path(&web)).build();
    let clear = [("clear-site-data", "\"cache\"")];
    let on = page::to_saying(&web, "/login", "signed-out", "");
    Ok((jar.remove(gone), clear, on).into_response())
}

/// `GET /password`
///
/// # Errors
/// When nobody is signed in.
pub async fn password_form(visit: Visit) -> Result<Response, Trouble> {
    visit.staff()?;
    password_page(&visit, Errors::default(), StatusCode::OK)
}

fn password_page(visit: &Visit, errors: Errors, status: StatusCode) -> Result<Response, Trouble> {
    let first_login = visit
        .signed_in
        .as_ref()
        .is_some_and(|s| s.person.must_change_password);
    page::with_status(
        status,
        &PasswordPage {
            chrome: visit.chrome(),
            first_login,
            errors,
        },
    )
}

/// `POST /password`: the session is renewed.
///
/// # Errors
/// When nobody is signed in, or the database refuses.
pub async fn password(
    State(web): State<Web>,
    visit: Visit,
    jar: CookieJar,
    form: Posted,
) -> Result<Response, Trouble> {
    visit.staff()?;
    let Some(signed_in) = &visit.signed_in else {
        return Err(Trouble::sign_in());
    };
    let refused = |errors| password_page(&visit, errors, StatusCode::UNPROCESSABLE_ENTITY);
    if form.get("password") != form.get("again") {
        return refused(Errors(vec![FieldError {
            field: "again".into(),
            code: "not-the-same".into(),
            arg: String::new(),
        }]));
    }
    let (old, new) = (form.get("old_password"), form.get("password"));
    let place = visit.place.as_deref();
    match session::change_password(&web.app, &signed_in.person, old, new, place).await {
        Ok(()) => {
            let secret = session::start_session(&web.app, signed_in.person.id).await?;
            let on = page::to_saying(&web, home(&visit), "password-changed", "");
            Ok((jar.add(cookie(&web, secret)), on).into_response())
        }
        Err(error) => match show::refused(&error) {
            Some(errors) => refused(errors),
            None => Err(error.into()),
        },
    }
}

/// Where somebody's work lies.
fn home(visit: &Visit) -> &'static str {
    match &visit.signed_in {
        Some(s) if !s.staff.has_desk() && s.staff.may_administer() => "/admin",
        _ => "/desk",
    }
}

/// The one-time link's key.
#[derive(Debug, Default, Deserialize)]
pub struct Key {
    #[serde(default)]
    key: String,
}

/// `GET /first?key=…`
///
/// # Errors
/// When the link no longer works.
pub async fn first_form(
    State(web): State<Web>,
    visit: Visit,
    Asked(asked): Asked<Key>,
) -> Result<Response, Trouble> {
    let key = super::show::escape(&asked.key);
    if let Some(desk) = page::to_desk(&web, &format!("/first?key={key}")) {
        return Ok(desk);
    }
    let app = &web.app;
    let hash = session::secret_hash(app, &asked.key);
    let purpose = setup::FIRST_ADMINISTRATOR;
    if !app
        .store
        .invitation_stands(&hash, purpose, app.now())
        .await?
    {
        return Err(Trouble::new(StatusCode::NOT_FOUND, "expired"));
    }
    page::page(&FirstPage {
        chrome: visit.chrome(),
        key: asked.key,
        ..FirstPage::default()
    })
}

/// `POST /first`: makes the first administrator and signs them in.
///
/// # Errors
/// When the link no longer works.
pub async fn first(
    State(web): State<Web>,
    visit: Visit,
    jar: CookieJar,
    form: Posted,
) -> Result<Response, Trouble> {
    let field = |name: &str| form.get(name).to_owned();
    let refused = |errors| {
        let again = FirstPage {
            chrome: visit.chrome(),
            key: field("key"),
            name: field("name"),
            login: field("login"),
            errors,
        };
        page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
    };
    if form.get("password") != form.get("again") {
        return refused(Errors(vec![FieldError {
            field: "again".into(),
            code: "not-the-same".into(),
            arg: String::new(),
        }]));
    }
    let made = staff::add_first(
        &web.app,
        form.get("key"),
        form.get("login"),
        form.get("name"),
        form.get("password"),
    );
    match made.await {
        Ok(person) => {
            let secret = session::start_session(&web.app, person.id).await?;
            Ok((jar.add(cookie(&web, secret)), page::to(&web, "/admin")).into_response())
        }
        Err(crate::letters::Error::NotFound) => Err(Trouble::new(StatusCode::NOT_FOUND, "expired")),
        Err(error) => match show::refused(&error) {
            Some(errors) => refused(errors),
            None => Err(error.into()),
        },
    }
}
