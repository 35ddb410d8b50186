//! What a registrar sees and decides at the intake: decisions on single messages, words of those
//! that became no letter, alarms that were logged, and since when a source fares as it does.

use sea_orm_migration::prelude::*;

use crate::columns::{flag, index, number, number_null, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let add = |table: &'static str, column: ColumnDef| {
            Table::alter().table(table).add_column(column).take()
        };
        m.alter_table(add("arrival", flag("forged"))).await?;
        index(m, "arrival", &["source", "source_name", "id"], false).await?;
        m.alter_table(add("source_state", number_null("first_at")))
            .await?;
        m.alter_table(add("source_state", number_null("fine_at")))
            .await?;
        m.create_table(
            Table::create()
                .table("arrival_words")
                .col(number("arrival_id").primary_key().take())
                .col(text("sender"))
                .col(text("subject"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("arrival_decision")
                .col(number("arrival_id"))
                .col(number("at"))
                .col(number("by_id"))
                .col(text("was"))
                .col(text("became"))
                .col(number_null("letter_id"))
                .col(text_null("note_blob"))
                .primary_key(Index::create().col("arrival_id").col("at"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("source_alarm")
                .col(text("name").primary_key().take())
                .col(number("since"))
                .take(),
        )
        .await
    }
}
