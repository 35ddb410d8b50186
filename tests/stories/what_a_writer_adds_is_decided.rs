//! What a writer adds to a letter, answered or open, reaches whoever holds it and stands until somebody
//! says what becomes of it: nothing is owed, it is part of the letter, the letter is taken up again, or
//! it is a letter of its own from the day it came.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tests::{
    Browser, Client, Engine, FaultySmtp, Office, Setup, client, huiyin::Colleague, office::UNIT,
    until,
};

tests::on_both_engines!(each_way_is_decided_and_counted);

const WRITER: &str = "zhou@example.cn";

/// Every mail of ours to an address: Message-ID without `<>`, and the mail.
fn mails(smtp: &FaultySmtp, to: &str) -> Vec<(String, String)> {
    let id = |mail: &str| {
        let line = mail.lines().find_map(|l| l.strip_prefix("Message-ID: "));
        let id = line.expect("a Message-ID").trim();
        id.trim_matches(['<', '>']).to_owned()
    };
    let given = smtp.given_to(to).into_iter();
    given.map(|g| (id(&g.mail), g.mail)).collect()
}

/// A mail with these fields more.
fn mail(from: &str, subject: &str, fields: &str, body: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    format!(
        "From: {from}\r\nTo: director@example.gov.cn\r\nSubject: {subject}\r\n{fields}\
         Message-ID: <{id}@writers.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

/// Takes a mail in; answers what became of it.
fn ingest(office: &Office, mail: &str, channel: &str) -> String {
    let path = office.huiyin.write("one.eml", mail).display().to_string();
    let taken = office.huiyin.json(&["ingest", &path, "--channel", channel]);
    let fates = ["letters", "additions", "automatic", "held", "quarantined"];
    let fate = fates.iter().find(|f| taken[**f] == 1);
    (*fate.unwrap_or_else(|| panic!("{taken}"))).to_owned()
}

/// A reply in the thread of one of our mails.
fn reply(office: &Office, to: &str, subject: &str, body: &str) {
    let fields = format!("In-Reply-To: <{to}>\r\nReferences: <{to}>\r\n");
    let mail = mail(WRITER, subject, &fields, body);
    assert_eq!(
        ingest(office, &mail, "director-mailbox"),
        "additions",
        "{body}"
    );
}

/// The first mail of ours about a letter that a reply can answer.
fn receipt(smtp: &FaultySmtp, to: &str) -> String {
    until("a receipt", || !smtp.given_to(to).is_empty());
    mails(smtp, to).remove(0).0
}

fn submit(office: &Office, subject: &str, email: &str) -> (String, String) {
    let sent = office
        .huiyin
        .submit("director-mailbox", subject, "正文在此。", email)
        .json();
    let text = |name: &str| sent[name].as_str().expect("a receipt").to_owned();
    (text("number"), text("query_code"))
}

/// The additions of a letter, as its messages say.
fn additions(who: &Client, number: &str) -> Vec<Value> {
    let letter = who.letter(number);
    let all = letter["messages"].as_array().expect("messages").clone();
    all.into_iter()
        .filter(|m| m["kind"] == "addition")
        .collect()
}

fn decide(
    who: &Client,
    number: &str,
    message: &Value,
    decision: &str,
    reason: &str,
) -> tests::Answer {
    let mut fields = json!({ "message": message["id"], "decision": decision });
    if !reason.is_empty() {
        fields["reason"] = json!(reason);
    }
    who.act(number, "decide-addition", fields)
}

/// The numbers in the list of what nobody decided.
fn waiting(who: &Client) -> Vec<String> {
    let all = who.letters("filter=additions");
    let number = |l: &Value| l["number"].as_str().expect("a number").to_owned();
    all.iter().map(number).collect()
}

fn tracked(office: &Office, number: &str, code: &str) -> Value {
    let path = format!("/api/v1/letters/{number}");
    let found = office
        .huiyin
        .visitor()
        .try_get(&path, &[("x-query-code", code)]);
    found.expect("an answer").expect(200).json()
}

fn notes(who: &Colleague) -> String {
    let page = who.api.get("/desk?lang=zh-CN").expect(200).body;
    let page = client::plain(&page);
    let notes = page
        .split_once("id=\"notes-title\"")
        .map(|(_, n)| n.to_owned());
    notes
        .and_then(|n| Some(n.split_once("</details>")?.0.to_owned()))
        .unwrap_or_default()
}

fn each_way_is_decided_and_counted(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(engine).with(smtp.section()));
    let (registrar, handler) = (&office.registrar.api, &office.handler.api);
    let leader = office.huiyin.colleague("leader", "leader", UNIT, &[]);
    office.huiyin.unit("water", "水资源处");
    let elsewhere = office
        .huiyin
        .colleague("elsewhere", "handler", "water", &[]);
    let (number, code) = submit(&office, "门前道路", WRITER);
    let first = receipt(&smtp, WRITER);
    office.answer(&number, "已修好。");
    until("the answer", || office.status(&number) == "answered");
    let answer = mails(&smtp, WRITER).pop().expect("the answer").0;
    let before = mails(&smtp, WRITER).len();

    // Four mails: to the answer, and to the receipt.
    reply(&office, &answer, "Re: 答复", "谢谢你们！");
    reply(&office, &answer, "Re: 答复", "补充一张照片。");
    reply(&office, &first, "Re: 回执", "路又塌了，没有修好。");
    reply(
        &office,
        &answer,
        "另一件事：申请公开征地批文",
        "我要申请公开2025年征地批复文件。",
    );
    assert_eq!(office.huiyin.received(), 1, "none of it is a letter yet");
    let added = additions(handler, &number);
    assert_eq!(added.len(), 4);
    assert!(
        added.iter().all(|m| m["addition"]["decision"].is_null()),
        "{added:?}"
    );

    // Whoever holds it hears, leaders count it, the public page says so, the writer has one word.
    let shown = notes(&office.handler);
    assert!(
        shown.contains("补充来信待处理") && shown.contains(&number),
        "{shown}"
    );
    assert_eq!(notes(&elsewhere), "");
    for who in [registrar, handler, &leader.api] {
        assert_eq!(waiting(who), [number.as_str()]);
    }
    assert!(waiting(&elsewhere.api).is_empty());
    let overview = leader.api.get("/overview?lang=zh-CN").expect(200).body;
    assert!(
        overview.contains("view=additions&#38;unit=land\">1</a>"),
        "{overview}"
    );
    let desk = handler.get("/desk?view=all&lang=zh-CN").expect(200).body;
    assert!(desk.contains("补充待处理"), "{desk}");
    let seen = tracked(&office, &number, &code);
    assert_eq!(
        seen["additions"].as_array().map(Vec::len),
        Some(4),
        "{seen}"
    );
    let fields = [("number", number.as_str()), ("query_code", code.as_str())];
    let page = office
        .huiyin
        .visitor()
        .post_form("/track?lang=zh-CN", &fields);
    assert!(page.expect(200).body.contains("补充材料已收到"));
    until("a word to the writer", || {
        mails(&smtp, WRITER).len() > before
    });
    let word = mails(&smtp, WRITER).pop().expect("a mail").1;
    for field in [
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
    ] {
        assert!(word.contains(field), "{field}");
    }
    let letter = handler.get(&format!("/desk/letters/{number}?lang=zh-CN"));
    let letter = letter.expect(200).body;
    assert!(letter.contains("尚待处理（4 件）"), "{letter}");
    assert!(letter.contains("似为致谢") && letter.contains("似含信息公开申请"));
    assert!(!letter.contains("checked"), "words preselect nothing");
    office.huiyin.reconciles();

    // It is the holder's and the registrar's; everything wrong with it is said.
    let [thanks, photo, again, other] = &added[..] else {
        panic!("four")
    };
    for (who, status) in [(&leader.api, 403), (&elsewhere.api, 404)] {
        let path = format!("/api/v1/desk/letters/{number}/decide-addition");
        let body = json!({ "message": thanks["id"], "decision": "part" });
        let _ = who.post(&path, &body).expect(status);
    }
    let _ = decide(handler, &number, &json!({ "id": 7 }), "part", "").expect(422);
    let _ = decide(handler, &number, thanks, "forget", "").expect(422);
    let stale = json!({ "message": thanks["id"], "decision": "part", "version": 1 });
    let path = format!("/api/v1/desk/letters/{number}/decide-addition");
    let _ = handler.post(&path, &stale).expect(409);

    // A thank-you starts no clock; a wrong word on it is put right, with a reason.
    let figures = office.huiyin.json(&["stats"])["total"].clone();
    let _ = decide(handler, &number, thanks, "part", "").expect(200);
    let _ = decide(handler, &number, thanks, "part", "看错了").expect(422);
    let _ = decide(handler, &number, thanks, "nothing-owed", "").expect(422);
    let _ = decide(handler, &number, thanks, "nothing-owed", "只是致谢").expect(200);
    let _ = decide(registrar, &number, photo, "part", "").expect(200);
    assert_eq!(office.status(&number), "answered");
    assert_eq!(office.huiyin.json(&["stats"])["total"], figures);

    // A letter of its own: from the day it came, in that year's series, its writer told.
    let came = other["addition"]["received_at"].clone();
    let _ = decide(handler, &number, other, "own-letter", "依申请公开").expect(200);
    let own = additions(registrar, &number)[3]["addition"]["letter"].clone();
    let own = own.as_str().expect("its number").to_owned();
    let letter = registrar.letter(&own);
    assert_eq!(letter["received_at"], came, "{letter}");
    assert_eq!(
        (&letter["status"], &letter["unit"]),
        (&json!("received"), &Value::Null)
    );
    assert_eq!(letter["writer"]["email"], WRITER);
    assert_eq!(
        letter["writer"]["name"], "张三",
        "what the writer said before holds"
    );
    assert!(letter["due_on"].is_string());
    assert!(letter["messages"].to_string().contains("征地批复文件"));
    until("its receipt", || {
        let text = |m: &str| tests::mail::seen(m.as_bytes()).text;
        mails(&smtp, WRITER)
            .iter()
            .any(|(_, m)| text(m).contains(&own))
    });
    let _ = decide(handler, &number, other, "part", "改主意").expect(422);
    assert_eq!(
        tracked(&office, &number, &code)["additions"][3]["number"],
        own
    );
    assert!(tracked(&office, &number, &code)["additions"][3]["query_code"].is_null());
    assert_eq!(office.huiyin.received(), 2);
    // Its class sets the term that the law gives it, from the day it came.
    let class = json!({ "class": "disclosure" });
    let _ = registrar.act(&own, "accept", class).expect(200);
    let owed = registrar.letter(&own)["obligations"].clone();
    let counted = owed.as_array().and_then(|all| {
        all.iter()
            .find(|o| o["counts"] == true && o["state"] == "open")
    });
    assert!(
        counted.is_some_and(|o| o["rule"].to_string().contains("disclosure")
            || o["basis"].to_string().contains("信息公开")),
        "{owed}"
    );

    // A new round; the first stays what it was.
    let _ = decide(handler, &number, again, "reopen", "确未修好").expect(200);
    assert_eq!(office.status(&number), "received");
    assert!(waiting(handler).is_empty());
    assert!(
        !notes(&office.handler).contains("补充来信"),
        "it needs nobody any more"
    );
    let history = registrar.letter(&number)["events"].clone();
    let of = |kind: &str| {
        let all = history.as_array().expect("a history").iter();
        all.filter(|e| e["kind"] == kind).count()
    };
    assert_eq!(
        (of("added"), of("addition-decided"), of("reopened")),
        (4, 5, 1),
        "{history}"
    );
    let figures = office.huiyin.json(&["stats"])["total"].clone();
    assert_eq!(figures["answered_in_time"], 1, "{figures}");
    let ledger = registrar
        .get("/intake?tab=ledger&fate=letter")
        .expect(200)
        .body;
    assert!(ledger.contains(&own), "{ledger}");
    office.huiyin.reconciles();
}

/// A mail to a letter that is sealed is told to nobody but those named, and what is made of it stays
/// as sealed.
#[test]
fn sealed_stays_sealed() {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(Engine::Sqlite).with(smtp.section()));
    let huiyin = &office.huiyin;
    let chief = huiyin.colleague("chief", "unit-leader", UNIT, &[]);
    let plain = huiyin.colleague("plain", "registrar", UNIT, &[]);
    let leader = huiyin.colleague("leader", "leader", UNIT, &[]);
    let accused = huiyin.colleague("accused", "registrar", UNIT, &["--cleared", "report-box"]);
    let sent = huiyin.submit("report-box", "举报非法采砂", "夜间采砂。", WRITER);
    let number = sent.json()["number"].as_str().expect("a number").to_owned();
    let first = receipt(&smtp, WRITER);
    office.hand_over(&number);
    let party = json!({ "person": "accused" });
    let _ = office
        .registrar
        .api
        .act(&number, "name-party", party)
        .expect(200);
    reply(&office, &first, "Re: 回执", "补充车牌照片，金丝雀。");
    assert!(notes(&office.handler).contains(&number));
    for who in [&chief, &plain, &leader, &accused] {
        assert_eq!(notes(who), "", "{}", who.login);
        assert!(waiting(&who.api).is_empty(), "{}", who.login);
    }
    let list = leader
        .api
        .get("/desk?view=additions&lang=zh-CN")
        .expect(200)
        .body;
    assert!(list.contains("另有 1 件保密信件"), "{list}");
    let trace = accused
        .api
        .get("/desk?view=additions&lang=zh-CN")
        .expect(200)
        .body;
    assert!(!trace.contains("保密信件"), "{trace}");
    let added = additions(&office.handler.api, &number);
    let _ = decide(&office.handler.api, &number, &added[0], "own-letter", "").expect(200);
    let own = additions(&office.handler.api, &number)[0]["addition"]["letter"].clone();
    let own = own.as_str().expect("its number");
    let path = format!("/api/v1/desk/letters/{own}");
    for who in [&office.handler, &office.registrar] {
        let letter = who.api.get(&path).expect(200).json();
        assert_eq!(letter["sealed"], true, "{}", who.login);
    }
    for who in [&chief, &plain, &leader, &accused] {
        let _ = who.api.get(&path).expect(404);
    }
    let _ = plain.api.get("/intake?tab=ledger").expect(200);
    huiyin.reconciles();
}

/// What belongs to a letter is known by what only our mails tell; by a number alone, a person says.
#[test]
fn threads_are_followed_and_numbers_proposed() {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(Engine::Sqlite).with(smtp.section()));
    let api = &office.registrar.api;
    let (number, _) = submit(&office, "门前道路", WRITER);
    let (id, text) = {
        let _ = receipt(&smtp, WRITER);
        mails(&smtp, WRITER).remove(0)
    };
    let count = || additions(api, &number).len();
    let take = |mail: &str| ingest(&office, mail, "director-mailbox");

    // Ours stands last, or first, of thousands.
    for at in [0, 2_499] {
        let mut ids: Vec<String> = (0..2_500).map(|n| format!("<{n}.y@example.com>")).collect();
        ids[at] = format!("<{id}>");
        let fields = format!("References:\r\n {}\r\n", ids.join("\r\n "));
        assert_eq!(
            take(&mail(WRITER, "Re: 很多引用", &fields, &format!("第{at}"))),
            "additions"
        );
    }
    assert_eq!(count(), 2);

    // A provider made another Message-ID of ours: the mark in what was quoted says it.
    let mark = text.split("[HY.").nth(1).and_then(|t| t.split(']').next());
    let decoded = tests::mail::seen(text.as_bytes()).text;
    let mark = mark.map(|m| format!("HY.{m}")).or_else(|| {
        let (_, rest) = decoded.split_once("[HY.")?;
        Some(format!("HY.{}", rest.split_once(']')?.0))
    });
    let quoted = format!(
        "补充如下。\r\n\r\n> 回信请保留本行：[{}]",
        mark.expect("a mark")
    );
    let fields = "In-Reply-To: <rewritten@provider.example>\r\n";
    assert_eq!(
        take(&mail(WRITER, "Re: 来信收件回执", fields, &quoted)),
        "additions"
    );
    assert_eq!(count(), 3);

    // Nothing but the number is left: held, the letter proposed; a foreign sender never joins.
    let by_number = [
        (
            WRITER,
            format!("Re: 来信收件回执（信件编号 {number}）"),
            "凭编号",
        ),
        (WRITER, format!("Re: 答复 [{number}]"), "凭编号二"),
        (
            "stranger@example.org",
            format!("关于{number}号信件"),
            "他人来信",
        ),
    ];
    for (from, subject, body) in &by_number {
        assert_eq!(take(&mail(from, subject, "", body)), "held", "{subject}");
    }
    // From another address of the same person, in the thread.
    let fields = format!("In-Reply-To: <{id}>\r\n");
    assert_eq!(
        take(&mail(
            "zhou.home@example.org",
            "Re: 回执",
            &fields,
            "换了邮箱"
        )),
        "held"
    );
    assert_eq!(count(), 3);
    let clerk = office.huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    let held = clerk.get("/intake?tab=held&lang=zh-CN").expect(200).body;
    assert!(held.contains("标题中有信件编号"), "{held}");
    let items: Vec<&str> = held.split("name=\"id\" value=\"").skip(1).collect();
    assert_eq!(items.len(), 4);
    let mut joined = 0;
    for item in items {
        let item = item.split('"').next().expect("an id");
        let page = clerk
            .get(&format!("/intake/{item}?lang=zh-CN"))
            .expect(200)
            .body;
        assert!(page.contains(&number), "the letter is proposed: {page}");
        let join = [("number", number.as_str())];
        let _ = clerk
            .post_form(&format!("/intake/{item}/addition"), &join)
            .expect(303);
        joined += 1;
        assert_eq!(
            count(),
            3 + joined,
            "a registrar's word makes it an addition"
        );
    }
    let last = api.letters("filter=additions")[0]["undecided"].clone();
    assert_eq!(last, 7);

    // A number that is none, and a machine that names one.
    let slip = number.replace("2026-", "2025-");
    assert_eq!(
        take(&mail(
            "new@example.org",
            &format!("关于{slip}"),
            "",
            "另一封信"
        )),
        "letters"
    );
    let machine = format!("Auto-Submitted: auto-replied\r\nIn-Reply-To: <{id}>\r\n");
    assert_eq!(
        take(&mail(
            WRITER,
            &format!("自动回复 {number}"),
            &machine,
            "不在"
        )),
        "automatic"
    );
    assert_eq!(count(), 7);

    // Of several letters in a thread, the one that is answered.
    let (second, _) = submit(&office, "后山围栏", "li@example.cn");
    let other = receipt(&smtp, "li@example.cn");
    let fields = format!("References: <{other}> <{id}>\r\nIn-Reply-To: <{id}>\r\n");
    assert_eq!(
        take(&mail(WRITER, "Re: 两封", &fields, "答其一")),
        "additions"
    );
    let fields = format!("References: <{id}> <{other}>\r\n");
    assert_eq!(
        take(&mail("li@example.cn", "Re: 两封", &fields, "答其二")),
        "additions"
    );
    assert_eq!((count(), additions(api, &second).len()), (8, 1));
    office.huiyin.reconciles();
}

/// However a letter ended, what is added to it is told and decided.
#[test]
fn added_after_every_end() {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(Engine::Sqlite).with(smtp.section()));
    let api = &office.registrar.api;
    let first = submit(&office, "第一封", "end0@example.cn").0;
    let notice = |text: &str| json!({ "ground": "信访工作条例第三十一条", "text": text });
    let ends: [(&str, Value); 5] = [
        ("decline", notice("请向法院提出。")),
        ("direct", notice("请向市局提出。")),
        ("mark-duplicate", json!({ "of": first })),
        ("withdraw", json!({ "reason": "来信人来电撤回" })),
        ("invalid", json!({ "reason": "空白" })),
    ];
    for (n, (action, fields)) in ends.into_iter().enumerate() {
        let from = format!(
            "end{}@example.cn",
            if action == "mark-duplicate" { 0 } else { n + 1 }
        );
        let (number, code) = submit(&office, action, &from);
        let _ = api.act(&number, action, fields).expect(200);
        let status = office.status(&number);
        let fields = [("x-query-code", code.as_str())];
        let token = |m: &str| m.contains(&number);
        // The receipt of a second letter the same day is capped: its notice is answered then.
        until("a mail about it", || {
            mails(&smtp, &from)
                .iter()
                .any(|(_, m)| token(&tests::mail::seen(m.as_bytes()).text))
        });
        let ours = mails(&smtp, &from).into_iter().rev();
        let mut ours = ours.filter(|(_, m)| tests::mail::seen(m.as_bytes()).text.contains(&number));
        let id = ours.next().expect("a mail about it").0;
        let more = mail(
            &from,
            "Re: 告知",
            &format!("In-Reply-To: <{id}>\r\n"),
            "我还有话说",
        );
        assert_eq!(
            ingest(&office, &more, "director-mailbox"),
            "additions",
            "{action}"
        );
        assert!(waiting(api).contains(&number), "{action}");
        let added = additions(api, &number).remove(0);
        let _ = decide(api, &number, &added, "reopen", "").expect(422);
        assert_eq!(office.status(&number), status);
        let path = format!("/api/v1/letters/{number}");
        let seen = office
            .huiyin
            .visitor()
            .try_get(&path, &fields)
            .expect("an answer");
        assert_eq!(
            seen.expect(200).json()["additions"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
        let how = if n % 2 == 0 {
            "own-letter"
        } else {
            "nothing-owed"
        };
        let _ = decide(api, &number, &added, how, "").expect(200);
        assert!(!waiting(api).contains(&number), "{action}");
    }
    office.huiyin.reconciles();
}

/// A handler decides each way in the browser, without scripts, and puts a word right.
#[test]
fn a_handler_decides_in_the_browser() {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(Engine::Sqlite).with(smtp.section()));
    let (number, _) = submit(&office, "门前道路", WRITER);
    let first = receipt(&smtp, WRITER);
    office.answer(&number, "已修好。");
    until("the answer", || office.status(&number) == "answered");
    for body in [
        "谢谢！",
        "补充照片一张。",
        "另外，申请公开征地批文。",
        "路又塌了。",
    ] {
        reply(&office, &first, "Re: 回执", body);
    }
    let browser = Browser::open(false);
    browser.sign_in(&office.huiyin, &office.handler);
    browser.shows(".notes", "补充来信待处理");
    browser.visit(&format!("{}/desk?view=additions", office.huiyin.base));
    browser.shows(".side", "补充来信待处理");
    browser.shows(".rows", "补充待处理");
    browser.click(".row-title");
    browser.shows("#additions", "谢谢！");
    browser.shows("#additions", "尚待处理（4 件）");

    // Nothing chosen: what is missing is said, and where.
    browser.click("#additions .added:first-of-type button");
    browser.shows(".summary", "请选择怎样处理");
    browser.click(".summary a");
    let choose = |ruling: &str| {
        browser.click(&format!(
            "#additions .added details[open] input[value={ruling}]"
        ));
        browser.click("#additions .added details[open] button");
    };
    choose("nothing-owed");
    browser.shows(".notice", "处理意见已记录");
    browser.shows("#additions", "尚待处理（3 件）");
    choose("part");
    browser.shows("#additions", "尚待处理（2 件）");
    choose("own-letter");
    browser.shows("#additions", "路又塌了");
    let made = additions(&office.registrar.api, &number)[2]["addition"]["letter"].clone();
    assert!(made.is_string());

    // The first was more than thanks.
    browser.click(".msg details.quoted summary");
    browser.click(".msg details.quoted[open] input[value=part]");
    browser.fill(".msg details.quoted[open] textarea", "还提了一个问题");
    browser.click(".msg details.quoted[open] button");
    browser.shows(".steps", "还提了一个问题");
    browser.shows(".steps", "无需另行办理 → 并入本件");

    choose("reopen");
    until("nothing to decide", || !browser.has("#additions"));
    browser.shows(".state", "待受理");
    assert_eq!(office.status(&number), "received");
    office.huiyin.reconciles();
}
