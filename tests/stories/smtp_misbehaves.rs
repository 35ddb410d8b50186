//! Answered means served: what a mail server refuses, drops or swallows is told as it is, and
//! nothing is sent twice.

use serde_json::json;
use tests::{Engine, FaultySmtp, Mood, Office, Setup, until};

tests::on_both_engines!(refused_for_good, nobody_knows, not_now, silent);

/// An office whose letter has got its receipt, and whose answer finds the given mood.
fn answered(engine: Engine, mood: Mood) -> (FaultySmtp, Office, String) {
    let smtp = FaultySmtp::start(&[Mood::Take, mood]);
    let office = Office::open(&Setup::new(engine).with(smtp.section()));
    let letter = office.huiyin.submit(
        "online-consultation",
        "采矿权",
        "如何延续？",
        "zhang@a.test",
    );
    let number = letter.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    until("the receipt", || smtp.given().len() == 1);
    office.answer(&number, "请在期满前三十日申请。");
    until("the answer to be tried", || smtp.spent());
    (smtp, office, number)
}

fn answered_in_time(office: &Office) -> serde_json::Value {
    office.huiyin.json(&["stats"])["total"]["answered_in_time"].clone()
}

fn refused_for_good(engine: Engine) {
    let (smtp, office, number) = answered(engine, Mood::Refuse(550));
    until("the answer to come back", || {
        office.status(&number) == "working"
    });
    let letter = office.handler.api.letter(&number);
    assert_eq!(letter["undelivered"], true);
    assert_eq!(letter["draft"], "请在期满前三十日申请。");
    assert_eq!(answered_in_time(&office), 0);
    assert_eq!(smtp.given().len(), 1);
    let answer = json!({ "text": "请在期满前三十日申请。" });
    let _ = office
        .handler
        .api
        .act(&number, "answer", answer)
        .expect(200);
    until("the second try to arrive", || {
        office.status(&number) == "answered"
    });
    assert_eq!(answered_in_time(&office), 1);
    office.huiyin.reconciles();
}

fn nobody_knows(engine: Engine) {
    let (smtp, office, number) = answered(engine, Mood::TakeInSilence);
    until("the doubt to be shown", || {
        office.registrar.api.letter(&number)["undelivered"] == true
    });
    assert_eq!(office.status(&number), "sending");
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(
        smtp.given_to("zhang@a.test").len(),
        2,
        "never silently sent again"
    );
    assert_eq!(answered_in_time(&office), 0);
    let _ = office
        .handler
        .api
        .act(&number, "resend", json!({}))
        .expect(200);
    until("the person's decision to be followed", || {
        office.status(&number) == "answered"
    });
    assert_eq!(smtp.given_to("zhang@a.test").len(), 3);
    office.huiyin.reconciles();
}

fn not_now(engine: Engine) {
    let (smtp, office, number) = answered(engine, Mood::RefuseData(451));
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(
        office.status(&number),
        "sending",
        "it waits for a later try"
    );
    assert_eq!(office.registrar.api.letter(&number)["undelivered"], false);
    assert_eq!(answered_in_time(&office), 0);
    assert_eq!(smtp.given().len(), 2);
    office.huiyin.reconciles();
}

fn silent(engine: Engine) {
    let (smtp, office, number) = answered(engine, Mood::Hang);
    until("a silent server to be given up", || {
        office.registrar.api.letter(&number)["events"]
            .as_array()
            .is_some_and(|e| e.len() > 3)
            && !smtp.given().is_empty()
    });
    // Other letters leave meanwhile.
    let other = office
        .huiyin
        .submit("online-consultation", "林地", "如何申请？", "li@a.test");
    let _ = other.json();
    until("another receipt", || smtp.given_to("li@a.test").len() == 1);
    assert_ne!(office.status(&number), "answered");
    office.huiyin.reconciles();
}
