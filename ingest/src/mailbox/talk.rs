//! A signed-in conversation: commands, the count of messages kept through every answer, IDLE.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use imap::{Session, extensions::idle::WaitOutcome, types::UnsolicitedResponse};
use jiff::Timestamp;

use super::{
    fault::{Cause, Fault, cause, describe, refusal},
    net::{Net, SILENCE, Watch},
    wire,
};

/// How long a server may take to say that it idles.
const IDLE_START: Duration = Duration::from_secs(5);

/// A command's end, where the conversation goes on.
pub(super) enum Answer<T> {
    Done(T),
    /// NO or BAD, in the server's words.
    Refused(String),
}

/// What SELECT told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selected {
    /// Missing where the server keeps no permanent UIDs.
    pub uid_validity: Option<u32>,
    pub uid_next: Option<u32>,
}

/// One message of a FETCH answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fetched {
    pub received_at: Option<Timestamp>,
    pub size: Option<u64>,
    pub body: Option<Vec<u8>>,
}

/// A conversation after login.
pub(super) struct Talk {
    session: Session<Net>,
    watch: Arc<Watch>,
    capabilities: BTreeSet<String>,
    exists: u32,
    news: bool,
}

impl Talk {
    pub(super) fn new(session: Session<Net>, watch: Arc<Watch>) -> Self {
        Talk {
            session,
            watch,
            capabilities: BTreeSet::new(),
            exists: 0,
            news: false,
        }
    }

    /// Whether the server has an extension, after login.
    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Messages in the folder, as far as the server has told.
    pub(super) fn exists(&self) -> u32 {
        self.exists
    }

    /// Whether messages came since the last call.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Runs a command. An error means that the conversation is over.
    pub(super) fn ask(&mut self, command: &str) -> Result<Answer<Vec<u8>>, Fault> {
        self.watch.allow(0);
        match self.session.run(command) {
            Ok((raw, _)) => {
                for count in wire::untagged(&raw).filter_map(wire::count) {
                    self.note(count);
                }
                Ok(Answer::Done(raw))
            }
            Err(e) => match refusal(&e) {
                Some(words) => {
                    // What the server told beside its refusal is lost: look again.
                    self.news = true;
                    Ok(Answer::Refused(words))
                }
                None => Err(Fault::Talk(describe(&e))),
            },
        }
    }

    fn note(&mut self, count: wire::Count) {
        match count {
            wire::Count::Exists(n) => {
                // Some servers tell it with every answer; what went is counted by EXPUNGE.
                self.news |= n > self.exists;
                self.exists = n;
            }
            wire::Count::Expunge => self.exists = self.exists.saturating_sub(1),
        }
    }

    pub(super) fn learn_capabilities(&mut self) -> Result<(), Fault> {
        if let Answer::Done(raw) = self.ask("CAPABILITY")? {
            self.capabilities = wire::capabilities(&raw);
        }
        Ok(())
    }

    /// Opens the folder for reading and moving.
    pub(super) fn select(&mut self, folder: &str) -> Result<Selected, Fault> {
        match self.ask(&format!("SELECT {}", wire::folder(folder)))? {
            Answer::Done(raw) => Ok(selected(&raw)),
            Answer::Refused(words) => {
                Err(Fault::Folder(format!("{folder} cannot be opened: {words}")))
            }
        }
    }

    /// Opens a folder for looking only; `None` where there is none of that name.
    pub(super) fn examine(&mut self, folder: &str) -> Result<Option<Selected>, Fault> {
        let answer = self.ask(&format!("EXAMINE {}", wire::folder(folder)))?;
        Ok(match answer {
            Answer::Done(raw) => Some(selected(&raw)),
            Answer::Refused(_) => None,
        })
    }

    /// How many messages lie in a folder that is not open; `None` where the server does not say.
    pub(super) fn status(&mut self, folder: &str) -> Result<Option<u32>, Fault> {
        let answer = self.ask(&format!("STATUS {} (MESSAGES)", wire::folder(folder)))?;
        Ok(match answer {
            Answer::Done(raw) => wire::untagged(&raw).find_map(wire::messages),
            Answer::Refused(_) => None,
        })
    }

    /// UIDs from `first` on, ascending.
    pub(super) fn search(&mut self, first: u32) -> Result<Vec<u32>, Fault> {
        match self.ask(&format!("UID SEARCH UID {first}:*"))? {
            Answer::Done(raw) => {
                let mut uids = wire::search(&raw);
                if first == 1 {
                    self.exists = u32::try_from(uids.len()).unwrap_or(u32::MAX);
                }
                // `n:*` always holds the last message, even one below n.
                uids.retain(|&uid| uid >= first);
                Ok(uids)
            }
            Answer::Refused(_) if self.exists == 0 => Ok(Vec::new()),
            Answer::Refused(words) => Err(Fault::Folder(format!(
                "the folder cannot be searched: {words}"
            ))),
        }
    }

    /// Which of these still lie in the folder.
    pub(super) fn present(&mut self, uids: &[u32]) -> Result<Vec<u32>, Fault> {
        // Brings the folder's view up to date, which SEARCH alone need not.
        self.ask("NOOP")?;
        match self.ask(&format!("UID SEARCH UID {}", wire::uid_set(uids)))? {
            Answer::Done(raw) => Ok(wire::search(&raw)),
            Answer::Refused(_) => Ok(uids.to_vec()),
        }
    }

    /// Date of receipt and size of these.
    pub(super) fn envelopes(
        &mut self,
        uids: &[u32],
    ) -> Result<Answer<BTreeMap<u32, Fetched>>, Fault> {
        self.fetch(uids, "(UID INTERNALDATE RFC822.SIZE)", 0)
    }

    /// The bytes of these, unread marks untouched. `size` is what the server announced for all.
    pub(super) fn bodies(
        &mut self,
        uids: &[u32],
        size: u64,
    ) -> Result<Answer<BTreeMap<u32, Fetched>>, Fault> {
        // Some servers announce the size with bare line ends, a few percent too small.
        self.fetch(
            uids,
            "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[])",
            size.saturating_mul(2),
        )
    }

    fn fetch(
        &mut self,
        uids: &[u32],
        items: &str,
        allowance: u64,
    ) -> Result<Answer<BTreeMap<u32, Fetched>>, Fault> {
        let broken = |cause, why| Fault::Fetch {
            uids: uids.to_vec(),
            cause,
            why,
        };
        self.watch.allow(allowance);
        let set = wire::uid_set(uids);
        let answer = catch_unwind(AssertUnwindSafe(|| self.session.uid_fetch(&set, items)));
        let Ok(answer) = answer else {
            return Err(broken(
                Cause::Garbled,
                "the server's answer cannot be read".to_owned(),
            ));
        };
        let fetches = match answer {
            Ok(fetches) => fetches,
            Err(e) => {
                return match refusal(&e) {
                    Some(words) => Ok(Answer::Refused(words)),
                    None => Err(broken(cause(&e), describe(&e))),
                };
            }
        };
        let mut found: BTreeMap<u32, Fetched> = BTreeMap::new();
        for fetch in fetches.iter() {
            // Without a UID, or with another one, it is a flag change told in passing.
            let Some(uid) = fetch.uid.filter(|uid| uids.binary_search(uid).is_ok()) else {
                continue;
            };
            let one = found.entry(uid).or_default();
            let date = fetch.internal_date().map(|date| date.timestamp());
            one.received_at = one
                .received_at
                .or(date.and_then(|s| Timestamp::from_second(s).ok()));
            one.size = one.size.or(fetch.size.map(u64::from));
            one.body = one.body.take().or(fetch.body().map(<[u8]>::to_vec));
        }
        drop(fetches);
        self.hear();
        Ok(Answer::Done(found))
    }

    /// What the library set aside as unasked-for.
    fn hear(&mut self) {
        let heard: Vec<_> = self.session.take_all_unsolicited().collect();
        for count in heard.iter().filter_map(counted) {
            self.note(count);
        }
    }

    /// Waits until something changes in the folder, or for `wait`.
    pub(super) fn idle(&mut self, wait: Duration) -> Result<(), Fault> {
        let mut heard = Vec::new();
        self.watch.limit(IDLE_START, IDLE_START);
        self.watch.allow(0);
        // The library panics on a server that answers IDLE with OK.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut idle = self.session.idle();
            idle.timeout(wait).keepalive(false);
            idle.wait_while(|response| {
                heard.extend(counted(&response));
                // Flags of others are no news; anything else is worth a look.
                matches!(response, UnsolicitedResponse::Fetch { .. })
            })
        }));
        self.watch.limit(SILENCE, super::net::PATIENCE);
        for count in heard {
            self.note(count);
        }
        match outcome {
            Ok(Ok(WaitOutcome::TimedOut | WaitOutcome::MailboxChanged)) => Ok(()),
            Ok(Err(e)) => Err(Fault::Idle(describe(&e))),
            Err(_) => Err(Fault::Idle(
                "the server does not know how to idle".to_owned(),
            )),
        }
    }
}

fn selected(raw: &[u8]) -> Selected {
    let code = |name| wire::untagged(raw).find_map(|line| wire::code(line, name));
    Selected {
        uid_validity: code("UIDVALIDITY"),
        uid_next: code("UIDNEXT"),
    }
}

fn counted(response: &UnsolicitedResponse) -> Option<wire::Count> {
    match response {
        UnsolicitedResponse::Exists(n) => Some(wire::Count::Exists(*n)),
        UnsolicitedResponse::Expunge(_) => Some(wire::Count::Expunge),
        _ => None,
    }
}
