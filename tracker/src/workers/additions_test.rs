//! What is added, over days: told at once in hours of work and gathered, asked after until somebody
//! decides, counted in the year in which it came.

use super::{
    supervision::once,
    supervision_test::{adds_up, events, letter, mails, office},
};
use crate::{
    domain::{addition::Ruling, event::EventKind, number::LetterNumber, words::StaffMailKind},
    letters::{
        addition::{self, Added, Decision},
        answer, assign,
    },
    store::additions::Addition,
    testing::Office,
};

/// What the writer adds with number and code.
async fn add(office: &Office, number: LetterNumber, words: &str) -> Addition {
    let of = letter(office, number).await;
    let added = Added {
        words: words.into(),
        files: Vec::new(),
    };
    let key = words.as_bytes().to_vec();
    for _ in 0..2 {
        // Sent twice, it is added once.
        let sent = addition::add(&office.app, &of, key.clone(), added.clone()).await;
        sent.expect("it is taken");
    }
    let all = office.app.store.additions(of.id).await.expect("a database");
    all.last().cloned().expect("it stands")
}

async fn decide(office: &Office, number: LetterNumber, added: &Addition, ruling: Ruling) {
    let what = Decision {
        message: added.id,
        ruling,
        reason: "",
    };
    let done = addition::decide(&office.app, &office.handler, number, None, what).await;
    done.expect("decided");
}

/// The mails "at once" to somebody.
async fn news(office: &Office, to: &str) -> Vec<String> {
    let to = format!("{to}@dept.example");
    let all = mails(&office.app, StaffMailKind::News).await.into_iter();
    all.filter(|m| m.address == to).map(|m| m.text).collect()
}

#[tokio::test]
async fn told_at_once_gathered_and_asked_after() {
    // Tuesday.
    let office = office("2026-12-01 10:00").await;
    let [first, second] = [
        office.letter("online-consultation", "门前道路").await,
        office.letter("online-consultation", "后山围栏").await,
    ];
    for number in [first, second] {
        office.hand_over(number).await;
        let taken = assign::take(&office.app, &office.handler, number, None).await;
        taken.expect("taken");
        let answered = answer::answer(
            &office.app,
            &office.handler,
            number,
            None,
            "答复",
            Vec::new(),
        );
        answered.await.expect("answered");
    }
    // At night nobody is woken; in the morning one mail tells of all that came.
    office.now("2026-12-01 22:00");
    add(&office, first, "谢谢").await;
    let added = add(&office, second, "还没有修好").await;
    once(&office.app).await.expect("a round");
    assert!(news(&office, "handler").await.is_empty());
    office.now("2026-12-02 09:05");
    once(&office.app).await.expect("a round");
    let digest = mails(&office.app, StaffMailKind::Daily).await;
    let mine = digest.iter().find(|m| m.address == "handler@dept.example");
    let told = mine.map(|m| m.text.clone()).unwrap_or_default();
    for words in [
        "来信人补充来信，尚待处理",
        &first.to_string(),
        &second.to_string(),
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        news(&office, "handler").await.is_empty(),
        "it stood in the digest"
    );
    // In hours of work at once, and what follows within minutes is one mail more.
    office.now("2026-12-02 10:00");
    add(&office, second, "附上照片").await;
    once(&office.app).await.expect("a round");
    assert_eq!(news(&office, "handler").await.len(), 1);
    office.now("2026-12-02 10:05");
    add(&office, first, "又及").await;
    add(&office, second, "再附一张").await;
    once(&office.app).await.expect("a round");
    assert_eq!(news(&office, "handler").await.len(), 1);
    office.now("2026-12-02 10:11");
    once(&office.app).await.expect("a round");
    let all = news(&office, "handler").await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].matches("/desk/letters/").count(), 2, "{}", all[1]);
    assert!(news(&office, "chief").await.is_empty());

    // Reminded after two workdays, urged after five, supervised after ten; each once.
    for day in ["03", "04", "07", "08", "09", "10", "16", "31"] {
        office.now(&format!("2026-12-{day} 10:30"));
        for _ in 0..2 {
            once(&office.app).await.expect("a round");
        }
    }
    let of_second = events(&office, second, EventKind::AdditionWaits).await;
    let stage = |data: &serde_json::Value| data["stage"].as_str().unwrap_or_default().to_owned();
    let of_one = of_second
        .iter()
        .filter(|d| d["message"] == added.id)
        .map(stage);
    assert_eq!(of_one.collect::<Vec<_>>(), ["remind", "urge", "supervise"]);
    for (stage, hears) in [("remind", false), ("urge", true), ("supervise", true)] {
        let of_stage = of_second.iter().find(|d| d["stage"] == stage);
        let told = of_stage.map(|d| d["told"].to_string()).unwrap_or_default();
        let chief = office.unit_leader.person_id.to_string();
        assert_eq!(told.contains(&chief), hears, "{stage}: {told}");
    }
    adds_up(&office).await;

    // Decided, nobody is asked any more.
    for number in [first, second] {
        let of = letter(&office, number).await;
        for added in office.app.store.additions(of.id).await.expect("a database") {
            decide(&office, number, &added, Ruling::NothingOwed).await;
        }
        assert_eq!(letter(&office, number).await.undecided, 0);
    }
    let before = mails(&office.app, StaffMailKind::Daily).await.len();
    office.now("2027-01-04 10:30");
    once(&office.app).await.expect("a round");
    let after = mails(&office.app, StaffMailKind::Daily).await;
    assert!(after[before..].iter().all(|m| !m.text.contains("补充来信")));
    adds_up(&office).await;
}

#[tokio::test]
async fn a_letter_of_its_own_counts_in_the_year_in_which_it_came() {
    let office = office("2026-12-28 10:00").await;
    let number = office.letter("online-consultation", "门前道路").await;
    office.hand_over(number).await;
    office.now("2026-12-31 23:30");
    let added = add(&office, number, "另一件事：申请公开征地批文。").await;
    office.now("2027-01-11 09:30");
    decide(&office, number, &added, Ruling::OwnLetter).await;
    let of = letter(&office, number).await;
    let all = office.app.store.additions(of.id).await.expect("a database");
    let own = all[0].own_letter_id.expect("a letter");
    let numbers = office.app.store.numbers(&[own]).await.expect("numbers");
    let own: LetterNumber = numbers[0].1.parse().expect("a number");
    assert_eq!((own.year, own.serial), (2026, 2));
    let made = letter(&office, own).await;
    assert_eq!(made.received_on.to_string(), "2026-12-31");
    assert_eq!(office.counted(own).await.start_on.to_string(), "2026-12-31");
    assert_eq!(
        made.subject, of.subject,
        "what had none bears that of the letter"
    );
    let writer = office.app.store.writer(&made).await.expect("a writer");
    assert_eq!(writer.words.email, "wangwu@example.com");
    assert_eq!(events(&office, own, EventKind::SplitOff).await.len(), 1);
    let receipt = office.app.store.outgoing(&made).await.expect("the outbox");
    assert_eq!(receipt.len(), 1, "its writer is told the number");
    adds_up(&office).await;
}
