//! What nobody has to remember: the stages reached, what staff were told, and how it left.

use sea_orm_migration::prelude::*;

use crate::columns::{count, id, index, number, number_null, refers, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("person")
                .add_column(text("email").default("").take())
                .take(),
        )
        .await?;
        for (table, column) in added() {
            m.alter_table(Table::alter().table(table).add_column(column).take())
                .await?;
        }
        for sql in PARTIAL {
            m.get_connection().execute_unprepared(sql).await?;
        }
        m.create_table(supervision()).await?;
        // A stage of an obligation is reached once, whoever looks: a longer term begins anew.
        index(
            m,
            "supervision",
            &["obligation_id", "extensions", "stage"],
            true,
        )
        .await?;
        index(m, "supervision", &["letter_id", "at"], false).await?;
        index(m, "supervision", &["circular_id"], false).await?;
        m.create_table(notice()).await?;
        index(m, "staff_notice", &["person_id", "told_at", "id"], false).await?;
        index(m, "staff_notice", &["person_id", "seen_at", "id"], false).await?;
        index(m, "staff_notice", &["told_at", "id"], false).await?;
        m.create_table(mail()).await?;
        index(m, "staff_mail", &["state", "due_at"], false).await?;
        m.create_table(circular()).await?;
        index(m, "circular", &["state", "id"], false).await?;
        // All letters that reach 通报 join the one draft.
        m.get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX circular_draft ON circular (state) WHERE state = 'draft'",
            )
            .await?;
        Ok(())
    }
}

fn added() -> Vec<(&'static str, ColumnDef)> {
    vec![
        // When supervision has to look next: '' at once, so that nothing new is overlooked.
        ("obligation", text("look_on").default("").take()),
        ("letter", number_null("urgent_taken_by")),
        ("letter", count("urgent_told")),
        ("letter", number_null("urgent_told_at")),
    ]
}

/// Indexes of the few rows that somebody has to look at.
const PARTIAL: [&str; 4] = [
    "CREATE INDEX obligation_look ON obligation (look_on, id) \
     WHERE met_at IS NULL AND ended_at IS NULL",
    "CREATE INDEX letter_urgent ON letter (urgent_at, id) \
     WHERE urgent_at IS NOT NULL AND urgent_taken_at IS NULL",
    "CREATE INDEX letter_sealed ON letter (next_due_on, unit_id) WHERE is_sealed",
    "CREATE INDEX letter_urgent_taken ON letter (urgent_taken_by, id) \
     WHERE urgent_taken_by IS NOT NULL",
];

fn supervision() -> TableCreateStatement {
    Table::create()
        .table("supervision")
        .col(id())
        .col(number("letter_id"))
        .col(number("obligation_id"))
        .col(count("extensions"))
        .col(text("stage"))
        .col(text("due_on"))
        .col(number("at"))
        .col(number_null("circular_id"))
        .foreign_key(&mut refers("letter_id", "letter"))
        .foreign_key(&mut refers("obligation_id", "obligation"))
        .take()
}

/// What a member of staff is to hear of in their next digest; its data are ids, codes and dates.
fn notice() -> TableCreateStatement {
    Table::create()
        .table("staff_notice")
        .col(id())
        .col(number("person_id"))
        .col(number_null("letter_id"))
        .col(text("kind"))
        .col(text("data"))
        .col(number("at"))
        .col(number_null("told_at"))
        .col(number_null("seen_at"))
        .foreign_key(&mut refers("person_id", "person"))
        .take()
}

/// Mail to staff. `once` names what it says to whom, so that it is written once.
fn mail() -> TableCreateStatement {
    Table::create()
        .table("staff_mail")
        .col(id())
        .col(text("once").unique_key().take())
        .col(number("person_id"))
        .col(text("kind"))
        .col(text("language"))
        .col(text("address"))
        .col(text("subject"))
        .col(text("text"))
        .col(text("html"))
        .col(text("mail_id").unique_key().take())
        .col(text("state"))
        .col(count("attempts"))
        .col(number("due_at"))
        .col(number_null("lease_until"))
        .col(number("fence"))
        .col(text_null("last_error"))
        .col(number("created_at"))
        .col(number_null("settled_at"))
        .foreign_key(&mut refers("person_id", "person"))
        .take()
}

fn circular() -> TableCreateStatement {
    Table::create()
        .table("circular")
        .col(id())
        .col(text("state"))
        .col(text("text"))
        .col(number("drafted_at"))
        .col(number_null("issued_at"))
        .col(number_null("issued_by"))
        .col(count("version"))
        .take()
}
