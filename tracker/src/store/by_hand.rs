//! What waits for a person who posts, telephones or hands it over: rows of the outbox that no
//! worker claims. `due_at` says when somebody is reminded, `attempts` how often they were.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Result, Store,
    entities::{letter, outbox},
    letters::Letter,
    outbox::Outgoing,
    scope::Sight,
    step::Step,
    time::micros,
};
use crate::domain::words::{OutboxState, Service};

/// Rows that wait for a person.
fn waiting() -> Condition {
    Condition::all().add(outbox::Column::State.eq(OutboxState::ByHand.code()))
}

/// The letters with something that waits for a person: few, and found by themselves.
pub(super) fn letters() -> sea_orm::sea_query::SelectStatement {
    outbox::Entity::find()
        .select_only()
        .column(outbox::Column::LetterId)
        .filter(waiting())
        .into_query()
}

impl Step<'_> {
    /// What leaves or left of a letter and is no mail, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn by_hand(&self, letter: &Letter) -> Result<Vec<Outgoing>> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::LetterId.eq(letter.id))
            .filter(outbox::Column::Medium.ne(Service::Mail.code()))
            .order_by_asc(outbox::Column::Id)
            .all(&self.tx)
            .await?;
        let all = rows.into_iter();
        all.map(|row| self.store.to_outgoing(&letter.lock, row))
            .collect()
    }

    /// Whether a message left by mail or tried to, whatever became of it there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn was_mailed(&self, message_id: i64) -> Result<bool> {
        let left = [OutboxState::Sent, OutboxState::Failed, OutboxState::Unknown];
        let found = outbox::Entity::find()
            .filter(outbox::Column::MessageId.eq(message_id))
            .filter(outbox::Column::Medium.eq(Service::Mail.code()))
            .filter(outbox::Column::State.is_in(left.map(|s| s.code())))
            .one(&self.tx)
            .await?;
        Ok(found.is_some())
    }

    /// Records how and when a person served something.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn served_by_hand(&self, id: i64, by: Service, at: Timestamp) -> Result<()> {
        use outbox::Column::{Id, Medium, SettledAt, State};
        outbox::Entity::update_many()
            .col_expr(State, Expr::value(OutboxState::Sent.code()))
            .col_expr(Medium, Expr::value(by.code()))
            .col_expr(SettledAt, Expr::value(micros(at)))
            .filter(Id.eq(id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Has something wait for a person again; they are asked after it at an instant.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn waits_by_hand(&self, id: i64, remind_at: Timestamp) -> Result<()> {
        use outbox::Column::{Attempts, DueAt, Id, SettledAt, State};
        outbox::Entity::update_many()
            .col_expr(State, Expr::value(OutboxState::ByHand.code()))
            .col_expr(SettledAt, Expr::value(Option::<i64>::None))
            .col_expr(DueAt, Expr::value(micros(remind_at)))
            .col_expr(Attempts, Expr::value(0))
            .filter(Id.eq(id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Counts that somebody was asked after something; the next time is at an instant.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn asked_after(&self, ids: &[i64], next: Timestamp) -> Result<()> {
        use outbox::Column::{Attempts, DueAt, Id};
        outbox::Entity::update_many()
            .col_expr(Attempts, Expr::col(Attempts).add(1))
            .col_expr(DueAt, Expr::value(micros(next)))
            .filter(Id.is_in(ids.iter().copied()))
            .filter(waiting())
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Store {
    /// What waits for a person within a viewer's sight, the longest first, at most `n`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn to_post(&self, sight: &Sight<'_>, n: u64) -> Result<Vec<(Letter, Outgoing)>> {
        self.posts(sight, waiting(), n).await
    }

    /// These of the outbox within a viewer's sight, those of mails too.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outgoing_of(
        &self,
        sight: &Sight<'_>,
        ids: &[i64],
    ) -> Result<Vec<(Letter, Outgoing)>> {
        let these = Condition::all().add(outbox::Column::Id.is_in(ids.iter().copied()));
        self.posts(sight, these, ids.len() as u64).await
    }

    async fn posts(
        &self,
        sight: &Sight<'_>,
        which: Condition,
        n: u64,
    ) -> Result<Vec<(Letter, Outgoing)>> {
        let seen = letter::Entity::find()
            .select_only()
            .column(letter::Column::Id)
            .filter(letter::Column::Id.in_subquery(letters_of(&which)))
            .filter(sight.condition())
            .into_query();
        let rows = outbox::Entity::find()
            .filter(which)
            .filter(outbox::Column::LetterId.in_subquery(seen))
            .order_by_asc(outbox::Column::CreatedAt)
            .order_by_asc(outbox::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            out.push(self.with_letter(&self.read, row).await?);
        }
        Ok(out)
    }

    /// Letters with something that waits for a person and that it is time to ask after, at most `n`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn to_ask_after(&self, now: Timestamp, n: u64) -> Result<Vec<i64>> {
        Ok(outbox::Entity::find()
            .select_only()
            .column(outbox::Column::LetterId)
            .distinct()
            .filter(waiting())
            .filter(outbox::Column::DueAt.lte(micros(now)))
            .limit(n)
            .into_tuple()
            .all(&self.read)
            .await?)
    }
}

fn letters_of(which: &Condition) -> sea_orm::sea_query::SelectStatement {
    outbox::Entity::find()
        .select_only()
        .column(outbox::Column::LetterId)
        .filter(which.clone())
        .into_query()
}
