//! Letters that end in every way are all counted, once, and by every grouping.

use serde_json::{Value, json};
use tests::{Engine, Office, Setup};

tests::on_both_engines!(received_is_the_sum_of_its_ends);

const ENDS: [&str; 9] = [
    "answered_in_time",
    "answered_late",
    "open_not_due",
    "open_overdue",
    "declined",
    "directed",
    "transferred",
    "withdrawn",
    "duplicate",
];

fn received_is_the_sum_of_its_ends(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let channels = [
        "online-consultation",
        "director-mailbox",
        "e-petition",
        "report-box",
    ];
    let numbers: Vec<String> = (0..8)
        .map(|n| {
            let answer = office
                .huiyin
                .submit(channels[n % 4], &format!("第{n}封"), "正文", "");
            answer.json()["number"]
                .as_str()
                .expect("a number")
                .to_owned()
        })
        .collect();
    let registrar = &office.registrar.api;
    let _ = registrar
        .act(&numbers[4], "mark-duplicate", json!({ "of": numbers[0] }))
        .expect(200);
    office.answer(&numbers[0], "已办结。");
    let late = registrar.act(&numbers[5], "mark-duplicate", json!({ "of": numbers[0] }));
    assert_eq!(late.status, 422, "what is answered has no more duplicates");
    let _ = registrar
        .act(&numbers[1], "invalid", json!({ "reason": "空白" }))
        .expect(200);
    let _ = registrar
        .act(&numbers[2], "withdraw", json!({ "reason": "本人要求" }))
        .expect(200);
    office.hand_over(&numbers[5]);

    for by in ["channel", "unit", "class", "topic", "month"] {
        let stats = office.huiyin.json(&["stats", "--by", by]);
        assert_eq!(stats["identity_holds"], true, "{stats}");
        let total = &stats["total"];
        assert_eq!(total["received"], 7, "{stats}");
        assert_eq!(total["answered_in_time"], 1);
        assert_eq!(sum(total), 7, "{total}");
        assert_eq!(number(total, "invalid"), 1, "stands beside: {total}");
        let rows = stats["rows"].as_array().expect("rows");
        assert_eq!(
            rows.iter().map(|r| number(r, "received")).sum::<u64>(),
            7,
            "{by}: {stats}"
        );
    }
    let public = office
        .huiyin
        .visitor()
        .get("/api/v1/statistics")
        .expect(200)
        .json();
    assert_eq!(public["total"], office.huiyin.json(&["stats"])["total"]);
    office.huiyin.reconciles();
}

fn number(figures: &Value, name: &str) -> u64 {
    figures[name]
        .as_u64()
        .unwrap_or_else(|| panic!("{name} in {figures}"))
}

fn sum(figures: &Value) -> u64 {
    ENDS.iter().map(|end| number(figures, end)).sum()
}
