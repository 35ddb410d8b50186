//! Supervision over days and months, told with a clock that moves.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};

use super::supervision::once;
use crate::{
    app::App,
    clock::SystemEntropy,
    config::{Config, Smtp},
    domain::{
        access::Role,
        event::EventKind,
        number::LetterNumber,
        rules::Stage,
        words::{CircularState, StaffMailKind, Topic},
    },
    letters::{answer, assign, circular, draft, extend, seal, session, staff, supervise, urge},
    reading::{circulars, desk, notices, overdue::overdue},
    store::{letters::Letter, staff_mail::StaffMail},
    testing::Office,
};

/// An office whose people have mail: handler and leader of a unit, a leader with its portfolio, a
/// registrar, and a night officer.
pub(super) async fn office(now: &str) -> Office {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        data_dir: folder.path().to_owned(),
        smtp: Some(Smtp::to_folder(
            folder.path().join("out"),
            "回音 <letters@example.gov.cn>".into(),
        )),
        ..Config::default()
    };
    let office = Office::with(config, folder, now).await;
    let app = &office.app;
    for mut person in app.store.people().await.expect("people") {
        person.email = format!("{}@dept.example", person.login);
        staff::save_person(app, None, &person).await.expect("saved");
    }
    let mut unit = app.store.units().await.expect("units").remove(0);
    unit.leader_id = Some(office.unit_leader.person_id);
    unit.overseer_id = Some(office.head.person_id);
    staff::save_unit(app, None, unit).await.expect("saved");
    person(app, "night", Role::Duty, None).await;
    office
}

pub(super) async fn person(app: &App, login: &str, role: Role, unit: Option<&str>) -> i64 {
    let new = staff::NewPerson {
        name: login.into(),
        login: login.into(),
        roles: vec![role],
        unit: unit.map(Into::into),
        email: format!("{login}@dept.example"),
        ..staff::NewPerson::default()
    };
    staff::add_sample(app, new).await.expect("a person").0.id
}

pub(super) async fn letter(office: &Office, number: LetterNumber) -> Letter {
    let found = office.app.store.letter_for_writer(number).await;
    found.expect("a database").expect("a letter")
}

async fn stages(office: &Office, number: LetterNumber) -> Vec<Stage> {
    let counted = office.counted(number).await;
    let rows = office.app.store.supervised_of(&[counted.id]).await;
    rows.expect("rows").into_iter().map(|s| s.stage).collect()
}

pub(super) async fn mails(app: &App, kind: StaffMailKind) -> Vec<StaffMail> {
    app.store.staff_mails(kind).await.expect("mails")
}

/// Digests to somebody, as (day, text); one may stand in the week's mail.
async fn daily(office: &Office, to: &str) -> Vec<(String, String)> {
    let mut all = mails(&office.app, StaffMailKind::Daily).await;
    all.extend(mails(&office.app, StaffMailKind::Weekly).await);
    all.sort_by_key(|m| m.id);
    let to = format!("{to}@dept.example");
    let theirs = all
        .into_iter()
        .filter(|m| m.address == to && m.text.contains('【'));
    theirs
        .map(|m| (office.app.day_of(m.created_at).to_string(), m.text))
        .collect()
}

/// A round every half hour of these days.
async fn live(office: &Office, from: &str, days: i64) {
    let mut at = crate::testing::at(&format!("{from} 00:10"));
    let end = at + (days * 24).hours();
    while at < end {
        office.clock.set(at);
        once(&office.app).await.expect("a round");
        at += 30.minutes();
    }
}

pub(super) async fn events(
    office: &Office,
    number: LetterNumber,
    kind: EventKind,
) -> Vec<serde_json::Value> {
    let letter = letter(office, number).await;
    let all = office.app.store.events(&letter).await.expect("events");
    let of = all.into_iter().filter(|e| e.event.kind == kind);
    of.map(|e| e.event.data).collect()
}

pub(super) async fn adds_up(office: &Office) {
    let found = crate::reading::reconcile::reconcile(&office.app, &|_| ()).await;
    let found = found.expect("a database");
    assert!(found.ok, "{:?}", found.differences);
}

#[tokio::test]
async fn a_letter_left_alone_walks_up_the_chain() {
    // Due on 2026-03-11, seven workdays after a Monday.
    let office = office("2026-03-02 10:00").await;
    let number = office.letter("online-consultation", "规划许可").await;
    office.hand_over(number).await;
    let version = letter(&office, number).await.version;
    live(&office, "2026-03-02", 40).await;
    assert_eq!(
        stages(&office, number).await,
        [
            Stage::Remind,
            Stage::Urge,
            Stage::Supervise,
            Stage::Circular
        ]
    );
    let days = |mails: &[(String, String)]| mails.iter().map(|m| m.0.clone()).collect::<Vec<_>>();
    let (handler, chief, head) = (
        daily(&office, "handler").await,
        daily(&office, "chief").await,
        daily(&office, "head").await,
    );
    assert_eq!(
        days(&handler),
        ["2026-03-09", "2026-03-12", "2026-03-16", "2026-03-25"]
    );
    assert_eq!(days(&chief), ["2026-03-12", "2026-03-16", "2026-03-25"]);
    assert_eq!(days(&head), ["2026-03-16", "2026-03-25"]);
    let text = &head[0].1;
    for words in [
        &number.to_string(),
        "《规划许可》",
        "现由handler办理",
        "2026年3月11日",
        "已逾期3个工作日",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let told = events(&office, number, EventKind::Supervised).await;
    assert_eq!(told.len(), 4);
    let people = serde_json::json!([
        office.handler.person_id,
        office.unit_leader.person_id,
        office.head.person_id,
    ]);
    let mut last: Vec<i64> = serde_json::from_value(told[3]["told"].clone()).expect("ids");
    let mut people: Vec<i64> = serde_json::from_value(people).expect("ids");
    last.sort_unstable();
    people.sort_unstable();
    assert_eq!(last, people);
    assert_eq!(
        letter(&office, number).await.version,
        version,
        "nobody's page is stale for it"
    );
    let list = overdue(&office.app, None).await.expect("a list");
    assert_eq!(list.letters[0].stage, Some("circular"));
    adds_up(&office).await;
}

#[tokio::test]
async fn nothing_is_told_twice_or_out_of_hours_and_the_desk_shows_the_same() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "规划许可").await;
    office.hand_over(number).await;
    office.now("2026-03-12 08:59");
    assert_eq!(once(app).await.expect("a round"), 0, "before work");
    office.now("2026-03-12 12:30");
    assert_eq!(once(app).await.expect("a round"), 0, "at noon");
    office.now("2026-03-14 10:00");
    assert_eq!(once(app).await.expect("a round"), 0, "on Saturday");
    office.now("2026-03-16 09:00");
    assert_eq!(
        once(app).await.expect("a round"),
        3,
        "what was missed is recorded"
    );
    assert_eq!(once(app).await.expect("a round"), 0, "once");
    let handler = daily(&office, "handler").await;
    assert_eq!(handler.len(), 1);
    assert_eq!(
        handler[0].1.matches(&number.to_string()).count(),
        2,
        "the highest stage, and its link"
    );
    let new = notices::fresh(app, &office.handler).await.expect("notices");
    assert_eq!(
        (new.len(), new[0].stage, new[0].number),
        (1, Some(Stage::Supervise), Some(number))
    );
    let ids: Vec<i64> = new.iter().map(|n| n.id).collect();
    crate::letters::digest::seen(app, &office.handler, &ids)
        .await
        .expect("seen");
    assert!(
        notices::fresh(app, &office.handler)
            .await
            .expect("notices")
            .is_empty()
    );
}

#[tokio::test]
async fn thirty_days_later_there_is_no_storm() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    for n in 0..30 {
        let number = office
            .letter("online-consultation", &format!("第{n}封"))
            .await;
        office.hand_over(number).await;
    }
    office.now("2026-04-02 10:00");
    assert_eq!(once(app).await.expect("a round"), 120);
    assert_eq!(once(app).await.expect("a round"), 0);
    for who in ["handler", "chief", "head"] {
        let mails = daily(&office, who).await;
        assert_eq!(mails.len(), 1, "{who}");
        assert!(mails[0].1.contains("严重逾期") && !mails[0].1.contains("即将到期"));
    }
    adds_up(&office).await;
}

#[tokio::test]
async fn a_standing_clock_and_a_longer_term_are_left_in_peace() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "需会商").await;
    office.hand_over(number).await;
    assign::take(app, &office.handler, number, None)
        .await
        .expect("taken");
    live(&office, "2026-03-09", 1).await;
    assert_eq!(stages(&office, number).await, [Stage::Remind]);
    office.now("2026-03-10 09:30");
    extend::request(app, &office.handler, number, None, 8, "需会商")
        .await
        .expect("asked");
    extend::grant(app, &office.unit_leader, number, None, "同意")
        .await
        .expect("granted");
    assert_eq!(
        office.counted(number).await.due_on.to_string(),
        "2026-03-23"
    );
    live(&office, "2026-03-10", 8).await;
    assert_eq!(
        stages(&office, number).await,
        [Stage::Remind],
        "not late any more"
    );
    live(&office, "2026-03-18", 3).await;
    assert_eq!(
        stages(&office, number).await,
        [Stage::Remind, Stage::Remind],
        "a longer term is reminded of anew"
    );
}

#[tokio::test]
async fn an_extension_nobody_decides_lapses_and_those_who_should_have_are_told() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "需会商").await;
    office.hand_over(number).await;
    assign::take(app, &office.handler, number, None)
        .await
        .expect("taken");
    extend::request(app, &office.handler, number, None, 8, "需会商")
        .await
        .expect("asked");
    live(&office, "2026-03-09", 1).await;
    let chief = daily(&office, "chief").await;
    assert_eq!(chief.len(), 1, "who decides is reminded with the handler");
    live(&office, "2026-03-12", 1).await;
    assert_eq!(
        events(&office, number, EventKind::ExtensionLapsed)
            .await
            .len(),
        1
    );
    let chief = daily(&office, "chief").await;
    assert!(chief[1].1.contains("延期申请到期未批"), "{}", chief[1].1);
}

#[tokio::test]
async fn an_urgent_letter_wakes_the_night_officer_until_somebody_takes_it() {
    let office = office("2026-03-07 23:50").await;
    let app = &office.app;
    let number = office
        .letter("online-consultation", "后山滑坡，有人被困")
        .await;
    let calm = office
        .letter("online-consultation", "滑坡防治政策咨询")
        .await;
    assert!(letter(&office, calm).await.urgent.is_none());
    once(app).await.expect("a round");
    once(app).await.expect("a round");
    let first = mails(app, StaffMailKind::Urgent).await;
    assert_eq!(first.len(), 1, "a Saturday night: the duty officer alone");
    assert!(first[0].address.starts_with("night@") && first[0].text.contains("后山滑坡"));
    office.now("2026-03-08 00:49");
    once(app).await.expect("a round");
    assert_eq!(mails(app, StaffMailKind::Urgent).await.len(), 1);
    office.now("2026-03-08 00:51");
    once(app).await.expect("a round");
    let second = mails(app, StaffMailKind::Urgent).await;
    let to: Vec<&str> = second[1..].iter().map(|m| m.address.as_str()).collect();
    assert_eq!(to.len(), 2, "the registrar too; it has no unit yet: {to:?}");

    let people = app.store.people().await.expect("people");
    let night = people
        .iter()
        .find(|p| p.login == "night")
        .expect("they are there")
        .id;
    let night = session::signed_in(app, night)
        .await
        .expect("a database")
        .expect("active")
        .staff;
    let view = desk::View::Urgent.filter(app, &night);
    let (seen, _) = desk::page(app, &night, &view, None).await.expect("a page");
    assert_eq!(seen.iter().map(|l| l.number).collect::<Vec<_>>(), [number]);
    let all = desk::View::All.filter(app, &night);
    let (seen, _) = desk::page(app, &night, &all, None).await.expect("a page");
    assert_eq!(seen.len(), 1, "nothing but what is urgent");
    assert!(desk::open(app, &night, calm).await.is_err());
    urge::take(app, &night, number).await.expect("taken on");
    office.now("2026-03-08 03:00");
    once(app).await.expect("a round");
    assert_eq!(
        mails(app, StaffMailKind::Urgent).await.len(),
        3,
        "it is taken"
    );
    assert_eq!(events(&office, number, EventKind::DutyTold).await.len(), 2);
    assert!(
        desk::open(app, &night, number).await.is_ok(),
        "they keep what they took"
    );
    let other = person(app, "other", Role::Duty, None).await;
    let other = session::signed_in(app, other)
        .await
        .expect("a database")
        .expect("active")
        .staff;
    assert!(
        desk::open(app, &other, number).await.is_err(),
        "it is in somebody's hands"
    );
    adds_up(&office).await;
}

#[tokio::test]
async fn the_accused_are_skipped_and_a_sealed_letter_keeps_its_words() {
    let mut office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let channels = app.store.channels().await.expect("channels");
    let sealed = channels.iter().find(|c| c.sealed).expect("the report box");
    let mut people = app.store.people().await.expect("people");
    let registrar = people
        .iter_mut()
        .find(|p| p.login == "registrar")
        .expect("one");
    registrar.cleared = vec![sealed.id];
    staff::save_person(app, None, registrar)
        .await
        .expect("saved");
    let registrar = session::signed_in(app, registrar.id)
        .await
        .expect("a database")
        .expect("active")
        .staff;
    office.registrar = registrar;
    let app = &office.app;
    let code = sealed.code.clone();
    let number = office.letter(&code, "举报某人").await;
    office.hand_over(number).await;
    let plain = office.letter(&code, "另一件").await;
    office.hand_over(plain).await;
    let by = &office.registrar;
    seal::name_party(app, by, number, Some("chief"), None)
        .await
        .expect("named");
    live(&office, "2026-03-02", 120).await;
    let told = events(&office, number, EventKind::Supervised).await;
    let chief = serde_json::json!(office.unit_leader.person_id);
    for event in &told {
        assert!(
            !event["told"].as_array().expect("a list").contains(&chief),
            "{event}"
        );
    }
    assert!(told.len() >= 4, "{told:?}");
    let all = mails(app, StaffMailKind::Daily).await;
    for mail in all.iter().chain(&mails(app, StaffMailKind::Weekly).await) {
        assert!(
            !mail.text.contains("举报") && !mail.text.contains("另一件"),
            "{}",
            mail.text
        );
        let reads = mail.address.starts_with("handler@") || mail.address.starts_with("registrar@");
        let named = mail.text.contains(&number.to_string());
        assert!(!named || reads, "{}: {}", mail.address, mail.text);
        if mail.address.starts_with("chief@") {
            assert!(
                !mail.text.contains("2件"),
                "the accused counts one: {}",
                mail.text
            );
        }
    }
    let head = daily(&office, "head").await;
    assert!(
        head.iter().any(|m| m.1.contains("不便列明的信件2件")),
        "{head:?}"
    );
    let chief = daily(&office, "chief").await;
    assert!(
        chief.iter().any(|m| m.1.contains("不便列明的信件1件")),
        "{chief:?}"
    );
    assert!(
        notices::fresh(app, &office.unit_leader)
            .await
            .expect("notices")
            .is_empty()
    );
}

#[tokio::test]
async fn a_circular_is_drafted_by_the_machine_and_issued_by_a_leader() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let late = office.letter("online-consultation", "规划许可").await;
    office.hand_over(late).await;
    let answered = office.letter("online-consultation", "已办").await;
    office.hand_over(answered).await;
    live(&office, "2026-03-25", 1).await;
    assign::take(app, &office.handler, answered, None)
        .await
        .expect("taken");
    answer::answer(app, &office.handler, answered, None, "答复", None)
        .await
        .expect("issued");
    assert!(circulars::list(app, &office.handler).await.is_err());
    let list = circulars::list(app, &office.head).await.expect("a list");
    assert_eq!(list.len(), 1, "{list:?}");
    let found = circulars::get(app, &office.head, list[0].id).await;
    let found = found.expect("a draft");
    assert_eq!((found.state, found.version), (CircularState::Draft, 2));
    assert!(found.text.contains(&late.to_string()), "{}", found.text);
    assert!(found.text.contains("现由handler办理"), "{}", found.text);
    assert!(
        circular::issue(app, &office.unit_leader, found.id, 2)
            .await
            .is_err()
    );
    let stale = circular::issue(app, &office.head, found.id, 1).await;
    assert!(matches!(
        stale,
        Err(crate::letters::Error::Conflict { current: 2 })
    ));
    circular::issue(app, &office.head, found.id, 2)
        .await
        .expect("issued");
    assert!(
        circular::issue(app, &office.head, found.id, 3)
            .await
            .is_err(),
        "once"
    );
    office.now("2026-04-20 10:00");
    let issued = circulars::get(app, &office.unit_leader, found.id)
        .await
        .expect("it went to them");
    assert_eq!(issued.text, found.text, "it stands as it is");
    live(&office, "2026-04-21", 1).await;
    let chief = daily(&office, "chief").await;
    assert!(
        chief
            .last()
            .expect("a mail")
            .1
            .contains("关于逾期未办结信件的通报")
    );
}

#[tokio::test]
async fn urged_with_a_sentence_stands_in_the_digest() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "规划许可").await;
    office.hand_over(number).await;
    urge::urge(app, &office.head, number, "请于今日回复来信人。")
        .await
        .expect("urged");
    once(app).await.expect("a round");
    for who in ["handler", "chief"] {
        let mails = daily(&office, who).await;
        assert_eq!(mails.len(), 1, "{who}");
        assert!(
            mails[0].1.contains("head：请于今日回复来信人。"),
            "{}",
            mails[0].1
        );
    }
    let new = notices::fresh(app, &office.handler).await.expect("notices");
    assert_eq!(
        (new[0].topic, new[0].words.as_str()),
        (Topic::Urged, "请于今日回复来信人。")
    );
}

#[tokio::test]
async fn leaders_have_the_week_on_its_first_workday() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "规划许可").await;
    office.hand_over(number).await;
    live(&office, "2026-03-02", 14).await;
    let all = mails(app, StaffMailKind::Weekly).await;
    let days: Vec<_> = all
        .iter()
        .map(|m| app.day_of(m.created_at).to_string())
        .collect();
    assert_eq!(
        days,
        ["2026-03-02", "2026-03-02", "2026-03-09", "2026-03-09"]
    );
    let last = &all.last().expect("one").text;
    assert!(
        last.contains("耕保处：在办1件，其中逾期0件、临期1件"),
        "{last}"
    );
}

#[tokio::test]
async fn two_who_both_believe_they_hold_the_lease_tell_once() {
    let office = office("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "规划许可").await;
    office.hand_over(number).await;
    let second = App::open_with(
        app.config.clone(),
        office.clock.clone(),
        std::sync::Arc::new(SystemEntropy),
    );
    let second = second.await.expect("it opens");
    office.now("2026-03-16 09:00");
    let id = letter(&office, number).await.id;
    let scene = supervise::Scene::load(app).await.expect("a scene");
    let (a, b) = tokio::join!(
        supervise::letter(app, &scene, id),
        supervise::letter(&second, &scene, id)
    );
    assert_eq!(a.expect("a") + b.expect("b"), 3);
    let people = &scene.people;
    for person in people {
        let (a, b) = tokio::join!(
            crate::letters::digest::write(app, &scene, person, None),
            crate::letters::digest::write(&second, &scene, person, None)
        );
        assert!(!(a.expect("a") && b.expect("b")), "{}", person.login);
    }
    assert_eq!(daily(&office, "handler").await.len(), 1);
    let (a, b) = tokio::join!(once(app), once(&second));
    assert_eq!(a.expect("a") + b.expect("b"), 0);
    adds_up(&office).await;
}

/// Dice that fall the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Letters come in all the time; some are answered, some lie. Every stage once, at its hour; one
/// digest a person a day.
async fn simulate(from: &str, days: i64, letters: u64) {
    let office = office(&format!("{from} 08:00")).await;
    let app = &office.app;
    let start = app.now();
    let mut dice = Dice(20_260_301);
    let per_round = |round: i64| {
        letters * (round as u64 + 1) / (days as u64 * 8)
            - letters * round as u64 / (days as u64 * 8)
    };
    let mut waiting: Vec<(Timestamp, LetterNumber)> = Vec::new();
    let mut all = Vec::new();
    for round in 0..days * 8 {
        let at =
            start + (round * 3).hours() + i64::try_from(dice.below(50)).expect("small").minutes();
        office.clock.set(at);
        for n in 0..per_round(round) {
            let number = office
                .letter("online-consultation", &format!("{round}-{n}"))
                .await;
            office.hand_over(number).await;
            all.push(number);
            // Two in three are answered within three weeks, the others lie.
            if dice.below(3) > 0 {
                let hours = i64::try_from(dice.below(21 * 24)).expect("small").hours();
                waiting.push((at + hours, number));
            }
        }
        let (due, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(t, _)| *t <= at);
        waiting = rest;
        for (_, number) in due {
            assign::take(app, &office.handler, number, None)
                .await
                .expect("taken");
            draft::note(app, &office.handler, number, "在办")
                .await
                .expect("a note");
            let issued = answer::answer(app, &office.handler, number, None, "答复", None).await;
            issued.expect("issued");
        }
        // Three days off in every thirty: nobody looks.
        if round / 8 % 30 > 2 {
            once(app).await.expect("a round");
        }
    }
    check(&office, &all).await;
}

async fn check(office: &Office, all: &[LetterNumber]) {
    let app = &office.app;
    let law = app.law();
    let mut told = 0;
    for number in all {
        let letter = letter(office, *number).await;
        let events = app.store.events(&letter).await.expect("events");
        let mut seen = std::collections::BTreeSet::new();
        for e in events
            .iter()
            .filter(|e| e.event.kind == EventKind::Supervised)
        {
            let stage = e.event.data["stage"].as_str().expect("a stage").to_owned();
            let obligation = e.event.data["obligation"].as_i64().expect("an id");
            assert!(seen.insert((obligation, stage)), "{number}: twice");
            let at = app.zone.to_datetime(e.at());
            let hours = crate::domain::supervision::Hours::of("");
            assert!(hours.at_work(&law.calendar, at), "{number}: told at {at}");
            told += 1;
        }
        if letter.status.is_open()
            && letter
                .due()
                .is_some_and(|d| law.calendar.workdays_between(d, app.today()) > 15)
        {
            assert_eq!(stages(office, *number).await.len(), 4, "{number}");
        }
    }
    assert!(told as usize > all.len() / 2, "only {told}");
    let mut days: BTreeMap<(i64, String), u32> = BTreeMap::new();
    let mut digests = mails(app, StaffMailKind::Daily).await;
    digests.extend(mails(app, StaffMailKind::Weekly).await);
    for mail in digests {
        *days
            .entry((mail.person_id, app.day_of(mail.created_at).to_string()))
            .or_default() += 1;
        let at = app.zone.to_datetime(mail.created_at);
        let hours = crate::domain::supervision::Hours::of("");
        assert!(hours.at_work(&law.calendar, at), "mail at {at}");
    }
    assert!(days.values().all(|n| *n == 1), "at most one a person a day");
    adds_up(office).await;
}

#[tokio::test]
async fn three_months_with_three_hundred_letters() {
    simulate("2026-01-05", 90, 300).await;
}

#[tokio::test]
#[ignore = "a year with 10,000 letters: minutes"]
async fn a_year_with_ten_thousand_letters() {
    simulate("2025-01-06", 365, 10_000).await;
}
