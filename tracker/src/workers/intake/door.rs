//! The ledger as one source sees it. What comes in is committed at once; it is read and registered
//! behind the source's back, batch by batch, in order, while the source fetches the next.

use std::{
    collections::HashSet,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use ingest::arrival::{Arrival, BeforeStart, Cursor, Health, Kept, Ledger, LedgerError, Unfetched};
use tokio::{runtime::Handle, sync::mpsc, task::JoinHandle};

use crate::{
    app::App,
    domain::words::Fate,
    letters::{
        Error, Result,
        arrive::{self, From},
        register::{self, Read},
    },
    store::{arrivals::ArrivalRecord, sources::SourceState},
};

/// Batches that may wait between being committed and being registered: enough that neither side
/// stands still, few enough to stay small.
const WAITING: usize = 2;
/// Reading a batch takes no longer, or is done again mail by mail under stricter limits.
const OVERRUN: Duration = Duration::from_secs(60);
/// A line that cannot be registered is tried so often while the database is well.
const TRIES: u32 = 3;

/// A message that was read.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) key: String,
    /// `None` where it could not be read yet; it will be, from the ledger.
    pub(super) fate: Option<Fate>,
    /// It was in the ledger before.
    pub(super) again: bool,
}

/// Where their sources should put them.
pub(super) fn places(settled: Vec<Settled>) -> Vec<(String, Kept)> {
    let place = |s: Settled| (s.key, s.fate.map_or(Kept::Unread, arrive::place));
    settled.into_iter().map(place).collect()
}

/// A door for one source.
pub struct Door {
    app: App,
    from: From,
    runtime: Handle,
    queue: mpsc::Sender<Batch>,
    tray: Arc<Tray>,
}

/// Committed, being read.
struct Batch {
    lines: Vec<ArrivalRecord>,
    fresh: HashSet<i64>,
    read: JoinHandle<Vec<Read>>,
}

/// What was read and not fetched by the source yet.
#[derive(Default)]
struct Tray {
    inside: Mutex<(Vec<Settled>, usize)>,
    changed: Condvar,
}

impl Tray {
    fn expect_one(&self) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.1 += 1;
    }

    fn put(&self, batch: Vec<Settled>) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.0.extend(batch);
        inside.1 = inside.1.saturating_sub(1);
        self.changed.notify_all();
    }

    /// What is there, once at most `waiting` batches are still being read.
    fn take(&self, waiting: usize) -> Vec<Settled> {
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let inside = self.changed.wait_while(inside, |i| i.1 > waiting);
        std::mem::take(&mut inside.unwrap_or_else(PoisonError::into_inner).0)
    }
}

impl Door {
    /// A door for one source. To be opened within the runtime.
    #[must_use]
    pub fn new(app: &App, from: From) -> Self {
        let (queue, batches) = mpsc::channel(WAITING);
        let tray = Arc::new(Tray::default());
        tokio::spawn(read_on(app.clone(), batches, tray.clone()));
        Self {
            app: app.clone(),
            from,
            runtime: Handle::current(),
            queue,
            tray,
        }
    }

    /// Commits a batch and has it read; answers what was read meanwhile.
    pub(super) fn take(
        &self,
        batch: Vec<Arrival>,
    ) -> std::result::Result<Vec<Settled>, LedgerError> {
        let stored = self.wait(arrive::store(&self.app, &self.from, batch))?;
        let unread = stored.unread;
        let batch = Batch {
            lines: stored.lines,
            fresh: stored.fresh,
            read: self
                .runtime
                .spawn_blocking(move || arrive::read_all(unread)),
        };
        self.tray.expect_one();
        if self.queue.blocking_send(batch).is_err() {
            // Everything is stopping: the ledger knows the batch, the next start reads it.
            self.tray.put(Vec::new());
        }
        Ok(self.tray.take(usize::MAX))
    }

    /// What was read, once all is.
    pub(super) fn wait_for_all(&self) -> std::result::Result<Vec<Settled>, LedgerError> {
        Ok(self.tray.take(0))
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
            let place = |k: &String| {
                by_key
                    .get(k.as_str())
                    .map(|l| l.fate.map_or(Kept::Unread, arrive::place))
            };
            let known: Vec<Option<Kept>> = keys.iter().map(place).collect();
            // What cannot be stored is not fetched either.
            if known.iter().any(Option::is_none) {
                self.app.store.writable.has_room()?;
            }
            Ok(known)
        })
    }

    fn keep(&self, batch: Vec<Arrival>) -> std::result::Result<Vec<(String, Kept)>, LedgerError> {
        self.take(batch).map(places)
    }

    fn settle(&self) -> std::result::Result<Vec<(String, Kept)>, LedgerError> {
        self.wait_for_all().map(places)
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

    fn counted(&self, folder: &str, messages: u32) {
        let told = self.wait(async {
            let key = self.state_key(folder);
            let step = self.app.store.begin(self.app.now()).await?;
            let state = step.source(&key).await?.unwrap_or_default();
            if state.first_at.is_some() && state.waiting == i64::from(messages) {
                return Ok(());
            }
            step.save_source(SourceState {
                folder: key,
                fine: true,
                waiting: messages.into(),
                told_at: self.app.now().as_microsecond(),
                ..state
            })
            .await?;
            Ok(step.commit().await?)
        });
        if let Err(error) = told {
            tracing::warn!(source = %self.from.name, %error, "a folder's count could not be noted");
        }
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

/// Registers batch after batch until the source is gone.
async fn read_on(app: App, mut batches: mpsc::Receiver<Batch>, tray: Arc<Tray>) {
    while let Some(mut batch) = batches.recv().await {
        let unsettled: Vec<ArrivalRecord> = batch
            .lines
            .iter()
            .filter(|l| l.fate.is_none() && batch.fresh.contains(&l.id))
            .cloned()
            .collect();
        match together(&app, batch.read).await {
            Ok(verdicts) => arrive::settle(&mut batch.lines, &verdicts),
            Err(error) => {
                tracing::warn!(%error, "a batch is read mail by mail");
                for line in unsettled {
                    one_by_one(&app, &mut batch.lines, line).await;
                }
            }
        }
        let settled = batch.lines.into_iter().map(|line| Settled {
            again: !batch.fresh.remove(&line.id),
            key: line.source_key,
            fate: line.fate,
        });
        tray.put(settled.collect());
    }
}

async fn together(
    app: &App,
    read: JoinHandle<Vec<Read>>,
) -> Result<Vec<crate::store::arrivals::Verdict>> {
    let read = tokio::time::timeout(OVERRUN, read)
        .await
        .map_err(|_| Error::CutShort("reading took too long".into()))?
        .map_err(|e| Error::CutShort(e.to_string()))?;
    // In a task of its own: an error in the program must not end the door.
    let app = app.clone();
    tokio::spawn(async move { register::register(&app, read).await })
        .await
        .map_err(|e| Error::CutShort(e.to_string()))?
}

/// Reads and registers one line, however long the database is away. Where it is well and the line
/// still cannot be registered, a clerk must look.
async fn one_by_one(app: &App, lines: &mut [ArrivalRecord], line: ArrivalRecord) {
    let (mut tries, mut pause) = (0, Duration::from_millis(200));
    loop {
        let (app2, line2) = (app.clone(), line.clone());
        let alone = tokio::spawn(async move { arrive::read_alone(&app2, line2).await });
        let (passing, error) = match alone.await {
            Ok(Ok(verdicts)) => return arrive::settle(lines, &verdicts),
            // Another process took it over: it has its fate there.
            Ok(Err(Error::Rule("decided-meanwhile"))) => return,
            Ok(Err(error)) => (error.is_passing(), error.to_string()),
            Err(error) => (false, error.to_string()),
        };
        tracing::error!(
            arrival = line.id,
            error,
            "an arrival could not be registered"
        );
        // A full disk is no fault of the mail's.
        if !passing && app.store.ping().await.is_ok() {
            tries += 1;
        }
        if tries >= TRIES {
            let read = (line.clone(), Err("unregistrable".to_owned()));
            if let Ok(verdicts) = register::register(app, vec![read]).await {
                return arrive::settle(lines, &verdicts);
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(30));
    }
}
