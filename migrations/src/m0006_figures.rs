//! Figures: signed rows appended by every step, folded into cells by one lease-holder.

use sea_orm_migration::prelude::*;

use crate::columns::{count, flag, id, index, number, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(dimensions("figure_delta").col(id()).take())
            .await?;
        m.create_table(
            dimensions("figure_cell")
                .primary_key(
                    Index::create()
                        .col("received_on")
                        .col("channel_id")
                        .col("unit_id")
                        .col("class")
                        .col("topic")
                        .col("place")
                        .col("sealed")
                        .col("measure")
                        .col("bucket"),
                )
                .take(),
        )
        .await?;
        index(m, "figure_cell", &["measure", "unit_id", "bucket"], false).await
    }
}

/// What both tables count by. No NULLs, so that equal cells are equal: 0 and '' mean "none".
fn dimensions(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(text("received_on"))
        .col(number("channel_id"))
        .col(number("unit_id"))
        .col(text("class"))
        .col(text("topic"))
        .col(text("place"))
        .col(flag("sealed"))
        .col(text("measure"))
        .col(count("bucket"))
        .col(number("n"))
        .take()
}
