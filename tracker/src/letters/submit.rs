//! A form, the API or a clerk hands in a letter: the same front door as mail, with the answer at
//! once. The same key gives the same answer, however often it is sent.

use ingest::{arrival::Arrival, form::FormLetter};
use jiff::Timestamp;

use super::{
    Error,
    arrive::{self, From},
};
use crate::{
    app::App,
    domain::{
        code::QueryCode,
        number::LetterNumber,
        text::{self, FieldError},
        words::{Kind, Source},
    },
    store::{
        StoreError, arrivals::ArrivalRecord, channels::Channel, letters::Letter,
        obligations::Obligation,
    },
};

/// How a letter is handed in.
pub struct Submission<'a> {
    /// Form, API, or by hand.
    pub source: Source,
    /// Where it is written to.
    pub channel: &'a Channel,
    /// The sender's key: the same letter twice under the same key is one letter.
    pub key: Vec<u8>,
    /// When it reached the department.
    pub received_at: Timestamp,
}

/// A letter that was not registered; whoever sent it may send it again.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Unregistered(#[from] pub Error);

/// Takes a letter in.
///
/// # Errors
/// When it could not be committed. With the same key it can be sent again without harm.
pub async fn submit(
    app: &App,
    submission: Submission<'_>,
    form: &FormLetter,
) -> Result<Submitted, Unregistered> {
    // The words belong to the key: who guesses a stranger's key gets no answer of theirs, and a
    // program that gives every letter the same key loses none.
    let key = [&submission.key[..], b"\0", &ingest::form::sameness(form)].concat();
    let keyed = app.store.vault.keys.digest("idempotency", &key);
    let from = From {
        source: submission.source,
        name: String::new(),
        channel: submission.channel.clone(),
    };
    let arrival = Arrival {
        source_key: format!("{}:{keyed}", submission.source),
        received_at: submission.received_at,
        seen_at: app.now(),
        raw: ingest::form::write(form),
    };
    let lines = arrive::take_in(app, &from, vec![arrival])
        .await
        .map_err(Unregistered)?;
    let line = lines.into_iter().next().ok_or_else(unconfirmed)?;
    if line.fate.is_some() {
        return Ok(submitted(app, &line).await?);
    }
    // The same letter sent twice at once, or an earlier try that died before reading it: whichever
    // reads it first registers it.
    let key = [line.source_key.clone()];
    arrive::read_alone(app, line).await.map_err(Unregistered)?;
    let again = app.store.arrivals_by_key(&key).await.map_err(Error::from)?;
    let line = again.into_iter().next().ok_or_else(unconfirmed)?;
    Ok(submitted(app, &line).await?)
}

fn unconfirmed() -> Error {
    StoreError::Unconfirmed.into()
}

/// Everything wrong with a letter handed in.
#[must_use]
pub fn faults(form: &FormLetter) -> Vec<FieldError> {
    let mut faults = Vec::new();
    match form.kind.as_deref() {
        None | Some("") => faults.push(FieldError::new("kind", "required")),
        Some(kind) if kind.parse::<Kind>().is_err() => {
            faults.push(FieldError::new("kind", "unknown"));
        }
        Some(_) => {}
    }
    text::required(&mut faults, "subject", &form.subject, text::SUBJECT);
    text::required(&mut faults, "body", &form.body, text::BODY);
    text::at_most(&mut faults, "name", &form.name, text::SHORT);
    text::at_most(&mut faults, "phone", &form.phone, text::SHORT);
    text::phone(&mut faults, "phone", &form.phone);
    text::address(&mut faults, "email", &form.email);
    text::at_most(&mut faults, "address", &form.address, text::SHORT);
    faults
}

/// What a writer is told once their letter is registered.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The letter.
    pub letter: Letter,
    /// Its query code.
    pub code: QueryCode,
    /// What is owed.
    pub obligations: Vec<Obligation>,
}

/// What the writer of a letter was told, once more.
///
/// # Errors
/// When there is no such letter, or the database refuses.
pub async fn by_number(app: &App, number: LetterNumber) -> Result<Submitted, Error> {
    let letter = app.store.letter_for_writer(number).await?;
    let letter = letter.ok_or(Error::NotFound)?;
    let keys = &app.store.vault.keys;
    let code = QueryCode(keys.query_code(letter.id, letter.code_version));
    let obligations = app.store.obligations(letter.id).await?;
    Ok(Submitted {
        letter,
        code,
        obligations,
    })
}

/// The letter that a line of the ledger became.
///
/// # Errors
/// When it became none, or the database refuses.
pub async fn submitted(app: &App, line: &ArrivalRecord) -> Result<Submitted, Error> {
    let id = line.letter_id.ok_or(StoreError::Unconfirmed)?;
    let numbers = app.store.numbers(&[id]).await?;
    let number = numbers
        .first()
        .and_then(|(_, n)| n.parse().ok())
        .ok_or(StoreError::Unconfirmed)?;
    match by_number(app, number).await {
        Err(Error::NotFound) => Err(StoreError::Unconfirmed.into()),
        told => told,
    }
}
