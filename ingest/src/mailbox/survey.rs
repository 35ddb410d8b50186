//! Looks at everything that lies in a mailbox's folders and changes nothing: what the ledger is
//! held against. Bytes come in batches of limited weight, and only where they are asked for.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{
    Mailbox,
    fault::Fault,
    login,
    net::Watch,
    talk::{Answer, Talk},
};
use crate::{arrival::LedgerError, files::batch};

/// UIDs asked about in one command.
const UNIT: usize = 200;

/// A mail that lies in one of the folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    /// The folder.
    pub folder: String,
    /// Its source key, in the folder that is read; where mail was moved it has none.
    pub key: Option<String>,
    /// Its number there.
    pub uid: u32,
    /// INTERNALDATE.
    pub received_at: Option<Timestamp>,
    /// Bytes, as the server states them.
    pub size: Option<u64>,
}

/// Who looks on.
pub trait Surveyor {
    /// Which of these must be fetched to be known; the others are settled.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn look(&mut self, mails: &[Lying]) -> Result<Vec<bool>, LedgerError>;

    /// Mails with their bytes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn hold(&mut self, mails: Vec<(Lying, Vec<u8>)>) -> Result<(), LedgerError>;

    /// A mail that the server does not hand out.
    fn withheld(&mut self, mail: &Lying, why: &str);
}

/// The mailbox could not be looked at to the end.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SurveyError(String);

impl SurveyError {
    pub(super) fn of(words: String) -> Self {
        Self(words)
    }
}

impl From<Fault> for SurveyError {
    fn from(fault: Fault) -> Self {
        Self(fault.to_string())
    }
}

impl From<LedgerError> for SurveyError {
    fn from(error: LedgerError) -> Self {
        Self(error.to_string())
    }
}

/// Looks at the folder that is read and at those that mail is moved to.
///
/// # Errors
/// When the server cannot be reached or breaks off, or the ledger cannot be read.
pub fn survey(
    mailbox: &Mailbox,
    surveyor: &mut dyn Surveyor,
    stop: &CancellationToken,
) -> Result<(), SurveyError> {
    let problems = mailbox.problems();
    if !problems.is_empty() {
        return Err(SurveyError(problems.join("; ")));
    }
    let mut session = Session {
        mailbox,
        watch: Watch::new(stop.clone()),
        talk: None,
    };
    for folder in std::iter::once(mailbox.folder.as_str()).chain(mailbox.targets()) {
        folder_of(&mut session, folder, surveyor)?;
    }
    Ok(())
}

/// A conversation that is opened again where a mail broke it.
struct Session<'a> {
    mailbox: &'a Mailbox,
    watch: std::sync::Arc<Watch>,
    talk: Option<Talk>,
}

impl Session<'_> {
    fn talk(&mut self) -> Result<&mut Talk, Fault> {
        let talk = match self.talk.take() {
            Some(talk) => talk,
            None => login::open(self.mailbox, &self.watch)?,
        };
        Ok(self.talk.insert(talk))
    }
}

fn folder_of(
    session: &mut Session<'_>,
    folder: &str,
    surveyor: &mut dyn Surveyor,
) -> Result<(), SurveyError> {
    let mailbox = session.mailbox;
    let is_read = folder == mailbox.folder;
    let Some(selected) = session.talk()?.examine(folder)? else {
        // Where mail is moved to comes into being with the first mail moved.
        return if is_read {
            Err(SurveyError(format!("folder: {folder} cannot be opened")))
        } else {
            Ok(())
        };
    };
    let validity = selected.uid_validity.filter(|v| *v != 0);
    let Some(validity) = validity.or((!is_read).then_some(0)) else {
        return Err(SurveyError(
            "folder: the server gives its mail no permanent numbers (UIDVALIDITY)".to_owned(),
        ));
    };
    let uids = session.talk()?.search(1)?;
    for unit in uids.chunks(UNIT) {
        let envelopes = match session.talk()?.envelopes(unit)? {
            Answer::Done(envelopes) => envelopes,
            Answer::Refused(words) => return Err(SurveyError(format!("fetch: {words}"))),
        };
        let lying = unit.iter().map(|&uid| {
            let envelope = envelopes.get(&uid);
            Lying {
                folder: folder.to_owned(),
                key: is_read.then(|| mailbox.key(validity, uid)),
                uid,
                received_at: envelope.and_then(|e| e.received_at),
                size: envelope.and_then(|e| e.size),
            }
        });
        let lying: Vec<Lying> = lying.collect();
        let wanted = surveyor.look(&lying)?;
        let asked = lying.into_iter().zip(wanted);
        let wanted: Vec<Lying> = asked.filter(|(_, w)| *w).map(|(l, _)| l).collect();
        let runs = batch::by_weight(&wanted, |l| l.size.unwrap_or(0));
        let mut runs: Vec<Vec<Lying>> = runs.into_iter().rev().map(<[Lying]>::to_vec).collect();
        while let Some(run) = runs.pop() {
            let Some(why) = fetch(session, &run, surveyor)? else {
                continue;
            };
            // One of them is the cause: each half by itself, and at last that mail alone.
            if let [mail] = &run[..] {
                surveyor.withheld(mail, &why);
            } else {
                let (left, right) = run.split_at(run.len() / 2);
                runs.extend([right.to_vec(), left.to_vec()]);
            }
        }
    }
    Ok(())
}

/// Hands on the bytes of a run; `Some` is why the server does not give them.
fn fetch(
    session: &mut Session<'_>,
    run: &[Lying],
    surveyor: &mut dyn Surveyor,
) -> Result<Option<String>, SurveyError> {
    let uids: Vec<u32> = run.iter().map(|l| l.uid).collect();
    let size = run.iter().filter_map(|l| l.size).sum();
    if session.talk.is_none() {
        session.talk()?.examine(&run[0].folder)?;
    }
    let mut bodies = match session.talk()?.bodies(&uids, size) {
        Ok(Answer::Done(bodies)) => bodies,
        Ok(Answer::Refused(words)) => return Ok(Some(words)),
        Err(Fault::Fetch { why, .. }) => {
            session.talk = None;
            return Ok(Some(why));
        }
        Err(fault) => return Err(fault.into()),
    };
    let mut held = Vec::with_capacity(run.len());
    for mail in run {
        // Without a body somebody took it away meanwhile, which is theirs to do.
        if let Some(raw) = bodies.remove(&mail.uid).and_then(|b| b.body) {
            held.push((mail.clone(), raw));
        }
    }
    surveyor.hold(held)?;
    Ok(None)
}
