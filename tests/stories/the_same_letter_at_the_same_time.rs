//! A double click, or a program that does not wait for its answer: one letter, the same answer.

use serde_json::{Value, json};
use tests::{Engine, Huiyin, Setup};

tests::on_both_engines!(one_letter);

const LETTERS: usize = 8;
const AT_ONCE: usize = 6;

fn one_letter(engine: Engine) {
    let huiyin = Huiyin::start(&Setup::new(engine));
    let send = |subject: &str| -> Value {
        let letter = json!({
            "channel": "online-consultation", "kind": "question", "subject": subject,
            "body": "正文", "writer": { "name": "张三", "email": "zhang@a.test" },
        });
        let key = [("idempotency-key", subject)];
        let answer = huiyin.visitor().try_post("/api/v1/letters", &letter, &key);
        answer.expect("the product answers").expect(201).json()
    };
    for n in 1..=LETTERS {
        let subject = format!("第{n}封");
        let answers: Vec<Value> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..AT_ONCE)
                .map(|_| scope.spawn(|| send(&subject)))
                .collect();
            all.into_iter()
                .map(|t| t.join().expect("no request failed"))
                .collect()
        });
        assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
    }
    assert_eq!(huiyin.received(), LETTERS as u64);
    huiyin.reconciles();
}
