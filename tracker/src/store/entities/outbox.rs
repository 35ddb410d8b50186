//! Finished words on their way out.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub letter_id: i64,
    pub message_id: Option<i64>,
    pub kind: String,
    pub medium: String,
    pub address: String,
    pub address_key: Option<String>,
    pub language: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub source_name: Option<String>,
    pub mail_id: String,
    pub in_reply_to: Option<String>,
    pub refs: String,
    pub automatic: bool,
    pub state: String,
    pub attempts: i32,
    pub due_at: i64,
    pub lease_until: Option<i64>,
    pub fence: i64,
    pub last_error: Option<String>,
    pub created_at: i64,
    pub settled_at: Option<i64>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub sealed: Option<Vec<u8>>,
    pub key_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
