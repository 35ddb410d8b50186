//! A rule in words, as `huiyin rules show` and the log of a correction tell it.

use jiff::civil::Date;

use super::{Applies, Effect, Lengthening, Rule, StageAt, Starts};
use crate::domain::{
    term::{Term, Unit},
    words::{Class, Route, Source},
};

/// A rule, line by line: what is said about, and what is said.
#[must_use]
pub fn all(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut out = vec![
        (
            "rule",
            format!("{} v{} (pack {})", rule.id, rule.version, rule.pack),
        ),
        ("in force", format!("letters received {}", in_force(rule))),
        ("binds", binds(rule)),
        ("owed", owed(rule)),
        ("term", clock(rule)),
        ("met by", codes(rule.met_by.iter().map(super::Meets::code))),
    ];
    out.push(("stops", suspensions(rule)));
    out.push(("extension", extension(rule)));
    out.push(("supervised", stages(&rule.stages)));
    out.push(("basis", rule.basis_zh.clone()));
    out.push(("", rule.basis_en.clone()));
    out.push(("certainty", certainty(rule)));
    out
}

/// When letters must have been received: `2022-05-01..`.
#[must_use]
pub fn in_force(rule: &Rule) -> String {
    let from = if rule.from == Date::MIN {
        String::new()
    } else {
        rule.from.to_string()
    };
    match (from.as_str(), rule.to) {
        ("", None) => "always".into(),
        (from, None) => format!("{from}.."),
        (from, Some(to)) => format!("{from}..{to}"),
    }
}

/// `7 workdays`.
#[must_use]
pub fn term(term: Term) -> String {
    quantity(term.length, term.unit)
}

fn quantity(length: u32, unit: Unit) -> String {
    let s = if length == 1 { "" } else { "s" };
    format!("{length} {unit}{s}")
}

fn codes<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn binds(rule: &Rule) -> String {
    let Applies {
        class,
        route,
        channel,
        source,
    } = &rule.applies;
    let parts = [
        ("class", codes(class.iter().map(Class::code))),
        ("route", codes(route.iter().map(Route::code))),
        ("channel", codes(channel.iter().map(String::as_str))),
        ("source", codes(source.iter().map(Source::code))),
    ];
    let named = parts.iter().filter(|(_, codes)| !codes.is_empty());
    let named: Vec<String> = named
        .map(|(what, codes)| format!("{what} {codes}"))
        .collect();
    match named.as_slice() {
        [] => "every letter".into(),
        some => some.join("; "),
    }
}

fn owed(rule: &Rule) -> String {
    let counts = if rule.counts {
        "counted in the figures where no narrower rule is"
    } else {
        "beside what is counted"
    };
    let writer = if rule.needs_writer {
        "; only to a writer who can be told"
    } else {
        ""
    };
    format!("{}, {counts}{writer}", rule.obligation)
}

fn clock(rule: &Rule) -> String {
    let assumed = match rule.until_started {
        Some(t) => format!(" (assumed {} after receipt until it happens)", term(t)),
        None => String::new(),
    };
    let rolls = match (rule.rolls, rule.term.unit) {
        (_, Unit::Workday) => "",
        (true, _) => "; a last day on which offices are closed rolls to the next workday",
        (false, _) => "; does not roll",
    };
    let start = match rule.starts {
        Starts::Received => "receipt",
        Starts::Confirmed => "the day on which both sides confirm receipt",
        Starts::Accepted => "acceptance",
        Starts::Answered => "the answer",
        Starts::Closed => "the conclusion",
        Starts::Requested => "the day on which it is asked for",
    };
    format!("{} from {start}{assumed}{rolls}", term(rule.term))
}

fn suspensions(rule: &Rule) -> String {
    let all = rule.suspensions.iter().map(|a| match a.effect {
        Effect::Pause => format!("{} pauses it", a.kind),
        Effect::Restart => format!("{} restarts it", a.kind),
    });
    match all.collect::<Vec<_>>().as_slice() {
        [] => "nothing stops it".into(),
        some => some.join(", "),
    }
}

fn extension(rule: &Rule) -> String {
    let Some(Lengthening {
        times,
        at_most,
        decided_by,
        notice,
    }) = &rule.extension
    else {
        return "none".into();
    };
    let often = match times {
        1 => "once".to_owned(),
        n => format!("{n} times"),
    };
    let told = if *notice { ", the writer told" } else { "" };
    let much = quantity(*at_most, rule.term.unit);
    format!("{often}, at most {much} in all, decided by {decided_by}{told}")
}

fn stages(stages: &[StageAt]) -> String {
    let all = stages.iter().map(|s| match s.workdays {
        0 => format!("{} on the due day", s.stage),
        n => {
            let length = n.unsigned_abs();
            let side = if n < 0 { "before" } else { "after" };
            format!("{} {} {side}", s.stage, quantity(length, Unit::Workday))
        }
    });
    match all.collect::<Vec<_>>().as_slice() {
        [] => "never".into(),
        some => some.join(", "),
    }
}

fn certainty(rule: &Rule) -> String {
    use super::Certainty;
    let words = match rule.certainty {
        Certainty::Text => "the text of the law was read",
        Certainty::Copy => "a copy or report of it was read",
        Certainty::Memory => "known by heart; check before relying on it",
        Certainty::Own => "the department's own",
    };
    format!("{}: {words}", rule.certainty)
}
