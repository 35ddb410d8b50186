//! How a writer wants to be answered; the files of a draft; staff notices found by their letter, mails to staff by whom
//! they went to.

use sea_orm_migration::prelude::*;

use crate::columns::{index, text, text_null};

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
        m.alter_table(
            Table::alter()
                .table("draft")
                .add_column(text("files").default("").take())
                .take(),
        )
        .await?;
        index(m, "staff_notice", &["letter_id", "kind"], false).await?;
        index(m, "staff_mail", &["person_id", "kind", "created_at"], false).await
    }
}
