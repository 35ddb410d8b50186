//! Every word that a template or a source asks for stands in both languages, and none stands there
//! unused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The keys of a words file with their texts. The files hold nothing but nested keys and quoted
/// texts, so that the shape is checked here as well.
fn keys(language: &str) -> BTreeMap<String, String> {
    let path = root().join("locales").join(format!("{language}.yml"));
    let mut found = BTreeMap::new();
    let mut parents: Vec<&str> = Vec::new();
    let text = fs::read_to_string(&path).unwrap();
    for line in text
        .lines()
        .filter(|l| !l.starts_with('#') && !l.starts_with("_version"))
    {
        let level = (line.len() - line.trim_start().len()) / 2;
        let (key, value) = line
            .trim()
            .split_once(':')
            .unwrap_or_else(|| panic!("{line:?}"));
        parents.truncate(level);
        if value.is_empty() {
            parents.push(key);
        } else {
            let value = value
                .trim()
                .strip_prefix('"')
                .and_then(|v| v.strip_suffix('"'));
            let path = [parents.as_slice(), &[key]].concat().join(".");
            let value = value.unwrap_or_else(|| panic!("{path} is not quoted"));
            assert!(
                found.insert(path.clone(), value.to_owned()).is_none(),
                "{path} stands twice"
            );
        }
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All templates and sources below `folder`, this file excepted.
fn texts(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, into);
        } else if path.file_name().is_some_and(|name| name != "words_test.rs") {
            into.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// What stands between `.name("` and the next quote, wherever that occurs. A call broken over
/// lines is found too.
fn asked<'a>(text: &'a str, name: &str, into: &mut BTreeSet<&'a str>) {
    for (at, call) in text.match_indices(&format!(".{name}(")) {
        let inside = text[at + call.len()..].trim_start();
        if let Some((key, _)) = inside
            .strip_prefix('"')
            .and_then(|rest| rest.split_once('"'))
        {
            into.insert(key);
        }
    }
}

#[test]
fn both_languages_have_every_word_and_no_other() {
    let (chinese, english) = (keys("zh-CN"), keys("en"));
    let mut sources = Vec::new();
    texts(&root().join("templates"), &mut sources);
    texts(&root().join("src"), &mut sources);

    let (mut plain, mut counted, mut families) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for text in &sources {
        for name in ["t", "t1", "t2", "t3"] {
            asked(text, name, &mut plain);
        }
        asked(text, "tn", &mut counted);
        asked(text, "word", &mut families);
        asked(text, "choices", &mut families);
    }
    let mut wanted: BTreeSet<String> = plain.iter().map(ToString::to_string).collect();
    for key in counted {
        wanted.extend([format!("{key}.one"), format!("{key}.other")]);
    }

    let mut faults = Vec::new();
    for (language, words) in [("zh-CN", &chinese), ("en", &english)] {
        faults.extend(
            wanted
                .iter()
                .filter(|k| !words.contains_key(*k))
                .map(|k| format!("{language}: no {k}")),
        );
        for family in &families {
            if !words
                .keys()
                .any(|key| key.starts_with(&format!("{family}.")))
            {
                faults.push(format!("{language}: no family {family}"));
            }
        }
        for key in words.keys() {
            let family = key.split('.').next().unwrap_or(key);
            if !wanted.contains(key) && !families.contains(family) {
                faults.push(format!("{language}: {key} is never asked for"));
            }
        }
    }
    for key in chinese.keys().chain(english.keys()) {
        match (chinese.get(key), english.get(key)) {
            (Some(zh), Some(en)) => {
                if places(zh) != places(en) {
                    faults.push(format!("{key} fills different places"));
                }
                if zh.trim().is_empty() || en.trim().is_empty() {
                    faults.push(format!("{key} is empty"));
                }
            }
            _ => faults.push(format!("{key} stands in one language only")),
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The places that a text fills, without the number: one is often written out.
fn places(text: &str) -> BTreeSet<&str> {
    text.split("%{")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .filter(|p| *p != "n")
        .collect()
}

#[test]
fn pages_carry_no_script_and_no_style_of_their_own() {
    let mut templates = Vec::new();
    texts(&root().join("templates"), &mut templates);
    for text in &templates {
        for banned in [
            "<script",
            " style=",
            "javascript:",
            " onclick",
            " onchange",
            "|safe",
        ] {
            assert!(!text.contains(banned), "{banned} in {text:.80}");
        }
    }
}

#[test]
fn every_form_that_posts_carries_what_csrf_needs() {
    let mut templates = Vec::new();
    texts(&root().join("templates"), &mut templates);
    for text in &templates {
        let forms = text.matches("method=\"post\"").count();
        let starts = text.matches("{{ act::start(").count();
        if forms + starts == 0 || text.contains("{% macro") {
            continue;
        }
        let marks =
            text.matches("parts/csrf.html").count() + text.matches("parts/step.html").count();
        // The macro that begins the letter's forms is written once and used many times.
        let wanted = if starts > 0 { starts } else { forms };
        assert_eq!(marks, wanted, "a form without its marks in {text:.200}");
    }
}

/// The codes of faults that hold what was found, and so cannot be listed.
fn calendar_faults() -> Vec<String> {
    let source = fs::read_to_string(root().join("src/domain/calendar/fault.rs")).unwrap();
    let codes = source.lines().filter_map(|l| l.split_once(" => \""));
    let codes = codes.map(|(_, rest)| format!("calendar-{}", rest.trim_end_matches("\",")));
    let codes: Vec<_> = codes.collect();
    assert!(codes.len() > 10, "{codes:?}");
    codes
}

#[test]
fn every_code_of_the_domain_has_its_words() {
    use crate::domain::access::{Function, Role};
    use crate::domain::event::EventKind;
    use crate::domain::obligation::ObligationKind;
    use crate::domain::rules::{Certainty, Decider, Effect, Halt, Meets, Stage, Starts};
    use crate::domain::status::Status;
    use crate::domain::words::{
        CircularState, Class, Discard, Fate, Kind, MessageKind, OutboxState, Route, Service,
        Source, Topic, UrgentBy,
    };
    use crate::reading::overview::COUNTED;

    fn codes<T: ToString>(all: &[T]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }
    let views = COUNTED.iter().map(|v| v.code().to_owned()).collect();
    let families = [
        ("role", codes(Role::ALL)),
        ("role_does", codes(Role::ALL)),
        ("function", codes(Function::ALL)),
        ("function_does", codes(Function::ALL)),
        ("event", codes(EventKind::ALL)),
        ("obligation", codes(ObligationKind::ALL)),
        ("status", codes(Status::ALL)),
        ("class", codes(Class::ALL)),
        ("fate", codes(Fate::ALL)),
        ("discard", codes(Discard::ALL)),
        ("kind", codes(Kind::ALL)),
        ("message", codes(MessageKind::ALL)),
        ("delivery", codes(OutboxState::ALL)),
        ("route", codes(Route::ALL)),
        ("medium", codes(Service::ALL)),
        ("source", codes(Source::ALL)),
        ("starts", codes(Starts::ALL)),
        ("decider", codes(Decider::ALL)),
        ("halt", codes(Halt::ALL)),
        ("effect", codes(Effect::ALL)),
        ("certainty", codes(Certainty::ALL)),
        ("meets", codes(Meets::ALL)),
        ("stage", codes(Stage::ALL)),
        ("urgent_why", codes(UrgentBy::ALL)),
        ("topic", codes(Topic::ALL)),
        ("circular_state", codes(CircularState::ALL)),
        ("view", views),
        ("fault", calendar_faults()),
    ];
    let words = keys("en");
    for (family, codes) in families {
        for code in codes {
            assert!(
                words.contains_key(&format!("{family}.{code}")),
                "{family}.{code}"
            );
        }
    }
}
