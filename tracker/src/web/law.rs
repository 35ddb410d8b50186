//! The law as the administrator reads it: the rules in force, whom each binds, and every rule in
//! words. Rules and state years are changed on the command line, after a look at what would move;
//! days of the province's own can be taken away here as well.

use std::collections::BTreeSet;

use axum::{extract::State, http::StatusCode, response::Response};
use jiff::civil::Date;

use super::{
    Web,
    chrome::Chrome,
    due_view,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        law::{
            Bound, CalendarPage, ClassRow, MoveRow, RemovalPage, RulePage, RuleRow, RuleView,
            RulesPage, SpecialDay, YearPage, YearRow,
        },
        parts::{Errors, FieldError},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{
        calendar::DayKind,
        rules::{Applies, Case, Rule, Rules, Stage},
        words::{Class, Route, Source},
    },
    letters::{calendar as edit, recount::Move},
    reading::law::warnings,
};

/// `GET /admin/calendar`: the years whose holidays are known, latest first.
///
/// # Errors
/// For anybody but an administrator.
pub async fn calendar(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let law = web.app.current_law().await?;
    let imported = web.app.store.layers().await?;
    // The warning in the frame leads here, where it says more.
    let chrome = Chrome {
        unannounced: Vec::new(),
        ..visit.chrome()
    };
    let local = imported.local.iter();
    let local = local.map(|(date, kind)| special(*date, kind)).collect();
    let year = |year: &i16| {
        let days = || law.calendar.special_days(*year);
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        YearRow {
            year: year.to_string(),
            url: chrome.url(format!("/admin/calendar/{year}")),
            holidays: count(days().filter(|(_, k)| !k.works()).count()),
            makeups: count(days().filter(|(_, k)| k.works()).count()),
            imported: imported.years.contains(year),
        }
    };
    page::page(&CalendarPage {
        version: law.calendar.version().to_owned(),
        missing: warnings(&web.app)
            .iter()
            .map(|w| w.year().to_string())
            .collect(),
        local,
        years: law.calendar.years().iter().rev().map(year).collect(),
        chrome,
    })
}

/// `GET /admin/calendar/{year}`: its holidays and make-up workdays.
///
/// # Errors
/// For anybody but an administrator, and for a year that is not known.
pub async fn year(
    State(web): State<Web>,
    visit: Visit,
    Named(year): Named<i16>,
) -> Result<Response, Trouble> {
    visit.administrator()?;
    let law = web.app.current_law().await?;
    if !law.calendar.published(year) {
        return Err(Trouble::not_found());
    }
    let day = |(date, kind): (Date, &DayKind)| special(date, kind);
    page::page(&YearPage {
        year: year.to_string(),
        version: law.calendar.version().to_owned(),
        days: law.calendar.special_days(year).map(day).collect(),
        chrome: visit.chrome(),
    })
}

fn special(date: Date, kind: &DayKind) -> SpecialDay {
    SpecialDay {
        date: date.to_string(),
        kind: kind.code().into(),
        name: kind.name().to_owned(),
    }
}

/// Due dates that move, as many as a page shows.
const MOVES: usize = 40;

/// `POST /admin/calendar/remove`: takes days of the province's own away, after a look at what would
/// move and with a reason.
///
/// # Errors
/// For anybody but an administrator.
pub async fn remove_days(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    let known = web.app.store.layers().await?.local;
    let dates = posted.all("day").filter_map(|d| d.parse().ok());
    let dates: BTreeSet<Date> = dates.filter(|d| known.contains_key(d)).collect();
    if dates.is_empty() {
        return Ok(page::to(&web, "/admin/calendar"));
    }
    let reason = posted.get("reason").trim();
    let confirmed = posted.ticked("confirm");
    if confirmed && !reason.is_empty() {
        edit::remove(&web.app, by, &dates, reason).await?;
        return Ok(page::to_saying(&web, "/admin/calendar", "days-removed", ""));
    }
    let mut errors = Errors::default();
    if confirmed {
        errors.0.push(FieldError {
            field: "reason".into(),
            code: "required".into(),
            arg: String::new(),
        });
    }
    let (change, moves) = edit::preview_removal(&web.app, &dates).await?;
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let then = |date: &Date| {
        let moved = [&change.diff.removed, &change.diff.changed];
        let moved = moved.into_iter().flatten().chain(&change.diff.added);
        let to = moved.filter(|m| m.date == *date).map(|m| &m.to).next();
        // What changes nothing in the calendar: a plain weekday entered as work.
        special(*date, to.unwrap_or(&known[date]))
    };
    let row = |(m, n): (&Move, &u64)| MoveRow {
        rule: m.rule.clone(),
        from: m.from.to_string(),
        to: m.to.to_string(),
        n: count(*n),
    };
    let status = if confirmed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let shown = RemovalPage {
        days: dates.iter().map(then).collect(),
        moves: moves.moves.iter().take(MOVES).map(row).collect(),
        open: count(moves.open),
        moved: count(moves.moved()),
        reason: reason.to_owned(),
        errors,
        chrome: visit.chrome(),
    };
    page::with_status(status, &shown)
}

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
