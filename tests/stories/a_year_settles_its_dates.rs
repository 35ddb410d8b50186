//! The holidays of a year that was not announced are imported: what was provisional settles, on
//! every page and in the API, and who handles a letter hears that its day moved.

use jiff::{ToSpan as _, civil::Date};
use serde_json::Value;
use tests::{Browser, Client, Engine, Huiyin, Office, Setup, client, holidays, until};

tests::on_both_engines!(provisional_until_announced);

/// How pages mark a provisional day.
const TAG: &str = "t-plain\">暂定<";

/// The first year whose holidays are not built in.
fn next_year() -> i16 {
    let built_in = include_str!("../../tracker/data/calendar/cn.csv");
    let last = built_in.lines().last().and_then(|l| l.get(..4));
    let last: i16 = last.and_then(|y| y.parse().ok()).expect("a year");
    last + 1
}

fn plain(who: &Client, path: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    client::plain(&who.get(&format!("{path}{mark}lang=zh-CN")).expect(200).body)
}

fn chinese(day: Date) -> String {
    day.strftime("%Y年%-m月%-d日").to_string()
}

/// The counted due date of a letter or of an answer of `/when`.
fn due(owed: &Value) -> (Date, bool) {
    let counted = owed.as_array().expect("what is owed").first();
    let counted = counted.expect("something");
    let day = counted["due_on"].as_str().and_then(|d| d.parse().ok());
    (day.expect("a day"), counted["provisional"] == true)
}

/// A week off in the year's January, which nobody expects there, and New Year.
fn made_up(huiyin: &Huiyin, year: i16) -> (Date, Date) {
    let (first, last) = (
        jiff::civil::date(year, 1, 15),
        jiff::civil::date(year, 1, 23),
    );
    let week = first.series(1.day()).take_while(|d| *d <= last);
    let days: String = week.map(|d| format!("{d},holiday,试行假\n")).collect();
    let file = format!("date,kind,name\n{}{days}", holidays::by_law(year));
    huiyin.write("next.csv", &file);
    (first, last)
}

fn provisional_until_announced(engine: Engine) {
    let year = next_year();
    let now = format!("{}-11-20 10:00", year - 1);
    let office = Office::staff(Huiyin::start_at(&Setup::new(engine), &now));
    let huiyin = &office.huiyin;
    let administrator = huiyin.colleague("admin", "administrator", "land", &[]);
    let firm = submitted(&office, "online-consultation", "办事流程", "consultation");
    let letter = submitted(&office, "e-petition", "征地补偿", "claim");

    // 60 days from acceptance lie in January, whose holidays nobody knows yet.
    let before = Seen::of(&office, &letter);
    let handler = &office.handler.api;
    let (day, provisional) = due(&handler.letter(&letter.number)["obligations"]);
    assert!(provisional && day.year() == year, "{day}");
    before.says(true, day);
    let untouched = handler.letter(&firm.number);
    assert!(!due(&untouched["obligations"]).1, "{untouched}");
    let when = |client: &Client| {
        let asked = format!("on={}-12-29&channel=online-consultation", year - 1);
        let answer = client.get(&format!("/api/v1/when?{asked}")).expect(200);
        let page = plain(client, &format!("/when?{asked}"));
        let (day, provisional) = due(&answer.json()["channels"][0]["due"]);
        assert!(page.contains(&chinese(day)), "{page}");
        assert_eq!(page.contains(TAG), provisional, "{page}");
        (day, provisional)
    };
    let (asked, unsure) = when(&huiyin.visitor());
    assert!(unsure && asked.year() == year);
    let warning = format!("尚未导入 {year} 年的放假安排");
    let calendar = || plain(&administrator.api, "/admin/calendar");
    for page in [calendar(), plain(handler, "/desk")] {
        assert!(page.contains(&warning), "staff are warned: {page}");
    }
    let its_page = format!("/admin/calendar/{year}");
    let _ = administrator.api.get(&its_page).expect(404);

    // Shown first; then imported.
    let (first, last) = made_up(huiyin, year);
    assert!(first <= day && day <= last, "the week is over the due day");
    let shown = huiyin.json(&["calendar", "import", "next.csv"]);
    assert_eq!(shown["imported"], false, "{shown}");
    assert_eq!(shown["published"], serde_json::json!([year]), "{shown}");
    Seen::of(&office, &letter).says(true, day);
    let done = huiyin.json(&["calendar", "import", "next.csv", "--yes"]);
    assert_eq!(done["job"]["moved"], 1, "{done}");

    let workday = |d: &Date| d.weekday().to_monday_zero_offset() < 5;
    let mut days = last.series(1.day()).skip(1);
    let settled = days.find(workday).expect("a workday");
    until("the server to know the year", || {
        !calendar().contains(&warning)
    });
    Seen::of(&office, &letter).says(false, settled);
    let year_page = plain(&administrator.api, &its_page);
    assert!(year_page.contains("试行假"), "{year_page}");
    assert!(!plain(handler, "/desk").contains(&warning));
    assert!(!when(&huiyin.visitor()).1);

    // Who handles it is told, once, and finds out why.
    let browser = Browser::open(false);
    browser.sign_in(huiyin, &office.handler);
    browser.shows(".notes", "期限变动");
    let moved = format!("到期日 {} → {}", chinese(day), chinese(settled));
    browser.shows(".notes", &moved);
    browser.click(".notes a");
    browser.shows(".steps", &moved);
    browser.shows(".due-line", &chinese(settled));
    browser.shows(".due-line", "顺延");
    assert!(!browser.text(".due-line").contains("暂定"));
    let letter = handler.letter(&letter.number);
    let events = letter["events"].as_array().expect("a history");
    assert_eq!(
        events.iter().filter(|e| e["kind"] == "due-moved").count(),
        1
    );
    let now = handler.letter(&firm.number);
    for what in ["version", "due_on", "events"] {
        assert_eq!(now[what], untouched[what], "what was firm stands as it was");
    }
    huiyin.reconciles();
}

/// A letter, and what its writer follows it with.
struct Written {
    number: String,
    code: String,
}

fn submitted(office: &Office, channel: &str, subject: &str, class: &str) -> Written {
    let receipt = office.huiyin.submit(channel, subject, "请予办理。", "");
    let receipt = receipt.json();
    let text = |name: &str| receipt[name].as_str().expect("a receipt").to_owned();
    let written = Written {
        number: text("number"),
        code: text("query_code"),
    };
    let (registrar, number) = (&office.registrar.api, &written.number);
    let class = serde_json::json!({ "class": class });
    let _ = registrar.act(number, "accept", class).expect(200);
    let whom = serde_json::json!({ "unit": "land", "handler": "handler" });
    let _ = registrar.act(number, "assign", whom).expect(200);
    written
}

/// A letter's due date, wherever it is shown.
struct Seen {
    staff: (Date, bool),
    writer: (Date, bool),
    pages: [String; 2],
}

impl Seen {
    fn of(office: &Office, letter: &Written) -> Self {
        let visitor = office.huiyin.visitor();
        let path = format!("/api/v1/letters/{}", letter.number);
        let code = [("x-query-code", letter.code.as_str())];
        let followed = visitor.try_get(&path, &code).expect("an answer");
        let fields = [
            ("number", letter.number.as_str()),
            ("query_code", &letter.code),
        ];
        let track = visitor.post_form("/track?lang=zh-CN", &fields).expect(200);
        let handler = &office.handler.api;
        Self {
            staff: due(&handler.letter(&letter.number)["obligations"]),
            writer: due(&followed.json()["due"]),
            pages: [
                client::plain(&track.body),
                plain(handler, &format!("/desk/letters/{}", letter.number)),
            ],
        }
    }

    fn says(&self, provisional: bool, day: Date) {
        assert_eq!(self.staff, (day, provisional));
        assert_eq!(self.writer, (day, provisional));
        for page in &self.pages {
            assert!(page.contains(&chinese(day)), "{day}: {page}");
            assert_eq!(page.contains(TAG), provisional, "{page}");
        }
    }
}
