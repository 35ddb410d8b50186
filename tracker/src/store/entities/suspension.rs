//! Days on which an obligation's clock stands still, or after which it begins anew.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "suspension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub obligation_id: i64,
    pub letter_id: i64,
    pub kind: String,
    pub effect: String,
    pub from_on: String,
    pub to_on: Option<String>,
    pub signed_at: i64,
    pub signed_by: Option<i64>,
    pub resumed_by: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
