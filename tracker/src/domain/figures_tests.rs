//! The identity over random histories, and the exact quantiles.

use proptest::prelude::*;

use super::*;

const DAY: Date = Date::constant(2026, 3, 2);

fn facts(status: Status, due: i64, unit: Option<i64>, met: Option<Met>) -> Facts {
    use jiff::ToSpan as _;
    Facts {
        dimensions: Dimensions {
            received_on: DAY,
            channel_id: 1,
            unit_id: unit,
            class: None,
            topic: None,
            place: None,
            sealed: false,
        },
        status,
        due_on: DAY.checked_add(due.days()).unwrap(),
        met,
        undelivered: false,
        reclassified: false,
        reopened: false,
    }
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let status = prop::sample::select(Status::ALL.to_vec());
    let met = prop::option::of((any::<bool>(), 0u32..40, 0u32..60).prop_map(
        |(in_time, workdays, days)| Met {
            in_time,
            workdays,
            days,
        },
    ));
    (status, 0i64..90, prop::option::of(1i64..4), met)
        .prop_map(|(status, due, unit, met)| facts(status, due, unit, met))
}

proptest! {
    #[test]
    fn figures_are_the_sum_over_letters_and_add_up(
        histories in prop::collection::vec(prop::collection::vec(any_facts(), 1..6), 1..20),
        today in 0i64..120,
    ) {
        use jiff::ToSpan as _;
        let today = DAY.checked_add(today.days()).unwrap();
        let (mut folded, mut direct) = (Sheet::default(), Sheet::default());
        for history in &histories {
            let mut before = None;
            for after in history {
                for d in delta(before, after) {
                    folded.add(d.measure, d.bucket, i64::from(d.n));
                }
                before = Some(after);
            }
            for (measure, bucket) in contribution(history.last().unwrap()) {
                direct.add(measure, bucket, 1);
            }
        }
        let figures = folded.figures(today);
        prop_assert_eq!(&figures, &direct.figures(today));
        prop_assert!(figures.adds_up(), "{:?}", figures);
        prop_assert_eq!(figures.received + figures.invalid, histories.len() as i64);
    }
}

#[test]
fn a_step_that_moves_nothing_appends_nothing() {
    let received = facts(Status::Received, 7, None, None);
    assert_eq!(delta(Some(&received), &received), []);
    let moved = delta(Some(&received), &facts(Status::Assigned, 7, Some(2), None));
    assert!(moved.iter().all(|d| d.n.abs() == 1));
    assert_eq!(moved.iter().map(|d| d.n).sum::<i32>(), 0);
}

#[test]
fn overdue_turns_at_midnight_without_a_step() {
    let mut sheet = Sheet::default();
    for (measure, bucket) in contribution(&facts(Status::Working, 7, None, None)) {
        sheet.add(measure, bucket, 1);
    }
    let due = Date::constant(2026, 3, 9);
    assert_eq!(sheet.figures(due).open_overdue, 0);
    let next = sheet.figures(due.tomorrow().unwrap());
    assert_eq!((next.open_overdue, next.unmet_due), (1, 1));
    assert_eq!(next.on_time_rate, Some(0.0));
}

#[test]
fn quantiles_are_exact_and_rates_null_without_letters() {
    let mut sheet = Sheet::default();
    assert_eq!(sheet.figures(DAY).answer_rate, None);
    assert_eq!(sheet.figures(DAY).median_days, None);
    for days in 1..=10 {
        sheet.add(Measure::Days, days, 1);
    }
    assert_eq!(sheet.figures(DAY).median_days, Some(5));
    assert_eq!(sheet.figures(DAY).p90_days, Some(9));
}

#[test]
fn a_rate_is_cut_the_same_wherever_it_is_shown() {
    for (part, whole, shown) in [
        (2, 3, "66.6%"),
        (986, 1_000, "98.6%"),
        (9_996, 10_000, "99.9%"),
        (999_999, 1_000_000, "99.9%"),
        (1, 1, "100%"),
        (0, 7, "0.0%"),
        (1, 8, "12.5%"),
    ] {
        let exact = rate(part, whole).unwrap();
        assert_eq!(percent(exact), shown, "{part} of {whole}");
    }
    // Every share of a thousand is itself.
    for n in 0..=1_000 {
        assert_eq!(per_mille(rate(n, 1_000).unwrap()), n);
    }
}
