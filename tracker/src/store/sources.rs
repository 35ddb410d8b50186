//! How far each folder was read, how each source fares, and which alarms stand.

use jiff::Timestamp;
use sea_orm::EntityTrait;

use super::{
    Result, Store,
    entities::{source_alarm, source_state},
    step::Step,
    time::{instant, micros},
};

/// How far a folder was read, and how it fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// `kind:name/folder`; without a folder: the source as a whole.
    pub folder: String,
    /// Fixed at the first contact.
    pub started_at: Option<i64>,
    /// UIDVALIDITY then.
    pub uid_validity: Option<i64>,
    /// UIDNEXT then.
    pub first_uid: Option<i64>,
    /// Fetching works.
    pub fine: bool,
    /// What is wrong.
    pub note: String,
    /// Messages lying there.
    pub waiting: i64,
    /// When it was last told.
    pub told_at: i64,
    /// When it was first told.
    pub first_at: Option<i64>,
    /// When it last worked.
    pub fine_at: Option<i64>,
}

impl From<source_state::Model> for SourceState {
    fn from(r: source_state::Model) -> Self {
        Self {
            folder: r.folder,
            started_at: r.started_at,
            uid_validity: r.uid_validity,
            first_uid: r.first_uid,
            fine: r.fine,
            note: r.note,
            waiting: r.waiting,
            told_at: r.told_at,
            first_at: r.first_at,
            fine_at: r.fine_at,
        }
    }
}

impl Store {
    /// How the sources fare.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sources(&self) -> Result<Vec<SourceState>> {
        let rows = source_state::Entity::find().all(&self.read).await?;
        Ok(rows.into_iter().map(SourceState::from).collect())
    }

    /// The alarms that were logged and stand, and since when.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn logged_alarms(&self) -> Result<Vec<(String, Timestamp)>> {
        let rows = source_alarm::Entity::find().all(&self.read).await?;
        Ok(rows
            .into_iter()
            .map(|r| (r.name, instant(r.since)))
            .collect())
    }
}

impl Step<'_> {
    /// How a folder stands.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn source(&self, folder: &str) -> Result<Option<SourceState>> {
        let row = source_state::Entity::find_by_id(folder)
            .one(&self.tx)
            .await?;
        Ok(row.map(SourceState::from))
    }

    /// Saves how a folder stands. What it never said before is first said now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_source(&self, state: SourceState) -> Result<()> {
        source_state::Entity::delete_by_id(&state.folder)
            .exec(&self.tx)
            .await?;
        let row = source_state::Model {
            folder: state.folder,
            started_at: state.started_at,
            uid_validity: state.uid_validity,
            first_uid: state.first_uid,
            fine: state.fine,
            note: state.note,
            waiting: state.waiting,
            told_at: state.told_at,
            first_at: state.first_at.or(Some(state.told_at)),
            fine_at: if state.fine {
                Some(state.told_at)
            } else {
                state.fine_at
            },
        };
        self.insert::<source_state::Entity, _>(vec![row]).await
    }

    /// Notes that an alarm was logged.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_alarm(&self, name: String) -> Result<()> {
        let row = source_alarm::Model {
            name,
            since: micros(self.now),
        };
        self.insert::<source_alarm::Entity, _>(vec![row]).await
    }

    /// Notes that an alarm left.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_alarm(&self, name: &str) -> Result<()> {
        source_alarm::Entity::delete_by_id(name)
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}
