//! The channels the public writes to: data, more can be added.

use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IntoActiveModel, QueryOrder};

use super::{Result, Store, decode, entities::channel, step::Step};
use crate::domain::{
    term::{Term, Unit},
    words::Class,
};

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
    /// The class whose rules hold until a letter's own is determined.
    pub default_class: Class,
    /// The department's own term for its letters, where the law sets none.
    pub own: Option<OwnTerm>,
    /// Grows with every change of that term.
    pub rule_version: i32,
    /// Grows with every change.
    pub version: i32,
}

/// A term that the department set itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTerm {
    /// How long an answer may take.
    pub term: Term,
    /// On what basis, in Chinese.
    pub basis_zh: String,
    /// On what basis, in English.
    pub basis_en: String,
}

impl Channel {
    /// The id of its own term as a rule.
    #[must_use]
    pub fn own_rule(&self) -> String {
        format!("own.{}", self.code)
    }

    fn to_row(&self) -> channel::Model {
        let own = self.own.clone();
        let term = own.as_ref().map_or(
            Term {
                length: 0,
                unit: Unit::Workday,
            },
            |o| o.term,
        );
        let basis = own.map(|o| (o.basis_zh, o.basis_en)).unwrap_or_default();
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
            rule: self
                .own
                .as_ref()
                .map(|_| self.own_rule())
                .unwrap_or_default(),
            rule_version: self.rule_version,
            term_length: i32::try_from(term.length).unwrap_or(i32::MAX),
            term_unit: term.unit.code().into(),
            basis_zh: basis.0,
            basis_en: basis.1,
            version: self.version,
            default_class: self.default_class.code().into(),
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
                let own = OwnTerm {
                    term: Term {
                        length: u32::try_from(r.term_length).unwrap_or_default(),
                        unit: decode("channel", r.id, "term_unit", &r.term_unit)?,
                    },
                    basis_zh: r.basis_zh,
                    basis_en: r.basis_en,
                };
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
                    default_class: decode("channel", r.id, "default_class", &r.default_class)?,
                    own: (own.term.length > 0).then_some(own),
                    rule_version: r.rule_version,
                    version: r.version,
                })
            })
            .collect()
    }
}
