//! Words of a report are in no page or answer of anybody not named, in no mail, no log, and in
//! no file of the database.

use std::path::Path;

use serde_json::json;
use tests::{
    Client, Engine, FaultySmtp, Office, Setup, engine, huiyin::Colleague, office::UNIT,
    place::no_file_holds, until,
};

tests::on_both_engines!(nobody_else);

/// Words that stand nowhere else, in the alphabets a search or an index might treat apart.
const CANARIES: [&str; 3] = ["金丝雀七七三一", "Kanarienvogel7731", "canary-file-7731"];
const OTHERS: [&str; 9] = [
    "handler",
    "liaison",
    "registrar",
    "unit-leader",
    "leader",
    "publisher",
    "auditor",
    "security",
    "administrator",
];

fn nobody_else(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(engine).with(smtp.section()));
    let huiyin = &office.huiyin;
    let others: Vec<Colleague> = OTHERS
        .iter()
        .map(|role| huiyin.colleague(&format!("other-{role}"), role, UNIT, &[]))
        .collect();
    let report = json!({
        "channel": "report-box", "kind": "report",
        "subject": CANARIES[0], "body": format!("{} {}", CANARIES[0], CANARIES[1]),
        "writer": { "name": CANARIES[1], "email": "reporter@a.test" },
        "attachments": [{ "name": format!("{}.txt", CANARIES[2]), "media_type": "text/plain",
            "base64": "6YeR5Lid6ZuA5LiD5LiD5LiJ5LiA" }],
    });
    let handed_in = huiyin
        .visitor()
        .post("/api/v1/letters", &report)
        .expect(201)
        .json();
    let number = handed_in["number"].as_str().expect("a number");

    let seen = office.registrar.api.letter(number);
    assert_eq!(seen["subject"], CANARIES[0], "a cleared registrar reads it");
    let path = format!("/api/v1/desk/letters/{number}");
    let _ = office.handler.api.get(&path).expect(404);
    office.answer(number, &format!("已核实。{}", CANARIES[1]));
    assert_eq!(
        office.handler.api.letter(number)["subject"],
        CANARIES[0],
        "a named handler reads it"
    );

    until("its mails", || smtp.given_to("reporter@a.test").len() >= 2);
    for given in smtp.given() {
        let mail = tests::mail::seen(given.mail.as_bytes());
        for word in CANARIES.iter().copied().chain(["举报"]) {
            assert!(
                !mail.text.contains(word) && !mail.subject.contains(word),
                "{mail:?}"
            );
        }
    }
    look(&huiyin.visitor(), "the public", number);
    for other in &others {
        look(&other.api, &other.login, number);
        let browser = huiyin.visitor();
        browser.sign_in(&other.login, &other.password);
        look(&browser, &other.login, number);
        let denied = other
            .api
            .post(&format!("{path}/note"), &json!({ "text": "x" }));
        assert!(
            matches!(denied.status, 403 | 404),
            "{}: {}",
            other.login,
            denied.status
        );
    }
    for command in [&["stats", "--by", "unit"][..], &["overdue"], &["reconcile"]] {
        let output = huiyin.run(command);
        clean(&output.stdout, &format!("{command:?}"));
        clean(&output.stderr, &format!("{command:?}"));
    }
    clean(huiyin.log().as_bytes(), "the log");
    clean(&huiyin.database().dump(), "the dump");
    no_file_holds(huiyin.folder(), &CANARIES);
    if engine == Engine::Postgres {
        let _ = engine::psql("CHECKPOINT");
        no_file_holds(Path::new(&engine::psql("SHOW data_directory")), &CANARIES);
    }
    huiyin.reconciles();
}

/// Every page and call that might show a letter.
fn look(who: &Client, name: &str, number: &str) {
    let letter = format!("/desk/letters/{number}");
    let pages = [
        "/",
        "/statistics",
        "/statistics.csv",
        "/statistics?by=unit",
        "/track",
        "/desk",
        "/desk?view=all",
        "/desk?view=unassigned",
        "/desk?view=overdue",
        "/desk?view=all&channel=report-box",
        "/desk?view=all&q=Kanarienvogel77",
        &letter,
        "/intake",
        "/intake?tab=ledger",
        "/intake?tab=ledger&source=imap%3Areport",
        "/intake?tab=ledger&channel=report-box",
        "/intake?tab=held",
        "/intake?tab=quarantined",
        "/intake?tab=sources",
        "/intake/new",
        "/admin",
        "/admin/people",
        "/admin/units",
        "/admin/channels",
        "/admin/channels/report-box",
        "/api/openapi.json",
        "/api/v1/statistics",
        "/api/v1/statistics?by=unit",
        "/api/v1/desk/letters",
        "/api/v1/desk/letters?filter=mine",
        "/api/v1/desk/letters?q=Kanarienvogel77",
        "/api/v1/desk/letters?channel=report-box",
        "/api/v1/desk/letters?q=%E9%87%91%E4%B8%9D%E9%9B%80",
        &format!("/api/v1{letter}"),
        &format!("/api/v1/letters/{number}"),
    ];
    for page in pages {
        let answer = who.get(page);
        assert!(answer.status < 500, "{name} at {page}: {}", answer.body);
        clean(answer.body.as_bytes(), &format!("{page} for {name}"));
        let listed = page.contains("desk/letters") && answer.status == 200;
        assert!(
            !listed || !answer.body.contains(number),
            "{name} sees {number} at {page}"
        );
    }
}

fn clean(bytes: &[u8], what: &str) {
    for word in CANARIES {
        let found = bytes.windows(word.len()).any(|w| w == word.as_bytes());
        assert!(!found, "{word} in {what}");
    }
}
