//! The log is for whoever keeps the machine: why a mail did not leave, that a letter came, that a
//! server went and came back, why the program waits or ends; every line in one form, and nobody's
//! name or words in it.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{Dovecot, Engine, FaultySmtp, Huiyin, Mood, Setup, cut::Wire, place::free_port, until};

/// A setup whose database is reached over this port, and the server's own.
fn over(port: u16) -> (Setup, u16, tests::engine::Database) {
    let database = Engine::Postgres.database(std::path::Path::new("/nowhere"));
    let (server, name) = database.url.rsplit_once('/').expect("a database's name");
    let (host, own) = server.rsplit_once(':').expect("a port");
    let setup = Setup::new(Engine::Postgres).over(format!("{host}:{port}/{name}"));
    (setup, own.parse().expect("a port"), database)
}

#[test]
fn a_database_that_is_away_is_waited_for() {
    let port = free_port();
    let (setup, own, _database) = over(port);
    let mut huiyin = Huiyin::prepare(&setup);

    // A command says so at once.
    let asked = Instant::now();
    let output = huiyin.run(&["stats"]);
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{words}");
    let refused = format!("no connection to 127.0.0.1:{port}: Connection refused");
    assert!(words.contains(&refused), "{words}");

    // The service waits, and ends when it is told to.
    huiyin.launch("");
    let line = huiyin.tells("waiting for the database");
    assert!(
        line["error"].as_str().is_some_and(|e| e.contains(&refused)),
        "{line}"
    );
    let asked = Instant::now();
    huiyin.stop();
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );

    // It goes on by itself.
    huiyin.launch("");
    until("it to wait", || {
        let waits = |l: &&Value| l["fields"]["message"] == "waiting for the database";
        huiyin.told().iter().filter(waits).count() > 1
    });
    let wire = Wire::between(port, own);
    until("the product to be ready", || huiyin.ready());
    assert!(huiyin.runs());

    wire.down();
    let line = huiyin.tells("the database is away; mail waits where it is");
    assert!(
        line["reason"]
            .as_str()
            .is_some_and(|r| r.contains(&port.to_string())),
        "{line}"
    );
    wire.up();
    let _ = huiyin.tells("the database is back");
    assert_eq!(
        huiyin
            .submit("online-consultation", "来信", "请问", "")
            .status,
        201
    );
}

#[test]
fn mail_that_does_not_leave_is_explained() {
    let smtp = FaultySmtp::start(&[Mood::Refuse(550), Mood::Refuse(450), Mood::Refuse(550)]);
    let wire = Wire::to(smtp.port);
    let port = |port: u16| format!("port = {port}\n");
    let section = smtp.section().replace(&port(smtp.port), &port(wire.port));
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite).with(section));
    let undelivered = |kind: &str, n: usize| {
        let mut found = Vec::new();
        until(&format!("{n} mails that failed as {kind}"), || {
            found = huiyin.told();
            found.retain(|l| {
                let fields = &l["fields"];
                fields["message"] == "a mail did not leave" && fields["kind"] == kind
            });
            found.len() >= n
        });
        found[n - 1]["fields"].clone()
    };
    let server = format!("127.0.0.1:{}", wire.port);

    let _ = huiyin.submit(
        "online-consultation",
        "首封来信",
        "请问",
        "wanghaiyan@qq.example",
    );
    let line = undelivered("permanent", 1);
    assert_eq!(line["server"], server);
    assert_eq!(line["to"], "qq.example");
    assert_eq!(line["answer"], "recipient: 550 5.1.1 <…@qq.example>: no");
    assert_eq!(line["again_at"], Value::Null, "{line}");

    let _ = huiyin.submit(
        "online-consultation",
        "次封来信",
        "请问",
        "liguoqiang@qq.example",
    );
    let line = undelivered("temporary", 1);
    assert_eq!(line["answer"], "recipient: 450 4.1.1 <…@qq.example>: no");
    assert!(
        line["again_at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z')),
        "{line}"
    );

    // Of a report nothing is told but the codes.
    let report = json!({
        "channel": "report-box", "kind": "report", "subject": "采矿无证", "body": "夜间施工",
        "writer": { "name": "赵敏", "email": "zhaomin@rare.example" },
    });
    let key = [("idempotency-key", "report")];
    let answer = huiyin.visitor().try_post("/api/v1/letters", &report, &key);
    let number = answer.expect("an answer").expect(201).json()["number"].clone();
    let line = undelivered("permanent", 2);
    assert_eq!(line["answer"], "recipient: 550 5.1.1");
    assert_eq!(line["to"], Value::Null, "{line}");

    // A server that is away is told once, and so is its return.
    wire.down();
    for n in ["三", "四"] {
        let _ = huiyin.submit(
            "online-consultation",
            &format!("第{n}封"),
            "请问",
            &format!("w{n}@a.example"),
        );
    }
    let line = huiyin.tells("the mail server is away");
    assert_eq!(line["server"], server);
    let _ = undelivered("temporary", 2);
    wire.up();
    let _ = huiyin.submit("online-consultation", "末封来信", "请问", "last@a.example");
    let _ = huiyin.tells("the mail server is back");

    let told = huiyin.told();
    let came = |l: &&Value| l["fields"]["message"] == "a letter came";
    let came: Vec<&Value> = told.iter().filter(came).map(|l| &l["fields"]).collect();
    assert_eq!(came.len(), 6);
    let numbers: BTreeSet<_> = came.iter().filter_map(|l| l["letter"].as_str()).collect();
    assert_eq!(numbers.len(), 6);
    for line in came {
        let channel = if line["letter"] == number {
            Value::Null
        } else {
            "online-consultation".into()
        };
        assert_eq!(line["channel"], channel, "{line}");
    }
    for trace in [
        "wanghaiyan",
        "liguoqiang",
        "zhaomin",
        "rare.example",
        "来信",
        "采矿",
        "施工",
    ] {
        assert!(
            !huiyin.log().contains(trace),
            "{trace} in the log:\n{}",
            huiyin.log()
        );
    }
}

#[test]
fn a_mailbox_that_is_back_is_told() {
    let mut dovecot = Dovecot::start();
    let setup = Setup::new(Engine::Sqlite).with(dovecot.mailbox("director", "director-mailbox"));
    let huiyin = Huiyin::start(&setup);
    let _ = huiyin.tells("mailbox open");
    dovecot.kill();
    let line = huiyin.tells("mailbox interrupted");
    assert_eq!(line["mailbox"], "director");
    dovecot.resume();
    let line = huiyin.tells("mailbox back");
    assert_eq!(line["mailbox"], "director");
}

#[test]
fn what_ends_the_program_is_told_like_the_rest() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    let huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    for (listen, code, why) in [
        (taken.as_str(), 1, taken.as_str()),
        ("127.0.0.1:0", 2, "colour"),
    ] {
        let output = huiyin.run(&["serve", "--listen", listen]);
        assert_eq!(output.status.code(), Some(code));
        let words = String::from_utf8_lossy(&output.stderr);
        let lines: Result<Vec<Value>, _> = words.lines().map(serde_json::from_str).collect();
        let lines = lines.expect("every line is JSON");
        let last = lines.last().expect("a last word");
        assert_eq!(last["level"], "ERROR");
        assert_eq!(last["fields"]["message"], "huiyin ends");
        let error = last["fields"]["error"].as_str().unwrap_or_default();
        assert!(error.contains(why), "{error}");
        huiyin.write("huiyin.toml", "colour = \"red\"\n");
    }
}
