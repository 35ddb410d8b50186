//! An extension that was asked for and not decided falls away with what it was to lengthen, in the
//! step that closes it, however a letter is closed.

use super::{accept, answer, assign, decline, end, extend, reclassify};
use crate::{
    domain::{
        event::EventKind,
        number::LetterNumber,
        status::Action,
        words::{Class, ExtensionState},
    },
    reading::{desk, reconcile::reconcile},
    testing::Office,
};

/// A consultation, taken on, whose handler asked for eight workdays more.
async fn asked(office: &Office, subject: &str) -> LetterNumber {
    let app = &office.app;
    let number = office.letter("online-consultation", subject).await;
    let what = accept::Acceptance {
        class: Class::Consultation,
        route: None,
        topic: None,
        place: None,
    };
    let by = &office.registrar;
    let accepted = accept::accept(app, by, number, None, what).await;
    accepted.expect("accepted");
    let assigned = assign::assign(app, by, number, None, "gengbao", Some("handler")).await;
    assigned.expect("assigned");
    let taken = assign::take(app, &office.handler, number, None).await;
    taken.expect("taken");
    let asked = extend::request(app, &office.handler, number, None, 8, "需会商").await;
    asked.expect("asked");
    assert!(waits(office).await.contains(&number), "{subject}");
    number
}

/// The desk's list of extensions to decide.
async fn waits(office: &Office) -> Vec<LetterNumber> {
    let (app, chief) = (&office.app, &office.unit_leader);
    let view = desk::View::Extensions.filter(app, chief);
    let (list, _) = desk::page(app, chief, &view, None).await.expect("a page");
    list.iter().map(|l| l.number).collect()
}

/// It fell away in the step `by`, is in no list, and lapses on nobody.
async fn fell_away(office: &Office, number: LetterNumber, by: EventKind) {
    let app = &office.app;
    let letter = app.store.letter_for_writer(number).await;
    let letter = letter.expect("a database").expect("a letter");
    let all = app.store.extensions(letter.id).await.expect("extensions");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].state, ExtensionState::Moot, "{by}");
    assert_eq!((all[0].decided_by, all[0].due_on), (None, all[0].due_on));
    let events = app.store.events(&letter).await.expect("events");
    let n = events.len();
    let (told, closed) = (&events[n - 2].event, &events[n - 1].event);
    assert_eq!((told.kind, closed.kind), (EventKind::ExtensionMoot, by));
    assert_eq!(told.data["by"], by.code());
    assert_eq!(told.data["extension"], all[0].id);
    assert_eq!(told.at, closed.at, "one step");
    assert!(!waits(office).await.contains(&number), "{by}");
    office.now("2026-04-20 10:00");
    let undecided = app.store.undecided_before(app.today(), 10).await;
    assert!(undecided.expect("ids").is_empty());
    let lapsed = extend::lapse(app, letter.id).await.expect("a database");
    assert!(!lapsed, "{by}");
    let found = reconcile(app, &|_| ()).await.expect("a database");
    assert!(found.ok, "{:?}", found.differences);
}

#[tokio::test]
async fn an_answer_leaves_nothing_to_decide() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.handler);
    let number = asked(&office, "答复").await;
    let words = "答复如下";
    let issued = answer::answer(app, by, number, None, words, None).await;
    issued.expect("answered");
    fell_away(&office, number, EventKind::Issued).await;
}

#[tokio::test]
async fn neither_does_another_class() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.registrar);
    let number = asked(&office, "改类").await;
    let claim = Class::Claim;
    reclassify::reclassify(app, by, number, None, claim, None, "实为申诉求决")
        .await
        .expect("reclassified");
    fell_away(&office, number, EventKind::Reclassified).await;
    // What counts now can be asked for anew.
    office.now("2026-03-03 10:00");
    extend::request(app, &office.handler, number, None, 30, "情况复杂")
        .await
        .expect("asked");
}

#[tokio::test]
async fn neither_does_an_end_without_an_answer() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.registrar);
    let first = office.letter("online-consultation", "先来的").await;
    let why = "来信人要求";
    let withdrawn = asked(&office, "撤回").await;
    let ended = end::withdraw(app, by, withdrawn, None, why).await;
    ended.expect("withdrawn");
    fell_away(&office, withdrawn, EventKind::Withdrawn).await;

    office.now("2026-03-02 10:00");
    let invalid = asked(&office, "无效").await;
    let ended = end::invalid(app, by, invalid, None, why).await;
    ended.expect("invalid");
    fell_away(&office, invalid, EventKind::MarkedInvalid).await;

    office.now("2026-03-02 10:00");
    let again = asked(&office, "重复").await;
    let ended = end::mark_duplicate(app, by, again, None, first).await;
    ended.expect("duplicate");
    fell_away(&office, again, EventKind::MarkedDuplicate).await;

    for (action, kind) in [
        (Action::Decline, EventKind::Declined),
        (Action::Direct, EventKind::Directed),
    ] {
        office.now("2026-03-02 10:00");
        let number = asked(&office, action.code()).await;
        let words = "请向有权机关提出";
        let ended = decline::decline(app, by, number, None, action, "不属于职责", words).await;
        ended.expect("it ends");
        fell_away(&office, number, kind).await;
    }
}

#[tokio::test]
async fn what_was_left_behind_before_falls_away_and_blames_nobody() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = asked(&office, "旧库").await;
    let id = office.counted(number).await.letter_id;
    let ended = end::withdraw(app, &office.registrar, number, None, "撤回").await;
    ended.expect("withdrawn");
    // As a version wrote it that did not settle it.
    let step = app.store.begin(app.now()).await.expect("a step");
    let mut all = step.extensions(id).await.expect("extensions");
    let mut left = all.remove(0);
    (left.state, left.decided_at) = (ExtensionState::Requested, None);
    step.save_extension(left).await.expect("saved");
    step.commit().await.expect("committed");
    office.now("2026-04-20 10:00");
    assert!(!extend::lapse(app, id).await.expect("a database"));
    let all = app.store.extensions(id).await.expect("extensions");
    assert_eq!(all[0].state, ExtensionState::Moot);
    let undecided = app.store.undecided_before(app.today(), 10).await;
    assert!(undecided.expect("ids").is_empty());
}
