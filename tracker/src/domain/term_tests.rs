//! The published vectors, and an independent count day by day.

use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn due(length: u32, unit: Unit, from: &str) -> Derivation {
    derive(
        Calendar::built_in(),
        Term { length, unit },
        date(from),
        &[],
        0,
    )
    .unwrap()
}

#[test]
fn workdays_skip_holidays_and_count_make_up_days() {
    for (from, length, expected) in [
        ("2017-09-29", 5, "2017-10-12"),
        ("2017-09-29", 15, "2017-10-26"),
        ("2017-09-29", 20, "2017-11-02"),
        ("2017-01-25", 7, "2017-02-09"),
        ("2020-01-20", 10, "2020-02-11"),
        ("2024-09-30", 5, "2024-10-12"),
        ("2026-02-13", 15, "2026-03-12"),
        ("2026-09-18", 10, "2026-10-09"),
    ] {
        assert_eq!(
            due(length, Unit::Workday, from).due_on,
            date(expected),
            "{from} + {length}"
        );
    }
}

#[test]
fn natural_days_roll_to_the_next_workday() {
    for (from, length, nominal, rolled) in [
        ("2017-09-20", 15, "2017-10-05", "2017-10-09"),
        ("2017-08-05", 60, "2017-10-04", "2017-10-09"),
        ("2026-01-31", 15, "2026-02-15", "2026-02-24"),
    ] {
        let derived = due(length, Unit::Day, from);
        assert_eq!(derived.nominal_on, date(nominal));
        assert_eq!(derived.due_on, date(rolled));
    }
}

#[test]
fn months_end_on_the_same_day_or_the_last() {
    assert_eq!(
        due(3, Unit::Month, "2025-11-30").nominal_on,
        date("2026-02-28")
    );
    assert_eq!(
        due(1, Unit::Month, "2026-03-31").nominal_on,
        date("2026-04-30")
    );
    let suspended = [Suspension {
        from: date("2026-01-01"),
        to: date("2026-01-02"),
    }];
    let term = Term {
        length: 1,
        unit: Unit::Month,
    };
    assert_eq!(
        derive(
            Calendar::built_in(),
            term,
            date("2026-01-01"),
            &suspended,
            0
        ),
        Err(TermError::MonthSuspended)
    );
}

#[test]
fn unannounced_years_are_provisional_and_the_end_of_time_is_an_error() {
    assert!(due(60, Unit::Day, "2026-11-23").provisional);
    assert!(!due(7, Unit::Workday, "2026-11-23").provisional);
    assert!(due(30, Unit::Workday, "2026-11-23").provisional);
    let unrolled = |unit| {
        let term = Term { length: 3, unit };
        let from = date("2026-12-30");
        derive_by(Calendar::built_in(), term, from, &[], 0, false)
    };
    // 2027-03-30 and 2027-01-02, a Saturday: whatever is announced, they stand.
    assert!(!unrolled(Unit::Month).unwrap().provisional);
    assert!(!unrolled(Unit::Day).unwrap().provisional);
    assert!(unrolled(Unit::Workday).unwrap().provisional);
    // Rolling asks about the last days alone: the first of 2004 lay in a year that is not known.
    assert!(!due(1, Unit::Month, "2003-12-30").provisional);
    let term = Term {
        length: 30,
        unit: Unit::Day,
    };
    assert_eq!(
        derive(Calendar::built_in(), term, Date::MAX, &[], 0),
        Err(TermError::Beyond)
    );
    let absurd = Term {
        length: 4_000_000_000,
        unit: Unit::Day,
    };
    assert!(derive(Calendar::built_in(), absurd, date("2026-01-01"), &[], 0).is_err());
}

/// Counts without looking at how [`derive`] does it.
fn naive(unit: Unit, length: u32, from: Date, pauses: &[Suspension]) -> Date {
    let calendar = Calendar::built_in();
    let paused = |d: Date| pauses.iter().any(|p| (p.from..=p.to).contains(&d));
    let mut day = from;
    for _ in 0..length {
        loop {
            day = day.tomorrow().unwrap();
            if !paused(day) && (unit == Unit::Day || calendar.is_workday(day)) {
                break;
            }
        }
    }
    while unit == Unit::Day && (!calendar.is_workday(day) || paused(day)) {
        day = day.tomorrow().unwrap();
    }
    day
}

proptest! {
    #[test]
    fn agrees_with_an_independent_count(
        start in 0i64..7_900,
        length in 0u32..90,
        extension in 0u32..30,
        days in any::<bool>(),
        pauses in prop::collection::vec((0i64..60, 0i64..20), 0..3),
    ) {
        let from = date("2004-01-01").checked_add(start.days()).unwrap();
        let unit = if days { Unit::Day } else { Unit::Workday };
        let pauses: Vec<Suspension> = pauses
            .into_iter()
            .map(|(after, long)| {
                let from = from.checked_add(after.days()).unwrap();
                Suspension { from, to: from.checked_add(long.days()).unwrap() }
            })
            .collect();
        let term = Term { length, unit };
        let derived = derive(Calendar::built_in(), term, from, &pauses, extension).unwrap();
        prop_assert_eq!(derived.due_on, naive(unit, length + extension, from, &pauses));
        let counted = derived.days.iter().filter(|d| d.counted).count();
        prop_assert_eq!(counted, (length + extension) as usize);
    }

    #[test]
    fn rolling_never_shortens_and_more_time_never_ends_earlier(
        start in 0i64..7_900,
        length in 0u32..90,
        extension in 0u32..30,
        unit in prop::sample::select(Unit::ALL),
        pauses in prop::collection::vec((0i64..60, 0i64..20), 0..3),
    ) {
        let from = date("2004-01-01").checked_add(start.days()).unwrap();
        let pauses = pauses.into_iter().map(|(after, long)| {
            let from = from.checked_add(after.days()).unwrap();
            Suspension { from, to: from.checked_add(long.days()).unwrap() }
        });
        let mut pauses: Vec<Suspension> = pauses.collect();
        if unit == Unit::Month {
            pauses.clear();
        }
        let calendar = Calendar::built_in();
        let count = |pauses: &[Suspension], extension| {
            derive(calendar, Term { length, unit }, from, pauses, extension).unwrap()
        };
        let derived = count(&pauses, extension);
        prop_assert!(derived.nominal_on <= derived.due_on);
        prop_assert!(derived.due_on <= count(&pauses, extension + 1).due_on);
        if let Some((_, fewer)) = pauses.split_last() {
            prop_assert!(count(fewer, extension).due_on <= derived.due_on);
            prop_assert!(count(fewer, extension).nominal_on <= derived.nominal_on);
        }
        // Each day from day 0 to the due day stands in the explanation, once.
        let days: Vec<Date> = derived.days.iter().map(|d| d.date).collect();
        prop_assert!(days.windows(2).all(|w| w[0].tomorrow().is_ok_and(|d| d == w[1])));
        prop_assert_eq!(days.first(), Some(&from));
        prop_assert_eq!(days.last(), Some(&derived.due_on));
    }
}
