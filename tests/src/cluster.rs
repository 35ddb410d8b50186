//! A PostgreSQL of a story's own, to be stopped, crashed and filled up. It refuses to run as root,
//! so root runs it as `postgres`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    faulty_disk::FaultyDisk,
    place::{Place, Running, free_port, run, signal, until},
};

/// How it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// In good order, every connection ended.
    Fast,
    /// As a power cut would: the next start recovers.
    Crash,
}

/// A cluster with one database.
#[derive(Debug)]
pub struct Cluster {
    place: Place,
    process: Option<Running>,
    environment: Vec<(&'static str, PathBuf)>,
    /// Where it listens.
    pub port: u16,
}

impl Cluster {
    /// Starts one, whose files lie on this disk.
    #[must_use]
    pub fn on(disk: &FaultyDisk) -> Self {
        let place = Place::new("cluster");
        if is_root() {
            run(Command::new("chown").arg("postgres:").arg(place.path()));
        }
        let data = place.at("data");
        run(as_postgres("initdb", place.path())
            .arg("-D")
            .arg(&data)
            .args(["-U", "huiyin", "-A", "trust", "-E", "UTF8", "--no-locale"])
            .args(["--no-sync", "--no-instructions"]));
        let environment = disk.environment(&data).to_vec();
        let mut cluster = Self {
            place,
            process: None,
            environment,
            port: free_port(),
        };
        cluster.resume();
        cluster
    }

    /// Its database's address over a port: its own, or a wire's.
    #[must_use]
    pub fn url(&self, port: u16) -> String {
        format!("postgres://huiyin@127.0.0.1:{port}/postgres")
    }

    /// Stops it and waits for its end.
    pub fn stop(&mut self, how: Stop) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        signal(
            match how {
                Stop::Fast => "-INT",
                Stop::Crash => "-QUIT",
            },
            process.id(),
        );
        until("PostgreSQL to stop", || process.ended());
    }

    /// Starts it again where it does not run, and waits until it answers.
    pub fn resume(&mut self) {
        until("PostgreSQL to answer", || {
            if self.process.as_mut().is_none_or(Running::ended) {
                self.process = Some(self.launch());
            }
            self.ask("SELECT 1").is_some()
        });
    }

    /// What it answers to a statement; nothing where it does not.
    #[must_use]
    pub fn ask(&self, sql: &str) -> Option<String> {
        let output = Command::new("psql")
            .args([
                "-X",
                "-q",
                "-t",
                "-A",
                "-d",
                &self.url(self.port),
                "-c",
                sql,
            ])
            .env("PGCONNECT_TIMEOUT", "5")
            .output()
            .expect("psql starts");
        let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(answer)
    }

    fn launch(&self) -> Running {
        let log = std::fs::File::options()
            .append(true)
            .create(true)
            .open(self.place.at("log"))
            .expect("a log for PostgreSQL");
        let both = log.try_clone().expect("a second handle on a file");
        let dir = self.place.path().display();
        let mut command = as_postgres("postgres", self.place.path());
        command
            .arg("-D")
            .arg(self.place.at("data"))
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", &format!("unix_socket_directories={dir}")])
            .args(["-c", "fsync=on", "-c", "max_connections=100"])
            .envs(self.environment.iter().cloned())
            .stdout(Stdio::from(log))
            .stderr(both);
        Running::start(&mut command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop(Stop::Crash);
    }
}

fn is_root() -> bool {
    let output = run(Command::new("id").arg("-u"));
    output.stdout.trim_ascii() == b"0"
}

/// One of PostgreSQL's programs, as somebody it runs for.
fn as_postgres(program: &str, folder: &Path) -> Command {
    let all = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let version = |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.parse().ok() };
    let newest = all.flatten().map(|entry| entry.path()).max_by_key(version);
    let program = newest
        .expect("PostgreSQL is installed")
        .join("bin")
        .join(program);
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}
