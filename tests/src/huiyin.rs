//! The product as its own process, and its command line.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    Answer, Client, Engine,
    engine::Database,
    pinned::Pinned,
    place::{Place, Running, free_port, until, within},
};

/// How long it may take to say something.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// What the product is started with.
#[derive(Debug)]
pub struct Setup {
    engine: Engine,
    database: Option<String>,
    keep_in: Option<PathBuf>,
    environment: Vec<(&'static str, PathBuf)>,
    top: String,
    sections: String,
    has_key: bool,
}

impl Setup {
    /// Nothing but a database and an address.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            database: None,
            keep_in: None,
            environment: Vec::new(),
            top: String::new(),
            sections: String::new(),
            has_key: true,
        }
    }

    /// With its letters in this database instead of one of the engine's.
    #[must_use]
    pub fn over(mut self, url: String) -> Self {
        self.database = Some(url);
        self
    }

    /// With its data, and SQLite's file, in this folder.
    #[must_use]
    pub fn kept_in(mut self, folder: &Path) -> Self {
        self.keep_in = Some(folder.to_owned());
        self
    }

    /// With more in its environment.
    #[must_use]
    pub fn environment(mut self, more: impl IntoIterator<Item = (&'static str, PathBuf)>) -> Self {
        self.environment.extend(more);
        self
    }

    /// Without a master key: the first start makes one.
    #[must_use]
    pub fn without_key(mut self) -> Self {
        self.has_key = false;
        self
    }

    /// One more section of `huiyin.toml`.
    #[must_use]
    pub fn with(mut self, section: impl AsRef<str>) -> Self {
        self.sections.push_str(section.as_ref());
        self
    }

    /// One more line before the first section.
    #[must_use]
    pub fn line(mut self, line: &str) -> Self {
        self.top.push_str(line);
        self.top.push('\n');
        self
    }
}

/// A running Huiyin with its folder and database.
#[derive(Debug)]
pub struct Huiyin {
    process: Option<Running>,
    pinned: Option<Pinned>,
    /// Where it answers, without a `/` at the end.
    pub base: String,
    database: Database,
    environment: Vec<(&'static str, PathBuf)>,
    place: Place,
}

/// Somebody on the staff.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Login.
    pub login: String,
    /// First password.
    pub password: String,
    /// With a token.
    pub api: Client,
}

/// Lays a master key down, as an operator does on a further machine: commands make none, and many
/// a story begins with one.
fn keep_key(folder: &Path) {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    std::fs::create_dir_all(folder).expect("a folder for the key");
    let mut private = std::fs::OpenOptions::new();
    private.write(true).create_new(true).mode(0o600);
    if let Ok(mut file) = private.open(folder.join("master.key")) {
        writeln!(file, "{}", "c0ffee42".repeat(8)).expect("a key in its file");
    }
}

impl Huiyin {
    /// Prepares its folder and database, without starting it.
    #[must_use]
    pub fn prepare(setup: &Setup) -> Self {
        let place = Place::new("product");
        let keep_in = setup.keep_in.as_deref().unwrap_or(place.path());
        let database = match &setup.database {
            Some(url) => Database::at(url),
            None => setup.engine.database(keep_in),
        };
        let data = keep_in.join("data");
        let base = format!("http://127.0.0.1:{}", free_port());
        let listen = base.trim_start_matches("http://");
        place.write(
            "huiyin.toml",
            &format!(
                "base_url = \"{base}\"\ndata_dir = \"{}\"\n{}[listen]\npublic = \"{listen}\"\n\
                 desk = \"{listen}\"\n[database]\nurl = \"{}\"\n[site]\nname = \"回音\"\n\
                 organiser = \"某省自然资源厅\"\n{}",
                data.display(),
                setup.top,
                database.url,
                setup.sections
            ),
        );
        if setup.has_key {
            keep_key(&data.with_file_name("data-keys"));
        }
        Self {
            process: None,
            pinned: None,
            base,
            database,
            environment: setup.environment.clone(),
            place,
        }
    }

    /// Starts it and waits until it is ready.
    #[must_use]
    pub fn start(setup: &Setup) -> Self {
        let mut huiyin = Self::prepare(setup);
        huiyin.resume("");
        huiyin
    }

    /// Starts it in this process, on a clock that stands still at this time of the department's
    /// until [`Huiyin::is_now`]. Its command line goes by the machine's clock.
    #[must_use]
    pub fn start_at(setup: &Setup, now: &str) -> Self {
        let mut huiyin = Self::prepare(setup);
        let file = huiyin.place.at("huiyin.toml");
        huiyin.pinned = Some(Pinned::serve(&file, now));
        until("the product to be ready", || huiyin.ready());
        huiyin
    }

    /// Moves the clock of one that was started at a time, to `YYYY-MM-DD HH:MM`.
    pub fn is_now(&self, now: &str) {
        let pinned = self.pinned.as_ref();
        pinned.expect("it was started at a time").is_now(now);
    }

    /// Starts it where it was not running, with these fail points (`name=1*return;…`).
    pub fn resume(&mut self, failpoints: &str) {
        self.launch(failpoints);
        until("the product to be ready", || {
            let ended = self.process.as_mut().is_none_or(Running::ended);
            assert!(!ended, "the product ended at once:\n{}", self.log());
            self.ready()
        });
    }

    /// Starts it without waiting for anything.
    pub fn launch(&mut self, failpoints: &str) {
        let log = std::fs::File::options()
            .append(true)
            .create(true)
            .open(self.place.at("log"))
            .expect("a log file");
        let both = log.try_clone().expect("a second handle on a file");
        let mut command = self.command(&["serve"]);
        command
            .stdout(log)
            .stderr(both)
            .env("FAILPOINTS", failpoints);
        self.process = Some(Running::start(&mut command));
    }

    /// Whether it says it is ready.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.visitor()
            .try_get("/health/ready", &[])
            .is_ok_and(|a| a.status == 200)
    }

    /// How much memory it holds, in KiB.
    #[must_use]
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// How much memory it ever held, in KiB.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, what: &str) -> u64 {
        let id = self.process.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
        let line = status.lines().find(|l| l.starts_with(what));
        let figure = line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok());
        figure.expect("Linux says what a process holds")
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Stops it in good order.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.stop();
        }
    }

    /// Whether it runs, ready or not.
    #[must_use]
    pub fn runs(&mut self) -> bool {
        self.process.as_mut().is_some_and(|p| !p.ended())
    }

    /// What it said in its log, line by line.
    #[must_use]
    pub fn told(&self) -> Vec<Value> {
        let log = self.log();
        let lines = log.lines().filter(|line| line.starts_with('{'));
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Waits until it has said this, and answers the whole line's fields.
    #[must_use]
    pub fn tells(&self, message: &str) -> Value {
        let is_it = |line: &Value| line["fields"]["message"] == message;
        within(PATIENCE, &format!("{message:?} in the log"), || {
            let line = self.told().into_iter().rfind(is_it)?;
            Some(line["fields"].clone())
        })
    }

    /// Waits until it has died of itself.
    pub fn dies(&mut self) {
        self.dies_within(std::time::Duration::from_secs(30));
    }

    /// The same with more patience: where another died before it, that one's lease runs out first.
    pub fn dies_within(&mut self, patience: std::time::Duration) {
        let mut process = self.process.take().expect("it was started");
        let end = std::time::Instant::now() + patience;
        while !process.ended() {
            assert!(
                std::time::Instant::now() < end,
                "it lives on:\n{}",
                self.log()
            );
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// What it wrote to standard output and error.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.place.at("log")).unwrap_or_default()
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.place.path()
    }

    /// Writes a file into its folder.
    pub fn write(&self, name: &str, text: &str) -> std::path::PathBuf {
        self.place.write(name, text)
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A command line on the same configuration.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let bin = std::env::var("HUIYIN_BIN")
            .expect("HUIYIN_BIN is not set: run tests/run, or set it to the built binary's path");
        let mut command = Command::new(bin);
        command
            .current_dir(self.place.path())
            .stdin(Stdio::null())
            .envs(self.environment.iter().cloned());
        command
            .arg("--config")
            .arg(self.place.at("huiyin.toml"))
            .args(args);
        command
    }

    /// Runs a command to its end, whatever that is.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the product starts")
    }

    /// What a command that works prints as JSON.
    #[must_use]
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[&["--json"], args].concat());
        let text = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{args:?}:\n{text}{complaint}\n{}",
            self.log()
        );
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{args:?}: {e} in:\n{text}"))
    }

    /// Nobody in particular.
    #[must_use]
    pub fn visitor(&self) -> Client {
        Client::new(&self.base)
    }

    /// Adds a unit.
    pub fn unit(&self, code: &str, name: &str) {
        let _ = self.json(&["unit", "add", name, "--code", code]);
    }

    /// Adds somebody; `more` as the command line takes it.
    #[must_use]
    pub fn colleague(&self, login: &str, role: &str, unit: &str, more: &[&str]) -> Colleague {
        let name = format!("同事{login}");
        let args = [
            "user", "add", &name, "--login", login, "--role", role, "--unit", unit,
        ];
        let added = self.json(&[&args, more].concat());
        let password = added["password"]
            .as_str()
            .expect("a first password")
            .to_owned();
        let token = self.json(&["token", "add", "--login", login]);
        let token = token["token"].as_str().expect("a token");
        let api = Client::with_token(&self.base, token);
        Colleague {
            login: login.to_owned(),
            password,
            api,
        }
    }

    /// Hands in a letter over the API.
    #[must_use]
    pub fn submit(&self, channel: &str, subject: &str, body: &str, email: &str) -> Answer {
        let letter = json!({
            "channel": channel, "kind": "question", "subject": subject, "body": body,
            "writer": { "name": "张三", "email": email },
        });
        let key = [("idempotency-key", subject)];
        let answer = self.visitor().try_post("/api/v1/letters", &letter, &key);
        answer.expect("the product answers").expect(201)
    }

    /// Figures, histories, obligations and ledger agree.
    pub fn reconciles(&self) {
        let output = self.run(&["reconcile", "--json"]);
        assert!(
            output.status.success(),
            "reconcile:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// How many letters the figures have received.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.json(&["stats"])["total"]["received"]
            .as_u64()
            .expect("a figure")
    }
}
