//! Indexes of the desk's views that read few letters among many.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        index(m, "letter", &["undelivered", "id"], false).await?;
        index(m, "letter", &["unit_id", "id"], false).await?;
        index(m, "letter_party", &["person_id"], false).await?;
        index(m, "letter_party", &["unit_id"], false).await
    }
}
