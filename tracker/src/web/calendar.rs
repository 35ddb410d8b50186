//! The calendar as the administrator keeps it: the years known, importing one from a file, and the
//! province's own days. Each change is looked at first, with the due dates that it would move.

use std::collections::BTreeSet;

use axum::{extract::State, http::StatusCode, response::Response};
use jiff::civil::Date;

use super::{
    Web,
    calendar_undo::change_row,
    chrome::Chrome,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        calendar::{
            CalendarFile, CalendarPage, ChangedDay, ImportPage, LookPage, MoveRow, Moves,
            RemovalPage, SpecialDay, YearPage, YearRow,
        },
        parts::{Errors, FieldError},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{
        calendar::{DayKind, Diff, Fault, FileError, Import, Layer, Moved},
        text,
    },
    letters::{
        calendar as edit,
        recount::{Move, Preview},
    },
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
    let changes = web.app.store.calendar_changes().await?;
    let people = web.app.store.people().await?;
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
        changes: changes
            .iter()
            .map(|c| change_row(&web.app, &chrome, &changes, &people, c))
            .collect(),
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
    let day = |(date, kind): (Date, DayKind)| special(date, &kind);
    page::page(&YearPage {
        year: year.to_string(),
        version: law.calendar.version().to_owned(),
        days: law.calendar.special_days(year).map(day).collect(),
        chrome: visit.chrome(),
    })
}

/// `GET /admin/calendar/import`
///
/// # Errors
/// For anybody but an administrator.
pub async fn import_form(State(_): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let file = CalendarFile {
        layer: Layer::State.code().into(),
        ..CalendarFile::default()
    };
    page::page(&form(&visit, file, Errors::default()))
}

fn form(visit: &Visit, file: CalendarFile, errors: Errors) -> ImportPage {
    let chrome = visit.chrome();
    let layers = [Layer::State, Layer::Local];
    ImportPage {
        layers: chrome.choices("layer", layers.map(|l| l.code()), &file.layer),
        file,
        errors,
        chrome,
    }
}

/// `POST /admin/calendar/import`: days from a file or a text, after a look at what would change and
/// with what they are imported on.
///
/// # Errors
/// For anybody but an administrator.
pub async fn import(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    let (file, read) = entered(&posted);
    let days = match read {
        Ok(days) => days,
        Err(fault) => {
            let again = form(&visit, file, said(&visit.chrome(), &fault));
            return page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
    };
    let local = file.layer == Layer::Local.code();
    let errors = match confirmed(&posted) {
        Ok(reason) => {
            let (_, job) = edit::import(&web.app, by, &days, local, reason).await?;
            let notice = job.map_or("calendar-known", |_| "calendar-imported");
            return Ok(page::to_saying(&web, "/admin/calendar", notice, ""));
        }
        Err(errors) => errors,
    };
    let (change, moves) = edit::preview(&web.app, &days, local).await?;
    let looked = LookPage {
        file,
        announced: change.diff.published.iter().map(i16::to_string).collect(),
        days: changed(change.diff),
        moves: moved(&moves),
        reason: posted.get("reason").to_owned(),
        errors,
        chrome: visit.chrome(),
    };
    page::with_status(status(&looked.errors), &looked)
}

/// What was entered: the file, where one was chosen, else the text, and the days read from it.
fn entered(posted: &Posted) -> (CalendarFile, Result<Import, FileError>) {
    let chosen = posted.files.iter().find(|f| !f.bytes.is_empty());
    let bytes = chosen.map_or(posted.get("text").as_bytes(), |f| &f.bytes);
    let local = posted.get("layer") == Layer::Local.code();
    let layer = if local { Layer::Local } else { Layer::State };
    let year = posted.get("year").trim();
    let unlike = || Fault::NotOfYear(year.to_owned()).at(None);
    let read = Import::read(bytes).and_then(|days| {
        if local {
            return Ok(days);
        }
        let named = Some(year).filter(|y| !y.is_empty()).map(str::parse);
        let named: Option<i16> = named.transpose().map_err(|_| unlike())?;
        days.announcing(named.as_slice())
    });
    let file = CalendarFile {
        layer: layer.code().into(),
        year: year.to_owned(),
        text: String::from_utf8_lossy(bytes).into_owned(),
    };
    (file, read)
}

/// A fault of the file in words, with its line: on the year where naming one mends it.
fn said(chrome: &Chrome, error: &FileError) -> Errors {
    let field = match error.fault {
        Fault::Year | Fault::NotOfYear(_) => "year",
        _ => "text",
    };
    let mut fault = FieldError {
        field: field.into(),
        code: format!("calendar-{}", error.fault.code()),
        arg: error.fault.found(),
    };
    if let Some(line) = error.line {
        let words = chrome.fault(&fault);
        fault.code = chrome.t2("calendar.at_line", line, words);
    }
    Errors(vec![fault])
}

/// Days that become others, in order.
pub(super) fn changed(diff: Diff) -> Vec<ChangedDay> {
    let mut days = [diff.added, diff.removed, diff.changed].concat();
    days.sort_by_key(|d| d.date);
    let day = |d: Moved| ChangedDay {
        date: d.date.to_string(),
        from: d.from.code().into(),
        to: d.to.code().into(),
        name: match d.to.name() {
            "" => d.from.name().to_owned(),
            name => name.to_owned(),
        },
    };
    days.into_iter().map(day).collect()
}

/// The reason of a change that was confirmed; else what is wrong, which is nothing at the first
/// look.
pub(super) fn confirmed(posted: &Posted) -> Result<&str, Errors> {
    let (reason, mut faults) = (posted.get("reason").trim(), Vec::new());
    if !posted.ticked("confirm") {
        return Err(Errors::default());
    }
    text::required(&mut faults, "reason", reason, text::SHORT);
    if faults.is_empty() {
        Ok(reason)
    } else {
        Err(show::faults(&faults))
    }
}

pub(super) fn status(errors: &Errors) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Due dates that move, as many as a page shows.
const MOVES: usize = 40;

pub(super) fn moved(preview: &Preview) -> Moves {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let row = |(m, n): (&Move, &u64)| MoveRow {
        rule: m.rule.clone(),
        from: m.from.to_string(),
        to: m.to.to_string(),
        n: count(*n),
    };
    Moves {
        rows: preview.moves.iter().take(MOVES).map(row).collect(),
        open: count(preview.open),
        moved: count(preview.moved()),
        settled: count(preview.settled),
        loosened: count(preview.loosened),
    }
}

fn special(date: Date, kind: &DayKind) -> SpecialDay {
    SpecialDay {
        date: date.to_string(),
        kind: kind.code().into(),
        name: kind.name().to_owned(),
    }
}

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
    let errors = match confirmed(&posted) {
        Ok(reason) => {
            edit::remove(&web.app, by, &dates, reason).await?;
            return Ok(page::to_saying(&web, "/admin/calendar", "days-removed", ""));
        }
        Err(errors) => errors,
    };
    let (change, moves) = edit::preview_removal(&web.app, &dates).await?;
    let then = |date: &Date| {
        let moved = [&change.diff.removed, &change.diff.changed];
        let moved = moved.into_iter().flatten().chain(&change.diff.added);
        let to = moved.filter(|m| m.date == *date).map(|m| &m.to).next();
        // What changes nothing in the calendar: a plain weekday entered as work.
        special(*date, to.unwrap_or(&known[date]))
    };
    let shown = RemovalPage {
        days: dates.iter().map(then).collect(),
        moves: moved(&moves),
        reason: posted.get("reason").to_owned(),
        errors,
        chrome: visit.chrome(),
    };
    page::with_status(status(&shown.errors), &shown)
}
