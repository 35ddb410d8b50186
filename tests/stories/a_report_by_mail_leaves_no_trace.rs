//! A report that comes by mail: nobody's disk, log or mail server learns who wrote it, whoever it
//! accuses loses sight of it, and every reading is on record.

use std::path::Path;

use serde_json::json;
use tests::{
    Client, Dovecot, Engine, FaultySmtp, Huiyin, Letter, Mood, Office, Setup, engine,
    huiyin::Colleague, mail, office::UNIT, place::run, until,
};

tests::on_both_engines!(no_trace, another_master_key_opens_nothing);

/// In the reporter's name, address, machine, subject, words, file; and where a form came from.
const TRACES: [&str; 7] = [
    "Zeisig4411",
    "rotkehlchen4411",
    "nachtigall4411",
    "举报甲乙丙四四一一",
    "云雀四四一一",
    "stieglitz4411",
    "203.0.113.44",
];

fn report(from: &str, subject: &str, extra: &str) -> Vec<u8> {
    let mail = Letter::new(
        from,
        "jubao",
        subject,
        &format!("{} {}", TRACES[4], TRACES[0]),
    )
    .with(&format!("{}.txt", TRACES[5]), TRACES[4].as_bytes())
    .bytes();
    let mail = String::from_utf8(mail).expect("an ASCII mail").replace(
        "@huiyin.test>\r\n",
        &format!("@{}.huiyin.test>\r\n", TRACES[2]),
    );
    format!("{extra}{mail}").into_bytes()
}

fn no_trace(engine: Engine) {
    let dovecot = Dovecot::start();
    let address = format!("{}@huiyin.test", TRACES[1]);
    // The receipt is refused with the address in the words; the answer goes out.
    let smtp = FaultySmtp::start(&[Mood::Refuse(550)]);
    let setup = Setup::new(engine)
        .line("trusted_proxies = [\"127.0.0.1/32\"]")
        .with(smtp.section())
        .with(dovecot.mailbox("jubao", "report-box"))
        .with(dovecot.mailbox("director", "director-mailbox"));
    let office = Office::open(&setup);
    let huiyin = &office.huiyin;
    let cleared = ["--cleared", "report-box"];
    let accused = huiyin.colleague("accused", "registrar", UNIT, &cleared);
    let other = huiyin.colleague("other", "registrar", UNIT, &[]);

    dovecot.append("jubao", &report(TRACES[1], TRACES[3], ""));
    until("the report", || office.numbers().len() == 1);
    let number = office.numbers().remove(0);
    until("its receipt to be refused", || smtp.spent());
    office.answer(&number, &format!("已核实。{}", TRACES[0]));
    until("its answer", || smtp.given_to(&address).len() == 1);
    until("it to be answered", || office.status(&number) == "answered");
    for given in smtp.given() {
        assert!(
            !given.mail.contains("jubao"),
            "the box is named: {}",
            given.mail
        );
        assert!(!given.mail.contains("\nReply-To"), "{}", given.mail);
    }

    // The reporter writes again, from elsewhere and to another box: it waits, sealed, for
    // somebody who is cleared.
    let answer = &smtp.given_to(&address)[0].mail;
    let id = answer
        .lines()
        .find_map(|l| l.strip_prefix("Message-ID: "))
        .expect("a Message-ID");
    let more = report("elsewhere", TRACES[3], &format!("In-Reply-To: {id}\r\n"));
    dovecot.append("director", &more);
    let browser = |who: &Colleague| {
        let browser = huiyin.visitor();
        browser.sign_in(&who.login, &who.password);
        browser
    };
    let (theirs, others, accuseds) = (
        browser(&office.registrar),
        browser(&other),
        browser(&accused),
    );
    until("the cleared registrar to see it", || {
        held(&theirs).is_some()
    });
    let link = held(&theirs).expect("a held item");
    assert_eq!(held(&others), None, "nobody else does");
    assert_eq!(held(&accuseds).as_ref(), Some(&link));
    let raw = format!("{link}/raw");
    let _ = others.get(&link).expect(404);
    let _ = others.get(&raw).expect(404);

    let readings = || {
        let letter = office.registrar.api.letter(&number);
        let events = letter["events"].as_array().expect("events").clone();
        events.iter().filter(|e| e["kind"] == "read").count()
    };
    let before = readings();
    let _ = theirs.get(&raw).expect(200);
    assert_eq!(readings(), before + 2, "a raw mail opened is read");

    let party = json!({ "person": "accused" });
    let _ = office
        .registrar
        .api
        .act(&number, "name-party", party)
        .expect(200);
    let path = format!("/api/v1/desk/letters/{number}");
    let _ = accused.api.get(&path).expect(404);
    assert_eq!(held(&accuseds), None, "whoever is accused sees no trace");
    let _ = accuseds.get(&link).expect(404);
    let _ = accuseds.get(&raw).expect(404);
    let ledger = accuseds.get("/intake?tab=ledger").expect(200).body;
    assert!(!ledger.contains(&number), "{ledger}");

    let anonymous = json!({
        "channel": "report-box", "kind": "report", "subject": TRACES[3], "body": TRACES[4],
        "writer": { "anonymous": true },
    });
    let headers = [("x-forwarded-for", TRACES[6]), ("user-agent", TRACES[5])];
    let handed_in = huiyin
        .visitor()
        .try_post("/api/v1/letters", &anonymous, &headers);
    let _ = handed_in.expect("an answer").expect(201);
    let track = format!("/api/v1/letters/{number}");
    let wrong = [
        headers[0],
        headers[1],
        ("x-query-code", "0000-0000-0000-0000"),
    ];
    let _ = huiyin.visitor().try_get(&track, &wrong).expect("an answer");

    huiyin.reconciles();
    let text = huiyin.log();
    let dump = huiyin.database().dump();
    for trace in TRACES {
        assert!(!text.contains(trace), "{trace} in the log:\n{text}");
        let found = dump.windows(trace.len()).any(|w| w == trace.as_bytes());
        assert!(!found, "{trace} in the tables");
    }
    nowhere(huiyin.folder());
    if engine == Engine::Postgres {
        let _ = engine::psql("CHECKPOINT");
        nowhere(Path::new(&engine::psql("SHOW data_directory")));
    }
    assert!(mail::seen(answer.as_bytes()).references.contains(TRACES[2]));
}

/// The first item of the holding list that somebody sees.
fn held(browser: &Client) -> Option<String> {
    let page = browser.get("/intake?tab=held").expect(200).body;
    let item = |link: &&str| {
        link.strip_prefix("/intake/")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let links = page.split("href=\"").filter_map(|l| l.split('"').next());
    links.into_iter().find(item).map(ToOwned::to_owned)
}

fn nowhere(folder: &Path) {
    let mut grep = std::process::Command::new("grep");
    grep.arg("-rlaF");
    for trace in TRACES {
        grep.args(["-e", trace]);
    }
    let output = grep.arg(folder).output().expect("grep runs");
    let found = String::from_utf8_lossy(&output.stdout);
    assert!(found.is_empty(), "a trace of the reporter in {found}");
}

fn another_master_key_opens_nothing(engine: Engine) {
    let mut huiyin = Huiyin::start(&Setup::new(engine));
    let _ = huiyin.submit("report-box", "线索", "内容", "");
    huiyin.stop();
    let key = huiyin.folder().join("data-keys/master.key");
    let kept = huiyin.folder().join("kept.key");
    std::fs::rename(&key, &kept).expect("the key can be moved");
    let refused = huiyin.run(&["stats"]);
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(words.contains("master key"), "{words}");
    let _ = run(std::process::Command::new("cp").arg(&kept).arg(&key));
    huiyin.resume("");
    assert_eq!(huiyin.received(), 1);
}
