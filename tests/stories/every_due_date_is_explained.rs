//! Every due date opens into the same derivation: on the letter's page, for its writer, in the
//! API, on `/when`, and on the command line. What moves it is decided by whoever may, told to the
//! writer, and never hides that a letter was late.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use tests::{Client, Dovecot, Engine, Huiyin, Office, Postfix, Setup, mail, office::UNIT};

tests::on_both_engines!(
    a_longer_term_is_granted_and_told,
    late_stays_late_in_another_class,
    a_clock_stands_and_goes_on,
    today_is_counted_as_the_command_line_counts
);

fn a_longer_term_is_granted_and_told(engine: Engine) {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot, &["citizen", "letters"]);
    let office = Office::open(&Setup::new(engine).with(postfix.section()));
    let chief = office.huiyin.colleague("chief", "unit-leader", UNIT, &[]);
    let receipt = office.huiyin.submit(
        "online-consultation",
        "宅基地能否继承",
        "请问怎样办理？",
        "citizen@huiyin.test",
    );
    let receipt = receipt.json();
    let first = &receipt["due"][0];
    assert_eq!(first["rule"], "cn.57.consultation.7wd", "{receipt}");
    assert_eq!(counted_days(first), 7, "{receipt}");
    let number = text(&receipt["number"]);
    office.hand_over(&number);

    let (handler, chief_api) = (&office.handler.api, &chief.api);
    let before = text(&handler.letter(&number)["due_on"]);
    let too_much = json!({ "days": 9, "reason": "情况复杂" });
    let refused = handler.act(&number, "request-extension", too_much);
    assert_eq!(
        refused.expect(422).json()["errors"][0]["code"],
        "beyond-rule"
    );
    let asked = json!({ "days": 8, "reason": "须会同市局核实" });
    let _ = handler.act(&number, "request-extension", asked).expect(200);
    let granted = json!({ "reason": "情况复杂，需要现场核实" });
    for other in [&office.handler.api, &office.registrar.api] {
        let _ = other
            .act(&number, "grant-extension", granted.clone())
            .expect(403);
    }
    let waiting = chief_api.letters("filter=extensions");
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    let path = format!("/desk/letters/{number}");
    let (deciding, asking) = (
        page(&office.huiyin, &chief, &path),
        page(&office.huiyin, &office.handler, &path),
    );
    assert!(deciding.contains("grant-extension") && deciding.contains("须会同市局核实"));
    assert!(
        !asking.contains("/grant-extension"),
        "only who decides is asked to"
    );
    let _ = chief_api
        .act(&number, "grant-extension", granted)
        .expect(200);

    let letter = handler.letter(&number);
    let due = &letter["obligations"][0];
    let after = text(&letter["due_on"]);
    assert!(after > before, "{letter}");
    assert_eq!(counted_days(due), 15, "{letter}");
    assert_eq!(due["extensions"][0]["decided_as"], "unit-leader");
    assert_eq!(due["extensions"][0]["decided_by"], "chief");
    assert_eq!(due["extensions"][0]["notice"], true);
    assert!(chief_api.letters("filter=extensions").is_empty());

    let mails = dovecot.arrived("citizen", 2);
    let told = mails.iter().map(|m| mail::seen(m));
    let told = told
        .filter(|m| m.text.contains("情况复杂，需要现场核实"))
        .count();
    assert_eq!(told, 1, "the writer is told once");
    let code = text(&receipt["query_code"]);
    let seen = (office.huiyin.visitor())
        .try_get(
            &format!("/api/v1/letters/{number}"),
            &[("x-query-code", &code)],
        )
        .expect("an answer")
        .json();
    assert_eq!(seen["due_on"], letter["due_on"]);
    assert_eq!(seen["due"][0]["days"], due["days"], "the same derivation");
    assert_eq!(seen["due"][0]["extensions"][0]["decided_by"], Value::Null);
    assert!(
        text(&seen["messages"][0]["text"]).contains("现场核实"),
        "{seen}"
    );
    let public = [("number", number.as_str()), ("query_code", &code)];
    let public = office.huiyin.visitor().post_form("/track", &public);
    let public = public.expect(200).body;
    assert!(public.contains("批准延长 8 个工作日") && public.contains("现场核实"));
    assert!(
        !public.contains("同事chief"),
        "functions are told, not names"
    );
    let staff = page(&office.huiyin, &office.handler, &path);
    assert!(staff.contains("处室负责人 同事chief批准延长 8 个工作日"));
    office.huiyin.reconciles();
}

fn late_stays_late_in_another_class(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let number = by_hand(&office, "online-consultation", "征地公告", ago(60));
    office.hand_over(&number);
    let registrar = &office.registrar.api;
    let missed = text(&registrar.letter(&number)["due_on"]);
    assert!(missed < ago(0).to_string());
    let same = json!({ "class": "consultation", "reason": "再看一遍" });
    let _ = registrar.act(&number, "reclassify", same).expect(422);
    let other = json!({ "class": "advice", "reason": "实为意见建议" });
    let _ = registrar.act(&number, "reclassify", other).expect(200);

    let letter = registrar.letter(&number);
    let counted = &letter["obligations"][0];
    assert_eq!(counted["late_since"], missed.as_str(), "{letter}");
    assert_eq!(counted["due_on"], missed.as_str(), "{letter}");
    let all = letter["obligations"].as_array().expect("a list");
    let over = all.iter().find(|o| o["state"] == "superseded");
    assert_eq!(over.expect("the old one")["due_on"], missed.as_str());
    assert_eq!(registrar.letters("filter=overdue").len(), 1);
    let page = page(
        &office.huiyin,
        &office.registrar,
        &format!("/desk/letters/{number}"),
    );
    assert!(page.contains("重新甄别以前已经逾期") && page.contains("实为意见建议"));
    assert!(
        page.contains("咨询 → 意见建议"),
        "the history says from what to what"
    );
    office.huiyin.reconciles();
}

fn a_clock_stands_and_goes_on(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let receipt = office
        .huiyin
        .submit("online-consultation", "申请公开", "请提供", "");
    let number = text(&receipt.json()["number"]);
    office.hand_over(&number);
    let handler = &office.handler.api;
    let why = json!({ "reason": "征求第三方意见" });
    let refused = handler
        .act(&number, "suspend", why.clone())
        .expect(422)
        .json();
    assert_eq!(refused["code"], "no-suspension", "this rule allows none");
    let class = json!({ "class": "disclosure", "reason": "实为信息公开申请" });
    let _ = office
        .registrar
        .api
        .act(&number, "reclassify", class)
        .expect(200);
    let before = text(&handler.letter(&number)["due_on"]);
    let cause = json!({ "cause": "third-party", "reason": "涉及第三方商业秘密" });
    let _ = handler.act(&number, "suspend", cause).expect(200);

    let letter = handler.letter(&number);
    assert_eq!(letter["due_on"], Value::Null, "{letter}");
    assert_eq!(letter["standing"], true);
    assert_eq!(letter["obligations"][0]["due_on"], Value::Null);
    let listed = handler.letters("filter=mine");
    assert_eq!(listed[0]["due_on"], Value::Null, "{listed:?}");
    assert!(handler.letters("filter=overdue").is_empty());
    assert!(handler.letters("filter=due-soon").is_empty());
    for path in [
        "/desk?view=mine".to_owned(),
        format!("/desk/letters/{number}"),
    ] {
        let page = page(&office.huiyin, &office.handler, &path);
        assert!(
            page.contains("暂停计时") && !page.contains("9999"),
            "{path}"
        );
    }
    let _ = handler.act(&number, "resume", json!({})).expect(200);
    let letter = handler.letter(&number);
    assert_eq!(
        letter["due_on"],
        before.as_str(),
        "on the same day: none was lost"
    );
    let again = handler.act(&number, "resume", json!({})).expect(422).json();
    assert_eq!(again["code"], "clock-goes");
    office.huiyin.reconciles();
}

fn today_is_counted_as_the_command_line_counts(engine: Engine) {
    let huiyin = Huiyin::start(&Setup::new(engine));
    let visitor = huiyin.visitor();
    for (day, channel, rule) in [
        (
            "2026-02-13",
            "online-consultation",
            "cn.57.consultation.7wd",
        ),
        ("2025-09-26", "director-mailbox", "cn.57.consultation.7wd"),
    ] {
        let asked = format!("on={day}&channel={channel}");
        let when = visitor
            .get(&format!("/api/v1/when?{asked}"))
            .expect(200)
            .json();
        let counted = &when["channels"][0]["due"][0];
        let printed = huiyin.json(&["due", "--rule", rule, "--from", day]);
        assert_eq!(counted["rule"], rule);
        assert_eq!(counted["due_on"], printed["due_on"], "{when}");
        let days = |v: &Value| -> Vec<(String, bool)> {
            let days = v["days"].as_array().expect("days");
            let day = |d: &Value| (text(&d["date"]), d["counted"] == true);
            days.iter().map(day).collect()
        };
        assert_eq!(days(counted), days(&printed));
        let page = visitor
            .get(&format!("/when?{asked}&lang=zh-CN"))
            .expect(200)
            .body;
        let due: Date = text(&printed["due_on"]).parse().expect("a day");
        assert!(
            page.contains(&due.strftime("%Y年%-m月%-d日").to_string()),
            "{page}"
        );
        assert!(
            page.contains("春节放假，不计入") || page.contains("国庆"),
            "{page}"
        );
    }
    for bad in ["on=tomorrow", "on=0001-01-01", "channel=nowhere", "what=x"] {
        let _ = visitor.get(&format!("/when?{bad}")).expect(400);
        let _ = visitor.get(&format!("/api/v1/when?{bad}")).expect(400);
    }
}

fn counted_days(due: &Value) -> usize {
    let days = due["days"].as_array().expect("days");
    days.iter().filter(|d| d["counted"] == true).count()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A page as somebody signed in sees it.
fn page(huiyin: &Huiyin, who: &tests::huiyin::Colleague, path: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    let seen = who.api.get(&format!("{path}{mark}lang=zh-CN")).expect(200);
    assert!(seen.body.contains("<main"), "{} {path}", huiyin.base);
    tests::client::plain(&seen.body)
}

/// Enters a letter that came on paper days ago.
pub(crate) fn by_hand(office: &Office, channel: &str, subject: &str, on: Date) -> String {
    let clerk: &Client = &office.registrar.api;
    let form = clerk.get("/intake/new").expect(200);
    let hidden = form.hidden();
    let on = on.to_string();
    let mut fields: Vec<(&str, &str)> = (hidden.iter())
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.extend([
        ("source", "paper"),
        ("channel", channel),
        (
            "kind",
            if channel == "report-box" {
                "report"
            } else {
                "question"
            },
        ),
        ("subject", subject),
        ("body", "全文见扫描件。"),
        ("name", "王五"),
        ("address", "某市某区某路1号"),
        ("received_on", &on),
    ]);
    let slip = clerk.post_form("/intake/new", &fields).expect(200).body;
    let at = slip.find("/desk/letters/").expect("a link to the letter");
    let rest = &slip[at + "/desk/letters/".len()..];
    rest.chars()
        .take_while(|c| *c != '"' && *c != '#')
        .collect()
}

/// The day some days before today.
pub(crate) fn ago(days: i64) -> Date {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test lives today, like the product it starts"
    )]
    let now = Timestamp::now();
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let today = zone.to_datetime(now).date();
    today.checked_sub(days.days()).expect("a day")
}
