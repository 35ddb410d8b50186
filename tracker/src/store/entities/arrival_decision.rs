//! What people decided on single messages of the intake ledger.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "arrival_decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub arrival_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: i64,
    pub by_id: i64,
    pub was: String,
    pub became: String,
    pub letter_id: Option<i64>,
    pub note_blob: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
