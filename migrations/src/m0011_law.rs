//! What due dates rest on: suspensions and extensions of an obligation, days imported into the
//! calendar, rules corrected, and the jobs that counted anew because of them.

use sea_orm_migration::prelude::*;

use crate::columns::{count, flag, id, index, number, number_null, refers, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in added() {
            m.alter_table(Table::alter().table(table).add_column(column).take())
                .await?;
        }
        m.create_table(suspension()).await?;
        index(m, "suspension", &["obligation_id", "from_on"], false).await?;
        m.create_table(extension()).await?;
        index(m, "extension", &["obligation_id", "id"], false).await?;
        index(m, "extension", &["state", "id"], false).await?;
        for table in imported() {
            m.create_table(table).await?;
        }
        // What is still owed, by due day: supervision and counting anew read only this.
        m.get_connection()
            .execute_unprepared(
                "CREATE INDEX obligation_open ON obligation (due_on, id) \
                 WHERE met_at IS NULL AND ended_at IS NULL",
            )
            .await?;
        // A channel keeps a term of its own only where somebody set one: the law's rules are data.
        m.get_connection()
            .execute_unprepared(
                "UPDATE channel SET rule = '', term_length = 0, basis_zh = '', basis_en = '' \
                 WHERE rule_version <= 1",
            )
            .await?;
        for (code, class) in [("e-petition", "claim"), ("report-box", "accusation")] {
            m.get_connection()
                .execute_unprepared(&format!(
                    "UPDATE channel SET default_class = '{class}' WHERE code = '{code}'"
                ))
                .await?;
        }
        Ok(())
    }
}

fn added() -> Vec<(&'static str, ColumnDef)> {
    let default = |mut c: ColumnDef, value: &'static str| c.default(value).take();
    vec![
        ("channel", default(text("default_class"), "consultation")),
        ("letter", count("reclassified")),
        ("letter", number_null("urgent_at")),
        ("letter", text_null("urgent_why")),
        ("letter", number_null("urgent_taken_at")),
        ("obligation", default(text("starts"), "received")),
        // The start is assumed until it happens: acceptance, at the latest on its last day.
        ("obligation", flag("start_assumed")),
        ("obligation", flag("rolls").default(true).take()),
        // Already late under the rule that an earlier class had: the day that was due then.
        ("obligation", text_null("late_since")),
        ("obligation", text_null("standing_since")),
        ("obligation", number_null("superseded_by")),
        ("obligation", number_null("met_workdays")),
    ]
}

fn suspension() -> TableCreateStatement {
    Table::create()
        .table("suspension")
        .col(id())
        .col(number("obligation_id"))
        .col(number("letter_id"))
        .col(text("kind"))
        .col(text("effect"))
        .col(text("from_on"))
        .col(text_null("to_on"))
        .col(number("signed_at"))
        .col(number_null("signed_by"))
        .col(number_null("resumed_by"))
        .foreign_key(&mut refers("obligation_id", "obligation"))
        .foreign_key(&mut refers("letter_id", "letter"))
        .take()
}

fn extension() -> TableCreateStatement {
    Table::create()
        .table("extension")
        .col(id())
        .col(number("obligation_id"))
        .col(number("letter_id"))
        .col(count("length"))
        .col(text("state"))
        .col(text("due_on"))
        .col(number("requested_at"))
        .col(number_null("requested_by"))
        .col(number_null("decided_at"))
        .col(number_null("decided_by"))
        .col(text_null("decided_as"))
        .col(number_null("notice_id"))
        .foreign_key(&mut refers("obligation_id", "obligation"))
        .foreign_key(&mut refers("letter_id", "letter"))
        .take()
}

fn imported() -> [TableCreateStatement; 4] {
    [
        Table::create()
            .table("calendar_day")
            .col(text("layer"))
            .col(text("date"))
            .col(text("kind"))
            .col(text("name"))
            .primary_key(Index::create().col("layer").col("date"))
            .take(),
        Table::create()
            .table("calendar_year")
            .col(text("layer"))
            .col(count("year"))
            .col(number("imported_at"))
            .col(number_null("imported_by"))
            .primary_key(Index::create().col("layer").col("year"))
            .take(),
        Table::create()
            .table("rule_correction")
            .col(id())
            .col(text("rule_id"))
            .col(count("version"))
            .col(text("text"))
            .col(text("reason"))
            .col(number("at"))
            .col(number_null("by_id"))
            .take(),
        Table::create()
            .table("job")
            .col(id())
            .col(text("kind"))
            .col(text("reason"))
            .col(number("at"))
            .col(number_null("by_id"))
            .col(text("state"))
            .col(number("cursor"))
            .col(number("seen"))
            .col(number("moved"))
            .col(number_null("ended_at"))
            .take(),
    ]
}
