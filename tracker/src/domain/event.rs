//! The history's chain. Each event's hash covers the hash before it, so that nothing in the
//! history of a letter can be changed, dropped or slipped in unnoticed. Words are covered by a
//! salted digest only: they can be erased, and the chain still verifies.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::words::words;

words! {
    /// What happened.
    EventKind, "event" {
        /// Registered.
        Registered = "registered",
        /// The writer wrote again.
        Added = "added",
        /// 补充来信处理: somebody said what becomes of it.
        AdditionDecided = "addition-decided",
        /// 补充来信待处理: nobody did for a while.
        AdditionWaits = "addition-waits",
        /// 另立新件: it was made of what its writer added to another letter.
        SplitOff = "split-off",
        /// 受理.
        Accepted = "accepted",
        /// 分办.
        Assigned = "assigned",
        /// 签收.
        Taken = "taken",
        /// 改派.
        Reassigned = "reassigned",
        /// 退回登记.
        SentBack = "sent-back",
        /// A note.
        Noted = "noted",
        /// 拟稿.
        Drafted = "drafted",
        /// The answer was issued.
        Issued = "issued",
        /// Taken back before it left.
        Recalled = "recalled",
        /// Sent again.
        Resent = "resent",
        /// 送达.
        Served = "served",
        /// It could not be delivered.
        DeliveryFailed = "delivery_failed",
        /// Nobody knows whether it was.
        DeliveryUnknown = "delivery_unknown",
        /// 不予受理.
        Declined = "declined",
        /// 告知.
        Directed = "directed",
        /// 重复件.
        MarkedDuplicate = "marked-duplicate",
        /// 无效件.
        MarkedInvalid = "marked-invalid",
        /// 撤回.
        Withdrawn = "withdrawn",
        /// 重新甄别.
        Reclassified = "reclassified",
        /// 申请延期.
        ExtensionRequested = "extension-requested",
        /// 批准延期.
        ExtensionGranted = "extension-granted",
        /// 不同意延期.
        ExtensionRefused = "extension-refused",
        /// 延期申请逾期未批: nobody decided before the due day was over.
        ExtensionLapsed = "extension-lapsed",
        /// 逾期补批: signed after the due day; the letter is late all the same.
        ExtensionLate = "extension-late",
        /// 延期申请终止: what it was to lengthen was met, ended or superseded.
        ExtensionMoot = "extension-moot",
        /// 暂停计时.
        Suspended = "suspended",
        /// 恢复计时.
        Resumed = "resumed",
        /// A document set a limit.
        LimitSet = "limit-set",
        /// The law or its calendar was put right, and the date with it.
        DueMoved = "due-moved",
        /// A stage of supervision was reached: 提醒、催办、督办、通报.
        Supervised = "supervised",
        /// 催办, by a person.
        Urged = "urged",
        /// 标为紧急.
        MarkedUrgent = "marked-urgent",
        /// 紧急件报值班员.
        DutyTold = "duty-told",
        /// 紧急件已处置.
        UrgentTaken = "urgent-taken",
        /// 重新办理.
        Reopened = "reopened",
        /// 封存.
        Sealed = "sealed",
        /// A reader was named.
        ReaderNamed = "reader-named",
        /// A party was named.
        PartyNamed = "party-named",
        /// A sealed letter was read.
        Read = "read",
    }
}

/// What the chain covers of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The letter.
    pub letter_id: i64,
    /// 1, 2, 3 … without gaps.
    pub seq: i64,
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// Who; the machine where `None`.
    pub actor_id: Option<i64>,
    /// What.
    pub kind: EventKind,
    /// Ids, codes, dates.
    pub data: Value,
    /// Digest of its words.
    pub note_digest: Option<[u8; 32]>,
}

impl Event {
    /// The bytes that are hashed: each field as its length (8 bytes, big endian) and its bytes, in
    /// the order of the struct; integers as 8 bytes big endian, absent ones empty; `data` as JSON
    /// with sorted keys and no spaces.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let actor = self
            .actor_id
            .map(|a| a.to_be_bytes().to_vec())
            .unwrap_or_default();
        // serde_json keeps object keys sorted unless its `preserve_order` is switched on.
        let data = self.data.to_string();
        let note = self.note_digest.map(|d| d.to_vec()).unwrap_or_default();
        let fields: [&[u8]; 7] = [
            &self.letter_id.to_be_bytes(),
            &self.seq.to_be_bytes(),
            &self.at.to_be_bytes(),
            &actor,
            self.kind.code().as_bytes(),
            data.as_bytes(),
            &note,
        ];
        let mut out = Vec::with_capacity(128 + data.len());
        for field in fields {
            out.extend((field.len() as u64).to_be_bytes());
            out.extend(field);
        }
        out
    }
}

/// The hash of an event after the hash of the one before (zeros before the first).
#[must_use]
pub fn chain(prev: &[u8; 32], canonical: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(prev)
        .chain_update(canonical)
        .finalize()
        .into()
}

/// The digest by which a chain covers words that may be erased.
#[must_use]
pub fn note_digest(salt: &[u8], note: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(salt)
        .chain_update(note.as_bytes())
        .finalize()
        .into()
}

/// Where a chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the history breaks at event {seq}")]
pub struct Broken {
    /// The first event that does not fit.
    pub seq: i64,
}

/// Verifies a chain: each event with its stored hash, and the head its letter carries.
///
/// # Errors
/// The first place where it breaks; a missing tail shows as the event after the last.
pub fn verify<'a>(
    events: impl Iterator<Item = (&'a Event, &'a [u8; 32])>,
    head: (i64, &[u8; 32]),
) -> Result<(), Broken> {
    let (mut seq, mut prev) = (0, [0; 32]);
    for (event, hash) in events {
        seq += 1;
        if event.seq != seq || chain(&prev, &event.canonical()) != *hash {
            return Err(Broken { seq });
        }
        prev = *hash;
    }
    if head == (seq, &prev) {
        Ok(())
    } else {
        Err(Broken { seq: seq + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(n: i64) -> Vec<(Event, [u8; 32])> {
        let mut prev = [0; 32];
        (1..=n)
            .map(|seq| {
                let event = Event {
                    letter_id: 1,
                    seq,
                    at: seq * 1_000,
                    actor_id: (seq > 1).then_some(7),
                    kind: EventKind::Noted,
                    data: serde_json::json!({"b": seq, "a": "x"}),
                    note_digest: Some(note_digest(b"salt", "words")),
                };
                prev = chain(&prev, &event.canonical());
                (event, prev)
            })
            .collect()
    }

    fn check(all: &[(Event, [u8; 32])], head: (i64, &[u8; 32])) -> Result<(), Broken> {
        verify(all.iter().map(|(e, h)| (e, h)), head)
    }

    #[test]
    fn changes_gaps_and_lost_tails_are_found() {
        let all = history(4);
        let head = all[3].1;
        assert_eq!(check(&all, (4, &head)), Ok(()));
        let mut changed = all.clone();
        changed[1].0.actor_id = Some(8);
        assert_eq!(check(&changed, (4, &head)), Err(Broken { seq: 2 }));
        let mut gap = all.clone();
        gap.remove(2);
        assert_eq!(check(&gap, (4, &head)), Err(Broken { seq: 3 }));
        assert_eq!(check(&all[..3], (4, &head)), Err(Broken { seq: 4 }));
    }
}
