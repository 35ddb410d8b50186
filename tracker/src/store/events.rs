//! The history: appended, chained per letter, never changed. Words of an event stand in a row of
//! their own, so that they can be erased and the chain still verifies.

use std::collections::HashSet;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Result, Store, decode,
    entities::{event, event_note},
    letters::Letter,
    step::Step,
    time::{instant, micros},
};
use crate::{
    clock::random,
    domain::event::{self as chain, EventKind},
};

/// An event as stored, with its note where that was not erased.
#[derive(Debug, Clone)]
pub struct EventRecord {
    /// What the chain covers.
    pub event: chain::Event,
    /// The hash it was stored with.
    pub hash: [u8; 32],
    /// The hash of the event before.
    pub prev_hash: [u8; 32],
    /// Reason or note.
    pub note: Option<String>,
}

/// What a step tells the history.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// Who did it; the machine where `None`.
    pub actor_id: Option<i64>,
    /// Ids, codes, dates; no words.
    pub data: serde_json::Value,
    /// The words, erasable.
    pub note: Option<String>,
}

impl NewEvent {
    /// An event without a note.
    #[must_use]
    pub fn new(kind: EventKind, actor_id: Option<i64>, data: serde_json::Value) -> Self {
        Self {
            kind,
            actor_id,
            data,
            note: None,
        }
    }

    /// The same with words.
    #[must_use]
    pub fn with_note(mut self, note: &str) -> Self {
        self.note = (!note.is_empty()).then(|| note.to_owned());
        self
    }
}

impl Step<'_> {
    /// Appends events, moving the heads that their letters carry. The letters are saved by the
    /// caller, in the same step.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_events(&self, all: Vec<(&mut Letter, i64, NewEvent)>) -> Result<()> {
        let rows = self.prepare_events(all);
        self.add_prepared_events(rows).await
    }

    /// Chains events to their letters without writing them yet: a new letter's row must carry
    /// its first head, and stand before the event that refers to it.
    #[must_use]
    pub fn prepare_events(&self, all: Vec<(&mut Letter, i64, NewEvent)>) -> PreparedEvents {
        let mut prepared = PreparedEvents::default();
        for (letter, id, new) in all {
            let salt = random::<16>(&*self.vault().entropy);
            let digest = new.note.as_deref().map(|n| chain::note_digest(&salt, n));
            let body = chain::Event {
                letter_id: letter.id,
                seq: letter.event_seq + 1,
                at: micros(self.now),
                actor_id: new.actor_id,
                kind: new.kind,
                data: new.data,
                note_digest: digest,
            };
            let hash = chain::chain(&letter.event_hash, &body.canonical());
            if let Some(text) = new.note {
                let (text, (sealed, key_id)) =
                    self.vault().put(&letter.lock, "event_note", id, text);
                prepared.notes.push(event_note::Model {
                    event_id: id,
                    salt: salt.to_vec(),
                    text,
                    erased_at: None,
                    sealed,
                    key_id,
                });
            }
            prepared
                .events
                .push(to_row(id, &body, &letter.event_hash, hash));
            letter.event_seq += 1;
            letter.event_hash = hash;
        }
        prepared
    }

    /// Writes what [`Step::prepare_events`] chained.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_prepared_events(&self, prepared: PreparedEvents) -> Result<()> {
        self.insert::<event::Entity, _>(prepared.events).await?;
        self.insert::<event_note::Entity, _>(prepared.notes).await
    }
}

/// Events chained but not written yet.
#[derive(Default)]
pub struct PreparedEvents {
    events: Vec<event::Model>,
    notes: Vec<event_note::Model>,
}

fn to_row(id: i64, body: &chain::Event, prev: &[u8; 32], hash: [u8; 32]) -> event::Model {
    event::Model {
        id,
        letter_id: body.letter_id,
        seq: body.seq,
        at: body.at,
        actor_id: body.actor_id,
        kind: body.kind.code().into(),
        data: body.data.to_string(),
        note_digest: body.note_digest.map(|d| d.to_vec()),
        prev_hash: prev.to_vec(),
        hash: hash.to_vec(),
    }
}

impl Store {
    /// Letters in whose history something stands.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_with(&self, kind: EventKind) -> Result<HashSet<i64>> {
        let ids: Vec<i64> = event::Entity::find()
            .select_only()
            .column(event::Column::LetterId)
            .filter(event::Column::Kind.eq(kind.code()))
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(ids.into_iter().collect())
    }

    /// The history of a letter, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn events(&self, letter: &Letter) -> Result<Vec<EventRecord>> {
        let rows = event::Entity::find()
            .filter(event::Column::LetterId.eq(letter.id))
            .order_by_asc(event::Column::Seq)
            .all(&self.read)
            .await?;
        let with_note = rows
            .iter()
            .filter(|r| r.note_digest.is_some())
            .map(|r| r.id);
        let notes = event_note::Entity::find()
            .filter(event_note::Column::EventId.is_in(with_note.collect::<Vec<_>>()))
            .all(&self.read)
            .await?;
        rows.into_iter()
            .map(|row| {
                let note = notes
                    .iter()
                    .find(|n| n.event_id == row.id && n.erased_at.is_none());
                let open = |n: &event_note::Model| {
                    let sealed = n.sealed.as_deref();
                    self.vault
                        .get(&letter.lock, "event_note", row.id, n.text.clone(), sealed)
                };
                let note = note.map(open).transpose()?;
                to_record(row, note)
            })
            .collect()
    }
}

fn to_record(row: event::Model, note: Option<String>) -> Result<EventRecord> {
    let hash = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).unwrap_or_default();
    Ok(EventRecord {
        event: chain::Event {
            letter_id: row.letter_id,
            seq: row.seq,
            at: row.at,
            actor_id: row.actor_id,
            kind: decode("event", row.id, "kind", &row.kind)?,
            data: decode("event", row.id, "data", &row.data)?,
            note_digest: row.note_digest.map(hash),
        },
        hash: hash(row.hash),
        prev_hash: hash(row.prev_hash),
        note,
    })
}

impl EventRecord {
    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        instant(self.event.at)
    }
}
