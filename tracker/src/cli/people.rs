//! `huiyin unit`, `user`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, Outcome, out};
use crate::{
    app::App,
    domain::access::Role,
    letters::{
        Error,
        staff::{self, NewPerson, NewUnit},
        staff_edit::{self, UnitEdit},
    },
};

#[derive(Debug, Subcommand)]
pub(crate) enum UnitCommand {
    /// Add a unit.
    Add {
        /// Its name.
        name: String,
        /// Its code.
        #[arg(long)]
        code: String,
        /// The code of the unit above.
        #[arg(long)]
        under: Option<String>,
        /// The login of its leader.
        #[arg(long)]
        leader: Option<String>,
        /// The login of its liaison.
        #[arg(long)]
        liaison: Option<String>,
    },
    /// Change a unit; what is not named stays, and "" is nobody.
    Edit(Edit),
    /// List the units.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Its code, which stays.
    code: String,
    /// Its name.
    #[arg(long)]
    name: Option<String>,
    /// The code of the unit above.
    #[arg(long)]
    under: Option<String>,
    /// The login of its leader.
    #[arg(long)]
    leader: Option<String>,
    /// The login of its liaison.
    #[arg(long)]
    liaison: Option<String>,
    /// The login of the leader with the portfolio.
    #[arg(long)]
    overseer: Option<String>,
    /// When it works: 09:00-12:00,13:30-17:30.
    #[arg(long)]
    hours: Option<String>,
    /// No letters go to it any more, or again.
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
}

impl Edit {
    async fn run(self, app: &App, as_json: bool) -> Outcome {
        let edit = UnitEdit {
            name: self.name,
            under: self.under,
            leader: self.leader,
            liaison: self.liaison,
            overseer: self.overseer,
            work_hours: self.hours,
            active: self.active,
        };
        let edited = staff_edit::edit_unit(app, None, &self.code, edit).await;
        let unit = edited.map_err(|e| faults(&e))?;
        let value = json!({ "code": unit.code, "name": unit.name, "active": unit.active });
        out::line(as_json, &value, &format!("changed {}", unit.code))
    }
}

impl UnitCommand {
    pub(crate) async fn run(self, app: &App, as_json: bool) -> Outcome {
        match self {
            Self::Add {
                name,
                code,
                under,
                leader,
                liaison,
            } => {
                let new = NewUnit {
                    name,
                    code,
                    under,
                    leader,
                    liaison,
                };
                let unit = staff::add_unit(app, None, new)
                    .await
                    .map_err(|e| faults(&e))?;
                out::line(
                    as_json,
                    &json!({ "code": unit.code }),
                    &format!("added {}", unit.code),
                )
            }
            Self::Edit(edit) => edit.run(app, as_json).await,
            Self::List => {
                let units = app.store.units().await?;
                let above = |id: Option<i64>| {
                    let found = id.and_then(|id| units.iter().find(|u| u.id == id));
                    found.map(|u| u.code.clone())
                };
                if as_json {
                    let all: Vec<_> = units
                        .iter()
                        .map(|u| {
                            json!({
                                "code": u.code, "name": u.name,
                                "under": above(u.parent_id), "active": u.active,
                            })
                        })
                        .collect();
                    return out::json(&all);
                }
                let rows: Vec<_> = units
                    .iter()
                    .map(|u| {
                        let under = above(u.parent_id).unwrap_or_else(|| "-".into());
                        vec![u.code.clone(), under, u.name.clone()]
                    })
                    .collect();
                out::table(&["code", "under", "name"], &rows)
            }
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The login.
    login: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person; prints a first password.
    Add {
        /// What they are called.
        name: String,
        /// What they sign in with.
        #[arg(long)]
        login: String,
        /// Roles: handler, liaison, registrar, unit-leader, leader, publisher, auditor, security,
        /// duty, administrator.
        #[arg(long, required = true, num_args = 1..)]
        role: Vec<Role>,
        /// The code of their unit.
        #[arg(long)]
        unit: Option<String>,
        /// A sealed channel they are cleared for.
        #[arg(long, value_name = "CHANNEL")]
        cleared: Vec<String>,
        /// Where their digests go; their login where that is an address.
        #[arg(long)]
        email: Option<String>,
    },
    /// List people.
    List,
    /// Disable a person at once.
    Disable(Login),
    /// Let a person who was disabled sign in again; tokens stay revoked.
    Enable(Login),
    /// Give a person these roles in place of those they have.
    Roles {
        /// The login.
        login: String,
        /// As for `user add`.
        #[arg(long, required = true, num_args = 1..)]
        role: Vec<Role>,
    },
    /// A fresh first password.
    Reset(Login),
}

impl UserCommand {
    pub(crate) async fn run(self, app: &App, as_json: bool) -> Outcome {
        match self {
            Self::Add {
                name,
                login,
                role,
                unit,
                cleared,
                email,
            } => {
                let new = NewPerson {
                    name,
                    login,
                    roles: role,
                    unit,
                    cleared,
                    email: email.unwrap_or_default(),
                };
                let (person, password) = staff::add_person(app, None, new)
                    .await
                    .map_err(|e| faults(&e))?;
                printed(as_json, &person.login, &password)
            }
            Self::Reset(Login { login }) => {
                let login = login.to_lowercase();
                let password = staff::reset(app, None, &login)
                    .await
                    .map_err(|e| faults(&e))?;
                printed(as_json, &login, &password)
            }
            Self::Disable(Login { login }) => {
                staff::disable(app, None, &login)
                    .await
                    .map_err(|e| faults(&e))?;
                out::line(
                    as_json,
                    &json!({ "login": login }),
                    &format!("disabled {login}"),
                )
            }
            Self::Enable(Login { login }) => {
                let enabled = staff_edit::enable(app, None, &login).await;
                let person = enabled.map_err(|e| faults(&e))?;
                let words = format!("enabled {}", person.login);
                out::line(as_json, &json!({ "login": person.login }), &words)
            }
            Self::Roles { login, role } => {
                let set = staff_edit::set_roles(app, None, &login, role).await;
                let person = set.map_err(|e| faults(&e))?;
                let roles: Vec<&str> = person.roles.iter().map(Role::code).collect();
                let words = format!("{} is now {}", person.login, roles.join(", "));
                out::line(
                    as_json,
                    &json!({ "login": person.login, "roles": person.roles }),
                    &words,
                )
            }
            Self::List => list(app, as_json).await,
        }
    }
}

fn printed(as_json: bool, login: &str, password: &str) -> Outcome {
    let value = json!({ "login": login, "password": password });
    let words = format!(
        "{login}: {password}\nIt is shown this once, and must be changed at the first sign-in."
    );
    out::line(as_json, &value, &words)
}

async fn list(app: &App, as_json: bool) -> Outcome {
    let (people, units) = (app.store.people().await?, app.store.units().await?);
    let unit = |id: Option<i64>| {
        id.and_then(|id| units.iter().find(|u| u.id == id))
            .map(|u| u.code.clone())
    };
    if as_json {
        let all: Vec<_> = people
            .iter()
            .map(|p| {
                json!({
                    "login": p.login, "name": p.name, "unit": unit(p.unit_id),
                    "roles": p.roles, "active": p.active,
                })
            })
            .collect();
        return out::json(&all);
    }
    let rows: Vec<_> = people
        .iter()
        .map(|p| {
            let roles: Vec<&str> = p.roles.iter().map(Role::code).collect();
            let active = if p.active { "" } else { "disabled" };
            vec![
                p.login.clone(),
                p.name.clone(),
                unit(p.unit_id).unwrap_or_else(|| "-".into()),
                roles.join(","),
                active.into(),
            ]
        })
        .collect();
    out::table(&["login", "name", "unit", "roles", ""], &rows)
}

/// A step's refusal as a command says it.
pub(crate) fn faults(error: &Error) -> Failure {
    match error {
        Error::Fields(all) => {
            let each: Vec<_> = all
                .iter()
                .map(|f| format!("--{} is {}", f.field, f.code))
                .collect();
            Failure::Usage(each.join("; "))
        }
        Error::NotFound => {
            Failure::Usage("there is nobody by that login, or they are disabled".into())
        }
        other => Failure::Failed(other.to_string()),
    }
}
