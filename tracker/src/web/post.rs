//! 待寄送: what was issued to writers without a mail address, printed with the address for window
//! envelopes, several at once, and recorded as served.

use axum::{extract::State, http::StatusCode, response::Response};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Web,
    chrome::Chrome,
    desk::{self, Query},
    error::Trouble,
    extract::{Asked, Posted},
    page,
    pages::{
        desk::{PostRow, Posting},
        parts::{Errors, FieldError},
        post::{PostPage, Sheet},
    },
    show,
    visit::Visit,
};
use crate::{
    app::App,
    domain::{access::Staff, words::OutboxKind},
    letters::{
        Error,
        serve::{self, Served},
    },
    reading::post,
    store::{letters::Letter, outbox::Outgoing},
};

/// Letters printed at once.
const MOST: usize = 100;

/// What is to be printed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    /// Ids of the outbox, with commas.
    of: String,
}

/// `GET /desk/post?of=1,2`: one sheet each, to be printed.
///
/// # Errors
/// When nobody is signed in, or they have no desk. Where nothing of it is theirs, the list answers.
pub async fn print(
    State(web): State<Web>,
    visit: Visit,
    Asked(which): Asked<Which>,
) -> Result<Response, Trouble> {
    let staff = at_a_desk(&visit)?;
    let ids = which.of.split(',').filter_map(|id| id.trim().parse().ok());
    let ids: Vec<i64> = ids.take(MOST).collect();
    let found = post::sheets(&web.app, staff, &ids).await?;
    if found.is_empty() {
        return Ok(page::to(&web, "/desk?view=to-post"));
    }
    let chrome = visit.chrome();
    page::page(&PostPage {
        sheets: found.iter().map(|s| sheet(&web.app, &chrome, s)).collect(),
        chrome,
    })
}

/// Somebody who has a desk.
fn at_a_desk(visit: &Visit) -> Result<&Staff, Trouble> {
    let staff = visit.staff()?;
    staff
        .has_desk()
        .then_some(staff)
        .ok_or_else(Trouble::forbidden)
}

fn sheet(app: &App, chrome: &Chrome, s: &post::Sheet) -> Sheet {
    let (letter, o) = (&s.letter, &s.outgoing);
    // In the writer's language, whoever prints it.
    let mut theirs = chrome.clone();
    theirs.language = letter.language;
    let site = &app.config.site;
    let sender = [&site.organiser, &site.name];
    let sender = sender.into_iter().find(|n| !n.is_empty());
    let (text, foot) = o
        .words
        .text
        .split_once("\n----\n")
        .unwrap_or((&o.words.text, ""));
    Sheet {
        language: letter.language.code().into(),
        sender: sender.cloned().unwrap_or_default(),
        number: letter.number.to_string(),
        number_label: theirs.t("track.number").into_owned(),
        issued_on: theirs.day(&app.day_of(o.created_at).to_string()),
        name: match (s.name.is_empty(), show::chinese(&theirs)) {
            (true, _) => theirs.t("post.writer").into_owned(),
            (false, true) => theirs.t1("post.to", &s.name),
            (false, false) => s.name.clone(),
        },
        address: o.words.address.clone(),
        title: match o.kind {
            OutboxKind::Reply if !letter.subject.is_empty() => {
                theirs.t1("post.reply_to", &letter.subject)
            }
            OutboxKind::Reply => theirs.word("message", "reply"),
            _ => o.words.subject.clone(),
        },
        text: text.trim().to_owned(),
        foot: foot.trim().to_owned(),
    }
}

/// What waits, as the desk lists it.
pub(crate) fn row(app: &App, chrome: &Chrome, letter: &Letter, o: &Outgoing) -> PostRow {
    let since = app.day_of(o.created_at);
    let workdays = app.law().calendar.workdays_between(since, app.today());
    PostRow {
        id: o.id.to_string(),
        url: chrome.url(format!("/desk/letters/{}", letter.number)),
        number: letter.number.to_string(),
        // What a sealed letter says is shown where the reading is recorded.
        subject: if letter.is_sealed() {
            String::new()
        } else {
            letter.subject.clone()
        },
        sealed: letter.is_sealed(),
        kind: o.kind.code().into(),
        medium: o.medium.code().into(),
        address: if letter.is_sealed() {
            String::new()
        } else {
            o.words.address.clone()
        },
        issued_on: since.to_string(),
        waits: i64::from(workdays),
        late: o.attempts > 0,
    }
}

/// `POST /desk/post`: prints what was chosen, or records that it was served.
///
/// # Errors
/// When nobody is signed in, or the database refuses.
pub async fn step(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    let staff = at_a_desk(&visit)?;
    let chosen: Vec<i64> = posted
        .all("delivery")
        .filter_map(|id| id.parse().ok())
        .take(MOST)
        .collect();
    let fault = |field: &str, code: &str| {
        Errors(vec![FieldError {
            field: field.into(),
            code: code.into(),
            arg: String::new(),
        }])
    };
    let mut errors = Errors::default();
    if chosen.is_empty() {
        errors = fault("delivery", "required");
    } else if posted.get("step") == "print" {
        let ids: Vec<String> = chosen.iter().map(ToString::to_string).collect();
        return Ok(page::to(&web, &format!("/desk/post?of={}", ids.join(","))));
    }
    let by = posted.get("by").parse().ok();
    let on = posted.get("on").parse::<Date>().ok();
    let mut done = 0;
    match (by, on) {
        _ if !errors.is_empty() => {}
        (None, _) => errors = fault("by", "not-by-hand"),
        (_, None) => errors = fault("on", "not-a-day"),
        (Some(by), Some(on)) => {
            for (number, which) in post::by_letter(&web.app, staff, &chosen).await? {
                let note = posted.get("note");
                let n = which.len();
                let served = Served {
                    by,
                    on,
                    note,
                    which,
                };
                match serve::serve(&web.app, staff, number, None, served).await {
                    Ok(_) => done += n,
                    Err(Error::NotFound) => {}
                    // The others are recorded all the same; this one stays in the list.
                    Err(error) => match show::refused(&error) {
                        Some(refused) => errors.0.extend(refused.0),
                        None => return Err(error.into()),
                    },
                }
            }
            errors
                .0
                .dedup_by(|a, b| a.field == b.field && a.code == b.code);
        }
    }
    if errors.is_empty() {
        let count = done.to_string();
        return Ok(page::to_saying(
            &web,
            "/desk?view=to-post",
            "posted",
            &count,
        ));
    }
    let posting = Posting {
        errors,
        by: posted.get("by").into(),
        on: posted.get("on").into(),
        note: posted.get("note").into(),
        chosen: posted.all("delivery").map(ToOwned::to_owned).collect(),
    };
    let query = Query {
        view: "to-post".into(),
        ..Query::default()
    };
    let again = desk::page_of(&web, &visit, staff, query, posting).await?;
    page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
}
