//! The transaction of a [`Step`](super::Step). It remembers whether anything in it failed: then it is
//! never committed, and no connection of that time is used again. SQLite takes a transaction back by
//! itself when the disk is full or fails; the pool does not hear of that, takes the next transaction
//! on the same connection for a nested one, and reports commits that are none.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::{Result, StoreError, writable::Writable};

/// A transaction that cannot be committed once something in it has failed.
pub(crate) struct Tx {
    inside: Option<DatabaseTransaction>,
    backend: DbBackend,
    failed: AtomicBool,
    writable: Arc<Writable>,
}

impl Tx {
    pub(super) fn new(inside: DatabaseTransaction, writable: Arc<Writable>) -> Self {
        Self {
            backend: inside.get_database_backend(),
            inside: Some(inside),
            failed: AtomicBool::new(false),
            writable,
        }
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        let inside = self.inside()?;
        if self.failed.load(Ordering::Relaxed) {
            self.inside = Some(inside);
            return Err(StoreError::Unconfirmed);
        }
        let done = async {
            fail::fail_point!("commit-refused", |_| Err(DbErr::Custom(
                "as a test has it".into()
            )));
            inside.commit().await?;
            fail::fail_point!("commit-unheard", |_| Err(DbErr::Custom(
                "as a test has it".into()
            )));
            Ok(())
        };
        let done = done.await;
        self.noted(&done);
        if done.is_ok() {
            self.writable.works();
        }
        Ok(done?)
    }

    fn inside(&mut self) -> Result<DatabaseTransaction> {
        self.inside.take().ok_or(StoreError::Unconfirmed)
    }

    fn open(&self) -> std::result::Result<&DatabaseTransaction, DbErr> {
        let over = || DbErr::Custom("the transaction is over".into());
        self.inside.as_ref().ok_or_else(over)
    }

    fn noted<T>(&self, done: &std::result::Result<T, DbErr>) {
        let Err(error) = done else { return };
        self.failed.store(true, Ordering::Relaxed);
        self.writable.failed(error);
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> std::result::Result<ExecResult, DbErr> {
        let done = self.open()?.execute_raw(statement).await;
        self.noted(&done);
        done
    }

    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        let done = self.open()?.execute_unprepared(sql).await;
        self.noted(&done);
        done
    }

    async fn query_one_raw(
        &self,
        statement: Statement,
    ) -> std::result::Result<Option<QueryResult>, DbErr> {
        let done = self.open()?.query_one_raw(statement).await;
        self.noted(&done);
        done
    }

    async fn query_all_raw(
        &self,
        statement: Statement,
    ) -> std::result::Result<Vec<QueryResult>, DbErr> {
        let done = self.open()?.query_all_raw(statement).await;
        self.noted(&done);
        done
    }
}
