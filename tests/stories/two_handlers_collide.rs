//! Of two steps from the same version, one is taken; the other learns what is newer.

use serde_json::json;
use tests::{Engine, Office, Setup};

tests::on_both_engines!(one_wins);

fn one_wins(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let letter = office
        .huiyin
        .submit("online-consultation", "道路", "何时修好？", "")
        .json();
    let number = letter["number"].as_str().expect("a number");
    office.hand_over(number);
    let version = office.handler.api.letter(number)["version"].clone();

    let path = format!("/api/v1/desk/letters/{number}/answer");
    let post = |text: &str| {
        office
            .handler
            .api
            .post(&path, &json!({ "version": version, "text": text }))
    };
    let answers = std::thread::scope(|scope| {
        let one = scope.spawn(|| post("甲的答复"));
        let two = scope.spawn(|| post("乙的答复"));
        [one.join().expect("no panic"), two.join().expect("no panic")]
    });
    let mut statuses = answers.each_ref().map(|a| a.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{answers:?}");
    let lost = answers
        .iter()
        .find(|a| a.status == 409)
        .expect("one lost")
        .json();
    let newer = office.handler.api.letter(number);
    assert_eq!(lost["version"], newer["version"]);
    let replies = newer["messages"].as_array().expect("messages");
    assert_eq!(
        replies.iter().filter(|m| m["direction"] == "out").count(),
        1
    );
    office.huiyin.reconciles();
}
