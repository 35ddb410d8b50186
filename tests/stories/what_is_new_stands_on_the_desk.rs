//! What is new for somebody stands at the head of their desk until they have seen it or it needs
//! nobody any more; nobody else sees it, and of a sealed letter it holds no word.

use serde_json::json;
use tests::{
    Browser, Client, Engine, Office, Setup, client, huiyin::Colleague, office::UNIT, until, within,
};

tests::on_both_engines!(
    theirs_until_seen,
    gone_with_the_answer,
    nothing_of_a_sealed_letter
);

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const WORDS: &str = "请于周五前答复来信人";

/// The head of somebody's desk; empty where nothing is new.
fn notes(who: &Client) -> String {
    let page = who.get("/desk?lang=zh-CN").expect(200).body;
    let page = client::plain(&page);
    let Some((_, notes)) = page.split_once("id=\"notes-title\"") else {
        return String::new();
    };
    let (notes, _) = notes.split_once("</details>").expect("it ends");
    notes.to_owned()
}

fn submitted(office: &Office, channel: &str, subject: &str) -> String {
    let letter = office.huiyin.submit(channel, subject, "何时修好？", "");
    let number = letter.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    office.hand_over(&number);
    number
}

fn urge(who: &Colleague, number: &str) {
    let words = json!({ "text": WORDS });
    let _ = who.api.act(number, "urge", words).expect(200);
}

fn theirs_until_seen(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let other = office.huiyin.colleague("other", "handler", UNIT, &[]);
    let number = submitted(&office, "online-consultation", "门前道路");
    assert_eq!(notes(&office.handler.api), "");
    urge(&office.registrar, &number);
    let shown = notes(&office.handler.api);
    for words in [WORDS, "催办", "门前道路", &number, "同事registrar"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    for who in [&office.registrar, &other] {
        assert_eq!(notes(&who.api), "", "{} is not concerned", who.login);
    }
    // Somebody else cannot see it away.
    let fields = office.handler.api.get("/desk").expect(200).hidden();
    let of = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
    };
    let id = of("notice").expect("the notice's id");
    let seen = other.api.post_form("/desk/notices", &[("notice", &id)]);
    let _ = seen.expect(303);
    assert!(notes(&office.handler.api).contains(WORDS));

    let browser = Browser::open(false);
    browser.sign_in(&office.huiyin, &office.handler);
    browser.shows(".notes", WORDS);
    browser.click(".notes a");
    browser.shows(".steps", WORDS);
    browser.visit(&format!("{}/desk", office.huiyin.base));
    browser.click(".notes button");
    until("what was seen to be gone", || !browser.has(".notes"));
    browser.shows(".queue", "门前道路");
    assert_eq!(notes(&office.handler.api), "");
    let letter = office.handler.api.letter(&number);
    let kinds = letter["events"].as_array().expect("a history").iter();
    assert_eq!(
        kinds.filter(|e| e["kind"] == "urged").count(),
        1,
        "{letter}"
    );
    office.huiyin.reconciles();
}

fn gone_with_the_answer(engine: Engine) {
    // Due on Wednesday 11 March 2026: the reminder comes two workdays before.
    let setup = Setup::new(engine);
    let huiyin = tests::Huiyin::start_at(&setup, "2026-03-02 10:00");
    let office = Office::staff(huiyin);
    let [first, second] =
        ["门前道路", "后山围栏"].map(|subject| submitted(&office, "online-consultation", subject));
    office.huiyin.is_now("2026-03-09 10:00");
    let shown = within(PATIENCE, "the reminders", || {
        let shown = notes(&office.handler.api);
        (shown.contains(&first) && shown.contains(&second)).then_some(shown)
    });
    assert!(
        shown.contains("提醒") && shown.contains("3月11日"),
        "{shown}"
    );
    let words = json!({ "text": "已修好。" });
    let _ = office.handler.api.act(&first, "answer", words).expect(200);
    within(PATIENCE, "the answer to be served", || {
        (office.status(&first) == "answered").then_some(())
    });
    let shown = notes(&office.handler.api);
    assert!(!shown.contains(&first), "it needs nobody any more: {shown}");
    assert!(shown.contains(&second), "{shown}");
    office.huiyin.reconciles();
}

fn nothing_of_a_sealed_letter(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let huiyin = &office.huiyin;
    let chief = huiyin.colleague("chief", "unit-leader", UNIT, &[]);
    let leader = huiyin.colleague("leader", "leader", UNIT, &[]);
    let auditor = huiyin.colleague("auditor", "auditor", UNIT, &[]);
    let number = submitted(&office, "report-box", "举报非法采砂");
    urge(&office.registrar, &number);
    // Whoever is named on it hears that there is something, and reads what on its own page.
    let shown = notes(&office.handler.api);
    assert!(shown.contains(&number), "{shown}");
    for words in [WORDS, "举报非法采砂"] {
        assert!(!shown.contains(words), "{words}: {shown}");
    }
    let page = office.handler.api.get(&format!("/desk/letters/{number}"));
    assert!(page.expect(200).body.contains(WORDS));
    for who in [&chief, &leader, &auditor] {
        assert_eq!(notes(&who.api), "", "{}", who.login);
        let path = format!("/desk/letters/{number}/urge");
        let fields = [("text", WORDS)];
        let refused = who.api.post_form(&path, &fields);
        assert!(matches!(refused.status, 403 | 404), "{}", who.login);
    }
    // Whom it turns out to accuse finds no trace of it any more.
    let whom = json!({ "person": office.handler.login });
    let _ = office
        .registrar
        .api
        .act(&number, "name-party", whom)
        .expect(200);
    assert_eq!(notes(&office.handler.api), "");
    let page = office.handler.api.get("/desk?view=all").expect(200).body;
    assert!(!page.contains(&number), "{page}");
    huiyin.reconciles();
}
