use super::*;
use crate::domain::{
    calendar::Calendar,
    rules::{Case, Rule, golden::Expects, table},
    words::{Class, Route, Source},
};
use jiff::civil::Date;
use proptest::prelude::*;

#[test]
fn the_built_in_pack_is_sound_and_every_rule_reads_back_as_written() {
    assert_eq!(built_in().faults(), []);
    for rule in built_in().all() {
        let back = Rule::from_toml(&rule.to_toml(), "cn").unwrap();
        assert_eq!(&back, rule, "{}", rule.to_toml());
    }
}

#[test]
fn golden_cases_come_out_and_cover_every_rule() {
    let cases = &cn().golden;
    let calendar = Calendar::built_in();
    let differences: Vec<_> = (cases.iter())
        .filter_map(|g| g.difference(built_in(), calendar))
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(cases.len() >= 200, "{} cases", cases.len());
    for rule in built_in().all() {
        let dated = cases.iter().any(|g| match &g.expects {
            Expects::Due { rule: id, .. } => *id == rule.id,
            Expects::Rules { .. } => false,
        });
        assert!(dated, "no due date of {}", rule.id);
        let chosen = cases.iter().any(|g| match &g.expects {
            Expects::Due { .. } => false,
            Expects::Rules { rules, .. } => rules.contains(&rule.id),
        });
        assert!(chosen, "no letter bound by {}", rule.id);
    }
}

#[test]
fn the_documentation_shows_the_table_that_the_rules_make() {
    let document = include_str!("../../docs/rules.md");
    let expected = table::markdown(&table::table(built_in(), Date::constant(2026, 1, 1)));
    let begin = "by a test -->\n";
    let shown = document.split_once(begin).map(|(_, rest)| rest);
    let shown = shown.and_then(|rest| rest.split_once("<!-- end of table -->"));
    let (shown, _) = shown.expect("the table's place in the document");
    assert_eq!(shown, expected, "docs/rules.md should hold:\n{expected}");
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

const HEAD: &str = "id = \"province\"\ntitle = { zh = \"省\", en = \"Province\" }\n";

/// The text of a rule of `cn`, changed.
fn changed(id: &str, change: impl Fn(&mut Rule)) -> String {
    let mut rule = built_in()
        .all()
        .iter()
        .find(|r| r.id == id)
        .unwrap()
        .clone();
    change(&mut rule);
    rule.to_toml()
}

#[test]
fn a_folder_laid_over_replaces_by_id_and_adds_versions() {
    let id = "cn.57.consultation.7wd";
    let stricter = changed(id, |r| r.term.length = 5);
    let one = folder(&[("pack.toml", HEAD), ("ours.toml", &stricter)]);
    let laid = lay(&[one.path().to_owned()]).unwrap();
    assert_eq!(laid.get(id, 1).unwrap().term.length, 5);
    assert_eq!(laid.get(id, 1).unwrap().pack, "province");
    assert_eq!(laid.all().len(), built_in().all().len());

    let from = Date::constant(2027, 1, 1);
    let next = changed(id, |r| (r.version, r.from, r.term.length) = (2, from, 3));
    let two = folder(&[("pack.toml", HEAD), ("ours.toml", &next)]);
    let laid = lay(&[one.path().to_owned(), two.path().to_owned()]).unwrap();
    assert_eq!(
        laid.get(id, 1).unwrap().to,
        Some(Date::constant(2026, 12, 31))
    );
    assert_eq!(laid.named(id, from).unwrap().term.length, 3);
    assert_eq!(
        laid.named(id, from.yesterday().unwrap())
            .unwrap()
            .term
            .length,
        5
    );
}

#[test]
fn a_pack_that_leaves_letters_without_a_clock_is_refused() {
    let id = "cn.own.default.15wd";
    let ended = changed(id, |r| r.to = Some(Date::constant(2026, 1, 1)));
    let dir = folder(&[("pack.toml", HEAD), ("ours.toml", &ended)]);
    let error = lay(&[dir.path().to_owned()]).unwrap_err().to_string();
    assert!(error.contains("counts for every letter"), "{error}");
}

#[test]
fn a_missing_folder_is_named() {
    let error = lay(&["no/such/pack".into()]).unwrap_err().to_string();
    assert!(
        error.contains("no/such/pack") && error.contains("rule_packs"),
        "{error}"
    );
}

#[test]
fn the_pack_for_bodies_of_discipline_lies_over() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/discipline");
    let pack = read(&dir).unwrap();
    let calendar = Calendar::built_in();
    let golden = pack.golden.clone();
    assert!(golden.len() >= pack.rules.len());
    let laid = lay(&[dir]).unwrap();
    for case in &golden {
        assert_eq!(case.difference(&laid, calendar), None);
    }
}

proptest! {
    #[test]
    fn every_letter_has_exactly_one_obligation_that_counts(
        class in prop::sample::select(Class::ALL),
        route in prop::option::of(prop::sample::select(Route::ALL)),
        source in prop::sample::select(Source::ALL),
        channel in prop::sample::select(&["director-mailbox", "report-box", "proposal", "new"][..]),
        day in 0i64..20_000,
        reachable: bool,
    ) {
        use jiff::ToSpan as _;
        let received_on = Date::constant(1990, 1, 1).checked_add(day.days()).unwrap();
        let case = Case { class, route, channel, source, received_on, reachable };
        let owed = built_in().owed(&case);
        prop_assert_eq!(owed.iter().filter(|r| r.counts).count(), 1);
        prop_assert!(owed[0].counts);
        prop_assert!(reachable || owed.iter().all(|r| !r.needs_writer));
        prop_assert!(class == Class::Consultation || owed.iter().all(|r| !r.id.starts_with("cn.57")));
    }
}
