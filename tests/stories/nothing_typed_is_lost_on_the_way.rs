//! From the form to the receipt and on to the letter: at every page Back, Forward and reload repeat
//! no posting and lose neither words nor files, without any script; another channel keeps them all.

use serde_json::json;
use tests::{Browser, Client, Engine, Huiyin, Setup};

const SUBJECT: &str = "路灯坏了";
const BODY: &str = "石门村口的路灯坏了三个月。\n请修一修。";

/// Goes back, forth and anew; each time the page must still say what it said.
fn holds(browser: &Browser, here: &str, says: &[&str]) {
    let all = || {
        for what in says {
            browser.shows("main", what);
        }
    };
    all();
    let _ = browser.posted();
    browser.reload();
    all();
    browser.back();
    assert!(browser.has("main"), "what was before {here}");
    browser.forward();
    all();
    assert_eq!(browser.posted(), 0, "{here}: nothing is posted again");
}

#[test]
fn back_forth_and_reload() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let browser = Browser::open(false);
    let file = huiyin.folder().join("照片.txt");
    std::fs::write(&file, "照片的内容").expect("a file");

    browser.visit(&format!("{}/", huiyin.base));
    browser.visit(&format!("{}/write/online-consultation", huiyin.base));
    browser.fill("#subject", SUBJECT);
    browser.fill("#body", BODY);
    browser.fill("#phone", "abc");
    browser.choose_file("#files", &file);
    browser.click("button[value=check]");
    holds(&browser, "what is wrong", &["电话号码不对", "照片.txt"]);
    assert_eq!(browser.value("#subject"), SUBJECT);

    browser.fill("#phone", "138 0013 8000");
    browser.click("button[value=check]");
    holds(
        &browser,
        "the check",
        &["请核对", SUBJECT, "照片.txt", "138 0013 8000"],
    );
    browser.back();
    browser.shows("main", "照片.txt");
    assert_eq!(browser.value("#subject"), SUBJECT, "back on the form");
    assert_eq!(browser.value("#body"), BODY);
    browser.reload();
    assert_eq!(browser.value("#body"), BODY, "and reloaded");
    browser.click("button[value=check]");
    browser.shows("main", "请核对");

    browser.click("button[value=channel]");
    holds(&browser, "the channels", &["更改渠道", "厅长信箱"]);
    browser.click("button[formaction*=director-mailbox]");
    browser.shows("h1", "厅长信箱");
    assert_eq!(browser.value("#body"), BODY, "another channel keeps it");
    browser.shows("main", "照片.txt");
    browser.click("input[name=kind][value=help]");
    browser.click("button[value=check]");
    holds(
        &browser,
        "the check there",
        &["厅长信箱", SUBJECT, "照片.txt"],
    );

    browser.click("button[value=submit]");
    holds(&browser, "the receipt", &["来信已收到"]);
    let receipt = browser.text("main .ids");
    browser.back();
    browser.shows("main .ids", &receipt);
    assert_eq!(huiyin.received(), 1);
    let (number, code) = receipt_of(&receipt);
    assert!(!browser.url().contains(&code) && !browser.url().contains(&number));

    browser.click("form[action$='/track'] button");
    holds(&browser, "the letter", &[&number, "您的来信"]);
    browser.click("details.own summary");
    for words in [BODY.lines().next().expect("a line"), "照片.txt"] {
        browser.shows("details.own", words);
    }
    assert!(!browser.url().contains(&code), "{}", browser.url());
    assert!(!huiyin.log().contains(&code), "no log holds the code");

    browser.click("form[action$='/track/leave'] button");
    browser.shows("main", "已从这台电脑上清除");
    browser.back();
    browser.shows("main", "重新输入编号和查询码");
    assert_eq!(huiyin.received(), 1);
    huiyin.reconciles();
}

fn receipt_of(text: &str) -> (String, String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let of = |hyphens| {
        let found = words.iter().find(|w| w.matches('-').count() == hyphens);
        (*found.expect("on the receipt")).to_owned()
    };
    (of(2), of(3))
}

/// The fields of a whole letter.
fn letter<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("kind", "question"),
        ("subject", SUBJECT),
        ("body", BODY),
        ("name", "周敏"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(n, _)| n != name));
    fields.extend(more);
    fields
}

#[test]
fn a_browser_without_cookies() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let path = "/write/online-consultation";
    let post = |fields: &[(&str, &str)]| huiyin.visitor().post_form(path, fields);
    let check = post(&letter(&[("step", "check")])).expect(200);
    assert!(check.body.contains(BODY.lines().next().expect("a line")));
    let hidden = check.hidden();
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.push(("step", "submit"));
    let receipt = post(&fields).expect(200);
    assert!(receipt.body.contains("来信已收到"));
    assert_eq!(huiyin.received(), 1);
    let wrong = post(&letter(&[("step", "check"), ("phone", "abc")]));
    assert!(wrong.expect(422).body.contains(SUBJECT));
}

/// A visitor who has opened a form, and its address.
fn opened(huiyin: &Huiyin, channel: &str) -> (Client, String) {
    let visitor = huiyin.visitor();
    let begin = visitor.get(&format!("/write/{channel}")).expect(303);
    let path = begin.header("location").expect("a form").to_owned();
    let _ = visitor.get(&path).expect(200);
    (visitor, path)
}

#[test]
fn what_is_carried_is_sealed() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let (visitor, path) = opened(&huiyin, "report-box");
    let secret = "金丝雀七七三一";
    let fields = letter(&[("kind", "report"), ("body", secret), ("step", "check")]);
    let to = visitor.post_form(&path, &fields).expect(303);
    let check = to.header("location").expect("the check").to_owned();
    assert!(!check.contains(secret) && visitor.get(&check).body.contains(secret));

    // Whoever has the address alone sees an empty form.
    let stranger = huiyin.visitor();
    let _ = stranger.get("/track").expect(200);
    assert!(!stranger.get(&path).body.contains(secret));
    assert_eq!(stranger.get(&check).status, 303);

    assert!(!huiyin.log().contains(secret));
    assert!(!huiyin.database().dump().contains(secret));
    tests::place::no_file_holds(huiyin.folder(), &[secret]);
    assert_eq!(huiyin.received(), 0);

    let _ = visitor.post_form(&path, &[("step", "forget")]).expect(303);
    assert!(!visitor.get(&path).body.contains(secret));
    assert!(visitor.get(&check).status == 303, "gone at once");
}

#[test]
fn the_same_form_twice() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let (visitor, path) = opened(&huiyin, "online-consultation");
    let check = visitor
        .post_form(&path, &letter(&[("step", "check")]))
        .expect(303);
    let page = visitor
        .get(check.header("location").expect("the check"))
        .expect(200);
    let hidden = page.hidden();
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.push(("step", "submit"));
    // A double click, a second tab, and once more after a timeout.
    let sent: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| visitor.post_form(&path, &fields).expect(303)))
            .collect();
        let to = |answer: tests::Answer| answer.header("location").expect("a receipt").to_owned();
        all.into_iter()
            .map(|t| to(t.join().expect("an answer")))
            .collect()
    });
    let receipts: Vec<String> = sent
        .iter()
        .map(|to| visitor.get(to).expect(200).body)
        .collect();
    assert!(sent.iter().all(|to| *to == sent[0]), "{sent:?}");
    assert!(receipts[0].contains("来信已收到"));
    assert_eq!(huiyin.received(), 1);

    // The form of a letter that was sent leads to its receipt; other words are another letter.
    assert_eq!(
        visitor.get(&path).expect(303).header("location"),
        Some(sent[0].as_str())
    );
    let other = letter(&[("body", "另外一件事"), ("step", "check")]);
    let other = visitor.post_form(&path, &other).expect(303);
    let other = other.header("location").expect("the check").to_owned();
    assert!(!other.starts_with(&path), "a form of its own: {other}");
    assert!(
        visitor
            .get(&sent[0])
            .expect(200)
            .body
            .contains("来信已收到")
    );
}

#[test]
fn a_report_is_offered_the_sealed_box() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let (visitor, path) = opened(&huiyin, "director-mailbox");
    let fields = letter(&[("kind", "report"), ("step", "check")]);
    let file = [("files", "证据.txt", "证据".as_bytes())];
    let to = visitor.post_files(&path, &fields, &file);
    let to = to
        .expect(303)
        .header("location")
        .expect("the check")
        .to_owned();
    let check = visitor.get(&to).expect(200);
    assert!(check.body.contains("不是封存信箱"), "{}", check.body);
    let there = path.replace("director-mailbox", "report-box");
    assert!(check.body.contains(&format!("formaction=\"{there}\"")));

    let hidden = check.hidden();
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.push(("step", "change"));
    let to = visitor.post_form(&there, &fields).expect(303);
    let form = visitor
        .get(to.header("location").expect("the form"))
        .expect(200);
    for kept in [SUBJECT, "周敏", "证据.txt"] {
        assert!(form.body.contains(kept), "{kept}");
    }
    let (elsewhere, path) = opened(&huiyin, "director-mailbox");
    let to = elsewhere.post_form(&path, &letter(&[("kind", "help"), ("step", "check")]));
    let to = to
        .expect(303)
        .header("location")
        .expect("the check")
        .to_owned();
    assert!(!elsewhere.get(&to).body.contains("不是封存信箱"));
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let wrong = |fields: &[(&str, &str)], field: &str, words: &str| {
        let fields = letter(&[fields, &[("step", "check")]].concat());
        let page = huiyin
            .visitor()
            .post_form("/write/online-consultation", &fields);
        let page = page.expect(422).body;
        let at = format!("id=\"{field}-error\"");
        let said = page
            .split(&at)
            .nth(1)
            .and_then(|rest| rest.split("</p>").next());
        assert!(said.is_some_and(|s| s.contains(words)), "{field}: {said:?}");
    };
    let unseen = "\u{200b}\u{3164}\u{2800}";
    wrong(&[("subject", unseen)], "subject", "请填写标题");
    wrong(&[("body", unseen)], "body", "请填写正文");
    wrong(&[("name", unseen)], "name", "请填写姓名或者一种联系方式");
    wrong(&[("phone", "1380013800")], "phone", "电话号码不对");
    wrong(&[("email", "zhou@example")], "email", "邮箱地址格式不对");
    let letter = json!({ "channel": "online-consultation", "kind": "question",
        "subject": unseen, "body": unseen, "writer": { "phone": "abc" } });
    let refused = huiyin
        .visitor()
        .post("/api/v1/letters", &letter)
        .expect(422)
        .json();
    let errors = refused["errors"].to_string();
    for field in ["subject", "body", "phone"] {
        assert!(errors.contains(field), "{field}: {errors}");
    }
    assert_eq!(huiyin.received(), 0);

    let track = |number: &str, code: &str| {
        let fields = [("number", number), ("query_code", code)];
        huiyin.visitor().post_form("/track", &fields)
    };
    let empty = track("", " ").expect(422).body;
    assert!(empty.contains("请填写信件编号") && empty.contains("请填写查询码"));
    let sent = huiyin
        .submit("online-consultation", SUBJECT, BODY, "")
        .json();
    let text = |name: &str| sent[name].as_str().expect("text").to_owned();
    let (number, code) = (text("number"), text("query_code"));
    let _ = track(
        &format!("信件编号：{}", number.replace('-', " ").to_lowercase()),
        &format!("查询码 {}", code.replace('-', "")),
    )
    .expect(200);
}

#[test]
fn a_lost_file_is_asked_for() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let (visitor, path) = opened(&huiyin, "online-consultation");
    let fields = letter(&[("step", "check")]);
    let to = visitor.post_files(&path, &fields, &[("files", "合同.txt", b"x")]);
    let to = to
        .expect(303)
        .header("location")
        .expect("the check")
        .to_owned();
    let check = visitor.get(&to).expect(200);
    let hidden = check.hidden();
    let token = hidden
        .iter()
        .find(|(n, _)| n == "kept")
        .expect("a kept file")
        .1
        .clone();
    let damaged = format!("x{}", &token[1..]);
    let mut fields: Vec<_> = hidden
        .iter()
        .filter(|(n, _)| n != "kept")
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.extend([("kept", damaged.as_str()), ("step", "submit")]);
    let to = visitor.post_form(&path, &fields).expect(303);
    let asked = visitor
        .get(to.header("location").expect("the form"))
        .expect(200)
        .body;
    assert!(asked.contains("附件“合同.txt”已无法读取"), "{asked}");
    assert!(asked.contains(SUBJECT));
    assert_eq!(huiyin.received(), 0, "nothing is received without it");
}
