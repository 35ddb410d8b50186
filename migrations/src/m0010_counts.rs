//! The indexes that standing views count by hold all that a count asks of a letter, so that a
//! thousand letters are counted without reading one of them.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let order: [&[&'static str]; 2] = [
            &["open", "next_due_on", "id"],
            &["unit_id", "open", "next_due_on", "id"],
        ];
        for columns in order {
            let wide = [columns, &["is_sealed", "channel_id"]].concat();
            index(m, "letter", &wide, false).await?;
            let mut narrow = Index::drop();
            narrow
                .name(format!("letter_{}", columns.join("_")))
                .table("letter");
            m.drop_index(narrow).await?;
        }
        Ok(())
    }
}
