//! Opening the database: SQLite by default, PostgreSQL when one machine is not enough. What the
//! design promises of durability is set here and asserted before anything else happens.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
    sqlx::{
        self, Connection as _,
        pool::PoolOptions,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;

use super::{Result, StoreError, Vault, private, writable::Writable};

/// The database: one connection that writes and several that read under SQLite, a pool for each
/// under PostgreSQL.
#[derive(Clone)]
pub struct Store {
    pub(crate) write: DatabaseConnection,
    pub(crate) read: DatabaseConnection,
    /// Opens and seals words.
    pub vault: Arc<Vault>,
    /// Whether anything can be written down.
    pub writable: Arc<Writable>,
}

const BUSY: Duration = Duration::from_secs(10);

/// A word that takes longer to write does not get written: longer than the longest wait for a lock.
const PROBE: Duration = Duration::from_secs(15);

/// A connection that was used this recently is taken to be alive; asking first would double the
/// ways to the database of every question.
const FRESH: Duration = Duration::from_secs(1);

impl Store {
    /// Connects, without migrating. `reserve` is what is to be kept free on the disk of an SQLite,
    /// in bytes, where that is set.
    ///
    /// # Errors
    /// When the database is out of reach, or does not keep its promises.
    pub async fn connect(url: &str, vault: Arc<Vault>, reserve: Option<u64>) -> Result<Self> {
        let store = if url.starts_with("sqlite:") {
            let file = make_file(url)?;
            let writable = Arc::new(Writable::beside(&file, reserve).map_err(|e| at(&file, &e))?);
            let mut writing = sqlite(url, 1, false);
            let trusted = writable.clone();
            writing.map_sqlx_sqlite_pool_opts(move |pool| trusted_only(settled(pool), &trusted));
            Self {
                write: Database::connect(writing).await?,
                read: Database::connect(sqlite(url, 6, true)).await?,
                vault,
                writable,
            }
        } else {
            super::reach::knock(url).await?;
            // Two pools: a step that reads beside its transaction must not wait for a connection
            // that other such steps hold.
            let options = || {
                let mut options = ConnectOptions::new(url);
                options
                    .max_connections(12)
                    .min_connections(1)
                    .connect_timeout(BUSY)
                    .acquire_timeout(BUSY)
                    .sqlx_logging(false);
                options
            };
            let writable = Arc::<Writable>::default();
            let trusted = writable.clone();
            let mut writing = options();
            writing.map_sqlx_postgres_pool_opts(move |pool| trusted_only(settled(pool), &trusted));
            let mut reading = options();
            // After five askings PostgreSQL plans without looking at the parameters, takes the
            // first 1,000 of a day for a tenth of the table, and reads all of it for them.
            reading
                .test_before_acquire_if_idle_for(FRESH)
                .map_sqlx_postgres_opts(|o| {
                    o.options([("plan_cache_mode", "force_custom_plan"), ("jit", "off")])
                });
            Self {
                write: Database::connect(writing).await?,
                read: Database::connect(reading).await?,
                vault,
                writable,
            }
        };
        store.assert_safe().await?;
        Ok(store)
    }

    /// Brings the schema up to date; refuses one that a newer version wrote.
    ///
    /// # Errors
    /// When a migration fails or the schema is newer than this program.
    pub async fn migrate(&self) -> Result<()> {
        let applied = migrations::Migrator::get_applied_migrations(&self.write).await;
        if let Err(error) = applied
            && error
                .to_string()
                .contains("has been applied but its file is missing")
        {
            return Err(StoreError::Unsafe(
                "this database was written by a newer version of Huiyin; install that version, \
                 or restore the backup taken before the upgrade"
                    .into(),
            ));
        }
        Ok(migrations::Migrator::up(&self.write, None).await?)
    }

    /// Writes a word, so that it is known whether anything can be written.
    ///
    /// # Errors
    /// When nothing can.
    pub async fn probe(&self, now: jiff::Timestamp) -> Result<()> {
        let write = async {
            let step = self.begin(now).await?;
            step.set("written-at", now.as_second().to_string()).await?;
            step.commit().await
        };
        let written = tokio::time::timeout(PROBE, write).await;
        let written = written.unwrap_or(Err(StoreError::Unconfirmed));
        if let Err(error) = &written {
            self.writable.fails(error.to_string());
        }
        written
    }

    /// Whether a statement can be answered at all.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn ping(&self) -> Result<()> {
        self.writable.still_there()?;
        self.read.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// Lets PostgreSQL learn how much lies in its tables after many rows came at once: until it does
    /// so by itself, about a minute later, it plans as if they were empty.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn analyze(&self) -> Result<()> {
        if self.backend() == DbBackend::Postgres {
            for table in ["letter", "arrival", "message", "obligation", "outbox"] {
                self.write
                    .execute_unprepared(&format!("ANALYZE {table}"))
                    .await?;
            }
        }
        Ok(())
    }

    /// Which engine stands behind.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Closes every connection; under SQLite this also folds the write-ahead log back.
    pub async fn close(&self) {
        let _ = self.read.clone().close().await;
        let _ = self.write.clone().close().await;
    }

    async fn assert_safe(&self) -> Result<()> {
        let wanted: &[(&str, &[&str])] = match self.backend() {
            DbBackend::Sqlite => &[
                ("PRAGMA journal_mode", &["wal"]),
                ("PRAGMA synchronous", &["2"]),
                ("PRAGMA foreign_keys", &["1"]),
                ("PRAGMA busy_timeout", &["10000"]),
                ("PRAGMA temp_store", &["2"]),
            ],
            _ => &[
                (
                    "SHOW synchronous_commit",
                    &["on", "remote_apply", "remote_write", "local"],
                ),
                ("SHOW fsync", &["on"]),
                ("SHOW full_page_writes", &["on"]),
            ],
        };
        for (question, allowed) in wanted {
            let answer = self.ask(question).await?;
            if !allowed.contains(&answer.as_str()) {
                return Err(StoreError::Unsafe(format!(
                    "the database answers {answer:?} to {question}; letters are only safe with \
                     {}. Mend the database's configuration",
                    allowed.join(" or ")
                )));
            }
        }
        Ok(())
    }

    async fn ask(&self, question: &str) -> Result<String> {
        let row = self
            .write
            .query_one_raw(Statement::from_string(self.backend(), question.to_owned()))
            .await?
            .ok_or_else(|| StoreError::Unsafe(format!("no answer to {question}")))?;
        Ok(match row.try_get_by_index::<String>(0) {
            Ok(text) => text,
            Err(_) => row.try_get_by_index::<i64>(0)?.to_string(),
        })
    }
}

fn sqlite(url: &str, connections: u32, reads_only: bool) -> ConnectOptions {
    // Never made anew: where the file vanished, an empty one in its place would pass for it.
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rw", file_of(url)));
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire_if_idle_for(FRESH)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |o| {
            let o = o
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY)
                // Sorting must not write sealed letters' rows to files outside the database.
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-16000");
            if reads_only {
                o.pragma("query_only", "1")
            } else {
                o
            }
        })
        .map_sqlx_sqlite_pool_opts(settled);
    options
}

/// Connections come back with nothing under way, or not at all.
fn settled<D: sqlx::Database>(pool: PoolOptions<D>) -> PoolOptions<D> {
    pool.after_release(|connection, _| {
        Box::pin(async {
            // What a dropped step asks to be taken back is taken back first. Where that failed, the
            // next step would count as a part of one that never commits.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

/// No connection that was open when a write failed writes again.
fn trusted_only<D: sqlx::Database>(
    pool: PoolOptions<D>,
    writable: &Arc<Writable>,
) -> PoolOptions<D> {
    let writable = writable.clone();
    pool.before_acquire(move |_, of| {
        let trusted = writable.trusts(of.age);
        Box::pin(async move { Ok(trusted) })
    })
}

fn file_of(url: &str) -> &str {
    url.trim_start_matches("sqlite://")
        .trim_start_matches("sqlite:")
}

/// The database's file; made empty, for nobody else to read, where there is none.
fn make_file(url: &str) -> Result<PathBuf> {
    let file = PathBuf::from(file_of(url));
    private::prepare(&file).map_err(|e| at(&file, &e))?;
    Ok(file)
}

fn at(file: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unsafe(format!(
        "the database {} cannot be opened: {error}; check database.url",
        file.display()
    ))
}
