use super::*;

const HEAD: &str = "id = \"ours\"\ntitle = { zh = \"本厅\", en = \"Ours\" }\n";

const RULE: &str = r#"
[[rule]]
id = "ours.advice.10wd"
version = 1
applies = { class = ["advice"] }
obligation = "answer"
term = { length = 10, unit = "workday" }
starts = "received"
counts = true
met-by = ["answer", "notice"]
basis = { zh = "本厅规定", en = "Our own" }
certainty = "own"
"#;

fn pack(rules: &str, golden: &str) -> Result<Pack, Vec<PackFault>> {
    let file = |name: &str, text: &str| PackFile {
        name: name.into(),
        text: text.into(),
    };
    Pack::parse(&[
        file("pack.toml", HEAD),
        file("ours.toml", rules),
        file("golden.csv", golden),
    ])
}

const GOLDEN: &str = "rule,from,suspend,extend,due_on,reason\n";

/// The one fault of a pack with a text of its rule replaced.
fn fault(from: &str, to: &str) -> PackFault {
    assert!(RULE.contains(from));
    let mut faults = pack(&RULE.replacen(from, to, 1), GOLDEN).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn what_is_left_out_has_a_default() {
    let pack = pack(RULE, GOLDEN).unwrap();
    let rule = &pack.rules[0];
    assert!(rule.rolls && !rule.needs_writer && rule.extension.is_none());
    assert_eq!(rule.from, jiff::civil::Date::MIN);
    assert_eq!(rule.stages, Rule::usual_stages());
    assert_eq!((rule.pack.as_str(), pack.id.as_str()), ("ours", "ours"));
}

#[test]
fn faults_name_file_rule_and_field() {
    for (from, to, field, hint) in [
        ("starts", "start", "", "unknown field `start`"),
        (
            "\"received\"",
            "\"recieved\"",
            "starts",
            "received, confirmed",
        ),
        (
            "\"workday\"",
            "\"week\"",
            "term.unit",
            "workday, day, month",
        ),
        ("length = 10", "length = 0", "term.length", "over before"),
        (
            "[\"advice\"]",
            "[\"advise\"]",
            "applies.class[0]",
            "consultation",
        ),
        ("version = 1", "version = 0", "version", "begin with 1"),
        (
            "met-by = [\"answer\", \"notice\"]",
            "met-by = []",
            "met-by",
            "at least one",
        ),
        ("zh = \"本厅规定\"", "zh = \"\"", "basis", "both languages"),
        ("version = 1", "version = 1\nto = 2020-13-01", "", ""),
        (
            "version = 1",
            "version = 1\nfrom = 2020-02-01\nto = 2020-01-01",
            "to",
            "before it begins",
        ),
        (
            "{ class = [\"advice\"] }",
            "{ route = [\"duty\"] }",
            "applies.route",
            "claim",
        ),
    ] {
        let found = fault(from, to);
        let words = found.to_string();
        assert!(words.starts_with("ours.toml"), "{words}");
        assert!(words.contains(hint), "{words}");
        if !hint.is_empty() {
            assert_eq!(found.rule.as_deref(), Some("ours.advice.10wd"), "{words}");
        }
        if !field.is_empty() {
            assert_eq!(found.field.as_deref(), Some(field), "{words}");
        }
    }
}

#[test]
fn months_take_no_suspension_and_stages_go_in_order() {
    let month = RULE.replace("workday\" }", "month\" }")
        + "suspensions = [{ kind = \"hearing\", effect = \"pause\" }]\n";
    let words = pack(&month, GOLDEN).unwrap_err()[0].to_string();
    assert!(
        words.contains("suspensions") && words.contains("months"),
        "{words}"
    );
    let stages = RULE.to_owned()
        + "stages = [{ stage = \"urge\", workdays = 1 }, { stage = \"remind\", workdays = 2 }]\n";
    let words = pack(&stages, GOLDEN).unwrap_err()[0].to_string();
    assert!(words.contains("stages"), "{words}");
}

#[test]
fn versions_neither_repeat_nor_overlap() {
    let twice = format!("{RULE}{RULE}");
    let words = pack(&twice, GOLDEN).unwrap_err()[0].to_string();
    assert!(words.contains("stands twice"), "{words}");
    let second = RULE.replace("version = 1", "version = 2\nfrom = 2026-01-01");
    let words = pack(&format!("{RULE}{second}"), GOLDEN).unwrap_err()[0].to_string();
    assert!(words.contains("hold on the same days"), "{words}");
    let first = RULE.replace("version = 1", "version = 1\nto = 2025-12-31");
    assert_eq!(
        pack(&format!("{first}{second}"), GOLDEN)
            .unwrap()
            .rules
            .len(),
        2
    );
}

#[test]
fn a_golden_case_needs_a_reason_and_tells_its_line() {
    let good = format!("{GOLDEN}ours.advice.10wd,2026-03-02,,,2026-03-16,普通日\n");
    assert_eq!(pack(RULE, &good).unwrap().golden.len(), 1);
    for (row, hint) in [
        ("ours.advice.10wd,2026-03-02,,,2026-03-16,", "reason"),
        ("ours.advice.10wd,2026-02-30,,,2026-03-16,x", "from: "),
        (
            "ours.advice.10wd,2026-03-02,nonsense,,2026-03-16,x",
            "nonsense",
        ),
    ] {
        let faults = pack(RULE, &format!("{GOLDEN}{row}\n")).unwrap_err();
        let words = faults[0].to_string();
        assert!(words.starts_with("golden.csv, line 2"), "{words}");
        assert!(words.contains(hint), "{words}");
    }
}

#[test]
fn text_that_is_no_toml_and_a_pack_without_a_head_are_told() {
    let words = pack("[[rule]]\nid = ", GOLDEN).unwrap_err()[0].to_string();
    assert!(
        words.contains("ours.toml") && words.contains("line 2"),
        "{words}"
    );
    let words = Pack::parse(&[]).unwrap_err()[0].to_string();
    assert!(
        words.contains("pack.toml") && words.contains("missing"),
        "{words}"
    );
    let words = pack("[rule]\nid = \"x\"\n", GOLDEN).unwrap_err()[0].to_string();
    assert!(words.contains("two brackets"), "{words}");
}
