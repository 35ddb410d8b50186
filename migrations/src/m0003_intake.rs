//! Raw bytes, encrypted since before anyone knew which letter they join; the intake ledger; how far each folder was read.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, bytes_null, count, flag, id, index, number, number_null, refers, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("blob")
                .col(text("id").primary_key().take())
                .col(number("size"))
                .col(text("key_id"))
                .col(bytes("wrapped_key"))
                .col(bytes_null("data"))
                .col(count("chunks"))
                .col(number("stored_at"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("blob_chunk")
                .col(text("blob_id"))
                .col(count("seq"))
                .col(bytes("data"))
                .primary_key(Index::create().col("blob_id").col("seq"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("arrival")
                .col(id())
                .col(text("source"))
                .col(text("source_name"))
                .col(text("source_key").unique_key().take())
                .col(number("channel_id"))
                .col(flag("sealed"))
                .col(number("received_at"))
                .col(number("seen_at"))
                .col(number("stored_at"))
                .col(number("size"))
                .col(text_null("blob_id"))
                .col(text_null("digest"))
                .col(text_null("mail_key"))
                .col(text("state"))
                .col(text_null("fate"))
                .col(text_null("reason"))
                .col(number_null("letter_id"))
                .col(count("attempts"))
                .col(number_null("acknowledged_at"))
                .col(number_null("settled_at"))
                .col(number_null("settled_by"))
                .foreign_key(&mut refers("channel_id", "channel"))
                .take(),
        )
        .await?;
        index(m, "arrival", &["state", "id"], false).await?;
        index(m, "arrival", &["fate", "id"], false).await?;
        index(m, "arrival", &["digest"], false).await?;
        index(m, "arrival", &["mail_key"], false).await?;
        index(m, "arrival", &["letter_id"], false).await?;
        m.create_table(
            Table::create()
                .table("source_state")
                .col(text("folder").primary_key().take())
                .col(number_null("started_at"))
                .col(number_null("uid_validity"))
                .col(number_null("first_uid"))
                .col(flag("fine"))
                .col(text("note"))
                .col(number("waiting"))
                .col(number("told_at"))
                .take(),
        )
        .await
    }
}
