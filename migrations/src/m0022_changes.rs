//! What each change of the calendar did, so that it can be undone as a whole. And, once: what is
//! open and provisional is counted anew, since days off that the law fixes are known from now on
//! in years not announced.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{id, number, number_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(change()).await?;
        let now = match m.get_database_backend() {
            DbBackend::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
            _ => "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
        };
        // Ids grow with time; 22 stands before all of them.
        let job = format!(
            "INSERT INTO job (id, kind, reason, at, by_id, state, cursor, seen, moved, ended_at) \
             SELECT 22, 'calendar', '法定节假日（尚未公布调休的年份）', {now} * 1000000, NULL, \
             'running', 0, 0, 0, NULL WHERE EXISTS (SELECT 1 FROM obligation \
             WHERE provisional AND met_at IS NULL AND ended_at IS NULL)"
        );
        m.get_connection().execute_unprepared(&job).await?;
        Ok(())
    }
}

/// `days`: layer, date, and what stood there before and after, as JSON; `years`: those that it
/// announced, and those of them that were new.
fn change() -> TableCreateStatement {
    Table::create()
        .table("calendar_change")
        .col(id())
        .col(text("kind"))
        .col(number("at"))
        .col(number_null("by_id"))
        .col(text("reason"))
        .col(text("days"))
        .col(text("years"))
        .col(number_null("undone_at"))
        .take()
}
