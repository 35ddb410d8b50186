//! What scripts rely on: shapes, exit codes, and complaints that help.

use serde_json::{Value, json};
use tests::{Engine, Huiyin, Letter, Setup, huiyin::Huiyin as Product};

tests::on_both_engines!(an_archive_is_taken_once);

fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "no {name} in {value}");
    }
}

fn an_archive_is_taken_once(engine: Engine) {
    let huiyin = Huiyin::prepare(&Setup::new(engine));
    assert_eq!(
        huiyin.json(&["unit", "add", "一处", "--code", "one"])["code"],
        "one"
    );
    let user = [
        "user", "add", "李四", "--login", "li", "--role", "handler", "--unit", "one",
    ];
    has(&huiyin.json(&user), &["login", "password"]);
    has(&huiyin.json(&["token", "add", "--login", "li"]), &["token"]);

    for login in ["first", "second"] {
        let user = [
            "user",
            "add",
            "王五",
            "--login",
            login,
            "--role",
            "administrator",
        ];
        let _ = huiyin.json(&user);
        if login == "first" {
            fails(&huiyin, &["user", "disable", "first"], 1, "administrator");
        }
    }
    let _ = huiyin.json(&["user", "disable", "first"]);

    assert_eq!(huiyin.json(&["user", "enable", "first"])["login"], "first");
    let roles = huiyin.json(&["user", "roles", "li", "--role", "registrar", "handler"]);
    assert_eq!(roles["roles"], json!(["handler", "registrar"]));
    let edit = ["unit", "edit", "one", "--name", "第一处", "--leader", "li"];
    assert_eq!(huiyin.json(&edit)["name"], "第一处");
    fails(
        &huiyin,
        &["unit", "edit", "two", "--name", "x"],
        2,
        "--code",
    );
    fails(
        &huiyin,
        &["unit", "edit", "one", "--under", "one"],
        2,
        "--under",
    );
    fails(
        &huiyin,
        &["unit", "edit", "one", "--hours", "9-5"],
        2,
        "--hours",
    );
    let _ = huiyin.json(&["token", "add", "--login", "li"]);
    let tokens = huiyin.json(&["token", "list", "--login", "li"]);
    let tokens = tokens.as_array().expect("tokens");
    assert_eq!(tokens.len(), 2);
    has(&tokens[0], &["id", "login", "created_at", "revoked_at"]);
    let id = tokens[0]["id"].to_string();
    assert_eq!(huiyin.json(&["token", "revoke", &id])["revoked"], 1);
    fails(&huiyin, &["token", "revoke", &id], 2, "token list");
    assert_eq!(
        huiyin.json(&["token", "revoke", "--login", "li"])["revoked"],
        1
    );
    fails(&huiyin, &["token", "revoke"], 2, "--login");

    let mails = huiyin.folder().join("mails");
    std::fs::create_dir(&mails).expect("a folder");
    for n in 0..3 {
        let mail = Letter::new("citizen", "director", &format!("存档{n}"), "正文").bytes();
        std::fs::write(mails.join(format!("{n}.eml")), mail).expect("a file");
    }
    std::fs::write(mails.join("9.eml"), b"\x00\x01").expect("a file");
    let ingest = ["ingest", "mails", "--channel", "director-mailbox"];
    for letters in [3, 0] {
        let count = huiyin.json(&ingest);
        let fates = [
            "letters",
            "additions",
            "automatic",
            "duplicates",
            "quarantined",
            "held",
            "invalid",
            "before_start",
        ];
        let sum: u64 = fates
            .iter()
            .map(|f| count[f].as_u64().expect("a count"))
            .sum();
        assert_eq!(count["seen"], sum, "{count}");
        assert_eq!(count["letters"], letters, "{count}");
    }
    let stats = huiyin.json(&["stats"]);
    has(
        &stats,
        &[
            "as_of",
            "from",
            "to",
            "by",
            "identity_holds",
            "total",
            "rows",
            "opening",
        ],
    );
    has(
        &stats["total"],
        &["answer_rate", "on_time_rate", "median_workdays", "p90_days"],
    );
    assert_eq!(stats["total"]["received"], 3);
    let table = huiyin.run(&["stats"]).stdout;
    let table = String::from_utf8(table).expect("text");
    for line in table.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(table.contains("answered_in_time"), "{table}");
    assert_eq!(
        huiyin.json(&["overdue"]),
        json!({ "letters": [], "sealed": 0 })
    );
    assert_eq!(
        huiyin.json(&["reconcile"]),
        json!({ "ok": true, "differences": [] })
    );
    fails(
        &huiyin,
        &["ingest", "mails", "--channel", "nowhere"],
        2,
        "director-mailbox",
    );
}

#[test]
fn what_needs_no_database() {
    let huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    let due = huiyin.json(&[
        "due",
        "--days",
        "15",
        "--unit",
        "workday",
        "--from",
        "2026-01-05",
    ]);
    has(
        &due,
        &[
            "due_on",
            "nominal_on",
            "provisional",
            "rule",
            "basis",
            "days",
        ],
    );
    assert_eq!(
        due["due_on"], "2026-01-26",
        "one weekend day at New Year was made up for before"
    );
    let suspended = [
        "due",
        "--days",
        "5",
        "--unit",
        "month",
        "--from",
        "2026-01-05",
        "--suspend",
        "2026-01-06..2026-01-07",
    ];
    fails(&huiyin, &suspended, 2, "month");

    let letter = Letter::new("citizen", "director", "你好", "正文").with("附件.txt", b"abc");
    let path = huiyin.folder().join("one.eml");
    std::fs::write(&path, letter.bytes()).expect("a file");
    let parsed = huiyin.json(&["parse", "one.eml"]);
    has(
        &parsed,
        &[
            "subject",
            "from",
            "to",
            "cc",
            "reply_to",
            "date",
            "message_id",
            "in_reply_to",
            "references",
            "text",
            "visible_text",
            "html",
            "attachments",
            "automatic",
        ],
    );
    assert_eq!(parsed["subject"], "你好");
    assert_eq!(parsed["message_id"], letter.id());
    assert_eq!(parsed["attachments"][0]["name"], "附件.txt");
    assert_eq!(parsed["attachments"][0]["size"], 3);
    fails(&huiyin, &["parse", "none.eml"], 1, "none.eml");
    fails(&huiyin, &["stats", "--by", "colour"], 2, "month");
    fails(&huiyin, &["nonsense"], 2, "nonsense");
    let backwards = ["stats", "--from", "2026-02-01", "--to", "2026-01-01"];
    fails(&huiyin, &backwards, 2, "--from");
    fails(&huiyin, &["stats", "--as-of", "yesterday"], 2, "2026-01-31");
    has(
        &huiyin.json(&["stats", "--as-of", "2026-01-31"]),
        &["as_of"],
    );
    fails(&huiyin, &["overdue", "--unit", "nowhere"], 2, "nowhere");
    huiyin.write("huiyin.toml", "[listen]\npubic = \"127.0.0.1:1\"\n");
    fails(&huiyin, &["config", "check"], 2, "`listen.pubic`");
    huiyin.write("huiyin.toml", "bas_url = \"https://a.cn\"\n");
    fails(&huiyin, &["config", "check"], 2, "base_url");
}

fn fails(huiyin: &Product, args: &[&str], code: i32, hint: &str) {
    let output = huiyin.run(args);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {words}");
    assert!(words.contains(hint), "{args:?}: {words}");
    assert!(!words.contains("panicked"), "{args:?}: {words}");
}
