//! How far a folder was read and how it fares.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "source_state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub folder: String,
    pub started_at: Option<i64>,
    pub uid_validity: Option<i64>,
    pub first_uid: Option<i64>,
    pub fine: bool,
    pub note: String,
    pub waiting: i64,
    pub told_at: i64,
    pub first_at: Option<i64>,
    pub fine_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
