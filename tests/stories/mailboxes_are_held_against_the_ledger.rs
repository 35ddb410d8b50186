//! `reconcile --mailboxes`: what lies on the server is in the ledger, whatever colleagues do in
//! the mailbox; what is not, is named.

use serde_json::Value;
use tests::{Dovecot, Engine, Letter, Office, Setup, until};

tests::on_both_engines!(
    a_colleague_reads_along,
    what_the_ledger_does_not_know_is_named,
    a_mail_that_changed_is_named,
    silence_is_told_and_ends_by_itself,
);

fn letter(subject: &str) -> Vec<u8> {
    Letter::new(
        "citizen",
        "director",
        subject,
        &format!("{subject}，请答复。"),
    )
    .bytes()
}

fn a_colleague_reads_along(engine: Engine) {
    let dovecot = Dovecot::start();
    // A mailbox in use for years: what lay there before stays where it lies.
    for n in 0..5 {
        dovecot.append("old", &letter(&format!("旧信{n}")));
    }
    let stays = dovecot.mailbox("old", "online-consultation").replace(
        "start = \"all\"",
        "start = \"now\"\nprocessed = \"\"\nfailed = \"\"",
    );
    let setup = Setup::new(engine)
        .with(dovecot.mailbox("director", "director-mailbox"))
        .with(stays)
        .with("[[maildir]]\nname = \"gate\"\nchannel = \"e-petition\"\npath = \"gate\"\n");
    let office = {
        let mut huiyin = tests::Huiyin::prepare(&setup);
        for folder in ["new", "cur", "tmp"] {
            std::fs::create_dir_all(huiyin.folder().join("gate").join(folder)).expect("a folder");
        }
        huiyin.write(
            "gate/new/1790000000.M1.host",
            "From: a@b.cn\r\nSubject: m\r\n\r\nx\r\n",
        );
        huiyin.resume("");
        huiyin
    };
    for n in 0..6 {
        dovecot.append("director", &letter(&format!("来信{n}")));
    }
    until("the letters", || office.received() == 7);
    until("the mails to be filed", || {
        dovecot.count("director", "Processed") == 6
    });
    until("the old mail to be noted", || {
        mailbox(&proof(&office, true), "old")["by_fate"]["before-start"] == 5
    });
    dovecot.append("old", &letter("新信"));
    until("the new letter", || office.received() == 8);

    dovecot.meddle("director", |session| {
        session.create("Archive").expect("a folder");
        session.select("Processed").expect("the folder is there");
        session
            .store("1:3", "+FLAGS (\\Seen \\Flagged)")
            .expect("flags");
        session.mv("1", "Archive").expect("a mail moves");
        // Back where it came from: another delivery of the same bytes, or still unseen.
        session.mv("1", "INBOX").expect("a mail moves");
        session.copy("1", "Processed").expect("a mail is copied");
    });
    dovecot.meddle("old", |session| {
        session.select("INBOX").expect("the folder is there");
        session.store("1:*", "-FLAGS (\\Seen)").expect("flags");
    });
    // Its Maildir's mail was marked and stays known by its base name.
    let cur = office.folder().join("gate/cur");
    until("the Maildir's mail to be marked", || {
        std::fs::read_dir(&cur).is_ok_and(|d| d.count() == 1)
    });
    let marked = std::fs::read_dir(&cur).expect("a folder").next();
    let marked = marked.expect("a mail").expect("its name").path();
    std::fs::rename(&marked, cur.join("1790000000.M1.host:2,FRS")).expect("a mark");

    let proof = proof(&office, true);
    let director = mailbox(&proof, "director");
    assert_eq!(director["unknown"], 0, "{proof}");
    assert_eq!(director["withheld"], 0, "{proof}");
    let fates = director["by_fate"].as_object().expect("fates by name");
    let sum: u64 = fates.values().filter_map(Value::as_u64).sum();
    assert_eq!(director["on_server"], sum, "{proof}");
    let old = mailbox(&proof, "old");
    assert_eq!(old["by_fate"]["letter"], 1, "{proof}");
    assert_eq!(old["on_server"], 6);
    assert_eq!(mailbox(&proof, "gate")["by_fate"]["letter"], 1, "{proof}");
}

fn what_the_ledger_does_not_know_is_named(engine: Engine) {
    let dovecot = Dovecot::start();
    let setup = Setup::new(engine).with(dovecot.mailbox("director", "director-mailbox"));
    let mut office = Office::open(&setup);
    dovecot.append("director", &letter("来信"));
    until("the mail to be filed", || {
        dovecot.count("director", "Processed") == 1
    });
    let _ = proof(&office.huiyin, true);
    // Somebody files a mail before anybody took it in.
    dovecot.meddle("director", |session| {
        let mail = letter("无人知晓");
        session.append("Processed", &mail).finish().expect("a mail");
    });
    let found = proof(&office.huiyin, false);
    let differences = found["differences"].as_array().expect("a list");
    assert_eq!(differences.len(), 1, "{found}");
    let what = differences[0]["what"].as_str().expect("a name");
    assert!(what.starts_with("imap:director/Processed UID 2"), "{found}");
    assert_eq!(differences[0]["kind"], "mailbox");
    assert!(!found.to_string().contains("无人知晓"), "no words of it");
    // A server that is down is a difference too, not a pass.
    office.huiyin.stop();
    drop(dovecot);
    let found = proof(&office.huiyin, false);
    let what = found["differences"][0]["what"].as_str();
    assert_eq!(what, Some("imap:director"), "{found}");
}

fn a_mail_that_changed_is_named(engine: Engine) {
    let dovecot = Dovecot::start();
    let section = dovecot
        .mailbox("director", "director-mailbox")
        .replace("start = \"all\"", "start = \"all\"\nprocessed = \"\"");
    let office = Office::open(&Setup::new(engine).with(section));
    dovecot.append("director", &letter("letter one"));
    dovecot.append("director", &letter("letter two"));
    until("the letters", || office.huiyin.received() == 2);
    let _ = proof(&office.huiyin, true);
    // The same length, so that the server does not notice.
    let folder = dovecot.mail().join("director/Maildir/cur");
    let files = std::fs::read_dir(folder).expect("Dovecot's folder");
    let changed = files.flatten().find(|f| {
        let mail = std::fs::read_to_string(f.path()).expect("a mail");
        let other = mail.replace("letter two", "letter owt");
        let differs = other != mail;
        if differs {
            std::fs::write(f.path(), other).expect("a mail");
        }
        differs
    });
    assert!(changed.is_some(), "the mail lies in cur");
    let found = proof(&office.huiyin, false);
    let differences = found["differences"].as_array().expect("a list");
    assert_eq!(differences.len(), 1, "{found}");
    let one = &differences[0];
    let what = one["what"].as_str().expect("a name");
    assert!(what.starts_with("imap:director/INBOX UID 2"), "{found}");
    assert_ne!(one["expected"], one["found"]);
}

fn silence_is_told_and_ends_by_itself(engine: Engine) {
    let mut dovecot = Dovecot::start();
    let section = dovecot.mailbox("director", "director-mailbox");
    let setup = Setup::new(engine).with(format!(
        "{section}poll_seconds = 1\nalarm_stopped_minutes = 0\n"
    ));
    let office = Office::open(&setup);
    let clerk = office.huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    let page = |tab: &str| {
        let path = format!("/intake?tab={tab}&lang=zh-CN");
        clerk.get(&path).expect(200).body
    };
    until("the mailbox to be open", || {
        page("sources").contains("正常")
    });
    dovecot.kill();
    until("the alarm", || page("held").contains("收取不到邮件"));
    until("the reason", || page("sources").contains("收取中断"));
    dovecot.resume();
    until("the alarm to leave", || {
        !page("held").contains("收取不到邮件")
    });
}

#[test]
#[ignore = "takes a minute: tests/run --long"]
fn five_thousand_old_mails_cost_no_bytes() {
    let dovecot = Dovecot::start();
    let new = dovecot.mail().join("old/Maildir/new");
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(new.with_file_name(folder)).expect("a folder for Dovecot");
    }
    let large = "旧信的正文。".repeat(4_000);
    for n in 0..5_000 {
        let mail = format!("From: a{n}@b.cn\r\nSubject: old {n}\r\n\r\n{large}\r\n");
        std::fs::write(new.join(format!("1500000{n:04}.M{n}.host")), mail).expect("a mail");
    }
    let own = dovecot.mail().join("old");
    let mut chown = std::process::Command::new("chown");
    assert!(
        chown
            .arg("-R")
            .arg("nobody:nogroup")
            .arg(own)
            .status()
            .is_ok_and(|s| s.success()),
        "the mail is Dovecot's"
    );
    let section = dovecot
        .mailbox("old", "director-mailbox")
        .replace("start = \"all\"", "start = \"now\"");
    let office = Office::open(&Setup::new(Engine::Sqlite).with(section));
    until("the old mail to be noted", || {
        let found = office.huiyin.run(&["reconcile", "--mailboxes", "--json"]);
        found.status.success()
    });
    let started = std::time::Instant::now();
    let found = proof(&office.huiyin, true);
    let took = started.elapsed();
    let old = mailbox(&found, "old");
    assert_eq!(old["by_fate"]["before-start"], 5_000, "{found}");
    assert_eq!(old["on_server"], 5_000);
    assert_eq!(dovecot.count("old", "INBOX"), 5_000, "it lies where it lay");
    assert_eq!(office.huiyin.received(), 0);
    let limit = std::time::Duration::from_secs(10);
    assert!(
        took < limit,
        "120 MB of old mail took {took:?}: were they fetched?"
    );
}

/// What the command says; `holds` is how it must end.
fn proof(huiyin: &tests::Huiyin, holds: bool) -> Value {
    let output = huiyin.run(&["reconcile", "--mailboxes", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let found: Value = serde_json::from_str(&text).unwrap_or_else(|e| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        panic!("{e} in:\n{text}{complaint}")
    });
    assert_eq!(output.status.code(), Some(i32::from(!holds)), "{found}");
    assert_eq!(found["ok"], holds, "{found}");
    found
}

fn mailbox(proof: &Value, name: &str) -> Value {
    let all = proof["mailboxes"].as_array().expect("a list");
    let one = all.iter().find(|m| m["name"] == name);
    one.unwrap_or_else(|| panic!("no {name} in {proof}"))
        .clone()
}
