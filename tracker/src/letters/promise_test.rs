//! By when: a writer is told of no day before a person determined what the letter is, and of every
//! other day that stands in place of the one they know, once.

use super::{accept, extend, pause, reclassify};
use crate::{
    domain::{
        number::LetterNumber,
        rules::Halt,
        words::{Class, MessageKind},
    },
    reading::track,
    testing::Office,
};

/// What the writer was told on the way, oldest first.
async fn told(office: &Office, number: LetterNumber) -> Vec<String> {
    let store = &office.app.store;
    let letter = store.letter_for_writer(number).await;
    let letter = letter.expect("a database").expect("a letter");
    let all = store.messages(&letter).await.expect("messages");
    let words = all.iter().filter(|m| m.kind == MessageKind::Progress);
    words.map(track::told).collect()
}

async fn accept_as(office: &Office, number: LetterNumber, class: Class) {
    let what = accept::Acceptance {
        class,
        route: None,
        topic: None,
        place: None,
    };
    let accepted = accept::accept(&office.app, &office.registrar, number, None, what).await;
    accepted.expect("accepted");
}

async fn becomes(office: &Office, number: LetterNumber, class: Class) {
    let (app, by) = (&office.app, &office.registrar);
    let done = reclassify::reclassify(app, by, number, None, class, None, "登记时看错了").await;
    done.expect("reclassified");
}

#[tokio::test]
async fn whoever_knew_of_a_day_is_told_of_the_other_once() {
    let office = Office::open("2026-03-02 10:00").await;
    let number = office.letter("online-consultation", "补偿").await;
    accept_as(&office, number, Class::Consultation).await;
    let before = told(&office, number).await.len();
    becomes(&office, number, Class::Claim).await;
    let words = told(&office, number).await;
    assert_eq!(words.len(), before + 1, "{words:?}");
    let last = words.last().expect("one");
    assert!(last.contains("2026年3月11日变更为2026年5月6日"), "{last}");
    assert!(last.contains("性质经重新认定"), "{last}");
    assert!(!last.contains("看错"), "the reason is the staff's: {last}");

    // Accepted once more as something else, it is told once, by the acceptance or the move.
    accept_as(&office, number, Class::Advice).await;
    let again = told(&office, number).await;
    assert_eq!(again.len(), words.len() + 1, "{again:?}");
    // The same day is no news.
    let due = office.counted(number).await.due_on;
    accept_as(&office, number, Class::Advice).await;
    assert_eq!(office.counted(number).await.due_on, due);
    assert_eq!(told(&office, number).await.len(), again.len());
}

#[tokio::test]
async fn nobody_is_told_of_a_day_that_no_person_determined() {
    let office = Office::open("2026-03-02 10:00").await;
    let number = office.letter("online-consultation", "补偿").await;
    becomes(&office, number, Class::Claim).await;
    assert_eq!(told(&office, number).await, [""; 0], "they knew of none");
    becomes(&office, number, Class::Consultation).await;
    assert_eq!(told(&office, number).await.len(), 1);
}

#[tokio::test]
async fn what_is_late_already_moves_nowhere_and_nothing_is_told() {
    let office = Office::open("2026-03-02 10:00").await;
    let number = office.letter("online-consultation", "补偿").await;
    accept_as(&office, number, Class::Consultation).await;
    office.now("2026-03-20 10:00");
    let before = told(&office, number).await;
    becomes(&office, number, Class::Claim).await;
    let after = told(&office, number).await;
    // Accepted already, a claim is no news either.
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_longer_term_is_told_with_its_reason_once() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "补偿").await;
    office.hand_over(number).await;
    let by = &office.handler;
    let none = extend::request(app, by, number, None, 0, "须会商").await;
    assert!(format!("{none:?}").contains("at-least-one"), "{none:?}");
    let asked = extend::request(app, by, number, None, 3, "须会商").await;
    asked.expect("asked");
    let before = told(&office, number).await.len();
    let chief = &office.unit_leader;
    let granted = extend::grant(app, chief, number, None, "须现场核实").await;
    granted.expect("granted");
    let words = told(&office, number).await;
    assert_eq!(words.len(), before + 1, "{words:?}");
    let last = words.last().expect("one");
    assert_eq!(last.matches("须现场核实").count(), 1, "{last}");
    assert!(last.contains("办理期限延长至2026年3月16日"), "{last}");
}

#[tokio::test]
async fn a_correction_begins_the_term_anew_and_says_so() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "申请公开").await;
    office.hand_over(number).await;
    becomes(&office, number, Class::Disclosure).await;
    office.now("2026-03-04 10:00");
    let (by, cause) = (&office.handler, Some(Halt::Correction));
    let asked = pause::suspend(app, by, number, None, cause, "请写明文件名称").await;
    asked.expect("it stands");
    let words = told(&office, number).await;
    let last = words.last().expect("one");
    assert!(
        last.contains("自收到补正材料之日起，办理期限重新计算"),
        "{last}"
    );
    assert!(!last.contains("继续计算"), "{last}");
    assert_eq!(last.matches("请写明文件名称").count(), 1, "{last}");
    office.now("2026-03-10 10:00");
    let goes = pause::resume(app, by, number, None).await;
    goes.expect("it goes on");
    let again = told(&office, number).await;
    assert_eq!(again.len(), words.len() + 1, "{again:?}");
    let last = again.last().expect("one");
    // Twenty workdays after 10 March, the day of receipt not counted; 清明 is 6 April.
    assert!(last.contains("重新计算，至2026年4月8日届满"), "{last}");

    // Consulted and answered on the same day, no day was lost, and the term is the same.
    let cause = Some(Halt::ThirdParty);
    let asked = pause::suspend(app, by, number, None, cause, "征求意见").await;
    asked.expect("it stands");
    let goes = pause::resume(app, by, number, None).await;
    goes.expect("it goes on");
    let last = told(&office, number).await.pop().expect("one");
    assert!(last.contains("继续计算，至2026年4月8日届满"), "{last}");
}
