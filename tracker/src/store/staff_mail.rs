//! Mail to staff: finished text under a name that says what it says to whom, so that it is written
//! once, and sent like the outbox's.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockBehavior, LockType, OnConflict},
};

use super::{
    Result, Store, decode,
    entities::staff_mail,
    outbox::{Outcome, clock},
    queue::Queue,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::words::{Language, OutboxState, StaffMailKind};

/// A mail to a member of staff.
#[derive(Debug, Clone)]
pub struct StaffMail {
    /// Row id.
    pub id: i64,
    /// `daily:<person>:<day>`, `weekly:<person>:<monday>`, `urgent:<person>:<instant>`.
    pub once: String,
    /// To whom.
    pub person_id: i64,
    /// What it is.
    pub kind: StaffMailKind,
    /// Its language.
    pub language: Language,
    /// The one recipient.
    pub address: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Message-ID, fixed before the first attempt.
    pub mail_id: String,
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
    /// When it was written.
    pub created_at: Timestamp,
    /// When its state became final.
    pub settled_at: Option<Timestamp>,
}

impl StaffMail {
    fn from_row(row: staff_mail::Model) -> Result<Self> {
        Ok(Self {
            kind: decode("staff_mail", row.id, "kind", &row.kind)?,
            language: decode("staff_mail", row.id, "language", &row.language)?,
            state: decode("staff_mail", row.id, "state", &row.state)?,
            id: row.id,
            once: row.once,
            person_id: row.person_id,
            address: row.address,
            subject: row.subject,
            text: row.text,
            html: row.html,
            mail_id: row.mail_id,
            attempts: row.attempts,
            due_at: instant(row.due_at),
            fence: row.fence,
            last_error: row.last_error,
            created_at: instant(row.created_at),
            settled_at: instant_opt(row.settled_at),
        })
    }

    fn into_row(self) -> staff_mail::Model {
        staff_mail::Model {
            id: self.id,
            once: self.once,
            person_id: self.person_id,
            kind: self.kind.code().into(),
            language: self.language.code().into(),
            address: self.address,
            subject: self.subject,
            text: self.text,
            html: self.html,
            mail_id: self.mail_id,
            state: self.state.code().into(),
            attempts: self.attempts,
            due_at: micros(self.due_at),
            lease_until: None,
            fence: self.fence,
            last_error: self.last_error,
            created_at: micros(self.created_at),
            settled_at: self.settled_at.map(micros),
        }
    }
}

impl Store {
    /// When the last mail of a kind was written to somebody.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_of(&self, person: i64, kind: StaffMailKind) -> Result<Option<Timestamp>> {
        let at: Option<i64> = staff_mail::Entity::find()
            .select_only()
            .column(staff_mail::Column::CreatedAt)
            .filter(staff_mail::Column::PersonId.eq(person))
            .filter(staff_mail::Column::Kind.eq(kind.code()))
            .order_by_desc(staff_mail::Column::CreatedAt)
            .limit(1)
            .into_tuple()
            .one(&self.read)
            .await?;
        Ok(at.map(instant))
    }
}

impl Step<'_> {
    /// Adds a mail; `false` where one of its name was written before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_staff_mail(&self, mail: StaffMail) -> Result<bool> {
        let row = mail.into_row().into_active_model();
        let once = OnConflict::column(staff_mail::Column::Once)
            .do_nothing_on([staff_mail::Column::Once])
            .to_owned();
        let written = staff_mail::Entity::insert(row)
            .on_conflict(once)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(written == 1)
    }

    /// Says what a claimed attempt came to; `false` where somebody else speaks for it now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settle_staff(&self, id: i64, fence: i64, outcome: &Outcome) -> Result<bool> {
        self.settle_in(Queue::StaffMail, id, fence, outcome).await
    }
}

impl Store {
    /// Which of these mails were written, and when.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn written(&self, once: &[String]) -> Result<Vec<(String, Timestamp)>> {
        use staff_mail::Column::{CreatedAt, Once};
        let rows: Vec<(String, i64)> = staff_mail::Entity::find()
            .select_only()
            .columns([Once, CreatedAt])
            .filter(Once.is_in(once.iter().map(String::as_str)))
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(name, at)| (name, instant(at)))
            .collect())
    }

    /// Claims up to `n` due mails for `lease`, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_staff(
        &self,
        now: Timestamp,
        n: u64,
        lease: Duration,
    ) -> Result<Vec<StaffMail>> {
        if !Queue::StaffMail
            .is_due(&self.read, clock(&self.read).await?)
            .await?
        {
            return Ok(Vec::new());
        }
        let step = self.begin(now).await?;
        let clock = step.clock().await?;
        let mut query = staff_mail::Entity::find()
            .filter(staff_mail::Column::State.eq(OutboxState::Queued.code()))
            .filter(staff_mail::Column::DueAt.lte(clock))
            .order_by_asc(staff_mail::Column::DueAt)
            .limit(n);
        if step.backend() == DbBackend::Postgres {
            query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let rows = query.all(&step.tx).await?;
        let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let until = clock + i64::try_from(lease.as_micros()).unwrap_or(i64::MAX / 2);
        step.take_from(Queue::StaffMail, ids, until).await?;
        step.commit().await?;
        let claimed = rows.into_iter().map(|mut row| {
            row.fence += 1;
            row.attempts += 1;
            StaffMail::from_row(row)
        });
        claimed.collect()
    }

    /// Mails whose sender's lease ran out while sending: nobody knows whether they left.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn abandoned_staff(&self) -> Result<Vec<StaffMail>> {
        let clock = clock(&self.read).await?;
        let query = staff_mail::Entity::find()
            .filter(staff_mail::Column::State.eq(OutboxState::Sending.code()))
            .filter(staff_mail::Column::LeaseUntil.lt(clock))
            .limit(100);
        let rows = query.all(&self.read).await?;
        rows.into_iter().map(StaffMail::from_row).collect()
    }

    /// Everything written to staff of a kind, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn staff_mails(&self, kind: StaffMailKind) -> Result<Vec<StaffMail>> {
        let query = staff_mail::Entity::find()
            .filter(staff_mail::Column::Kind.eq(kind.code()))
            .order_by_asc(staff_mail::Column::Id);
        let rows = query.all(&self.read).await?;
        rows.into_iter().map(StaffMail::from_row).collect()
    }
}
