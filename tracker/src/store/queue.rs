//! What the outbox and the mail to staff have in common: rows that a worker claims under a lease
//! whose times are the database's, with a fence in the WHERE of every later write.

use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use super::{Result, outbox::Outcome, step::Step, time::micros};
use crate::domain::words::OutboxState;

/// Tables whose rows leave: both have the columns named below.
#[derive(Debug, Clone, Copy)]
pub(super) enum Queue {
    Outbox,
    StaffMail,
}

impl Queue {
    fn table(self) -> Alias {
        Alias::new(match self {
            Self::Outbox => "outbox",
            Self::StaffMail => "staff_mail",
        })
    }

    /// Whether anything may leave now.
    pub(super) async fn is_due(self, db: &impl ConnectionTrait, clock: i64) -> Result<bool> {
        let query = Query::select()
            .column("id")
            .from(self.table())
            .and_where(Expr::col("state").eq(OutboxState::Queued.code()))
            .and_where(Expr::col("due_at").lte(clock))
            .limit(1)
            .to_owned();
        Ok(db.query_one(&query).await?.is_some())
    }
}

impl Step<'_> {
    /// Claims rows until an instant of the database's clock.
    pub(super) async fn take_from(&self, queue: Queue, ids: Vec<i64>, until: i64) -> Result<()> {
        let update = Query::update()
            .table(queue.table())
            .value("state", OutboxState::Sending.code())
            .value("attempts", Expr::col("attempts").add(1))
            .value("fence", Expr::col("fence").add(1))
            .value("lease_until", until)
            .and_where(Expr::col("id").is_in(ids))
            .to_owned();
        self.tx.execute(&update).await?;
        Ok(())
    }

    /// Says what a claimed attempt came to; `false` where the fence has moved on.
    pub(super) async fn settle_in(
        &self,
        queue: Queue,
        id: i64,
        fence: i64,
        outcome: &Outcome,
    ) -> Result<bool> {
        let now = micros(self.now);
        let settled = (outcome.state != OutboxState::Queued).then_some(now);
        let update = Query::update()
            .table(queue.table())
            .value("state", outcome.state.code())
            .value("due_at", micros(outcome.due_at))
            .value("last_error", outcome.error.clone())
            .value("settled_at", settled)
            .value("lease_until", Option::<i64>::None)
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("fence").eq(fence))
            .and_where(Expr::col("state").eq(OutboxState::Sending.code()))
            .to_owned();
        Ok(self.tx.execute(&update).await?.rows_affected() == 1)
    }
}
