//! Words on their way out: finished text, claimed under a lease with a fence.

use sea_orm_migration::prelude::*;

use crate::columns::{
    count, flag, id, index, number, number_null, refers, sealed_words, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            sealed_words(
                Table::create()
                    .table("outbox")
                    .col(id())
                    .col(number("letter_id"))
                    .col(number_null("message_id"))
                    .col(text("kind"))
                    .col(text("medium"))
                    .col(text("address"))
                    .col(text_null("address_key"))
                    .col(text("language"))
                    .col(text("subject"))
                    .col(text("text"))
                    .col(text("html"))
                    .col(text_null("source_name"))
                    .col(text("mail_id").unique_key().take())
                    .col(text_null("in_reply_to"))
                    .col(text("refs"))
                    .col(flag("automatic"))
                    .col(text("state"))
                    .col(count("attempts"))
                    .col(number("due_at"))
                    .col(number_null("lease_until"))
                    .col(number("fence"))
                    .col(text_null("last_error"))
                    .col(number("created_at"))
                    .col(number_null("settled_at"))
                    .foreign_key(&mut refers("letter_id", "letter")),
            )
            .take(),
        )
        .await?;
        index(m, "outbox", &["state", "due_at"], false).await?;
        index(m, "outbox", &["letter_id", "id"], false).await?;
        index(m, "outbox", &["address_key", "created_at"], false).await
    }
}
