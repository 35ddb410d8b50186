//! All SQL. What comes out are the types of [`crate::domain`] and the records defined here, never
//! entities; what goes in for a sealed letter is encrypted here, so that no caller can forget it.

pub(crate) mod entities;

pub mod additions;
pub mod arrivals;
pub mod blobs;
pub mod calendar;
pub mod carried;
pub mod channels;
pub mod circulars;
pub mod connect;
pub mod corrections;
pub mod events;
pub mod figures;
pub mod guesses;
pub mod jobs;
pub mod leases;
pub mod ledger;
pub mod letters;
pub mod likely;
pub mod lists;
pub mod messages;
pub mod notices;
pub mod obligations;
pub mod outbox;
pub mod overdue;
pub mod parties;
pub mod people;
mod queue;
pub(crate) mod reach;
pub mod schema;
pub mod scope;
pub mod sealing;
mod sealing_later;
pub mod sessions;
pub mod sources;
pub mod staff_mail;
pub mod standing;
pub mod step;
pub mod supervision;
pub mod terms;
pub mod time;
mod tx;
pub mod units;
pub mod weekly;
pub mod writable;
pub mod writers;

pub use self::{connect::Store, sealing::Vault, step::Step};

use crate::keys::KeyError;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is out of reach.
    #[error("the database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// No connection to its server.
    #[error("no connection to {server}: {reason}")]
    OutOfReach {
        /// Its address.
        server: String,
        /// What it answered, or what broke.
        reason: String,
        /// Whether it may come back by itself.
        passing: bool,
    },
    /// Sealed words do not open.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A row says what this version does not know.
    #[error(
        "{table} {id} holds {what}, which this version of Huiyin does not know; was the database written by a newer one?"
    )]
    Unknown {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// The column and its value.
        what: String,
    },
    /// Something stands in the way of writing.
    #[error("{0}")]
    Hindered(writable::Hindrance),
    /// What was written cannot be read back, or cannot have been written.
    #[error("what was to be stored cannot be read back; nothing is told to anybody, try again")]
    Unconfirmed,
    /// The settings of the connection do not keep what was promised.
    #[error("{0}")]
    Unsafe(String),
}

impl StoreError {
    /// A unique index refused a second row.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(e)
            if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
    }
}

/// What the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A code from the database as the domain's value.
pub(crate) fn decode<T: std::str::FromStr>(
    table: &'static str,
    id: impl ToString + Copy,
    column: &str,
    value: &str,
) -> Result<T> {
    value.parse().map_err(|_| StoreError::Unknown {
        table,
        id: id.to_string(),
        what: format!("{column} = {value:?}"),
    })
}

/// The same for a column that may be empty.
pub(crate) fn decode_opt<T: std::str::FromStr>(
    table: &'static str,
    id: impl ToString + Copy,
    column: &str,
    value: Option<&str>,
) -> Result<Option<T>> {
    value.map(|v| decode(table, id, column, v)).transpose()
}

/// The instant of microseconds, for records that keep them raw.
#[must_use]
pub fn instant_of(micros: i64) -> jiff::Timestamp {
    time::instant(micros)
}
