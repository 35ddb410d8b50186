//! One matter with its own clock and answer.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "letter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub number: String,
    pub year: i32,
    pub serial: i64,
    pub channel_id: i64,
    pub source: String,
    pub source_name: String,
    pub kind: Option<String>,
    pub class: Option<String>,
    pub route: Option<String>,
    pub topic: Option<String>,
    pub place: Option<String>,
    pub status: String,
    pub round: i32,
    pub version: i64,
    pub subject: String,
    pub language: String,
    pub unit_id: Option<i64>,
    pub handler_id: Option<i64>,
    pub writer_id: i64,
    pub received_at: i64,
    pub received_on: String,
    pub seen_at: i64,
    pub accepted_at: Option<i64>,
    pub answered_at: Option<i64>,
    pub open: bool,
    pub next_due_on: Option<String>,
    pub undelivered: bool,
    pub notice_served: bool,
    pub is_sealed: bool,
    #[sea_orm(column_type = "Blob", nullable)]
    pub data_key: Option<Vec<u8>>,
    pub code_version: i32,
    pub wants_publication: bool,
    pub duplicate_of: Option<i64>,
    pub attachments: i32,
    pub event_seq: i64,
    #[sea_orm(column_type = "Blob", nullable)]
    pub event_hash: Option<Vec<u8>>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub sealed: Option<Vec<u8>>,
    pub key_id: Option<String>,
    pub reclassified: i32,
    pub urgent_at: Option<i64>,
    pub urgent_why: Option<String>,
    pub urgent_taken_at: Option<i64>,
    pub urgent_taken_by: Option<i64>,
    pub urgent_told: i32,
    pub urgent_told_at: Option<i64>,
    pub undecided: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
