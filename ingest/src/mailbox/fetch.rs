//! From UIDs to the ledger: envelopes, then bytes in batches, each committed before the next.

use std::collections::BTreeMap;

use super::{
    fault::Fault,
    memory::Doom,
    sweep::Folder,
    talk::{Answer, Fetched},
};
use crate::{
    arrival::{Arrival, BeforeStart, Kept, Unfetched},
    files::batch,
};

/// Takes in what can be; returns those that are in the ledger now. The others stay for a later
/// sweep, with strikes against them.
pub(super) fn take(folder: &mut Folder<'_>, uids: &[u32]) -> Result<Vec<u32>, Fault> {
    if let &[uid] = uids
        && let Some(doom) = folder.memory.doom(uid)
    {
        give_up(folder, uid, doom)?;
        return Ok(vec![uid]);
    }
    let envelopes = match folder.talk.envelopes(uids)? {
        Answer::Done(envelopes) => envelopes,
        Answer::Refused(words) => return halve(folder, uids, &words, take),
    };
    let (mut before, mut unfetched, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
    for &uid in uids {
        let Some(envelope) = envelopes.get(&uid) else {
            match folder.memory.doom(uid) {
                Some(doom) => unfetched.push((uid, unread(folder, uid, doom))),
                None => folder
                    .memory
                    .refused(uid, folder.came, "left out of the answer"),
            }
            continue;
        };
        if folder.is_before_start(uid, envelope.received_at) {
            before.push((uid, before_start(folder, uid, envelope)));
        } else if envelope
            .size
            .is_some_and(|size| size > folder.job.mailbox.max_bytes)
        {
            unfetched.push((uid, too_large(folder, uid, envelope)));
        } else if let Some(doom) = folder.memory.doom(uid) {
            unfetched.push((uid, unread(folder, uid, doom)));
        } else {
            wanted.push(uid);
        }
    }
    let mut done = note_before_start(folder, before)?;
    done.extend(quarantine(folder, unfetched)?);
    let size = |uid: u32| envelopes.get(&uid).and_then(|e| e.size).unwrap_or(0);
    for batch in batch::by_weight(&wanted, |&uid| size(uid)) {
        let taken = fetch(folder, batch, &envelopes);
        folder.memory.note(batch, &envelopes);
        done.extend(taken?);
    }
    Ok(done)
}

/// Fetches one batch and commits it.
fn fetch(
    folder: &mut Folder<'_>,
    uids: &[u32],
    envelopes: &BTreeMap<u32, Fetched>,
) -> Result<Vec<u32>, Fault> {
    let size = uids.iter().filter_map(|uid| envelopes.get(uid)?.size).sum();
    let mut bodies = match folder.talk.bodies(uids, size)? {
        Answer::Done(bodies) => bodies,
        Answer::Refused(words) => {
            return halve(folder, uids, &words, |folder, half| {
                fetch(folder, half, envelopes)
            });
        }
    };
    crate::fail_point("imap-after-fetch");
    let seen_at = (folder.job.now)();
    let (mut taken, mut batch, mut unfetched) = (Vec::new(), Vec::new(), Vec::new());
    for &uid in uids {
        let Some(Fetched {
            received_at,
            size,
            body: Some(raw),
        }) = bodies.remove(&uid)
        else {
            let why = "the server has no content for it, or somebody is deleting it";
            folder.memory.refused(uid, folder.came, why);
            continue;
        };
        let envelope = envelopes.get(&uid);
        let received_at = received_at.or(envelope.and_then(|e| e.received_at));
        if raw.len() as u64 > folder.job.mailbox.max_bytes {
            let size = size.max(Some(raw.len() as u64));
            let envelope = Fetched {
                received_at,
                size,
                body: None,
            };
            unfetched.push((uid, too_large(folder, uid, &envelope)));
            continue;
        }
        let received_at = received_at.unwrap_or(seen_at);
        batch.push(Arrival {
            source_key: folder.key(uid),
            received_at,
            seen_at,
            raw,
        });
        taken.push(uid);
    }
    folder.came |= !taken.is_empty();
    folder.memory.came |= folder.came;
    let mut done = quarantine(folder, unfetched)?;
    if batch.is_empty() {
        return Ok(done);
    }
    let settled = folder.job.ledger.keep(batch)?;
    folder.memory.settled(taken.iter().copied());
    for &uid in &taken {
        let key = folder.key(uid);
        folder.memory.keep(key, uid);
    }
    folder.memory.read(settled);
    done.append(&mut taken);
    Ok(done)
}

/// The server said NO to several: one of them is the cause. Or all are, and each gets its strike.
fn halve(
    folder: &mut Folder<'_>,
    uids: &[u32],
    words: &str,
    mut again: impl FnMut(&mut Folder<'_>, &[u32]) -> Result<Vec<u32>, Fault>,
) -> Result<Vec<u32>, Fault> {
    if let &[uid] = uids {
        folder.memory.refused(uid, folder.came, words);
        return Ok(Vec::new());
    }
    let (left, right) = uids.split_at(uids.len() / 2);
    let mut done = again(folder, left)?;
    done.extend(again(folder, right)?);
    Ok(done)
}

fn before_start(folder: &Folder<'_>, uid: u32, envelope: &Fetched) -> BeforeStart {
    BeforeStart {
        source_key: folder.key(uid),
        received_at: envelope.received_at.unwrap_or(folder.cursor.started_at),
        size: envelope.size.unwrap_or(0),
    }
}

fn too_large(folder: &Folder<'_>, uid: u32, envelope: &Fetched) -> Unfetched {
    let reason = batch::too_large(envelope.size.unwrap_or(0), folder.job.mailbox.max_bytes);
    unread(
        folder,
        uid,
        Doom {
            envelope: Some(envelope.clone()),
            reason,
        },
    )
}

fn unread(folder: &Folder<'_>, uid: u32, doom: Doom) -> Unfetched {
    let Fetched {
        received_at, size, ..
    } = doom.envelope.unwrap_or_default();
    let received_at = received_at.unwrap_or_else(|| (folder.job.now)());
    Unfetched {
        source_key: folder.key(uid),
        received_at,
        size,
        reason: doom.reason,
    }
}

/// A mail whose very envelope breaks the conversation.
fn give_up(folder: &mut Folder<'_>, uid: u32, doom: Doom) -> Result<(), Fault> {
    let envelope = doom.envelope.clone().unwrap_or_default();
    if folder.is_before_start(uid, envelope.received_at) {
        let note = before_start(folder, uid, &envelope);
        note_before_start(folder, vec![(uid, note)])?;
    } else {
        let item = unread(folder, uid, doom);
        quarantine(folder, vec![(uid, item)])?;
    }
    Ok(())
}

fn note_before_start(
    folder: &mut Folder<'_>,
    notes: Vec<(u32, BeforeStart)>,
) -> Result<Vec<u32>, Fault> {
    let (uids, notes): (Vec<u32>, Vec<BeforeStart>) = notes.into_iter().unzip();
    if !notes.is_empty() {
        folder.job.ledger.note_before_start(notes)?;
    }
    folder.memory.settled(uids.iter().copied());
    Ok(uids)
}

fn quarantine(folder: &mut Folder<'_>, items: Vec<(u32, Unfetched)>) -> Result<Vec<u32>, Fault> {
    let (uids, items): (Vec<u32>, Vec<Unfetched>) = items.into_iter().unzip();
    if !items.is_empty() {
        for item in &items {
            tracing::warn!(
                key = item.source_key,
                reason = item.reason,
                "mail quarantined unfetched"
            );
        }
        folder.job.ledger.quarantine(items)?;
    }
    folder.memory.settled(uids.iter().copied());
    folder
        .memory
        .unmoved
        .extend(uids.iter().map(|&uid| (uid, Kept::Failed)));
    Ok(uids)
}
