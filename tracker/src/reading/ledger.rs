//! The intake ledger as the registrar sees it: held, quarantined, everything, with totals.

use ingest::letter::IncomingLetter;

use crate::{
    app::App,
    domain::{
        access::{Scope, Staff},
        words::{Fate, Source},
    },
    letters::{Error, Result, read, seal},
    store::arrivals::{ArrivalRecord, LedgerFilter},
};

/// Lines a page.
pub const PAGE: u64 = 50;

/// A page of the ledger, of one fate or source where that is asked, and the id the next one begins
/// before.
///
/// # Errors
/// When the viewer is no registrar, or the database refuses.
pub async fn page(
    app: &App,
    staff: &Staff,
    (fate, source): (Option<Fate>, Option<Source>),
    before: Option<i64>,
) -> Result<(Vec<ArrivalRecord>, Option<i64>)> {
    let filter = LedgerFilter {
        fate,
        before,
        scope: registrars(staff)?,
        source,
    };
    let mut lines = app.store.ledger(&filter, PAGE + 1).await?;
    let more = lines.len() as u64 > PAGE;
    lines.truncate(usize::try_from(PAGE).unwrap_or(50));
    let next = lines.last().filter(|_| more).map(|l| l.id);
    Ok((lines, next))
}

/// A line with what its bytes say, or why they cannot be read.
///
/// # Errors
/// When there is no such line for this viewer, or the database refuses.
pub async fn line(
    app: &App,
    staff: &Staff,
    id: i64,
) -> Result<(ArrivalRecord, std::result::Result<IncomingLetter, String>)> {
    let line = app
        .store
        .ledger_line(id, &registrars(staff)?)
        .await?
        .ok_or(Error::NotFound)?;
    let read = match &line.blob_id {
        Some(blob) => read::read_again(&line, app.store.blob(blob).await?).await?,
        None => Err("its bytes were never fetched".into()),
    };
    Ok((line, read))
}

/// The raw bytes of a line.
///
/// # Errors
/// When there are none for this viewer.
pub async fn raw(app: &App, staff: &Staff, id: i64) -> Result<Vec<u8>> {
    let line = app
        .store
        .ledger_line(id, &registrars(staff)?)
        .await?
        .ok_or(Error::NotFound)?;
    // The mail of a sealed letter is the letter: opening it is a reading like any other.
    if let Some(letter) = line.letter_id {
        let numbers = app.store.numbers(&[letter]).await?;
        let number = numbers.first().and_then(|(_, n)| n.parse().ok());
        if let Some(letter) = match number {
            Some(number) => app.store.letter(number, &super::desk::scope(staff)).await?,
            None => None,
        } {
            seal::record_reading(app, staff, &letter, "raw").await?;
        }
    }
    let blob = line.blob_id.ok_or(Error::NotFound)?;
    Ok(app.store.blob(&blob).await?)
}

/// What a registrar may see.
fn registrars(staff: &Staff) -> Result<Scope> {
    if staff.may_register() {
        Ok(super::desk::scope(staff))
    } else {
        Err(Error::NotFound)
    }
}
