//! What a writer added to a letter, and what was decided of it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "addition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub letter_id: i64,
    pub received_at: i64,
    pub added_at: i64,
    pub ruling: Option<String>,
    pub decided_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub own_letter_id: Option<i64>,
    pub stage: Option<String>,
    pub with_code: bool,
    pub look_on: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
