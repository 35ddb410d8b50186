//! What happens to a letter's term over days and weeks: told with a clock that moves.

use jiff::civil::Date;

use super::{accept, answer, assign, extend, limit, pause, reclassify, reopen};
use crate::{
    domain::{
        number::LetterNumber,
        obligation::{ObligationKind, STANDING},
        words::{Class, Direction, ExtensionState, MessageKind},
    },
    reading::{
        reconcile::reconcile,
        statistics::{self, Question},
    },
    store::figures::GroupBy,
    testing::Office,
};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

async fn hand_over(office: &Office, number: LetterNumber, class: Class) {
    let app = &office.app;
    let what = accept::Acceptance {
        class,
        route: None,
        topic: None,
        place: None,
    };
    accept::accept(app, &office.registrar, number, None, what)
        .await
        .expect("accepted");
    assign::assign(
        app,
        &office.registrar,
        number,
        None,
        "gengbao",
        Some("handler"),
    )
    .await
    .expect("assigned");
    assign::take(app, &office.handler, number, None)
        .await
        .expect("taken");
}

async fn adds_up(office: &Office) {
    let found = reconcile(&office.app, &|_| ()).await.expect("a database");
    assert!(found.ok, "{:?}", found.differences);
}

async fn state(office: &Office, number: LetterNumber) -> ExtensionState {
    let id = office.counted(number).await.letter_id;
    let all = office.app.store.extensions(id).await.expect("a database");
    all.last().expect("one was asked for").state
}

#[tokio::test]
async fn a_petition_is_due_from_its_acceptance() {
    let office = Office::open("2017-09-20 10:00").await;
    let number = office.letter("e-petition", "征地补偿").await;
    let before = office.counted(number).await;
    assert_eq!(before.rule, "cn.xf2005.claim.answer.60d");
    assert!(before.start_assumed && before.provisional);
    assert_eq!(before.start_on, day("2017-10-05"));
    assert_eq!(before.due_on, day("2017-12-04"));
    let told = office.obligations(number).await;
    let told = told.iter().find(|o| o.kind == ObligationKind::Acknowledge);
    assert_eq!(told.expect("告知").due_on, day("2017-10-09"));

    office.now("2017-09-25 09:00");
    hand_over(&office, number, Class::Claim).await;
    let after = office.counted(number).await;
    assert!(!after.start_assumed && !after.provisional);
    assert_eq!(after.start_on, day("2017-09-25"));
    assert_eq!(after.due_on, day("2017-11-24"));
    let told = office.obligations(number).await;
    let told = told.iter().find(|o| o.kind == ObligationKind::Acknowledge);
    assert_eq!(
        told.expect("告知").in_time,
        Some(true),
        "the writer was told"
    );
    adds_up(&office).await;
}

#[tokio::test]
async fn accepting_what_is_overdue_makes_it_no_younger() {
    let office = Office::open("2026-02-13 10:00").await;
    let number = office.letter("e-petition", "林权").await;
    let assumed = office.counted(number).await.due_on;
    assert_eq!(assumed, day("2026-04-29"), "2026-02-28 and sixty days");
    office.now("2026-06-01 10:00");
    hand_over(&office, number, Class::Claim).await;
    let after = office.counted(number).await;
    assert_eq!((after.start_on, after.due_on), (day("2026-06-01"), assumed));
    adds_up(&office).await;
}

#[tokio::test]
async fn an_extension_needs_the_right_function_and_tells_the_writer() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("e-petition", "土地确权").await;
    hand_over(&office, number, Class::Claim).await;
    let due = office.counted(number).await.due_on;
    let much = extend::request(app, &office.handler, number, None, 31, "情况复杂").await;
    assert!(much.is_err(), "at most 30 days");
    extend::request(app, &office.handler, number, None, 30, "情况复杂")
        .await
        .expect("asked");
    assert_eq!(
        office.counted(number).await.due_on,
        due,
        "asking moves nothing"
    );
    let chief = extend::grant(app, &office.unit_leader, number, None, "同意").await;
    assert!(chief.is_err(), "the head decides");
    office.now("2026-03-20 10:00");
    extend::grant(app, &office.head, number, None, "情况复杂，同意延期")
        .await
        .expect("granted");
    let after = office.counted(number).await;
    assert_eq!(after.extension, 30);
    assert!(after.due_on > due);
    let letter = app
        .store
        .letter_for_writer(number)
        .await
        .expect("a database");
    let messages = app
        .store
        .messages(&letter.expect("a letter"))
        .await
        .expect("messages");
    let told = messages.last().expect("the notice");
    assert_eq!(
        (told.direction, told.kind),
        (Direction::Out, MessageKind::Progress)
    );
    assert!(told.words.text.contains("延长至"), "{}", told.words.text);
    let again = extend::request(app, &office.handler, number, None, 1, "再延").await;
    assert!(again.is_err(), "once only");
    adds_up(&office).await;
}

#[tokio::test]
async fn undecided_at_the_due_day_it_lapses_and_signed_later_it_moves_nothing() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "规划许可").await;
    hand_over(&office, number, Class::Consultation).await;
    let due = office.counted(number).await.due_on;
    assert_eq!(due, day("2026-03-11"), "seven workdays");
    extend::request(app, &office.handler, number, None, 8, "需会商")
        .await
        .expect("asked");
    let id = office.counted(number).await.letter_id;
    office.now("2026-03-11 23:59");
    assert!(
        !extend::lapse(app, id).await.expect("a database"),
        "the day is not over"
    );
    office.now("2026-03-12 00:00");
    assert_eq!(
        app.store
            .undecided_before(app.today(), 10)
            .await
            .expect("ids"),
        [id]
    );
    assert!(extend::lapse(app, id).await.expect("a database"));
    assert!(!extend::lapse(app, id).await.expect("a database"), "once");
    assert_eq!(state(&office, number).await, ExtensionState::Lapsed);
    extend::grant(app, &office.unit_leader, number, None, "补批")
        .await
        .expect("recorded");
    assert_eq!(state(&office, number).await, ExtensionState::Late);
    assert_eq!(office.counted(number).await.due_on, due, "it moves nothing");
    answer::answer(app, &office.handler, number, None, "答复", None)
        .await
        .expect("answered");
    assert_eq!(
        office.counted(number).await.in_time,
        Some(false),
        "late is late"
    );
    adds_up(&office).await;
}

#[tokio::test]
async fn another_class_counts_from_the_same_receipt_and_late_stays_late() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("director-mailbox", "信件").await;
    hand_over(&office, number, Class::Consultation).await;
    office.now("2026-03-05 10:00");
    let why = "实为申诉求决";
    reclassify::reclassify(
        app,
        &office.registrar,
        number,
        None,
        Class::Claim,
        None,
        why,
    )
    .await
    .expect("in time, so nothing is late");
    let claim = office.counted(number).await;
    assert_eq!(claim.rule, "cn.xf2022.claim.answer.60d");
    assert_eq!(claim.start_on, day("2026-03-02"), "accepted on that day");
    assert_eq!(claim.late_since, None);

    let other = office.letter("director-mailbox", "另一封").await;
    hand_over(&office, other, Class::Consultation).await;
    office.now("2026-03-17 10:00");
    assert_eq!(office.counted(other).await.due_on, day("2026-03-16"));
    reclassify::reclassify(app, &office.registrar, other, None, Class::Claim, None, why)
        .await
        .expect("reclassified");
    let late = office.counted(other).await;
    assert_eq!(late.late_since, Some(day("2026-03-16")));
    assert_eq!(late.due_on, day("2026-03-16"), "what was late stays late");
    let old = office.obligations(other).await;
    let old = old.iter().find(|o| o.superseded_by == Some(late.id));
    assert!(old.is_some_and(|o| !o.counts && !o.is_open()));
    let letter = app
        .store
        .letter_for_writer(other)
        .await
        .expect("a database");
    assert_eq!(letter.expect("a letter").reclassified, 1);
    adds_up(&office).await;
}

#[tokio::test]
async fn a_clock_stands_from_signing_and_counts_none_of_its_days() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "申请公开").await;
    hand_over(&office, number, Class::Disclosure).await;
    let before = office.counted(number).await;
    assert_eq!(
        (before.rule.as_str(), before.due_on),
        ("cn.foi2019.answer.20wd", day("2026-03-30"))
    );
    office.now("2026-03-09 10:00");
    pause::suspend(app, &office.handler, number, None, None, "征求第三方意见")
        .await
        .expect("allowed");
    let standing = office.counted(number).await;
    assert_eq!((standing.due(), standing.due_on), (None, STANDING));
    let letter = app
        .store
        .letter_for_writer(number)
        .await
        .expect("a database");
    assert_eq!(letter.expect("a letter").due(), None);
    adds_up(&office).await;
    office.now("2026-03-16 10:00");
    pause::resume(app, &office.handler, number, None)
        .await
        .expect("it goes on");
    assert_eq!(
        office.counted(number).await.due_on,
        day("2026-04-07"),
        "five workdays, and 清明"
    );
    let twice = pause::resume(app, &office.handler, number, None).await;
    assert!(twice.is_err());
    adds_up(&office).await;

    let plain = office.letter("online-consultation", "咨询").await;
    hand_over(&office, plain, Class::Consultation).await;
    let refused = pause::suspend(app, &office.handler, plain, None, None, "等等看").await;
    assert!(refused.is_err(), "most rules allow none");
}

#[tokio::test]
async fn opened_again_it_has_a_new_round_and_the_figures_keep_the_first() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "咨询").await;
    hand_over(&office, number, Class::Consultation).await;
    answer::answer(app, &office.handler, number, None, "答复", None)
        .await
        .expect("answered");
    office.now("2026-06-01 10:00");
    reopen::reopen(app, &office.registrar, number, None, "来信人补充了材料")
        .await
        .expect("reopened");
    let second = office.counted(number).await;
    assert_eq!((second.round, second.due_on), (2, day("2026-06-10")));
    let question = Question {
        from: None,
        to: None,
        by: GroupBy::Nothing,
    };
    let table = statistics::table(app, question).await;
    let total = table.expect("figures").total;
    assert_eq!(
        (total.answered_in_time, total.open_not_due, total.reopened),
        (1, 0, 1)
    );
    adds_up(&office).await;
}

#[tokio::test]
async fn a_document_sets_a_limit_beside_the_law() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "督办件").await;
    let document = limit::Document {
        organ: "省信访局".into(),
        reference: "信交〔2026〕12号".into(),
        of: day("2026-03-01"),
        due_on: day("2026-03-07"),
    };
    limit::set(app, &office.registrar, number, None, document)
        .await
        .expect("set");
    let all = office.obligations(number).await;
    let set = all
        .iter()
        .find(|o| o.rule == limit::RULE)
        .expect("it is there");
    assert_eq!(
        (set.due_on, set.counts),
        (day("2026-03-07"), false),
        "a Saturday, unrolled"
    );
    assert!(set.basis_zh.contains("信交〔2026〕12号"));
    assert_eq!(office.counted(number).await.due_on, day("2026-03-11"));
    adds_up(&office).await;
}
