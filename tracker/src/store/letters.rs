//! Letters: inserting, loading for a step, saving under an optimistic version.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use serde::{Deserialize, Serialize};

use super::{
    Result, Store, StoreError, Vault, decode, decode_opt,
    entities::{letter, writer},
    scope,
    sealing::Lock,
    step::Step,
    time::{day, day_opt, instant, instant_opt, micros},
    writers::WriterRecord,
};
use crate::domain::{
    access::Scope,
    number::LetterNumber,
    obligation::STANDING,
    status::Status,
    words::{Class, Kind, Language, Route, Source, UrgentBy},
};

/// A letter as the steps of its life see it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Row id; shown to nobody.
    pub id: i64,
    /// What everybody calls it.
    pub number: LetterNumber,
    /// Where it was written to.
    pub channel_id: i64,
    /// How it arrived.
    pub source: Source,
    /// The mailbox or Maildir it came through.
    pub source_name: String,
    /// What the writer chose.
    pub kind: Option<Kind>,
    /// What the registrar determined.
    pub class: Option<Class>,
    /// The route of a claim.
    pub route: Option<Route>,
    /// 问题类别.
    pub topic: Option<String>,
    /// 属地.
    pub place: Option<String>,
    /// Where in its life it stands.
    pub status: Status,
    /// 1, and one more for each reopening.
    pub round: i32,
    /// Grows with every step; an older one is a conflict.
    pub version: i64,
    /// What it is about, in the writer's words.
    pub subject: String,
    /// The language it is answered in.
    pub language: Language,
    /// The lead unit.
    pub unit_id: Option<i64>,
    /// Who answers it.
    pub handler_id: Option<i64>,
    /// Who wrote it.
    pub writer_id: i64,
    /// When the message reached us.
    pub received_at: Timestamp,
    /// That instant's day in the department's zone.
    pub received_on: Date,
    /// When Huiyin first saw it.
    pub seen_at: Timestamp,
    /// 受理.
    pub accepted_at: Option<Timestamp>,
    /// When its answer was issued, once that was served.
    pub answered_at: Option<Timestamp>,
    /// Due date of the open counted obligation, by which lists are ordered; [`STANDING`] while its
    /// clock stands. Pages ask [`Letter::due`].
    pub next_due_on: Option<Date>,
    /// An answer came back.
    pub undelivered: bool,
    /// A notice of declining, directing or transferring was served.
    pub notice_served: bool,
    /// How its words are kept.
    pub lock: Lock,
    /// Version of the query code.
    pub code_version: i32,
    /// The writer agrees to publication.
    pub wants_publication: bool,
    /// The letter this one repeats.
    pub duplicate_of: Option<i64>,
    /// Files in all its messages.
    pub attachments: i32,
    /// Sequence of its last event.
    pub event_seq: i64,
    /// Hash of its last event.
    pub event_hash: [u8; 32],
    /// How often its class was determined anew.
    pub reclassified: i32,
    /// 紧急: since when, and why.
    pub urgent: Option<Urgent>,
}

/// 紧急: the duty officer hears of it at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urgent {
    /// Since when.
    pub at: Timestamp,
    /// What made it so.
    pub why: UrgentBy,
    /// When somebody took it on.
    pub taken_at: Option<Timestamp>,
    /// Who did.
    pub taken_by: Option<i64>,
    /// How often the duty officer was told.
    pub told: i32,
    /// When last.
    pub told_at: Option<Timestamp>,
}

impl Urgent {
    /// Urgent since now, nobody told yet.
    #[must_use]
    pub fn since(at: Timestamp, why: UrgentBy) -> Self {
        Self {
            at,
            why,
            taken_at: None,
            taken_by: None,
            told: 0,
            told_at: None,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Subject {
    subject: String,
}

impl Letter {
    /// When it is due; none once it is closed, and while its clock stands.
    #[must_use]
    pub fn due(&self) -> Option<Date> {
        self.next_due_on.filter(|d| *d != STANDING)
    }

    /// Whether the public's words in it are encrypted.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.lock.is_sealed()
    }

    pub(crate) fn from_row(vault: &Vault, row: letter::Model) -> Result<Self> {
        let id = row.id;
        let lock = vault.lock(row.data_key, row.key_id.as_deref())?;
        let plain = Subject {
            subject: row.subject,
        };
        let words = vault.get(&lock, "letter", id, plain, row.sealed.as_deref())?;
        let at = |column, value: Option<String>| (column, value);
        let (kind, class, route) = (
            at("kind", row.kind),
            at("class", row.class),
            at("route", row.route),
        );
        Ok(Self {
            id,
            number: decode("letter", id, "number", &row.number)?,
            channel_id: row.channel_id,
            source: decode("letter", id, "source", &row.source)?,
            source_name: row.source_name,
            kind: decode_opt("letter", id, kind.0, kind.1.as_deref())?,
            class: decode_opt("letter", id, class.0, class.1.as_deref())?,
            route: decode_opt("letter", id, route.0, route.1.as_deref())?,
            topic: row.topic,
            place: row.place,
            status: decode("letter", id, "status", &row.status)?,
            round: row.round,
            version: row.version,
            subject: words.subject,
            language: decode("letter", id, "language", &row.language)?,
            unit_id: row.unit_id,
            handler_id: row.handler_id,
            writer_id: row.writer_id,
            received_at: instant(row.received_at),
            received_on: day("letter", id, &row.received_on)?,
            seen_at: instant(row.seen_at),
            accepted_at: instant_opt(row.accepted_at),
            answered_at: instant_opt(row.answered_at),
            next_due_on: day_opt("letter", id, row.next_due_on.as_deref())?,
            undelivered: row.undelivered,
            notice_served: row.notice_served,
            lock,
            code_version: row.code_version,
            wants_publication: row.wants_publication,
            duplicate_of: row.duplicate_of,
            attachments: row.attachments,
            event_seq: row.event_seq,
            event_hash: row
                .event_hash
                .and_then(|h| h.try_into().ok())
                .unwrap_or_default(),
            reclassified: row.reclassified,
            urgent: match row.urgent_at {
                None => None,
                Some(at) => Some(Urgent {
                    at: instant(at),
                    why: decode(
                        "letter",
                        id,
                        "urgent_why",
                        &row.urgent_why.unwrap_or_default(),
                    )?,
                    taken_at: instant_opt(row.urgent_taken_at),
                    taken_by: row.urgent_taken_by,
                    told: row.urgent_told,
                    told_at: instant_opt(row.urgent_told_at),
                }),
            },
        })
    }

    fn into_row(self, vault: &Vault) -> letter::Model {
        let subject = Subject {
            subject: self.subject,
        };
        let (words, (sealed, key_id)) = vault.put(&self.lock, "letter", self.id, subject);
        let data_key = match self.lock {
            Lock::Open => None,
            Lock::Sealed { wrapped, .. } => Some(wrapped),
        };
        letter::Model {
            id: self.id,
            number: self.number.to_string(),
            year: i32::from(self.number.year),
            serial: i64::from(self.number.serial),
            channel_id: self.channel_id,
            source: self.source.code().into(),
            source_name: self.source_name,
            kind: self.kind.map(|k| k.code().into()),
            class: self.class.map(|c| c.code().into()),
            route: self.route.map(|r| r.code().into()),
            topic: self.topic,
            place: self.place,
            status: self.status.code().into(),
            round: self.round,
            version: self.version,
            subject: words.subject,
            language: self.language.code().into(),
            unit_id: self.unit_id,
            handler_id: self.handler_id,
            writer_id: self.writer_id,
            received_at: micros(self.received_at),
            received_on: self.received_on.to_string(),
            seen_at: micros(self.seen_at),
            accepted_at: self.accepted_at.map(micros),
            answered_at: self.answered_at.map(micros),
            open: self.status.is_open(),
            next_due_on: self.next_due_on.map(|d| d.to_string()),
            undelivered: self.undelivered,
            notice_served: self.notice_served,
            is_sealed: data_key.is_some(),
            data_key,
            code_version: self.code_version,
            wants_publication: self.wants_publication,
            duplicate_of: self.duplicate_of,
            attachments: self.attachments,
            event_seq: self.event_seq,
            event_hash: Some(self.event_hash.to_vec()),
            reclassified: self.reclassified,
            urgent_at: self.urgent.as_ref().map(|u| micros(u.at)),
            urgent_why: self.urgent.as_ref().map(|u| u.why.code().into()),
            urgent_taken_at: self.urgent.as_ref().and_then(|u| u.taken_at).map(micros),
            urgent_taken_by: self.urgent.as_ref().and_then(|u| u.taken_by),
            urgent_told: self.urgent.as_ref().map(|u| u.told).unwrap_or_default(),
            urgent_told_at: self.urgent.as_ref().and_then(|u| u.told_at).map(micros),
            sealed,
            key_id,
        }
    }
}

impl Step<'_> {
    /// Adds letters with their writers. `mail_key` is the keyed digest of the writer's address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_letters(
        &self,
        letters: Vec<(Letter, WriterRecord, Option<String>)>,
    ) -> Result<()> {
        let mut writers = Vec::with_capacity(letters.len());
        let mut rows = Vec::with_capacity(letters.len());
        for (letter, who, mail_key) in letters {
            let (words, (sealed, key_id)) =
                self.vault().put(&letter.lock, "writer", who.id, who.words);
            writers.push(writer::Model {
                id: who.id,
                name: words.name,
                phone: words.phone,
                email: words.email,
                address: words.address,
                anonymous: who.anonymous,
                answer_by: who.answer_by.map(|s| s.code().into()),
                mail_key,
                erased_at: None,
                sealed,
                key_id,
            });
            rows.push(letter.into_row(self.vault()));
        }
        self.insert::<writer::Entity, _>(writers).await?;
        self.insert::<letter::Entity, _>(rows).await
    }

    /// Loads a letter for this step; `None` where it does not exist or the scope ends before it.
    /// PostgreSQL locks the row until the step ends, as SQLite locks the whole database.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letter(&self, number: LetterNumber, scope: &Scope) -> Result<Option<Letter>> {
        let query = letter::Entity::find()
            .filter(letter::Column::Number.eq(number.to_string()))
            .filter(scope::condition(scope));
        self.locked(query).await
    }

    /// The same by row id, for the machine's own steps.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letter_by_id(&self, id: i64) -> Result<Option<Letter>> {
        self.locked(letter::Entity::find().filter(letter::Column::Id.eq(id)))
            .await
    }

    async fn locked(&self, query: sea_orm::Select<letter::Entity>) -> Result<Option<Letter>> {
        use sea_orm::DbBackend;
        let query = if self.backend() == DbBackend::Postgres {
            query.lock_exclusive()
        } else {
            query
        };
        let row = query.one(&self.tx).await?;
        row.map(|r| Letter::from_row(self.vault(), r)).transpose()
    }

    /// Saves a letter if nobody saved it since it was loaded; `false` is a conflict.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_letter(&self, letter: Letter, loaded_version: i64) -> Result<bool> {
        let id = letter.id;
        let row = letter.into_row(self.vault());
        let mut active = row.into_active_model().reset_all();
        active.id = sea_orm::ActiveValue::Unchanged(id);
        let done = letter::Entity::update_many()
            .set(active)
            .filter(letter::Column::Id.eq(id))
            .filter(letter::Column::Version.eq(loaded_version))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// The next serial numbers of a year, `n` of them, gap-free with the rest of the step.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_serials(&self, year: i16, n: u32) -> Result<u32> {
        let last = self
            .count_on(&format!("letter-number/{year}"), i64::from(n))
            .await?;
        u32::try_from(last - i64::from(n) + 1)
            .map_err(|_| StoreError::Unsafe(format!("the letters of {year} are used up")))
    }
}

impl Store {
    /// A letter within a scope.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letter(&self, number: LetterNumber, scope: &Scope) -> Result<Option<Letter>> {
        let row = letter::Entity::find()
            .filter(letter::Column::Number.eq(number.to_string()))
            .filter(scope::condition(scope))
            .one(&self.read)
            .await?;
        row.map(|r| Letter::from_row(&self.vault, r)).transpose()
    }

    /// A letter for its writer, who proves it with the query code: no staff scope applies.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letter_for_writer(&self, number: LetterNumber) -> Result<Option<Letter>> {
        let row = letter::Entity::find()
            .filter(letter::Column::Number.eq(number.to_string()))
            .one(&self.read)
            .await?;
        row.map(|r| Letter::from_row(&self.vault, r)).transpose()
    }

    /// The lead unit of a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unit_of_letter(&self, id: i64) -> Result<Option<i64>> {
        let found: Option<Option<i64>> = letter::Entity::find_by_id(id)
            .select_only()
            .column(letter::Column::UnitId)
            .into_tuple()
            .one(&self.read)
            .await?;
        Ok(found.flatten())
    }

    /// Days of receipt of letters by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn received_on(&self, ids: &[i64]) -> Result<HashMap<i64, Date>> {
        use letter::Column::{Id, ReceivedOn};
        let mut out = HashMap::new();
        for some in ids.chunks(5_000) {
            let rows: Vec<(i64, String)> = letter::Entity::find()
                .select_only()
                .columns([Id, ReceivedOn])
                .filter(Id.is_in(some.iter().copied()))
                .into_tuple()
                .all(&self.read)
                .await?;
            for (id, on) in rows {
                out.insert(id, day("letter", id, &on)?);
            }
        }
        Ok(out)
    }

    /// Numbers of letters by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn numbers(&self, ids: &[i64]) -> Result<Vec<(i64, String)>> {
        Ok(letter::Entity::find()
            .select_only()
            .columns([letter::Column::Id, letter::Column::Number])
            .filter(letter::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&self.read)
            .await?)
    }
}
