//! A longer term: asked for, and what came of it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "extension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub obligation_id: i64,
    pub letter_id: i64,
    pub length: i32,
    pub state: String,
    pub due_on: String,
    pub requested_at: i64,
    pub requested_by: Option<i64>,
    pub decided_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub decided_as: Option<String>,
    pub notice_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
