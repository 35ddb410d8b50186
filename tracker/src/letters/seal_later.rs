//! 封存: a letter that came to an open channel and should not lie open, a report above all. In one
//! step its words are sealed, and whoever is not named sees it no more.

use serde_json::json;

use super::{Error, Result, assign::need, change::Change};
use crate::{
    app::App,
    domain::{
        access::{Role, Staff},
        event::EventKind,
        number::LetterNumber,
        status::{Action, Status},
    },
    store::{events::NewEvent, letters::Letter},
};

/// Seals a letter. Who seals it, who answers it, and the registrars of sealed boxes are named as
/// its readers; a unit that had it without a handler gives it back.
///
/// # Errors
/// See [`Error`]; a letter that is sealed already.
pub async fn seal(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let people = app.store.people().await?;
    let channels = app.store.channels().await?;
    let boxes: Vec<i64> = channels.iter().filter(|c| c.sealed).map(|c| c.id).collect();
    let mut change = Change::open(app, staff, number, version, Action::Seal).await?;
    if change.letter.is_sealed() {
        return Err(Error::Rule("sealed-already"));
    }
    let id = change.letter.id;
    let cleared = people.iter().filter(|p| {
        let registrar = p.active && p.roles.contains(&Role::Registrar);
        registrar && p.cleared.iter().any(|c| boxes.contains(c))
    });
    let handler = change.letter.handler_id;
    let mut readers: Vec<i64> = cleared.map(|p| p.id).chain(handler).collect();
    readers.push(staff.person_id);
    readers.sort_unstable();
    readers.dedup();
    for reader in &readers {
        change.step.add_reader(id, *reader, change.actor).await?;
    }
    if handler.is_none() {
        change.letter.unit_id = None;
        change.letter.status = Status::Received;
    }
    // A report is never published, whatever its writer agreed to elsewhere.
    change.letter.wants_publication = false;
    let lock = app.store.vault.new_lock(true);
    change.step.seal_words(&change.letter, &lock).await?;
    change.letter.lock = lock;
    let event = NewEvent::new(EventKind::Sealed, None, json!({ "readers": readers }));
    change.finish_with(event.with_note(reason)).await
}
