//! The law as it stands: calendar and rules, under a stamp that grows with every import and every
//! correction, so that no step counts by an older one than the database knows.

use super::{
    calendar::Calendar,
    rules::{Rule, Rules},
};

/// Calendar and rules together.
#[derive(Debug, Clone)]
pub struct Law {
    /// Workdays.
    pub calendar: Calendar,
    /// Rules of all packs, corrected.
    pub rules: Rules,
    /// Id and version of those that were corrected by a recorded job.
    pub corrected: Vec<(String, u32)>,
    /// Grows with every change.
    pub stamp: i64,
}

impl Law {
    /// The same law with rules corrected, the last one on top.
    #[must_use]
    pub fn corrected_by(mut self, rules: Vec<Rule>) -> Self {
        for rule in rules {
            self.corrected.push((rule.id.clone(), rule.version));
            self.rules = self.rules.laid(rule);
        }
        self
    }

    /// The rule behind an obligation as it was corrected; `None` where it never was, and what is
    /// recorded with the obligation stands.
    #[must_use]
    pub fn correction(&self, id: &str, version: i32) -> Option<&Rule> {
        let version = u32::try_from(version).ok()?;
        let corrected = self.corrected.iter().any(|(i, v)| i == id && *v == version);
        corrected.then(|| self.rules.get(id, version)).flatten()
    }
}
