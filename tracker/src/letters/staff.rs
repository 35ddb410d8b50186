//! Units, and people with their roles.

use serde_json::json;

use super::{
    Error, Result,
    hand_back::{self, Left},
    password::{check_password, first_password, hash_password},
    session::secret_hash,
    setup::FIRST_ADMINISTRATOR,
};
use crate::{
    app::App,
    domain::{
        access::{Function, Role},
        text::{self, FieldError},
        words::Language,
    },
    store::{
        people::Person,
        units::{self, Unit},
    },
};

/// A unit to add.
#[derive(Debug, Clone, Default)]
pub struct NewUnit {
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Code of the unit above.
    pub under: Option<String>,
    /// Login of its leader.
    pub leader: Option<String>,
    /// Login of its liaison.
    pub liaison: Option<String>,
}

/// Adds a unit.
///
/// # Errors
/// A code that is taken, or a unit or login that is unknown.
pub async fn add_unit(app: &App, by: Option<i64>, new: NewUnit) -> Result<Unit> {
    let fault = |field, code| Error::Fields(vec![FieldError::new(field, code)]);
    let well_formed =
        |c: &str| !c.is_empty() && c.chars().all(|x| x.is_alphanumeric() || "-_.".contains(x));
    if !well_formed(&new.code) {
        return Err(fault("code", "malformed"));
    }
    if new.name.trim().is_empty() {
        return Err(fault("name", "required"));
    }
    let units = app.store.units().await?;
    if units.iter().any(|u| u.code == new.code) {
        return Err(fault("code", "taken"));
    }
    let parent_id = match new.under.as_deref().filter(|c| !c.is_empty()) {
        Some(code) => {
            let found = units.iter().find(|u| u.code == code);
            Some(found.ok_or_else(|| fault("under", "unknown"))?.id)
        }
        None => None,
    };
    let unit = Unit {
        id: app.id(),
        code: new.code,
        name: new.name.trim().to_owned(),
        parent_id,
        leader_id: person_id(app, "leader", new.leader.as_deref()).await?,
        liaison_id: person_id(app, "liaison", new.liaison.as_deref()).await?,
        overseer_id: None,
        work_hours: "09:00-12:00,13:30-17:30".into(),
        active: true,
        version: 1,
    };
    let step = app.store.begin(app.now()).await?;
    step.add_unit(&unit).await?;
    step.add_admin_event(app.id(), by, "unit-added", json!({ "unit": unit.id }))
        .await?;
    step.commit().await?;
    Ok(unit)
}

/// Saves a unit that was edited.
///
/// # Errors
/// A unit under itself, or the database.
pub async fn save_unit(app: &App, by: Option<i64>, unit: Unit) -> Result<()> {
    let all = app.store.units().await?;
    if unit
        .parent_id
        .is_some_and(|p| units::below(&all, unit.id).contains(&p))
    {
        return Err(Error::Fields(vec![FieldError::new("under", "itself")]));
    }
    let step = app.store.begin(app.now()).await?;
    step.save_unit(&unit).await?;
    step.add_admin_event(app.id(), by, "unit-saved", json!({ "unit": unit.id }))
        .await?;
    Ok(step.commit().await?)
}

/// The id behind a login, where one is given.
///
/// # Errors
/// A login that is unknown.
pub async fn person_id(app: &App, field: &'static str, login: Option<&str>) -> Result<Option<i64>> {
    match login.map(str::trim).filter(|l| !l.is_empty()) {
        None => Ok(None),
        Some(login) => match app.store.person_by_login(login).await? {
            Some(person) => Ok(Some(person.id)),
            None => Err(Error::Fields(vec![FieldError::new(field, "unknown")])),
        },
    }
}

/// A person to add.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// What they are called.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Code of their unit.
    pub unit: Option<String>,
    /// Codes of sealed channels they are cleared for.
    pub cleared: Vec<String>,
    /// Where their digests go; their login where that is an address and this is empty.
    pub email: String,
}

/// Adds a person; answers with a first password, which they must change.
///
/// # Errors
/// A login that is taken, or a unit or channel that is unknown.
pub async fn add_person(app: &App, by: Option<i64>, new: NewPerson) -> Result<(Person, String)> {
    admit(app, by, new, true).await
}

/// The same with a password to keep: for sample people, who have nothing to protect.
///
/// # Errors
/// A login that is taken, or a unit or channel that is unknown.
pub async fn add_sample(app: &App, new: NewPerson) -> Result<(Person, String)> {
    admit(app, None, new, false).await
}

async fn admit(
    app: &App,
    by: Option<i64>,
    new: NewPerson,
    must_change: bool,
) -> Result<(Person, String)> {
    let password = first_password(app);
    let person = person(app, new, &password, must_change).await?;
    let step = app.store.begin(app.now()).await?;
    step.add_person(&person).await?;
    step.add_admin_event(app.id(), by, "person-added", json!({ "person": person.id }))
        .await?;
    step.commit().await?;
    Ok((person, password))
}

/// Saves what the form of a person holds; the login stays.
///
/// # Errors
/// A name that is missing, or a unit or channel that is unknown.
pub async fn edit_person(
    app: &App,
    by: Option<i64>,
    mut person: Person,
    new: NewPerson,
    functions: Vec<Function>,
    language: Option<Language>,
    consent: Consent,
) -> Result<()> {
    if new.name.trim().is_empty() {
        return Err(Error::Fields(vec![FieldError::new("name", "required")]));
    }
    if !new.roles.contains(&Role::Administrator) {
        another_administrator(app, &person).await?;
    }
    person.name = new.name.trim().to_owned();
    person.unit_id = unit_id(app, new.unit.as_deref()).await?;
    person.cleared = channel_ids(app, &new.cleared).await?;
    person.email = address(&new.email, "")?;
    person.roles = new.roles;
    person.functions = functions;
    person.language = language.unwrap_or(person.language);
    consent.given(app, &person).await?;
    save_person(app, by, &person).await
}

/// Whether it was agreed that what somebody holds goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It was, with the count in view.
    Given,
    /// Nobody was asked yet: refused where anything would go back.
    Asked,
}

impl Consent {
    async fn given(self, app: &App, after: &Person) -> Result<()> {
        if self == Self::Asked && hand_back::left(app, after).await?.any() {
            return Err(Error::Rule(HOLDS));
        }
        Ok(())
    }
}

/// What is refused until it is agreed that open letters and posts go back.
pub const HOLDS: &str = "holds-letters";

/// Somebody must be able to sign in and administer: the last one who can stays.
async fn another_administrator(app: &App, leaving: &Person) -> Result<()> {
    let administers = |p: &Person| p.active && p.roles.contains(&Role::Administrator);
    let others = app.store.people().await?;
    if administers(leaving) && !others.iter().any(|p| p.id != leaving.id && administers(p)) {
        return Err(Error::Rule("last-administrator"));
    }
    Ok(())
}

async fn unit_id(app: &App, code: Option<&str>) -> Result<Option<i64>> {
    let Some(code) = code.filter(|c| !c.is_empty()) else {
        return Ok(None);
    };
    let units = app.store.units().await?;
    let found = units.iter().find(|u| u.code == code).map(|u| u.id);
    found
        .map(Some)
        .ok_or_else(|| Error::Fields(vec![FieldError::new("unit", "unknown")]))
}

async fn channel_ids(app: &App, codes: &[String]) -> Result<Vec<i64>> {
    let channels = app.store.channels().await?;
    let id = |code: &String| {
        let found = channels
            .iter()
            .find(|c| c.code == *code && c.sealed)
            .map(|c| c.id);
        found.ok_or_else(|| Error::Fields(vec![FieldError::new("cleared", "unknown")]))
    };
    codes.iter().map(id).collect()
}

/// Where digests go: what was given, else a login that is an address.
fn address(given: &str, login: &str) -> Result<String> {
    match given.trim() {
        "" if text::is_address(login) => Ok(login.to_owned()),
        "" => Ok(String::new()),
        given if text::is_address(given) => Ok(given.to_owned()),
        _ => Err(Error::Fields(vec![FieldError::new("email", "malformed")])),
    }
}

async fn person(app: &App, new: NewPerson, password: &str, must_change: bool) -> Result<Person> {
    let fault = |field, code| Error::Fields(vec![FieldError::new(field, code)]);
    let login = new.login.trim().to_lowercase();
    if login.is_empty()
        || !login
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.@".contains(c))
    {
        return Err(fault("login", "malformed"));
    }
    if new.name.trim().is_empty() {
        return Err(fault("name", "required"));
    }
    if app.store.person_by_login(&login).await?.is_some() {
        return Err(fault("login", "taken"));
    }
    let unit_id = unit_id(app, new.unit.as_deref()).await?;
    let cleared = channel_ids(app, &new.cleared).await?;
    let email = address(&new.email, &login)?;
    Ok(Person {
        id: app.id(),
        login,
        name: new.name.trim().to_owned(),
        password_hash: hash_password(password).await?,
        must_change_password: must_change,
        unit_id,
        email,
        language: app.config.language.parse().unwrap_or(Language::Chinese),
        active: true,
        created_at: app.now(),
        roles: new.roles,
        functions: Vec::new(),
        cleared,
    })
}

/// The first administrator, by the one-time link.
///
/// # Errors
/// A link that is used, expired or unknown; a password too short.
pub async fn add_first(
    app: &App,
    key: &str,
    login: &str,
    name: &str,
    password: &str,
) -> Result<Person> {
    check_password(password)?;
    let new = NewPerson {
        name: name.to_owned(),
        login: login.to_owned(),
        roles: vec![Role::Administrator],
        ..NewPerson::default()
    };
    let person = person(app, new, password, false).await?;
    let step = app.store.begin(app.now()).await?;
    if !step
        .use_invitation(&secret_hash(app, key), FIRST_ADMINISTRATOR)
        .await?
    {
        return Err(Error::NotFound);
    }
    step.add_person(&person).await?;
    step.add_admin_event(
        app.id(),
        None,
        "first-administrator",
        json!({ "person": person.id }),
    )
    .await?;
    step.commit().await?;
    Ok(person)
}

/// Saves a person that was edited. Whoever loses or gains rights signs in again; what they cannot
/// hold any more goes back in the same step: see [`hand_back`].
///
/// # Errors
/// When the database refuses.
pub async fn save_person(app: &App, by: Option<i64>, person: &Person) -> Result<()> {
    hand_back::save(app, by, person).await.map(drop)
}

/// A fresh first password for somebody who lost theirs.
///
/// # Errors
/// A login that is unknown.
pub async fn reset(app: &App, by: Option<i64>, login: &str) -> Result<String> {
    let mut person = app
        .store
        .person_by_login(login)
        .await?
        .ok_or(Error::NotFound)?;
    let password = first_password(app);
    person.password_hash = hash_password(&password).await?;
    person.must_change_password = true;
    save_person(app, by, &person).await?;
    Ok(password)
}

/// Disables a person at once: sessions and tokens end, and what they hold goes back. Answers what
/// that was.
///
/// # Errors
/// A login that is unknown, or the last administrator's; [`HOLDS`] where they hold anything and it
/// was not agreed that it goes back.
pub async fn disable(app: &App, by: Option<i64>, login: &str, consent: Consent) -> Result<Left> {
    let mut person = app
        .store
        .person_by_login(login)
        .await?
        .ok_or(Error::NotFound)?;
    another_administrator(app, &person).await?;
    person.active = false;
    consent.given(app, &person).await?;
    hand_back::save(app, by, &person).await
}
