//! The column shapes that every table uses, so that both engines and all tables agree.

use sea_orm_migration::prelude::*;

/// The primary key that the application assigns.
pub(crate) fn id() -> ColumnDef {
    let mut c = ColumnDef::new("id");
    c.big_integer().not_null().primary_key();
    c
}

/// A required reference or number.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.big_integer().not_null();
    c
}

/// An optional reference or number.
pub(crate) fn number_null(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.big_integer().null();
    c
}

/// A small count.
pub(crate) fn count(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.integer().not_null().default(0);
    c
}

/// Required text; empty where there is none.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.text().not_null();
    c
}

/// Optional text.
pub(crate) fn text_null(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.text().null();
    c
}

/// Yes or no, no by default.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.boolean().not_null().default(false);
    c
}

/// Optional yes or no.
pub(crate) fn flag_null(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.boolean().null();
    c
}

/// Required bytes.
pub(crate) fn bytes(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.blob().not_null();
    c
}

/// Optional bytes.
pub(crate) fn bytes_null(name: &'static str) -> ColumnDef {
    let mut c = ColumnDef::new(name);
    c.blob().null();
    c
}

/// Encrypted words of a row that belongs to a sealed letter.
pub(crate) fn sealed_words(table: &mut TableCreateStatement) -> &mut TableCreateStatement {
    table.col(bytes_null("sealed")).col(text_null("key_id"))
}

/// A foreign key; nothing is deleted by cascade.
pub(crate) fn refers(from: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.from_col(from).to_tbl(to).to_col("id");
    key
}

/// An index named after its table and columns.
pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    let mut statement = Index::create();
    statement
        .name(format!("{table}_{}", columns.join("_")))
        .table(table);
    for column in columns {
        statement.col(*column);
    }
    if unique {
        statement.unique();
    }
    manager.create_index(statement).await
}
