//! A letter entered by hand is dated and due from the day it was received, and entered once.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use tests::{Client, Engine, Office, Setup};

tests::on_both_engines!(from_the_day_it_came);

fn from_the_day_it_came(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let clerk = office.huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    let came = today().checked_sub(3.days()).expect("three days ago");
    let form = clerk.get("/intake/new").expect(200);
    let hidden = form.hidden();
    let day = came.to_string();
    let mut fields: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.extend([
        ("source", "paper"),
        ("channel", "director-mailbox"),
        ("kind", "complaint"),
        ("subject", "关于门前道路的来信"),
        ("body", "全文见扫描件。"),
        ("name", "王五"),
        ("address", "某市某区某路1号"),
        ("received_on", &day),
    ]);
    let slip = clerk.post_form("/intake/new", &fields).expect(200).body;
    let again = clerk.post_form("/intake/new", &fields).expect(200).body;
    let number = office.numbers().remove(0);
    assert!(slip.contains(&number) && again.contains(&number));
    assert_eq!(office.huiyin.received(), 1, "entered twice, one letter");

    let letter = office.registrar.api.letter(&number);
    let received = letter["received_at"].as_str().expect("an instant");
    assert!(received.starts_with(&day), "{letter}");
    assert_eq!(letter["source"], "paper");
    let rule = letter["obligations"][0]["rule"].as_str().expect("a rule");
    let rule = rule.split(' ').next().expect("its id");
    let counted = office.huiyin.json(&["due", "--from", &day, "--rule", rule]);
    assert_eq!(
        letter["due_on"], counted["due_on"],
        "the clock runs from the day it came: {letter}"
    );

    let tomorrow = today().tomorrow().expect("a day").to_string();
    refused(&clerk, &fields, "received_on", &tomorrow);
    refused(&clerk, &fields, "received_on", "");
    refused(&clerk, &fields, "subject", "");
    assert_eq!(office.huiyin.received(), 1);
    office.huiyin.reconciles();
}

fn today() -> Date {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test lives today, like the product it starts"
    )]
    let now = Timestamp::now();
    TimeZone::get("Asia/Shanghai")
        .expect("a zone")
        .to_datetime(now)
        .date()
}

/// The form comes back with the fault named at its field and everything else as it was typed.
fn refused(clerk: &Client, fields: &[(&str, &str)], field: &str, value: &str) {
    let changed: Vec<(&str, &str)> = fields
        .iter()
        .map(|&(n, v)| if n == field { (n, value) } else { (n, v) })
        .collect();
    let page = clerk.post_form("/intake/new", &changed).expect(422).body;
    assert!(
        page.contains(&format!("id=\"{field}-error\"")),
        "{field} = {value:?}: {page}"
    );
    assert!(page.contains("某市某区某路1号"), "what was typed stays");
}
