//! Moving mail that the ledger holds: MOVE, else COPY, mark and UID EXPUNGE. Never a plain EXPUNGE,
//! which would take what others have marked as deleted.

use super::{
    fault::Fault,
    sweep::Folder,
    talk::{Answer, Talk},
    wire,
};
use crate::arrival::Kept;

/// UIDs moved by one command.
const MOVES: usize = 100;

/// Moves what is taken or failed and still in the folder. What the server will not move stays and
/// is tried again with the next sweep: the ledger knows it, so it is neither lost nor doubled.
pub(super) fn acknowledge(folder: &mut Folder<'_>) -> Result<(), Fault> {
    folder
        .memory
        .unmoved
        .retain(|_, kept| matches!(kept, Kept::Taken | Kept::Failed));
    // One refusal a sweep is enough.
    if folder.memory.unmoved.is_empty() || folder.complaint.is_some() {
        return Ok(());
    }
    crate::fail_point("imap-before-ack");
    for kept in [Kept::Taken, Kept::Failed] {
        let mailbox = &folder.job.mailbox;
        let target = if kept == Kept::Taken {
            &mailbox.processed
        } else {
            &mailbox.failed
        };
        let unmoved = &folder.memory.unmoved;
        let uids: Vec<u32> = unmoved
            .iter()
            .filter(|(_, k)| **k == kept)
            .map(|(uid, _)| *uid)
            .collect();
        for chunk in uids.chunks(MOVES) {
            let moved = if target.is_empty() {
                chunk.to_vec()
            } else {
                carry(folder, chunk, target)?
            };
            crate::fail_point("imap-after-ack");
            finish(folder, &moved)?;
            if moved.len() < chunk.len() {
                break;
            }
        }
    }
    Ok(())
}

/// These are away, or meant to stay: tells the ledger.
pub(super) fn finish(folder: &mut Folder<'_>, moved: &[u32]) -> Result<(), Fault> {
    if moved.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = moved.iter().map(|&uid| folder.key(uid)).collect();
    for uid in moved {
        folder.memory.unmoved.remove(uid);
    }
    // Harmless where it fails: the keys are settled, and the next full sweep tells them again.
    folder.job.ledger.acknowledged(&keys)?;
    Ok(())
}

/// Moves these, one by one where the server refuses them together; returns what is away.
fn carry(folder: &mut Folder<'_>, uids: &[u32], target: &str) -> Result<Vec<u32>, Fault> {
    let Some(mut refusal) = relocate(folder, uids, target)? else {
        return Ok(uids.to_vec());
    };
    // Another client may have taken some of them away: there is nothing left to move, and no
    // trouble to tell of. Dovecot refuses all where one is gone.
    let (uids, mut moved): (Vec<u32>, Vec<u32>) = {
        let present = folder.talk.present(uids)?;
        uids.iter().partition(|uid| present.contains(uid))
    };
    if !moved.is_empty() {
        match uids.is_empty() {
            true => return Ok(moved),
            false => match relocate(folder, &uids, target)? {
                None => {
                    moved.extend(uids);
                    return Ok(moved);
                }
                Some(again) => refusal = again,
            },
        }
    }
    complain(folder, target, &refusal);
    if let [first, .., last] = uids[..] {
        // A server that moves neither end has a trouble of its own: quota, rights, a missing
        // folder that cannot be made.
        let mut ends = Vec::new();
        for uid in [first, last] {
            if relocate(folder, &[uid], target)?.is_none() {
                ends.push(uid);
            }
        }
        if !ends.is_empty() {
            for &uid in &uids[1..uids.len() - 1] {
                if relocate(folder, &[uid], target)?.is_none() {
                    moved.push(uid);
                }
            }
        }
        moved.append(&mut ends);
    }
    Ok(moved)
}

fn complain(folder: &mut Folder<'_>, target: &str, refusal: &str) {
    let reason = format!(
        "move: mail is taken in, but cannot be moved to {target}: {refusal}; it stays where it is \
         and is tried again"
    );
    tracing::warn!(
        mailbox = folder.job.mailbox.name,
        reason,
        "mail stays in its folder"
    );
    folder.complaint = Some(reason);
}

/// Moves these all together, making the folder where it is missing; `Some` is the refusal.
fn relocate(folder: &mut Folder<'_>, uids: &[u32], target: &str) -> Result<Option<String>, Fault> {
    let Folder { talk, memory, .. } = folder;
    if talk.can("MOVE") {
        return put(talk, "MOVE", uids, target);
    }
    if !talk.can("UIDPLUS") {
        return Ok(Some("the server has neither MOVE nor UIDPLUS".to_owned()));
    }
    let uncopied: Vec<u32> = uids
        .iter()
        .copied()
        .filter(|uid| !memory.copied.contains(uid))
        .collect();
    if !uncopied.is_empty() {
        if let Some(words) = put(talk, "COPY", &uncopied, target)? {
            return Ok(Some(words));
        }
        memory.copied.extend(uncopied);
    }
    let set = wire::uid_set(uids);
    for command in [
        format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"),
        format!("UID EXPUNGE {set}"),
    ] {
        if let Answer::Refused(words) = talk.ask(&command)? {
            return Ok(Some(words));
        }
    }
    Ok(None)
}

/// MOVE or COPY, again after making the folder.
fn put(talk: &mut Talk, verb: &str, uids: &[u32], target: &str) -> Result<Option<String>, Fault> {
    let place = wire::folder(target);
    let command = format!("UID {verb} {} {place}", wire::uid_set(uids));
    if let Answer::Refused(_) = talk.ask(&command)? {
        // Not every server says TRYCREATE; making a folder that is there is refused and harmless.
        talk.ask(&format!("CREATE {place}"))?;
        if let Answer::Refused(words) = talk.ask(&command)? {
            return Ok(Some(words));
        }
    }
    Ok(None)
}
