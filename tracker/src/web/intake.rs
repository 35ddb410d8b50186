//! The registrar's side: new letters, what was held or quarantined, the ledger, and its sources.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    Web,
    desk::{self as desk_page, Names},
    error::Trouble,
    extract::{Asked, Named, Posted},
    intake_view, page,
    pages::{
        intake::{BulkPage, IntakePage, ItemPage, WaitingPage},
        ledger::{LedgerPage, SourcesPage},
        parts::{Errors, FieldError, Paging},
    },
    show, sources_view,
    visit::Visit,
    write,
};
use crate::{
    domain::{
        access::Staff,
        status::Status,
        words::{Discard, Fate},
    },
    letters::{
        Error,
        release::{self, Decision},
        seal,
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
    channel: String,
    from: String,
    to: String,
    q: String,
    all: String,
    cursor: String,
}

impl Query {
    /// The address of this list from `cursor` on.
    fn link(&self, tab: &str, cursor: &str) -> String {
        let mut link = format!("/intake?tab={tab}");
        for (name, value) in [
            ("fate", self.fate.as_str()),
            ("source", &self.source),
            ("channel", &self.channel),
            ("from", &self.from),
            ("to", &self.to),
            ("q", &self.q),
            ("cursor", cursor),
        ] {
            if !value.is_empty() {
                link = format!("{link}&{name}={}", show::escape(value));
            }
        }
        link
    }
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
    let tab = tabs.current.clone();
    let paging = |next: Option<String>| Paging {
        next: next.map(|cursor| chrome.url(query.link(&tab, &cursor))),
        first: (!query.cursor.is_empty()).then(|| chrome.url(query.link(&tab, ""))),
    };
    match tab.as_str() {
        "held" | "quarantined" => {
            let quarantined = tab == "quarantined";
            let fate = if quarantined {
                Fate::Quarantined
            } else {
                Fate::Held
            };
            let asked = ledger::Asked {
                fate: Some(fate),
                before: query.cursor.parse().ok(),
                ..ledger::Asked::default()
            };
            let (lines, next) = ledger::page(app, staff, &asked).await?;
            let ticked = query.all == "1";
            let tick = if ticked { "" } else { "&all=1" };
            let here = query.link(&tab, &query.cursor);
            page::page(&WaitingPage {
                rows: intake_view::rows(app, &chrome, &lines).await?,
                quarantined,
                ticked,
                tick_url: chrome.url(format!("{here}{tick}")),
                grounds: intake_view::grounds(&chrome, ""),
                paging: paging(next.map(|id| id.to_string())),
                tabs,
                chrome,
            })
        }
        "ledger" => {
            let channels = app.store.channels().await?;
            let (kind, name) = match query.source.split_once(':') {
                Some((kind, name)) => (kind, Some(name.to_owned())),
                None => (query.source.as_str(), None),
            };
            let asked = ledger::Asked {
                fate: query.fate.parse().ok(),
                source: kind.parse().ok(),
                name,
                channel_id: channels
                    .iter()
                    .find(|c| c.code == query.channel)
                    .map(|c| c.id),
                from: query.from.parse().ok(),
                to: query.to.parse().ok(),
                words: Some(query.q.trim().to_owned()).filter(|q| !q.is_empty()),
                before: query.cursor.parse().ok(),
            };
            let (lines, next) = ledger::page(app, staff, &asked).await?;
            let fates = Fate::ALL.iter().map(Fate::code);
            let is_set = |v: &&String| !v.is_empty();
            page::page(&LedgerPage {
                rows: intake_view::ledger_rows(app, &chrome, staff, &lines).await?,
                fate_choices: chrome.choices("fate", [""].into_iter().chain(fates), &query.fate),
                source_choices: sources_view::choices(app, &chrome, &query.source),
                channel_choices: intake_view::channel_choices(&chrome, &channels, &query.channel),
                filtered: [
                    &query.fate,
                    &query.source,
                    &query.channel,
                    &query.from,
                    &query.to,
                    &query.q,
                ]
                .iter()
                .any(is_set),
                paging: paging(next.map(|id| id.to_string())),
                from: query.from.clone(),
                to: query.to.clone(),
                q: query.q.clone(),
                tabs,
                chrome,
            })
        }
        "sources" => {
            let (totals, sum) = sources_view::totals(app).await?;
            page::page(&SourcesPage {
                cards: sources_view::cards(app, &chrome).await?,
                fates: Fate::ALL.iter().map(|f| f.code().to_owned()).collect(),
                totals,
                sum,
                tabs,
                chrome,
            })
        }
        _ => {
            let names = Names::load(app, &visit).await?;
            let mut filter = View::Unassigned.filter(app, staff);
            filter.status = Some(Status::Received);
            let after = desk_page::cursor(&query.cursor);
            let (letters, next) = desk::page(app, staff, &filter, after.as_ref()).await?;
            page::page(&IntakePage {
                rows: desk_page::rows(app, &chrome, &names, &letters).await?,
                paging: paging(next.map(|c| desk_page::write_cursor(&c))),
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
    let template = intake_view::item(&web.app, &visit.chrome(), visit.registrar()?, id).await?;
    if template.item.sealed {
        seal::record_looking(&web.app, visit.registrar()?, id, "page").await?;
    }
    page::page(&template)
}

/// The item once more, with what was entered and what is wrong with it.
async fn again(
    web: &Web,
    visit: &Visit,
    (id, what): (i64, &str),
    errors: Errors,
    posted: &Posted,
) -> Result<Response, Trouble> {
    let chrome = visit.chrome();
    let mut template: ItemPage =
        intake_view::item(&web.app, &chrome, visit.registrar()?, id).await?;
    template.number = posted.get("number").to_owned();
    template.reason = posted.get("reason").to_owned();
    template.grounds = intake_view::grounds(&chrome, posted.get("ground"));
    if what == "write" {
        template.entry = write::entered(web, posted).await?.0;
        for (choices, field) in [
            (&mut template.kinds, "kind"),
            (&mut template.channels, "to"),
        ] {
            for choice in choices.iter_mut() {
                choice.chosen = choice.value == posted.get(field);
            }
        }
    }
    template.refused = what.to_owned();
    template.errors = errors;
    page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &template)
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
    let staff = visit.registrar()?;
    let (bytes, sealed) = ledger::raw(&web.app, staff, id).await?;
    if sealed {
        seal::record_looking(&web.app, staff, id, "raw").await?;
    }
    Ok(page::download(&format!("{id}.eml"), bytes))
}

fn fault(field: &str, code: &str) -> Errors {
    Errors(vec![FieldError {
        field: field.into(),
        code: code.into(),
        arg: String::new(),
    }])
}

/// What a form decides, and the notice that follows.
async fn decision(
    web: &Web,
    visit: &Visit,
    what: &str,
    posted: &Posted,
) -> Result<Result<(Decision, &'static str), Errors>, Trouble> {
    Ok(Ok(match what {
        "letter" => (
            Decision::NewLetter(posted.get("channel").to_owned()),
            "registered",
        ),
        "write" => {
            let (entry, errors) = write::entered(web, posted).await?;
            if !errors.is_empty() {
                return Ok(Err(errors));
            }
            let mut form = write::letter(web, visit, &entry);
            form.language = None;
            (
                Decision::Written(posted.get("to").to_owned(), Box::new(form)),
                "registered",
            )
        }
        "addition" => match posted.get("number").trim().parse() {
            Ok(number) => (Decision::Joins(number), "joined"),
            Err(_) => return Ok(Err(fault("number", "unknown"))),
        },
        "automatic" => (Decision::Automatic, "marked-automatic"),
        "retry" => (Decision::Retry, "retried"),
        "reopen" => (Decision::Reopen, "reopened"),
        "discard" => match posted.get("ground").parse::<Discard>() {
            Ok(ground) => (
                Decision::Discard(ground, posted.get("reason").to_owned()),
                "discarded",
            ),
            Err(_) => return Ok(Err(fault("ground", "unchosen"))),
        },
        _ => return Err(Trouble::not_found()),
    }))
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
    let place = (id, what.as_str());
    let (decision, said) = match decision(&web, &visit, &what, &posted).await? {
        Ok(decided) => decided,
        Err(errors) => return again(&web, &visit, place, errors, &posted).await,
    };
    match release::decide(&web.app, staff, id, decision).await {
        Ok(verdict) => {
            let back = match (what.as_str(), verdict.fate) {
                ("reopen", _) => format!("/intake/{id}"),
                (_, Fate::Quarantined) => "/intake?tab=quarantined".to_owned(),
                _ if posted.get("tab") == "quarantined" => "/intake?tab=quarantined".to_owned(),
                _ => "/intake?tab=held".to_owned(),
            };
            let number = intake_view::number(&web.app, verdict.letter_id).await?;
            Ok(page::to_saying(&web, &back, said, &number))
        }
        Err(Error::NotFound) if what == "addition" => {
            again(&web, &visit, place, fault("number", "unknown"), &posted).await
        }
        Err(error) => match show::refused(&error) {
            Some(errors) => again(&web, &visit, place, errors, &posted).await,
            None => Err(error.into()),
        },
    }
}

/// `POST /intake/bulk`: one decision on every ticked item, each in a transaction of its own.
///
/// # Errors
/// For anybody but a registrar.
pub async fn bulk(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let staff: &Staff = visit.registrar()?;
    let (app, chrome) = (&web.app, visit.chrome());
    let what = posted.get("what");
    if !matches!(what, "retry" | "letter" | "automatic" | "discard") {
        return Err(Trouble::not_found());
    }
    let decision = decision(&web, &visit, what, &posted).await?;
    let mut rows = Vec::new();
    for id in posted.all("id").filter_map(|id| id.parse::<i64>().ok()) {
        let before = intake_view::one(app, &chrome, staff, id).await;
        let done = match &decision {
            Ok((decision, _)) => release::decide(app, staff, id, decision.clone()).await,
            Err(errors) => Err(Error::Rule(if errors.of("ground").is_some() {
                "ground-required"
            } else {
                "not-now"
            })),
        };
        let item = match before {
            Ok(item) => item,
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        rows.push(intake_view::done(app, &chrome, item, done).await?);
    }
    let tab = if posted.get("tab") == "quarantined" {
        "quarantined"
    } else {
        "held"
    };
    let worked = rows.iter().filter(|r| r.ok).count();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    page::page(&BulkPage {
        back_url: chrome.url(format!("/intake?tab={tab}")),
        worked: count(worked),
        failed: count(rows.len() - worked),
        rows,
        chrome,
    })
}
