//! Starts the sources and opens the ledger to them. A source lives in a thread of its own; a
//! broken one never stops the others.

use std::{sync::Arc, time::Duration};

use ingest::{
    arrival::{Arrival, BeforeStart, Cursor, Health, Kept, Ledger, LedgerError, Unfetched},
    mailbox::{Credential, Mailbox, Security, Start},
    maildir::Maildir,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{
    app::App,
    config,
    domain::words::{Fate, Source},
    letters::{
        Result,
        arrive::{self, From},
    },
    store::arrivals::SourceState,
};

/// The ledger as one source sees it.
pub struct Door {
    app: App,
    from: From,
    runtime: Handle,
}

impl Door {
    /// A door for one source.
    #[must_use]
    pub fn new(app: App, from: From, runtime: Handle) -> Self {
        Self { app, from, runtime }
    }

    fn wait<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> std::result::Result<T, LedgerError> {
        self.runtime
            .block_on(work)
            .map_err(|e| LedgerError(e.to_string()))
    }

    fn state_key(&self, folder: &str) -> String {
        format!("{}:{}/{folder}", self.from.source, self.from.name)
    }
}

impl Ledger for Door {
    fn known(&self, keys: &[String]) -> std::result::Result<Vec<Option<Kept>>, LedgerError> {
        self.wait(async {
            let lines = self.app.store.arrivals_by_key(keys).await?;
            let by_key: std::collections::HashMap<&str, _> =
                lines.iter().map(|l| (l.source_key.as_str(), l)).collect();
            // Committed but not read yet is as good as taken: it will be read from the ledger.
            let place = |k: &String| {
                by_key
                    .get(k.as_str())
                    .map(|l| arrive::kept(l).unwrap_or(Kept::Taken))
            };
            Ok(keys.iter().map(place).collect())
        })
    }

    fn keep(&self, batch: Vec<Arrival>) -> std::result::Result<Vec<Kept>, LedgerError> {
        self.wait(async {
            let lines = arrive::take_in(&self.app, &self.from, batch).await?;
            Ok(lines
                .iter()
                .map(|l| arrive::kept(l).unwrap_or(Kept::Taken))
                .collect())
        })
    }

    fn note_before_start(&self, batch: Vec<BeforeStart>) -> std::result::Result<(), LedgerError> {
        self.wait(arrive::note_before_start(&self.app, &self.from, batch))
    }

    fn quarantine(&self, batch: Vec<Unfetched>) -> std::result::Result<(), LedgerError> {
        self.wait(arrive::quarantine(&self.app, &self.from, batch))
    }

    fn open(&self, folder: &str, first: Cursor) -> std::result::Result<Cursor, LedgerError> {
        self.wait(async {
            let key = self.state_key(folder);
            let step = self.app.store.begin(self.app.now()).await?;
            let state = step.source(&key).await?.unwrap_or_default();
            if let (Some(at), Some(validity), Some(uid)) =
                (state.started_at, state.uid_validity, state.first_uid)
            {
                return Ok(Cursor {
                    started_at: crate::store::instant_of(at),
                    uid_validity: u32::try_from(validity).unwrap_or_default(),
                    first_uid: u32::try_from(uid).unwrap_or_default(),
                });
            }
            step.save_source(SourceState {
                folder: key,
                started_at: Some(first.started_at.as_microsecond()),
                uid_validity: Some(first.uid_validity.into()),
                first_uid: Some(first.first_uid.into()),
                fine: true,
                told_at: self.app.now().as_microsecond(),
                ..state
            })
            .await?;
            step.commit().await?;
            Ok(first)
        })
    }

    fn acknowledged(&self, keys: &[String]) -> std::result::Result<(), LedgerError> {
        self.wait(async {
            let step = self.app.store.begin(self.app.now()).await?;
            step.acknowledge(keys).await?;
            Ok(step.commit().await?)
        })
    }

    fn health(&self, health: Health) {
        let told = self.wait(async {
            let key = self.state_key("");
            let step = self.app.store.begin(self.app.now()).await?;
            let state = step.source(&key).await?.unwrap_or_default();
            let (fine, note, waiting) = match health {
                Health::Fine { waiting } => (true, String::new(), waiting),
                Health::Hampered { waiting, reason } => (true, reason, waiting),
                Health::Broken { reason } => (false, reason, 0),
            };
            let told_at = self.app.now().as_microsecond();
            let waiting = i64::from(waiting);
            let state = SourceState {
                folder: key,
                fine,
                note,
                waiting,
                told_at,
                ..state
            };
            step.save_source(state).await?;
            Ok(step.commit().await?)
        });
        if let Err(error) = told {
            tracing::warn!(source = %self.from.name, %error, "its health could not be noted");
        }
    }
}

/// Starts every configured source; answers their threads.
///
/// # Errors
/// When a channel is unknown or a thread cannot be started.
pub async fn start(
    app: &App,
    stop: &CancellationToken,
) -> Result<Vec<std::thread::JoinHandle<()>>> {
    let mut threads = Vec::new();
    for mailbox in &app.config.mailbox {
        let door = door(app, Source::Imap, &mailbox.name, &mailbox.channel).await?;
        let (app2, app3) = (app.clone(), app.clone());
        let thread = ingest::mailbox::run(
            imap(app, mailbox),
            Arc::new(door),
            Arc::new(move || app2.now()),
            Arc::new(move || app3.jitter()),
            stop.clone(),
        );
        threads.push(thread.map_err(|e| crate::letters::Error::CutShort(e.to_string()))?);
    }
    for maildir in &app.config.maildir {
        let door = door(app, Source::Maildir, &maildir.name, &maildir.channel).await?;
        let app2 = app.clone();
        let thread = ingest::maildir::watch(
            Maildir {
                name: maildir.name.clone(),
                path: maildir.path.clone(),
            },
            Arc::new(door),
            Arc::new(move || app2.now()),
            stop.clone(),
        );
        threads.push(thread.map_err(|e| crate::letters::Error::CutShort(e.to_string()))?);
    }
    Ok(threads)
}

/// A door for a source of a channel.
///
/// # Errors
/// When the channel is unknown.
pub async fn door(app: &App, source: Source, name: &str, channel: &str) -> Result<Door> {
    let channels = app.store.channels().await?;
    let channel = channels.into_iter().find(|c| c.code == channel);
    let channel = channel.ok_or(crate::letters::Error::Rule("no-such-channel"))?;
    let from = From {
        source,
        name: name.to_owned(),
        channel,
    };
    Ok(Door::new(app.clone(), from, Handle::current()))
}

fn imap(app: &App, m: &config::Mailbox) -> Mailbox {
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
        zone: app.zone.clone(),
        poll: Duration::from_secs(m.poll_seconds),
        max_bytes: 30 << 20,
    }
}

/// Reads what an earlier process stored but did not get to read, then keeps an eye on it: another
/// process may die later.
pub async fn resume(app: App, holder: String, stop: CancellationToken) {
    let mut wait = Duration::ZERO;
    while pause(&stop, wait).await {
        wait = Duration::from_secs(60);
        let lease = Duration::from_secs(120);
        match app.store.hold(app.now(), "resume", &holder, lease).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                tracing::error!(%error, "no lease for reading what was left");
                continue;
            }
        }
        match arrive::resume(&app).await {
            Ok(0) => {}
            Ok(n) => {
                tracing::info!(n, "read what an earlier process had stored");
                wait = Duration::ZERO;
            }
            Err(error) => tracing::error!(%error, "what was stored could not be read"),
        }
    }
}

/// A door that also remembers what became of each message, for a one-off pass.
pub struct Counted<F> {
    door: Door,
    seen: std::sync::Mutex<Vec<(Option<Fate>, bool)>>,
    told: F,
}

impl<F: Fn(u64) + Send + Sync> Counted<F> {
    /// Wraps a door; `told` hears the running count.
    pub fn new(door: Door, told: F) -> Self {
        Self {
            door,
            seen: std::sync::Mutex::default(),
            told,
        }
    }

    /// Every message seen: its fate, and whether it was in the ledger before.
    pub fn seen(&self) -> Vec<(Option<Fate>, bool)> {
        self.seen.lock().map(|s| s.clone()).unwrap_or_default()
    }

    fn note(&self, more: impl Iterator<Item = (Option<Fate>, bool)>) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.extend(more);
            (self.told)(seen.len() as u64);
        }
    }
}

impl<F: Fn(u64) + Send + Sync> Ledger for Counted<F> {
    fn known(&self, keys: &[String]) -> std::result::Result<Vec<Option<Kept>>, LedgerError> {
        let known = self.door.known(keys)?;
        self.note(known.iter().filter(|k| k.is_some()).map(|_| (None, true)));
        Ok(known)
    }

    fn keep(&self, batch: Vec<Arrival>) -> std::result::Result<Vec<Kept>, LedgerError> {
        let keys: Vec<String> = batch.iter().map(|a| a.source_key.clone()).collect();
        let before = self.door.known(&keys)?;
        let lines = self
            .door
            .wait(arrive::take_in(&self.door.app, &self.door.from, batch))?;
        let mut first = std::collections::HashSet::new();
        let fates = lines.iter().zip(&before);
        self.note(fates.map(|(l, b)| (l.fate, b.is_some() || !first.insert(l.id))));
        Ok(lines
            .iter()
            .map(|l| arrive::kept(l).unwrap_or(Kept::Taken))
            .collect())
    }

    fn note_before_start(&self, batch: Vec<BeforeStart>) -> std::result::Result<(), LedgerError> {
        self.door.note_before_start(batch)
    }

    fn quarantine(&self, batch: Vec<Unfetched>) -> std::result::Result<(), LedgerError> {
        let n = batch.len();
        self.door.quarantine(batch)?;
        self.note(std::iter::repeat_n((Some(Fate::Quarantined), false), n));
        Ok(())
    }

    fn open(&self, folder: &str, first: Cursor) -> std::result::Result<Cursor, LedgerError> {
        self.door.open(folder, first)
    }

    fn acknowledged(&self, keys: &[String]) -> std::result::Result<(), LedgerError> {
        self.door.acknowledged(keys)
    }

    fn health(&self, health: Health) {
        self.door.health(health);
    }
}
