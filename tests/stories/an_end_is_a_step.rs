//! A letter ends without an answer: what its writer gets is seen before, it is taken back while it
//! waits, and undone for a reason afterwards. The figures of every day stay what they were.

use serde_json::{Value, json};
use tests::{
    Browser, Engine, Office, Setup, client, faulty_smtp::FaultySmtp, huiyin::Colleague,
    office::UNIT, until,
};

tests::on_both_engines!(
    taken_back_it_was_never_there,
    undone_it_goes_on_from_its_days
);

const WRITER: &str = "citizen@mail.test";

/// Mail that waits for `seconds` before it leaves.
fn office(engine: Engine, smtp: &FaultySmtp, seconds: u32) -> (Office, Colleague) {
    let waits = format!("undo_seconds = {seconds}");
    let section = smtp.section().replace("undo_seconds = 0", &waits);
    let office = Office::open(&Setup::new(engine).with(section));
    let leader = office.huiyin.colleague("leader", "leader", UNIT, &[]);
    (office, leader)
}

/// A letter on the handler's desk; its number and query code.
fn letter(office: &Office, subject: &str, email: &str) -> (String, String) {
    let receipt = office
        .huiyin
        .submit("online-consultation", subject, "何时修好？", email)
        .json();
    let text = |name: &str| receipt[name].as_str().expect("a receipt").to_owned();
    let letter = (text("number"), text("query_code"));
    office.hand_over(&letter.0);
    letter
}

/// What its writer sees of it.
fn followed(office: &Office, (number, code): &(String, String)) -> Value {
    let path = format!("/api/v1/letters/{number}");
    let code = [("x-query-code", code.as_str())];
    let answer = office.huiyin.visitor().try_get(&path, &code);
    answer.expect("the product answers").expect(200).json()
}

fn decline() -> Value {
    json!({ "ground": "由属地机关办理", "text": "请向县自然资源局提出。" })
}

fn figures(office: &Office, more: &[&str]) -> Value {
    let mut table = office
        .huiyin
        .json(&[&["stats", "--by", "unit"], more].concat());
    assert_eq!(table["identity_holds"], true, "{table}");
    table["as_of"].take();
    table
}

fn taken_back_it_was_never_there(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let (office, leader) = office(engine, &smtp, 600);
    let registrar = &office.registrar.api;
    let mails = ["", WRITER].map(|email| {
        let first = letter(&office, &format!("先来的{email}"), email);
        let ends = [
            ("decline", decline()),
            ("direct", decline()),
            ("mark-duplicate", json!({ "of": first.0 })),
            ("invalid", json!({ "reason": "空白" })),
            ("withdraw", json!({ "reason": "来电撤回" })),
        ];
        ends.map(|(end, fields)| {
            (
                letter(&office, &format!("{end}{email}"), email),
                end,
                fields,
            )
        })
    });
    let before = figures(&office, &[]);
    for ((number, code), end, fields) in mails.into_iter().flatten() {
        let letter = (number.clone(), code);
        let stood = registrar.letter(&number);
        let days = [
            json!({ "days": 1, "reason": "须现场核实" }),
            json!({ "reason": "不必" }),
        ];
        let asked = office
            .handler
            .api
            .act(&number, "request-extension", days[0].clone());
        let _ = asked.expect(200);
        let seen = followed(&office, &letter);
        let _ = registrar.act(&number, end, fields).expect(200);
        assert_ne!(figures(&office, &[]), before, "{end} counts at once");
        let meanwhile = followed(&office, &letter);
        assert_eq!(meanwhile, seen, "{end}: nobody knows of it yet");
        let _ = office
            .handler
            .api
            .act(&number, "recall", json!({}))
            .expect(403);
        let _ = registrar.act(&number, "recall", json!({})).expect(200);
        let now = registrar.letter(&number);
        for same in [
            "status",
            "unit",
            "handler",
            "due_on",
            "class",
            "duplicate_of",
        ] {
            assert_eq!(now[same], stood[same], "{end}: {same}");
        }
        let owed = |letter: &Value| {
            let all = letter["obligations"]
                .as_array()
                .expect("what is owed")
                .iter();
            let of = |o: &Value| (o["rule"].clone(), o["due_on"].clone(), o["state"].clone());
            all.map(of).collect::<Vec<_>>()
        };
        assert_eq!(owed(&now), owed(&stood), "{end}");
        assert_eq!(figures(&office, &[]), before, "{end}");
        assert_eq!(followed(&office, &letter), seen, "{end}");
        // What was asked for is asked for again.
        let refused = office
            .handler
            .api
            .act(&number, "request-extension", days[0].clone());
        assert_eq!(refused.status, 422, "{end}: it waits already");
        let again = registrar.act(&number, "recall", json!({}));
        assert_eq!(again.status, 422, "{end}: there is nothing to recall");
    }
    let told = smtp.given_to(WRITER);
    assert!(
        told.iter().all(|m| m.mail.contains("Auto-Submitted")),
        "receipts alone left"
    );
    drop(leader);
    office.huiyin.reconciles();
}

fn undone_it_goes_on_from_its_days(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let (office, leader) = office(engine, &smtp, 0);
    let registrar = &office.registrar.api;
    let letter = letter(&office, "门前道路", WRITER);
    let number = &letter.0;
    let stood = registrar.letter(number);
    let open = figures(&office, &[]);
    let _ = registrar.act(number, "decline", decline()).expect(200);
    until("the notice to be served", || {
        registrar.letter(number)["events"]
            .to_string()
            .contains("\"served\"")
    });
    let declined = figures(&office, &[]);
    assert_eq!(declined["total"]["declined"], 1, "{declined}");
    assert_eq!(declined["total"]["met_in_time"], 1, "{declined}");
    assert_eq!(followed(&office, &letter)["status"], "declined");
    let then = jiff::Timestamp::now().to_string();
    let then = ["--as-of", then.as_str()];
    let as_of = figures(&office, &then);
    assert_eq!(as_of["total"], declined["total"]);

    let late = registrar
        .act(number, "recall", json!({}))
        .expect(422)
        .json();
    assert!(late.to_string().contains("too-late-to-undo"), "{late}");
    let missing = leader
        .api
        .act(number, "reverse", json!({}))
        .expect(422)
        .json();
    assert!(missing.to_string().contains("reason"), "{missing}");
    let reason = json!({ "reason": "误判，属本厅职责" });
    let _ = office
        .handler
        .api
        .act(number, "reverse", reason.clone())
        .expect(403);
    let _ = leader
        .api
        .act(number, "reverse", reason.clone())
        .expect(200);
    let now = registrar.letter(number);
    for same in ["status", "unit", "handler", "due_on", "class"] {
        assert_eq!(now[same], stood[same], "{same}");
    }
    assert_eq!(figures(&office, &[]), open);
    assert_eq!(
        figures(&office, &then)["total"],
        declined["total"],
        "the past stays"
    );
    let told = || {
        let all = smtp.given_to(WRITER).into_iter().map(|m| m.mail);
        let all = all.map(|m| tests::mail::seen(m.as_bytes()));
        all.filter(|m| m.subject.contains("来信继续办理告知"))
            .collect::<Vec<_>>()
    };
    until("the writer to be told", || told().len() == 1);
    let mail = told().remove(0);
    let due: jiff::civil::Date = stood["due_on"]
        .as_str()
        .expect("a day")
        .parse()
        .expect("one");
    let due = due.strftime("%Y年%-m月%-d日").to_string();
    assert!(mail.text.contains(&due), "{}", mail.text);
    assert!(
        !mail.text.contains("误判"),
        "the reason is the staff's: {}",
        mail.text
    );
    let seen = followed(&office, &letter);
    assert_eq!(seen["status"], "working", "{seen}");
    assert_eq!(
        seen["reply"],
        Value::Null,
        "the notice holds no more: {seen}"
    );
    assert!(seen["messages"].to_string().contains("现予撤销"), "{seen}");
    let again = leader.api.act(number, "reverse", reason).expect(422);
    assert_eq!(again.status, 422, "once is enough");

    // It goes on to an answer like any other.
    let answer = json!({ "text": "已列入计划。" });
    let _ = office.handler.api.act(number, "answer", answer).expect(200);
    until("the answer to be served", || {
        office.status(number) == "answered"
    });
    let answered = figures(&office, &[]);
    assert_eq!(answered["total"]["answered_in_time"], 1, "{answered}");
    assert_eq!(answered["total"]["declined"], 0, "{answered}");
    assert_eq!(
        figures(&office, &then)["total"],
        declined["total"],
        "the past stays"
    );
    assert_eq!(told().len(), 1, "told once");
    office.huiyin.reconciles();
}

/// The page that asks, in a browser without scripts.
#[test]
fn what_is_sent_is_seen_before() {
    let smtp = FaultySmtp::start(&[]);
    let (office, _) = office(Engine::Sqlite, &smtp, 600);
    let (number, _) = letter(&office, "门前道路", WRITER);
    let path = format!("{}/desk/letters/{number}", office.huiyin.base);
    let browser = Browser::open(false);
    browser.sign_in(&office.huiyin, &office.registrar);
    browser.visit(&path);
    browser.click("details:has(form[action$='/decline']) summary");
    browser.fill("#decline-text", "请向县自然资源局提出。");
    browser.click("form[action$='/decline'] button");
    browser.shows("[role=alert]", "请填写依据");
    assert_eq!(browser.value("#decline-text"), "请向县自然资源局提出。");
    browser.fill("#decline-ground", "由属地机关办理");
    browser.click("form[action$='/decline'] button");
    browser.shows("h1", "请确认：不予受理");
    for words in [
        WRITER,
        "来信不予受理告知",
        "由属地机关办理",
        "请向县自然资源局提出。",
    ] {
        browser.shows("main", words);
    }
    assert_eq!(office.status(&number), "working", "nothing is done yet");
    browser.click("button[value=change]");
    browser.shows("details[open]", "告知书正文");
    assert_eq!(browser.value("#decline-ground"), "由属地机关办理");
    browser.click("form[action$='/decline'] button");
    browser.shows("h1", "请确认：不予受理");
    browser.click("button[value=confirm]");
    browser.shows("main", "已作出不予受理告知。");
    browser.shows(".banner.undo", "此前可以撤回");
    browser.click("form[action$='/recall'] button");
    browser.shows("main", "已撤回，没有发出");
    assert_eq!(office.status(&number), "working");
    assert!(!browser.has(".banner.undo"));

    // A silent end says that nothing is sent, and is undone for a reason.
    browser.click("details:has(form[action$='/invalid']) summary");
    browser.fill("#invalid-reason", "空白");
    browser.click("form[action$='/invalid'] button");
    browser.shows("main", "不向来信人发送任何内容");
    browser.click("button[value=confirm]");
    browser.shows("main", "已认定为无效件。");
    browser.click("details:has(form[action$='/reverse']) summary");
    browser.click("form[action$='/reverse'] button");
    browser.shows("[role=alert]", "请写明理由");
    browser.fill("#reverse-reason", "正文在附件里");
    browser.click("form[action$='/reverse'] button");
    browser.shows("main", "已撤销办结，信件恢复办理。");
    browser.shows(".steps", "正文在附件里");
    assert_eq!(office.status(&number), "working");
    let page = office
        .registrar
        .api
        .get(&format!("/desk/letters/{number}?lang=en"));
    let page = client::plain(&page.expect(200).body);
    assert!(page.contains("End undone, handled again"), "{page}");
    office.huiyin.reconciles();
}
