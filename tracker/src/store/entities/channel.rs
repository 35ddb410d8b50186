//! Where the public writes.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub intro_zh: String,
    pub intro_en: String,
    pub sealed: bool,
    pub enabled: bool,
    pub position: i32,
    pub rule: String,
    pub rule_version: i32,
    pub term_length: i32,
    pub term_unit: String,
    pub basis_zh: String,
    pub basis_en: String,
    pub version: i32,
    pub default_class: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
