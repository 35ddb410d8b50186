//! Instants and days as both engines keep them: microseconds UTC, and ISO dates.

use jiff::{Timestamp, civil::Date};

use super::{Result, StoreError};

/// Microseconds since 1970 UTC.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The instant of stored microseconds.
pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The same for a column that may be empty.
pub(crate) fn instant_opt(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(instant)
}

/// The day of a stored ISO date.
pub(crate) fn day(table: &'static str, id: i64, text: &str) -> Result<Date> {
    text.parse().map_err(|_| StoreError::Unknown {
        table,
        id: id.to_string(),
        what: format!("the date {text:?}"),
    })
}

/// The same for a column that may be empty.
pub(crate) fn day_opt(table: &'static str, id: i64, text: Option<&str>) -> Result<Option<Date>> {
    text.map(|t| day(table, id, t)).transpose()
}
