//! A look at a database before anything is opened: which key it was written under, how far its
//! schema is. It writes nothing and makes nothing.

use std::path::Path;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};
use sea_orm_migration::MigratorTrait as _;

use super::{Result, reach};

/// What a database says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The id of the master key that it was written under; `None` where nothing was begun.
    pub key: Option<String>,
    /// Codes of its channels.
    pub channels: Vec<String>,
    /// Migrations that are still to be applied.
    pub pending: usize,
    /// Migrations that a newer version of Huiyin applied.
    pub newer: Vec<String>,
}

/// Looks; a file that is not there is an empty database.
///
/// # Errors
/// When it is out of reach.
pub async fn look(url: &str) -> Result<Look> {
    let options = match url.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.strip_prefix("//").unwrap_or(path);
            let path = path.split('?').next().unwrap_or(path);
            if !Path::new(path).exists() {
                return Ok(Look {
                    pending: migrations::Migrator::migrations().len(),
                    ..Look::default()
                });
            }
            // Beside a write-ahead log somebody may be at work; without one, nothing is moving.
            let log = Path::new(&format!("{path}-wal")).exists();
            let mode = if log { "mode=ro" } else { "immutable=1" };
            format!("sqlite://{path}?{mode}")
        }
        None => {
            reach::knock(url).await?;
            url.to_owned()
        }
    };
    let mut options = ConnectOptions::new(options);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    let seen = read(&db).await;
    let _ = db.close().await;
    seen
}

async fn read(db: &DatabaseConnection) -> Result<Look> {
    let mut look = Look::default();
    let known: Vec<String> = migrations::Migrator::migrations()
        .iter()
        .map(|m| m.name().to_owned())
        .collect();
    let applied = column(
        db,
        "seaql_migrations",
        "SELECT version FROM seaql_migrations",
    )
    .await?;
    look.pending = known.iter().filter(|m| !applied.contains(m)).count();
    look.newer = applied.into_iter().filter(|m| !known.contains(m)).collect();
    let key = "SELECT value FROM setting WHERE name = 'master-key'";
    look.key = column(db, "setting", key).await?.into_iter().next();
    look.channels = column(db, "channel", "SELECT code FROM channel").await?;
    Ok(look)
}

/// The first column of an answer; nothing where the table is not there.
async fn column(db: &DatabaseConnection, table: &str, question: &str) -> Result<Vec<String>> {
    let backend = db.get_database_backend();
    let there = match backend {
        DbBackend::Sqlite => format!("SELECT name FROM sqlite_master WHERE name = '{table}'"),
        _ => {
            format!("SELECT to_regclass('{table}')::text WHERE to_regclass('{table}') IS NOT NULL")
        }
    };
    let ask = |question: String| db.query_all_raw(Statement::from_string(backend, question));
    if ask(there).await?.is_empty() {
        return Ok(Vec::new());
    }
    let rows = ask(question.to_owned()).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}
