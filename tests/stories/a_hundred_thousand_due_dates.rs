//! A calendar changes while 100,000 letters are open: how long counting anew takes, and how long
//! a desk waits meanwhile. On a release build: `tests/run --long`.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::json;
use tests::{Engine, Huiyin, Setup, huiyin::Colleague, office::UNIT, say};

tests::on_both_engines!(
    #[ignore = "takes minutes and a release build: tests/run --long"]
    counted_anew_while_the_desk_works
);

const LETTERS: usize = 100_000;
const OPEN_FOR: Duration = Duration::from_secs(60);
const DESK: Duration = Duration::from_millis(100);

fn counted_anew_while_the_desk_works(engine: Engine) {
    let mut huiyin = Huiyin::prepare(&Setup::new(engine));
    huiyin.unit(UNIT, "耕地保护监督处");
    let clerk = huiyin.colleague("registrar", "registrar", UNIT, &[]);
    archive(&huiyin);
    let cn = include_str!("../../tracker/data/calendar/cn.csv");
    let year: Vec<_> = cn.lines().filter(|l| l.starts_with("2026-")).collect();
    let year = year.join("\n");
    huiyin.write("2026.csv", &format!("{year}\n2026-03-10,holiday,植树节\n"));
    huiyin.resume("");
    let numbers: Vec<String> = clerk
        .api
        .letters("filter=all")
        .iter()
        .map(|l| l["number"].as_str().expect("a number").to_owned())
        .collect();
    let idle = desk(&clerk, &numbers, || false);
    say(&format!(
        "{engine:?}: desk writes without a job: {}",
        told(&idle)
    ));

    let mut import = huiyin.command(&["--json", "calendar", "import", "2026.csv", "--yes"]);
    let started = Instant::now();
    let mut import = import
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the product starts");
    let busy = desk(&clerk, &numbers, || {
        import.try_wait().expect("a child").is_none()
    });
    let took = started.elapsed();
    let output = import.wait_with_output().expect("a child");
    let done: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    say(&format!(
        "{engine:?}: preview and counting anew {} obligations, {} letters moved: {took:?}; desk \
         writes meanwhile: {}",
        done["job"]["seen"],
        done["job"]["moved"],
        told(&busy)
    ));
    assert_eq!(done["job"]["moved"], LETTERS);
    assert!(took <= OPEN_FOR, "{took:?}");
    assert!(p99(&busy) <= DESK, "{:?}", p99(&busy));
    huiyin.reconciles();
}

/// Letters of Monday 2026-03-02, due seven workdays later.
fn archive(huiyin: &Huiyin) {
    let mut mails = String::new();
    for n in 0..LETTERS {
        write!(
            mails,
            "From li@example.cn Mon Mar  2 10:00:00 2026\nFrom: <li{n}@example.cn>\n\
             To: director@example.cn\nSubject: letter {n} on village {}\n\
             Date: Mon, 02 Mar 2026 10:00:00 +0800\nMessage-ID: <{n}@example.cn>\n\
             Content-Type: text/plain; charset=utf-8\n\n\
             您好，我是第{n}位来信人，请予答复。\n\n",
            n % 997
        )
        .expect("memory");
    }
    huiyin.write("archive.mbox", &mails);
    let started = Instant::now();
    let ingest = ["ingest", "archive.mbox", "--channel", "online-consultation"];
    assert_eq!(huiyin.json(&ingest)["letters"], LETTERS);
    say(&format!("{LETTERS} letters in {:?}", started.elapsed()));
}

/// Notes on letters, one after another, at least 200 and for as long as it goes on.
fn desk(clerk: &Colleague, numbers: &[String], mut goes_on: impl FnMut() -> bool) -> Vec<Duration> {
    let mut times = Vec::new();
    for number in numbers.iter().cycle() {
        if !goes_on() && times.len() >= 200 {
            break;
        }
        let version = clerk.api.letter(number)["version"].clone();
        let note = json!({ "version": version, "text": "已电话联系" });
        let started = Instant::now();
        let path = format!("/api/v1/desk/letters/{number}/note");
        let note = clerk.api.post(&path, &note);
        times.push(started.elapsed());
        // A letter that moved between reading and writing is a conflict; the wait is the same.
        assert!([200, 409].contains(&note.status), "{}", note.status);
        std::thread::sleep(Duration::from_millis(20));
    }
    times.sort_unstable();
    times
}

fn p99(times: &[Duration]) -> Duration {
    times[times.len() * 99 / 100]
}

fn told(times: &[Duration]) -> String {
    let n = times.len();
    let (half, last) = (times[n / 2], times[n - 1]);
    format!(
        "{n}, median {half:?}, p99 {:?}, longest {last:?}",
        p99(times)
    )
}
