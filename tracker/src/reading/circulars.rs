//! 通报, for those who issue it and those it went to.

use crate::{
    app::App,
    domain::{
        access::{Reach, Role, Staff},
        words::CircularState,
    },
    letters::{Error, Result, circular::draft},
    reading::scope,
    store::circulars::Circular,
};

/// Circulars a list.
const PAGE: u64 = 50;

/// The latest circulars that somebody may read: drafts and dropped ones those who see all letters,
/// issued ones also those who lead a unit or link it. A draft in it has no words yet: [`get`] puts
/// them together.
///
/// # Errors
/// [`Error::NotFound`] for everybody else.
pub async fn list(app: &App, staff: &Staff) -> Result<Vec<Circular>> {
    let mut shown = app.store.circulars(PAGE).await?;
    shown.retain(|c| may(staff, c.state));
    if shown.is_empty() && !may(staff, CircularState::Issued) {
        return Err(Error::NotFound);
    }
    Ok(shown)
}

/// One circular; a draft has its words as of now.
///
/// # Errors
/// [`Error::NotFound`] where there is none, or none for this reader.
pub async fn get(app: &App, staff: &Staff, id: i64) -> Result<Circular> {
    let found = app.store.circular(id).await?;
    let found = found
        .filter(|c| may(staff, c.state))
        .ok_or(Error::NotFound)?;
    worded(app, found).await
}

fn may(staff: &Staff, state: CircularState) -> bool {
    let heads = staff.is(Role::UnitLeader) || staff.is(Role::Liaison);
    scope(staff).unsealed == Reach::All || (state == CircularState::Issued && heads)
}

async fn worded(app: &App, mut circular: Circular) -> Result<Circular> {
    if circular.state == CircularState::Draft {
        circular.text = draft(app, circular.id).await?.text;
    }
    Ok(circular)
}
