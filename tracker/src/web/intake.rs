//! The registrar's side: new letters, what was held or quarantined, the ledger, and letters
//! entered by hand with their true date of receipt.

use axum::{extract::State, http::StatusCode, response::Response};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Web,
    desk::{self as desk_page, Names},
    error::Trouble,
    extract::{Asked, Named, Posted},
    intake_view, page,
    pages::{
        intake::{HeldPage, IntakeNewPage, IntakePage, ItemPage, QuarantinedPage, SlipPage},
        ledger::LedgerPage,
        parts::{Choice, Errors, FieldError, Paging},
        write::Entry,
    },
    show,
    visit::Visit,
    write,
};
use crate::{
    clock::random,
    domain::{
        status::Status,
        words::{Fate, Source},
    },
    keys::to_hex,
    letters::{
        Error,
        release::{self, Decision},
        submit::{self, Submission},
    },
    reading::{
        desk::{self, View},
        ledger,
    },
    store::channels::Channel,
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
            "/intake?tab={tab}&fate={}&cursor={cursor}",
            show::escape(&query.fate)
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
            let (lines, next) = ledger::page(app, staff, Some(fate), before).await?;
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
            let (lines, next) = ledger::page(app, staff, fate, before).await?;
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
                filtered: !query.fate.is_empty(),
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
        "letter" => Decision::NewLetter,
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
        Decision::NewLetter => "registered",
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

/// `GET /intake/new`
///
/// # Errors
/// For anybody but a registrar.
pub async fn new_form(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.registrar()?;
    let entry = Entry {
        idempotency_key: to_hex(&random::<16>(&*web.app.entropy)),
        ..Entry::default()
    };
    let today = web.app.today().to_string();
    let template = new_page(
        &web,
        &visit,
        entry,
        &Posted::default(),
        today,
        Errors::default(),
    )
    .await?;
    page::page(&template)
}

async fn new_page(
    web: &Web,
    visit: &Visit,
    entry: Entry,
    posted: &Posted,
    received_on: String,
    errors: Errors,
) -> Result<IntakeNewPage, Trouble> {
    let chrome = visit.chrome();
    let by_hand = Source::ALL.iter().filter(|s| s.by_hand()).map(Source::code);
    let source = posted.some("source").unwrap_or("paper");
    let channels = open_to(&web.app.store.channels().await?, visit)?;
    let choice = |c: &Channel| Choice {
        value: c.code.clone(),
        label: show::channel_name(&chrome, c),
        chosen: c.code == posted.get("channel"),
        hint: String::new(),
    };
    let kinds = crate::domain::words::Kind::ALL
        .iter()
        .map(crate::domain::words::Kind::code);
    Ok(IntakeNewPage {
        sources: chrome.choices("source", by_hand, source),
        channels: channels.iter().map(choice).collect(),
        kinds: chrome.choices("kind", kinds, &entry.kind),
        received_on,
        today: web.app.today().to_string(),
        referred_by: posted.get("referred_by").into(),
        referred_number: posted.get("referred_number").into(),
        kept: entry.kept.clone(),
        entry,
        errors,
        max_file: write::MAX_FILE.into(),
        max_form: write::MAX_FORM.into(),
        chrome,
    })
}

/// Channels a registrar may enter letters for: sealed ones only where they are cleared.
fn open_to(channels: &[Channel], visit: &Visit) -> Result<Vec<Channel>, Trouble> {
    let staff = visit.registrar()?;
    let may = |c: &&Channel| c.enabled && (!c.sealed || staff.cleared_channels.contains(&c.id));
    Ok(channels.iter().filter(may).cloned().collect())
}

/// `POST /intake/new`
///
/// # Errors
/// For anybody but a registrar, and when nothing could be stored.
pub async fn new(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    visit.registrar()?;
    let (entry, mut errors) = write::entered(&web, &posted).await?;
    let mut fault = |field: &str, code: &str| {
        errors.0.push(FieldError {
            field: field.into(),
            code: code.into(),
            arg: String::new(),
        });
    };
    let source = posted
        .get("source")
        .parse::<Source>()
        .ok()
        .filter(|s| s.by_hand());
    if source.is_none() {
        fault("source", "required");
    }
    let channels = open_to(&web.app.store.channels().await?, &visit)?;
    let channel = channels.iter().find(|c| c.code == posted.get("channel"));
    if channel.is_none() {
        fault("channel", "required");
    }
    let on = posted.get("received_on").parse::<Date>().ok();
    match on {
        None => fault("received_on", "not-a-day"),
        Some(day) if day > web.app.today() => fault("received_on", "future"),
        Some(_) => {}
    }
    let mut form = write::letter(&web, &visit, &entry);
    form.language = None;
    errors.0.extend(show::faults(&submit::faults(&form)).0);
    let (Some(source), Some(channel), Some(on), true) = (source, channel, on, errors.is_empty())
    else {
        let received_on = posted.get("received_on").to_owned();
        let again = new_page(&web, &visit, entry, &posted, received_on, errors).await?;
        return page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    if let Some(by) = posted.some("referred_by") {
        let number = posted.get("referred_number");
        form.body = format!("{}\n\n{by} {number}", form.body.trim_end());
    }
    let submission = Submission {
        source,
        channel,
        key: entry.idempotency_key.as_bytes().to_vec(),
        received_at: received_at(&web, on),
    };
    let done = submit::submit(&web.app, submission, &form).await?;
    let chrome = visit.chrome();
    let counted = done
        .obligations
        .iter()
        .find(|o| o.counts)
        .ok_or_else(Trouble::not_found)?;
    page::page(&SlipPage {
        number: done.letter.number.to_string(),
        url: chrome.url(format!("/desk/letters/{}", done.letter.number)),
        query_code: done.code.to_string(),
        channel: show::channel_name(&chrome, channel),
        received_on: done.letter.received_on.to_string(),
        due_on: counted.due_on.to_string(),
        provisional: counted.provisional,
        chrome,
    })
}

/// 签收日 as typed: today it is now, an earlier day its noon, which no zone can move to another.
fn received_at(web: &Web, on: Date) -> jiff::Timestamp {
    if on == web.app.today() {
        return web.app.now();
    }
    let noon = on.at(12, 0, 0, 0);
    web.app
        .zone
        .to_timestamp(noon)
        .unwrap_or_else(|_| web.app.now())
}
