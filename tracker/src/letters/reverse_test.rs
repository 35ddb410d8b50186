//! An end undone late: what it owed goes on from the days it had, and the past stays as it was told.

use jiff::Timestamp;

use super::{Error, answer, decline, end, reverse};
use crate::{
    domain::{
        access::{Role, Staff},
        figures::Figures,
        number::LetterNumber,
        status::{Action, Status},
    },
    reading::{
        reconcile::reconcile,
        statistics::{self, Question},
        track::{self, Found, Tracked},
    },
    store::{figures::GroupBy, letters::Letter},
    testing::{Office, at},
};

const ALL: Question = Question {
    from: None,
    to: None,
    by: GroupBy::Nothing,
};

async fn figures(office: &Office) -> Figures {
    let table = statistics::table(&office.app, ALL).await.expect("figures");
    assert!(table.identity_holds, "{table:?}");
    let past = past(office, office.app.now()).await;
    assert_eq!(past, table.total, "told from events, they are the same");
    table.total
}

async fn past(office: &Office, at: Timestamp) -> Figures {
    let table = statistics::past(&office.app, ALL, at).await;
    table.expect("figures").total
}

async fn letter(office: &Office, number: LetterNumber) -> Letter {
    let found = office.app.store.letter_for_writer(number).await;
    found.expect("a database").expect("a letter")
}

async fn seen(office: &Office, letter: &Letter) -> Tracked {
    let (app, keys) = (&office.app, &office.app.store.vault.keys);
    let code = keys.query_code(letter.id, letter.code_version);
    let code = crate::domain::code::QueryCode(code).to_string();
    match track::find(app, &letter.number.to_string(), &code, None).await {
        Ok(Found::Letter(found)) => *found,
        _ => panic!("it is there"),
    }
}

async fn agrees(office: &Office) {
    let found = reconcile(&office.app, &|_| ()).await.expect("a database");
    assert!(found.ok, "{:#?}", found.differences);
}

#[tokio::test]
async fn late_stays_late_and_every_day_keeps_its_figures() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.registrar);
    let number = office.letter("online-consultation", "道路").await;
    office.hand_over(number).await;
    let stood = office.counted(number).await;
    office.now("2026-03-03 10:00");
    let words = "请向县局提出。";
    let ended = decline::decline(app, by, number, None, Action::Decline, "属地", words).await;
    ended.expect("declined");
    office.now("2026-03-04 10:00");
    let declined = figures(&office).await;
    assert_eq!((declined.declined, declined.notified), (1, 1));
    assert_eq!((declined.met_in_time, declined.unmet_due), (1, 0));
    let served = letter(&office, number).await;
    assert_eq!(seen(&office, &served).await.letter.status, Status::Declined);

    office.now("2026-04-20 10:00");
    let undone = reverse::reverse(app, &office.head, number, None, "误判").await;
    assert_eq!(undone.expect("undone").status, Status::Assigned);
    let owed = office.counted(number).await;
    assert!(owed.is_open(), "{owed:?}");
    assert_eq!((owed.due_on, owed.start_on), (stood.due_on, stood.start_on));
    let now = figures(&office).await;
    assert_eq!((now.open_overdue, now.unmet_due, now.declined), (1, 1, 0));
    assert_eq!(past(&office, at("2026-03-04 10:00")).await, declined);
    let followed = seen(&office, &letter(&office, number).await).await;
    assert!(followed.overdue && followed.reply.is_none());
    let told = track::told(followed.progress.last().expect("told"));
    assert!(
        told.contains("现予撤销") && told.contains("现已超过"),
        "{told}"
    );
    assert_eq!(followed.steps.last().map(|s| s.0), Some("working"));

    let handler = &office.handler;
    let taken = super::assign::take(app, handler, number, None).await;
    taken.expect("taken");
    let answered = answer::answer(app, handler, number, None, "答复", Vec::new()).await;
    answered.expect("answered");
    let now = figures(&office).await;
    assert_eq!(
        (now.answered_late, now.met_late, now.met_in_time),
        (1, 1, 0)
    );
    assert_eq!(past(&office, at("2026-03-04 10:00")).await, declined);
    agrees(&office).await;
}

#[tokio::test]
async fn a_second_end_is_undone_as_the_first() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.registrar);
    let number = office.letter("online-consultation", "道路").await;
    let (first, second) = ("2026-03-03 10:00", "2026-03-05 10:00");
    for (when, back) in [(first, "2026-03-04 10:00"), (second, "2026-03-06 10:00")] {
        office.now(when);
        let ended = end::withdraw(app, by, number, None, "来电撤回").await;
        ended.expect("withdrawn");
        assert_eq!(figures(&office).await.withdrawn, 1);
        office.now(back);
        let undone = reverse::reverse(app, by, number, None, "来信人要求继续办理").await;
        assert_eq!(undone.expect("undone").status, Status::Received);
        assert_eq!(figures(&office).await.open_not_due, 1);
    }
    assert_eq!(past(&office, at(first)).await.withdrawn, 1);
    assert_eq!(past(&office, at("2026-03-04 12:00")).await.open_not_due, 1);
    assert_eq!(past(&office, at(second)).await.withdrawn, 1);
    let followed = seen(&office, &letter(&office, number).await).await;
    assert!(
        followed.progress.is_empty(),
        "nothing was sent, nothing is taken back"
    );
    agrees(&office).await;
}

#[tokio::test]
async fn whoever_had_it_is_gone_meanwhile() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.registrar);
    let number = office.letter("online-consultation", "道路").await;
    office.hand_over(number).await;
    let taken = super::assign::take(app, &office.handler, number, None).await;
    taken.expect("taken");
    let ended = end::invalid(app, by, number, None, "空白").await;
    ended.expect("invalid");
    let gone = super::staff::disable(app, None, "handler").await;
    gone.expect("disabled");
    office.now("2026-03-03 10:00");
    let undone = reverse::reverse(app, by, number, None, "附件里有正文").await;
    let undone = undone.expect("undone");
    assert_eq!((undone.status, undone.handler_id), (Status::Assigned, None));
    agrees(&office).await;
}

#[tokio::test]
async fn taking_back_has_its_time_and_its_people() {
    let office = Office::open("2026-03-02 10:00").await;
    let (app, by) = (&office.app, &office.registrar);
    let number = office.letter("online-consultation", "道路").await;
    office.hand_over(number).await;
    let before = figures(&office).await;
    let words = "请向县局提出。";
    let direct = || decline::decline(app, by, number, None, Action::Direct, "属地", words);
    direct().await.expect("directed");
    let within = seen(&office, &letter(&office, number).await).await;
    assert_eq!(
        within.letter.status,
        Status::Assigned,
        "nobody knows of it yet"
    );
    assert!(within.reply.is_none());
    let who = |role| Staff {
        roles: vec![role],
        ..office.head.clone()
    };
    for staff in [&office.handler, &who(Role::Leader)] {
        let denied = answer::recall(app, staff, number, None).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    }
    let recalled = answer::recall(app, by, number, None).await;
    assert_eq!(recalled.expect("recalled").status, Status::Assigned);
    assert_eq!(figures(&office).await, before);
    direct().await.expect("directed");
    office.now("2026-03-02 10:01");
    let late = answer::recall(app, by, number, None).await;
    assert!(
        matches!(late, Err(Error::Rule("too-late-to-undo"))),
        "{late:?}"
    );
    let followed = seen(&office, &letter(&office, number).await).await;
    assert_eq!(followed.letter.status, Status::Directed);
    let reply = followed.reply.expect("the notice").0;
    assert!(track::answered(&reply).contains("属地"), "its ground too");
    agrees(&office).await;
}
