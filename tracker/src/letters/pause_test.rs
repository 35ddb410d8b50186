//! Of every rule and every cause that it allows, mail, desk, /track and API say the same.

use jiff::civil::Date;
use notifier::{Notice, Notification, Office};

use super::{notice, told};
use crate::{
    domain::{
        rules::{Allowed, Effect, Halt},
        words::Language,
    },
    letters::word,
    packs::built_in,
};

/// Words that hold only where a clock goes on, and only where a term begins anew.
fn contrary(language: Language) -> (&'static [&'static str], &'static [&'static str]) {
    match language {
        Language::Chinese => (&["继续计算"], &["重新计算", "重新起算"]),
        Language::English => (&["goes on", "go on"], &["anew"]),
    }
}

fn mail(language: Language, allowed: Allowed, basis: &str) -> String {
    let office = Office {
        name: "回音".into(),
        organiser: "省自然资源厅".into(),
        phone: String::new(),
        track_url: "https://letters.test/track".into(),
    };
    let mail = Notification::Notice(Notice {
        office: &office,
        number: "2026-000001-X",
        writer_name: "王五",
        kind: notice(allowed.effect),
        ground: "请写明所需信息的名称",
        text: &told(language, allowed, basis),
        issued_on: Date::constant(2026, 3, 2),
        neutral: false,
    });
    let language = crate::letters::announce::language(language);
    notifier::render(&mail, language).unwrap().text
}

#[test]
fn no_place_says_what_another_denies() {
    let mut seen = 0;
    for rule in built_in().all() {
        for allowed in &rule.suspensions {
            for language in [Language::Chinese, Language::English] {
                let basis = match language {
                    Language::Chinese => &rule.basis_zh,
                    Language::English => &rule.basis_en,
                };
                let restarts = allowed.effect == Effect::Restart;
                let (goes_on, anew) = contrary(language);
                let (right, wrong) = if restarts {
                    (anew, goes_on)
                } else {
                    (goes_on, anew)
                };
                let mail = mail(language, *allowed, basis);
                let said = mail.replace(basis.as_str(), "");
                let places = [
                    said.as_str(),
                    &word(language, "goes_on", allowed.goes_on()),
                    &word(language, "resume", allowed.effect.code()),
                ];
                for place in places {
                    let about = format!("{} {}: {place}", rule.id, allowed.kind);
                    assert!(right.iter().any(|w| place.contains(w)), "{about}");
                    assert!(!wrong.iter().any(|w| place.contains(w)), "{about}");
                }
                assert!(mail.contains(basis.as_str()), "{mail}");
                assert_eq!(mail.matches("请写明所需信息的名称").count(), 1, "{mail}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}

/// 补正 begins the term anew (政府信息公开条例 2019, art. 30), consulting others does not (art. 33),
/// a hearing neither (信访条例; 信访工作条例).
#[test]
fn the_rules_are_what_the_articles_say() {
    let effect = |rule: &str, kind| built_in().get(rule, 1).and_then(|r| r.halt(kind));
    let foi = "cn.foi2019.answer.20wd";
    assert_eq!(effect(foi, Halt::Correction), Some(Effect::Restart));
    assert_eq!(effect(foi, Halt::ThirdParty), Some(Effect::Pause));
    assert_eq!(effect(foi, Halt::OtherOrgan), Some(Effect::Pause));
    for rule in built_in().all() {
        for allowed in &rule.suspensions {
            let anew = matches!(allowed.kind, Halt::Correction | Halt::Fee);
            let expected = if anew { Effect::Restart } else { Effect::Pause };
            assert_eq!(allowed.effect, expected, "{}", rule.id);
        }
    }
}
