//! Indexes for each part of what a viewer may see, so that every view of the desk reads its page
//! from the end of one index and sorts nothing.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let letter: [&[&'static str]; 3] = [
            &["unit_id", "id"],
            &["channel_id", "id"],
            // Few letters are undelivered: sorting those costs nothing. (No index may begin with
            // is_sealed: nearly all letters are alike in it, and SQLite would prefer it.)
            &["undelivered", "unit_id", "id"],
        ];
        for columns in letter {
            index(m, "letter", columns, false).await?;
        }
        index(m, "letter_party", &["person_id"], false).await?;
        index(m, "letter_party", &["unit_id"], false).await
    }
}
