//! Lists by urgency: what is urgent and nobody took on stands first, the rest by due date, page after
//! page, without one letter twice or left out.

use serde_json::json;
use tests::{Client, Engine, Office, Setup};

tests::on_both_engines!(first_until_taken);

fn order(who: &Client, filter: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/desk/letters?filter={filter}&cursor={cursor}");
        let page = who.get(&path).expect(200).json();
        let letters = page["letters"].as_array().expect("letters").iter();
        all.extend(letters.map(|l| l["number"].as_str().expect("a number").to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return all,
        }
    }
}

fn first_until_taken(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let (registrar, handler) = (&office.registrar.api, &office.handler.api);
    let submit = |n: usize| {
        let subject = format!("第{n}件");
        let letter = office
            .huiyin
            .submit("online-consultation", &subject, "何时修好？", "");
        letter.json()["number"]
            .as_str()
            .expect("a number")
            .to_owned()
    };
    let numbers: Vec<String> = (0..120).map(submit).collect();
    assert_eq!(order(registrar, "open"), numbers, "all are due on one day");
    let mark = |n: usize| {
        let reason = json!({ "reason": "险情" });
        let _ = registrar
            .act(&numbers[n], "mark-urgent", reason)
            .expect(200);
    };
    // More than a page of urgent ones, from the end and the middle.
    let urgent: Vec<usize> = (60..115).collect();
    urgent.iter().for_each(|n| mark(*n));
    let expected: Vec<String> = (60..115)
        .chain((0..60).chain(115..120))
        .map(|n| numbers[n].clone())
        .collect();
    assert_eq!(order(registrar, "open"), expected);
    assert_eq!(order(registrar, "unassigned"), expected);
    assert_eq!(order(registrar, "urgent"), expected[..55]);

    // On a handler's own desk as well; taken on, it stands where its date puts it.
    for n in [3, 100] {
        office.hand_over(&numbers[n]);
    }
    let mine = [numbers[100].clone(), numbers[3].clone()];
    assert_eq!(order(handler, "mine"), mine);
    assert_eq!(order(handler, "unit"), mine);
    let page = handler.get("/desk?view=mine").expect(200).body;
    let at = |n: &str| page.find(n).expect("it is listed");
    assert!(at(&mine[0]) < at(&mine[1]));
    let _ = handler
        .act(&numbers[100], "take-urgent", json!({}))
        .expect(200);
    assert_eq!(order(handler, "mine"), [mine[1].clone(), mine[0].clone()]);
    assert_eq!(order(registrar, "open").len(), 120);
}
