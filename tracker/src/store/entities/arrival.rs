//! The intake ledger: everything seen and its fate.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "arrival")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub source: String,
    pub source_name: String,
    pub source_key: String,
    pub channel_id: i64,
    pub sealed: bool,
    pub received_at: i64,
    pub seen_at: i64,
    pub stored_at: i64,
    pub size: i64,
    pub blob_id: Option<String>,
    pub digest: Option<String>,
    pub mail_key: Option<String>,
    pub state: String,
    pub fate: Option<String>,
    pub reason: Option<String>,
    pub letter_id: Option<i64>,
    pub attempts: i32,
    pub acknowledged_at: Option<i64>,
    pub settled_at: Option<i64>,
    pub settled_by: Option<i64>,
    pub forged: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
