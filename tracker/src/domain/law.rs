//! The law as it stands: calendar and rules, under a stamp that grows with every import and every
//! correction, so that no step counts by an older one than the database knows.

use super::{calendar::Calendar, rules::Rules};

/// Calendar and rules together.
#[derive(Debug, Clone)]
pub struct Law {
    /// Workdays.
    pub calendar: Calendar,
    /// Rules of all packs.
    pub rules: Rules,
    /// Grows with every change.
    pub stamp: i64,
}
