//! Starts the sources and opens the ledger to them. A source lives in a thread of its own; a
//! broken one never stops the others.

mod counted;
mod door;

use std::{sync::Arc, time::Duration};

use ingest::{
    mailbox::{Credential, Mailbox, Security, Start},
    maildir::Maildir,
};
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

pub use self::{counted::Counted, door::Door};
use super::pause;
use crate::{
    app::App,
    config,
    domain::words::Source,
    letters::{
        Error, Result,
        arrive::{self, From},
    },
};

/// What is not read after so long was left behind by whoever stored it.
const ABANDONED: Duration = Duration::from_secs(120);

/// A door for every configured source: the mailboxes' first, then the Maildirs'.
///
/// # Errors
/// When a channel is unknown, or the database refuses.
pub async fn doors(app: &App) -> Result<Vec<Arc<Door>>> {
    let mut doors = Vec::new();
    for m in &app.config.mailbox {
        doors.push(door(app, Source::Imap, &m.name, &m.channel).await?);
    }
    for m in &app.config.maildir {
        doors.push(door(app, Source::Maildir, &m.name, &m.channel).await?);
    }
    Ok(doors.into_iter().map(Arc::new).collect())
}

/// Starts every configured source at its door; answers their threads.
///
/// # Errors
/// When a thread cannot be started.
pub fn start(
    app: &App,
    doors: Vec<Arc<Door>>,
    stop: &CancellationToken,
) -> Result<Vec<std::thread::JoinHandle<()>>> {
    let mut doors = doors.into_iter();
    let mut threads = Vec::new();
    for (mailbox, door) in app.config.mailbox.iter().zip(&mut doors) {
        let (app2, app3) = (app.clone(), app.clone());
        threads.push(ingest::mailbox::run(
            imap(app, mailbox),
            door,
            Arc::new(move || app2.now()),
            Arc::new(move || app3.jitter()),
            stop.clone(),
        ));
    }
    for (maildir, door) in app.config.maildir.iter().zip(doors) {
        let app2 = app.clone();
        threads.push(ingest::maildir::watch(
            Maildir {
                name: maildir.name.clone(),
                path: maildir.path.clone(),
            },
            door,
            Arc::new(move || app2.now()),
            stop.clone(),
        ));
    }
    let started = threads.into_iter().collect::<std::io::Result<_>>();
    started.map_err(|e| Error::CutShort(e.to_string()))
}

/// A door for a source of a channel. To be opened within the runtime.
///
/// # Errors
/// When the channel is unknown.
pub async fn door(app: &App, source: Source, name: &str, channel: &str) -> Result<Door> {
    let channels = app.store.channels().await?;
    let channel = channels.into_iter().find(|c| c.code == channel);
    let channel = channel.ok_or(Error::Rule("no-such-channel"))?;
    let from = From {
        source,
        name: name.to_owned(),
        channel,
    };
    Ok(Door::new(app, from))
}

/// A mailbox as its source takes it.
pub(crate) fn imap(app: &App, m: &config::Mailbox) -> Mailbox {
    mailbox(&app.config, m)
}

/// The same before anything is opened.
pub(crate) fn mailbox(config: &config::Config, m: &config::Mailbox) -> Mailbox {
    let credential = match (&m.oauth2, &m.password) {
        (Some(token), _) => Credential::OAuth2(token.expose().to_owned()),
        (None, Some(password)) => Credential::Password(password.expose().to_owned()),
        (None, None) => Credential::Password(String::new()),
    };
    Mailbox {
        name: m.name.clone(),
        host: m.host.clone(),
        port: m.port,
        security: match m.security {
            config::Security::None => Security::None,
            config::Security::StartTls => Security::StartTls,
            config::Security::Tls => Security::Tls,
        },
        username: m.username.clone(),
        credential,
        ca_file: m.ca_file.clone(),
        folder: m.folder.clone(),
        processed: m.processed.clone(),
        failed: m.failed.clone(),
        start: match m.start.as_str() {
            "all" => Start::All,
            text => text.parse().map_or(Start::Now, Start::Date),
        },
        zone: TimeZone::get(&config.timezone).unwrap_or(TimeZone::UTC),
        poll: Duration::from_secs(m.poll_seconds),
        max_bytes: 30 << 20,
    }
}

/// Reads what an earlier process stored but did not get to read, then keeps an eye on it: another
/// one may die later.
pub async fn resume(app: App, stop: CancellationToken) {
    let (mut wait, started) = (Duration::ZERO, app.now());
    while pause(&stop, wait).await {
        wait = Duration::from_secs(10);
        // What this process's forerunner was committing as it died may appear a moment later.
        let until = started.max(app.now() - ABANDONED);
        match arrive::resume(&app, until).await {
            Ok(0) => {}
            Ok(n) => {
                tracing::info!(n, "read what an earlier process had stored");
                wait = Duration::ZERO;
            }
            Err(error) => tracing::error!(%error, "what was stored could not be read"),
        }
    }
}
