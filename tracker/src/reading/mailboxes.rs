//! Proof, mail by mail, that what lies in the mailboxes is in the ledger: by key in the folder that
//! is read, by digest where mail was moved, by date and size where bytes were never fetched. What
//! somebody took away from the server is counted, and missed only where we never had its bytes.

use std::collections::{BTreeMap, HashMap, HashSet};

use ingest::{
    arrival::{Arrival, LedgerError},
    files::Found,
    mailbox::{Lying, Mailbox, Surveyor, survey},
    maildir::{self, Maildir},
};
use serde::Serialize;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::reconcile::Difference;
use crate::{
    app::App,
    domain::words::{Fate, Source},
    letters::{Error, Result},
    store::{Result as Stored, arrivals::ArrivalRecord},
};

/// What one mailbox came to: `on_server` = the sum of `by_fate`, `unknown` and `withheld`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Compared {
    /// `imap` or `maildir`.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Mails that lie there.
    pub on_server: u64,
    /// Of these, in the ledger, by fate; `waiting` is being read.
    pub by_fate: BTreeMap<String, u64>,
    /// Of these, not in the ledger.
    pub unknown: u64,
    /// Of these, not handed out by the server, and so compared with nothing.
    pub withheld: u64,
    /// Lines of the ledger for this mailbox.
    pub in_ledger: u64,
    /// Of these, mails that lie there no longer: somebody moved or deleted them.
    pub elsewhere: u64,
}

/// Everything held against the ledger.
#[derive(Debug, Default)]
pub struct Mailboxes {
    /// One each.
    pub compared: Vec<Compared>,
    /// Each one named.
    pub differences: Vec<Difference>,
}

/// A source to hold against the ledger.
pub enum Place {
    /// Over IMAP.
    Mailbox(Mailbox),
    /// A folder.
    Maildir(Maildir),
}

/// Compares every place; `progress` is told how many mails were looked at.
///
/// # Errors
/// When the database refuses. A mailbox that cannot be looked at is a difference.
pub async fn compare(
    app: &App,
    places: Vec<Place>,
    progress: impl Fn(u64) + Send + Clone + 'static,
) -> Result<Mailboxes> {
    let mut all = Mailboxes::default();
    for place in places {
        let (source, name) = match &place {
            Place::Mailbox(m) => (Source::Imap, m.name.clone()),
            Place::Maildir(m) => (Source::Maildir, m.name.clone()),
        };
        let mut comparison = Comparison {
            unfetched: app.store.unfetched_lines(source, &name).await?,
            app: app.clone(),
            runtime: Handle::current(),
            source,
            compared: Compared {
                source: source.to_string(),
                name,
                ..Compared::default()
            },
            used: HashSet::new(),
            expected: HashMap::new(),
            differences: Vec::new(),
            progress: Box::new(progress.clone()),
        };
        // Mail servers are talked to in the manner of threads.
        let looked = tokio::task::spawn_blocking(move || {
            let end = match place {
                Place::Mailbox(mailbox) => {
                    survey(&mailbox, &mut comparison, &CancellationToken::new())
                        .map_err(|e| e.to_string())
                }
                Place::Maildir(maildir) => comparison.maildir(&maildir),
            };
            (comparison, end)
        });
        let (mut comparison, end) = looked.await.map_err(|e| Error::CutShort(e.to_string()))?;
        match end {
            Ok(()) => comparison.finish().await?,
            Err(why) => {
                let what = comparison.name();
                comparison.differ(what, "can be looked at".into(), why);
            }
        }
        all.compared.push(comparison.compared);
        all.differences.extend(comparison.differences);
    }
    Ok(all)
}

struct Comparison {
    app: App,
    runtime: Handle,
    source: Source,
    compared: Compared,
    /// Lines that a mail was found for.
    used: HashSet<i64>,
    /// Lines that mails of the batch at hand claim by their key.
    expected: HashMap<String, ArrivalRecord>,
    /// Lines whose bytes we never had.
    unfetched: Vec<ArrivalRecord>,
    differences: Vec<Difference>,
    progress: Box<dyn Fn(u64) + Send>,
}

impl Comparison {
    fn name(&self) -> String {
        format!("{}:{}", self.source, self.compared.name)
    }

    fn differ(&mut self, what: String, expected: String, found: String) {
        self.differences.push(Difference {
            kind: "mailbox",
            what,
            expected,
            found,
        });
    }

    fn wait<T>(
        &self,
        work: impl Future<Output = Stored<T>>,
    ) -> std::result::Result<T, LedgerError> {
        self.runtime
            .block_on(work)
            .map_err(|e| LedgerError(e.to_string()))
    }

    /// A mail that this line stands for.
    fn settle(&mut self, line: &ArrivalRecord) {
        self.used.insert(line.id);
        let fate = line.fate.map_or("waiting", |f| f.code());
        *self.compared.by_fate.entry(fate.to_owned()).or_default() += 1;
    }

    fn unknown(&mut self, what: String) {
        self.compared.unknown += 1;
        let found = "nothing: it was not taken in (yet)".to_owned();
        self.differ(what, "a line of the ledger".into(), found);
    }

    /// A mail whose bytes we never had, told by date and size.
    fn unfetched(&mut self, mail: &Lying) -> Option<ArrivalRecord> {
        let size = i64::try_from(mail.size?).ok()?;
        let at = mail.received_at?;
        let line = self
            .unfetched
            .iter()
            .find(|l| l.size == size && l.received_at == at && !self.used.contains(&l.id));
        line.cloned()
    }

    /// Compares bytes: by the line that the key names, else by any line with the same digest.
    fn weigh(
        &mut self,
        mails: Vec<(String, Option<String>, Vec<u8>)>,
    ) -> std::result::Result<(), LedgerError> {
        let digest = |raw: &[u8]| self.app.store.vault.blob_id(raw);
        let digests: Vec<String> = mails.iter().map(|(_, _, raw)| digest(raw)).collect();
        let store = self.app.store.clone();
        let name = self.compared.name.clone();
        let lines = self.wait(store.lines_of(self.source, &name, &digests))?;
        for ((what, key, _), digest) in mails.into_iter().zip(digests) {
            let known = key.and_then(|k| self.expected.remove(&k));
            if let Some(line) = known {
                self.settle(&line);
                if line.digest.as_deref() != Some(digest.as_str()) {
                    let short = |d: &str| format!("bytes {}", &d[..d.len().min(16)]);
                    let expected = short(line.digest.as_deref().unwrap_or("none"));
                    self.differ(what, expected, short(&digest));
                }
                continue;
            }
            // A copy of bytes that are known is nothing lost: a mail moved back, or an earlier
            // move that was cut off.
            let same = lines.iter().filter(|l| l.digest.as_ref() == Some(&digest));
            let free = same.clone().find(|l| !self.used.contains(&l.id));
            match free.or(same.clone().next()).cloned() {
                Some(line) => self.settle(&line),
                None => self.unknown(what),
            }
        }
        Ok(())
    }

    fn maildir(&mut self, maildir: &Maildir) -> std::result::Result<(), String> {
        let now = self.app.now();
        maildir::survey(maildir, now, &mut |found| {
            self.compared.on_server += 1;
            (self.progress)(self.compared.on_server);
            let (key, raw) = match found {
                Found::Arrival(Arrival {
                    source_key, raw, ..
                }) => (source_key, Some(raw)),
                Found::Unfetched(unfetched) => (unfetched.source_key, None),
            };
            let store = self.app.store.clone();
            let keys = [key.clone()];
            let line = self.wait(store.arrivals_by_key(&keys))?.into_iter().next();
            match (line, raw) {
                (Some(line), Some(raw)) if line.digest.is_some() => {
                    self.expected.insert(key.clone(), line);
                    self.weigh(vec![(key.clone(), Some(key), raw)])?;
                }
                (Some(line), _) => self.settle(&line),
                (None, Some(raw)) => self.weigh(vec![(key, None, raw)])?,
                (None, None) => self.unknown(key),
            }
            Ok(())
        })
        .map_err(|e| e.to_string())
    }

    /// What of the ledger lies there no longer.
    async fn finish(&mut self) -> Result<()> {
        let counts = self.app.store.ledger_counts().await?;
        let own = counts
            .iter()
            .filter(|c| c.source == self.source.code() && c.name == self.compared.name);
        let lines: i64 = own.map(|c| c.n).sum();
        self.compared.in_ledger = u64::try_from(lines).unwrap_or_default();
        self.compared.elsewhere = self
            .compared
            .in_ledger
            .saturating_sub(self.used.len() as u64);
        let lost: Vec<ArrivalRecord> = self
            .unfetched
            .iter()
            .filter(|l| l.fate == Some(Fate::Quarantined) && !self.used.contains(&l.id))
            .cloned()
            .collect();
        for line in lost {
            let expected = "on the server, as its bytes were never fetched".to_owned();
            self.differ(line.source_key, expected, "no longer there".into());
        }
        Ok(())
    }
}

fn place(name: &str, mail: &Lying) -> String {
    let at = mail
        .received_at
        .map_or("unknown".into(), |at| at.to_string());
    let size = mail.size.unwrap_or_default();
    format!(
        "imap:{name}/{} UID {}, received {at}, {size} bytes",
        mail.folder, mail.uid
    )
}

impl Surveyor for Comparison {
    fn look(&mut self, mails: &[Lying]) -> std::result::Result<Vec<bool>, LedgerError> {
        self.compared.on_server += mails.len() as u64;
        (self.progress)(self.compared.on_server);
        let keys: Vec<String> = mails.iter().filter_map(|m| m.key.clone()).collect();
        let store = self.app.store.clone();
        let lines = self.wait(store.arrivals_by_key(&keys))?;
        let mut lines: HashMap<String, ArrivalRecord> = lines
            .into_iter()
            .map(|l| (l.source_key.clone(), l))
            .collect();
        let too_large = |m: &Lying| m.size.is_some_and(|s| s > ingest::mailbox::MAX_BYTES);
        let mut wanted = Vec::with_capacity(mails.len());
        for mail in mails {
            let line = mail.key.as_ref().and_then(|k| lines.remove(k));
            wanted.push(match line {
                Some(line) if line.digest.is_none() => {
                    self.settle(&line);
                    false
                }
                Some(line) => {
                    self.expected.insert(line.source_key.clone(), line);
                    true
                }
                None => match self.unfetched(mail) {
                    Some(line) => {
                        self.settle(&line);
                        false
                    }
                    None if too_large(mail) => {
                        self.unknown(place(&self.compared.name, mail));
                        false
                    }
                    None => true,
                },
            });
        }
        Ok(wanted)
    }

    fn hold(&mut self, mails: Vec<(Lying, Vec<u8>)>) -> std::result::Result<(), LedgerError> {
        let named = mails.into_iter().map(|(mail, raw)| {
            let what = place(&self.compared.name, &mail);
            (what, mail.key, raw)
        });
        let named = named.collect();
        self.weigh(named)
    }

    fn withheld(&mut self, mail: &Lying, why: &str) {
        self.compared.withheld += 1;
        let what = place(&self.compared.name, mail);
        self.differ(what, "its bytes".into(), format!("the server says: {why}"));
    }
}
