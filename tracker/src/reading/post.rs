//! What waits for being posted, telephoned or handed over, and its sheets.

use std::collections::BTreeMap;

use crate::{
    app::App,
    domain::{access::Staff, number::LetterNumber, words::Service},
    letters::{Result, seal},
    reading::scope,
    store::{letters::Letter, outbox::Outgoing},
};

/// Rows a page.
pub const PAGE: u64 = 200;

/// A letter to be printed.
pub struct Sheet {
    /// Whose.
    pub letter: Letter,
    /// What was issued.
    pub outgoing: Outgoing,
    /// Whom it is for; empty where the name is not known.
    pub name: String,
}

/// What waits within somebody's sight, the longest first.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(app: &App, staff: &Staff) -> Result<Vec<(Letter, Outgoing)>> {
    let scope = scope(staff);
    let sight = app.store.glance(&scope).await?;
    Ok(app.store.to_post(&sight, PAGE).await?)
}

/// What is printed of some of the outbox, in the order asked for. A sealed letter is not shown
/// unless the reading is recorded.
///
/// # Errors
/// When the database refuses.
pub async fn sheets(app: &App, staff: &Staff, ids: &[i64]) -> Result<Vec<Sheet>> {
    let scope = scope(staff);
    let sight = app.store.glance(&scope).await?;
    let mut found = app.store.outgoing_of(&sight, ids).await?;
    found.retain(|(_, o)| o.medium != Service::Mail);
    found.sort_by_key(|(_, o)| ids.iter().position(|id| *id == o.id));
    let mut out = Vec::with_capacity(found.len());
    for (letter, outgoing) in found {
        seal::record_reading(app, staff, &letter, "letter").await?;
        let writer = app.store.writer(&letter).await?;
        out.push(Sheet {
            name: writer.words.name,
            letter,
            outgoing,
        });
    }
    Ok(out)
}

/// Some of the outbox by the letters they belong to.
///
/// # Errors
/// When the database refuses.
pub async fn by_letter(
    app: &App,
    staff: &Staff,
    ids: &[i64],
) -> Result<Vec<(LetterNumber, Vec<i64>)>> {
    let scope = scope(staff);
    let sight = app.store.glance(&scope).await?;
    let mut out: BTreeMap<i64, (LetterNumber, Vec<i64>)> = BTreeMap::new();
    for (letter, o) in app.store.outgoing_of(&sight, ids).await? {
        let entry = out.entry(letter.id).or_insert((letter.number, Vec::new()));
        entry.1.push(o.id);
    }
    Ok(out.into_values().collect())
}
