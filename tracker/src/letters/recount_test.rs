//! Due dates counted anew: a year announced, a rule put right.

use jiff::civil::Date;

use super::{accept, calendar, correct, end, recount};
use crate::{
    domain::{
        calendar::{Calendar, DayKind, Import, whole_year},
        event::EventKind,
        job::JobState,
        number::LetterNumber,
        rules::Rule,
        term::{Term, Unit},
        words::Class,
    },
    reading::reconcile::reconcile,
    store::{jobs::Job, letters::Letter},
    testing::Office,
};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A year that was made up: beside the days off by law 4 and 5 January, and Saturday the 9th is
/// worked.
const MADE_UP: &str = "2027-01-04,holiday,元旦\n2027-01-05,holiday,元旦\n\
                       2027-01-09,makeup_workday,元旦\n";

async fn letter(office: &Office, number: LetterNumber) -> Letter {
    let found = office.app.store.letter_for_writer(number).await;
    found.expect("a database").expect("a letter")
}

/// Does a job to its end.
async fn finish(office: &Office, job: &Job) -> Job {
    loop {
        let done = recount::slice(&office.app, job.id).await.expect("a slice");
        let done = done.expect("the job").job;
        if done.state == JobState::Ended {
            return done;
        }
    }
}

async fn moved_events(office: &Office, number: LetterNumber) -> Vec<serde_json::Value> {
    let letter = letter(office, number).await;
    let events = office.app.store.events(&letter).await.expect("events");
    let moved = events
        .into_iter()
        .filter(|e| e.event.kind == EventKind::DueMoved);
    moved.map(|e| e.event.data).collect()
}

async fn adds_up(office: &Office) {
    let found = reconcile(&office.app, &|_| ()).await.expect("a database");
    assert!(found.ok, "{:?}", found.differences);
}

fn import(more: &str) -> Import {
    let text = whole_year(2027, more);
    let import = Import::read(text.as_bytes()).expect("it reads");
    import.announcing(&[]).expect("it says its year")
}

#[tokio::test]
async fn a_year_that_is_announced_settles_what_was_provisional() {
    let office = Office::open("2026-12-25 10:00").await;
    let app = &office.app;
    let moving = office.letter("online-consultation", "年后到期").await;
    let closed = office.letter("online-consultation", "撤回了的").await;
    end::withdraw(app, &office.registrar, closed, None, "来信人要求")
        .await
        .expect("withdrawn");
    office.now("2026-12-18 10:00");
    let staying = office.letter("online-consultation", "年前到期").await;
    office.now("2027-01-04 10:00");
    let before = office.counted(moving).await;
    assert_eq!(before.due_on, day("2027-01-06"), "New Year is off by law");
    assert!(before.provisional);
    let closed_before = office.obligations(closed).await;
    let stays = office.counted(staying).await;

    let file = import(MADE_UP);
    let (change, preview) = calendar::preview(app, &file, false)
        .await
        .expect("a preview");
    assert_eq!(change.diff.published, [2027].into());
    assert_eq!(change.diff.added.len(), 16);
    let of_counted = |m: &&recount::Move| m.rule == before.rule;
    let dates: Vec<_> = preview.moves.keys().filter(of_counted).collect();
    assert_eq!(dates.len(), 1);
    assert_eq!(
        (dates[0].from, dates[0].to),
        (before.due_on, day("2027-01-08"))
    );
    assert_eq!(
        office.counted(moving).await,
        before,
        "a preview moves nothing"
    );

    let (_, job) = calendar::import(app, None, &file, false, "试")
        .await
        .expect("imported");
    let job = job.expect("something changes");
    assert!(app.law().calendar.published(2027));
    let done = finish(&office, &job).await;
    assert_eq!(done.moved, 1);
    assert_eq!(done.seen, i64::try_from(preview.open).expect("a few"));

    let after = office.counted(moving).await;
    assert_eq!(after.due_on, day("2027-01-08"));
    assert!(!after.provisional);
    assert_ne!(after.calendar_version, before.calendar_version);
    assert_eq!(
        letter(&office, moving).await.next_due_on,
        Some(after.due_on)
    );
    let told = moved_events(&office, moving).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["from"], "2027-01-06");
    assert_eq!(told[0]["to"], "2027-01-08");
    assert_eq!(told[0]["job"], job.id);
    assert_eq!(office.obligations(closed).await, closed_before);
    assert!(moved_events(&office, closed).await.is_empty());
    assert_eq!(office.counted(staying).await, stays);
    assert!(moved_events(&office, staying).await.is_empty());
    adds_up(&office).await;

    // The same once more changes nothing and needs no job.
    let (_, again) = calendar::import(app, None, &file, false, "试")
        .await
        .expect("imported");
    assert!(again.is_none());
}

#[tokio::test]
async fn a_date_that_stays_becomes_firm_without_a_word() {
    let office = Office::open("2026-12-25 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "不动的").await;
    let before = office.counted(number).await;
    assert!(before.provisional);
    let file = import("");
    let (_, preview) = calendar::preview(app, &file, false)
        .await
        .expect("a preview");
    assert!(preview.moves.is_empty() && preview.settled > 0);
    let (_, job) = calendar::import(app, None, &file, false, "试")
        .await
        .expect("imported");
    let done = finish(&office, &job.expect("a job")).await;
    assert_eq!(done.moved, 0);
    let after = office.counted(number).await;
    assert!(!after.provisional && after.due_on == before.due_on);
    assert!(moved_events(&office, number).await.is_empty());
    adds_up(&office).await;
}

#[tokio::test]
async fn a_rule_put_right_moves_what_is_open() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "咨询").await;
    let before = office.counted(number).await;
    let law = app.law();
    let version = u32::try_from(before.rule_version).expect("small");
    let rule = law
        .rules
        .get(&before.rule, version)
        .expect("its rule")
        .clone();
    let right = Rule {
        term: Term {
            length: rule.term.length + 3,
            unit: Unit::Workday,
        },
        basis_en: "as it should read".into(),
        ..rule.clone()
    };
    let newer = Rule {
        version: version + 1,
        from: day("2026-04-01"),
        ..right.clone()
    };
    let moves_nothing = correct::Correction::of(&law, &[rule.clone(), newer.clone()]);
    assert!(moves_nothing.changed.is_empty());
    assert_eq!(moves_nothing.new, [(rule.id.clone(), version + 1)]);
    let none = correct::correct(app, None, &[rule, newer], "无")
        .await
        .expect("a database");
    assert!(none.is_none());

    let correction = correct::Correction::of(&law, std::slice::from_ref(&right));
    let preview = correct::preview(app, &correction).await.expect("a preview");
    assert_eq!(preview.moved(), 1);
    let job = correct::correct(app, None, std::slice::from_ref(&right), "条文抄错").await;
    let job = job.expect("a database").expect("a job");
    let done = finish(&office, &job).await;
    assert_eq!((done.moved, done.reason.as_str()), (1, "条文抄错"));
    let after = office.counted(number).await;
    assert!(after.due_on > before.due_on);
    assert_eq!(after.term, right.term);
    assert_eq!(after.basis_en, "as it should read");
    assert_eq!(moved_events(&office, number).await.len(), 1);
    // Letters to come are counted by it too, also after a restart.
    let law = app.reload_law().await.expect("a database");
    assert_eq!(
        law.rules.get(&right.id, version).map(|r| r.term),
        Some(right.term)
    );
    let next = office.letter("online-consultation", "又一件").await;
    assert_eq!(office.counted(next).await.due_on, after.due_on);
    adds_up(&office).await;
}

#[tokio::test]
async fn a_start_that_is_only_assumed_is_put_right_with_its_rule() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let waiting = office.letter("e-petition", "尚未受理").await;
    let accepted = office.letter("e-petition", "已经受理").await;
    office.now("2026-03-04 10:00");
    let what = accept::Acceptance {
        class: Class::Claim,
        route: None,
        topic: None,
        place: None,
    };
    accept::accept(app, &office.registrar, accepted, None, what)
        .await
        .expect("accepted");
    let (before, begun) = (
        office.counted(waiting).await,
        office.counted(accepted).await,
    );
    assert_eq!(before.start_on, day("2026-03-17"), "receipt and 15 days");
    assert_eq!(before.due_on, day("2026-05-18"), "the 16th is a Saturday");
    assert_eq!(begun.start_on, day("2026-03-04"));

    let version = u32::try_from(before.rule_version).expect("small");
    let rule = app.law().rules.get(&before.rule, version).cloned();
    let right = Rule {
        until_started: Some(Term {
            length: 5,
            unit: Unit::Day,
        }),
        ..rule.expect("its rule")
    };
    let correction = correct::Correction::of(&app.law(), std::slice::from_ref(&right));
    assert_eq!(correction.changed.len(), 1);
    let preview = correct::preview(app, &correction).await.expect("a preview");
    let dates: Vec<_> = preview.moves.keys().map(|m| (m.from, m.to)).collect();
    assert_eq!(dates, [(before.due_on, day("2026-05-06"))]);
    let job = correct::correct(app, None, std::slice::from_ref(&right), "受理期限有误").await;
    let done = finish(&office, &job.expect("a database").expect("a job")).await;
    assert_eq!(done.moved, 1);
    let after = office.counted(waiting).await;
    assert_eq!(after.start_on, day("2026-03-07"));
    assert_eq!(after.due_on, day("2026-05-06"));
    assert!(after.start_assumed && after.provisional);
    assert_eq!(
        letter(&office, waiting).await.next_due_on,
        Some(after.due_on)
    );
    assert_eq!(office.counted(accepted).await, begun, "it had begun");
    let next = office.letter("e-petition", "以后的").await;
    assert_eq!(office.counted(next).await.start_on, day("2026-03-09"));
    adds_up(&office).await;
}

#[tokio::test]
async fn a_day_of_the_province_is_taken_away_again() {
    let office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "咨询").await;
    let plain = office.counted(number).await;
    assert_eq!(plain.due_on, day("2026-03-11"));
    let file = Import::read(
        "date,kind,name\n2026-03-03,holiday,三月三\n2026-03-04,holiday,三月三\n".as_bytes(),
    );
    let file = file.expect("it reads");
    let (_, job) = calendar::import(app, None, &file, true, "本省放假")
        .await
        .expect("imported");
    finish(&office, &job.expect("a job")).await;
    assert_eq!(office.counted(number).await.due_on, day("2026-03-13"));

    let dates = [day("2026-03-04"), day("2026-03-05")].into();
    let (change, preview) = calendar::preview_removal(app, &dates)
        .await
        .expect("a preview");
    assert_eq!((change.diff.removed.len(), preview.moved()), (1, 1));
    let moves: Vec<_> = preview.moves.keys().map(|m| (m.from, m.to)).collect();
    assert_eq!(moves, [(day("2026-03-13"), day("2026-03-12"))]);
    assert!(
        !app.law().calendar.is_workday(day("2026-03-04")),
        "a preview"
    );
    let (_, job) = calendar::remove(app, None, &dates, "录错一天")
        .await
        .expect("removed");
    let done = finish(&office, &job.expect("a job")).await;
    assert_eq!((done.moved, done.reason.as_str()), (1, "录错一天"));
    assert_eq!(office.counted(number).await.due_on, day("2026-03-12"));
    let moved = moved_events(&office, number).await;
    assert_eq!(moved.len(), 2);
    assert_eq!(
        (&moved[1]["from"], &moved[1]["to"]),
        (&"2026-03-13".into(), &"2026-03-12".into())
    );
    let again = calendar::remove(app, None, &dates, "再来")
        .await
        .expect("nothing");
    assert!(again.1.is_none(), "none of them is there any more");

    // The last one: the calendar is the state's again, also after a restart.
    let rest = [day("2026-03-03")].into();
    let (change, job) = calendar::remove(app, None, &rest, "不放假")
        .await
        .expect("removed");
    finish(&office, &job.expect("a job")).await;
    assert_eq!(change.to, Calendar::built_in().version());
    let law = app.reload_law().await.expect("a database");
    assert_eq!(law.calendar.version(), change.to);
    assert_eq!(office.counted(number).await.due_on, plain.due_on);
    adds_up(&office).await;
}

#[tokio::test]
async fn a_wrong_year_is_taken_back_as_a_whole_again_and_again() {
    let office = Office::open("2026-12-25 10:00").await;
    let app = &office.app;
    let number = office.letter("online-consultation", "年后到期").await;
    let before = office.counted(number).await;
    let version = app.law().calendar.version().to_owned();
    let wrong = import(MADE_UP);
    for round in 0..2 {
        let (_, job) = calendar::import(app, None, &wrong, false, "国办通知")
            .await
            .expect("imported");
        finish(&office, &job.expect("a job")).await;
        let settled = office.counted(number).await;
        assert_eq!(
            (settled.due_on, settled.provisional),
            (day("2027-01-08"), false)
        );

        let changes = app.store.calendar_changes().await.expect("changes");
        let id = changes[0].id;
        assert_eq!(id, round * 2 + 1);
        let (change, preview) = calendar::preview_undo(app, id).await.expect("a preview");
        assert_eq!(change.diff.withdrawn, [2027].into());
        assert_eq!(preview.moved(), 1);
        assert!(
            app.law().calendar.published(2027),
            "a preview changes nothing"
        );
        let (_, job) = calendar::undo(app, None, id, "导错了")
            .await
            .expect("undone");
        finish(&office, &job.expect("a job")).await;
        let back = office.counted(number).await;
        assert_eq!((back.due_on, back.provisional), (before.due_on, true));
        assert_eq!(app.law().calendar.version(), version);
        let again = calendar::undo(app, None, id, "再撤").await;
        assert!(again.is_err(), "once");
    }
    assert_eq!(
        moved_events(&office, number).await.len(),
        4,
        "history is kept"
    );
    let changes = app.store.calendar_changes().await.expect("changes");
    assert_eq!(changes.len(), 4);
    adds_up(&office).await;
}

#[tokio::test]
async fn what_lies_over_a_change_is_taken_back_first() {
    let office = Office::open("2026-12-25 10:00").await;
    let app = &office.app;
    let import_of = async |file: &Import, local: bool| {
        let done = calendar::import(app, None, file, local, "试").await;
        done.expect("imported");
        app.store.calendar_changes().await.expect("changes")[0].id
    };
    let wrong = import_of(&import(MADE_UP), false).await;
    let right = import_of(&import("2027-01-04,holiday,元旦\n"), false).await;
    let own = Import::read("2027-03-03,holiday,三月三\n".as_bytes()).expect("it reads");
    let local = import_of(&own, true).await;
    let undone = async |id: i64| calendar::undo(app, None, id, "撤").await.is_ok();
    assert!(!undone(wrong).await, "the year was imported anew after it");
    assert!(
        undone(right).await,
        "a day of the province's is none of its"
    );
    let kind = |text: &str| app.law().calendar.kind(day(text));
    assert!(kind("2027-01-05").name() == "元旦" && !kind("2027-01-05").works());
    assert!(undone(wrong).await);
    assert!(!app.law().calendar.published(2027));
    assert_eq!(kind("2027-01-01"), DayKind::Statutory("元旦".into()));
    assert_eq!(kind("2027-03-03").name(), "三月三", "it stays");
    assert!(undone(local).await);
    assert_eq!(kind("2027-03-03"), DayKind::Workday);
    // Undoing a removal brings the days back.
    let local = import_of(&own, true).await;
    let dates = [day("2027-03-03")].into();
    calendar::remove(app, None, &dates, "改了")
        .await
        .expect("removed");
    assert!(!undone(local).await, "the removal lies over it");
    let removal = app.store.calendar_changes().await.expect("changes")[0].id;
    assert!(undone(removal).await && !app.law().calendar.is_workday(day("2027-03-03")));
    assert!(undone(local).await);
}
