//! Due dates against a count day by day on a calendar that somebody else made, in processes of
//! four time zones. Nothing here uses the product's calendar, its arithmetic, or its date library.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{Engine, Huiyin, Setup, corpus::folder, crowd::Dice, say};

const ZONES: [&str; 4] = [
    "UTC",
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
];

#[test]
fn some_cases_in_four_zones() {
    agree(5_000);
}

#[test]
#[ignore = "takes minutes: tests/run --long"]
fn a_hundred_thousand_cases_in_four_zones() {
    agree(100_000);
}

fn agree(cases: usize) {
    let seed = std::env::var("HUIYIN_SEED")
        .ok()
        .and_then(|s| s.parse().ok());
    let seed = seed.unwrap_or(20_260_213);
    say(&format!("HUIYIN_SEED={seed}"));
    let facts = Facts::read();
    let mut dice = Dice::new(seed);
    let all: Vec<Case> = (0..cases).map(|_| Case::throw(&facts, &mut dice)).collect();
    let asked: String = all
        .iter()
        .map(|c| format!("{}\n", c.asked(&facts)))
        .collect();
    let kinds = |f: fn(&Case) -> bool| all.iter().filter(|c| f(c)).count();
    say(&format!(
        "{cases} cases: {} rolled, {} suspended, {} with two or more suspensions, {} extended",
        kinds(|c| c.due != c.nominal),
        kinds(|c| !c.suspend.is_empty()),
        kinds(|c| c.suspend.len() > 1),
        kinds(|c| c.extend > 0),
    ));
    let huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    for zone in ZONES {
        let (answers, took) = answers(&huiyin, zone, asked.clone());
        say(&format!("{cases} cases in {zone}: {took:?}"));
        assert_eq!(answers.len(), all.len(), "{zone}");
        for (case, line) in all.iter().zip(&answers) {
            case.check(&facts, zone, line);
        }
    }
}

/// What `huiyin due --stdin` answers in a zone, and how long it takes.
fn answers(huiyin: &Huiyin, zone: &str, asked: String) -> (Vec<String>, Duration) {
    let started = Instant::now();
    let mut command = huiyin.command(&["due", "--stdin"]);
    command
        .env("TZ", zone)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut process = command.spawn().expect("the product starts");
    let mut stdin = process.stdin.take().expect("it was piped");
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = process.wait_with_output().expect("it ends");
    writer
        .join()
        .expect("no panic")
        .expect("it reads everything");
    let took = started.elapsed();
    assert!(output.status.success(), "{:?}", output.status);
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    (text.lines().map(str::to_owned).collect(), took)
}

/// A day by its place among all days from 2004-01-01 to 2026-12-31.
type Day = usize;

/// Every day of the file, and whether offices work.
struct Facts {
    works: Vec<bool>,
    dates: Vec<(u32, u32, u32)>,
    place: BTreeMap<(u32, u32, u32), Day>,
}

impl Facts {
    fn read() -> Self {
        let path = folder("calendar").join("workdays.txt");
        let text = std::fs::read_to_string(path).expect("a file of the corpus");
        let (mut works, mut dates) = (Vec::new(), Vec::new());
        for (line, expected) in text.lines().zip(2004u32..) {
            let (year, days) = line.split_once(' ').expect("a year and its days");
            assert_eq!(year.parse(), Ok(expected));
            let mut bits = days.chars();
            for month in 1..=12 {
                for day in 1..=length(expected, month) {
                    let bit = bits.next().expect("a sign for each day");
                    works.push(bit == '1');
                    dates.push((expected, month, day));
                }
            }
            assert_eq!(bits.next(), None, "{expected} has more signs than days");
        }
        assert_eq!(dates.last(), Some(&(2026, 12, 31)));
        let place = dates.iter().copied().zip(0..).collect();
        Self {
            works,
            dates,
            place,
        }
    }

    fn iso(&self, day: Day) -> String {
        let (y, m, d) = self.dates[day];
        format!("{y:04}-{m:02}-{d:02}")
    }
}

fn length(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[derive(Debug)]
struct Case {
    days: usize,
    unit: &'static str,
    from: Day,
    suspend: Vec<(Day, Day)>,
    extend: usize,
    nominal: Day,
    due: Day,
}

impl Case {
    /// Chance, again until all days lie in the file.
    fn throw(facts: &Facts, dice: &mut Dice) -> Self {
        loop {
            if let Some(case) = Self::once(facts, dice) {
                return case;
            }
        }
    }

    fn once(facts: &Facts, dice: &mut Dice) -> Option<Self> {
        let mut below = |n: usize| usize::try_from(dice.below(n as u64)).expect("small");
        let unit = ["workday", "day", "month"][below(3)];
        let mut case = Self {
            days: below(if unit == "month" { 13 } else { 91 }),
            unit,
            from: below(facts.works.len()),
            suspend: Vec::new(),
            extend: [0, 0, below(31)][below(3)],
            nominal: 0,
            due: 0,
        };
        if unit == "month" {
            case.extend %= 4;
        } else {
            for _ in 0..[0, 0, 1, 1, 2, 3][below(6)] {
                case.suspend
                    .push(case.span(below(4), below(100), below(25)));
            }
            if case.suspend.iter().any(|(_, to)| *to >= facts.works.len()) {
                return None;
            }
        }
        (case.nominal, case.due) = case.count(facts)?;
        Some(case)
    }

    /// A suspension: anywhere, overlapping the one before, next to it, or beginning on day 0.
    fn span(&self, how: usize, after: usize, long: usize) -> (Day, Day) {
        let from = match (how, self.suspend.last()) {
            (0, Some((from, to))) => from + after % (to - from + 1),
            (1, Some((_, to))) => to + 1,
            (2, _) => self.from,
            _ => self.from + after,
        };
        (from, from + long)
    }

    /// Day by day: nominal and due day; nothing where a day lies outside of the file.
    fn count(&self, facts: &Facts) -> Option<(Day, Day)> {
        let paused = |day: Day| self.suspend.iter().any(|(a, b)| *a <= day && day <= *b);
        let mut day = self.from;
        if self.unit == "month" {
            let (y, m, d) = facts.dates[day];
            let months = m - 1 + u32::try_from(self.days + self.extend).expect("small");
            let (y, m) = (y + months / 12, months % 12 + 1);
            day = *facts.place.get(&(y, m, d.min(length(y, m))))?;
        } else {
            let mut left = self.days + self.extend;
            while left > 0 {
                day += 1;
                let works = *facts.works.get(day)?;
                if !paused(day) && (self.unit == "day" || works) {
                    left -= 1;
                }
            }
        }
        let nominal = day;
        while self.unit != "workday" && (!*facts.works.get(day)? || paused(day)) {
            day += 1;
        }
        Some((nominal, day))
    }

    fn asked(&self, facts: &Facts) -> Value {
        let suspend: Vec<_> = self
            .suspend
            .iter()
            .map(|(from, to)| [facts.iso(*from), facts.iso(*to)])
            .collect();
        json!({
            "days": self.days, "unit": self.unit, "from": facts.iso(self.from),
            "suspend": suspend, "extend": self.extend,
        })
    }

    fn check(&self, facts: &Facts, zone: &str, line: &str) {
        let told: Value = serde_json::from_str(line).expect("an answer is JSON");
        let asked = || format!("{} in {zone}: {line}", self.asked(facts));
        assert_eq!(told["due_on"], facts.iso(self.due), "{}", asked());
        assert_eq!(told["nominal_on"], facts.iso(self.nominal), "{}", asked());
        assert_eq!(told["provisional"], false, "{}", asked());
        // The explanation names every day from day 0 to the due day, and counts what was owed.
        let days = told["days"].as_array().expect("the days");
        assert_eq!(days.len(), self.due - self.from + 1, "{}", asked());
        assert_eq!(days[0]["date"], facts.iso(self.from), "{}", asked());
        if self.unit != "month" {
            let counted = days.iter().filter(|d| d["counted"] == true).count();
            assert_eq!(counted, self.days + self.extend, "{}", asked());
        }
    }
}
