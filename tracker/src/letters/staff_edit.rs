//! Editing who is there already: roles, units, tokens; and letting somebody back in.

use serde_json::json;

use super::{
    Error, Result,
    staff::{another_administrator, person_id, save_person, save_unit},
};
use crate::{
    app::App,
    domain::{access::Role, text::FieldError},
    store::{people::Person, units::Unit},
};

async fn person(app: &App, login: &str) -> Result<Person> {
    let login = login.trim().to_lowercase();
    let found = app.store.person_by_login(&login).await?;
    found.ok_or(Error::NotFound)
}

/// Lets somebody who was disabled sign in again; their tokens stay revoked.
///
/// # Errors
/// A login that is unknown.
pub async fn enable(app: &App, by: Option<i64>, login: &str) -> Result<Person> {
    let mut person = person(app, login).await?;
    person.active = true;
    save_person(app, by, &person).await?;
    Ok(person)
}

/// Gives somebody these roles in place of those they had; they sign in again.
///
/// # Errors
/// A login that is unknown, or the last administrator who would be none.
pub async fn set_roles(
    app: &App,
    by: Option<i64>,
    login: &str,
    roles: Vec<Role>,
) -> Result<Person> {
    let mut person = person(app, login).await?;
    if !roles.contains(&Role::Administrator) {
        another_administrator(app, &person).await?;
    }
    person.roles = roles;
    person.roles.sort();
    person.roles.dedup();
    save_person(app, by, &person).await?;
    Ok(person)
}

/// What of a unit is to change; `None` stays, and an empty code or login is nobody.
#[derive(Debug, Clone, Default)]
pub struct UnitEdit {
    /// Its name.
    pub name: Option<String>,
    /// Code of the unit above.
    pub under: Option<String>,
    /// Login of its leader.
    pub leader: Option<String>,
    /// Login of its liaison.
    pub liaison: Option<String>,
    /// Login of the leader with the portfolio.
    pub overseer: Option<String>,
    /// `09:00-12:00,13:30-17:30`.
    pub work_hours: Option<String>,
    /// Whether letters go to it.
    pub active: Option<bool>,
}

/// Changes a unit.
///
/// # Errors
/// A code that is unknown, or what it is to be that cannot be.
pub async fn edit_unit(app: &App, by: Option<i64>, code: &str, edit: UnitEdit) -> Result<Unit> {
    let fault = |field, code| Error::Fields(vec![FieldError::new(field, code)]);
    let all = app.store.units().await?;
    let found = all.iter().find(|u| u.code == code).cloned();
    let mut unit = found.ok_or_else(|| fault("code", "unknown"))?;
    if let Some(name) = edit.name {
        let name = name.trim();
        if name.is_empty() {
            return Err(fault("name", "required"));
        }
        unit.name = name.to_owned();
    }
    if let Some(under) = edit.under.as_deref().map(str::trim) {
        unit.parent_id = if under.is_empty() {
            None
        } else {
            let found = all.iter().find(|u| u.code == under);
            Some(found.ok_or_else(|| fault("under", "unknown"))?.id)
        };
    }
    for (field, login, place) in [
        ("leader", edit.leader, &mut unit.leader_id),
        ("liaison", edit.liaison, &mut unit.liaison_id),
        ("overseer", edit.overseer, &mut unit.overseer_id),
    ] {
        if let Some(login) = login {
            *place = person_id(app, field, Some(&login)).await?;
        }
    }
    if let Some(hours) = edit.work_hours {
        let hours = hours.replace(' ', "");
        if !are_hours(&hours) {
            return Err(fault("hours", "malformed"));
        }
        unit.work_hours = hours;
    }
    unit.active = edit.active.unwrap_or(unit.active);
    unit.version += 1;
    save_unit(app, by, unit.clone()).await?;
    Ok(unit)
}

/// `09:00-12:00,13:30-17:30`, or nothing.
#[must_use]
pub fn are_hours(hours: &str) -> bool {
    let time = |t: &str| t.len() == 5 && t.parse::<jiff::civil::Time>().is_ok();
    hours.is_empty()
        || hours.split(',').all(|span| {
            span.split_once('-')
                .is_some_and(|(from, to)| time(from) && time(to) && from < to)
        })
}

/// Revokes a token at once.
///
/// # Errors
/// An id that is unknown, or of a token that was revoked.
pub async fn revoke_token(app: &App, by: Option<i64>, id: i64) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    if !step.revoke_token(id).await? {
        return Err(Error::NotFound);
    }
    step.add_admin_event(app.id(), by, "token-revoked", json!({ "token": id }))
        .await?;
    Ok(step.commit().await?)
}

/// Revokes every token of a person; answers how many there were.
///
/// # Errors
/// A login that is unknown.
pub async fn revoke_tokens(app: &App, by: Option<i64>, login: &str) -> Result<usize> {
    let person = person(app, login).await?;
    let tokens = app.store.tokens().await?;
    let stands = tokens
        .iter()
        .filter(|t| t.person_id == person.id && t.revoked_at.is_none());
    let n = stands.count();
    let step = app.store.begin(app.now()).await?;
    step.revoke_tokens_of(person.id).await?;
    let data = json!({ "person": person.id, "tokens": n });
    step.add_admin_event(app.id(), by, "tokens-revoked", data)
        .await?;
    step.commit().await?;
    Ok(n)
}
