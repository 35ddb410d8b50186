//! Rule packs through the command line: the law that ships is right, a wrong pack is told where, and
//! a province's rule goes before the state's.

use serde_json::Value;
use tests::{Engine, Huiyin, Setup};

tests::on_both_engines!(a_pack_is_checked_and_laid_over);

/// A city's pack over the province's: its cases run over both, and what is configured is checked
/// without being named.
fn several_folders_are_checked_in_order(huiyin: &Huiyin) {
    let configured = huiyin.json(&["rules", "check"]);
    assert_eq!(
        (&configured["ok"], &configured["rules"]),
        (&true.into(), &1.into())
    );
    let city = huiyin.folder().join("city");
    std::fs::create_dir_all(&city).expect("a folder");
    let lay = |name: &str, text: &str| std::fs::write(city.join(name), text).expect("a file");
    lay("pack.toml", &HEAD.replace("province", "city"));
    let rule = RULE.replace("cn.57.consultation.7wd", "city.lead.3wd");
    let rule = rule
        .replace("[\"consultation\"]", "[\"lead\"]")
        .replace("length = 5", "length = 3");
    lay("rules.toml", &rule);
    let head = "rule,from,suspend,extend,due_on,reason\n";
    let ours = "city.lead.3wd,2026-03-02,,,2026-03-05,本市\n";
    let theirs = "cn.57.consultation.7wd,2026-03-02,,,2026-03-09,省里的五天\n";
    lay("golden.csv", &format!("{head}{ours}{theirs}"));
    let both = huiyin.json(&["rules", "check", "province", "city"]);
    assert_eq!(both["ok"], true, "{both}");
    let paths = both["packs"].as_array().expect("packs");
    let paths: Vec<_> = paths.iter().map(|p| p["path"].clone()).collect();
    assert_eq!(paths, ["province", "city"]);
    // Without the province's below it, the state's seven days come out.
    let alone = huiyin.run(&["--json", "rules", "check", "city"]);
    assert_eq!(alone.status.code(), Some(1));
    let alone: Value = serde_json::from_slice(&alone.stdout).expect("JSON");
    assert_eq!(alone["differences"][0]["found"], "2026-03-11", "{alone}");
    let reversed = huiyin.run(&["--json", "rules", "check", "city", "province"]);
    assert_eq!(
        reversed.status.code(),
        Some(1),
        "in the order in which they are named"
    );
}

const HEAD: &str = "id = \"province\"\ntitle = { zh = \"省规定\", en = \"Province\" }\n";

const RULE: &str = r#"
[[rule]]
id = "cn.57.consultation.7wd"
version = 1
from = 2014-11-17
applies = { class = ["consultation"] }
obligation = "answer"
term = { length = 5, unit = "workday" }
starts = "received"
counts = true
met-by = ["answer", "notice"]
basis = { zh = "本省规定：5个工作日", en = "The province: 5 working days" }
certainty = "own"
"#;

fn a_pack_is_checked_and_laid_over(engine: Engine) {
    let setup = Setup::new(engine).line("rule_packs = [\"province\"]");
    let huiyin = Huiyin::prepare(&setup);
    let province = huiyin.folder().join("province");
    std::fs::create_dir_all(&province).expect("a folder");
    let lay = |name: &str, text: &str| std::fs::write(province.join(name), text).expect("a file");
    lay("pack.toml", HEAD);
    lay("rules.toml", RULE);

    // What ships is in order.
    let shipped = format!("{}/../tracker/packs/cn", env!("CARGO_MANIFEST_DIR"));
    let checked = huiyin.json(&["rules", "check", &shipped]);
    assert_eq!(checked["ok"], true, "{checked}");
    assert!(checked["cases"].as_u64() >= Some(200), "{checked}");
    assert_eq!(checked["untested"], serde_json::json!([]));

    // A golden case that comes out otherwise, each named with its line and both dates.
    let head = "rule,from,suspend,extend,due_on,reason\n";
    let right = "cn.57.consultation.7wd,2026-03-02,,,2026-03-09,普通一周\n";
    let wrong = "cn.57.consultation.7wd,2026-02-13,,,2026-02-28,漏计2月14日\n";
    lay("golden.csv", &format!("{head}{right}{wrong}"));
    let refused = huiyin.run(&["rules", "check", "province"]);
    let words = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(1), "{words}");
    for part in [
        "golden.csv, line 3",
        "2026-02-28",
        "2026-02-27",
        "漏计2月14日",
    ] {
        assert!(words.contains(part), "no {part} in {words}");
    }
    assert!(!words.contains("line 2"), "{words}");
    let json = huiyin.run(&["--json", "rules", "check", "province"]);
    assert_eq!(json.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["differences"][0]["found"], "2026-02-27", "{json}");
    lay("golden.csv", &format!("{head}{right}"));
    let _ = huiyin.json(&["rules", "check", "province"]);

    several_folders_are_checked_in_order(&huiyin);

    // The province's five days go before the state's seven.
    let due = [
        "due",
        "--rule",
        "cn.57.consultation.7wd",
        "--from",
        "2026-03-02",
    ];
    let due = huiyin.json(&due);
    assert_eq!(due["due_on"], "2026-03-09", "{due}");
    assert_eq!(due["basis"], "本省规定：5个工作日");
    let versions = huiyin.json(&["rules", "show", "cn.57.consultation.7wd"]);
    assert_eq!(versions[0]["pack"], "province", "{versions}");
    let listed = huiyin.json(&["rules", "list"]);
    let ids = |listed: &Value| listed["rules"].as_array().expect("rules").len();
    let history = huiyin.json(&["rules", "list", "--all"]);
    assert!(ids(&history) > ids(&listed), "{listed}");
    let table = listed["table"].as_array().expect("a table");
    let consultation = table.iter().find(|l| l["class"] == "consultation");
    assert_eq!(
        consultation.expect("a line")["counts"],
        "cn.57.consultation.7wd"
    );

    // What a rule does not allow is counted, and said.
    let asked = [
        "due",
        "--rule",
        "cn.57.consultation.7wd",
        "--from",
        "2026-03-02",
        "--extend",
        "3",
    ];
    let note = huiyin.json(&asked)["note"].to_string();
    assert!(note.contains("no extension"), "{note}");
    let unknown = [
        "due",
        "--rule",
        "cn.57.consultation.7w",
        "--from",
        "2026-03-02",
    ];
    fails(&huiyin, &unknown, "did you mean cn.57.consultation.7wd");
    fails(
        &huiyin,
        &["rules", "show", "cn.57.consultaton.7wd"],
        "did you mean",
    );
    fails(&huiyin, &["rules", "check", "nowhere"], "nowhere");

    // A pack that cannot be read stops every command that needs it, with file, rule and field.
    lay("rules.toml", &RULE.replace("\"workday\"", "\"week\""));
    for args in [&["migrate"][..], &unknown] {
        let output = huiyin.run(args);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(0), "{args:?}");
        for part in [
            "province",
            "rules.toml",
            "cn.57.consultation.7wd",
            "term.unit",
            "workday",
        ] {
            assert!(words.contains(part), "{args:?}: no {part} in {words}");
        }
    }
}

fn fails(huiyin: &Huiyin, args: &[&str], hint: &str) {
    let output = huiyin.run(args);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {words}");
    assert!(words.contains(hint), "{args:?}: {words}");
}
