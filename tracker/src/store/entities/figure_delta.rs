//! Figures not yet folded.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_delta")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub received_on: String,
    pub channel_id: i64,
    pub unit_id: i64,
    pub class: String,
    pub topic: String,
    pub place: String,
    pub sealed: bool,
    pub measure: String,
    pub bucket: i32,
    pub n: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
