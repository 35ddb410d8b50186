//! Batches on their way to the ledger, by weight and number, and what became of them.

use std::{collections::BTreeSet, path::PathBuf};

use crate::arrival::{Arrival, Kept, Ledger, LedgerError, Unfetched};

/// Bytes committed together, unless one message alone is larger. Several batches of several sources
/// are in memory at once: committed, being read, being registered.
const WEIGHT: u64 = 2 << 20;
/// Messages committed together.
const NUMBER: usize = 100;

/// A message that a source came upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// With its bytes.
    Arrival(Arrival),
    /// Without, as it is too large.
    Unfetched(Unfetched),
}

impl Found {
    fn key(&self) -> &str {
        match self {
            Found::Arrival(arrival) => &arrival.source_key,
            Found::Unfetched(unfetched) => &unfetched.source_key,
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Found::Arrival(arrival) => arrival.raw.len() as u64,
            Found::Unfetched(_) => 0,
        }
    }
}

/// What one pass over a source came to. `seen = known + taken + failed`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Messages come upon.
    pub seen: u64,
    /// Of these, in the ledger before, or twice in the same pass.
    pub known: u64,
    /// Committed now.
    pub taken: u64,
    /// Committed now, as quarantined.
    pub failed: u64,
    /// Files that could not be read, each with the reason; they are tried again next time.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Splits items into runs that are light enough to be handled together.
pub(crate) fn by_weight<T>(items: &[T], weight: impl Fn(&T) -> u64) -> Vec<&[T]> {
    let (mut runs, mut start, mut sum) = (Vec::new(), 0, 0u64);
    for (at, item) in items.iter().enumerate() {
        let weight = weight(item);
        if at > start && (at - start == NUMBER || sum.saturating_add(weight) > WEIGHT) {
            runs.push(&items[start..at]);
            (start, sum) = (at, 0);
        }
        sum = sum.saturating_add(weight);
    }
    if start < items.len() {
        runs.push(&items[start..]);
    }
    runs
}

/// Why a message is not fetched.
pub(crate) fn too_large(size: u64, most: u64) -> String {
    format!(
        "too-large: {size} bytes, more than {most}; read it where it lies, or have it sent smaller"
    )
}

/// Collects messages and commits them batch by batch.
pub(crate) struct Intake<'a> {
    ledger: &'a dyn Ledger,
    pending: Vec<Found>,
    keys: BTreeSet<String>,
    weight: u64,
    /// The account so far.
    pub(crate) sweep: Sweep,
}

impl<'a> Intake<'a> {
    pub(crate) fn new(ledger: &'a dyn Ledger) -> Self {
        let sweep = Sweep::default();
        Intake {
            ledger,
            pending: Vec::new(),
            keys: BTreeSet::new(),
            weight: 0,
            sweep,
        }
    }

    /// Adds a message; returns those that were read meanwhile.
    pub(crate) fn add(&mut self, found: Found) -> Result<Vec<(String, Kept)>, LedgerError> {
        self.sweep.seen += 1;
        if !self.keys.insert(found.key().to_owned()) {
            self.sweep.known += 1;
            return Ok(Vec::new());
        }
        let full = self.weight + found.weight() > WEIGHT || self.pending.len() >= NUMBER;
        let settled = if full { self.commit()? } else { Vec::new() };
        self.keys.insert(found.key().to_owned());
        self.weight += found.weight();
        self.pending.push(found);
        Ok(settled)
    }

    /// Commits what is collected; returns keys and where their messages belong.
    fn commit(&mut self) -> Result<Vec<(String, Kept)>, LedgerError> {
        let pending = std::mem::take(&mut self.pending);
        self.keys.clear();
        self.weight = 0;
        let keys: Vec<String> = pending.iter().map(|found| found.key().to_owned()).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.ledger.known(&keys)?;
        let (mut settled, mut arrivals, mut unfetched) = (Vec::new(), Vec::new(), Vec::new());
        for (found, known) in pending.into_iter().zip(known) {
            match (known, found) {
                (Some(kept), found) => {
                    self.sweep.known += 1;
                    settled.push((found.key().to_owned(), kept));
                }
                (None, Found::Arrival(arrival)) => arrivals.push(arrival),
                (None, Found::Unfetched(item)) => unfetched.push(item),
            }
        }
        if !arrivals.is_empty() {
            let read = self.ledger.keep(arrivals)?;
            self.note(&read);
            settled.extend(read);
        }
        if !unfetched.is_empty() {
            settled.extend(
                unfetched
                    .iter()
                    .map(|u| (u.source_key.clone(), Kept::Failed)),
            );
            self.sweep.failed += unfetched.len() as u64;
            self.ledger.quarantine(unfetched)?;
        }
        Ok(settled)
    }

    /// Commits the rest and waits until all is read; returns what was not returned yet.
    pub(crate) fn finish(&mut self) -> Result<Vec<(String, Kept)>, LedgerError> {
        let mut settled = self.commit()?;
        let read = self.ledger.settle()?;
        self.note(&read);
        settled.extend(read);
        Ok(settled)
    }

    fn note(&mut self, read: &[(String, Kept)]) {
        let failed = read.iter().filter(|(_, k)| *k == Kept::Failed).count() as u64;
        self.sweep.failed += failed;
        self.sweep.taken += read.len() as u64 - failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_light_and_short_and_lose_nothing() {
        let weights = [WEIGHT, 1, WEIGHT + 5, 3, 4];
        let runs = by_weight(&weights, |w| *w);
        assert_eq!(
            runs,
            [&weights[..1], &weights[1..2], &weights[2..3], &weights[3..]]
        );
        let many: Vec<u64> = (0..250).collect();
        let lengths: Vec<usize> = by_weight(&many, |_| 0).iter().map(|r| r.len()).collect();
        assert_eq!(lengths, [100, 100, 50]);
        assert!(by_weight(&[0u64; 0], |_| 0).is_empty());
    }
}
