//! A rule was wrong: what its right text moves is shown first, and moved as a recorded job with a
//! reason. A new version moves nothing.

use serde_json::json;
use tests::{Engine, Huiyin, Office, Setup};

tests::on_both_engines!(tried_then_corrected);

const STANDING: &str = include_str!("../../tracker/packs/cn/consultation.toml");

/// A folder with the rules of consultations, one thing in them changed.
fn pack(huiyin: &Huiyin, name: &str, from: &str, to: &str) {
    let head = "id = \"cn\"\ntitle.zh = \"更正\"\ntitle.en = \"Put right\"\n";
    huiyin.write(&format!("{name}/pack.toml"), head);
    let changed = STANDING.replacen(from, to, 1);
    assert_ne!(changed, STANDING, "{from} stands there no more");
    huiyin.write(&format!("{name}/rules.toml"), &changed);
}

fn tried_then_corrected(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let huiyin = &office.huiyin;
    let submit = |subject: &str| {
        let letter = huiyin
            .submit("online-consultation", subject, "正文", "")
            .json();
        letter["number"].as_str().expect("a number").to_owned()
    };
    let (open, closed) = (submit("开着的"), submit("办结的"));
    office.hand_over(&open);
    let why = json!({ "reason": "本人要求" });
    let _ = office
        .registrar
        .api
        .act(&closed, "withdraw", why)
        .expect(200);
    let due = |number: &str| office.registrar.api.letter(number)["due_on"].clone();
    let before = due(&open);
    let ended = office.registrar.api.letter(&closed);

    pack(
        huiyin,
        "newer",
        "version = 1\nfrom = 2014-11-17",
        "version = 2\nfrom = 2020-01-01",
    );
    let tried = huiyin.json(&["rules", "try", "newer"]);
    assert_eq!(tried["new"][0]["version"], 2, "{tried}");
    assert_eq!(tried["obligations"]["moved"], 0, "{tried}");

    pack(huiyin, "right", "length = 7", "length = 10");
    let tried = huiyin.json(&["rules", "try", "right"]);
    assert_eq!(
        tried["changed"],
        json!([{ "rule": "cn.57.consultation.7wd", "version": 1 }])
    );
    assert_eq!(tried["obligations"]["moved"], 1, "{tried}");
    let to = tried["obligations"]["moves"][0]["to"].clone();
    let correct = ["rules", "correct", "right", "--reason", "录入时抄错天数"];
    assert_eq!(
        huiyin.json(&correct)["corrected"],
        false,
        "not without --yes"
    );
    assert_eq!(due(&open), before);

    let done = huiyin.json(&[&correct[..], &["--yes"]].concat());
    assert_eq!(done["corrected"], true, "{done}");
    assert_eq!(done["job"]["moved"], 1, "{done}");
    assert_eq!(due(&open), to);
    assert_ne!(due(&open), before);
    assert_eq!(office.registrar.api.letter(&closed), ended);
    let letter = office.handler.api.letter(&open);
    let events = letter["events"].as_array().expect("a history");
    assert_eq!(
        events.iter().filter(|e| e["kind"] == "due-moved").count(),
        1
    );
    // The server counts new letters by it at once, and commands as well.
    assert_eq!(due(&submit("新来的")), to);
    let shown = huiyin.json(&["rules", "show", "cn.57.consultation.7wd"]);
    assert_eq!(shown[0]["term"]["length"], 10, "{shown}");
    assert_eq!(
        huiyin.json(&[&correct[..], &["--yes"]].concat())["corrected"],
        false
    );
    huiyin.reconciles();

    let nameless = huiyin.run(&["rules", "correct", "right", "--reason", " ", "--yes"]);
    assert_eq!(nameless.status.code(), Some(2));
    assert_eq!(
        huiyin.run(&["rules", "try", "nowhere"]).status.code(),
        Some(2)
    );
}
