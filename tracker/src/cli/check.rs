//! `huiyin config check`: every fault of the configuration with where it stands, and what only a
//! look around shows. It writes nothing and makes nothing; `--online` also asks every server.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use serde::Serialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, out};
use crate::{
    config::{Config, ConfigError, Fault},
    keys::Keys,
    letters::setup,
    packs, serve,
    store::look::{self, Look},
    workers::intake,
};

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Also try the database, every mailbox and the way out for mail: connection, certificate,
    /// sign-in, folders.
    #[arg(long)]
    online: bool,
}

/// How long a mail server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(90);

/// Something that was tried.
#[derive(Debug, Serialize)]
struct Tried {
    name: String,
    ok: bool,
    what: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    mend: String,
}

impl Tried {
    fn well(name: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ok: true,
            what: what.into(),
            mend: String::new(),
        }
    }

    fn ill(name: impl Into<String>, what: impl ToString, mend: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ok: false,
            what: what.to_string(),
            mend: mend.into(),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    file: Option<PathBuf>,
    faults: Vec<Fault>,
    warnings: Vec<String>,
    tried: Vec<Tried>,
}

impl Found {
    /// Notes a fault of a setting.
    fn fault(&mut self, setting: &str, what: impl ToString) {
        self.faults.push(Fault {
            place: Config::place(self.file.as_deref(), setting),
            what: what.to_string(),
        });
    }
}

impl Check {
    pub(crate) async fn run(self, file: Option<&Path>, as_json: bool) -> Outcome {
        out::quiet_log();
        let mut found = Found {
            file: file.map(Path::to_owned),
            ..Found::default()
        };
        match Config::load(file) {
            Ok(config) => {
                around(&config, self.online, &mut found).await;
                if self.online {
                    servers(&config, &mut found).await;
                }
            }
            Err(ConfigError(faults)) => found.faults = faults,
        }
        let ok = found.faults.is_empty() && found.tried.iter().all(|t| t.ok);
        if as_json {
            out::json(&json!({
                "ok": ok, "faults": found.faults, "warnings": found.warnings,
                "online": self.online.then_some(&found.tried),
            }))?;
        } else {
            for warning in &found.warnings {
                out::complain(warning);
            }
            for t in &found.tried {
                let state = if t.ok { "ok" } else { "FAILED" };
                out::say(&format!("{state:6}  {}: {}", t.name, t.what))?;
                if !t.mend.is_empty() {
                    out::say(&format!("        {}", t.mend))?;
                }
            }
        }
        if ok {
            return if as_json {
                Ok(())
            } else {
                Ok(out::say("the configuration is in order")?)
            };
        }
        Err(match (found.faults.is_empty(), as_json) {
            // Standard output has said all of it.
            (_, true) => Failure::Usage("the configuration has faults".into()),
            (true, false) => Failure::Usage("not everything that was tried works".into()),
            (false, false) => Failure::Usage(ConfigError(found.faults).to_string()),
        })
    }
}

/// What the configuration says against what lies on this machine.
async fn around(config: &Config, online: bool, found: &mut Found) {
    if let Err(error) = packs::lay(&config.rule_packs) {
        found.fault("rule_packs", error);
    }
    if let Err(error) = serve::outlet_of(config, "check") {
        found.fault("smtp", error);
    }
    for (n, m) in config.maildir.iter().enumerate() {
        if !m.path.is_dir() {
            let what = format!(
                "[[maildir]] {}: {} is no folder; make it, with new, cur and tmp in it",
                m.name,
                m.path.display()
            );
            found.fault(&format!("maildir.{n}.path"), what);
        }
    }
    found.warnings.extend(config.key_within_data());
    let here = config.database_url().starts_with("sqlite:");
    let look = if here || online {
        match look::look(&config.database_url()).await {
            Ok(look) => Some(look),
            Err(error) => {
                let mend = "start the database, and check database.url: host, port, name, user, \
                            password";
                if online {
                    found.tried.push(Tried::ill("database", &error, mend));
                } else {
                    found.fault("database.url", format!("{error}; {mend}"));
                }
                None
            }
        }
    } else {
        None
    };
    let key = key(config, look.as_ref(), found);
    if let Some(look) = &look {
        channels(config, look, found);
        schema(look, online, key.as_deref(), found);
    }
}

/// The master key: whether it is there, its owner's alone, and that of the database. Answers its id.
fn key(config: &Config, look: Option<&Look>, found: &mut Found) -> Option<String> {
    let begun = look.and_then(|l| l.key.as_deref());
    let file = config.key_file();
    let file = file.display();
    match Keys::load(&config.key_file()) {
        Err(error) => found.fault("master_key_file", error),
        Ok(None) => {
            if let Some(begun) = begun {
                let what = format!(
                    "there is no file {file}, and the database was written under key {begun}; \
                     restore it from where it was kept apart"
                );
                found.fault("master_key_file", what);
            }
        }
        Ok(Some(keys)) => {
            if let Some(begun) = begun.filter(|b| *b != keys.id()) {
                let what = format!(
                    "{file} holds key {}, and the database was written under key {begun}; restore \
                     that one",
                    keys.id()
                );
                found.fault("master_key_file", what);
            }
            return Some(keys.id().to_owned());
        }
    }
    None
}

fn channels(config: &Config, look: &Look, found: &mut Found) {
    let shipped = || setup::shipped_codes().map(ToOwned::to_owned).collect();
    let known: Vec<String> = if look.channels.is_empty() {
        shipped()
    } else {
        look.channels.clone()
    };
    let boxes = config.mailbox.iter().enumerate();
    let boxes = boxes.map(|(n, m)| ("mailbox", n, &m.name, &m.channel));
    let dirs = config.maildir.iter().enumerate();
    let dirs = dirs.map(|(n, m)| ("maildir", n, &m.name, &m.channel));
    for (table, n, name, channel) in boxes.chain(dirs) {
        if !known.contains(channel) {
            let what = format!(
                "[[{table}]] {name}: there is no channel {channel}; there are {}",
                known.join(", ")
            );
            found.fault(&format!("{table}.{n}.channel"), what);
        }
    }
}

fn schema(look: &Look, online: bool, key: Option<&str>, found: &mut Found) {
    if !look.newer.is_empty() {
        let what = format!(
            "it was written by a newer version of Huiyin ({}); install that version",
            look.newer.join(", ")
        );
        found.fault("database.url", what);
    }
    if !online {
        return;
    }
    let schema = match look.pending {
        0 => "the schema is up to date".to_owned(),
        n => format!("{n} migrations are applied at the next start"),
    };
    let begun = match (&look.key, key) {
        (None, _) => "nothing was begun in it",
        (Some(begun), Some(key)) if begun == key => "the master key is its own",
        (Some(_), _) => "the master key is not its own",
    };
    found
        .tried
        .push(Tried::well("database", format!("{schema}; {begun}")));
}

/// Asks every server, all at once.
async fn servers(config: &Config, found: &mut Found) {
    let stop = CancellationToken::new();
    let mut asked = Vec::new();
    for m in &config.mailbox {
        let (mailbox, stop) = (intake::mailbox(config, m), stop.clone());
        let name = format!("[[mailbox]] {} ({}:{})", m.name, m.host, m.port);
        let probe = tokio::task::spawn_blocking(move || ingest::mailbox::probe(&mailbox, &stop));
        asked.push((name, probe));
    }
    if let Ok(Some(notifier::Outlet::Smtp(smtp))) = serve::outlet_of(config, "check") {
        let at = config.smtp.as_ref();
        let at = at.map(|s| format!("{}:{}", s.host, s.port));
        let name = format!("smtp ({})", at.unwrap_or_default());
        found.tried.push(match smtp.check().await {
            Ok(()) => Tried::well(name, "connected and signed in"),
            Err(error) => {
                let mend = mend(&error.to_string());
                Tried::ill(name, error, mend)
            }
        });
    }
    let late = tokio::time::sleep(PATIENCE);
    tokio::pin!(late);
    for (name, mut probe) in asked {
        let answer = tokio::select! {
            answer = &mut probe => answer,
            () = &mut late => {
                stop.cancel();
                probe.await
            }
        };
        found.tried.push(match answer {
            Ok(Ok(missing)) if missing.is_empty() => {
                Tried::well(name, "signed in; every folder is there")
            }
            Ok(Ok(missing)) => {
                let missing = missing.join(", ");
                Tried::well(
                    name,
                    format!("signed in; the first mail makes the folders {missing}"),
                )
            }
            Ok(Err(error)) => {
                let mend = mend(&error.to_string());
                Tried::ill(name, error, mend)
            }
            Err(error) => Tried::ill(name, error, ""),
        });
    }
}

/// What to do about a mail server's refusal.
fn mend(words: &str) -> &'static str {
    let lower = words.to_lowercase();
    let says = |all: &[&str]| all.iter().any(|w| lower.contains(w));
    if says(&["expired"]) {
        "the server's certificate is over: renew it there"
    } else if says(&["notvalidforname", "not valid for name"]) {
        "the certificate names another host: set host to a name that stands in it"
    } else if says(&[
        "unknownissuer",
        "unknown issuer",
        "self-signed",
        "selfsigned",
    ]) {
        "the certificate's authority is not known here: set ca_file to its PEM"
    } else if says(&["starttls", "no tls", "tls:"]) {
        "check security and port: tls is 993 and 465, starttls 143 and 587"
    } else if says(&["login", "sign-in", "authenticat"]) {
        "check username and password (some servers want a code of their own for programs)"
    } else if says(&["folder"]) {
        "check folder, as the server spells it"
    } else {
        "check host and port, and whether a firewall lies between"
    }
}
