//! The master key: made by the first start of an empty database and by nothing else, its owner's
//! alone, apart from what is backed up; and what `config check` says without touching anything.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde_json::Value;
use tests::{Dovecot, Engine, FaultySmtp, Huiyin, Setup};

tests::on_both_engines!(no_command_makes_a_key);

fn words(huiyin: &Huiyin, args: &[&str], code: i32) -> String {
    let output = huiyin.run(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

fn no_command_makes_a_key(engine: Engine) {
    let mut huiyin = Huiyin::prepare(&Setup::new(engine).without_key());
    let key = huiyin.folder().join("data-keys/master.key");
    for args in [
        &["unit", "add", "一处", "--code", "one"][..],
        &["stats"],
        &["migrate"],
        &["calendar", "list"],
    ] {
        let said = words(&huiyin, args, 2);
        assert!(said.contains("huiyin serve first"), "{said}");
    }
    let _ = words(&huiyin, &["config", "check"], 0);
    assert!(!key.exists() && !huiyin.folder().join("data").exists());
    huiyin.resume("");
    assert!(key.exists(), "the first start makes it");
    huiyin.unit("one", "一处");
    let first = fs::read_to_string(&key).expect("a key");
    huiyin.stop();

    // Lost: nothing makes another, serve included, and each says what to do.
    let kept = huiyin.folder().join("kept.key");
    fs::rename(&key, &kept).expect("it can be moved");
    for args in [&["serve"][..], &["stats"], &["config", "check", "--online"]] {
        let said = words(&huiyin, args, 2);
        assert!(said.contains("restore"), "{args:?}: {said}");
        assert!(!key.exists(), "{args:?}");
    }
    // Where it lay before, it is used, and told.
    let old = huiyin.folder().join("data/master.key");
    fs::create_dir_all(old.parent().expect("a folder")).expect("a folder");
    fs::rename(&kept, &old).expect("it can be moved");
    huiyin.resume("");
    assert!(
        huiyin.log().contains("the master key lies in"),
        "{}",
        huiyin.log()
    );
    huiyin.stop();
    let said = words(&huiyin, &["config", "check"], 0);
    assert!(said.contains("mv "), "{said}");
    assert!(!key.exists(), "no second one");
    fs::rename(&old, &key).expect("it can be moved");
    assert_eq!(fs::read_to_string(&key).expect("a key"), first);
    assert!(words(&huiyin, &["config", "check"], 0).is_empty());

    // Others may read it: nothing begins.
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("a mode");
    for args in [&["serve"][..], &["stats"], &["config", "check"]] {
        let said = words(&huiyin, args, 2);
        assert!(said.contains("chmod 600"), "{args:?}: {said}");
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a mode");
    huiyin.resume("");
    assert_eq!(huiyin.json(&["unit", "list"])[0]["code"], "one");
}

/// Every file and folder made, with its mode.
fn modes(under: &Path, found: &mut BTreeMap<PathBuf, u32>) {
    for entry in fs::read_dir(under).into_iter().flatten().flatten() {
        let path = entry.path();
        let mode = entry.metadata().expect("it is there").permissions().mode();
        if path.is_dir() {
            modes(&path, found);
        }
        found.insert(path, mode & 0o777);
    }
}

#[test]
fn what_is_made_is_its_owners_alone() {
    let smtp = "[smtp]\nfolder = \"outgoing\"\nfrom = \"a@example.cn\"\n";
    let mut huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite).without_key().with(smtp));
    let harness = ["huiyin.toml", "log"].map(|n| huiyin.folder().join(n));
    huiyin.resume("");
    let receipt = huiyin.submit("online-consultation", "咨询", "正文", "li@example.cn");
    drop(receipt);
    let outgoing = huiyin.folder().join("outgoing");
    tests::until("the receipt to be laid down", || {
        fs::read_dir(&outgoing).is_ok_and(|mut d| {
            d.any(|e| e.is_ok_and(|e| e.path().extension().is_some_and(|x| x == "eml")))
        })
    });
    let mut found = BTreeMap::new();
    modes(huiyin.folder(), &mut found);
    for (path, mode) in &found {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert!(
            harness.contains(path) || *mode == wanted,
            "{}: {mode:o}",
            path.display()
        );
    }
    for name in ["huiyin.db", "huiyin.db-wal", "huiyin.db-shm", "master.key"] {
        assert!(
            found.keys().any(|p| p.ends_with(name)),
            "{name} in {found:?}"
        );
    }
    // What an earlier version let others read is tightened.
    huiyin.stop();
    let database = found
        .keys()
        .find(|p| p.ends_with("huiyin.db"))
        .expect("one");
    fs::set_permissions(database, fs::Permissions::from_mode(0o644)).expect("a mode");
    huiyin.resume("");
    let mode = fs::metadata(database).expect("it").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Everything that lies in a folder, and when it was changed.
fn untouched(under: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    modes(under, &mut found);
    let changed = |p: PathBuf| {
        let at = fs::metadata(&p).and_then(|m| m.modified()).expect("a time");
        (p, at)
    };
    found.into_keys().map(changed).collect()
}

#[test]
fn the_check_says_everything_and_writes_nothing() {
    let mut dovecot = Dovecot::start();
    let smtp = FaultySmtp::start(&[]);
    let setup = Setup::new(Engine::Sqlite)
        .without_key()
        .with(dovecot.mailbox("director", "director-mailbox"))
        .with(smtp.section());
    let mut huiyin = Huiyin::prepare(&setup);
    let before = untouched(huiyin.folder());
    let said = huiyin.json(&["config", "check", "--online"]);
    assert_eq!(said["ok"], true, "{said}");
    let names: Vec<_> = said["online"].as_array().expect("what was tried").clone();
    assert_eq!(names.len(), 3, "database, smtp, mailbox: {said}");
    assert_eq!(untouched(huiyin.folder()), before, "nothing was written");
    huiyin.resume("");
    let said = huiyin.json(&["config", "check", "--online"]);
    assert!(
        said.to_string().contains("the master key is its own"),
        "{said}"
    );
    huiyin.stop();

    // Servers away, a channel that is none: each is named, with what to do.
    dovecot.kill();
    drop(smtp);
    let output = huiyin.run(&["--json", "config", "check", "--online"]);
    assert_eq!(output.status.code(), Some(2));
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for tried in said["online"].as_array().expect("what was tried") {
        let database = tried["name"] == "database";
        assert_eq!(tried["ok"], database, "{said}");
        assert_eq!(tried["mend"].is_string(), !database, "{said}");
    }
    let file = fs::read_to_string(huiyin.folder().join("huiyin.toml")).expect("a file");
    let wrong = file.replace("director-mailbox", "directors-mailbox");
    huiyin.write("huiyin.toml", &wrong);
    let said = words(&huiyin, &["config", "check"], 2);
    assert!(
        said.contains("directors-mailbox") && said.contains("report-box"),
        "{said}"
    );
    let wrong = wrong.replace("lanes = 1", "lanes = 0");
    let wrong = format!("timezone = \"Mars\"\nlanguage = \"tlh\"\n{wrong}");
    huiyin.write("huiyin.toml", &wrong);
    let said = words(&huiyin, &["config", "check"], 2);
    let lanes = wrong
        .lines()
        .position(|l| l == "lanes = 0")
        .expect("a line")
        + 1;
    for part in [
        "huiyin.toml:1: ",
        "huiyin.toml:2: ",
        &format!("huiyin.toml:{lanes}: "),
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let mut command = huiyin.command(&["config", "check"]);
    let output = command.env("HUIYIN__OUTBOX__LANES", "77").output();
    let said = String::from_utf8_lossy(&output.expect("it runs").stderr).into_owned();
    assert!(said.contains("HUIYIN__OUTBOX__LANES: "), "{said}");
}
