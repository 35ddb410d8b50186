//! 分办、签收、改派、退回登记: whose hands a letter is in. None of it resets a clock.

use serde_json::json;

use super::{Error, Result, change::Change, hand_back, handed};
use crate::{
    app::App,
    domain::{
        access::{Role, Staff},
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::{self, FieldError},
        words::Topic,
    },
    store::{
        events::NewEvent,
        letters::Letter,
        people::Person,
        units::{self, Unit},
    },
};

/// Assigns a letter to a unit and, where known, a handler (codes and logins).
///
/// # Errors
/// See [`Error`]; an accused unit or person, and a sealed letter without a handler, are refused.
pub async fn assign(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    unit: &str,
    handler: Option<&str>,
) -> Result<Letter> {
    let units = app.store.units().await?;
    let unit = find_unit(&units, unit)?;
    let handler = match handler.filter(|h| !h.is_empty()) {
        Some(login) => Some(find_handler(app, &units, unit, login).await?),
        None => None,
    };
    let change = Change::open(app, staff, number, version, Action::Assign).await?;
    if !staff.is(Role::Registrar) && !staff.units.contains(&unit.id) {
        return Err(Error::Rule("assign-within"));
    }
    hand_over(
        change,
        unit,
        handler.as_ref(),
        &units,
        EventKind::Assigned,
        "",
    )
    .await
}

/// 改派: moves a letter to another unit, with a reason.
///
/// # Errors
/// See [`Error`].
pub async fn reassign(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    unit: &str,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let units = app.store.units().await?;
    let unit = find_unit(&units, unit)?;
    let change = Change::open(app, staff, number, version, Action::Reassign).await?;
    hand_over(change, unit, None, &units, EventKind::Reassigned, reason).await
}

async fn hand_over(
    mut change: Change<'_>,
    unit: &Unit,
    handler: Option<&Person>,
    units: &[Unit],
    kind: EventKind,
    reason: &str,
) -> Result<Letter> {
    if change.letter.is_sealed() && handler.is_none() {
        return Err(Error::Fields(vec![FieldError::new(
            "handler",
            "required-sealed",
        )]));
    }
    let parties = change.step.parties(change.letter.id).await?;
    let above = units::above(units, unit.id);
    if above.iter().any(|u| parties.units.contains(u)) {
        return Err(Error::Fields(vec![FieldError::new("unit", "accused")]));
    }
    if handler.is_some_and(|h| parties.persons.contains(&h.id)) {
        return Err(Error::Fields(vec![FieldError::new("handler", "accused")]));
    }
    change.letter.unit_id = Some(unit.id);
    change.letter.handler_id = handler.map(|h| h.id);
    if let Some(handler) = handler {
        hand_back::still_fits(&change, units, &change.letter, handler.id).await?;
    }
    handed::tell(&change, reason).await?;
    if let (true, Some(h)) = (change.letter.is_sealed(), handler) {
        change
            .step
            .add_reader(change.letter.id, h.id, change.actor)
            .await?;
    }
    let (app, data) = (
        change.app,
        json!({ "unit": unit.id, "handler": handler.map(|h| h.id) }),
    );
    let letter = change
        .finish_with(NewEvent::new(kind, None, data).with_note(reason))
        .await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

/// 签收: a handler takes the letter.
///
/// # Errors
/// See [`Error`].
pub async fn take(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
) -> Result<Letter> {
    let mut change = Change::open(app, staff, number, version, Action::Take).await?;
    change.letter.handler_id = Some(staff.person_id);
    // Disabled a moment ago, by somebody else: then nothing is theirs to take.
    change
        .step
        .person(staff.person_id)
        .await?
        .filter(|p| p.active)
        .ok_or(Error::NotFound)?;
    let (id, assigned) = (change.letter.id, [Topic::Assigned, Topic::HandedBack]);
    for topic in assigned {
        change.step.settle_notices(id, topic).await?;
    }
    let data = json!({ "handler": staff.person_id });
    change.finish(EventKind::Taken, data).await
}

/// 退回登记: the letter is not this unit's to answer.
///
/// # Errors
/// See [`Error`].
pub async fn send_back(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::SendBack).await?;
    change.letter.unit_id = None;
    change.letter.handler_id = None;
    let event = NewEvent::new(EventKind::SentBack, None, json!({})).with_note(reason);
    change.finish_with(event).await
}

/// Required words, within the limit of a letter.
pub(crate) fn need(words: &str, field: &'static str) -> Result<()> {
    if words.trim().is_empty() {
        return Err(Error::Fields(vec![FieldError::new(field, "required")]));
    }
    if words.chars().count() > text::BODY {
        return Err(Error::Fields(vec![FieldError::new(field, "too-long")]));
    }
    Ok(())
}

fn find_unit<'u>(units: &'u [Unit], code: &str) -> Result<&'u Unit> {
    units
        .iter()
        .find(|u| u.code == code && u.active)
        .ok_or_else(|| Error::Fields(vec![FieldError::new("unit", "unknown")]))
}

async fn find_handler(app: &App, units: &[Unit], unit: &Unit, login: &str) -> Result<Person> {
    let fault = |code| Error::Fields(vec![FieldError::new("handler", code)]);
    let person = app.store.person_by_login(login).await?.filter(|p| p.active);
    let person = person.ok_or_else(|| fault("unknown"))?;
    let handles = [Role::Handler, Role::Liaison, Role::UnitLeader];
    let inside = person
        .unit_id
        .is_some_and(|u| units::above(units, u).contains(&unit.id));
    if !inside || !person.roles.iter().any(|r| handles.contains(r)) {
        return Err(fault("elsewhere"));
    }
    Ok(person)
}
