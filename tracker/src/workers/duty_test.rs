//! Urgent letters in numbers: a flood is a handful of calls, and each letter stands in one of them.

use jiff::ToSpan;

use super::{
    supervision::once,
    supervision_test::{adds_up, events, letter, mails, office},
};
use crate::{
    app::App,
    clock::SystemEntropy,
    domain::{event::EventKind, number::LetterNumber, words::StaffMailKind},
    letters::{duty, seal, session, staff, supervise::Scene, urge},
    store::staff_mail::StaffMail,
    testing::{Office, at},
};

const CHANNEL: &str = "online-consultation";

/// The calls that somebody had.
async fn calls(office: &Office, to: &str) -> Vec<StaffMail> {
    let all = mails(&office.app, StaffMailKind::Urgent).await;
    let to = format!("{to}@");
    all.into_iter()
        .filter(|m| m.address.starts_with(&to))
        .collect()
}

/// In how many of some calls a letter is named.
fn named(calls: &[StaffMail], number: LetterNumber) -> usize {
    let number = number.to_string();
    calls.iter().filter(|m| m.text.contains(&number)).count()
}

async fn flood(office: &Office, n: usize) -> Vec<LetterNumber> {
    let mut all = Vec::new();
    for i in 0..n {
        all.push(office.letter(CHANNEL, &format!("第{i}处滑坡")).await);
    }
    all
}

#[tokio::test]
async fn a_flood_of_urgent_letters_is_a_handful_of_calls() {
    let office = office("2026-03-07 23:50").await;
    let app = &office.app;
    let mut all = vec![office.letter(CHANNEL, "后山滑坡，有人被困").await];
    once(app).await.expect("a round");
    let first = calls(&office, "night").await;
    assert_eq!(first.len(), 1, "the first calls at once");
    assert!(first[0].text.contains("后山滑坡"), "{}", first[0].text);

    let start = at("2026-03-07 23:51");
    for minute in 0..8 {
        office.clock.set(start + minute.minutes());
        all.extend(flood(&office, 63).await);
        once(app).await.expect("a round");
    }
    assert_eq!(all.len(), 505);
    assert_eq!(calls(&office, "night").await.len(), 1, "they are gathered");
    let people = app.store.people().await.expect("people");
    let night = people.iter().find(|p| p.login == "night").expect("one").id;
    let night = session::signed_in(app, night).await.expect("a database");
    let night = night.expect("active").staff;
    urge::take(app, &night, all[7]).await.expect("taken on");

    office.now("2026-03-08 00:00");
    once(app).await.expect("a round");
    once(app).await.expect("a round");
    let two = calls(&office, "night").await;
    assert_eq!(two.len(), 2, "one call for all of them");
    assert_eq!(two[1].subject, "【紧急】503件信件请立即处置");
    assert!(two[1].text.contains("在线咨询"), "{}", two[1].text);
    assert!(!two[1].text.contains("滑坡"), "no word of any letter");
    for (i, number) in all.iter().enumerate() {
        let once = usize::from(i != 7);
        assert_eq!(named(&two, *number), once, "letter {i}");
        assert_eq!(events(&office, *number, EventKind::DutyTold).await.len(), 1);
    }

    office.now("2026-03-08 00:51");
    once(app).await.expect("a round");
    once(app).await.expect("a round");
    for who in ["night", "registrar"] {
        let reminder = calls(&office, who).await;
        let reminder = reminder.last().expect("a reminder");
        assert_eq!(reminder.subject, "【紧急】504件信件请立即处置", "{who}");
        assert!(reminder.text.contains("第2次通知"));
    }
    assert_eq!(calls(&office, "night").await.len(), 3);
    assert_eq!(calls(&office, "registrar").await.len(), 1);
    office.now("2026-03-08 01:49");
    once(app).await.expect("a round");
    assert_eq!(
        calls(&office, "night").await.len(),
        3,
        "not within the hour"
    );
    assert_eq!(events(&office, all[9], EventKind::DutyTold).await.len(), 2);
    adds_up(&office).await;
}

#[tokio::test]
async fn what_comes_after_everything_was_taken_calls_at_once() {
    let office = office("2026-03-08 02:00").await;
    let app = &office.app;
    let first = office.letter(CHANNEL, "前山滑坡").await;
    once(app).await.expect("a round");
    let people = app.store.people().await.expect("people");
    let night = people.iter().find(|p| p.login == "night").expect("one").id;
    let night = session::signed_in(app, night).await.expect("a database");
    urge::take(app, &night.expect("active").staff, first)
        .await
        .expect("taken on");
    office.now("2026-03-08 02:03");
    let second = office.letter(CHANNEL, "后山滑坡").await;
    once(app).await.expect("a round");
    let all = calls(&office, "night").await;
    assert_eq!(all.len(), 2, "nothing that they were called for waits");
    assert_eq!(named(&all, second), 1);
}

#[tokio::test]
async fn a_call_that_was_cut_short_is_made_by_whoever_comes_next_and_once() {
    let office = office("2026-03-08 02:00").await;
    let app = &office.app;
    let all = flood(&office, 3).await;
    let scene = Scene::load(app).await.expect("a scene");
    // The process dies after two letters were recorded and before anybody was called.
    for number in &all[..2] {
        let id = letter(&office, *number).await.id;
        assert!(duty::tell(app, &scene, id).await.expect("told"));
        assert!(!duty::tell(app, &scene, id).await.expect("once"));
    }
    assert!(calls(&office, "night").await.is_empty());
    let second = App::open_with(
        app.config.clone(),
        office.clock.clone(),
        std::sync::Arc::new(SystemEntropy),
    );
    let second = second.await.expect("it opens");
    let night = scene.people.iter().find(|p| p.login == "night");
    let night = night.expect("one");
    let (a, b) = tokio::join!(
        duty::call(app, &scene, night),
        duty::call(&second, &scene, night)
    );
    assert!(a.expect("a") != b.expect("b"), "one of two calls");
    once(&second).await.expect("a round");
    office.now("2026-03-08 02:10");
    once(&second).await.expect("a round");
    let made = calls(&office, "night").await;
    assert_eq!(made.len(), 2);
    for number in &all {
        assert_eq!(named(&made, *number), 1);
        assert_eq!(events(&office, *number, EventKind::DutyTold).await.len(), 1);
    }
}

#[tokio::test]
async fn a_sealed_letter_gives_a_gathered_call_its_number_alone() {
    let mut office = office("2026-03-08 02:00").await;
    let app = &office.app;
    let channels = app.store.channels().await.expect("channels");
    let report_box = channels.iter().find(|c| c.sealed).expect("the report box");
    let (code, name) = (report_box.code.clone(), report_box.name_zh.clone());
    let mut people = app.store.people().await.expect("people");
    let registrar = people.iter_mut().find(|p| p.login == "registrar");
    let registrar = registrar.expect("one");
    registrar.cleared = vec![report_box.id];
    staff::save_person(app, None, registrar)
        .await
        .expect("saved");
    let cleared = session::signed_in(app, registrar.id)
        .await
        .expect("a database");
    office.registrar = cleared.expect("active").staff;
    let app = &office.app;

    let sealed = office.letter(&code, "某人盗采，山体滑坡").await;
    let open = office.letter(CHANNEL, "后山滑坡").await;
    let accusing = office.letter(&code, "值班员隐瞒滑坡").await;
    seal::name_party(app, &office.registrar, accusing, Some("night"), None)
        .await
        .expect("named");
    once(app).await.expect("a round");
    let made = calls(&office, "night").await;
    assert_eq!(made.len(), 1);
    assert_eq!((named(&made, sealed), named(&made, open)), (1, 1));
    assert_eq!(
        named(&made, accusing),
        0,
        "whoever it accuses hears nothing"
    );
    let text = &made[0].text;
    assert!(text.contains("在线咨询"), "{text}");
    assert!(!text.contains("滑坡") && !text.contains(&name), "{text}");
    let reader = calls(&office, "registrar").await;
    assert_eq!(reader.len(), 1);
    assert_eq!((named(&reader, sealed), named(&reader, accusing)), (1, 1));
}
