//! The registrar's side: new letters, what was held or quarantined, and the ledger.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    Web,
    desk::{self as desk_page, Names},
    error::Trouble,
    extract::{Asked, Named, Posted},
    intake_view, page,
    pages::{
        intake::{HeldPage, IntakePage, ItemPage, QuarantinedPage},
        ledger::LedgerPage,
        parts::{Errors, FieldError, Paging},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{
        status::Status,
        words::{Fate, Source},
    },
    letters::{
        Error,
        release::{self, Decision},
    },
    reading::{
        desk::{self, View},
        ledger,
    },
};

/// What the intake is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    tab: String,
    fate: String,
    source: String,
    cursor: String,
}

/// `GET /intake?tab`
///
/// # Errors
/// For anybody but a registrar.
pub async fn list(
    State(web): State<Web>,
    visit: Visit,
    Asked(query): Asked<Query>,
) -> Result<Response, Trouble> {
    let staff = visit.registrar()?;
    let (app, chrome) = (&web.app, visit.chrome());
    let tabs = intake_view::tabs(app, &chrome, staff, &query.tab).await?;
    let before = query.cursor.parse().ok();
    let link = |tab: &str, cursor: &str| {
        chrome.url(format!(
            "/intake?tab={tab}&fate={}&source={}&cursor={cursor}",
            show::escape(&query.fate),
            show::escape(&query.source)
        ))
    };
    let first = |tab: &str| (!query.cursor.is_empty()).then(|| link(tab, ""));
    match tabs.current.as_str() {
        tab @ ("held" | "quarantined") => {
            let fate = if tab == "held" {
                Fate::Held
            } else {
                Fate::Quarantined
            };
            let (lines, next) = ledger::page(app, staff, (Some(fate), None), before).await?;
            let rows = intake_view::items(app, &chrome, staff, &lines).await?;
            let next = next.map(|id| link(tab, &id.to_string()));
            let paging = Paging {
                next,
                first: first(tab),
            };
            if fate == Fate::Held {
                page::page(&HeldPage {
                    tabs,
                    rows,
                    paging,
                    chrome,
                })
            } else {
                page::page(&QuarantinedPage {
                    tabs,
                    rows,
                    paging,
                    chrome,
                })
            }
        }
        "ledger" => {
            let fate = query.fate.parse().ok();
            let source = query.source.parse().ok();
            let (lines, next) = ledger::page(app, staff, (fate, source), before).await?;
            let (totals, sum) = intake_view::totals(app, staff).await?;
            let fates = Fate::ALL.iter().map(Fate::code);
            page::page(&LedgerPage {
                rows: intake_view::ledger_rows(app, &chrome, &lines).await?,
                fates: fates.clone().map(ToOwned::to_owned).collect(),
                fate_choices: chrome.choices("fate", [""].into_iter().chain(fates), &query.fate),
                source_choices: chrome.choices(
                    "source",
                    [""].into_iter().chain(Source::ALL.iter().map(Source::code)),
                    &query.source,
                ),
                filtered: fate.is_some() || source.is_some(),
                paging: Paging {
                    next: next.map(|id| link("ledger", &id.to_string())),
                    first: first("ledger"),
                },
                totals,
                sum,
                tabs,
                chrome,
            })
        }
        _ => {
            let names = Names::load(app).await?;
            let mut filter = View::Unassigned.filter(app, staff);
            filter.status = Some(Status::Received);
            let after = desk_page::cursor(&query.cursor);
            let (letters, next) = desk::page(app, staff, &filter, after.as_ref()).await?;
            page::page(&IntakePage {
                rows: desk_page::rows(app, &chrome, &names, &letters).await?,
                paging: Paging {
                    next: next.map(|c| link("new", &desk_page::write_cursor(&c))),
                    first: first("new"),
                },
                tabs,
                chrome,
            })
        }
    }
}

/// `GET /intake/{id}`
///
/// # Errors
/// For anybody but a registrar, and for a line they may not see.
pub async fn item(
    State(web): State<Web>,
    visit: Visit,
    Named(id): Named<i64>,
) -> Result<Response, Trouble> {
    page::page(&item_page(&web, &visit, id, Errors::default(), &Posted::default()).await?)
}

async fn item_page(
    web: &Web,
    visit: &Visit,
    id: i64,
    errors: Errors,
    posted: &Posted,
) -> Result<ItemPage, Trouble> {
    let staff = visit.registrar()?;
    let chrome = visit.chrome();
    let mut template = intake_view::item(&web.app, &chrome, staff, id).await?;
    template.number = posted.get("number").to_owned();
    template.reason = posted.get("reason").to_owned();
    template.errors = errors;
    template.chrome = chrome;
    Ok(template)
}

/// `GET /intake/{id}/raw`: the message as it came.
///
/// # Errors
/// For anybody but a registrar, and for a line they may not see.
pub async fn raw(
    State(web): State<Web>,
    visit: Visit,
    Named(id): Named<i64>,
) -> Result<Response, Trouble> {
    let bytes = ledger::raw(&web.app, visit.registrar()?, id).await?;
    Ok(page::download(&format!("{id}.eml"), bytes))
}

/// `POST /intake/{id}/{decision}`
///
/// # Errors
/// For anybody but a registrar, and for a line they may not see.
pub async fn decide(
    State(web): State<Web>,
    visit: Visit,
    Named((id, what)): Named<(i64, String)>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let staff = visit.registrar()?;
    let fault = |field: &str, code: &str| {
        Errors(vec![FieldError {
            field: field.into(),
            code: code.into(),
            arg: String::new(),
        }])
    };
    let decision = match what.as_str() {
        "letter" => Decision::NewLetter(posted.get("channel").to_owned()),
        "automatic" => Decision::Automatic,
        "retry" => Decision::Retry,
        "discard" => Decision::Discard(posted.get("reason").to_owned()),
        "addition" => match posted.get("number").parse() {
            Ok(number) => Decision::Joins(number),
            Err(_) => {
                let errors = fault("number", "unknown");
                let again = item_page(&web, &visit, id, errors, &posted).await?;
                return page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again);
            }
        },
        _ => return Err(Trouble::not_found()),
    };
    let said = match &decision {
        Decision::NewLetter(_) => "registered",
        Decision::Joins(_) => "joined",
        Decision::Automatic => "marked-automatic",
        Decision::Retry => "retried",
        Decision::Discard(_) => "discarded",
    };
    match release::decide(&web.app, staff, id, decision).await {
        Ok(verdict) => {
            let number = match verdict.letter_id {
                Some(letter) => web.app.store.numbers(&[letter]).await?,
                None => Vec::new(),
            };
            let number = number
                .into_iter()
                .next()
                .map(|(_, n)| n)
                .unwrap_or_default();
            Ok(page::to_saying(&web, "/intake?tab=held", said, &number))
        }
        Err(error @ (Error::Rule(_) | Error::Fields(_))) => {
            let errors = match (&error, what.as_str()) {
                (Error::Rule(_), "discard") if posted.some("reason").is_none() => {
                    fault("reason", "required")
                }
                _ => show::refused(&error).unwrap_or_default(),
            };
            let again = item_page(&web, &visit, id, errors, &posted).await?;
            page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(Error::NotFound) if what == "addition" => {
            let errors = fault("number", "unknown");
            let again = item_page(&web, &visit, id, errors, &posted).await?;
            page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(error) => Err(error.into()),
    }
}
