//! Finished words on their way out. A worker claims rows under a lease whose times are the
//! database's and whose fence stands in the WHERE of every later write: a worker that was stopped
//! past its lease can no longer say anything about the row.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

use super::{
    Result, Store, decode,
    entities::{letter, outbox},
    letters::Letter,
    queue::Queue,
    sealing::Lock,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::words::{Language, OutboxKind, OutboxState, Service};

/// Everything about an outgoing message that is words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingWords {
    /// The one recipient.
    pub address: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// What it answers: a writer's Message-ID names their machine or provider.
    pub in_reply_to: Option<String>,
    /// The thread.
    pub references: Vec<String>,
}

/// A message to the outside.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub letter_id: i64,
    /// The reply or notice it carries, with its files.
    pub message_id: Option<i64>,
    /// Receipt, reply, notice.
    pub kind: OutboxKind,
    /// How it goes; what is not mail waits for a person.
    pub medium: Service,
    /// Keyed digest of the recipient, for caps.
    pub address_key: Option<String>,
    /// Its language.
    pub language: Language,
    /// The words.
    pub words: OutgoingWords,
    /// The mailbox it came through, for Reply-To.
    pub source_name: Option<String>,
    /// Message-ID, fixed before the first attempt.
    pub mail_id: String,
    /// Written by the machine.
    pub automatic: bool,
    /// How far it got.
    pub state: OutboxState,
    /// Attempts so far.
    pub attempts: i32,
    /// Not before this instant.
    pub due_at: Timestamp,
    /// Grows with every claim.
    pub fence: i64,
    /// What the last attempt met.
    pub last_error: Option<String>,
    /// When the step wrote it.
    pub created_at: Timestamp,
    /// When its state became final.
    pub settled_at: Option<Timestamp>,
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The state it leads to.
    pub state: OutboxState,
    /// When to try again, for [`OutboxState::Queued`].
    pub due_at: Timestamp,
    /// What went wrong.
    pub error: Option<String>,
}

impl Outcome {
    /// Whether another attempt follows.
    #[must_use]
    pub fn is_tried_again(&self) -> bool {
        self.state == OutboxState::Queued
    }
}

impl Step<'_> {
    /// Adds finished messages.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_outgoing(&self, all: Vec<(Lock, Outgoing)>) -> Result<()> {
        let rows = all
            .into_iter()
            .map(|(lock, o)| self.to_row(&lock, o))
            .collect();
        self.insert::<outbox::Entity, _>(rows).await
    }

    fn to_row(&self, lock: &Lock, o: Outgoing) -> outbox::Model {
        let (words, (sealed, key_id)) = self.vault().put(lock, "outbox", o.id, o.words);
        outbox::Model {
            id: o.id,
            letter_id: o.letter_id,
            message_id: o.message_id,
            kind: o.kind.code().into(),
            medium: o.medium.code().into(),
            address: words.address,
            address_key: o.address_key,
            language: o.language.code().into(),
            subject: words.subject,
            text: words.text,
            html: words.html,
            source_name: o.source_name,
            mail_id: o.mail_id,
            in_reply_to: words.in_reply_to,
            refs: words.references.join(" "),
            automatic: o.automatic,
            state: o.state.code().into(),
            attempts: o.attempts,
            due_at: micros(o.due_at),
            lease_until: None,
            fence: o.fence,
            last_error: o.last_error,
            created_at: micros(o.created_at),
            settled_at: o.settled_at.map(micros),
            sealed,
            key_id,
        }
    }

    /// Says what a claimed attempt came to; `false` where the fence has moved on and somebody
    /// else speaks for the row now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settle(&self, id: i64, fence: i64, outcome: &Outcome) -> Result<bool> {
        self.settle_in(Queue::Outbox, id, fence, outcome).await
    }

    /// Changes the state of a letter's messages that stand in one of `from`; answers how many.
    /// Raises the fence, so that a worker holding one of them is no longer heard.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn turn_outgoing(
        &self,
        letter_id: i64,
        kind: OutboxKind,
        from: &[OutboxState],
        to: OutboxState,
    ) -> Result<u64> {
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(to.code()))
            .col_expr(
                outbox::Column::Fence,
                Expr::col(outbox::Column::Fence).add(1),
            )
            .col_expr(outbox::Column::DueAt, Expr::value(micros(self.now)))
            .filter(outbox::Column::LetterId.eq(letter_id))
            .filter(outbox::Column::Kind.eq(kind.code()))
            .filter(outbox::Column::State.is_in(from.iter().map(OutboxState::code)))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected)
    }

    /// When the last automatic mail that waits for its first attempt is to leave.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_automatic(&self) -> Result<Option<Timestamp>> {
        let at: Option<i64> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::DueAt)
            .filter(outbox::Column::State.eq(OutboxState::Queued.code()))
            .filter(outbox::Column::Automatic.eq(true))
            .filter(outbox::Column::Attempts.eq(0))
            .order_by_desc(outbox::Column::DueAt)
            .limit(1)
            .into_tuple()
            .one(&self.tx)
            .await?;
        Ok(at.map(instant))
    }

    /// Marks a mail that was accepted and came back; `false` where it is known already, or was a
    /// receipt, whose loss nobody acts on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn came_back(&self, letter_id: i64, mail_id: &str, reason: &str) -> Result<bool> {
        let kinds = [OutboxKind::Reply, OutboxKind::Notice].map(|kind| kind.code());
        let accepted = [OutboxState::Sent, OutboxState::Unknown].map(|state| state.code());
        let done = outbox::Entity::update_many()
            .col_expr(
                outbox::Column::State,
                Expr::value(OutboxState::Failed.code()),
            )
            .col_expr(outbox::Column::LastError, Expr::value(reason))
            .filter(outbox::Column::LetterId.eq(letter_id))
            .filter(outbox::Column::MailId.eq(mail_id))
            .filter(outbox::Column::Kind.is_in(kinds))
            .filter(outbox::Column::State.is_in(accepted))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected > 0)
    }

    /// How many automatic mails went (or are going) to an address since an instant.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn automatic_since(
        &self,
        address_keys: &[String],
        since: Timestamp,
    ) -> Result<Vec<String>> {
        Ok(outbox::Entity::find()
            .select_only()
            .column(outbox::Column::AddressKey)
            .filter(outbox::Column::AddressKey.is_in(address_keys.iter().map(String::as_str)))
            .filter(outbox::Column::Automatic.eq(true))
            .filter(outbox::Column::CreatedAt.gte(micros(since)))
            .into_tuple()
            .all(&self.tx)
            .await?)
    }
}

impl Store {
    /// Whether anything may be sent now: asked every second, so it takes no write lock.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_due(&self) -> Result<bool> {
        let clock = clock(&self.read).await?;
        Queue::Outbox.is_due(&self.read, clock).await
    }

    /// Claims up to `n` due messages for `lease`. One of a letter at a time, oldest first, so
    /// that a thread keeps its order. A message whose sender died while sending is not among
    /// them: see [`Store::abandoned`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim(
        &self,
        now: Timestamp,
        n: u64,
        lease: Duration,
    ) -> Result<Vec<(Letter, Outgoing)>> {
        let step = self.begin(now).await?;
        let clock = step.clock().await?;
        let mut query = outbox::Entity::find()
            .filter(outbox::Column::State.eq(OutboxState::Queued.code()))
            .filter(outbox::Column::DueAt.lte(clock))
            .filter(Expr::cust(format!(
                "NOT EXISTS (SELECT 1 FROM outbox AS other WHERE other.letter_id = outbox.letter_id \
                 AND (other.state = '{sending}' OR (other.id < outbox.id AND \
                 other.state = '{queued}' AND other.due_at <= {clock})))",
                sending = OutboxState::Sending.code(),
                queued = OutboxState::Queued.code(),
            )))
            .order_by_asc(outbox::Column::DueAt)
            .limit(n);
        if step.backend() == DbBackend::Postgres {
            query = query.lock_with_behavior(
                sea_orm::sea_query::LockType::Update,
                sea_orm::sea_query::LockBehavior::SkipLocked,
            );
        }
        let rows = query.all(&step.tx).await?;
        let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
        let until = clock + i64::try_from(lease.as_micros()).unwrap_or(i64::MAX / 2);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        step.take_from(Queue::Outbox, ids, until).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for mut row in rows {
            row.fence += 1;
            row.attempts += 1;
            OutboxState::Sending.code().clone_into(&mut row.state);
            claimed.push(self.with_letter(&step.tx, row).await?);
        }
        step.commit().await?;
        Ok(claimed)
    }

    /// Messages whose sender's lease ran out while sending: nobody knows whether they left.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn abandoned(&self) -> Result<Vec<(Letter, Outgoing)>> {
        let clock = clock(&self.read).await?;
        let rows = outbox::Entity::find()
            .filter(outbox::Column::State.eq(OutboxState::Sending.code()))
            .filter(outbox::Column::LeaseUntil.lt(clock))
            .limit(100)
            .all(&self.read)
            .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push(self.with_letter(&self.read, row).await?);
        }
        Ok(found)
    }

    /// Everything that left or is leaving for a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outgoing(&self, letter: &Letter) -> Result<Vec<Outgoing>> {
        outbox::Entity::find()
            .filter(outbox::Column::LetterId.eq(letter.id))
            .order_by_asc(outbox::Column::Id)
            .all(&self.read)
            .await?
            .into_iter()
            .map(|row| self.to_outgoing(&letter.lock, row))
            .collect()
    }

    /// The letters whose mails these Message-IDs were.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_of_mails(&self, mail_ids: &[String]) -> Result<Vec<(String, i64)>> {
        if mail_ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(outbox::Entity::find()
            .select_only()
            .columns([outbox::Column::MailId, outbox::Column::LetterId])
            .filter(outbox::Column::MailId.is_in(mail_ids.iter().map(String::as_str)))
            .into_tuple()
            .all(&self.read)
            .await?)
    }

    /// The latest answer or notice of a letter that was accepted by the next server.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn latest_sent(&self, letter_id: i64) -> Result<Option<String>> {
        let kinds = [OutboxKind::Reply, OutboxKind::Notice].map(|kind| kind.code());
        Ok(outbox::Entity::find()
            .select_only()
            .column(outbox::Column::MailId)
            .filter(outbox::Column::LetterId.eq(letter_id))
            .filter(outbox::Column::Kind.is_in(kinds))
            .filter(outbox::Column::State.eq(OutboxState::Sent.code()))
            .filter(outbox::Column::Medium.eq(Service::Mail.code()))
            .order_by_desc(outbox::Column::Id)
            .into_tuple()
            .one(&self.read)
            .await?)
    }

    /// How many wait, are unknown, or failed: for the health page.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn outgoing_in(&self, state: OutboxState) -> Result<u64> {
        use sea_orm::PaginatorTrait as _;
        Ok(outbox::Entity::find()
            .filter(Condition::all().add(outbox::Column::State.eq(state.code())))
            .count(&self.read)
            .await?)
    }

    pub(super) async fn with_letter(
        &self,
        db: &impl ConnectionTrait,
        row: outbox::Model,
    ) -> Result<(Letter, Outgoing)> {
        let found = letter::Entity::find_by_id(row.letter_id).one(db).await?;
        let found = found.ok_or_else(|| super::StoreError::Unknown {
            table: "outbox",
            id: row.id.to_string(),
            what: "a letter that is not there".into(),
        })?;
        let letter = Letter::from_row(&self.vault, found)?;
        let outgoing = self.to_outgoing(&letter.lock, row)?;
        Ok((letter, outgoing))
    }

    pub(super) fn to_outgoing(&self, lock: &Lock, row: outbox::Model) -> Result<Outgoing> {
        let plain = OutgoingWords {
            address: row.address,
            subject: row.subject,
            text: row.text,
            html: row.html,
            in_reply_to: row.in_reply_to,
            references: row.refs.split_whitespace().map(ToOwned::to_owned).collect(),
        };
        Ok(Outgoing {
            id: row.id,
            letter_id: row.letter_id,
            message_id: row.message_id,
            kind: decode("outbox", row.id, "kind", &row.kind)?,
            medium: decode("outbox", row.id, "medium", &row.medium)?,
            address_key: row.address_key,
            language: decode("outbox", row.id, "language", &row.language)?,
            words: self
                .vault
                .get(lock, "outbox", row.id, plain, row.sealed.as_deref())?,
            source_name: row.source_name,
            mail_id: row.mail_id,
            automatic: row.automatic,
            state: decode("outbox", row.id, "state", &row.state)?,
            attempts: row.attempts,
            due_at: instant(row.due_at),
            fence: row.fence,
            last_error: row.last_error,
            created_at: instant(row.created_at),
            settled_at: instant_opt(row.settled_at),
        })
    }
}

impl Step<'_> {
    /// The database's clock, in microseconds: the one that all processes share.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn clock(&self) -> Result<i64> {
        clock(&self.tx).await
    }
}

pub(super) async fn clock(db: &impl ConnectionTrait) -> Result<i64> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000"
        }
        _ => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
    };
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    Ok(row
        .map(|r| r.try_get_by_index(0))
        .transpose()?
        .unwrap_or_default())
}
