//! What a mailbox's thread remembers from one connection to the next: how far all is settled, what
//! still has to be moved, and which mails are suspected of breaking the conversation. Losing it
//! costs a sweep, never a mail: the ledger knows the rest.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{fault::Cause, talk::Fetched};
use crate::arrival::Kept;

/// UIDs asked about in one command: with eleven bytes each far below any server's line limit.
const UNIT: usize = 200;
/// Where a mail is given up.
const LIMIT: u32 = 12;

/// A mail whose fetch failed.
#[derive(Debug, Clone, Default)]
struct Suspicion {
    strikes: u32,
    cause: Option<Cause>,
    why: String,
    envelope: Option<Fetched>,
}

/// Why a mail is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doom {
    /// What the server told of it, where it did.
    pub envelope: Option<Fetched>,
    /// Code, colon, details.
    pub reason: String,
}

/// Everything is of one UIDVALIDITY; another one starts anew.
#[derive(Debug, Default)]
pub(super) struct Memory {
    uid_validity: u32,
    /// Every mail up to here is in the ledger.
    pub watermark: u32,
    /// The folder holds mail that is in the ledger but not read yet: worth a look soon.
    pub reading: bool,
    /// Committed, and not known to be read yet, by key.
    unread: BTreeMap<String, u32>,
    /// In the ledger, but still in the folder although it belongs elsewhere.
    pub unmoved: BTreeMap<u32, Kept>,
    /// Copied to where they belong, but not yet taken away; must not be copied again.
    pub copied: BTreeSet<u32>,
    /// How often in a row IDLE failed.
    pub idle_failures: u32,
    /// Whether this server ever handed out a mail that could be read.
    pub came: bool,
    groups: Vec<Vec<u32>>,
    suspects: BTreeMap<u32, Suspicion>,
}

impl Memory {
    /// Forgets what another UIDVALIDITY taught.
    pub(super) fn select(&mut self, uid_validity: u32) {
        if self.uid_validity != uid_validity {
            *self = Memory {
                uid_validity,
                idle_failures: self.idle_failures,
                ..Memory::default()
            };
        }
    }

    pub(super) fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// What to fetch together, in order: fresh mail first, then the groups under suspicion, the
    /// smallest and worst last, so that a mail that breaks the conversation holds nothing else up.
    pub(super) fn plan(&mut self, unknown: &[u32]) -> Vec<Vec<u32>> {
        let unknown: BTreeSet<u32> = unknown.iter().copied().collect();
        for group in &mut self.groups {
            group.retain(|uid| unknown.contains(uid));
        }
        self.groups.retain(|group| !group.is_empty());
        let strikes = |group: &[u32]| {
            group
                .iter()
                .filter_map(|uid| self.suspects.get(uid))
                .map(|s| s.strikes)
                .sum::<u32>()
        };
        self.groups
            .sort_by_key(|group| (Reverse(group.len()), strikes(group)));
        let suspected: BTreeSet<u32> = self.groups.iter().flatten().copied().collect();
        let fresh: Vec<u32> = unknown.difference(&suspected).copied().collect();
        fresh
            .chunks(UNIT)
            .map(<[u32]>::to_vec)
            .chain(self.groups.iter().cloned())
            .collect()
    }

    /// The conversation broke while these were fetched: next time each half by itself, and a mail
    /// that broke it alone gets strikes.
    pub(super) fn suspect(&mut self, uids: &[u32], cause: Cause, why: &str) {
        for group in &mut self.groups {
            group.retain(|uid| uids.binary_search(uid).is_err());
        }
        if let [uid] = uids {
            // An unreadable answer is the mail's own where others can be read; an ended connection
            // may be anybody's doing.
            let own = cause == Cause::Garbled && self.came;
            let weight = if own { LIMIT / 2 } else { LIMIT / 6 };
            self.strike(*uid, weight, cause, why);
            self.groups.push(vec![*uid]);
        } else {
            let (left, right) = uids.split_at(uids.len() / 2);
            self.groups.extend([left.to_vec(), right.to_vec()]);
        }
    }

    /// The server refused this one. Where it handed out others meanwhile, it is the mail's fault;
    /// otherwise the server may be in trouble, and much more patience is due.
    pub(super) fn refused(&mut self, uid: u32, others_came: bool, why: &str) {
        let weight = if others_came { LIMIT / 3 } else { 1 };
        self.strike(uid, weight, Cause::Refused, why);
    }

    fn strike(&mut self, uid: u32, weight: u32, cause: Cause, why: &str) {
        let suspicion = self.suspects.entry(uid).or_default();
        suspicion.strikes += weight;
        suspicion.cause = Some(cause);
        why.clone_into(&mut suspicion.why);
    }

    /// What the server told about mails some of whose bytes may just have failed.
    pub(super) fn note(&mut self, uids: &[u32], envelopes: &BTreeMap<u32, Fetched>) {
        for uid in uids {
            if let (Some(suspicion), Some(envelope)) =
                (self.suspects.get_mut(uid), envelopes.get(uid))
            {
                suspicion.envelope = Some(envelope.clone());
            }
        }
    }

    /// Whether a mail has failed too often to be fetched again.
    pub(super) fn doom(&self, uid: u32) -> Option<Doom> {
        let suspicion = self.suspects.get(&uid).filter(|s| s.strikes >= LIMIT)?;
        let code = suspicion.cause.map_or("lost", Cause::code);
        let reason = format!(
            "{code}: the server does not hand out this mail ({}); fetch it by hand from the mailbox",
            suspicion.why
        );
        Some(Doom {
            envelope: suspicion.envelope.clone(),
            reason,
        })
    }

    /// Mails under suspicion now.
    pub(super) fn troubled(&self) -> usize {
        self.suspects.values().filter(|s| s.strikes > 0).count()
    }

    /// This one is committed; where it belongs will be told once it is read.
    pub(super) fn keep(&mut self, key: String, uid: u32) {
        self.unread.insert(key, uid);
    }

    /// These are read: from now on they can be moved where they belong.
    pub(super) fn read(&mut self, settled: Vec<(String, Kept)>) {
        for (key, kept) in settled {
            if let Some(uid) = self.unread.remove(&key) {
                self.unmoved.insert(uid, kept);
            }
        }
    }

    /// These are in the ledger.
    pub(super) fn settled(&mut self, uids: impl IntoIterator<Item = u32>) {
        for uid in uids {
            self.suspects.remove(&uid);
        }
    }

    /// After a search from `first` on: forgets mails that somebody took away, and returns those of
    /// them that were still to be moved.
    pub(super) fn gone(&mut self, first: u32, present: &[u32]) -> Vec<u32> {
        let there = |uid: &u32| *uid < first || present.binary_search(uid).is_ok();
        self.suspects.retain(|uid, _| there(uid));
        self.copied.retain(|uid| there(uid));
        self.unmoved
            .keys()
            .copied()
            .filter(|uid| !there(uid))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a server whose conversation breaks on every fetch that holds `bad`.
    fn bisect(bad: &[u32], all: &[u32], cause: Cause) -> (usize, Vec<u32>) {
        let mut memory = Memory::default();
        let (mut unknown, mut given_up, mut breaks) = (all.to_vec(), Vec::new(), 0);
        while !unknown.is_empty() {
            for unit in memory.plan(&unknown) {
                if let [uid] = unit[..]
                    && memory.doom(uid).is_some()
                {
                    given_up.push(uid);
                } else if unit.iter().any(|uid| bad.contains(uid)) {
                    memory.suspect(&unit, cause, "x");
                    breaks += 1;
                    break;
                } else {
                    memory.came = true;
                }
                unknown.retain(|uid| !unit.contains(uid));
                memory.settled(unit);
            }
        }
        (breaks, given_up)
    }

    #[test]
    fn a_bad_mail_is_found_among_many_and_only_that_one() {
        let all: Vec<u32> = (1..=200).collect();
        let (breaks, given_up) = bisect(&[137], &all, Cause::Garbled);
        assert_eq!(given_up, [137]);
        assert!(breaks <= 10, "took {breaks} connections");
        let (_, mut given_up) = bisect(&[1, 2, 99, 200], &all, Cause::Garbled);
        given_up.sort_unstable();
        assert_eq!(given_up, [1, 2, 99, 200]);
    }

    #[test]
    fn a_lost_connection_takes_more_proof_than_a_garbled_line() {
        let (garbled, _) = bisect(&[2], &[1, 2], Cause::Garbled);
        let (lost, given_up) = bisect(&[2], &[1, 2], Cause::Lost);
        assert_eq!(
            (garbled, lost),
            (3, 7),
            "one break for both, the rest for the one"
        );
        assert_eq!(given_up, [2]);
        let (nothing_ever_came, _) = bisect(&[1], &[1], Cause::Garbled);
        assert_eq!(nothing_ever_came, 6);
    }

    #[test]
    fn a_refusing_server_is_trusted_longer_than_a_refused_mail() {
        let mut memory = Memory::default();
        for _ in 0..3 {
            memory.refused(1, true, "NO");
            memory.refused(2, false, "NO");
        }
        assert!(
            memory
                .doom(1)
                .is_some_and(|doom| doom.reason.starts_with("refused: "))
        );
        assert_eq!(memory.doom(2), None);
    }

    #[test]
    fn another_uid_validity_starts_anew() {
        let mut memory = Memory::default();
        memory.select(1);
        memory.watermark = 9;
        memory.select(1);
        assert_eq!(memory.watermark, 9);
        memory.select(2);
        assert_eq!((memory.watermark, memory.uid_validity()), (0, 2));
    }
}
