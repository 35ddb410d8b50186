//! What happened to each letter, and what is owed by when.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, bytes_null, count, flag, flag_null, id, index, number, number_null, refers,
    sealed_words, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("event")
                .col(id())
                .col(number("letter_id"))
                .col(number("seq"))
                .col(number("at"))
                .col(number_null("actor_id"))
                .col(text("kind"))
                .col(text("data"))
                .col(bytes_null("note_digest"))
                .col(bytes("prev_hash"))
                .col(bytes("hash"))
                .foreign_key(&mut refers("letter_id", "letter"))
                .take(),
        )
        .await?;
        index(m, "event", &["letter_id", "seq"], true).await?;
        m.create_table(
            sealed_words(
                Table::create()
                    .table("event_note")
                    .col(number("event_id").primary_key().take())
                    .col(bytes("salt"))
                    .col(text("text"))
                    .col(number_null("erased_at"))
                    .foreign_key(&mut refers("event_id", "event")),
            )
            .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("obligation")
                .col(id())
                .col(number("letter_id"))
                .col(count("round"))
                .col(text("kind"))
                .col(flag("counts"))
                .col(text("rule"))
                .col(count("rule_version"))
                .col(text("basis_zh"))
                .col(text("basis_en"))
                .col(text("calendar_version"))
                .col(text("zone"))
                .col(text("start_on"))
                .col(count("term_length"))
                .col(text("term_unit"))
                .col(count("extension"))
                .col(text("nominal_on"))
                .col(text("due_on"))
                .col(flag("provisional"))
                .col(number_null("met_at"))
                .col(text_null("met_on"))
                .col(flag_null("in_time"))
                .col(number_null("ended_at"))
                .foreign_key(&mut refers("letter_id", "letter"))
                .take(),
        )
        .await?;
        index(m, "obligation", &["letter_id"], false).await?;
        // Exactly one obligation a letter and round counts: the figures rest on it.
        m.get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX obligation_counted ON obligation (letter_id, round) \
                 WHERE counts",
            )
            .await?;
        Ok(())
    }
}
