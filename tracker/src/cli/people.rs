//! `huiyin unit`, `user`, `token`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, Outcome, out};
use crate::{
    app::App,
    domain::access::Role,
    letters::{
        Error, hand_back, session,
        staff::{self, NewPerson, NewUnit},
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
    /// List the units.
    List,
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
    /// Disable a person at once; asks what becomes of what they hold.
    Disable {
        /// The login.
        login: String,
        /// Hand their open letters back to their units, and leave their posts vacant.
        #[arg(long)]
        hand_back: bool,
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
            Self::Disable { login, hand_back } => disable(app, as_json, &login, hand_back).await,
            Self::List => list(app, as_json).await,
        }
    }
}

async fn disable(app: &App, as_json: bool, login: &str, hand_back: bool) -> Outcome {
    let login = login.to_lowercase();
    let found = app.store.person_by_login(&login).await;
    let found = found.map_err(|e| faults(&e.into()))?;
    let mut after = found.ok_or_else(|| faults(&Error::NotFound))?;
    after.active = false;
    let left = hand_back::left(app, &after).await.map_err(|e| faults(&e))?;
    if left.any() && !hand_back {
        return Err(Failure::Failed(format!(
            "{login} is not disabled: {}. Add --hand-back, and in the same step it goes back to \
             the units, sealed letters to the registrars",
            held(&left)
        )));
    }
    let consent = staff::Consent::Given;
    let left = staff::disable(app, None, &login, consent)
        .await
        .map_err(|e| faults(&e))?;
    let value = json!({
        "login": login, "handed_back": left.letters, "sealed": left.sealed,
        "requests": left.requests, "decisions": left.decisions, "named": left.named,
        "urgent": left.urgent, "vacant": left.units,
    });
    let words = if left.any() {
        format!("disabled {login}; handed back: {}", held(&left))
    } else {
        format!("disabled {login}")
    };
    out::line(as_json, &value, &words)
}

/// What somebody holds, in words.
fn held(left: &hand_back::Left) -> String {
    let mut all = Vec::new();
    let mut say = |n: u64, one: &str, many: &str| match n {
        0 => {}
        1 => all.push(format!("1 {one}")),
        n => all.push(format!("{n} {many}")),
    };
    let (sealed, open) = (left.sealed, left.letters - left.sealed);
    say(open, "open letter", "open letters");
    say(sealed, "open sealed letter", "open sealed letters");
    say(left.requests, "extension asked for", "extensions asked for");
    say(
        left.decisions,
        "extension that nobody else can decide",
        "extensions that nobody else can decide",
    );
    say(
        left.named,
        "sealed letter they are named on",
        "sealed letters they are named on",
    );
    say(
        left.urgent,
        "urgent letter taken on",
        "urgent letters taken on",
    );
    if !left.units.is_empty() {
        all.push(format!(
            "leader, liaison or overseer of {}",
            left.units.join(", ")
        ));
    }
    all.join(", ")
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

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Add an API token; prints it once.
    Add {
        /// Whose.
        #[arg(long)]
        login: String,
    },
}

impl TokenCommand {
    pub(crate) async fn run(self, app: &App, as_json: bool) -> Outcome {
        let Self::Add { login } = self;
        let token = session::add_token(app, &login)
            .await
            .map_err(|e| faults(&e))?;
        out::line(as_json, &json!({ "token": token }), &token)
    }
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
