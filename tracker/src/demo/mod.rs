//! The demonstration: three months of an invented department, played through the product's own
//! doors and steps at their own instants, so that events, obligations and figures are genuine.
//!
//! What it plays stands in `tracker/demo`: the office, letters by theme, and what else arrives.
//!
//! | | |
//! |---|---|
//! | [`content`] | reads those files |
//! | [`when`] | "7 workdays ago, 09:40" as an instant |
//! | [`office`] | units, people, passwords |
//! | [`compose`] | a citizen's mail as raw bytes |
//! | [`doors`] | letters come in: mail, form, by hand, and what is no letter |
//! | [`steps`] | what the staff does with them |
//! | [`play`] | all of it in the order of time |

mod compose;
mod content;
mod doors;
mod office;
mod play;
mod steps;
mod when;

use std::{io, path::Path, sync::Arc};

use jiff::Timestamp;
use tempfile::TempDir;

pub use self::office::Login;
use crate::{
    app::{App, StartError},
    clock::{Clock as _, FixedClock, SystemClock, SystemEntropy},
    config::{Config, Database, Outbox, Site, Smtp, Spam, Urgent},
    letters::Error,
    store::StoreError,
};

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No folder for it.
    #[error("no folder for the demonstration can be made: {0}; set TMPDIR to one with room")]
    Folder(#[from] io::Error),
    /// It could not be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Mail cannot be laid down.
    #[error("smtp: {0}")]
    Outlet(#[from] notifier::SetupError),
    /// A sample says something that cannot be.
    #[error("tracker/demo, {place}: {why}")]
    Content {
        /// Which sample.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// A step was refused.
    #[error("tracker/demo, {place}: {error}")]
    Step {
        /// Which sample and step.
        place: String,
        /// By which rule.
        error: Error,
    },
}

/// What a visitor needs to look around.
#[derive(Debug)]
pub struct Guide {
    /// Who can sign in.
    pub logins: Vec<Login>,
    /// Number and query code of an answered letter, to be followed at `/track`.
    pub track: Option<(String, String)>,
}

/// A folder of its own for the demonstration; gone with the value.
///
/// # Errors
/// When none can be made.
pub fn folder() -> Result<TempDir, DemoError> {
    Ok(tempfile::Builder::new().prefix("huiyin-demo-").tempdir()?)
}

/// The configuration of the demonstration: of the operator's own settings only address, language
/// and proxies stay. No mailbox is fetched, and mail is laid into the folder.
#[must_use]
pub fn config(mut operators: Config, folder: &Path) -> Config {
    operators.lead_to(operators.listen.public);
    Config {
        base_url: operators.base_url,
        language: operators.language,
        listen: operators.listen,
        trusted_proxies: operators.trusted_proxies,
        desk_url: None,
        data_dir: folder.to_owned(),
        // All of it goes with the folder.
        master_key_file: Some(folder.join("master.key")),
        rule_packs: Vec::new(),
        timezone: "Asia/Shanghai".into(),
        site: Site {
            organiser: content::DEPARTMENT.into(),
            phone: "0000-1234567".into(),
            ..Site::default()
        },
        database: Database::default(),
        smtp: Some(Smtp::to_folder(
            folder.join("outgoing"),
            format!("{} <laixin@zrzyt.example.cn>", content::DEPARTMENT),
        )),
        outbox: Outbox::default(),
        storage: operators.storage,
        spam: Spam::default(),
        urgent: Urgent::default(),
        mailbox: Vec::new(),
        maildir: Vec::new(),
    }
}

/// Fills the folder of `config`: everything happens in the three months before now.
///
/// # Errors
/// See [`DemoError`].
pub async fn fill(config: Config) -> Result<Guide, DemoError> {
    fill_until(config, SystemClock.now()).await
}

async fn fill_until(config: Config, now: Timestamp) -> Result<Guide, DemoError> {
    let clock = Arc::new(FixedClock::new(now));
    let app = App::open_with(config, clock.clone(), Arc::new(SystemEntropy)).await?;
    let guide = play::play(&app, &clock, now).await;
    app.store.close().await;
    guide
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::reconcile::reconcile;

    /// At night on a holiday, on the first Sunday after Spring Festival, across New Year: no step
    /// falls before what it follows.
    #[tokio::test]
    async fn it_plays_on_any_day() {
        for now in [
            "2026-10-03T00:10:00+08:00",
            "2026-03-01T23:50:00+08:00",
            "2026-01-05T08:00:00+08:00",
        ] {
            let folder = folder().unwrap();
            let config = config(Config::default(), folder.path());
            let guide = fill_until(config.clone(), now.parse().unwrap()).await;
            let guide = guide.unwrap_or_else(|e| panic!("{now}: {e}"));
            assert!(guide.logins.len() > 15 && guide.track.is_some());
            let app = App::open(config).await.unwrap();
            let found = reconcile(&app, &|_| ()).await.unwrap();
            assert!(found.ok, "{now}: {:?}", found.differences);
            app.store.close().await;
        }
    }
}
