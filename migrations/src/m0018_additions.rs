//! What a writer adds stands until somebody decides what becomes of it.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{count, flag, id, index, number, number_null, refers, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(addition()).await?;
        index(m, "addition", &["letter_id", "id"], false).await?;
        // How many of them nobody decided yet, on the row that lists read.
        let undecided = count("undecided");
        m.alter_table(Table::alter().table("letter").add_column(undecided).take())
            .await?;
        let db = m.get_connection();
        for sql in [
            "CREATE INDEX addition_look ON addition (look_on, id) WHERE ruling IS NULL",
            "CREATE INDEX letter_undecided ON letter (undecided, unit_id, id) WHERE undecided > 0",
        ] {
            db.execute_unprepared(sql).await?;
        }
        let now = match db.get_database_backend() {
            DbBackend::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER) * 1000000",
            _ => "CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT)",
        };
        // What was there before: an answer that came after it took it in; the rest waits from today.
        let answered = "l.answered_at IS NOT NULL AND l.answered_at >= m.at AND l.open = FALSE";
        let known = format!(
            "INSERT INTO addition (id, letter_id, received_at, added_at, ruling, decided_at, look_on) \
             SELECT m.id, m.letter_id, m.at, {now}, \
             CASE WHEN {answered} THEN 'part' END, CASE WHEN {answered} THEN l.answered_at END, '' \
             FROM message m JOIN letter l ON l.id = m.letter_id WHERE m.kind = 'addition'"
        );
        db.execute_unprepared(&known).await?;
        db.execute_unprepared(
            "UPDATE letter SET undecided = (SELECT COUNT(*) FROM addition a \
             WHERE a.letter_id = letter.id AND a.ruling IS NULL) \
             WHERE id IN (SELECT letter_id FROM addition WHERE ruling IS NULL)",
        )
        .await?;
        Ok(())
    }
}

/// The row of an addition bears the id of its message.
fn addition() -> TableCreateStatement {
    Table::create()
        .table("addition")
        .col(id())
        .col(number("letter_id"))
        .col(number("received_at"))
        .col(number("added_at"))
        .col(text_null("ruling"))
        .col(number_null("decided_at"))
        .col(number_null("decided_by"))
        .col(number_null("own_letter_id"))
        .col(text_null("stage"))
        // It came with the letter's number and code, not by mail.
        .col(flag("with_code"))
        // When supervision has to look next: '' at once.
        .col(text("look_on").default("").take())
        .foreign_key(&mut refers("letter_id", "letter"))
        .foreign_key(&mut refers("own_letter_id", "letter"))
        .take()
}
