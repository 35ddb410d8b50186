//! Days are imported into the calendar: shown first, then every open due date is counted anew,
//! once, whatever happens meanwhile; what was closed stays.

use serde_json::{Value, json};
use tests::{
    Engine, Huiyin, Letter, Office, Setup, client, client::Answer, holidays, office::UNIT, within,
};

tests::on_both_engines!(
    shown_first_and_counted_once,
    killed_before_a_slice_is_saved,
    killed_after_a_slice_was_saved,
    imported_in_the_browser,
    a_province_takes_its_days_away
);

const LETTERS: usize = 450;
/// A dead process's lease runs out before another takes its work up.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

/// Letters of Monday 2026-03-02, due seven workdays later.
fn archive(huiyin: &Huiyin) {
    let mails = (0..LETTERS).map(|n| {
        let mail = Letter::new("citizen", "director", &format!("第{n}封"), "请予答复。");
        let mail = String::from_utf8(mail.bytes()).expect("text");
        let lines = mail.lines().filter(|l| !l.starts_with("Date:"));
        let mail = lines.collect::<Vec<_>>().join("\n");
        format!(
            "From citizen@example.cn Mon Mar  2 10:00:00 2026\n\
             Date: Mon, 02 Mar 2026 10:00:00 +0800\n{mail}\n\n"
        )
    });
    huiyin.write("archive.mbox", &mails.collect::<String>());
    let ingest = ["ingest", "archive.mbox", "--channel", "online-consultation"];
    assert_eq!(huiyin.json(&ingest)["letters"], LETTERS);
}

/// The calendar of 2026 with Tuesday 10 March off.
fn calendar(huiyin: &Huiyin) {
    let cn = include_str!("../../tracker/data/calendar/cn.csv");
    let year = cn.lines().filter(|l| l.starts_with("2026-"));
    let year: String = year.map(|l| format!("{l}\n")).collect();
    huiyin.write(
        "2026.csv",
        &format!("date,kind,name\n{year}2026-03-10,holiday,植树节\n"),
    );
}

/// How many are overdue since each day.
fn overdue(huiyin: &Huiyin) -> Vec<(String, usize)> {
    let list = huiyin.json(&["overdue"]);
    let letters = list["letters"].as_array().expect("a list");
    let mut days: Vec<_> = letters.iter().map(|l| l["due_on"].as_str()).collect();
    days.sort_unstable();
    let runs = days.chunk_by(|a, b| a == b);
    let run = |r: &[Option<&str>]| (r[0].unwrap_or_default().to_owned(), r.len());
    runs.map(run).collect()
}

fn on(day: &str, n: usize) -> Vec<(String, usize)> {
    vec![(day.to_owned(), n)]
}

/// Events of a letter's history that say its date moved.
fn moved(letter: &Value) -> Vec<&Value> {
    let events = letter["events"].as_array().expect("a history");
    let moved = events.iter().filter(|e| e["kind"] == "due-moved");
    moved.collect()
}

/// What is recorded of a letter: its history, and when what it owes is due.
fn recorded(letter: &Value) -> Value {
    let owed = letter["obligations"].as_array().expect("what is owed");
    let due: Vec<_> = owed.iter().map(|o| &o["due_on"]).collect();
    json!([letter["version"], letter["status"], letter["events"], due])
}

fn shown_first_and_counted_once(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let huiyin = &office.huiyin;
    archive(huiyin);
    calendar(huiyin);
    let numbers: Vec<String> = huiyin.json(&["overdue"])["letters"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|l| l["number"].as_str().expect("a number").to_owned())
        .collect();
    let registrar = &office.registrar.api;
    office.answer(&numbers[0], "已办结。");
    let why = json!({ "reason": "本人要求" });
    let _ = registrar.act(&numbers[1], "withdraw", why).expect(200);
    office.hand_over(&numbers[2]);
    let closed = [&numbers[0], &numbers[1]].map(|n| recorded(&registrar.letter(n)));
    let open = LETTERS - 2;
    assert_eq!(overdue(huiyin), on("2026-03-11", open));

    let shown = huiyin.json(&["calendar", "import", "2026.csv"]);
    assert_eq!(shown["imported"], false, "{shown}");
    assert_eq!(shown["published"], json!([]), "2026 was known");
    assert_eq!(shown["added"][0]["date"], "2026-03-10");
    assert_eq!(shown["added"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown["removed"], json!([]));
    let moves = shown["obligations"]["moves"].as_array().expect("dates");
    assert_eq!(moves[0]["from"], "2026-03-11", "{shown}");
    assert_eq!(moves[0]["to"], "2026-03-12");
    assert_eq!(moves[0]["n"], open);
    assert_eq!(overdue(huiyin), on("2026-03-11", open), "nothing changed");

    let done = huiyin.json(&["calendar", "import", "2026.csv", "--yes"]);
    assert_eq!(done["imported"], true, "{done}");
    assert_eq!(done["job"]["moved"], open, "{done}");
    assert_eq!(overdue(huiyin), on("2026-03-12", open));
    let told = registrar.letter(&numbers[2]);
    assert_eq!(moved(&told).len(), 1, "{told}");
    for (number, before) in numbers.iter().zip(&closed) {
        let now = recorded(&registrar.letter(number));
        assert_eq!(now, *before, "closed letters stand");
    }
    let again = huiyin.json(&["calendar", "import", "2026.csv", "--yes"]);
    assert_eq!(again["imported"], false, "{again}");
    // A letter from now on is counted by it; a server that ran all the while knows it too.
    let days = huiyin.json(&["calendar", "show", "2026"]);
    assert!(days["days"].to_string().contains("植树节"), "{days}");
    let due = [
        "due",
        "--days",
        "7",
        "--unit",
        "workday",
        "--from",
        "2026-03-02",
    ];
    assert_eq!(huiyin.json(&due)["due_on"], "2026-03-12");
    huiyin.reconciles();
}

fn killed_before_a_slice_is_saved(engine: Engine) {
    killed(engine, "recount-before-commit");
}

fn killed_after_a_slice_was_saved(engine: Engine) {
    killed(engine, "recount-after-commit");
}

/// The server that counts dies in the second slice, and the command that waits for it as well.
fn killed(engine: Engine, point: &str) {
    let mut huiyin = Huiyin::prepare(&Setup::new(engine));
    huiyin.unit(UNIT, "耕地保护监督处");
    let registrar = huiyin.colleague("registrar", "registrar", UNIT, &[]);
    archive(&huiyin);
    calendar(&huiyin);
    huiyin.resume(&format!("{point}=1*off->1*return"));
    let mut command = huiyin.command(&["calendar", "import", "2026.csv", "--yes"]);
    command.stdout(std::process::Stdio::null());
    let mut waiting = command.spawn().expect("the product starts");
    huiyin.dies();
    let _ = waiting.kill();
    let _ = waiting.wait();
    let list = huiyin.json(&["calendar", "list"]);
    assert!(list["counting"].is_object(), "it is not done: {list}");
    assert_eq!(overdue(&huiyin).len(), 2, "some moved, some did not");
    huiyin.resume("");
    within(PATIENCE, "the rest to be counted", || {
        let list = huiyin.json(&["calendar", "list"]);
        list["counting"].is_null().then_some(())
    });
    assert_eq!(overdue(&huiyin), on("2026-03-12", LETTERS));
    for number in registrar.api.letters("filter=all").iter().take(50) {
        let letter = registrar
            .api
            .letter(number["number"].as_str().expect("a number"));
        assert_eq!(moved(&letter).len(), 1, "{letter}");
    }
    huiyin.reconciles();
}

/// The administrator's browser: a file is looked at, its fault mended where it stands, and imported
/// with the notice it rests on.
fn imported_in_the_browser(engine: Engine) {
    const PAGE: &str = "/admin/calendar/import";
    let office = Office::open(&Setup::new(engine));
    let huiyin = &office.huiyin;
    archive(huiyin);
    let admin = huiyin.colleague("calendar-admin", "administrator", UNIT, &[]);
    let page = huiyin.visitor();
    page.sign_in(&admin.login, &admin.password);
    let post = |from: &Answer, more: &[(&str, &str)], files: &[(&str, &str, &[u8])]| {
        let hidden = from.hidden();
        let hidden = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let fields: Vec<_> = hidden.chain(more.iter().copied()).collect();
        page.post_files(PAGE, &fields, files)
    };
    let says = |answer: &Answer, parts: &[&str]| {
        let text = client::plain(&answer.body);
        for part in parts {
            assert!(text.contains(part), "no {part} in {text}");
        }
    };

    let form = page.get(PAGE).expect(200);
    let nothing = post(&form, &[("layer", "state")], &[]).expect(422);
    says(&nothing, &["没有列出任何一天"]);
    let faulty = "date,kind,name\n2026-03-10,休息,植树节\n".as_bytes();
    let file = [("file", "ours.csv", faulty)];
    let refused = post(&form, &[("layer", "local")], &file).expect(422);
    says(
        &refused,
        &["第 2 行", "“休息”无法识别", "2026-03-10,休息,植树节"],
    );
    let unlike = [
        ("layer", "state"),
        ("text", "2026-03-10,放假,植树节"),
        ("year", "2028"),
    ];
    says(
        &post(&form, &unlike, &[]).expect(422),
        &["没有“2028”年的日子"],
    );

    let mended = [("layer", "local"), ("text", "2026-03-10,放假,植树节")];
    let looked = post(&refused, &mended, &[]).expect(200);
    says(
        &looked,
        &[
            "2026年3月10日",
            "工作日",
            "放假",
            "植树节",
            "cn.57.consultation.7wd",
        ],
    );
    assert_eq!(
        overdue(huiyin),
        on("2026-03-11", LETTERS),
        "nothing changed"
    );
    let again = post(&looked, &[("reason", " ")], &[]).expect(422);
    let _ = post(&again, &[("reason", "省政府通知")], &[]).expect(303);
    within(PATIENCE, "the dates to be counted anew", || {
        (overdue(huiyin) == on("2026-03-12", LETTERS)).then_some(())
    });

    // A year without New Year announces nothing; the whole year of the state's does, and what a
    // page showed is what is imported.
    let some = "2026-10-01,holiday,国庆节\r\n2026-10-10,makeup_workday,国庆节\r\n";
    let file = [("file", "2026.csv", some.as_bytes())];
    let refused = post(&form, &[("layer", "state")], &file).expect(422);
    says(&refused, &["不是全年的安排", "元旦、春节", "1/13"]);
    let year = format!(
        "{}2026-10-10,makeup_workday,国庆节\r\n",
        holidays::by_law(2026)
    );
    let file = [("file", "2026.csv", year.as_bytes())];
    let looked = post(&form, &[("layer", "state")], &file).expect(200);
    says(&looked, &["2026年1月2日", "元旦"]);
    let _ = post(&looked, &[("reason", "更正")], &[]).expect(303);
    let days = huiyin.json(&["calendar", "show", "2026"]);
    let days = days["days"].as_array().expect("days");
    assert_eq!(
        days.len(),
        13 + 2,
        "the province's day is one of them: {days:?}"
    );
    let known = post(&form, &[("layer", "state")], &file).expect(200);
    says(&known, &["没有日子变动"]);
    let done = post(&known, &[("reason", "重复")], &[]).expect(303);
    let back = page
        .get(done.header("location").expect("a page"))
        .expect(200);
    says(&back, &["系统里都已有"]);

    // It was wrong: the administrator takes it back as a whole, after a look, with a reason.
    let undo = |from: &Answer, names: &[&str], more: (&str, &str)| {
        let hidden = from.hidden();
        let kept = hidden.iter().filter(|(n, _)| names.contains(&n.as_str()));
        let fields = kept.map(|(n, v)| (n.as_str(), v.as_str()));
        let fields: Vec<_> = fields.chain([more]).collect();
        page.post_form("/admin/calendar/undo", &fields)
    };
    let listed = page.get("/admin/calendar").expect(200);
    says(&listed, &["更正", "省政府通知", "撤销"]);
    let shown = undo(&listed, &["csrf"], ("change", "2")).expect(200);
    says(&shown, &["整体撤销", "2026年1月2日", "更正"]);
    let all = ["csrf", "change", "confirm"];
    let _ = undo(&shown, &all, ("reason", " ")).expect(422);
    let _ = undo(&shown, &all, ("reason", "录错了")).expect(303);
    let days = huiyin.json(&["calendar", "show", "2026"]);
    assert!(days["days"].to_string().contains("2026-01-02"), "{days}");
    says(&page.get("/admin/calendar").expect(200), &["已于"]);

    // The command takes the other back, and neither a second time.
    let command = ["calendar", "undo", "1", "--reason", "另行安排"];
    let shown = huiyin.json(&command);
    assert_eq!(
        (&shown["done"], &shown["obligations"]["moved"]),
        (&false.into(), &LETTERS.into())
    );
    let done = huiyin.json(&[&command[..], &["--yes"]].concat());
    assert_eq!(done["job"]["moved"], LETTERS, "{done}");
    assert_eq!(overdue(huiyin), on("2026-03-11", LETTERS));
    assert_eq!(huiyin.run(&command).status.code(), Some(2));
    let listed = huiyin.json(&["calendar", "list"]);
    assert_eq!(listed["changes"][3]["undoable"], false, "{listed}");
    huiyin.reconciles();
}

/// A day of the province's own goes again: on the page after a look, with a reason; the command
/// takes the other, and none that is not there.
fn a_province_takes_its_days_away(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let huiyin = &office.huiyin;
    archive(huiyin);
    huiyin.write(
        "ours.csv",
        "date,kind,name\n2026-03-09,holiday,本省\n2026-03-10,holiday,本省\n",
    );
    let import = [
        "calendar", "import", "ours.csv", "--layer", "local", "--yes",
    ];
    assert_eq!(huiyin.json(&import)["job"]["moved"], LETTERS);
    assert_eq!(overdue(huiyin), on("2026-03-13", LETTERS));

    let admin = huiyin.colleague("calendar-admin", "administrator", UNIT, &[]);
    let page = huiyin.visitor();
    page.sign_in(&admin.login, &admin.password);
    let listed = page.get("/admin/calendar").expect(200);
    assert!(
        listed.body.contains("value=\"2026-03-09\""),
        "{}",
        listed.body
    );
    let post = |from: &Answer, more: &[(&str, &str)]| {
        let hidden = from.hidden();
        let hidden = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let fields: Vec<_> = hidden.chain(more.iter().copied()).collect();
        page.post_form("/admin/calendar/remove", &fields)
    };
    let shown = post(&listed, &[("day", "2026-03-09")]).expect(200);
    for part in [
        &LETTERS.to_string(),
        "恢复为：工作日",
        "cn.57.consultation.7wd",
    ] {
        assert!(shown.body.contains(part), "no {part} in {}", shown.body);
    }
    assert_eq!(
        overdue(huiyin),
        on("2026-03-13", LETTERS),
        "nothing changed"
    );
    let _ = post(&shown, &[("reason", " ")]).expect(422);
    let _ = post(&shown, &[("reason", "省里改了安排")]).expect(303);
    within(PATIENCE, "the dates to be counted anew", || {
        (overdue(huiyin) == on("2026-03-12", LETTERS)).then_some(())
    });

    let remove = ["calendar", "remove", "2026-03-10", "--reason", "另行安排"];
    let shown = huiyin.json(&remove);
    assert_eq!(
        (&shown["done"], &shown["obligations"]["moved"]),
        (&false.into(), &LETTERS.into())
    );
    let done = huiyin.json(&[&remove[..], &["--yes"]].concat());
    assert_eq!(done["job"]["moved"], LETTERS, "{done}");
    assert_eq!(overdue(huiyin), on("2026-03-11", LETTERS));
    let gone = huiyin.run(&remove);
    assert_eq!(gone.status.code(), Some(2), "it is not there any more");
    let registrar = &office.registrar.api;
    let number = huiyin.json(&["overdue"])["letters"][0]["number"].clone();
    let letter = registrar.letter(number.as_str().expect("a number"));
    assert_eq!(moved(&letter).len(), 3, "there and back again: {letter}");
    huiyin.reconciles();
}
