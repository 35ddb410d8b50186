//! Whether the database can be reached at all, and whether what it refuses may pass by itself. A pool
//! that finds no connection says only that it timed out; one knock says why.

use std::time::Duration;

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{
        self, Connection as _,
        error::DatabaseError,
        postgres::{PgConnectOptions, PgConnection},
    },
};

use super::{Result, StoreError};

/// How long a server may take to open a connection.
const KNOCK: Duration = Duration::from_secs(5);

/// Opens one connection to a PostgreSQL and closes it.
///
/// # Errors
/// [`StoreError::OutOfReach`], which names the server and what it answered.
pub(crate) async fn knock(url: &str) -> Result<()> {
    let refused = |server: &str, reason: String, passing| StoreError::OutOfReach {
        server: server.to_owned(),
        reason,
        passing,
    };
    // A URL that cannot be read may hold a password anywhere.
    let options: PgConnectOptions = url
        .parse()
        .map_err(|_| refused("database.url", "it is no postgres:// address".into(), false))?;
    let server = match options.get_socket() {
        Some(path) => path.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    match tokio::time::timeout(KNOCK, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => {
            let _ = connection.close().await;
            Ok(())
        }
        Ok(Err(error)) => {
            let reason = match &error {
                sqlx::Error::Io(error) => error.to_string(),
                sqlx::Error::Database(error) => error.message().to_owned(),
                other => other.to_string(),
            };
            Err(refused(&server, reason, passes(&error)))
        }
        Err(_) => {
            let reason = format!("no answer within {} seconds", KNOCK.as_secs());
            Err(refused(&server, reason, true))
        }
    }
}

impl StoreError {
    /// Whether it may pass without anybody touching Huiyin: the server is away or starting, a disk
    /// is full or fails. A wrong password or a table that is missing stays.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::OutOfReach { passing, .. } => *passing,
            Self::Database(error) => is_passing(error),
            Self::Hindered(_) | Self::Unconfirmed => true,
            _ => false,
        }
    }
}

/// The same of what the database itself says.
pub(super) fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => passes(error),
        DbErr::ConnectionAcquire(_) => true,
        _ => false,
    }
}

fn passes(error: &sqlx::Error) -> bool {
    match error {
        // A server or a proxy that hangs up at once is heard as a wrong word.
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(refusal) => passes_by_itself(&**refusal),
        _ => false,
    }
}

/// By SQLSTATE class (25006 read-only, 53 resources, 57 an operator stopped it, 58 its own disk) or
/// SQLite's primary code (busy, locked, read-only, I/O, full, cannot open).
fn passes_by_itself(refusal: &dyn DatabaseError) -> bool {
    let Some(code) = refusal.code() else {
        return false;
    };
    if refusal
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some()
    {
        return code == "25006" || ["08", "53", "57", "58"].iter().any(|c| code.starts_with(c));
    }
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_knock_says_who_refused_and_why() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        let url = format!("postgres://huiyin:secret@127.0.0.1:{port}/letters");
        let error = knock(&url).await.unwrap_err();
        assert!(error.is_passing());
        let words = error.to_string();
        assert!(words.contains(&format!("127.0.0.1:{port}")), "{words}");
        assert!(words.contains("Connection refused"), "{words}");
        assert!(!words.contains("secret"), "{words}");
    }

    #[tokio::test]
    async fn an_address_that_is_none_stays_wrong_and_is_not_repeated() {
        let error = knock("postgres://a:secret@[/x").await.unwrap_err();
        assert!(!error.is_passing());
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
