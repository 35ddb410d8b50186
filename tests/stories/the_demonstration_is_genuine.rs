//! `serve --demo` shows what the product really does: every channel, status and fate, figures that
//! add up, sealed letters that stay sealed; and it leaves nothing behind.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tests::{
    Client,
    place::{Place, Running, free_port},
    until,
};

const STATUSES: [&str; 10] = [
    "answered",
    "assigned",
    "declined",
    "directed",
    "duplicate",
    "invalid",
    "received",
    "sending",
    "withdrawn",
    "working",
];
const CHANNELS: [&str; 4] = [
    "director-mailbox",
    "e-petition",
    "online-consultation",
    "report-box",
];
const FATES: [&str; 8] = [
    "letter",
    "addition",
    "automatic",
    "duplicate",
    "quarantined",
    "held",
    "invalid",
    "before-start",
];

/// A running demonstration.
struct Demo {
    process: Running,
    place: Place,
    base: String,
}

impl Demo {
    fn start() -> Self {
        let place = Place::new("demo");
        let address = format!("127.0.0.1:{}", free_port());
        let log = File::create(place.at("log")).expect("a log file");
        let mut command = huiyin(&place, &["serve", "--demo", "--listen", &address]);
        command
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log);
        let mut demo = Self {
            process: Running::start(&mut command),
            base: format!("http://{address}"),
            place,
        };
        until("the demonstration's logins", || {
            assert!(!demo.process.ended(), "it ended:\n{}", demo.said());
            demo.said().contains("\nadmin ")
        });
        demo
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.place.at("log")).unwrap_or_default()
    }

    /// The rest of the printed line that begins with these words.
    fn told(&self, begin: &str) -> String {
        let said = self.said();
        let line = said.lines().find_map(|l| l.strip_prefix(begin));
        line.unwrap_or_else(|| panic!("no {begin:?} in:\n{said}"))
            .trim()
            .to_owned()
    }

    fn folder(&self) -> PathBuf {
        self.told("its folder ").into()
    }

    /// Somebody signed in with a printed login.
    fn signed_in(&self, login: &str) -> Client {
        let rest = self.told(&format!("{login} "));
        let password = rest.split_whitespace().next().expect("a password");
        let client = Client::new(&self.base);
        client.sign_in(login, password);
        client
    }

    /// A command on its folder, as an operator would run it beside.
    fn run(&self, args: &[&str]) -> Value {
        let config = format!("data_dir = \"{}\"\n", self.folder().display());
        let config = self.place.write("beside.toml", &config);
        let file = config.display().to_string();
        let all = [&["--json", "--config", &file], args].concat();
        let output = huiyin(&self.place, &all).output().expect("it starts");
        let text = said_by(&output);
        assert!(output.status.success(), "{args:?}:\n{text}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}:\n{text}"))
    }

    /// A program in somebody's name.
    fn api(&self, login: &str) -> Client {
        let token = self.run(&["token", "add", "--login", login]);
        Client::with_token(&self.base, token["token"].as_str().expect("a token"))
    }
}

fn huiyin(place: &Place, args: &[&str]) -> Command {
    let bin = std::env::var("HUIYIN_BIN")
        .expect("HUIYIN_BIN is not set: run tests/run, or set it to the built binary's path");
    let mut command = Command::new(bin);
    command
        .current_dir(place.path())
        .env("TMPDIR", place.path())
        .stdin(Stdio::null())
        .args(args);
    command
}

fn said_by(output: &Output) -> String {
    let words = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&words).into_owned()
}

/// Every letter somebody's desk shows.
fn desk(api: &Client) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/desk/letters?filter=all&cursor={next}");
        let page = api.get(&path).expect(200).json();
        all.extend(page["letters"].as_array().expect("letters").clone());
        match page["next"].as_str() {
            Some(cursor) => cursor.clone_into(&mut next),
            None => return all,
        }
    }
}

fn every<'l>(letters: &'l [Value], field: &str) -> BTreeSet<&'l str> {
    letters.iter().filter_map(|l| l[field].as_str()).collect()
}

#[test]
fn every_channel_status_and_fate_is_there_and_adds_up() {
    let demo = Demo::start();
    let cleared = demo.api("guoming");
    let letters = desk(&cleared);
    assert!(letters.len() >= 60, "only {}", letters.len());
    assert_eq!(every(&letters, "status"), BTreeSet::from(STATUSES));
    assert_eq!(every(&letters, "channel"), BTreeSet::from(CHANNELS));

    let stats = demo.run(&["stats"]);
    assert_eq!(stats["identity_holds"], true, "{stats}");
    let total = |name: &str| stats["total"][name].as_u64().expect("a figure");
    let invalid = letters.iter().filter(|l| l["status"] == "invalid").count();
    assert_eq!(total("received") as usize, letters.len() - invalid);
    assert!(total("answered_late") > 0 && total("open_overdue") > 0);
    assert!(total("answered_in_time") > 5 * total("answered_late"));
    assert_eq!(demo.run(&["reconcile"])["ok"], true);

    let registrar = demo.signed_in("guoming");
    for fate in FATES {
        let ledger = registrar.get(&format!("/intake?tab=ledger&fate={fate}"));
        let ledger = ledger.expect(200).body;
        assert!(ledger.contains("<tbody><tr><th scope=\"row\""), "{fate}");
    }
    let (number, code) = (demo.told("track 查信"), "code ");
    let number = number.split("number ").nth(1).expect("a number").to_owned();
    let (number, code) = number.split_once(code).expect("a code");
    let key = [("x-query-code", code)];
    let path = format!("/api/v1/letters/{}", number.trim());
    let tracked = Client::new(&demo.base).try_get(&path, &key);
    let tracked = tracked.expect("an answer").expect(200).json();
    assert_eq!(tracked["status"], "done", "{tracked}");
    assert!(mails(&demo.folder()) > 20, "answers are laid down as mail");
}

fn mails(folder: &Path) -> usize {
    let outgoing = std::fs::read_dir(folder.join("outgoing")).expect("a folder");
    outgoing.count()
}

#[test]
fn sealed_letters_show_to_nobody_but_the_named() {
    let demo = Demo::start();
    let all = desk(&demo.api("guoming"));
    let sealed: Vec<&Value> = all
        .iter()
        .filter(|l| l["channel"] == "report-box")
        .collect();
    assert!(sealed.len() >= 8, "{sealed:?}");
    for login in ["wenhui", "linzhiyuan", "songyu", "fengkai", "chenli"] {
        let seen = desk(&demo.api(login));
        assert!(!seen.is_empty(), "{login} sees nothing");
        assert!(!every(&seen, "channel").contains("report-box"), "{login}");
        let page = demo.signed_in(login);
        let body = page.get("/desk?view=all").expect(200).body;
        for letter in &sealed {
            let number = letter["number"].as_str().expect("a number");
            assert!(!body.contains(number), "{login} sees {number}");
            let _ = page.get(&format!("/desk/letters/{number}")).expect(404);
        }
    }
    let handler = desk(&demo.api("luochen"));
    assert!(every(&handler, "channel").contains("report-box"));
}

#[test]
fn nothing_is_left_and_a_taken_port_is_named() {
    for signal in ["-TERM", "-INT"] {
        let mut demo = Demo::start();
        let folder = demo.folder();
        assert!(folder.join("huiyin.db").is_file());
        let address = demo.base.trim_start_matches("http://").to_owned();
        let second = huiyin(&demo.place, &["serve", "--demo", "--listen", &address]);
        let output = { second }.output().expect("it starts");
        assert_eq!(output.status.code(), Some(1));
        let said = said_by(&output);
        assert!(
            said.contains(&address) && said.contains("--listen"),
            "{said}"
        );

        let mut kill = Command::new("kill");
        tests::place::run(kill.args([signal, &demo.process.id().to_string()]));
        until("the demonstration to stop", || demo.process.ended());
        assert!(!folder.exists(), "{} is left", folder.display());
    }
}
