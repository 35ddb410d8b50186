//! A ledger on paper: it keeps the trait's promises and can be asked what it was told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{
    arrival::{Arrival, BeforeStart, Cursor, Health, Kept, Ledger, LedgerError, Unfetched},
    mailbox::{Mailbox, run},
};

#[derive(Default)]
pub(crate) struct Pages {
    pub fate: BTreeMap<String, Kept>,
    pub arrivals: Vec<Arrival>,
    pub before: Vec<BeforeStart>,
    pub unfetched: Vec<Unfetched>,
    pub acknowledged: Vec<String>,
    pub health: Vec<Health>,
    pub cursor: Option<Cursor>,
    /// Kept, and not answered yet: this ledger reads a batch while the next one is kept.
    pub unsettled: Vec<(String, Kept)>,
    /// `keep` fails so many times.
    pub failing: usize,
}

#[derive(Default)]
pub(crate) struct Book(pub Mutex<Pages>);

impl Book {
    pub(crate) fn subjects(&self) -> Vec<String> {
        let pages = self.0.lock().unwrap();
        let subject = |a: &Arrival| {
            let text = String::from_utf8_lossy(&a.raw).into_owned();
            text.lines()
                .next()
                .unwrap_or_default()
                .replace("Subject: ", "")
        };
        pages.arrivals.iter().map(subject).collect()
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Pages) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }
}

impl Ledger for Book {
    fn known(&self, keys: &[String]) -> Result<Vec<Option<Kept>>, LedgerError> {
        self.with(|p| Ok(keys.iter().map(|k| p.fate.get(k).copied()).collect()))
    }

    fn keep(&self, batch: Vec<Arrival>) -> Result<Vec<(String, Kept)>, LedgerError> {
        self.with(|p| {
            if p.failing > 0 {
                p.failing -= 1;
                return Err(LedgerError("disk full".to_owned()));
            }
            for arrival in &batch {
                let twice = p.fate.insert(arrival.source_key.clone(), Kept::Taken);
                assert_eq!(twice, None, "{} kept twice", arrival.source_key);
            }
            let keys = batch.iter().map(|a| (a.source_key.clone(), Kept::Taken));
            let kept = std::mem::replace(&mut p.unsettled, keys.collect());
            p.arrivals.extend(batch);
            Ok(kept)
        })
    }

    fn settle(&self) -> Result<Vec<(String, Kept)>, LedgerError> {
        self.with(|p| Ok(std::mem::take(&mut p.unsettled)))
    }

    fn note_before_start(&self, batch: Vec<BeforeStart>) -> Result<(), LedgerError> {
        self.with(|p| {
            p.fate.extend(
                batch
                    .iter()
                    .map(|b| (b.source_key.clone(), Kept::BeforeStart)),
            );
            p.before.extend(batch);
            Ok(())
        })
    }

    fn quarantine(&self, batch: Vec<Unfetched>) -> Result<(), LedgerError> {
        self.with(|p| {
            p.fate
                .extend(batch.iter().map(|u| (u.source_key.clone(), Kept::Failed)));
            p.unfetched.extend(batch);
            Ok(())
        })
    }

    fn open(&self, _: &str, first: Cursor) -> Result<Cursor, LedgerError> {
        self.with(|p| Ok(*p.cursor.get_or_insert(first)))
    }

    fn acknowledged(&self, keys: &[String]) -> Result<(), LedgerError> {
        self.with(|p| p.acknowledged.extend_from_slice(keys));
        Ok(())
    }

    fn health(&self, health: Health) {
        self.with(|p| p.health.push(health));
    }
}

/// A running mailbox; dropping it asserts that the thread ends promptly.
pub(crate) struct Running {
    pub book: Arc<Book>,
    stop: CancellationToken,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(mailbox: Mailbox, book: Arc<Book>, now: &str) -> Self {
        let now: Timestamp = now.parse().unwrap();
        let stop = CancellationToken::new();
        let thread = run(
            mailbox,
            Arc::clone(&book) as Arc<dyn Ledger>,
            Arc::new(move || now),
            Arc::new(|| 0.0),
            stop.clone(),
        );
        Running {
            book,
            stop,
            thread: Some(thread.unwrap()),
        }
    }

    /// Waits until the book says so.
    pub(crate) fn until(&self, what: &str, done: impl Fn(&Pages) -> bool) {
        for _ in 0..1500 {
            if self.book.with(|p| done(p)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let (health, n) = self.book.with(|p| (p.health.clone(), p.arrivals.len()));
        panic!("never: {what}; {n} arrivals, health {health:?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let since = Instant::now();
        self.stop.cancel();
        let ended = self.thread.take().map(std::thread::JoinHandle::join);
        if std::thread::panicking() {
            return;
        }
        assert!(matches!(ended, Some(Ok(()))), "the thread panicked");
        assert!(
            since.elapsed() < Duration::from_secs(1),
            "stopping took {:?}",
            since.elapsed()
        );
    }
}
