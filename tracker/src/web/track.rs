//! Following a letter with its number and query code.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    Web,
    due_view::{self, Told},
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        parts::{Errors, FieldError, File},
        track::{ProgressPage, PublicAddition, PublicReply, PublicStep, TrackPage},
    },
    show,
    visit::Visit,
};
use crate::{
    reading::{
        desk,
        track::{self, Found, Tracked},
    },
    store::messages::Message,
};

/// `GET /track`
///
/// # Errors
/// When the page cannot be rendered.
pub async fn form(visit: Visit) -> Result<Response, Trouble> {
    page::page(&TrackPage {
        chrome: visit.chrome(),
        ..TrackPage::default()
    })
}

/// `POST /track`
///
/// # Errors
/// When the database refuses.
pub async fn look_up(
    State(web): State<Web>,
    visit: Visit,
    form: Posted,
) -> Result<Response, Trouble> {
    let (number, code) = (form.get("number"), form.get("query_code"));
    let (status, fault) = match track::find(&web.app, number, code, visit.place.as_deref()).await? {
        Found::Letter(found) => return progress(&web, &visit, *found, code).await,
        Found::Nothing => (StatusCode::NOT_FOUND, "no-such-letter"),
        Found::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many-guesses"),
    };
    let fault = FieldError {
        field: "number".into(),
        code: fault.into(),
        arg: String::new(),
    };
    let again = TrackPage {
        chrome: visit.chrome(),
        number: number.into(),
        query_code: String::new(),
        errors: Errors(vec![fault]),
    };
    page::with_status(status, &again)
}

async fn progress(
    web: &Web,
    visit: &Visit,
    found: Tracked,
    code: &str,
) -> Result<Response, Trouble> {
    let (app, chrome) = (&web.app, visit.chrome());
    let letter = &found.letter;
    let channels = app.store.channels().await?;
    let channel = channels.iter().find(|c| c.id == letter.channel_id);
    let unit = found.unit.clone().unwrap_or_default();
    let first = match letter.duplicate_of {
        Some(id) => app
            .store
            .numbers(&[id])
            .await?
            .into_iter()
            .next()
            .map(|(_, n)| n),
        None => None,
    };
    let step = |(step, at): &(&'static str, jiff::Timestamp)| PublicStep {
        on: app.day_of(*at).to_string(),
        step: public(step).into(),
        unit: String::new(),
    };
    let replies = found.reply.iter().map(|(message, files)| PublicReply {
        at: show::at(app, message.at),
        unit: unit.clone(),
        text: track::answered(message),
        files: files
            .iter()
            .map(|f| File {
                name: f.words.name.clone(),
                size: show::size(f.size),
                url: chrome.url(format!("/track/files/{}", f.id)),
            })
            .collect(),
    });
    let replies = replies.collect();
    let shown = |e| due_view::due(app, &chrome, e, Told::default());
    let (due, others) = match found.dues.split_first() {
        None => Default::default(),
        Some((first, _)) if found.awaits() => (due_view::awaiting(app, first), vec![]),
        Some((first, rest)) => (shown(first), rest.iter().map(shown).collect()),
    };
    let word = |m: &Message| PublicReply {
        at: show::at(app, m.at),
        unit: unit.clone(),
        text: track::told(m),
        files: Vec::new(),
    };
    let added = |a: &track::Added| PublicAddition {
        at: show::at(app, a.at),
        number: a.number.map(|n| n.to_string()).unwrap_or_default(),
        query_code: a.code.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    page::page(&ProgressPage {
        number: letter.number.to_string(),
        query_code: code.into(),
        channel: channel
            .map(|c| show::channel_name(&chrome, c))
            .unwrap_or_default(),
        subject: if letter.is_sealed() {
            String::new()
        } else {
            letter.subject.clone()
        },
        status: public(letter.status.public_step()).into(),
        received_at: show::at(app, letter.received_at),
        due,
        others,
        progress: found.progress.iter().map(word).collect(),
        duplicate_of: first.unwrap_or_default(),
        steps: found.steps.iter().map(step).collect(),
        replies,
        additions: found.additions.iter().map(added).collect(),
        unit,
        chrome,
    })
}

/// The public's word for a step.
fn public(step: &'static str) -> &'static str {
    if step == "done" { "answered" } else { step }
}

/// `POST /track/files/{id}`: a file of the answer, for whoever has number and code.
///
/// # Errors
/// When there is none.
pub async fn file(
    State(web): State<Web>,
    visit: Visit,
    Named(id): Named<i64>,
    form: Posted,
) -> Result<Response, Trouble> {
    let place = visit.place.as_deref();
    match track::find(&web.app, form.get("number"), form.get("query_code"), place).await? {
        Found::Letter(found) => {
            let shown = found
                .reply
                .iter()
                .any(|(_, files)| files.iter().any(|f| f.id == id));
            if !shown {
                return Err(Trouble::not_found());
            }
            let (file, bytes) = desk::file_of(&web.app, &found.letter, id).await?;
            Ok(page::download(&file.words.name, bytes))
        }
        Found::Nothing => Err(Trouble::not_found()),
        Found::TooMany => Err(Trouble::new(StatusCode::TOO_MANY_REQUESTS, "too-many")),
    }
}
