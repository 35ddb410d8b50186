//! What was registered wrongly is put right: every date with it, the number not, and the figures
//! of the days before as they were told then.

use jiff::civil::Date;

use super::{Error, amend, amend::Amendment, answer, reclassify};
use crate::{
    domain::{
        event::EventKind,
        figures::Figures,
        number::LetterNumber,
        words::{Class, MessageKind},
    },
    reading::{
        reconcile::reconcile,
        statistics::{self, Question},
        track,
    },
    store::{figures::GroupBy, letters::Letter},
    testing::Office,
};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

async fn letter(office: &Office, number: LetterNumber) -> Letter {
    let found = office.app.store.letter_for_writer(number).await;
    found.expect("a database").expect("a letter")
}

async fn put_right(
    office: &Office,
    number: LetterNumber,
    what: Amendment,
) -> super::Result<Letter> {
    let (app, by) = (&office.app, &office.registrar);
    amend::amend(app, by, number, None, &what, "录入时看错").await
}

fn received(on: &str) -> Amendment {
    Amendment {
        received_on: Some(day(on)),
        ..Amendment::default()
    }
}

async fn told(office: &Office, number: LetterNumber) -> Vec<String> {
    let letter = letter(office, number).await;
    let all = office.app.store.messages(&letter).await.expect("messages");
    let words = all.iter().filter(|m| m.kind == MessageKind::Progress);
    words.map(track::told).collect()
}

async fn figures(office: &Office, from: &str, to: &str, at: Option<&str>) -> Figures {
    let question = Question {
        from: Some(day(from)),
        to: Some(day(to)),
        by: GroupBy::Channel,
    };
    let app = &office.app;
    let table = match at {
        None => statistics::table(app, question).await,
        Some(at) => statistics::past(app, question, crate::testing::at(at)).await,
    };
    let table = table.expect("figures");
    assert!(table.identity_holds, "{table:?}");
    table.total
}

async fn agrees(office: &Office) {
    let found = reconcile(&office.app, &|_| ()).await.expect("a database");
    assert!(found.ok, "{:#?}", found.differences);
}

#[tokio::test]
async fn the_true_day_moves_what_is_owed_and_the_figures_with_it() {
    let office = Office::open("2026-03-10 10:00").await;
    let number = office.letter("online-consultation", "道路").await;
    office.hand_over(number).await;
    let wrong = office.counted(number).await;
    office.now("2026-03-11 10:00");
    let right = put_right(&office, number, received("2026-03-04")).await;
    let right = right.expect("put right");
    assert_eq!(
        (right.number, right.received_on),
        (number, day("2026-03-04"))
    );
    let owed = office.counted(number).await;
    assert_eq!((owed.id, owed.start_on), (wrong.id, day("2026-03-04")));
    assert!(owed.due_on < wrong.due_on, "{owed:?}");
    assert_eq!(right.next_due_on, Some(owed.due_on));
    let words = told(&office, number).await;
    assert_eq!(words.len(), 1, "{words:?}");
    assert!(words[0].contains("登记信息有误"), "{words:?}");
    assert!(!words[0].contains("看错"), "{words:?}");
    let first = office.app.store.messages(&right).await.expect("messages");
    assert_eq!(office.app.day_of(first[0].at), day("2026-03-04"));

    let now = figures(&office, "2026-03-04", "2026-03-04", None).await;
    assert_eq!((now.received, now.open_overdue + now.open_not_due), (1, 1));
    let there = figures(&office, "2026-03-10", "2026-03-10", None).await;
    assert_eq!(there.received, 0);
    let then = Some("2026-03-10 12:00");
    let past = figures(&office, "2026-03-10", "2026-03-10", then).await;
    assert_eq!(past.received, 1, "as it was known then");
    let past = figures(&office, "2026-03-04", "2026-03-04", then).await;
    assert_eq!(past.received, 0, "as it was known then");
    agrees(&office).await;
}

#[tokio::test]
async fn a_wrong_day_made_nothing_late() {
    let office = Office::open("2026-03-10 10:00").await;
    let number = office.letter("online-consultation", "道路").await;
    // A slip: entered as of last year.
    let sure = Amendment {
        sure_of: Some(day("2025-01-05")),
        ..received("2025-01-05")
    };
    put_right(&office, number, sure).await.expect("put right");
    office.hand_over(number).await;
    let (app, by) = (&office.app, &office.registrar);
    let class = Class::Claim;
    let done = reclassify::reclassify(app, by, number, None, class, None, "看错").await;
    done.expect("reclassified");
    let late = office.counted(number).await;
    assert!(late.late_since.is_some(), "{late:?}");
    put_right(&office, number, received("2026-03-09"))
        .await
        .expect("put right");
    let owed = office.counted(number).await;
    assert_eq!(owed.late_since, None, "{owed:?}");
    assert!(owed.due_on > day("2026-04-01"), "{owed:?}");

    // What was answered by then was answered in time, by the day that is true.
    let taken = super::assign::take(app, &office.handler, number, None).await;
    taken.expect("taken");
    let answered = answer::answer(app, &office.handler, number, None, "答复", Vec::new()).await;
    answered.expect("answered");
    office.now("2026-03-12 10:00");
    put_right(&office, number, received("2026-01-05"))
        .await
        .expect("put right");
    let met = office.counted(number).await;
    assert_eq!(
        met.in_time,
        Some(met.due_on >= day("2026-03-10")),
        "{met:?}"
    );
    let now = figures(&office, "2026-01-05", "2026-01-05", None).await;
    assert_eq!((now.answered(), now.received), (1, 1));
    let then = Some("2026-03-11 12:00");
    let past = figures(&office, "2026-03-09", "2026-03-09", then).await;
    assert_eq!((past.answered_in_time, past.received), (1, 1));
    agrees(&office).await;
}

#[tokio::test]
async fn channel_name_and_contact() {
    let office = Office::open("2026-03-10 10:00").await;
    let number = office.letter("online-consultation", "道路").await;
    let what = Amendment {
        channel: Some("e-petition".into()),
        name: Some("王武".into()),
        email: Some("wangwu@example.org".into()),
        phone: Some(String::new()),
        ..Amendment::default()
    };
    let right = put_right(&office, number, what.clone())
        .await
        .expect("put right");
    let store = &office.app.store;
    let writer = store.writer(&right).await.expect("a writer").words;
    assert_eq!(
        (writer.name.as_str(), writer.address.as_str()),
        ("王武", "某市某区某路1号")
    );
    assert_eq!(writer.email, "wangwu@example.org");
    let channel = store.channels().await.expect("channels");
    let channel = channel.iter().find(|c| c.id == right.channel_id);
    assert_eq!(channel.expect("one").code, "e-petition");
    let rule = office.counted(number).await.rule;
    assert!(rule.starts_with("cn.xf"), "{rule}");
    let events = store.events(&right).await.expect("a history");
    let last = events.last().expect("one");
    assert_eq!(last.event.kind, EventKind::Corrected);
    let (data, note) = (
        last.event.data.to_string(),
        last.note.clone().expect("words"),
    );
    assert!(
        note.contains("王五 → 王武") && note.contains("录入时看错"),
        "{note}"
    );
    for word in ["王五", "王武", "example"] {
        assert!(
            !data.contains(word),
            "the chain holds no words of a person: {data}"
        );
    }
    let again = put_right(&office, number, what).await;
    assert!(
        matches!(again, Err(Error::Rule("nothing-corrected"))),
        "{again:?}"
    );
    agrees(&office).await;
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let office = Office::open("2026-03-10 10:00").await;
    let number = office.letter("online-consultation", "道路").await;
    let other = |channel: &str| Amendment {
        channel: Some(channel.into()),
        ..Amendment::default()
    };
    let mail = Amendment {
        email: Some("nobody".into()),
        ..Amendment::default()
    };
    let cases = [
        (received("2026-03-11"), "after-seen"),
        (received("1926-03-10"), "long-ago"),
        (received("2025-03-09"), "long-ago"),
        (other("report-box"), "other-seal"),
        (other("nowhere"), "unknown"),
        (mail, "not-an-address"),
    ];
    for (what, code) in cases {
        let refused = put_right(&office, number, what).await;
        let Err(Error::Fields(faults)) = refused else {
            panic!("{code}: {refused:?}");
        };
        assert_eq!(faults[0].code, code);
    }
    let (app, by, what) = (&office.app, &office.handler, received("2026-03-09"));
    let denied = amend::amend(app, by, number, None, &what, "看错").await;
    assert!(
        matches!(denied, Err(Error::Denied(_) | Error::NotFound)),
        "{denied:?}"
    );
    assert_eq!(letter(&office, number).await.version, 1);
}
