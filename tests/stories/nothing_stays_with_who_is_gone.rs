//! Whoever is disabled, moves to another unit or loses their role holds no letter any more: what they
//! held is asked about with its count, and goes back in the same step.

use serde_json::{Value, json};
use tests::{Answer, Engine, Office, Setup, client, huiyin::Colleague, office::UNIT};

tests::on_both_engines!(handed_back_with_the_step);

struct House {
    office: Office,
    liaison: Colleague,
    admin: Colleague,
}

impl House {
    fn open(engine: Engine) -> Self {
        let office = Office::open(&Setup::new(engine));
        let liaison = office.huiyin.colleague("liaison", "liaison", UNIT, &[]);
        let admin = office.huiyin.colleague("chief", "administrator", UNIT, &[]);
        let post = [
            ("code", UNIT),
            ("name", "耕地保护监督处"),
            ("liaison", "liaison"),
            ("leader", "handler"),
            ("work_hours", "09:00-12:00,13:30-17:30"),
            ("active", "true"),
            ("version", "1"),
        ];
        let saved = admin.api.post_form("/admin/units", &post);
        assert_eq!(saved.status, 303, "{}", saved.body);
        Self {
            office,
            liaison,
            admin,
        }
    }

    fn letter(&self, channel: &str, subject: &str) -> String {
        let answer = self
            .office
            .huiyin
            .submit(channel, subject, "何时修好？", "");
        answer.json()["number"]
            .as_str()
            .expect("a number")
            .to_owned()
    }

    fn assigned(&self, channel: &str, subject: &str, to: &str) -> String {
        let number = self.letter(channel, subject);
        let registrar = &self.office.registrar.api;
        let class = json!({ "class": "consultation" });
        let _ = registrar.act(&number, "accept", class).expect(200);
        let whom = json!({ "unit": UNIT, "handler": to });
        let _ = registrar.act(&number, "assign", whom).expect(200);
        number
    }

    fn turn(&self, login: &str, more: &[(&str, &str)]) -> Answer {
        let path = format!("/admin/people/{login}/disable?lang=zh-CN");
        self.admin.api.post_form(&path, more)
    }
}

fn stands(letter: &Value) -> (&str, bool, bool) {
    let status = letter["status"].as_str().expect("a status");
    (
        status,
        letter["unit"].is_null(),
        letter["handler"].is_null(),
    )
}

fn handed_back_with_the_step(engine: Engine) {
    let house = House::open(engine);
    let (office, huiyin) = (&house.office, &house.office.huiyin);
    let (registrar, handler) = (&office.registrar.api, &office.handler);
    let working = house.assigned("online-consultation", "门前道路", "handler");
    let _ = handler.api.act(&working, "take", json!({})).expect(200);
    let draft = json!({ "text": "正在核实，拟答复如下。" });
    let _ = handler.api.act(&working, "draft", draft).expect(200);
    let waiting = house.assigned("online-consultation", "后山围栏", "handler");
    let sealed = house.assigned("report-box", "举报采砂", "handler");
    let _ = handler.api.act(&sealed, "take", json!({})).expect(200);
    let done = house.assigned("online-consultation", "已经答复", "handler");
    let _ = handler.api.act(&done, "take", json!({})).expect(200);
    let _ = handler
        .api
        .act(&done, "answer", json!({ "text": "可以。" }))
        .expect(200);
    let other = house.letter("online-consultation", "没有分办");

    // Neither command line nor page does it unasked, and both say how much there is.
    let refused = huiyin.run(&["user", "disable", "handler"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("2 open letters, 1 open sealed letter"),
        "{said}"
    );
    assert!(
        said.contains("--hand-back") && said.contains("耕地保护监督处"),
        "{said}"
    );
    let asked = house.turn("handler", &[]).expect(200).body;
    let asked = client::plain(&asked);
    for words in [
        "在办信件 3 件",
        "其中保密信件 1 件",
        "耕地保护监督处",
        "交回并停用",
    ] {
        assert!(asked.contains(words), "{words}: {asked}");
    }
    assert_eq!(
        handler.api.letter(&working)["handler"],
        "handler",
        "nothing happened yet"
    );

    let to = house.turn("handler", &[("hand_back", "true")]).expect(303);
    assert!(
        to.header("location")
            .is_some_and(|l| l.contains("handed-back"))
    );
    assert_eq!(handler.api.get("/api/v1/desk/letters").status, 401);
    let letter = registrar.letter(&working);
    assert_eq!(stands(&letter), ("assigned", false, true), "{letter}");
    assert_eq!(
        stands(&registrar.letter(&waiting)),
        ("assigned", false, true)
    );
    assert_eq!(stands(&registrar.letter(&sealed)), ("received", true, true));
    assert_eq!(
        stands(&registrar.letter(&done)),
        ("answered", false, false),
        "history stays"
    );
    assert_eq!(stands(&registrar.letter(&other)), ("received", true, true));
    let kinds = letter["events"].as_array().expect("a history");
    assert_eq!(
        kinds.iter().filter(|e| e["kind"] == "handed-back").count(),
        1
    );

    // The unit's liaison hears at once, and gives it to somebody who goes on with the draft.
    let desk = house.liaison.api.get("/desk?lang=zh-CN").expect(200).body;
    let desk = client::plain(&desk);
    assert!(
        desk.contains("经办人变动，信件交回") && desk.contains(&working),
        "{desk}"
    );
    assert!(
        !desk.contains(&sealed),
        "of the sealed one the unit knows nothing"
    );
    let gone = json!({ "unit": UNIT, "handler": "handler" });
    let refused = house.liaison.api.act(&working, "assign", gone).expect(422);
    assert!(refused.body.contains("handler"), "{}", refused.body);
    let second = huiyin.colleague("second", "handler", UNIT, &[]);
    let whom = json!({ "unit": UNIT, "handler": "second" });
    let _ = house.liaison.api.act(&working, "assign", whom).expect(200);
    let news = second.api.get("/desk?lang=zh-CN").expect(200).body;
    assert!(client::plain(&news).contains("新分办"), "{news}");
    let _ = second.api.act(&working, "take", json!({})).expect(200);
    let page = second
        .api
        .get(&format!("/desk/letters/{working}"))
        .expect(200)
        .body;
    assert!(page.contains("拟答复如下"), "the draft stays");
    let mine = second.api.letters("filter=mine");
    assert_eq!(mine.len(), 1);

    // Another unit, or the role taken away: the same.
    huiyin.unit("sea", "海域处");
    let edit = |more: &[(&'static str, &'static str)]| {
        let person = [("login", "second"), ("name", "乙"), ("language", "zh-CN")];
        let fields = [&person[..], more].concat();
        house
            .admin
            .api
            .post_form("/admin/people?lang=zh-CN", &fields)
    };
    let moved = [("unit", "sea"), ("roles", "handler")];
    let asked = client::plain(&edit(&moved).expect(200).body);
    assert!(
        asked.contains("在办信件 1 件") && asked.contains("交回并保存"),
        "{asked}"
    );
    assert_eq!(registrar.letter(&working)["handler"], "second");
    let _ = edit(&[&moved[..], &[("hand_back", "true")]].concat()).expect(303);
    assert_eq!(
        stands(&registrar.letter(&working)),
        ("assigned", false, true)
    );
    // Nobody of another unit can be given it; a change that takes nothing away asks nothing.
    let _ = huiyin.colleague("third", "handler", UNIT, &[]);
    let whom = json!({ "unit": UNIT, "handler": "third" });
    let _ = registrar.act(&waiting, "assign", whom).expect(200);
    let plain = [
        ("login", "third"),
        ("name", "丙"),
        ("unit", UNIT),
        ("roles", "handler"),
        ("language", "zh-CN"),
    ];
    let _ = house
        .admin
        .api
        .post_form("/admin/people", &plain)
        .expect(303);
    assert_eq!(registrar.letter(&waiting)["handler"], "third");
    let less = [
        ("login", "third"),
        ("name", "丙"),
        ("unit", UNIT),
        ("roles", "auditor"),
        ("language", "zh-CN"),
    ];
    let _ = house
        .admin
        .api
        .post_form("/admin/people", &less)
        .expect(200);
    let done = huiyin.json(&["user", "disable", "third", "--hand-back"]);
    assert_eq!(
        (&done["handed_back"], &done["login"]),
        (&json!(1), &json!("third")),
        "{done}"
    );
    assert_eq!(
        stands(&registrar.letter(&waiting)),
        ("assigned", false, true)
    );
    let nothing = huiyin.json(&["user", "disable", "second"]);
    assert_eq!(nothing["handed_back"], 0);
    huiyin.reconciles();
}
