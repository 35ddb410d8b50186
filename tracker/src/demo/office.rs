//! Units and people of the invented department.

use std::collections::HashMap;

use super::{DemoError, content};
use crate::{
    app::App,
    domain::access::{Role, Staff},
    letters::{
        Error, session,
        staff::{self, NewPerson, NewUnit},
    },
};

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct Login {
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
    /// What they are called.
    pub name: String,
    /// Their unit's name.
    pub unit: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Cleared for the report box.
    pub cleared: bool,
}

/// Who works there.
pub(super) struct Office {
    pub(super) logins: Vec<Login>,
    staff: HashMap<String, Staff>,
    /// Registers letters of open and of sealed channels.
    registrars: [String; 2],
}

impl Office {
    /// What somebody may see and do.
    pub(super) fn staff(&self, login: &str) -> Option<&Staff> {
        self.staff.get(login)
    }

    /// Who registers a letter.
    pub(super) fn registrar(&self, sealed: bool) -> &str {
        &self.registrars[usize::from(sealed)]
    }
}

/// Founds it.
pub(super) async fn found(app: &App) -> Result<Office, DemoError> {
    let rows = content::office()?;
    let refused = |place: &str| {
        let place = format!("office.toml, {place}");
        move |error: Error| DemoError::Step { place, error }
    };
    for unit in &rows.unit {
        let new = NewUnit {
            name: unit.name.clone(),
            code: unit.code.clone(),
            under: unit.under.clone(),
            ..NewUnit::default()
        };
        staff::add_unit(app, None, new)
            .await
            .map_err(refused(&unit.code))?;
    }
    let mut office = Office {
        logins: Vec::new(),
        staff: HashMap::new(),
        registrars: [String::new(), String::new()],
    };
    let mut ids = HashMap::new();
    for row in rows.person {
        let new = NewPerson {
            name: row.name.clone(),
            login: row.login.clone(),
            roles: row.roles.clone(),
            unit: Some(row.unit.clone()),
            cleared: row.cleared.clone(),
            email: String::new(),
        };
        let added = staff::add_sample(app, new).await;
        let (person, password) = added.map_err(refused(&row.login))?;
        let signed_in = session::signed_in(app, person.id).await;
        let signed_in = signed_in.map_err(refused(&row.login))?;
        let signed_in = signed_in.ok_or(Error::NotFound);
        let signed_in = signed_in.map_err(refused(&row.login))?;
        let cleared = !row.cleared.is_empty();
        if row.roles.contains(&Role::Registrar) {
            office.registrars[usize::from(cleared)].clone_from(&row.login);
        }
        ids.insert(row.login.clone(), person.id);
        office.staff.insert(row.login.clone(), signed_in.staff);
        let unit = rows.unit.iter().find(|u| u.code == row.unit);
        office.logins.push(Login {
            login: row.login,
            password,
            name: row.name,
            unit: unit.map(|u| u.name.clone()).unwrap_or_default(),
            roles: row.roles,
            cleared,
        });
    }
    let named = |login: &Option<String>| login.as_ref().and_then(|l| ids.get(l).copied());
    for mut unit in app.store.units().await? {
        let row = rows.unit.iter().find(|r| r.code == unit.code);
        let Some(row) = row else { continue };
        unit.leader_id = named(&row.leader);
        unit.liaison_id = named(&row.liaison);
        unit.overseer_id = named(&row.overseer);
        staff::save_unit(app, None, unit)
            .await
            .map_err(refused(&row.code))?;
    }
    Ok(office)
}
