//! What is to become of a message that was read: a letter of its own, an addition to one, a bounce of
//! our own mail, or something that is set aside. Decides only; [`super::register`] carries it out.

use std::collections::{HashMap, HashSet};

use ingest::letter::{Authentication, Automatic, IncomingLetter};

use super::{
    Result, announce,
    returned::{self, CameBack},
};
use crate::{
    app::App,
    domain::{
        code::ReplyToken,
        number,
        spam::Judged,
        thread::{self, Joining, Named},
        words::Fate,
    },
    store::arrivals::{ArrivalRecord, Verdict},
};

/// What is to become of a line that was read.
pub(super) enum Decision {
    /// It is set aside, or needs nothing.
    Fate(Verdict),
    /// It is a letter of its own.
    New(Box<IncomingLetter>),
    /// It joins a letter.
    Joins(i64, Box<IncomingLetter>),
    /// It says that a mail of ours came back.
    Returns(Verdict, Box<CameBack>),
}

/// What was found about a whole batch at once.
#[derive(Default)]
pub(super) struct Known {
    /// Our own mails that its messages answer, return or are, and the letters these were about.
    mails: HashMap<String, Vec<i64>>,
}

impl Known {
    pub(super) async fn of(
        app: &App,
        letters: impl Iterator<Item = &IncomingLetter>,
    ) -> Result<Self> {
        let ids: Vec<String> = letters.flat_map(named_mails).cloned().collect();
        let mut mails: HashMap<String, Vec<i64>> = HashMap::new();
        for some in ids.chunks(5_000) {
            for (mail, id) in app.store.letters_of_mails(some).await? {
                mails.entry(mail).or_default().push(id);
            }
        }
        Ok(Self { mails })
    }

    /// The letter that a mail of ours was about.
    pub(super) fn letter_of(&self, mail: &str) -> Option<i64> {
        self.mails.get(mail)?.first().copied()
    }
}

/// Every mail that might be one of ours.
pub(super) fn named_mails(letter: &IncomingLetter) -> impl Iterator<Item = &String> {
    let returned = letter.returned.iter().flat_map(|r| &r.mails);
    returned
        .chain(&letter.message_id)
        .chain(answered_mails(letter))
}

/// The mail answered directly first: it says more than the thread it stands in, and of that the
/// last says most. How many a field can hold, its reader limits.
fn answered_mails(letter: &IncomingLetter) -> impl Iterator<Item = &String> {
    letter
        .in_reply_to
        .iter()
        .chain(letter.references.iter().rev())
}

/// Decides anew by what the bytes say, as for any message that has just come in.
///
/// # Errors
/// When the database refuses.
pub(super) async fn reconsider(
    app: &App,
    line: &ArrivalRecord,
    letter: IncomingLetter,
) -> Result<Decision> {
    let known = Known::of(app, std::iter::once(&letter)).await?;
    decide(app, &known, line, Ok(letter)).await
}

pub(super) async fn decide(
    app: &App,
    known: &Known,
    line: &ArrivalRecord,
    read: std::result::Result<IncomingLetter, String>,
) -> Result<Decision> {
    let set_aside = |fate, reason: &str, letter_id, sealed| {
        let reason = Some(reason.to_owned());
        Ok(Decision::Fate(Verdict {
            id: line.id,
            fate,
            reason,
            letter_id,
            sealed,
        }))
    };
    let letter = match read {
        Err(reason) => return set_aside(Fate::Quarantined, &reason, None, line.sealed),
        Ok(letter) => letter,
    };
    let named = named_among(app, known, &letter).await?;
    let sealed = line.sealed || named.iter().any(|n| n.sealed);
    if let Some(automatic) = automatic(app, known, line, &letter) {
        let code = serde_json::to_value(automatic).unwrap_or_default();
        // A number is no secret: no machine's mail is believed by it.
        let proved: Vec<Named> = named.iter().copied().filter(|n| n.proved).collect();
        let came_back = returned::find(app, known, &letter, &proved)
            .await?
            .map(Box::new);
        let named_first = proved.first().map(|n| n.letter_id);
        let about = came_back.as_ref().map(|c| c.letter_id).or(named_first);
        let verdict = Verdict {
            id: line.id,
            fate: Fate::Automatic,
            reason: code.as_str().map(ToOwned::to_owned),
            letter_id: about,
            sealed,
        };
        return Ok(match came_back {
            Some(came_back) => Decision::Returns(verdict, came_back),
            None => Decision::Fate(verdict),
        });
    }
    if let Some(id) = adds_to(app, line, &letter).await? {
        return Ok(Decision::Joins(id, Box::new(letter)));
    }
    let empty = letter.text.trim().is_empty() && letter.attachments.is_empty();
    if empty && letter.subject.trim().is_empty() {
        return set_aside(Fate::Quarantined, "empty", None, sealed);
    }
    let heard = named.iter().any(|n| n.from_writer && n.proved);
    match returned::judged(app, &letter) {
        (Judged::Invalid, reason) => return set_aside(Fate::Invalid, reason, None, sealed),
        (Judged::Hold, reason) if !heard => return set_aside(Fate::Held, reason, None, sealed),
        _ => {}
    }
    match thread::join(&named, letter.authentication == Authentication::Fail) {
        Joining::New => Ok(Decision::New(Box::new(letter))),
        Joining::Joins(id) => Ok(Decision::Joins(id, Box::new(letter))),
        Joining::Held {
            reason,
            letter_id,
            sealed: of_sealed,
        } => set_aside(Fate::Held, reason.code(), letter_id, sealed || of_sealed),
    }
}

/// The letter that a form adds to: its page asked for number and code before.
async fn adds_to(app: &App, line: &ArrivalRecord, letter: &IncomingLetter) -> Result<Option<i64>> {
    let number = letter.adds_to.as_ref().filter(|_| !line.source.is_mail());
    let Some(number) = number.and_then(|n| n.parse().ok()) else {
        return Ok(None);
    };
    Ok(app.store.letter_for_writer(number).await?.map(|l| l.id))
}

/// What kind of automatic mail it is, our own by what we know of it included.
fn automatic(
    app: &App,
    known: &Known,
    line: &ArrivalRecord,
    letter: &IncomingLetter,
) -> Option<Automatic> {
    match letter.automatic {
        // Whoever gives our address on a form is a person all the same.
        None if line.source.is_mail() && returned::is_own(app, known, letter) => {
            Some(Automatic::Own)
        }
        kind => kind,
    }
}

/// The letters a message proves to know: by a token that only we could have made, or by naming
/// one of our own mails; where it proves none, those that its subject names by number.
pub(crate) async fn named(app: &App, letter: &IncomingLetter) -> Result<Vec<Named>> {
    let known = Known::of(app, std::iter::once(letter)).await?;
    named_among(app, &known, letter).await
}

/// Letters that one message is looked up for at most.
const MOST_NAMED: usize = 20;

async fn named_among(app: &App, known: &Known, letter: &IncomingLetter) -> Result<Vec<Named>> {
    // A mail of ours that is answered directly, then a mark of ours, then the thread.
    let of = |mail: &String| known.mails.get(mail).cloned().unwrap_or_default();
    let mut ids: Vec<i64> = letter.in_reply_to.iter().flat_map(of).collect();
    for token in letter.tokens.iter().take(10) {
        let Ok(token) = token.parse::<ReplyToken>() else {
            continue;
        };
        if let Some(found) = app.store.letter_for_writer(token.number).await? {
            let ours = app.store.vault.keys.reply_token(found.id);
            if bool::from(subtle::ConstantTimeEq::ct_eq(&ours[..], &token.mac[..])) {
                ids.push(found.id);
            }
        }
    }
    ids.extend(answered_mails(letter).flat_map(of));
    let proved = !ids.is_empty();
    if !proved && letter.adds_to.is_none() {
        for number in number::all_in(&letter.subject).into_iter().take(10) {
            ids.extend(app.store.letter_for_writer(number).await?.map(|l| l.id));
        }
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    ids.truncate(MOST_NAMED);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sender = letter
        .from
        .as_ref()
        .map(|f| announce::address_key(app, &f.address));
    let reply_to = announce::address_key(app, &letter.writer.email);
    let mut named = Vec::new();
    let step = app.store.begin(app.now()).await?;
    for id in ids {
        let Some(found) = step.letter_by_id(id).await? else {
            continue;
        };
        let mut from_writer = step.is_writer(&found, &reply_to).await?;
        if let Some(sender) = &sender {
            from_writer |= step.is_writer(&found, sender).await?;
        }
        named.push(Named {
            letter_id: id,
            from_writer,
            sealed: found.is_sealed(),
            proved,
        });
    }
    Ok(named)
}
