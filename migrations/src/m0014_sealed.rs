//! Sealed letters by themselves, the open ones first: what stands beside a list as a number is found
//! among them, whatever else is asked. The column in the index's own condition makes it hold all
//! that is read.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for sql in [
            "DROP INDEX letter_sealed",
            "CREATE INDEX letter_sealed ON letter (open, id, is_sealed) WHERE is_sealed",
        ] {
            m.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
