//! `huiyin token`.

use clap::{ArgGroup, Subcommand};
use serde_json::json;

use super::{Failure, Outcome, out, people::faults};
use crate::{
    app::App,
    letters::{Error, session, staff_edit},
    store::sessions::Token,
};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Add an API token; prints it once.
    Add {
        /// Whose.
        #[arg(long)]
        login: String,
    },
    /// List the tokens; none is shown.
    List {
        /// Only theirs.
        #[arg(long)]
        login: Option<String>,
    },
    /// Revoke a token, or all of somebody's, at once.
    #[command(group(ArgGroup::new("which").required(true)))]
    Revoke {
        /// The token, as the list numbers it.
        #[arg(group = "which")]
        id: Option<i64>,
        /// All of theirs.
        #[arg(long, group = "which")]
        login: Option<String>,
    },
}

impl TokenCommand {
    pub(crate) async fn run(self, app: &App, as_json: bool) -> Outcome {
        match self {
            Self::Add { login } => {
                let token = session::add_token(app, &login)
                    .await
                    .map_err(|e| faults(&e))?;
                out::line(as_json, &json!({ "token": token }), &token)
            }
            Self::List { login } => list(app, login.as_deref(), as_json).await,
            Self::Revoke { id, login } => {
                let n = match (id, login) {
                    (Some(id), _) => staff_edit::revoke_token(app, None, id)
                        .await
                        .map(|()| 1)
                        .map_err(|e| match e {
                            Error::NotFound => Failure::Usage(format!(
                                "there is no token {id}, or it was revoked; huiyin token list \
                                 shows them"
                            )),
                            other => faults(&other),
                        })?,
                    (None, login) => {
                        let login = login.unwrap_or_default();
                        let revoked = staff_edit::revoke_tokens(app, None, &login).await;
                        revoked.map_err(|e| faults(&e))?
                    }
                };
                let words = format!("revoked {n}");
                out::line(as_json, &json!({ "revoked": n }), &words)
            }
        }
    }
}

async fn list(app: &App, login: Option<&str>, as_json: bool) -> Outcome {
    let people = app.store.people().await?;
    let login = login.map(str::to_lowercase);
    let whose = |t: &Token| {
        let person = people.iter().find(|p| p.id == t.person_id);
        person.map(|p| p.login.clone()).unwrap_or_default()
    };
    let mut tokens = app.store.tokens().await?;
    tokens.retain(|t| login.as_ref().is_none_or(|l| whose(t) == *l));
    if as_json {
        let one = |t: &Token| {
            json!({
                "id": t.id, "login": whose(t), "created_at": t.created_at,
                "revoked_at": t.revoked_at,
            })
        };
        return out::json(&tokens.iter().map(one).collect::<Vec<_>>());
    }
    let row = |t: &Token| {
        let revoked = t.revoked_at.map(|at| format!("revoked {}", app.day_of(at)));
        vec![
            t.id.to_string(),
            whose(t),
            app.day_of(t.created_at).to_string(),
            revoked.unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = tokens.iter().map(row).collect();
    out::table(&["token", "login", "added", ""], &rows)
}
