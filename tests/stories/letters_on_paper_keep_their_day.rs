//! A letter entered by hand is dated and due from the day it was received, and entered once.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::json;
use tests::{Client, Engine, Office, Setup, client};

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
    // A slip of the finger is asked about; who says the day once more is believed.
    for slip in ["1926-12-01", "0026-12-01", "2017-01-01"] {
        refused(&clerk, &fields, "received_on", slip);
    }
    refused(&clerk, &fields, "subject", "");
    assert_eq!(office.huiyin.received(), 1);
    let old = [("received_on", "2017-01-01"), ("sure_of", "2017-01-01")];
    let fresh = clerk.get("/intake/new").expect(200).hidden();
    let fresh = fresh.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let typed = fields
        .iter()
        .copied()
        .filter(|(n, _)| *n != "received_on" && !hidden.iter().any(|(h, _)| h == n));
    let sure: Vec<(&str, &str)> = fresh.chain(typed).chain(old).collect();
    let slip = clerk
        .post_form("/intake/new?lang=zh-CN", &sure)
        .expect(200)
        .body;
    assert!(
        slip.contains("登记受理后确定"),
        "nobody determined it yet: {slip}"
    );
    assert_eq!(office.huiyin.received(), 2);

    // Put right, it is due from the true day, and keeps its number.
    let registrar = &office.registrar.api;
    let numbers = office.numbers();
    let number = numbers
        .iter()
        .find(|n| n.starts_with("2017"))
        .expect("of its year");
    let right = json!({ "received_on": day, "name": "王武", "reason": "年份录错" });
    let _ = registrar.act(number, "correct", right).expect(200);
    let letter = registrar.letter(number);
    assert_eq!(letter["number"], number.as_str());
    assert_eq!(letter["due_on"], counted["due_on"], "{letter}");
    let nothing = registrar.act(number, "correct", json!({ "reason": "再看" }));
    assert!(
        nothing
            .expect(422)
            .json()
            .to_string()
            .contains("nothing-corrected")
    );
    let wrong = json!({ "received_on": "1926-01-01", "reason": "再看" });
    let wrong = registrar.act(number, "correct", wrong).expect(422).json();
    assert!(wrong.to_string().contains("long-ago"), "{wrong}");
    let page = clerk.get("/intake?tab=ledger&lang=zh-CN").expect(200).body;
    assert!(
        page.contains("王五"),
        "the ledger says whose paper it is: {page}"
    );
    let page = clerk
        .get(&format!("/desk/letters/{number}?lang=zh-CN"))
        .expect(200)
        .body;
    assert!(page.contains("王五 → 王武"), "{page}");
    office.huiyin.reconciles();
}

tests::on_both_engines!(the_way_back_keeps_the_list);

fn the_way_back_keeps_the_list(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let receipt = office
        .huiyin
        .submit("online-consultation", "道路", "何时修好？", "");
    let number = receipt.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    let clerk = office.huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    let list = "/desk?view=all&channel=online-consultation&q=道路";
    let page = clerk
        .get(&list.replace("道路", "%E9%81%93%E8%B7%AF"))
        .expect(200)
        .body;
    let at = page
        .find(&format!("/desk/letters/{number}?from="))
        .expect("a row");
    let link = page[at..]
        .split('"')
        .next()
        .expect("it ends")
        .replace("&amp;", "&");
    let letter = clerk.get(&link).expect(200);
    let back = format!("q=%E9%81%93%E8%B7%AF#row-{number}");
    assert!(
        client::plain(&letter.body).contains(&back),
        "{}",
        letter.body
    );
    assert!(
        letter.body.contains("可能属于"),
        "a class is suggested: {}",
        letter.body
    );
    // One click takes what was suggested; nothing is chosen beforehand.
    let hidden = letter.hidden();
    let mut fields: Vec<(&str, &str)> = hidden
        .iter()
        .filter(|(n, _)| ["version", "csrf", "from"].contains(&n.as_str()))
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let path = format!("/desk/letters/{number}/accept?lang=zh-CN");
    let empty = clerk.post_form(&path, &fields).expect(422);
    assert!(
        client::plain(&empty.body).contains("请选择类别"),
        "{}",
        empty.body
    );
    fields.extend([("class", ""), ("suggested", "consultation")]);
    let done = clerk.post_form(&path, &fields).expect(303);
    let to = done.header("location").expect("a way on");
    let to = to.strip_prefix(office.huiyin.base.as_str()).unwrap_or(to);
    let after = clerk.get(&format!("{to}&lang=zh-CN")).expect(200).body;
    assert!(client::plain(&after).contains(&back), "{after}");
    assert!(after.contains("已受理，待分办"), "{after}");
    assert_eq!(
        office.registrar.api.letter(&number)["class"],
        "consultation"
    );
    let elsewhere = clerk.get(&format!(
        "/desk/letters/{number}?from=https://evil.test/desk"
    ));
    assert!(!elsewhere.expect(200).body.contains("evil.test/desk#"));
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
