//! One transaction a step: state, event, obligation, figures and outbox are written through one
//! [`Step`], all or nothing.

use jiff::Timestamp;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, Insert,
    IntoActiveModel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::{Result, Store, Vault, tx::Tx};

/// An open write transaction. Dropping it takes everything back.
pub struct Step<'a> {
    pub(crate) tx: Tx,
    pub(crate) store: &'a Store,
    /// The instant of the step.
    pub now: Timestamp,
}

impl Store {
    /// Begins a write. Under SQLite it takes the write lock at once (IMMEDIATE): a transaction
    /// that reads first and writes later would fail as busy without waiting.
    ///
    /// # Errors
    /// When the database is out of reach or stays locked.
    pub async fn begin(&self, now: Timestamp) -> Result<Step<'_>> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let begun = self.write.begin_with_options(options).await;
        let tx = begun.inspect_err(|error| self.writable.failed(error))?;
        Ok(Step {
            tx: Tx::new(tx, self.writable.clone()),
            store: self,
            now,
        })
    }
}

impl Step<'_> {
    /// Makes it durable.
    ///
    /// # Errors
    /// When it is not, or nobody knows whether it is: a connection may end after the commit and
    /// before its answer. What must be known then is read back.
    pub async fn commit(self) -> Result<()> {
        self.store.writable.still_there()?;
        self.tx.commit().await
    }

    /// Opens and seals words.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.store.vault
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    /// Adds rows, many a statement.
    pub(crate) async fn insert<E, A>(&self, rows: Vec<E::Model>) -> Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        use sea_orm::Iterable as _;
        // SQLite takes 32,766 parameters a statement, PostgreSQL 65,535.
        let per_statement = 30_000 / E::Column::iter().count().max(1);
        let mut rows = rows
            .into_iter()
            .map(IntoActiveModel::into_active_model)
            .peekable();
        while rows.peek().is_some() {
            let some: Vec<A> = rows.by_ref().take(per_statement).collect();
            Insert::many(some).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}
