//! The law as the administrator reads it: the rules in force, whom each binds, and every rule in
//! words. Rules are changed on the command line, after a look at what would move.

use axum::{extract::State, response::Response};

use super::{
    Web,
    chrome::Chrome,
    due_view,
    error::Trouble,
    extract::Named,
    page,
    pages::law::{Bound, ClassRow, RulePage, RuleRow, RuleView, RulesPage},
    show,
    visit::Visit,
};
use crate::domain::{
    rules::{Applies, Case, Rule, Rules, Stage},
    words::{Class, Route, Source},
};

/// `GET /admin/rules`
///
/// # Errors
/// For anybody but an administrator.
pub async fn rules(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let chrome = visit.chrome();
    let law = web.app.current_law().await?;
    let today = web.app.today();
    let in_force = law.rules.all().iter().filter(|r| r.in_force(today));
    page::page(&RulesPage {
        today: today.to_string(),
        classes: classes(&chrome, &law.rules, today),
        rules: in_force.map(|r| row(&chrome, r)).collect(),
        chrome,
    })
}

/// `GET /admin/rules/{id}`: every version, the latest first.
///
/// # Errors
/// For anybody but an administrator, and for a rule that is unknown.
pub async fn rule(
    State(web): State<Web>,
    visit: Visit,
    Named(id): Named<String>,
) -> Result<Response, Trouble> {
    visit.administrator()?;
    let chrome = visit.chrome();
    let law = web.app.current_law().await?;
    let versions = law.rules.all().iter().rev().filter(|r| r.id == id);
    let versions: Vec<RuleView> = versions.map(|r| view(&chrome, r)).collect();
    if versions.is_empty() {
        return Err(Trouble::not_found());
    }
    page::page(&RulePage {
        id,
        versions,
        chrome,
    })
}

/// What is owed on a letter of each class and route, received today: sources under which it is the
/// same share a line.
fn classes(chrome: &Chrome, rules: &Rules, today: jiff::civil::Date) -> Vec<ClassRow> {
    let mut out = Vec::new();
    for class in Class::ALL {
        let routes: Vec<Option<Route>> = match class {
            Class::Claim => Route::ALL.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        for route in routes {
            let mut lines: Vec<Bound> = Vec::new();
            for source in Source::ALL {
                let case = Case {
                    class: *class,
                    route,
                    channel: "",
                    source: *source,
                    received_on: today,
                    reachable: true,
                };
                let owed: Vec<RuleRow> = rules
                    .owed(&case)
                    .into_iter()
                    .map(|r| row(chrome, r))
                    .collect();
                let name = chrome.word("source", source.code());
                match lines.iter_mut().find(|l| l.rules == owed) {
                    Some(line) => line.sources.push(name),
                    None => lines.push(Bound {
                        sources: vec![name],
                        rules: owed,
                    }),
                }
            }
            if let [only] = &mut lines[..] {
                only.sources = vec![chrome.t("rules.any_source").into_owned()];
            }
            out.push(ClassRow {
                class: class.code().into(),
                route: route.map(|r| r.code().to_owned()).unwrap_or_default(),
                lines,
            });
        }
    }
    out
}

fn row(chrome: &Chrome, r: &Rule) -> RuleRow {
    RuleRow {
        id: r.id.clone(),
        url: chrome.url(format!("/admin/rules/{}", show::escape(&r.id))),
        version: r.version.to_string(),
        obligation: r.obligation.code().into(),
        term: due_view::length(chrome, r.term.length, r.term.unit.code()),
        counts: r.counts,
        basis: basis(chrome, r),
        certainty: r.certainty.code().into(),
        pack: r.pack.clone(),
    }
}

fn basis(chrome: &Chrome, r: &Rule) -> String {
    if show::chinese(chrome) {
        r.basis_zh.clone()
    } else {
        r.basis_en.clone()
    }
}

fn view(chrome: &Chrome, r: &Rule) -> RuleView {
    let comma = chrome.t("frame.comma");
    let unit = r.term.unit.code();
    let from = match r.from {
        jiff::civil::Date::MIN => String::new(),
        from => from.to_string(),
    };
    let halt = |a: &crate::domain::rules::Allowed| {
        let (cause, effect) = (a.kind.code(), a.effect.code());
        format!(
            "{} → {}",
            chrome.word("halt", cause),
            chrome.word("effect", effect)
        )
    };
    RuleView {
        row: row(chrome, r),
        from,
        to: r.to.map(|d| d.to_string()).unwrap_or_default(),
        binds: binds(chrome, &r.applies),
        starts: chrome.word("starts", r.starts.code()),
        until_started: r
            .until_started
            .map(|t| due_view::length(chrome, t.length, t.unit.code()))
            .unwrap_or_default(),
        rolls: r.rolls,
        needs_writer: r.needs_writer,
        met_by: (r.met_by.iter().map(|m| chrome.word("meets", m.code())))
            .collect::<Vec<_>>()
            .join(&comma),
        suspensions: r.suspensions.iter().map(halt).collect(),
        extension: r
            .extension
            .as_ref()
            .map(|l| due_view::extendable(chrome, l, unit))
            .unwrap_or_default(),
        stages: r
            .stages
            .iter()
            .map(|s| stage(chrome, s.stage, s.workdays))
            .collect(),
    }
}

/// Whom a rule binds, in words; nothing where it binds everything.
fn binds(chrome: &Chrome, a: &Applies) -> Vec<String> {
    let comma = chrome.t("frame.comma");
    let list = |family: &str, codes: Vec<&str>| {
        let words: Vec<String> = codes.iter().map(|c| chrome.word(family, c)).collect();
        words.join(&comma)
    };
    let mut out = Vec::new();
    if !a.class.is_empty() {
        let codes = a.class.iter().map(Class::code).collect();
        out.push(chrome.t1("rules.of_class", list("class", codes)));
    }
    if !a.route.is_empty() {
        let codes = a.route.iter().map(Route::code).collect();
        out.push(chrome.t1("rules.of_route", list("route", codes)));
    }
    if !a.channel.is_empty() {
        out.push(chrome.t1("rules.of_channel", a.channel.join(&comma)));
    }
    if !a.source.is_empty() {
        let codes = a.source.iter().map(Source::code).collect();
        out.push(chrome.t1("rules.of_source", list("source", codes)));
    }
    out
}

fn stage(chrome: &Chrome, stage: Stage, workdays: i32) -> String {
    let name = chrome.word("stage", stage.code());
    let days = chrome.tn("length.workday", i64::from(workdays.unsigned_abs()));
    match workdays {
        0 => chrome.t1("rules.stage_on", name),
        n if n < 0 => chrome.t2("rules.stage_before", name, days),
        _ => chrome.t2("rules.stage_after", name, days),
    }
}
