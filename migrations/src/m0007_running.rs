//! What several processes share: leases, counters, guesses counted, settings.

use sea_orm_migration::prelude::*;

use crate::columns::{index, number, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("lease")
                .col(text("name").primary_key().take())
                .col(text("holder"))
                .col(number("fence"))
                .col(number("until"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("counter")
                .col(text("name").primary_key().take())
                .col(number("next"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("guess")
                .col(text("key"))
                .col(number("window"))
                .col(number("n"))
                .primary_key(Index::create().col("key").col("window"))
                .take(),
        )
        .await?;
        index(m, "guess", &["window"], false).await?;
        m.create_table(
            Table::create()
                .table("setting")
                .col(text("name").primary_key().take())
                .col(text("value"))
                .take(),
        )
        .await
    }
}
