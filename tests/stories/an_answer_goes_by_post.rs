//! What is answered to somebody who left no mail address is served when a person recorded it: until
//! then it stands in a list, is printed with the address, asked after, and counts as open.

use serde_json::{Value, json};
use tests::{Answer, Client, Engine, Huiyin, Office, Setup, client, within};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const ADDRESS: &str = "某市某区某路1号";
const ANSWER: &str = "道路将于下月修复。";

fn open(now: &str) -> Office {
    Office::staff(Huiyin::start_at(&Setup::new(Engine::Sqlite), now))
}

/// A letter entered by a clerk, with more fields than the usual.
fn entered(office: &Office, subject: &str, more: &[(&str, &str)]) -> String {
    let clerk = &office.registrar.api;
    let hidden = clerk.get("/intake/new").expect(200).hidden();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (&**n, &**v)).collect();
    let usual = [
        ("source", "paper"),
        ("channel", "director-mailbox"),
        ("kind", "question"),
        ("body", "门前道路何时修好？"),
        ("name", "王五"),
    ];
    let given = |name: &str| more.iter().any(|(n, _)| *n == name);
    fields.extend(usual.iter().filter(|(n, _)| !given(n)));
    fields.push(("subject", subject));
    fields.extend(more);
    if !given("received_on") {
        fields.retain(|(n, _)| *n != "received_on");
        fields.push(("received_on", "2026-03-02"));
    }
    let slip = clerk.post_form("/intake/new", &fields).expect(200).body;
    let letters = clerk.letters("filter=all");
    let found = letters.iter().find(|l| l["subject"] == subject);
    let number = found.expect("it is there")["number"]
        .as_str()
        .expect("a number");
    assert!(slip.contains(number));
    number.to_owned()
}

fn answered_obligation(letter: &Value) -> &Value {
    let all = letter["obligations"].as_array().expect("obligations");
    all.iter()
        .find(|o| o["counts"] == true)
        .expect("one counts")
}

fn to_post(who: &Client) -> Vec<String> {
    let all = who.letters("filter=to-post");
    let number = |l: &Value| l["number"].as_str().expect("a number").to_owned();
    all.iter().map(number).collect()
}

/// The desk's list of what waits, and the ids of its rows.
fn waiting(who: &Client) -> (String, Vec<String>) {
    let page = who.get("/desk?view=to-post&lang=zh-CN").expect(200).body;
    let ids = page.split("name=\"delivery\" value=\"").skip(1);
    let ids = ids.map(|rest| rest.split('"').next().unwrap_or_default().to_owned());
    (page.clone(), ids.collect())
}

fn serve(who: &Client, number: &str, by: &str, on: &str) -> Answer {
    who.act(
        number,
        "serve",
        json!({ "by": by, "on": on, "note": "XA1234" }),
    )
}

#[test]
fn served_when_a_person_recorded_it() {
    let office = open("2026-03-02 10:00");
    let (handler, registrar) = (&office.handler.api, &office.registrar.api);
    let number = entered(&office, "门前道路", &[("address", ADDRESS)]);
    let other = entered(&office, "后山围栏", &[("address", ADDRESS)]);
    for n in [&number, &other] {
        office.answer(n, ANSWER);
        let letter = handler.letter(n);
        assert_eq!(letter["status"], "sending", "{letter}");
        assert_eq!(answered_obligation(&letter)["state"], "open", "{letter}");
    }
    for who in [handler, registrar] {
        let mut listed = to_post(who);
        listed.sort();
        let mut both = vec![number.clone(), other.clone()];
        both.sort();
        assert_eq!(listed, both);
    }
    // Somebody of another unit finds nothing.
    office.huiyin.unit("sea", "海域处");
    let stranger = office.huiyin.colleague("stranger", "handler", "sea", &[]);
    assert!(to_post(&stranger.api).is_empty());
    let (page, ids) = waiting(handler);
    assert!(
        page.contains(ADDRESS) && page.contains("门前道路"),
        "{page}"
    );
    assert_eq!(ids.len(), 2);

    // Both are printed at once, each on a sheet, with the address and the words.
    let chosen: Vec<(&str, &str)> = ids.iter().map(|id| ("delivery", id.as_str())).collect();
    let print = [&chosen[..], &[("step", "print")]].concat();
    let to = handler.post_form("/desk/post", &print).expect(303);
    let to = to.header("location").expect("a place").to_owned();
    let path = to.trim_start_matches(&office.huiyin.base);
    let sheets = handler.get(path).expect(200).body;
    assert_eq!(sheets.matches("class=\"sheet\"").count(), 2);
    assert_eq!(sheets.matches(ADDRESS).count(), 2);
    assert_eq!(sheets.matches(ANSWER).count(), 2);
    assert!(
        sheets.contains("王五 收") && !sheets.contains("回复本邮件"),
        "{sheets}"
    );
    let nothing = stranger.api.get(path).expect(303);
    assert!(!nothing.body.contains(ADDRESS));

    // Nobody posts it: after three workdays whoever holds it is asked.
    office.huiyin.is_now("2026-03-05 10:00");
    within(PATIENCE, "the question where it is", || {
        let desk = handler.get("/desk?lang=zh-CN").expect(200).body;
        let desk = client::plain(&desk);
        desk.contains("已签发，尚未寄送").then_some(())
    });

    // The day before the issue, and tomorrow, are no days on which it can have been.
    for day in ["2026-03-01", "2026-03-06"] {
        let refused = serve(handler, &number, "post", day).expect(422).body;
        assert!(refused.contains("not-then"), "{refused}");
    }
    let mut record = chosen.clone();
    record.extend([("step", "serve"), ("by", "post"), ("on", "")]);
    let refused = handler.post_form("/desk/post", &record).expect(422).body;
    assert!(refused.contains("id=\"post-on-error\""), "{refused}");
    record.retain(|(n, _)| *n != "on");
    record.extend([("on", "2026-03-04"), ("note", "XA1234")]);
    let _ = handler.post_form("/desk/post", &record).expect(303);
    for n in [&number, &other] {
        let letter = handler.letter(n);
        assert_eq!(letter["status"], "answered", "{letter}");
        let met = answered_obligation(&letter);
        assert_eq!(
            (&met["met_on"], &met["in_time"]),
            (&json!("2026-03-02"), &json!(true))
        );
    }
    assert!(to_post(handler).is_empty() && waiting(handler).1.is_empty());
    let desk = handler.get("/desk?lang=zh-CN").expect(200).body;
    assert!(
        !client::plain(&desk).contains("尚未寄送"),
        "it was served: {desk}"
    );

    // It was not posted at all: it waits again, and so does what it met; then it is served rightly.
    let reason = json!({ "reason": "邮件退回，未寄出" });
    let _ = handler.act(&number, "correct-service", reason).expect(200);
    let letter = handler.letter(&number);
    assert_eq!(letter["status"], "sending", "{letter}");
    assert_eq!(answered_obligation(&letter)["state"], "open");
    assert_eq!(to_post(handler), [number.clone()]);
    office.huiyin.reconciles();
    let _ = serve(handler, &number, "counter", "2026-03-05").expect(200);
    let letter = handler.letter(&number);
    let met = answered_obligation(&letter);
    assert_eq!(
        (&met["met_on"], &met["in_time"]),
        (&json!("2026-03-02"), &json!(true))
    );
    // Another day is put right, and nothing else moves.
    let rightly = json!({ "by": "post", "on": "2026-03-03", "reason": "日期写错" });
    let _ = handler.act(&number, "correct-service", rightly).expect(200);
    assert_eq!(office.status(&number), "answered");
    let page = handler.get(&format!("/desk/letters/{number}?lang=zh-CN"));
    let page = client::plain(&page.expect(200).body);
    assert!(
        page.contains("更正送达登记") && page.contains("日期写错"),
        "{page}"
    );
    let without = handler
        .act(&other, "correct-service", json!({}))
        .expect(422);
    assert!(without.body.contains("reason"));
    office.huiyin.reconciles();
}

#[test]
fn as_the_writer_wished_or_by_what_they_left() {
    let office = open("2026-03-02 10:00");
    let handler = &office.handler.api;
    let cases: [(&str, &[(&str, &str)], &str); 8] = [
        ("只留地址", &[("address", ADDRESS)], "sending"),
        (
            "网上查看",
            &[("address", ADDRESS), ("answer_by", "portal")],
            "answered",
        ),
        ("只留电话", &[("phone", "13900000000")], "sending"),
        (
            "来访电话",
            &[("source", "visit"), ("phone", "13900000000")],
            "sending",
        ),
        (
            "来电",
            &[("source", "phone"), ("phone", "13900000000")],
            "sending",
        ),
        ("当面领取", &[("answer_by", "counter")], "sending"),
        ("什么都没留", &[], "answered"),
        ("匿名", &[("name", ""), ("anonymous", "true")], "answered"),
    ];
    for (subject, more, status) in cases {
        let number = entered(&office, subject, more);
        office.answer(&number, ANSWER);
        assert_eq!(office.status(&number), status, "{subject}");
        if status == "sending" {
            // Taken back before anybody posted it: it is a draft again.
            let _ = handler.act(&number, "recall", json!({})).expect(200);
            assert_eq!(office.status(&number), "working", "{subject}");
        }
    }
    assert!(to_post(handler).is_empty());

    // From the website: an address is written to, a telephone alone is not.
    let visitor = office.huiyin.visitor();
    let hand_in = |writer: Value| {
        let letter = json!({ "channel": "online-consultation", "kind": "question",
            "subject": "咨询", "body": "何时修好？", "writer": writer });
        visitor.post("/api/v1/letters", &letter)
    };
    for (writer, status) in [
        (json!({ "name": "王五", "address": ADDRESS }), "sending"),
        (
            json!({ "name": "王五", "phone": "13900000000" }),
            "answered",
        ),
        (
            json!({ "name": "王五", "address": ADDRESS, "answer_by": "portal" }),
            "answered",
        ),
    ] {
        let number = hand_in(writer.clone()).expect(201).json()["number"].clone();
        let number = number.as_str().expect("a number");
        office.answer(number, ANSWER);
        assert_eq!(office.status(number), status, "{writer}");
    }
    let refused = hand_in(json!({ "name": "王五", "answer_by": "post" })).expect(422);
    assert!(refused.body.contains("answer-needs"), "{}", refused.body);
    office.huiyin.reconciles();
}

#[test]
fn notices_go_by_post_too() {
    let office = open("2026-03-02 10:00");
    let (handler, registrar) = (&office.handler.api, &office.registrar.api);
    let paper = [
        ("address", ADDRESS),
        ("kind", "petition"),
        ("channel", "e-petition"),
    ];
    // 受理告知: owed until somebody recorded that it was served.
    let number = entered(&office, "补偿款", &paper);
    let class = json!({ "class": "claim", "route": "opinion" });
    let _ = registrar.act(&number, "accept", class.clone()).expect(200);
    let told = |letter: &Value| {
        let all = letter["obligations"]
            .as_array()
            .expect("obligations")
            .iter();
        let mut all =
            all.filter(|o| o["obligation"] == "acknowledge" && o["state"] != "superseded");
        all.next().expect("it is owed")["state"].clone()
    };
    assert_eq!(told(&registrar.letter(&number)), "open");
    // Accepted twice, told once.
    let _ = registrar.act(&number, "accept", class).expect(200);
    assert_eq!(waiting(registrar).1.len(), 1);
    let _ = serve(registrar, &number, "post", "2026-03-02").expect(200);
    let letter = registrar.letter(&number);
    assert_eq!(
        (told(&letter), &letter["status"]),
        (json!("met"), &json!("received"))
    );
    let again = serve(registrar, &number, "post", "2026-03-02").expect(422);
    assert!(again.body.contains("not-now") || again.body.contains("nothing-to-serve"));

    // 不予受理: the letter ends, and meets what is owed once its notice was served.
    let declined = entered(&office, "另一件", &paper);
    let words = json!({ "ground": "litigation", "text": "请向人民法院提起诉讼。" });
    let _ = registrar.act(&declined, "decline", words).expect(200);
    assert_eq!(
        answered_obligation(&registrar.letter(&declined))["state"],
        "open"
    );
    assert_eq!(to_post(registrar), [declined.clone()]);
    let _ = serve(registrar, &declined, "post", "2026-03-02").expect(200);
    let letter = registrar.letter(&declined);
    assert_eq!(answered_obligation(&letter)["state"], "met", "{letter}");
    assert_eq!(letter["status"], "declined");
    let reason = json!({ "reason": "尚未寄出" });
    let _ = registrar
        .act(&declined, "correct-service", reason)
        .expect(200);
    assert_eq!(
        answered_obligation(&registrar.letter(&declined))["state"],
        "open"
    );
    assert_eq!(to_post(registrar), [declined]);
    assert!(to_post(handler).is_empty(), "it was never theirs");
    office.huiyin.reconciles();
}
