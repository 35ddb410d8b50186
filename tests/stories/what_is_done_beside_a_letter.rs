//! The forms beside a letter that leave it where it stands: a limit set by a document, urging,
//! urgent, and taking up again. Each does what it says; refused, it keeps every word and says what
//! is wrong where.

use serde_json::{Value, json};
use tests::{
    Answer, Browser, Client, Engine, Office, Setup, client, huiyin::Colleague, office::UNIT, until,
};

use super::every_due_date_is_explained::ago;

tests::on_both_engines!(
    a_document_sets_a_limit,
    a_leader_urges,
    urgent_until_somebody_takes_it,
    taken_up_again,
    what_is_refused_keeps_its_words
);

struct Desk {
    office: Office,
    leader: Colleague,
    number: String,
    code: String,
}

/// A letter on the handler's desk, and a leader.
fn desk(engine: Engine) -> Desk {
    let office = Office::open(&Setup::new(engine));
    let leader = office.huiyin.colleague("leader", "leader", UNIT, &[]);
    let receipt = office
        .huiyin
        .submit("online-consultation", "门前道路", "何时修好？", "");
    let receipt = receipt.json();
    let text = |name: &str| receipt[name].as_str().expect("a receipt").to_owned();
    let (number, code) = (text("number"), text("query_code"));
    office.hand_over(&number);
    Desk {
        office,
        leader,
        number,
        code,
    }
}

impl Desk {
    fn path(&self) -> String {
        format!("/desk/letters/{}", self.number)
    }

    /// The letter's page in a browser without scripts, an action's form unfolded.
    fn open(&self, who: &Colleague, action: &str) -> Browser {
        let browser = Browser::open(false);
        browser.sign_in(&self.office.huiyin, who);
        browser.visit(&format!("{}{}", self.office.huiyin.base, self.path()));
        browser.click(&format!("details:has(form[action$='/{action}']) summary"));
        browser
    }

    fn letter(&self) -> Value {
        self.office.registrar.api.letter(&self.number)
    }

    /// Events of a kind in the letter's history.
    fn events(&self, kind: &str) -> Vec<Value> {
        let letter = self.letter();
        let events = letter["events"].as_array().expect("a history").iter();
        events.filter(|e| e["kind"] == kind).cloned().collect()
    }

    /// Posts an action's form as it stands on the page.
    fn post(&self, who: &Client, action: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.letter()["version"].to_string();
        let version = [("version", version.as_str())];
        let path = format!("{}/{action}?lang=zh-CN", self.path());
        who.post_form(&path, &[&version, fields].concat())
    }
}

fn button(action: &str) -> String {
    format!("form[action$='/{action}'] button")
}

fn a_document_sets_a_limit(engine: Engine) {
    let desk = desk(engine);
    let before = desk.letter();
    let browser = desk.open(&desk.leader, "set-limit");
    browser.fill("#set-limit-organ", "省政府办公厅");
    browser.fill("#set-limit-document", "督办〔2026〕5号");
    browser.date("#set-limit-of_day", ago(2));
    browser.date("#set-limit-on", ago(5));
    browser.click(&button("set-limit"));
    browser.shows("[role=alert]", "要求办结日期不能早于来文日期");
    assert_eq!(browser.value("#set-limit-organ"), "省政府办公厅");
    assert_eq!(browser.value("#set-limit-document"), "督办〔2026〕5号");
    assert_eq!(browser.value("#set-limit-of_day"), ago(2).to_string());
    assert_eq!(
        desk.letter()["version"],
        before["version"],
        "nothing was done"
    );
    browser.date("#set-limit-on", ago(-3));
    browser.click(&button("set-limit"));
    browser.shows("main", "来文限期已登记。");
    browser.click(".others > summary");
    let limit = ago(-3).strftime("%Y年%-m月%-d日").to_string();
    browser.shows(".others", &limit);
    browser.shows(".steps", "省政府办公厅 督办〔2026〕5号");

    let after = desk.letter();
    assert_eq!(after["due_on"], before["due_on"], "the law's term counts");
    let owed = after["obligations"].as_array().expect("what is owed");
    let limits: Vec<_> = owed.iter().filter(|o| o["rule"] == "document").collect();
    assert_eq!(limits.len(), 1, "{after}");
    assert_eq!(limits[0]["due_on"], ago(-3).to_string());
    assert_eq!(limits[0]["counts"], false);
    assert!(
        limits[0]["basis"].to_string().contains("督办〔2026〕5号"),
        "{after}"
    );
    assert_eq!(desk.events("limit-set").len(), 1);
    // Whoever answers keeps both.
    let handler = &desk.office.handler.api;
    let refused = desk.post(handler, "set-limit", &[("organ", "x")]);
    assert_eq!(refused.status, 422, "what is missing comes first");
    let document = [
        ("organ", "县里"),
        ("document", "1号"),
        ("of_day", "2026-01-01"),
        ("on", "2026-02-01"),
    ];
    let _ = desk.post(handler, "set-limit", &document).expect(403);
    let answer = json!({ "text": "已修好。" });
    let _ = handler.act(&desk.number, "answer", answer).expect(200);
    until("the answer to be served", || {
        desk.letter()["status"] == "answered"
    });
    let owed = desk.letter()["obligations"].clone();
    let owed = owed.as_array().expect("what was owed");
    let limit = owed.iter().find(|o| o["rule"] == "document");
    assert_eq!(limit.expect("the limit")["state"], "met");
    desk.office.huiyin.reconciles();
}

fn a_leader_urges(engine: Engine) {
    let desk = desk(engine);
    let words = "来信人已多次来电，请本周内答复。";
    let browser = desk.open(&desk.leader, "urge");
    browser.click(&button("urge"));
    browser.shows("[role=alert]", "请填写");
    browser.shows("details[open]", "催办意见");
    browser.fill("#urge-text", words);
    browser.click(&button("urge"));
    browser.shows("main", "已催办。");
    browser.shows(".steps", words);
    browser.shows(".steps", "已通知：同事handler");

    let urged = desk.events("urged");
    assert_eq!(urged.len(), 1, "{urged:?}");
    assert_eq!(urged[0]["note"], words);
    let handler = &desk.office.handler.api;
    let at_work = handler.get("/desk?lang=zh-CN").expect(200).body;
    assert!(client::plain(&at_work).contains(words), "{at_work}");
    let refused = desk.post(handler, "urge", &[("text", words)]);
    assert_eq!(refused.status, 403, "nobody urges themselves");
    assert_eq!(desk.events("urged").len(), 1);
    let due = &desk.letter()["due_on"];
    assert!(due.is_string(), "urging moves no date");
    desk.office.huiyin.reconciles();
}

fn urgent_until_somebody_takes_it(engine: Engine) {
    let desk = desk(engine);
    let night = desk.office.huiyin.colleague("night", "duty", UNIT, &[]);
    let path = format!("{}?lang=zh-CN", desk.path());
    let _ = night.api.get(&path).expect(404);
    let registrar = &desk.office.registrar;
    let browser = desk.open(registrar, "mark-urgent");
    browser.click(&button("mark-urgent"));
    browser.shows("[role=alert]", "请写明理由");
    browser.fill("#mark-urgent-reason", "路基塌陷，车辆仍在通行");
    browser.click(&button("mark-urgent"));
    browser.shows("main", "已标为紧急。");
    browser.shows(".banner.late", "尚无人签收处置");
    assert!(
        !browser.has("form[action$='/mark-urgent']"),
        "once is enough"
    );
    let again = desk.post(&registrar.api, "mark-urgent", &[("reason", "再标一次")]);
    let again = client::plain(&again.expect(422).body);
    assert!(again.contains("已经标为紧急"), "{again}");

    // The night officer sees it now, and takes it on.
    let theirs = Browser::open(false);
    theirs.sign_in(&desk.office.huiyin, &night);
    theirs.visit(&format!("{}/desk?view=urgent", desk.office.huiyin.base));
    theirs.shows(".queue", "门前道路");
    theirs.click(".row-title");
    theirs.click(&button("take-urgent"));
    theirs.shows("main", "紧急件已签收处置。");
    theirs.shows(".banner.late", "已签收处置");
    assert!(!theirs.has("form[action$='/take-urgent']"));
    let taken = desk.events("urgent-taken");
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(taken[0]["actor"], "night");
    let late = desk.post(&registrar.api, "take-urgent", &[]).expect(422);
    assert!(client::plain(&late.body).contains("没有待签收的紧急标记"));
    assert_eq!(desk.events("urgent-taken").len(), 1);
    desk.office.huiyin.reconciles();
}

fn taken_up_again(engine: Engine) {
    let desk = desk(engine);
    let (huiyin, handler) = (&desk.office.huiyin, &desk.office.handler.api);
    let answer = json!({ "text": "已修好。" });
    let _ = handler.act(&desk.number, "answer", answer).expect(200);
    until("the answer to be served", || {
        desk.letter()["status"] == "answered"
    });
    let figures = || huiyin.json(&["stats"])["total"].clone();
    let mut before = figures();
    assert_eq!(before["answered_in_time"], 1, "{before}");

    let browser = desk.open(&desk.leader, "reopen");
    browser.click(&button("reopen"));
    browser.shows("[role=alert]", "请写明理由");
    browser.fill("#reopen-reason", "来信人反映路面又塌了");
    browser.click(&button("reopen"));
    browser.shows("main", "已重新办理");
    browser.shows(".steps", "来信人反映路面又塌了");
    browser.shows(".steps", "第2轮办理");
    browser.shows(".due-line", "答复期限");
    let letter = desk.letter();
    assert_eq!(letter["status"], "received", "{letter}");
    let owed = letter["obligations"].as_array().expect("what is owed");
    let counted = |state: &str| {
        let of = owed.iter().filter(|o| o["counts"] == true);
        of.filter(|o| o["state"] == state).count()
    };
    assert_eq!((counted("met"), counted("open")), (1, 1), "{letter}");
    assert!(letter["due_on"].is_string(), "{letter}");
    before["reopened"] = json!(1);
    assert_eq!(figures(), before, "the figures keep the first round");
    let fields = [("number", desk.number.as_str()), ("query_code", &desk.code)];
    let followed = huiyin.visitor().post_form("/track?lang=zh-CN", &fields);
    let followed = client::plain(&followed.expect(200).body);
    assert!(followed.contains("已修好。"), "the first answer stands");

    // Round two is answered like the first, and again changes no figure.
    desk.office.answer(&desk.number, "路基已加固。");
    until("the answer to be served", || {
        desk.letter()["status"] == "answered"
    });
    assert_eq!(figures(), before);
    let followed = huiyin.visitor().post_form("/track?lang=zh-CN", &fields);
    assert!(followed.expect(200).body.contains("路基已加固。"));
    huiyin.reconciles();
}

/// What is posted, and what the page has to say to it.
struct Case<'a> {
    who: &'a Client,
    action: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    at: &'a str,
    says: &'a str,
}

fn what_is_refused_keeps_its_words(engine: Engine) {
    let desk = desk(engine);
    let before = desk.letter();
    let (registrar, leader) = (&desk.office.registrar.api, &desk.leader.api);
    let handler = &desk.office.handler.api;
    let long = "很".repeat(20_001);
    let (tomorrow, today) = (ago(-1).to_string(), ago(0).to_string());
    let case = |who, action, fields, at, says| Case {
        who,
        action,
        fields,
        at,
        says,
    };
    let limit = |organ, document, of_day, on| {
        vec![
            ("organ", organ),
            ("document", document),
            ("of_day", of_day),
            ("on", on),
        ]
    };
    let cases = [
        case(
            leader,
            "set-limit",
            limit("省政府", "", &today, &tomorrow),
            "document",
            "请填写文号",
        ),
        case(
            leader,
            "set-limit",
            limit(" ", "督办1号", &today, &tomorrow),
            "organ",
            "请填写来文机关",
        ),
        case(
            registrar,
            "set-limit",
            limit("省政府", "督办1号", &tomorrow, &tomorrow),
            "of_day",
            "来文日期不能晚于今天",
        ),
        case(
            registrar,
            "set-limit",
            limit("省政府", "督办1号", &today, "下周五"),
            "on",
            "日期格式不对",
        ),
        case(leader, "urge", vec![("text", " ")], "text", "请填写"),
        case(
            leader,
            "urge",
            vec![("text", long.as_str())],
            "text",
            "20,000",
        ),
        case(
            registrar,
            "mark-urgent",
            vec![("reason", "\n")],
            "reason",
            "请写明理由",
        ),
        case(
            registrar,
            "mark-urgent",
            vec![("reason", long.as_str())],
            "reason",
            "内容太长",
        ),
        case(
            registrar,
            "reclassify",
            vec![("class", "poetry"), ("reason", "像诗")],
            "class",
            "没有这一项",
        ),
        case(
            handler,
            "request-extension",
            vec![("days", "八"), ("reason", "须现场核实")],
            "days",
            "请填写整数",
        ),
        case(
            handler,
            "request-extension",
            vec![("days", "90"), ("reason", "须现场核实")],
            "days",
            "超过规定允许延长的时间",
        ),
        case(
            handler,
            "request-extension",
            vec![("days", "3"), ("reason", "")],
            "reason",
            "请写明理由",
        ),
    ];
    for case in cases {
        let Case {
            who, action, at, ..
        } = case;
        let page = desk.post(who, action, &case.fields).expect(422).body;
        let page = client::plain(&page);
        let about = format!("{action} {at}");
        // What is wrong stands at the top, leading to the field, and beside the field.
        let link = format!("href=\"#{action}-{at}\">");
        let (_, top) = page
            .split_once(&link)
            .unwrap_or_else(|| panic!("{about}: {page}"));
        let top = top.split_once("</a>").expect("it ends").0;
        assert!(top.contains(case.says), "{about}: {top}");
        let beside = format!("id=\"{action}-{at}-error\"");
        let (_, beside) = page
            .split_once(&beside)
            .unwrap_or_else(|| panic!("{about}"));
        let beside = beside.split_once("</p>").expect("it ends").0;
        assert!(beside.contains(case.says), "{about}: {beside}");
        // Its form stands open with every word.
        let form = format!("<details open><summary>{}", summary(&page, action));
        assert!(page.contains(&form), "{about} is not open");
        // What is none of the choices is not offered again.
        let offered = |(field, _): &&(&str, &str)| *field != "class";
        for (field, value) in case.fields.iter().filter(offered) {
            let kept = held(&page, action, field);
            assert_eq!(kept.trim(), value.trim(), "{about}: {field}");
        }
    }
    let after = desk.letter();
    assert_eq!(after["version"], before["version"], "nothing was done");
    let _ = desk
        .post(leader, "reopen", &[("reason", "还没答复")])
        .expect(422);
    let _ = desk.post(handler, "take-urgent", &[]).expect(422);
    assert_eq!(desk.letter()["events"], before["events"]);
    desk.office.huiyin.reconciles();
}

/// The words an action's form unfolds by.
fn summary<'a>(page: &'a str, action: &str) -> &'a str {
    let end = page
        .find(&format!("/{action}\" novalidate"))
        .expect("its form");
    let before = &page[..end];
    let start = before.rfind("<summary>").expect("its summary") + "<summary>".len();
    before[start..].split_once('<').expect("it ends").0
}

/// What a field of a form holds.
fn held(page: &str, action: &str, field: &str) -> String {
    let id = format!("id=\"{action}-{field}\"");
    let (_, rest) = page.split_once(&id).unwrap_or_else(|| panic!("no {id}"));
    let (tag, rest) = rest.split_once('>').expect("it ends");
    if tag.contains("value=\"") {
        let (_, value) = tag.split_once("value=\"").expect("it has one");
        return value.split_once('"').expect("it ends").0.to_owned();
    }
    rest.split_once("</").expect("it ends").0.to_owned()
}
