//! What rules that parse can still get wrong.

use super::{Rule, pack::PackFault};
use crate::domain::{term::Unit, words::Class};

/// Every fault of a pack's rules, each with the file it stands in.
pub(super) fn faults(rules: &[(String, Rule)]) -> Vec<PackFault> {
    let mut out: Vec<_> = rules.iter().flat_map(|(f, r)| alone(f, r)).collect();
    for (at, (file, rule)) in rules.iter().enumerate() {
        let earlier = rules[..at].iter().map(|(_, other)| other);
        for other in earlier.filter(|o| o.id == rule.id) {
            let fault = |what: String| PackFault::new(file, what).of(&rule.id);
            if other.version == rule.version {
                let what = format!("{} stands twice; give one another number", rule.version);
                out.push(fault(what).at("version"));
            } else if overlap(rule, other) {
                let what = format!(
                    "versions {} and {} hold on the same days; let the earlier end (to) the day \
                     before the later begins (from)",
                    other.version, rule.version
                );
                out.push(fault(what).at("from"));
            }
        }
    }
    out
}

/// Whether two versions hold on a same day.
pub(super) fn overlap(a: &Rule, b: &Rule) -> bool {
    let reaches = |x: &Rule, y: &Rule| x.to.is_none_or(|to| y.from <= to);
    reaches(a, b) && reaches(b, a)
}

fn alone(file: &str, rule: &Rule) -> Vec<PackFault> {
    let mut out = Vec::new();
    let mut fault = |field: &str, what: &str| {
        out.push(PackFault::new(file, what).of(&rule.id).at(field));
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
    if rule.id.is_empty() || !rule.id.chars().all(plain) {
        fault(
            "id",
            "write it in a-z, 0-9 and dots, as cn.57.consultation.7wd",
        );
    }
    if rule.version == 0 {
        fault("version", "versions begin with 1");
    }
    if rule.to.is_some_and(|to| to < rule.from) {
        fault("to", "it ends before it begins (from)");
    }
    if rule.term.length == 0 {
        fault("term.length", "a term of 0 is over before it begins");
    }
    if rule.term.unit == Unit::Month && !rule.suspensions.is_empty() {
        let what = "months are not counted day by day, so nothing can stop; remove the \
                    suspensions, or state the term in day or workday";
        fault("suspensions", what);
    }
    for (at, allowed) in rule.suspensions.iter().enumerate() {
        if rule.suspensions[..at]
            .iter()
            .any(|a| a.kind == allowed.kind)
        {
            fault("suspensions", &format!("{} stands twice", allowed.kind));
        }
    }
    let stages = rule.stages.windows(2);
    if stages
        .clone()
        .any(|s| s[0].workdays >= s[1].workdays || s[0].stage >= s[1].stage)
    {
        let what = "stages go from remind over urge and supervise to circular, each on a later \
                    workday than the one before";
        fault("stages", what);
    }
    let routes = !rule.applies.route.is_empty();
    if routes && rule.applies.class != [Class::Claim] {
        fault(
            "applies.route",
            "only claims have routes; write class = [\"claim\"]",
        );
    }
    if rule.met_by.is_empty() {
        fault(
            "met-by",
            "nothing would ever meet it; name at least one step",
        );
    }
    if let Some(e) = &rule.extension
        && (e.times == 0 || e.at_most == 0)
    {
        let what = "an extension of 0; leave it out where the term cannot be extended";
        fault("extension", what);
    }
    if rule.until_started.is_some_and(|t| t.unit == Unit::Workday) {
        fault(
            "until-started.unit",
            "the start is assumed after natural days; write day",
        );
    }
    if rule.basis_zh.trim().is_empty() || rule.basis_en.trim().is_empty() {
        fault("basis", "name the law and the article, in both languages");
    }
    out
}
