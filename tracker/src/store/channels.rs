//! The channels the public writes to: data, more can be added.

use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IntoActiveModel, QueryOrder};

use super::{Result, Store, decode, entities::channel, step::Step};
use crate::domain::term::Term;

/// A channel with the plain default term of its letters.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Row id.
    pub id: i64,
    /// `director-mailbox` …
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// What it is for, in Chinese.
    pub intro_zh: String,
    /// What it is for, in English.
    pub intro_en: String,
    /// Its letters are sealed from the first.
    pub sealed: bool,
    /// The public can write to it.
    pub enabled: bool,
    /// Order on the portal.
    pub position: i32,
    /// The rule its letters are due by.
    pub rule: String,
    /// That rule's version.
    pub rule_version: i32,
    /// How long an answer may take.
    pub term: Term,
    /// On what basis, in Chinese.
    pub basis_zh: String,
    /// On what basis, in English.
    pub basis_en: String,
    /// Grows with every change.
    pub version: i32,
}

impl Channel {
    fn to_row(&self) -> channel::Model {
        channel::Model {
            id: self.id,
            code: self.code.clone(),
            name_zh: self.name_zh.clone(),
            name_en: self.name_en.clone(),
            intro_zh: self.intro_zh.clone(),
            intro_en: self.intro_en.clone(),
            sealed: self.sealed,
            enabled: self.enabled,
            position: self.position,
            rule: self.rule.clone(),
            rule_version: self.rule_version,
            term_length: i32::try_from(self.term.length).unwrap_or(i32::MAX),
            term_unit: self.term.unit.code().into(),
            basis_zh: self.basis_zh.clone(),
            basis_en: self.basis_en.clone(),
            version: self.version,
        }
    }
}

impl Step<'_> {
    /// Adds channels.
    ///
    /// # Errors
    /// When the database refuses, a code that is taken included.
    pub async fn add_channels(&self, channels: &[Channel]) -> Result<()> {
        self.insert::<channel::Entity, _>(channels.iter().map(Channel::to_row).collect())
            .await
    }

    /// Saves a channel.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_channel(&self, channel: &Channel) -> Result<()> {
        let mut active = channel.to_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(channel.id);
        active.update(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// All channels in order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn channels(&self) -> Result<Vec<Channel>> {
        let rows = channel::Entity::find()
            .order_by_asc(channel::Column::Position)
            .all(&self.read)
            .await?;
        rows.into_iter()
            .map(|r| {
                Ok(Channel {
                    id: r.id,
                    code: r.code,
                    name_zh: r.name_zh,
                    name_en: r.name_en,
                    intro_zh: r.intro_zh,
                    intro_en: r.intro_en,
                    sealed: r.sealed,
                    enabled: r.enabled,
                    position: r.position,
                    rule: r.rule,
                    rule_version: r.rule_version,
                    term: Term {
                        length: u32::try_from(r.term_length).unwrap_or_default(),
                        unit: decode("channel", r.id, "term_unit", &r.term_unit)?,
                    },
                    basis_zh: r.basis_zh,
                    basis_en: r.basis_en,
                    version: r.version,
                })
            })
            .collect()
    }
}
