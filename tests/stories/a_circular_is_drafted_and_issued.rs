//! 通报: the machine drafts it on its day and keeps it up to date; a leader issues or drops it, and
//! nobody else; then it stands as it is, and whom it concerns finds it on the desk.

use serde_json::{Value, json};
use tests::{
    Answer, Browser, Client, Engine, Huiyin, Setup, client, huiyin::Colleague, until, within,
};

tests::on_both_engines!(drafted_read_and_issued);

/// Supervision looks every ten seconds.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const CIRCULAR: &str = "main a[href*='/circulars/']";

struct House {
    huiyin: Huiyin,
    leader: Colleague,
    registrar: Colleague,
    chief: Colleague,
    liaison: Colleague,
    handler: Colleague,
    elsewhere: Colleague,
}

/// A department with two units below it, on Monday 2 March 2026.
fn house(engine: Engine) -> House {
    let huiyin = Huiyin::start_at(&Setup::new(engine), "2026-03-02 10:00");
    huiyin.unit("top", "厅机关");
    let leader = huiyin.colleague("leader", "leader", "top", &[]);
    let cleared = ["--cleared", "report-box"];
    let registrar = huiyin.colleague("registrar", "registrar", "top", &cleared);
    let chief = huiyin.colleague("chief", "unit-leader", "top", &[]);
    let liaison = huiyin.colleague("liaison", "liaison", "top", &[]);
    let unit = |name, code, more: &[&str]| {
        let unit = ["unit", "add", name, "--code", code, "--under", "top"];
        let _ = huiyin.json(&[&unit, more].concat());
    };
    let heads = ["--leader", "chief", "--liaison", "liaison"];
    unit("土地处", "land", &heads);
    unit("矿产处", "mine", &[]);
    let handler = huiyin.colleague("handler", "handler", "land", &[]);
    let elsewhere = huiyin.colleague("elsewhere", "unit-leader", "mine", &[]);
    House {
        huiyin,
        leader,
        registrar,
        chief,
        liaison,
        handler,
        elsewhere,
    }
}

impl House {
    /// A letter in the handler's hands, due seven workdays after it came.
    fn letter(&self, subject: &str) -> String {
        let letter = (self.huiyin)
            .submit("online-consultation", subject, "请予答复。", "")
            .json();
        let number = letter["number"].as_str().expect("a number").to_owned();
        let (registrar, handler) = (&self.registrar.api, &self.handler.api);
        let class = json!({ "class": "consultation" });
        let _ = registrar.act(&number, "accept", class).expect(200);
        let whom = json!({ "unit": "land", "handler": self.handler.login });
        let _ = registrar.act(&number, "assign", whom).expect(200);
        let _ = handler.act(&number, "take", json!({})).expect(200);
        number
    }

    /// How often a stage is in a letter's history: once for each thing owed on it.
    fn stages(&self, number: &str, stage: &str) -> usize {
        let letter = self.registrar.api.letter(number);
        let events = letter["events"].as_array().expect("a history");
        let of = |e: &&Value| e["kind"] == "supervised" && e["data"]["stage"] == stage;
        events.iter().filter(of).count()
    }

    fn reaches(&self, number: &str, stage: &str) {
        within(PATIENCE, &format!("{number} to reach {stage}"), || {
            (self.stages(number, stage) > 0).then_some(())
        });
    }

    /// The overview's newest circular: where it is, and what the page says.
    fn newest(&self) -> (String, String) {
        let page = plain(&self.leader.api, "/overview");
        let (_, rest) = page.split_once("/circulars/").expect("a circular");
        let id: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (format!("/circulars/{id}"), page)
    }
}

/// A page in Chinese, as its reader sees it.
fn plain(who: &Client, path: &str) -> String {
    client::plain(&who.get(&format!("{path}?lang=zh-CN")).expect(200).body)
}

fn decide(who: &Client, path: &str, decision: &str) -> Answer {
    let page = who.get(path);
    let version = page
        .hidden()
        .into_iter()
        .find(|(name, _)| name == "version");
    let version = version.map_or_else(|| "1".to_owned(), |(_, v)| v);
    who.post_form(&format!("{path}/{decision}"), &[("version", &version)])
}

fn drafted_read_and_issued(engine: Engine) {
    let house = house(engine);
    let huiyin = &house.huiyin;
    let (late, answered) = (house.letter("宅基地纠纷"), house.letter("道路占用"));

    // Due on 11 March; ten workdays later is the 25th.
    huiyin.is_now("2026-03-24 10:00");
    house.reaches(&late, "supervise");
    assert!(!plain(&house.leader.api, "/overview").contains("/circulars/"));
    huiyin.is_now("2026-03-25 10:00");
    house.reaches(&late, "circular");
    house.reaches(&answered, "circular");
    assert_eq!(house.stages(&late, "circular"), 1);
    let (path, overview) = house.newest();
    assert!(overview.contains("待印发的通报"), "{overview}");

    let browser = Browser::open(false);
    browser.sign_in(huiyin, &house.leader);
    browser.visit(&format!("{}/overview", huiyin.base));
    browser.click(CIRCULAR);
    for words in [
        "关于逾期未办结信件的通报",
        "截至2026年3月25日",
        "土地处（2件）",
        &late,
        &answered,
        "逾期10个工作日，现由同事handler办理",
    ] {
        browser.shows(".letter", words);
    }
    nobody_else_decides(&house, &path);

    // Meanwhile one is answered, and a sealed one that came long ago joins.
    let words = json!({ "text": "已办结。" });
    let _ = house
        .handler
        .api
        .act(&answered, "answer", words)
        .expect(200);
    let sealed = sealed(&house);
    house.reaches(&sealed, "circular");
    browser.click("form[action$='/issue'] button");
    browser.shows("[role=alert]", "您的操作没有执行");
    browser.shows(".state", "草稿");
    browser.shows(".letter", "另有不便列明的信件1件");
    let text = browser.text(".letter");
    assert!(
        text.contains("土地处（1件）") && text.contains(&late),
        "{text}"
    );
    assert!(
        !text.contains(&answered) && !text.contains(&sealed),
        "{text}"
    );
    browser.click("form[action$='/issue'] button");
    browser.shows("main", "已印发");
    browser.shows(".state", "同事leader");
    assert!(!browser.has("form[action$='/issue']"), "it is done");
    let again = decide(&house.leader.api, &path, "issue").expect(422);
    assert!(again.body.contains("已有人处理"), "{}", again.body);

    those_concerned_have_it(&house, &path, &late);
    // What comes of its letters later changes nothing in it.
    let words = json!({ "text": "已办结。" });
    let _ = house.handler.api.act(&late, "answer", words).expect(200);
    let issued = plain(&house.chief.api, &path);
    assert!(
        issued.contains(&late) && issued.contains("已印发"),
        "{issued}"
    );
    the_next_one_is_dropped(&house, &path);
    huiyin.reconciles();
}

/// A report on paper of January, entered in March.
fn sealed(house: &House) -> String {
    let clerk = &house.registrar.api;
    let form = clerk.get("/intake/new").expect(200).hidden();
    let hidden = form.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let fields = hidden.chain([
        ("source", "paper"),
        ("channel", "report-box"),
        ("kind", "report"),
        ("subject", "反映违法占地"),
        ("body", "见附件。"),
        ("name", "王五"),
        ("address", "某市某区某路1号"),
        ("received_on", "2026-01-05"),
    ]);
    let slip = clerk.post_form("/intake/new", &fields.collect::<Vec<_>>());
    let slip = slip.expect(200).body;
    let (_, rest) = slip.split_once("/desk/letters/").expect("a link to it");
    rest.chars().take_while(|c| !"\"#".contains(*c)).collect()
}

fn nobody_else_decides(house: &House, path: &str) {
    let registrar = plain(&house.registrar.api, path);
    assert!(registrar.contains("草稿"), "who sees all letters reads it");
    assert!(!registrar.contains("/issue"), "and does not decide");
    for who in [&house.chief, &house.liaison, &house.elsewhere] {
        let _ = who.api.get(path).expect(404);
        assert!(plain(&who.api, "/circulars").contains("还没有通报"));
    }
    for path in [path, "/circulars"] {
        let _ = house.handler.api.get(path).expect(403);
    }
    assert!(!plain(&house.handler.api, "/desk").contains("/circulars"));
    let _ = house.huiyin.visitor().get(path).expect(303);
    let others = [
        &house.registrar,
        &house.chief,
        &house.liaison,
        &house.elsewhere,
        &house.handler,
    ];
    for who in others {
        for decision in ["issue", "drop"] {
            let _ = decide(&who.api, path, decision).expect(403);
        }
    }
    let _ = decide(&house.leader.api, path, "burn").expect(404);
    let still = plain(&house.leader.api, path);
    assert!(
        still.contains("草稿") && still.contains("/issue"),
        "{still}"
    );
}

/// Leader and liaison of the unit find it on their desks, and it is gone once they have seen it.
fn those_concerned_have_it(house: &House, path: &str, late: &str) {
    let told = |who: &Colleague| plain(&who.api, "/desk").contains(path);
    assert!(told(&house.chief) && told(&house.liaison));
    for who in [&house.handler, &house.elsewhere, &house.registrar] {
        assert!(!told(who), "{} is told of it", who.login);
    }
    let browser = Browser::open(false);
    browser.sign_in(&house.huiyin, &house.chief);
    browser.shows(".notes", "通报印发");
    browser.click(".notes a[href*='/circulars/']");
    browser.shows(".letter", late);
    assert!(!browser.has("form[action$='/issue']"));
    browser.visit(&format!("{}/desk", house.huiyin.base));
    browser.click(".notes button");
    until("them to be seen", || !browser.has(".notes"));
    assert!(!told(&house.chief), "seen is seen");
    // Then it is found again by the list.
    browser.click(".side a[href$='/circulars']");
    browser.click(CIRCULAR);
    browser.shows(".letter", late);
    assert!(told(&house.liaison), "by one, not by the other");
    // An issued circular is for all who lead a unit; handlers read none.
    assert!(plain(&house.elsewhere.api, path).contains(late));
    let _ = house.handler.api.get(path).expect(403);
}

fn the_next_one_is_dropped(house: &House, first: &str) {
    let number = house.letter("采矿扰民");
    house.huiyin.is_now("2026-04-30 10:00");
    house.reaches(&number, "circular");
    let (path, _) = house.newest();
    assert_ne!(path, first, "an issued one takes no more letters");
    let _ = decide(&house.leader.api, &path, "drop").expect(303);
    let dropped = plain(&house.leader.api, &path);
    assert!(
        dropped.contains("不予印发") && !dropped.contains("/drop"),
        "{dropped}"
    );
    let _ = house.chief.api.get(&path).expect(404);
    assert!(!plain(&house.chief.api, "/desk").contains(&path));
}
