use super::*;
use crate::domain::rules::Rule;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn on(due: &str, today: &str) -> Vec<Stage> {
    reached(
        Calendar::built_in(),
        &Rule::usual_stages(),
        day(due),
        day(today),
    )
}

#[test]
fn stages_are_counted_in_workdays() {
    use Stage::{Circular, Remind, Supervise, Urge};
    // Due on Friday, 2026-11-20.
    let due = "2026-11-20";
    assert_eq!(on(due, "2026-11-17"), []);
    assert_eq!(on(due, "2026-11-18"), [Remind]);
    assert_eq!(
        on(due, "2026-11-22"),
        [Remind],
        "a Sunday is no workday late"
    );
    assert_eq!(on(due, "2026-11-23"), [Remind, Urge]);
    assert_eq!(on(due, "2026-11-25"), [Remind, Urge, Supervise]);
    assert_eq!(on(due, "2026-12-04"), [Remind, Urge, Supervise, Circular]);
}

#[test]
fn holidays_and_made_up_saturdays_count_as_they_should() {
    // 国庆 2026: 1 to 7 October closed, Saturday 10 October at work.
    assert_eq!(on("2026-09-30", "2026-10-07"), [Stage::Remind]);
    assert_eq!(on("2026-09-30", "2026-10-08"), [Stage::Remind, Stage::Urge]);
    let third = on("2026-09-30", "2026-10-10");
    assert_eq!(
        third.last(),
        Some(&Stage::Supervise),
        "8, 9 and the Saturday"
    );
}

#[test]
fn the_next_look_is_the_day_a_stage_is_reached() {
    let (calendar, stages) = (Calendar::built_in(), Rule::usual_stages());
    for due in [
        "2026-11-20",
        "2026-09-30",
        "2026-02-15",
        "2026-10-08",
        "2026-11-22",
    ] {
        let due = day(due);
        let mut today = due.checked_sub(20.days()).unwrap();
        let last = due.checked_add(40.days()).unwrap();
        let mut look = None;
        let mut before = 0;
        while today < last {
            let now = reached(calendar, &stages, due, today).len();
            let announced = look == Some(today);
            assert!(
                now == before || announced,
                "{due}: {today} was not announced"
            );
            before = now;
            look = next_look(calendar, &stages, due, today);
            today = today.tomorrow().unwrap();
        }
        assert_eq!((before, look), (4, None));
    }
}

#[test]
fn hours_are_kept_on_workdays() {
    let (calendar, hours) = (Calendar::built_in(), Hours::of(USUAL_HOURS));
    let at = |text: &str| hours.at_work(calendar, text.parse().unwrap());
    assert!(at("2026-11-20T09:00:00") && at("2026-11-20T17:29:59"));
    assert!(!at("2026-11-20T08:59:59") && !at("2026-11-20T12:00:00"));
    assert!(!at("2026-11-20T17:30:00") && !at("2026-11-21T10:00:00"));
    assert!(at("2026-10-10T10:00:00"), "a made-up Saturday");
    assert!(!at("2026-10-02T10:00:00"), "a holiday");
}

#[test]
fn hours_that_cannot_be_read_are_the_usual_ones() {
    for odd in [
        "",
        "always",
        "9-17",
        "17:00-09:00",
        "09:00-12:00;13:00-17:00",
        "09:00-25:00",
    ] {
        assert_eq!(Hours::of(odd), Hours::of(USUAL_HOURS), "{odd:?}");
    }
    assert_eq!(
        Hours::of(" 8:30 - 12:00，14:00-24:00 ").begin(),
        Time::constant(8, 30, 0, 0)
    );
}

const HANDLER: i64 = 1;
const LIAISON: i64 = 2;
const CHIEF: i64 = 3;
const BUREAU: i64 = 4;
const PORTFOLIO: i64 = 5;
const LEADER: i64 = 6;
const REGISTRAR: i64 = 7;
const CLEARED: i64 = 8;

/// A unit (10) in a bureau (20); the portfolio is set on the bureau.
fn house() -> House {
    let person = |id, unit_id, role| Colleague {
        id,
        unit_id,
        roles: vec![role],
        cleared: if id == CLEARED { vec![4] } else { Vec::new() },
    };
    let post = |unit_id, parent_id, leader_id, liaison_id, overseer_id| Post {
        unit_id,
        parent_id,
        leader_id,
        liaison_id,
        overseer_id,
    };
    House {
        posts: vec![
            post(10, Some(20), Some(CHIEF), Some(LIAISON), None),
            post(20, None, Some(BUREAU), None, Some(PORTFOLIO)),
        ],
        people: vec![
            person(HANDLER, Some(10), Role::Handler),
            person(LIAISON, Some(10), Role::Liaison),
            person(CHIEF, Some(10), Role::UnitLeader),
            person(BUREAU, Some(20), Role::UnitLeader),
            person(PORTFOLIO, None, Role::Leader),
            person(LEADER, None, Role::Leader),
            person(REGISTRAR, None, Role::Registrar),
            person(CLEARED, None, Role::Registrar),
        ],
    }
}

fn paper() -> Paper {
    Paper {
        unit_id: Some(10),
        handler_id: Some(HANDLER),
        ..Paper::default()
    }
}

#[test]
fn the_chain_grows_with_the_stage() {
    let (house, paper) = (house(), paper());
    assert_eq!(house.told(&paper, Stage::Remind), [HANDLER]);
    assert_eq!(house.told(&paper, Stage::Urge), [HANDLER, CHIEF]);
    for stage in [Stage::Supervise, Stage::Circular] {
        assert_eq!(house.told(&paper, stage), [HANDLER, CHIEF, PORTFOLIO]);
    }
}

#[test]
fn whoever_holds_the_paper_is_asked() {
    let house = house();
    let nobody = Paper {
        handler_id: None,
        ..paper()
    };
    assert_eq!(house.holders(&nobody), [LIAISON]);
    assert_eq!(house.holders(&Paper::default()), [REGISTRAR, CLEARED]);
    let asked = Paper {
        deciders: vec![LEADER],
        ..paper()
    };
    assert_eq!(house.told(&asked, Stage::Remind), [HANDLER, LEADER]);
    let leaving = Paper {
        sending: true,
        ..asked
    };
    assert_eq!(house.told(&leaving, Stage::Remind), [HANDLER]);
}

#[test]
fn an_empty_place_is_filled_from_above() {
    let mut house = house();
    house.people.retain(|p| ![CHIEF, PORTFOLIO].contains(&p.id));
    assert_eq!(house.told(&paper(), Stage::Urge), [HANDLER, BUREAU]);
    assert_eq!(
        house.told(&paper(), Stage::Supervise),
        [HANDLER, BUREAU, LEADER]
    );
    house.people.retain(|p| p.id != BUREAU);
    assert_eq!(house.told(&paper(), Stage::Urge), [HANDLER, LEADER]);
}

#[test]
fn the_accused_are_passed_over_and_the_next_above_hears() {
    let house = house();
    let accused = |persons: &[i64], units: &[i64]| Paper {
        accused: persons.to_vec(),
        accused_units: units.to_vec(),
        ..paper()
    };
    assert_eq!(
        house.told(&accused(&[CHIEF], &[]), Stage::Urge),
        [HANDLER, BUREAU]
    );
    assert_eq!(
        house.told(&accused(&[CHIEF, BUREAU, PORTFOLIO], &[]), Stage::Supervise),
        [HANDLER, LEADER]
    );
    // The unit itself: nobody of it hears, its bureau does.
    assert_eq!(
        house.told(&accused(&[], &[10]), Stage::Supervise),
        [BUREAU, PORTFOLIO]
    );
    // The bureau: nobody of it or under it hears.
    let paper = accused(&[], &[20]);
    assert_eq!(
        house.told(&paper, Stage::Urge),
        [PORTFOLIO, REGISTRAR, CLEARED]
    );
    for person in [HANDLER, LIAISON, CHIEF, BUREAU] {
        assert!(house.accuses(&paper, person));
    }
}

#[test]
fn a_sealed_paper_is_asked_after_at_those_who_read_it() {
    let house = house();
    let sealed = Paper {
        sealed: Some(4),
        ..paper()
    };
    assert_eq!(house.told(&sealed, Stage::Urge), [HANDLER, CHIEF]);
    assert!(house.reads(&sealed, HANDLER) && house.reads(&sealed, CLEARED));
    assert!(!house.reads(&sealed, CHIEF) && !house.reads(&sealed, REGISTRAR));
    let unassigned = Paper {
        sealed: Some(4),
        ..Paper::default()
    };
    assert_eq!(house.holders(&unassigned), [CLEARED]);
    let elsewhere = Paper {
        sealed: Some(9),
        ..Paper::default()
    };
    assert_eq!(
        house.holders(&elsewhere),
        [REGISTRAR, CLEARED],
        "they learn that there is one"
    );
}

#[test]
fn the_week_opens_on_its_first_workday() {
    let calendar = Calendar::built_in();
    assert!(opens_week(calendar, day("2026-11-23")));
    assert!(!opens_week(calendar, day("2026-11-24")));
    assert!(
        opens_week(calendar, day("2026-10-08")),
        "after 国庆, a Thursday"
    );
    assert_eq!(monday(day("2026-10-08")), day("2026-10-05"));
}
