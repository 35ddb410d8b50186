//! The intake ledger as the registrar sees it: held, quarantined, everything, with totals.

use ingest::letter::IncomingLetter;

use crate::{
    app::App,
    domain::{
        access::Staff,
        words::{Fate, Source},
    },
    letters::{Error, Result, read},
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
        cleared: cleared(staff)?,
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
        .ledger_line(id, &cleared(staff)?)
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
        .ledger_line(id, &cleared(staff)?)
        .await?
        .ok_or(Error::NotFound)?;
    let blob = line.blob_id.ok_or(Error::NotFound)?;
    Ok(app.store.blob(&blob).await?)
}

/// Which sealed channels' lines a registrar sees.
fn cleared(staff: &Staff) -> Result<Vec<i64>> {
    if staff.may_register() {
        Ok(staff.cleared_channels.clone())
    } else {
        Err(Error::NotFound)
    }
}
