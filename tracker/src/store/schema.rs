//! Whether the tables are what the entities say, column by column. A column renamed, added or
//! forgotten on either side fails here, at once.

use std::collections::BTreeSet;

use sea_orm::{
    ConnectionTrait, DbBackend, EntityName, EntityTrait, IdenStatic, Iterable, Statement,
};

use super::{Result, Store, StoreError, entities as e};

macro_rules! tables {
    ($($table:ident),+ $(,)?) => {
        /// Every table with the columns its entity knows.
        fn expected() -> Vec<(&'static str, BTreeSet<String>)> {
            vec![$((
                e::$table::Entity.table_name(),
                e::$table::Column::iter().map(|c| c.as_str().to_owned()).collect(),
            )),+]
        }

        impl Store {
            /// Reads a row of every table through its entity: the columns' types fit.
            async fn read_one_of_each(&self) -> Result<()> {
                $( e::$table::Entity::find().one(&self.read).await?; )+
                Ok(())
            }
        }
    };
}

tables!(
    addition,
    admin_event,
    arrival,
    arrival_decision,
    arrival_words,
    attachment,
    blob,
    blob_chunk,
    calendar_day,
    calendar_year,
    carried,
    channel,
    circular,
    clearance,
    counter,
    draft,
    event,
    event_note,
    extension,
    figure_cell,
    figure_delta,
    guess,
    invitation,
    job,
    lease,
    letter,
    letter_party,
    letter_reader,
    message,
    obligation,
    outbox,
    person,
    person_function,
    person_role,
    rule_correction,
    session,
    setting,
    source_alarm,
    source_state,
    staff_mail,
    staff_notice,
    supervision,
    suspension,
    token,
    unit,
    writer,
);

impl Store {
    /// Compares the database with the entities.
    ///
    /// # Errors
    /// When a table or column is missing, unknown, or of another type.
    pub async fn check_schema(&self) -> Result<()> {
        let mut unknown: BTreeSet<String> = self.tables().await?;
        for (table, columns) in expected() {
            unknown.remove(table);
            let found = self.columns(table).await?;
            let differing: Vec<&str> = found
                .symmetric_difference(&columns)
                .map(String::as_str)
                .collect();
            if !differing.is_empty() {
                return Err(drifted(table, &differing.join(", ")));
            }
        }
        if let Some(table) = unknown.first() {
            return Err(drifted(table, "the whole table"));
        }
        self.read_one_of_each().await
    }

    async fn tables(&self) -> Result<BTreeSet<String>> {
        self.names(
            match self.backend() {
                DbBackend::Sqlite => {
                    "SELECT name FROM sqlite_master WHERE type = 'table' \
                     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'seaql_migrations'"
                }
                _ => {
                    "SELECT table_name::text FROM information_schema.tables \
                     WHERE table_schema = current_schema() AND table_name <> 'seaql_migrations'"
                }
            },
            Vec::new(),
        )
        .await
    }

    async fn columns(&self, table: &str) -> Result<BTreeSet<String>> {
        self.names(
            match self.backend() {
                DbBackend::Sqlite => "SELECT name FROM pragma_table_info($1)",
                _ => {
                    "SELECT column_name::text FROM information_schema.columns \
                     WHERE table_schema = current_schema() AND table_name = $1"
                }
            },
            vec![table.into()],
        )
        .await
    }

    async fn names(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<BTreeSet<String>> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.read.query_all_raw(statement).await?;
        let name = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0);
        Ok(rows
            .iter()
            .map(name)
            .collect::<std::result::Result<_, _>>()?)
    }
}

fn drifted(table: &str, what: &str) -> StoreError {
    StoreError::Unsafe(format!(
        "the table {table} is not what this version expects ({what}): was it changed by hand?"
    ))
}
