//! What is owed, by when, on what basis.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "obligation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub letter_id: i64,
    pub round: i32,
    pub kind: String,
    pub counts: bool,
    pub rule: String,
    pub rule_version: i32,
    pub basis_zh: String,
    pub basis_en: String,
    pub calendar_version: String,
    pub zone: String,
    pub start_on: String,
    pub term_length: i32,
    pub term_unit: String,
    pub extension: i32,
    pub nominal_on: String,
    pub due_on: String,
    pub provisional: bool,
    pub met_at: Option<i64>,
    pub met_on: Option<String>,
    pub in_time: Option<bool>,
    pub ended_at: Option<i64>,
    pub starts: String,
    pub start_assumed: bool,
    pub rolls: bool,
    pub late_since: Option<String>,
    pub standing_since: Option<String>,
    pub superseded_by: Option<i64>,
    pub met_workdays: Option<i64>,
    pub look_on: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
