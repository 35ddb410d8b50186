//! What a unit has open holds the day of receipt too, so that the overview with the age of the
//! oldest letter is read from the index alone.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for sql in [
            "CREATE INDEX letter_unit_standing ON letter \
             (unit_id, open, next_due_on, id, is_sealed, channel_id, received_on)",
            "DROP INDEX letter_unit_id_open_next_due_on_id_is_sealed_channel_id",
        ] {
            m.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
