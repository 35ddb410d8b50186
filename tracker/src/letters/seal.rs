//! Sealed letters: who may read them, whom they accuse, and a record of every reading.

use serde_json::json;

use super::{Error, Result, change::Change};
use crate::{
    app::App,
    domain::{
        access::Staff, event::EventKind, number::LetterNumber, status::Action, text::FieldError,
    },
    store::{events::NewEvent, letters::Letter},
};

/// Names a person who may read a sealed letter.
///
/// # Errors
/// See [`Error`]; an accused person is refused.
pub async fn name_reader(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    login: &str,
) -> Result<Letter> {
    let fault = |code| Error::Fields(vec![FieldError::new("reader", code)]);
    let person = app.store.person_by_login(login).await?.filter(|p| p.active);
    let person = person.ok_or_else(|| fault("unknown"))?;
    let change = Change::open(app, staff, number, None, Action::NameReader).await?;
    if !change.letter.is_sealed() {
        return Err(Error::Rule("sealed-only-readers"));
    }
    let parties = change.step.parties(change.letter.id).await?;
    if parties.persons.contains(&person.id) {
        return Err(fault("accused"));
    }
    change
        .step
        .add_reader(change.letter.id, person.id, Some(staff.person_id))
        .await?;
    change
        .finish(EventKind::ReaderNamed, json!({ "person": person.id }))
        .await
}

/// Records whom a letter accuses: a person (login) or a unit (code). They see no trace of the
/// letter from this moment, the registrar who records it included.
///
/// # Errors
/// See [`Error`].
pub async fn name_party(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    person: Option<&str>,
    unit: Option<&str>,
) -> Result<Letter> {
    let fault = |field, code| Error::Fields(vec![FieldError::new(field, code)]);
    let person = match person.filter(|p| !p.is_empty()) {
        Some(login) => {
            let found = app.store.person_by_login(login).await?;
            Some(found.ok_or_else(|| fault("person", "unknown"))?.id)
        }
        None => None,
    };
    let units = app.store.units().await?;
    let unit = match unit.filter(|u| !u.is_empty()) {
        Some(code) => {
            let found = units.iter().find(|u| u.code == code);
            Some(found.ok_or_else(|| fault("unit", "unknown"))?.id)
        }
        None => None,
    };
    if person.is_none() && unit.is_none() {
        return Err(fault("person", "required"));
    }
    let mut change = Change::open(app, staff, number, None, Action::NameParty).await?;
    if !change.letter.is_sealed() {
        return Err(Error::Rule("sealed-only-parties"));
    }
    let id = change.letter.id;
    change
        .step
        .add_party(app.id(), id, person, unit, Some(staff.person_id))
        .await?;
    // Whoever is accused cannot go on holding the letter.
    let above = |u| crate::store::units::above(&units, u);
    let handler = change.letter.handler_id;
    let holds = (person.is_some() && handler == person)
        || change
            .letter
            .unit_id
            .is_some_and(|u| unit.is_some_and(|x| above(u).contains(&x)));
    if holds {
        change.letter.unit_id = None;
        change.letter.handler_id = None;
        if change.letter.status.is_open() {
            change.letter.status = crate::domain::status::Status::Received;
        }
    }
    change
        .finish(
            EventKind::PartyNamed,
            json!({ "person": person, "unit": unit }),
        )
        .await
}

/// Records that somebody opened a sealed letter. Reading changes nothing but the history, so the
/// letter's version stays.
///
/// # Errors
/// When the reading cannot be recorded; then the letter must not be shown.
pub async fn record_reading(app: &App, staff: &Staff, letter: &Letter, what: &str) -> Result<()> {
    if !letter.is_sealed() {
        return Ok(());
    }
    let step = app.store.begin(app.now()).await?;
    let mut current = step.letter_by_id(letter.id).await?.ok_or(Error::NotFound)?;
    let data = json!({ "what": what });
    let event = NewEvent::new(EventKind::Read, Some(staff.person_id), data);
    step.add_events(vec![(&mut current, app.id(), event)])
        .await?;
    let version = current.version;
    step.save_letter(current, version).await?;
    Ok(step.commit().await?)
}

/// Records that somebody looked at a sealed line of the intake ledger, which belongs to no letter
/// yet; `what`: its page or its bytes.
///
/// # Errors
/// When the database refuses.
pub async fn record_looking(app: &App, staff: &Staff, arrival: i64, what: &str) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    let data = json!({ "arrival": arrival, "what": what });
    step.add_admin_event(app.id(), Some(staff.person_id), "sealed-line-read", data)
        .await?;
    Ok(step.commit().await?)
}
