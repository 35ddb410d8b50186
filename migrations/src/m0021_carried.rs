//! What a visitor's browser carries from one page to the next, kept here for some hours: sealed
//! under a key that is made of the browser's cookie, so that it opens for nobody else.

use sea_orm_migration::prelude::*;

use crate::columns::{bytes, index, number, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("carried")
                .col(text("id").primary_key().take())
                .col(text_null("place"))
                .col(number("size"))
                .col(number("expires_at"))
                .col(text("key_id"))
                .col(bytes("sealed"))
                .take(),
        )
        .await?;
        index(m, "carried", &["expires_at"], false).await?;
        index(m, "carried", &["place", "size"], false).await
    }
}
