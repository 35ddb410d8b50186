//! Sender and subject of messages that became no letter and touch no sealed one.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "arrival_words")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub arrival_id: i64,
    pub sender: String,
    pub subject: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
