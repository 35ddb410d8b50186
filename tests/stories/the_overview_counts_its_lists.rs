//! On random histories every figure of the overview is the length of the list behind it, the list
//! is what the rule says of every letter, and sealed letters stand apart as a number.

use serde_json::{Value, json};
use tests::{Engine, Office, Setup, client, crowd::Dice, huiyin::Colleague, office::UNIT, say};

use super::every_due_date_is_explained::{ago, by_hand};

tests::on_both_engines!(count_equals_list_equals_rule);

const VIEWS: [&str; 4] = ["open", "overdue", "due-soon", "extensions"];
const LETTERS: usize = 14;

fn count_equals_list_equals_rule(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    office.huiyin.unit("water", "水资源处");
    let leader = office.huiyin.colleague("leader", "leader", UNIT, &[]);
    let seed = std::env::var("HUIYIN_SEED")
        .ok()
        .and_then(|s| s.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    say(&format!("HUIYIN_SEED={seed}"));
    let mut dice = Dice::new(seed);
    let channels = [
        "online-consultation",
        "director-mailbox",
        "e-petition",
        "report-box",
    ];
    let mut sealed = 0;
    for n in 0..LETTERS {
        let channel = dice.of(&channels);
        let days = i64::try_from(dice.below(40)).expect("a few");
        let number = by_hand(&office, channel, &format!("第{n}封"), ago(days));
        if channel == "report-box" {
            sealed += 1;
            continue;
        }
        history(&office, &number, &mut dice);
    }

    let every = office.registrar.api.letters("filter=all");
    assert_eq!(every.len(), LETTERS);
    let today = ago(0).to_string();
    let page = leader.api.get("/overview?lang=zh-CN").expect(200).body;
    let page = client::plain(&page);
    for view in VIEWS {
        let by_rule: Vec<&Value> = every
            .iter()
            .filter(|l| l["sealed"] == false && holds(&office, view, l, &today))
            .collect();
        for unit in ["", UNIT, "water", "none"] {
            let of_unit = by_rule.iter().filter(|l| match unit {
                "" => true,
                "none" => l["unit"].is_null(),
                code => l["unit"] == code,
            });
            let expected = of_unit.count();
            let more = match unit {
                "" => String::new(),
                code => format!("&unit={code}"),
            };
            let listed = leader.api.letters(&format!("filter={view}{more}"));
            assert_eq!(listed.len(), expected, "{view} {unit}: {every:#?}");
            assert_eq!(
                figure(&page, view, &more),
                expected,
                "{view} {unit}: {page}"
            );
        }
    }
    sealed_apart(&office, &leader, &page, sealed);
    office.huiyin.reconciles();
}

/// What the rule says of a letter, told from the letter alone.
fn holds(office: &Office, view: &str, letter: &Value, today: &str) -> bool {
    let open = ["received", "assigned", "working", "sending"];
    if !open.iter().any(|s| letter["status"] == *s) {
        return false;
    }
    let due = letter["due_on"].as_str().unwrap_or("9999");
    match view {
        "open" => true,
        "overdue" => due < today,
        "due-soon" => {
            let span = office.huiyin.json(&["due", "--days", "3", "--from", today]);
            today <= due && due < after(span["due_on"].as_str().unwrap_or_default()).as_str()
        }
        _ => {
            let number = letter["number"].as_str().expect("a number");
            let whole = office.registrar.api.letter(number);
            let all = whole["obligations"].as_array().expect("a list");
            let asked = |o: &Value| {
                let extensions = o["extensions"].as_array().expect("a list");
                extensions.iter().any(|x| x["state"] == "requested")
            };
            all.iter().any(asked)
        }
    }
}

fn after(day: &str) -> String {
    let day: jiff::civil::Date = day.parse().expect("a day");
    day.tomorrow().expect("a day").to_string()
}

/// Steps that a letter may or may not take; what its state refuses is part of the history.
fn history(office: &Office, number: &str, dice: &mut Dice) {
    let (registrar, handler) = (&office.registrar.api, &office.handler.api);
    let steps = dice.below(7);
    let units = [UNIT, "water"];
    let classes = ["consultation", "claim", "advice", "disclosure"];
    for step in 0..steps {
        let answer = match step {
            0 => registrar.act(number, "accept", json!({ "class": dice.of(&classes) })),
            1 => registrar.act(number, "assign", json!({ "unit": dice.of(&units) })),
            2 => registrar.act(
                number,
                "request-extension",
                json!({ "days": 3, "reason": "核实" }),
            ),
            3 => registrar.act(number, "suspend", json!({ "reason": "征求意见" })),
            4 => registrar.act(
                number,
                "reclassify",
                json!({ "class": dice.of(&classes), "reason": "改" }),
            ),
            _ => match dice.below(3) {
                0 => registrar.act(number, "withdraw", json!({ "reason": "来电撤回" })),
                1 => handler.post(&format!("/api/v1/desk/letters/{number}/take"), &json!({})),
                _ => registrar.act(number, "resume", json!({})),
            },
        };
        assert!(
            [200, 403, 404, 422].contains(&answer.status),
            "{} {}",
            answer.status,
            answer.body
        );
    }
}

/// The number behind the link to a list; 0 is not linked.
fn figure(page: &str, view: &str, more: &str) -> usize {
    let link = format!("/desk?view={view}{more}\"");
    let Some(at) = page.find(&link) else { return 0 };
    let rest = page[at..].split_once('>').expect("a link has a text").1;
    let digits: String = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .collect();
    digits.replace(',', "").parse().expect("a number")
}

fn sealed_apart(office: &Office, leader: &Colleague, page: &str, sealed: usize) {
    let overdue = office.huiyin.json(&["overdue"]);
    let open = format!("在办 {sealed} 件");
    assert_eq!(page.contains(&open), sealed > 0, "{sealed}: {page}");
    let late = format!("已逾期 {} 件", overdue["sealed"]);
    assert_eq!(
        page.contains(&late),
        overdue["sealed"] != 0,
        "{overdue}: {page}"
    );
    let desk = leader
        .api
        .get("/desk?view=open&lang=zh-CN")
        .expect(200)
        .body;
    assert_eq!(desk.contains(&format!("另有 {sealed} 件")), sealed > 0);
    assert!(
        leader
            .api
            .letters("filter=all")
            .iter()
            .all(|l| l["sealed"] == false)
    );
}
