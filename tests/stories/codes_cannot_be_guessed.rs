//! Number and code together open a letter; nothing tells which of the two was wrong, and the
//! guesses are counted where a restart does not forget them.

use serde_json::Value;
use tests::{Answer, Engine, Huiyin, Setup};

tests::on_both_engines!(a_wrong_code_is_a_wrong_number);

fn a_wrong_code_is_a_wrong_number(engine: Engine) {
    let mut huiyin = Huiyin::start(&Setup::new(engine));
    let letter = |huiyin: &Huiyin, subject: &str| {
        let letter = huiyin.submit("online-consultation", subject, "正文", "");
        let letter = letter.json();
        let text = |name: &str| letter[name].as_str().unwrap_or_default().to_owned();
        (text("number"), text("query_code"))
    };
    let (number, code) = letter(&huiyin, "被猜的信");
    let (other, others_code) = letter(&huiyin, "旁人的信");

    let wrong = ask(&huiyin, &number, &others_code);
    let unknown = ask(&huiyin, "2026-999999-Z", &code);
    assert_eq!((wrong.status, unknown.status), (404, 404));
    assert_eq!(wrong.json(), unknown.json());
    assert_eq!(ask(&huiyin, &number, &code).status, 200);

    for _ in 0..10 {
        let _ = ask(&huiyin, &number, &others_code);
    }
    assert_eq!(ask(&huiyin, &number, &others_code).status, 429);
    huiyin.kill();
    huiyin.resume("");
    assert_eq!(
        ask(&huiyin, &number, &code).status,
        429,
        "a restart forgets nothing"
    );
    assert_eq!(
        ask(&huiyin, &other, &others_code).status,
        200,
        "another letter is not shut"
    );
    let fields = [("number", number.as_str()), ("query_code", code.as_str())];
    assert_eq!(huiyin.visitor().post_form("/track", &fields).status, 429);

    let login = [
        ("login", "nobody"),
        ("password", "wrong wrong wrong"),
        ("next", ""),
    ];
    for _ in 0..10 {
        assert_eq!(huiyin.visitor().post_form("/login", &login).status, 401);
    }
    assert_eq!(huiyin.visitor().post_form("/login", &login).status, 429);
    assert_eq!(
        huiyin.json(&["stats"])["total"]["received"],
        Value::from(2),
        "and nothing else has happened"
    );
}

fn ask(huiyin: &Huiyin, number: &str, code: &str) -> Answer {
    let path = format!("/api/v1/letters/{number}");
    let asked = huiyin.visitor().try_get(&path, &[("x-query-code", code)]);
    asked.expect("the product answers")
}
