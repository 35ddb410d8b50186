//! Figures as they are published: line by line, with balances from before the system.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

use super::Figures;

/// A table of figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Table {
    /// The instant it speaks of.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// First day of receipt.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day of receipt.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// What the rows are.
    pub by: &'static str,
    /// Every line adds up, and the lines add up to the total.
    pub identity_holds: bool,
    /// All together.
    pub total: Figures,
    /// Line by line.
    pub rows: Vec<Row>,
    /// Balances from before the system; empty until some are imported.
    pub opening: Opening,
}

/// A line with its key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Row {
    /// Channel or unit code, class, topic, month; `none` where there is none.
    pub key: String,
    /// The line.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Opening balances.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Opening {
    /// By channel.
    pub channels: Vec<OpeningChannel>,
    /// What the source states.
    pub stated: Balance,
    /// Stated, but of no channel.
    pub unattributed: Balance,
    /// The channels added up.
    pub itemised: Balance,
}

/// A channel's opening balance.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct OpeningChannel {
    /// Its code.
    pub channel: String,
    /// Received before.
    pub received: i64,
    /// Answered before.
    pub answered: i64,
}

/// Received and answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Balance {
    /// Received.
    pub received: i64,
    /// Answered.
    pub answered: i64,
}
