//! Units, people, what they may do, how they sign in; the channels the public writes to.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes_null, count, flag, id, index, number, number_null, refers, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("unit")
                .col(id())
                .col(text("code").unique_key().take())
                .col(text("name"))
                .col(number_null("parent_id"))
                .col(number_null("leader_id"))
                .col(number_null("liaison_id"))
                .col(number_null("overseer_id"))
                .col(text("work_hours"))
                .col(flag("active"))
                .col(count("version"))
                .foreign_key(&mut refers("parent_id", "unit"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("person")
                .col(id())
                .col(text("login").unique_key().take())
                .col(text("name"))
                .col(text("password_hash"))
                .col(flag("must_change_password"))
                .col(number_null("unit_id"))
                .col(text("language"))
                .col(flag("active"))
                .col(number("created_at"))
                .foreign_key(&mut refers("unit_id", "unit"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("channel")
                .col(id())
                .col(text("code").unique_key().take())
                .col(text("name_zh"))
                .col(text("name_en"))
                .col(text("intro_zh"))
                .col(text("intro_en"))
                .col(flag("sealed"))
                .col(flag("enabled"))
                .col(count("position"))
                .col(text("rule"))
                .col(count("rule_version"))
                .col(count("term_length"))
                .col(text("term_unit"))
                .col(text("basis_zh"))
                .col(text("basis_en"))
                .col(count("version"))
                .take(),
        )
        .await?;
        for (table, column) in [("person_role", "role"), ("person_function", "function")] {
            m.create_table(
                Table::create()
                    .table(table)
                    .col(number("person_id"))
                    .col(text(column))
                    .primary_key(Index::create().col("person_id").col(column))
                    .foreign_key(&mut refers("person_id", "person"))
                    .take(),
            )
            .await?;
        }
        m.create_table(
            Table::create()
                .table("clearance")
                .col(number("person_id"))
                .col(number("channel_id"))
                .primary_key(Index::create().col("person_id").col("channel_id"))
                .foreign_key(&mut refers("person_id", "person"))
                .foreign_key(&mut refers("channel_id", "channel"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("session")
                .col(text("hash").primary_key().take())
                .col(number("person_id"))
                .col(number("created_at"))
                .col(number("seen_at"))
                .foreign_key(&mut refers("person_id", "person"))
                .take(),
        )
        .await?;
        index(m, "session", &["person_id"], false).await?;
        m.create_table(
            Table::create()
                .table("token")
                .col(id())
                .col(number("person_id"))
                .col(text("hash").unique_key().take())
                .col(number("created_at"))
                .col(number_null("expires_at"))
                .col(number_null("revoked_at"))
                .foreign_key(&mut refers("person_id", "person"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("invitation")
                .col(text("hash").primary_key().take())
                .col(text("purpose"))
                .col(number("created_at"))
                .col(number("expires_at"))
                .col(number_null("used_at"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("admin_event")
                .col(id())
                .col(number("at"))
                .col(number_null("actor_id"))
                .col(text("kind"))
                .col(text("data"))
                .col(text_null("note"))
                .col(bytes_null("hash"))
                .take(),
        )
        .await
    }
}
