//! What is to become of a message that was read: a letter of its own, an addition to one, a bounce of
//! our own mail, or something that is set aside. Decides only; [`super::register`] carries it out.

use std::collections::HashMap;

use ingest::letter::{Authentication, Automatic, IncomingLetter};

use super::{
    Result, announce,
    returned::{self, CameBack},
    writer,
};
use crate::{
    app::App,
    domain::{
        code::ReplyToken,
        spam::Judged,
        text,
        thread::{self, HeldReason, Joining, Named},
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

/// The mail answered directly first: it says more than the thread it stands in.
fn answered_mails(letter: &IncomingLetter) -> impl Iterator<Item = &String> {
    letter
        .in_reply_to
        .iter()
        .chain(&letter.references)
        .take(100)
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
    let letter = writer::settled(app, line.source, letter);
    let named = named_among(app, known, &letter).await?;
    let sealed = line.sealed || named.iter().any(|n| n.sealed);
    let automatic = automatic(known, line, &letter);
    let doubtful = letter.through_list && automatic == Some(Automatic::Bulk);
    if let Some(automatic) = automatic.filter(|_| !doubtful) {
        let code = serde_json::to_value(automatic).unwrap_or_default();
        let came_back = returned::find(app, known, &letter, &named)
            .await?
            .map(Box::new);
        let named_first = named.first().map(|n| n.letter_id);
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
    let empty = text::is_blank(&letter.text) && letter.attachments.is_empty();
    if empty && text::is_blank(&letter.subject) {
        return set_aside(Fate::Quarantined, "empty", None, sealed);
    }
    let heard = named.iter().any(|n| n.from_writer);
    match returned::judged(app, &letter) {
        (Judged::Invalid, reason) => return set_aside(Fate::Invalid, reason, None, sealed),
        (Judged::Hold, reason) if !heard => return set_aside(Fate::Held, reason, None, sealed),
        _ => {}
    }
    let waits = if doubtful {
        Some(HeldReason::ThroughList)
    } else if writer::is_nobody(app, line.source, &letter) {
        Some(HeldReason::FromUs)
    } else {
        None
    };
    if let Some(reason) = waits {
        let likely = named.first().map(|n| n.letter_id);
        return set_aside(Fate::Held, reason.code(), likely, sealed);
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

/// What kind of automatic mail it is, our own by what we know of it included.
fn automatic(known: &Known, line: &ArrivalRecord, letter: &IncomingLetter) -> Option<Automatic> {
    match letter.automatic {
        // Whoever gives our address on a form is a person all the same.
        None if line.source.is_mail() && returned::is_own(known, letter) => Some(Automatic::Own),
        kind => kind,
    }
}

/// The letters a message proves to know: by a token that only we could have made, or by naming
/// one of our own mails.
pub(crate) async fn named(app: &App, letter: &IncomingLetter) -> Result<Vec<Named>> {
    let known = Known::of(app, std::iter::once(letter)).await?;
    named_among(app, &known, letter).await
}

async fn named_among(app: &App, known: &Known, letter: &IncomingLetter) -> Result<Vec<Named>> {
    let mut ids: Vec<i64> = Vec::new();
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
    let mails = answered_mails(letter).filter_map(|mail| known.mails.get(mail));
    ids.extend(mails.flatten());
    ids.dedup();
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
        });
    }
    Ok(named)
}
