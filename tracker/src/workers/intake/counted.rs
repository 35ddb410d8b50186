//! A door that also remembers what became of each message, for a one-off pass.

use std::sync::Mutex;

use ingest::arrival::{Arrival, BeforeStart, Cursor, Health, Kept, Ledger, LedgerError, Unfetched};

use super::door::{Door, Settled, places};
use crate::domain::words::Fate;

/// A message's fate, and whether it was in the ledger before.
type Seen = (Option<Fate>, bool);

/// A door that remembers.
pub struct Counted<F> {
    door: Door,
    seen: Mutex<Vec<Seen>>,
    told: F,
}

impl<F: Fn(u64) + Send + Sync> Counted<F> {
    /// Wraps a door; `told` hears the running count.
    pub fn new(door: Door, told: F) -> Self {
        Self {
            door,
            seen: Mutex::default(),
            told,
        }
    }

    /// Every message seen: its fate, and whether it was in the ledger before.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().map(|s| s.clone()).unwrap_or_default()
    }

    fn note(&self, more: impl Iterator<Item = Seen>) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.extend(more);
            (self.told)(seen.len() as u64);
        }
    }

    fn note_settled(&self, settled: &[Settled]) {
        self.note(settled.iter().map(|s| (s.fate, s.again)));
    }
}

impl<F: Fn(u64) + Send + Sync> Ledger for Counted<F> {
    fn known(&self, keys: &[String]) -> Result<Vec<Option<Kept>>, LedgerError> {
        let known = self.door.known(keys)?;
        self.note(known.iter().filter(|k| k.is_some()).map(|_| (None, true)));
        Ok(known)
    }

    fn keep(&self, batch: Vec<Arrival>) -> Result<Vec<(String, Kept)>, LedgerError> {
        let settled = self.door.take(batch)?;
        self.note_settled(&settled);
        Ok(places(settled))
    }

    fn settle(&self) -> Result<Vec<(String, Kept)>, LedgerError> {
        let settled = self.door.wait_for_all()?;
        self.note_settled(&settled);
        Ok(places(settled))
    }

    fn note_before_start(&self, batch: Vec<BeforeStart>) -> Result<(), LedgerError> {
        self.door.note_before_start(batch)
    }

    fn quarantine(&self, batch: Vec<Unfetched>) -> Result<(), LedgerError> {
        let n = batch.len();
        self.door.quarantine(batch)?;
        self.note(std::iter::repeat_n((Some(Fate::Quarantined), false), n));
        Ok(())
    }

    fn open(&self, folder: &str, first: Cursor) -> Result<Cursor, LedgerError> {
        self.door.open(folder, first)
    }

    fn acknowledged(&self, keys: &[String]) -> Result<(), LedgerError> {
        self.door.acknowledged(keys)
    }

    fn health(&self, health: Health) {
        self.door.health(health);
    }
}
