//! What was said, in either direction.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub letter_id: i64,
    pub direction: String,
    pub kind: String,
    pub at: i64,
    pub author_id: Option<i64>,
    pub arrival_id: Option<i64>,
    pub blob_id: Option<String>,
    pub subject: String,
    pub text: String,
    pub visible_text: String,
    pub sender: String,
    pub mail_id: String,
    pub has_html: bool,
    pub attachments: i32,
    #[sea_orm(column_type = "Blob", nullable)]
    pub sealed: Option<Vec<u8>>,
    pub key_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
