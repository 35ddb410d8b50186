//! Signing in and out, sessions and API tokens; what somebody signed in may see and do.

use jiff::Timestamp;
use serde_json::json;

use super::{
    Error, Result,
    password::{Slot, check_password, decoy, hash_password, verify_password},
    staff::save_person,
};
use crate::{
    app::App,
    clock::random,
    domain::{access::Staff, text::FieldError},
    keys::to_hex,
    store::{
        people::Person,
        units::{self, Unit},
    },
};

/// Sessions end after so much idleness …
const IDLE_MINUTES: i64 = 30;
/// … and after so long in any case.
const LONGEST_HOURS: i64 = 12;

/// A new API token; shown once.
///
/// # Errors
/// A login that is unknown or disabled.
pub async fn add_token(app: &App, login: &str) -> Result<String> {
    let person = app.store.person_by_login(login).await?.filter(|p| p.active);
    let person = person.ok_or(Error::NotFound)?;
    let token = format!("hy_{}", to_hex(&random::<24>(&*app.entropy)));
    let step = app.store.begin(app.now()).await?;
    step.add_token(app.id(), person.id, secret_hash(app, &token))
        .await?;
    step.add_admin_event(
        app.id(),
        None,
        "token-added",
        json!({ "person": person.id }),
    )
    .await?;
    step.commit().await?;
    Ok(token)
}

/// Somebody signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// What they may see and do.
    pub staff: Staff,
    /// Every unit, of which their own were found.
    pub all_units: Vec<Unit>,
}

/// What came of signing in.
pub enum SignIn {
    /// Who, and a fresh session's secret.
    In(Box<Person>, String),
    /// A wrong login or a wrong password; which of them nobody is told.
    Wrong,
    /// Too many wrong ones; nothing was tried.
    TooMany,
}

/// Signs in. A wrong login takes as long as a wrong password. `place` is where the attempt comes
/// from, as a keyed digest.
///
/// # Errors
/// When the database refuses, or the queue is too long.
pub async fn sign_in(
    app: &App,
    login: &str,
    password: &str,
    place: Option<&str>,
) -> Result<SignIn> {
    let person = app.store.person_by_login(login).await?.filter(|p| p.active);
    let hash = person
        .as_ref()
        .map_or_else(decoy, |p| p.password_hash.clone());
    match attempt(app, login, password, hash, place).await? {
        None => return Ok(SignIn::TooMany),
        Some(false) => return Ok(SignIn::Wrong),
        Some(true) => {}
    }
    let Some(person) = person else {
        return Ok(SignIn::Wrong);
    };
    let secret = start_session(app, person.id).await?;
    Ok(SignIn::In(Box::new(person), secret))
}

/// Tries a password; `None` where too many were wrong.
async fn attempt(
    app: &App,
    login: &str,
    password: &str,
    hash: String,
    place: Option<&str>,
) -> Result<Option<bool>> {
    let guess = app.store.guess("login", login, place);
    // Whoever is shut out does not stand in the queue.
    if app.store.too_many(app.now(), &guess).await? {
        return Ok(None);
    }
    // Booked with the slot in hand: of a whole office that signs in at eight, only as many stand
    // booked and undecided as there are slots.
    let slot = Slot::wait().await?;
    if !app.store.book(app.now(), &guess).await? {
        return Ok(None);
    }
    let right = verify_password(&slot, password, hash).await?;
    if right {
        app.store.forgive(app.now(), &guess).await?;
    }
    Ok(Some(right))
}

/// A fresh session.
///
/// # Errors
/// When the database refuses.
pub async fn start_session(app: &App, person_id: i64) -> Result<String> {
    let secret = to_hex(&random::<24>(&*app.entropy));
    let step = app.store.begin(app.now()).await?;
    step.add_session(secret_hash(app, &secret), person_id)
        .await?;
    step.commit().await?;
    Ok(secret)
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub async fn sign_out(app: &App, secret: &str) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    step.end_session(&secret_hash(app, secret)).await?;
    Ok(step.commit().await?)
}

/// Changes one's own password; every session ends.
///
/// # Errors
/// A wrong old password, one too many of them, or a new one too short.
pub async fn change_password(
    app: &App,
    person: &Person,
    old: &str,
    new: &str,
    place: Option<&str>,
) -> Result<()> {
    check_password(new)?;
    let hash = person.password_hash.clone();
    let fault = match attempt(app, &person.login, old, hash, place).await? {
        Some(true) => None,
        Some(false) => Some("wrong"),
        None => Some("too-many-guesses"),
    };
    if let Some(code) = fault {
        return Err(Error::Fields(vec![FieldError::new("old_password", code)]));
    }
    let mut person = person.clone();
    person.password_hash = hash_password(new).await?;
    person.must_change_password = false;
    save_person(app, Some(person.id), &person).await
}

/// Who is behind a session secret, while it lasts.
///
/// # Errors
/// When the database refuses.
pub async fn by_session(app: &App, secret: &str) -> Result<Option<SignedIn>> {
    let hash = secret_hash(app, secret);
    let Some(session) = app.store.session(&hash).await? else {
        return Ok(None);
    };
    let now = app.now();
    let minutes = |from: Timestamp| now.duration_since(from).as_mins();
    let idle = minutes(session.seen_at);
    if idle >= IDLE_MINUTES || minutes(session.created_at) >= LONGEST_HOURS * 60 {
        return Ok(None);
    }
    if idle >= 1 {
        // While nothing can be written, staff see at least why.
        if let Err(error) = app.store.touch_session(&hash, now).await {
            tracing::debug!(%error, "a session's use could not be noted");
        }
    }
    signed_in(app, session.person_id).await
}

/// Who is behind an API token.
///
/// # Errors
/// When the database refuses.
pub async fn by_token(app: &App, token: &str) -> Result<Option<SignedIn>> {
    match app
        .store
        .token_owner(&secret_hash(app, token), app.now())
        .await?
    {
        Some(person_id) => signed_in(app, person_id).await,
        None => Ok(None),
    }
}

/// A person with what they may see and do; none where they are gone or disabled.
///
/// # Errors
/// When the database refuses.
pub async fn signed_in(app: &App, person_id: i64) -> Result<Option<SignedIn>> {
    let Some(person) = app.store.person(person_id).await?.filter(|p| p.active) else {
        return Ok(None);
    };
    let all_units = app.store.units().await?;
    let staff = staff_of(&person, &all_units);
    Ok(Some(SignedIn {
        person,
        staff,
        all_units,
    }))
}

/// What a person may see and do, by the tree of units as it stands.
pub(crate) fn staff_of(person: &Person, all_units: &[Unit]) -> Staff {
    let unit = person.unit_id;
    Staff {
        person_id: person.id,
        unit_id: unit,
        units: unit.map(|u| units::below(all_units, u)).unwrap_or_default(),
        ancestors: unit.map(|u| units::above(all_units, u)).unwrap_or_default(),
        roles: person.roles.clone(),
        functions: person.functions.clone(),
        cleared_channels: person.cleared.clone(),
    }
}

/// The hash under which a secret is stored: the secrets are random, so a keyed digest is enough.
pub(crate) fn secret_hash(app: &App, secret: &str) -> String {
    app.store.vault.keys.digest("secret", secret.as_bytes())
}
