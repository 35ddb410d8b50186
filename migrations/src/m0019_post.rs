//! How a writer wants to be answered; what a letter's staff notices are, found by the letter.

use sea_orm_migration::prelude::*;

use crate::columns::{index, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("writer")
                .add_column(text_null("answer_by"))
                .take(),
        )
        .await?;
        index(m, "staff_notice", &["letter_id", "kind"], false).await
    }
}
