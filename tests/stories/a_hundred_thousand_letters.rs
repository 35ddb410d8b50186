//! The sizes a department grows into, on a release build: `tests/run --long`.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use jiff::{Timestamp, ToSpan as _, ZonedDateTime};
use tests::{Client, Engine, Huiyin, Setup, say, zone::where_it_is};

const LETTERS: u32 = 100_000;
/// They came in over so many days, so that most are overdue and some are due soon.
const DAYS: u32 = 300;
const LIST: Duration = Duration::from_millis(10);
const UNITS: [(&str, &str); 3] = [
    ("land", "耕地保护监督处"),
    ("mines", "矿业权管理处"),
    ("survey", "测绘地理信息处"),
];
/// Who opens which views. Few letters or none match some of them: a list that no index ends early
/// is slowest there.
const DESKS: [(&str, &[&str]); 4] = [
    (
        "registrar",
        &["all", "unassigned", "due-soon", "overdue", "mine"],
    ),
    ("leader", &["all", "due-soon", "overdue"]),
    ("unit-leader", &["all", "unit"]),
    ("handler", &["all", "mine"]),
];

#[test]
#[ignore = "takes minutes and a release build: tests/run --long"]
fn on_sqlite() {
    a_desk_as_quick_as_an_empty_one(Engine::Sqlite);
}

#[test]
#[ignore = "takes minutes and a release build: tests/run --long"]
fn on_postgres() {
    a_desk_as_quick_as_an_empty_one(Engine::Postgres);
}

fn a_desk_as_quick_as_an_empty_one(engine: Engine) {
    // Nobody is at work, so supervision lets the desk alone.
    let zone = where_it_is(2);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test lives today, like the product it starts"
    )]
    let now = Timestamp::now().to_zoned_datetime(zone.clone());
    let zone = zone.iana_name().expect("a name");
    let setup = Setup::new(engine).line(&format!("timezone = \"{zone}\""));
    let mut huiyin = Huiyin::prepare(&setup);
    for (code, name) in UNITS {
        huiyin.unit(code, name);
    }
    let archive = archive(&huiyin, &now);
    let started = Instant::now();
    let taken = huiyin.json(&["ingest", &archive, "--channel", "director-mailbox"]);
    assert_eq!(taken["letters"], LETTERS, "{taken}");
    say(&format!(
        "{engine:?}: {LETTERS} mails became letters in {:?}",
        started.elapsed()
    ));

    let started = Instant::now();
    huiyin.resume("");
    let ready = started.elapsed();
    for (role, views) in DESKS {
        let colleague = huiyin.colleague(role, role, "land", &[]);
        let clerk = huiyin.visitor();
        clerk.sign_in(&colleague.login, &colleague.password);
        for (view, connections) in views.iter().flat_map(|v| [(v, 1), (v, 2)]) {
            let p99 = p99(&clerk, &format!("/desk?view={view}"), connections);
            say(&format!(
                "{engine:?}: {view} of a {role} over {connections} connections: p99 {p99:?}"
            ));
            assert!(p99 <= LIST, "p99 {p99:?}");
        }
        if role == "leader" {
            overdue(engine, &huiyin, &colleague.api, &clerk);
        }
    }
    let kib = huiyin.resident();
    say(&format!(
        "{engine:?}: ready after {ready:?}, {kib} KiB resident"
    ));
    assert!(ready <= Duration::from_secs(1), "ready after {ready:?}");
    let figures = huiyin.json(&["stats"]);
    assert_eq!(figures["total"]["received"], LETTERS);
    huiyin.reconciles();
}

/// What leaders and programs ask of what is late.
fn overdue(engine: Engine, huiyin: &Huiyin, api: &Client, leader: &Client) {
    for filter in ["overdue", "due-soon", "all"] {
        let path = format!("/api/v1/desk/letters?filter={filter}");
        let p99 = p99(api, &path, 1);
        say(&format!("{engine:?}: {filter} of the API: p99 {p99:?}"));
        assert!(p99 <= LIST, "p99 {p99:?}");
    }
    let overview = p99(leader, "/overview", 1);
    say(&format!("{engine:?}: overview: p99 {overview:?}"));
    let started = Instant::now();
    let list = huiyin.json(&["overdue"]);
    let letters = list["letters"].as_array().expect("a list").len();
    let took = started.elapsed();
    say(&format!(
        "{engine:?}: {letters} overdue letters in {took:?}"
    ));
    assert!(letters > LETTERS as usize / 2, "{letters}");
}

/// An mbox of letters no two of which are the same.
fn archive(huiyin: &Huiyin, now: &ZonedDateTime) -> String {
    let path = huiyin.write("archive.mbox", "");
    let file = std::fs::File::create(&path).expect("a file in a temporary folder");
    let mut file = std::io::BufWriter::new(file);
    let day = |n: u32| now.saturating_sub(i64::from(1 + n % DAYS).days());
    let days: Vec<_> = (0..DAYS).map(day).collect();
    for (n, day) in (0..LETTERS).zip(days.iter().cycle()) {
        let (envelope, date) = (
            day.strftime("%a %b %e %H:%M:%S %Y"),
            day.strftime("%a, %d %b %Y %H:%M:%S %z"),
        );
        write!(
            file,
            "From li@example.cn {envelope}\nDate: {date}\nFrom: =?utf-8?B?5p2O5Zub?= \
             <li{n}@example.cn>\nTo: director@example.cn\nSubject: letter {n} on village {}\n\
             Message-ID: <{n}@example.cn>\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: 8bit\n\n\
             您好，我是第{n}位来信人，想了解征地补偿标准和发放时间，请予答复。谢谢！\n\n",
            n % 997
        )
        .expect("a full disk is no test");
    }
    file.flush().expect("a full disk is no test");
    path.display().to_string()
}

/// The time that 99 of 100 answers stay under, warm, over so many connections at once.
fn p99(clerk: &Client, path: &str, connections: usize) -> Duration {
    let ask = |n: usize| -> Vec<Duration> {
        let one = |_| {
            let started = Instant::now();
            let _ = clerk.get(path).expect(200);
            started.elapsed()
        };
        (0..n).map(one).collect()
    };
    let _ = ask(100);
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| ask(1_000)))
            .collect();
        all.into_iter()
            .flat_map(|t| t.join().expect("no request failed"))
            .collect()
    });
    times.sort_unstable();
    times[times.len() * 99 / 100]
}
