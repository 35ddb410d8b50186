//! Letters, the writers apart from them, who may read a sealed one and whom it accuses; words and files.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, count, flag, id, index, number, number_null, refers, sealed_words, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            sealed_words(
                Table::create()
                    .table("writer")
                    .col(id())
                    .col(text("name"))
                    .col(text("phone"))
                    .col(text("email"))
                    .col(text("address"))
                    .col(flag("anonymous"))
                    .col(text_null("mail_key"))
                    .col(number_null("erased_at")),
            )
            .take(),
        )
        .await?;
        index(m, "writer", &["mail_key"], false).await?;
        m.create_table(letter()).await?;
        index(m, "letter", &["year", "serial"], true).await?;
        index(m, "letter", &["open", "next_due_on", "id"], false).await?;
        index(
            m,
            "letter",
            &["unit_id", "open", "next_due_on", "id"],
            false,
        )
        .await?;
        index(
            m,
            "letter",
            &["handler_id", "open", "next_due_on", "id"],
            false,
        )
        .await?;
        index(
            m,
            "letter",
            &["channel_id", "open", "next_due_on", "id"],
            false,
        )
        .await?;
        index(m, "letter", &["writer_id"], false).await?;
        m.create_table(
            Table::create()
                .table("letter_reader")
                .col(number("letter_id"))
                .col(number("person_id"))
                .col(number_null("granted_by"))
                .col(number("granted_at"))
                .primary_key(Index::create().col("letter_id").col("person_id"))
                .foreign_key(&mut refers("letter_id", "letter"))
                .foreign_key(&mut refers("person_id", "person"))
                .take(),
        )
        .await?;
        index(m, "letter_reader", &["person_id", "letter_id"], false).await?;
        m.create_table(
            Table::create()
                .table("letter_party")
                .col(id())
                .col(number("letter_id"))
                .col(number_null("person_id"))
                .col(number_null("unit_id"))
                .col(number_null("named_by"))
                .col(number("named_at"))
                .foreign_key(&mut refers("letter_id", "letter"))
                .foreign_key(&mut refers("person_id", "person"))
                .foreign_key(&mut refers("unit_id", "unit"))
                .take(),
        )
        .await?;
        index(m, "letter_party", &["letter_id"], false).await?;
        m.create_table(
            sealed_words(
                Table::create()
                    .table("message")
                    .col(id())
                    .col(number("letter_id"))
                    .col(text("direction"))
                    .col(text("kind"))
                    .col(number("at"))
                    .col(number_null("author_id"))
                    .col(number_null("arrival_id"))
                    .col(text_null("blob_id"))
                    .col(text("subject"))
                    .col(text("text"))
                    .col(text("visible_text"))
                    .col(text("sender"))
                    .col(text("mail_id"))
                    .col(flag("has_html"))
                    .col(count("attachments"))
                    .foreign_key(&mut refers("letter_id", "letter")),
            )
            .take(),
        )
        .await?;
        index(m, "message", &["letter_id", "id"], false).await?;
        m.create_table(
            sealed_words(
                Table::create()
                    .table("attachment")
                    .col(id())
                    .col(number("message_id"))
                    .col(text("name"))
                    .col(text("media_type"))
                    .col(number("size"))
                    .col(text_null("part"))
                    .col(text_null("blob_id"))
                    .foreign_key(&mut refers("message_id", "message")),
            )
            .take(),
        )
        .await?;
        index(m, "attachment", &["message_id", "id"], false).await?;
        m.create_table(
            sealed_words(
                Table::create()
                    .table("draft")
                    .col(number("letter_id").primary_key().take())
                    .col(text("text"))
                    .col(number_null("author_id"))
                    .col(number("at"))
                    .foreign_key(&mut refers("letter_id", "letter")),
            )
            .take(),
        )
        .await
    }
}

fn letter() -> TableCreateStatement {
    sealed_words(
        Table::create()
            .table("letter")
            .col(id())
            .col(text("number").unique_key().take())
            .col(count("year"))
            .col(number("serial"))
            .col(number("channel_id"))
            .col(text("source"))
            .col(text("source_name"))
            .col(text_null("kind"))
            .col(text_null("class"))
            .col(text_null("route"))
            .col(text_null("topic"))
            .col(text_null("place"))
            .col(text("status"))
            .col(count("round"))
            .col(number("version"))
            .col(text("subject"))
            .col(text("language"))
            .col(number_null("unit_id"))
            .col(number_null("handler_id"))
            .col(number("writer_id"))
            .col(number("received_at"))
            .col(text("received_on"))
            .col(number("seen_at"))
            .col(number_null("accepted_at"))
            .col(number_null("answered_at"))
            .col(flag("open"))
            .col(text_null("next_due_on"))
            .col(flag("undelivered"))
            .col(flag("notice_served"))
            .col(flag("is_sealed"))
            .col(bytes_null("data_key"))
            .col(count("code_version"))
            .col(flag("wants_publication"))
            .col(number_null("duplicate_of"))
            .col(count("attachments"))
            .col(number("event_seq"))
            .col(bytes_null("event_hash"))
            .foreign_key(&mut refers("channel_id", "channel"))
            .foreign_key(&mut refers("unit_id", "unit"))
            .foreign_key(&mut refers("handler_id", "person"))
            .foreign_key(&mut refers("writer_id", "writer"))
            .foreign_key(&mut refers("duplicate_of", "letter")),
    )
    .take()
}
