//! An empty database of either kind, gone when it is dropped.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::place::run;

/// What letters are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the program.
    Sqlite,
    /// The cluster that `tests/run` started.
    Postgres,
}

/// A database for one story.
#[derive(Debug)]
pub struct Database {
    name: Option<String>,
    /// As `database.url` takes it.
    pub url: String,
}

impl Engine {
    /// An empty database; SQLite's lies in the folder.
    #[must_use]
    pub fn database(self, folder: &Path) -> Database {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        if self == Self::Sqlite {
            let url = format!("sqlite://{}", folder.join("huiyin.db").display());
            return Database { name: None, url };
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("story_{}_{number}", std::process::id());
        psql(&format!("CREATE DATABASE {name}"));
        let (server, _) = cluster()
            .rsplit_once('/')
            .map(|(s, d)| (s.to_owned(), d.to_owned()))
            .expect("HUIYIN_TEST_POSTGRES ends in a database's name");
        Database {
            url: format!("{server}/{name}"),
            name: Some(name),
        }
    }
}

impl Database {
    /// One that is somebody else's to drop.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self {
            name: None,
            url: url.to_owned(),
        }
    }

    /// Every word PostgreSQL would give to one who reads its tables, as text.
    #[must_use]
    pub fn dump(&self) -> Vec<u8> {
        if self.name.is_none() {
            return Vec::new();
        }
        run(Command::new("pg_dump").args(["--inserts", "-d", &self.url])).stdout
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            psql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn cluster() -> String {
    std::env::var("HUIYIN_TEST_POSTGRES").expect(
        "HUIYIN_TEST_POSTGRES is not set: run tests/run, or set it to the URL of a PostgreSQL \
         in which databases may be made, like postgres://huiyin@127.0.0.1:5432/postgres",
    )
}

/// Asks the cluster one thing.
pub fn psql(sql: &str) -> String {
    let output =
        run(Command::new("psql").args(["-X", "-q", "-t", "-A", "-d", &cluster(), "-c", sql]));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
