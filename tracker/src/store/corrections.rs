//! Rules that were wrong, as they should read.

use sea_orm::{EntityTrait, QueryOrder};

use super::{Result, Store, StoreError, entities::rule_correction, step::Step, time::micros};
use crate::domain::rules::Rule;

impl Store {
    /// Corrected rules, oldest first: of several corrections of a version the last holds.
    ///
    /// # Errors
    /// When the database refuses, or holds a rule that cannot be read.
    pub async fn corrections(&self) -> Result<Vec<Rule>> {
        let rows = rule_correction::Entity::find()
            .order_by_asc(rule_correction::Column::Id)
            .all(&self.read)
            .await?;
        let rule = |row: rule_correction::Model| {
            Rule::from_toml(&row.text, "correction").map_err(|faults| StoreError::Unknown {
                table: "rule_correction",
                id: row.id.to_string(),
                what: faults.first().map(ToString::to_string).unwrap_or_default(),
            })
        };
        rows.into_iter().map(rule).collect()
    }
}

impl Step<'_> {
    /// Adds a corrected rule.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_correction(
        &self,
        id: i64,
        rule: &Rule,
        reason: &str,
        by: Option<i64>,
    ) -> Result<()> {
        let row = rule_correction::Model {
            id,
            rule_id: rule.id.clone(),
            version: i32::try_from(rule.version).unwrap_or(i32::MAX),
            text: rule.to_toml(),
            reason: reason.to_owned(),
            at: micros(self.now),
            by_id: by,
        };
        self.insert::<rule_correction::Entity, _>(vec![row]).await
    }
}
