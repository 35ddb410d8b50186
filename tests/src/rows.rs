//! Every row that an intake wrote, and the same rows written again by nothing but multi-row
//! inserts: the raw limit that the intake is measured against.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
    TransactionTrait, Value,
    sea_query::{Alias, Expr, Query},
};

/// What an intake fills, in the order that foreign keys ask for, and by which column a row leads
/// to its letter.
pub const TABLES: [(&str, Owner); 11] = [
    ("blob", Owner::Key("id")),
    ("blob_chunk", Owner::Key("blob_id")),
    ("writer", Owner::Key("id")),
    ("letter", Owner::Letter("id")),
    ("arrival", Owner::Letter("letter_id")),
    ("message", Owner::Letter("letter_id")),
    ("attachment", Owner::Key("message_id")),
    ("event", Owner::Letter("letter_id")),
    ("obligation", Owner::Letter("letter_id")),
    ("figure_delta", Owner::Turn),
    ("outbox", Owner::Letter("letter_id")),
];

/// How a row is found to belong to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// By the letter's id in this column.
    Letter(&'static str),
    /// By another row's id in this column.
    Key(&'static str),
    /// By its turn.
    Turn,
}

/// Letters written in one transaction.
const LETTERS: usize = 100;

/// A table's columns, and its rows by transaction.
struct Table {
    name: &'static str,
    columns: Vec<String>,
    slices: Vec<Vec<Row>>,
    rows: usize,
}

/// A table as it was read: name, how its rows find their letter, columns, rows.
type Read = (&'static str, Owner, Vec<String>, Vec<Row>);
type Row = Vec<Value>;

/// Everything that was written, ready to be written again.
pub struct Rows {
    /// Channels, which letters refer to: there before the clock runs.
    channels: Table,
    tables: Vec<Table>,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// One connection, as durable as the product's.
async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options)
        .await
        .expect("the database answers");
    if db.get_database_backend() == DbBackend::Sqlite {
        for pragma in [
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
            "PRAGMA cache_size = -16000",
        ] {
            db.execute_unprepared(pragma)
                .await
                .expect("SQLite takes a pragma");
        }
    }
    db
}

impl Rows {
    /// Reads them.
    #[must_use]
    pub fn read(url: &str) -> Self {
        runtime().block_on(async {
            let db = connect(url).await;
            let mut all = Vec::new();
            for (name, owner) in TABLES {
                all.push(read(&db, name, owner).await);
            }
            let (name, _, columns, rows) = read(&db, "channel", Owner::Turn).await;
            Self {
                channels: Table {
                    name,
                    columns,
                    rows: rows.len(),
                    slices: vec![rows],
                },
                tables: by_letter(all),
            }
        })
    }

    /// How many rows each table has.
    #[must_use]
    pub fn list(&self) -> Vec<(&'static str, usize)> {
        self.tables.iter().map(|t| (t.name, t.rows)).collect()
    }

    /// Writes them into an empty database of the same schema; answers how long that took.
    #[must_use]
    pub fn write(&self, url: &str) -> Duration {
        runtime().block_on(async {
            let db = connect(url).await;
            db.execute_unprepared("DELETE FROM channel")
                .await
                .expect("a fresh database has its own channels");
            insert(&db, &self.channels, self.channels.slice(0).to_vec()).await;
            let slices = self
                .tables
                .iter()
                .map(|t| t.slices.len())
                .max()
                .unwrap_or(0);
            // Statements take values by ownership: copies are made before the clock runs.
            let of = |n| move |table: &'_ Table| table.slice(n).to_vec();
            let work: Vec<Vec<Vec<Row>>> = (0..slices)
                .map(|n| self.tables.iter().map(of(n)).collect())
                .collect();
            let started = Instant::now();
            for transaction in work {
                let tx = db.begin().await.expect("a transaction");
                for (table, rows) in self.tables.iter().zip(transaction) {
                    insert(&tx, table, rows).await;
                }
                tx.commit().await.expect("a commit");
            }
            started.elapsed()
        })
    }
}

impl Table {
    fn slice(&self, n: usize) -> &[Row] {
        self.slices.get(n).map_or(&[], Vec::as_slice)
    }
}

async fn insert(db: &impl ConnectionTrait, table: &Table, rows: Vec<Row>) {
    let per_statement = 30_000 / table.columns.len();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut query = Query::insert();
        query.into_table(Alias::new(table.name));
        query.columns(table.columns.iter().map(|c| Alias::new(c.as_str())));
        for row in rows.by_ref().take(per_statement) {
            query.values_panic(row.into_iter().map(Expr::val));
        }
        db.execute(&query)
            .await
            .expect("rows that were there once can be there again");
    }
}

async fn read(db: &DatabaseConnection, name: &'static str, owner: Owner) -> Read {
    let columns = columns(db, name).await;
    let names: Vec<String> = columns.iter().map(|(n, _)| format!("\"{n}\"")).collect();
    let sql = format!("SELECT {} FROM {name} ORDER BY 1", names.join(", "));
    let found = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("a table of the product");
    let row = |row: &sea_orm::QueryResult| {
        let value = |(at, (_, kind)): (usize, &(String, Kind))| kind.read(row, at);
        columns.iter().enumerate().map(value).collect()
    };
    let rows = found.iter().map(row).collect();
    (
        name,
        owner,
        columns.into_iter().map(|(n, _)| n).collect(),
        rows,
    )
}

/// Sorts rows into transactions of so many letters each.
fn by_letter(all: Vec<Read>) -> Vec<Table> {
    let at = |columns: &[String], name: &str| {
        let place = columns.iter().position(|c| c == name);
        place.expect("a column of the product")
    };
    // Which letter a writer, a message or a blob belongs to.
    let mut owners: HashMap<String, usize> = HashMap::new();
    let find = |table: &str| all.iter().find(|(n, ..)| *n == table).expect("it is read");
    let (_, _, columns, letters) = find("letter");
    for (n, row) in letters.iter().enumerate() {
        for name in ["id", "writer_id"] {
            owners.insert(text(&row[at(columns, name)]), n / LETTERS);
        }
    }
    for (table, key) in [("message", "id"), ("arrival", "blob_id")] {
        let (_, _, columns, rows) = find(table);
        for row in rows {
            if let Some(&n) = owners.get(&text(&row[at(columns, "letter_id")])) {
                owners.insert(text(&row[at(columns, key)]), n);
            }
        }
    }
    let count = letters.len().div_ceil(LETTERS).max(1);
    all.into_iter()
        .map(|(name, owner, columns, rows)| {
            let total = rows.len();
            let mut slices = vec![Vec::new(); count];
            let column = match owner {
                Owner::Letter(c) | Owner::Key(c) => Some(at(&columns, c)),
                Owner::Turn => None,
            };
            for (n, row) in rows.into_iter().enumerate() {
                let turn = n * count / total;
                let slice = column.and_then(|c| owners.get(&text(&row[c])).copied());
                slices[slice.unwrap_or(turn)].push(row);
            }
            Table {
                name,
                columns,
                slices,
                rows: total,
            }
        })
        .collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(Some(s)) => s.clone(),
        Value::BigInt(Some(n)) => n.to_string(),
        _ => String::new(),
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Small,
    Number,
    Flag,
    Text,
    Bytes,
}

impl Kind {
    fn read(self, row: &sea_orm::QueryResult, at: usize) -> Value {
        let given = "the schema says so";
        match self {
            Self::Small => Value::Int(row.try_get_by_index(at).expect(given)),
            Self::Number => Value::BigInt(row.try_get_by_index(at).expect(given)),
            Self::Flag => Value::Bool(row.try_get_by_index(at).expect(given)),
            Self::Text => Value::String(row.try_get_by_index(at).expect(given)),
            Self::Bytes => Value::Bytes(row.try_get_by_index(at).expect(given)),
        }
    }
}

async fn columns(db: &DatabaseConnection, table: &str) -> Vec<(String, Kind)> {
    let sql = if db.get_database_backend() == DbBackend::Sqlite {
        format!("SELECT name, LOWER(type) FROM pragma_table_info('{table}') ORDER BY cid")
    } else {
        format!(
            "SELECT column_name::text, data_type::text FROM information_schema.columns \
             WHERE table_name = '{table}' ORDER BY ordinal_position"
        )
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("the schema can be asked");
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let kind = |declared: &str| match declared {
        t if t.starts_with("bigint") || sqlite && t.starts_with("int") => Kind::Number,
        t if t.starts_with("int") => Kind::Small,
        t if t.starts_with("bool") => Kind::Flag,
        t if t.contains("text") || t.contains("char") => Kind::Text,
        _ => Kind::Bytes,
    };
    rows.iter()
        .map(|row| {
            let name = row.try_get_by_index(0).expect("a name");
            let declared: String = row.try_get_by_index(1).expect("a type");
            (name, kind(&declared))
        })
        .collect()
}
