//! A letter handed in over the API or the form is numbered once, and its writer can follow it.

use serde_json::json;
use tests::{Answer, Browser, Client, Engine, Huiyin, Setup};

tests::on_both_engines!(
    the_same_key_is_the_same_letter,
    every_fault_is_listed,
    a_form_is_followed
);

fn the_same_key_is_the_same_letter(engine: Engine) {
    let huiyin = Huiyin::start(&Setup::new(engine));
    let first = huiyin
        .submit("online-consultation", "宅基地面积", "标准是多少？", "")
        .json();
    let again = huiyin
        .submit("online-consultation", "宅基地面积", "标准是多少？", "")
        .json();
    assert_eq!(first, again);
    assert_eq!(huiyin.received(), 1);
    let other = json!({ "channel": "online-consultation", "kind": "question", "body": "另一件事",
        "subject": "另一封", "writer": { "name": "李四" } });
    let key = [("idempotency-key", "宅基地面积")];
    let other = huiyin.visitor().try_post("/api/v1/letters", &other, &key);
    let other = other.expect("an answer").expect(201).json();
    assert_ne!(
        first["number"], other["number"],
        "a stranger's key opens nothing, loses nothing"
    );

    let number = first["number"].as_str().expect("a number");
    let code = first["query_code"].as_str().expect("a code");
    let path = format!("/api/v1/letters/{number}");
    let ask = |code| {
        huiyin
            .visitor()
            .try_get(&path, &[("x-query-code", code)])
            .expect("an answer")
    };
    let found = ask(code).expect(200).json();
    assert_eq!(found["status"], "received");
    assert_eq!(found["due_on"], first["due_on"]);
    let _ = ask("WRONGCODE000").expect(404);
    let _ = huiyin.visitor().get(&path).expect(404);
    huiyin.reconciles();
}

fn every_fault_is_listed(engine: Engine) {
    let huiyin = Huiyin::start(&Setup::new(engine));
    let bad = json!({ "channel": "nowhere", "subject": "", "body": "" });
    let refused = huiyin.visitor().post("/api/v1/letters", &bad).expect(422);
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    let refused = refused.json();
    let errors = refused["errors"].as_array().expect("a list of faults");
    for field in ["channel", "subject", "body"] {
        assert!(
            errors.iter().any(|e| e["field"] == field),
            "{field}: {refused}"
        );
    }
    assert_eq!(huiyin.received(), 0);
}

fn a_form_is_followed(engine: Engine) {
    let huiyin = Huiyin::start(&Setup::new(engine));
    let visitor = huiyin.visitor();
    let words = [
        ("kind", "question"),
        ("subject", "不动产登记"),
        ("body", "需要哪些材料？"),
        ("anonymous", "true"),
    ];

    let form = visitor.get("/write/online-consultation").on(&visitor);
    let path = form.action().to_owned();
    let check = post(
        &visitor,
        &path,
        &[&words[..], &[("step", "check")]].concat(),
    );
    assert!(check.body.contains("需要哪些材料？"));
    assert_eq!(
        huiyin.received(),
        0,
        "nothing is sent before it was checked"
    );

    let hidden = check.hidden();
    let mut checked: Vec<_> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    checked.push(("step", "submit"));
    let receipt = post(&visitor, &path, &checked).body;
    let again = post(&visitor, &path, &checked).body;
    let (number, code) = ids(&receipt);
    assert_eq!((number.clone(), code.clone()), ids(&again));
    assert_eq!(huiyin.received(), 1);

    let found = visitor.post_form("/track", &[("number", &number), ("query_code", &code)]);
    assert!(found.on(&visitor).body.contains(&number));
    let browser = Browser::open(false);
    browser.visit(&format!("{}/track", huiyin.base));
    browser.fill("#number", &number);
    browser.fill("#query_code", &code);
    browser.click("main form button");
    browser.shows("main", &number);
}

/// The page that a posting leads to.
fn post(visitor: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    visitor.post_form(path, fields).on(visitor)
}

/// Number and code, as the receipt shows them.
fn ids(receipt: &str) -> (String, String) {
    let mut shown = receipt.split("<dd class=\"num\">").skip(1);
    let mut next = || {
        let cell = shown.next().and_then(|rest| rest.split('<').next());
        cell.expect("a receipt with number and code")
            .trim()
            .to_owned()
    };
    (next(), next())
}
