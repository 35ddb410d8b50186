//! Following a letter with its number and query code.

mod add;

pub use add::add;

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};

use super::{
    Web,
    carry::{Carry, is_name},
    chrome::Chrome,
    due_view::{self, Told},
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        parts::{Errors, FieldError, File},
        track::{
            Adding, OwnWords, ProgressPage, PublicAddition, PublicReply, PublicStep, TrackPage,
        },
    },
    show,
    visit::Visit,
    write,
};
use crate::{
    clock::random,
    domain::text,
    keys::to_hex,
    reading::{
        desk,
        track::{self, Found, Tracked},
    },
    store::messages::{FileRecord, Message},
};

/// What is kept of a look-up between its pages.
#[derive(Debug, Serialize, Deserialize)]
enum Carried {
    /// A letter's number and code, which prove anew at every look that it may be seen, and what is
    /// being added to it.
    Letter {
        number: String,
        code: String,
        adding: Adding,
    },
    /// What was entered, and why nothing was found.
    Refused {
        number: String,
        errors: Vec<FieldError>,
    },
}

/// `GET /track`
///
/// # Errors
/// When the page cannot be rendered.
pub async fn form(visit: Visit, carry: Carry) -> Result<Response, Trouble> {
    let page = page::page(&TrackPage {
        chrome: visit.chrome(),
        ..TrackPage::default()
    })?;
    Ok(carry.with_cookie(page))
}

/// `POST /track`: leads on to the letter, or to what is wrong.
///
/// # Errors
/// When the database refuses.
pub async fn look_up(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
    form: Posted,
) -> Result<Response, Trouble> {
    let (number, code) = (form.get("number"), form.get("query_code"));
    let name = carry.fresh();
    let found = find(&web, &visit, number, code).await?;
    let kept = match &found {
        Ok(_) => Carried::Letter {
            number: number.into(),
            code: code.into(),
            adding: Adding::default(),
        },
        Err(refused) => Carried::Refused {
            number: number.into(),
            errors: refused.errors.0.clone(),
        },
    };
    if carry.keep(&name, &kept).await {
        return Ok(page::to(&web, &format!("/track/{name}")));
    }
    match found {
        Ok(found) => {
            let shown = Shown::new(&visit, code, "", Adding::default());
            progress(&web, shown, *found).await
        }
        Err(refused) => again(&visit, number, refused),
    }
}

/// `GET /track/{name}`: what a look-up found.
///
/// # Errors
/// When the database refuses.
pub async fn looked_up(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
    Named(name): Named<String>,
) -> Result<Response, Trouble> {
    if !is_name(&name) {
        return Err(Trouble::not_found());
    }
    match carry.look(&name).await? {
        None => Ok(page::to_saying(&web, "/track", "look-up-gone", "")),
        Some(Carried::Letter {
            number,
            code,
            adding,
        }) => match find(&web, &visit, &number, &code).await? {
            Ok(found) => progress(&web, Shown::new(&visit, &code, &name, adding), *found).await,
            Err(refused) => again(&visit, &number, refused),
        },
        Some(Carried::Refused { number, errors }) => again(
            &visit,
            &number,
            Refused {
                status: StatusCode::OK,
                errors: Errors(errors),
            },
        ),
    }
}

/// `POST /track/leave`: the letter is no more to be seen by going back.
///
/// # Errors
/// When the database refuses.
pub async fn leave(
    State(web): State<Web>,
    carry: Carry,
    form: Posted,
) -> Result<Response, Trouble> {
    carry.forget(form.get("view")).await?;
    Ok(page::to_saying(&web, "/track", "forgotten", ""))
}

/// Why there is nothing to be seen.
struct Refused {
    status: StatusCode,
    errors: Errors,
}

async fn find(
    web: &Web,
    visit: &Visit,
    number: &str,
    code: &str,
) -> Result<Result<Box<Tracked>, Refused>, Trouble> {
    let fields = [("number", number), ("query_code", code)];
    let empty = fields.iter().filter(|(_, value)| text::is_blank(value));
    let errors: Vec<_> = empty
        .map(|(field, _)| FieldError::new(field, "required", ""))
        .collect();
    if !errors.is_empty() {
        return Ok(Err(Refused {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors: Errors(errors),
        }));
    }
    let refused = |status, code| {
        Ok(Err(Refused {
            status,
            errors: Errors::one("number", code),
        }))
    };
    match track::find(&web.app, number, code, visit.place.as_deref()).await? {
        Found::Letter(found) => Ok(Ok(found)),
        Found::Nothing => refused(StatusCode::NOT_FOUND, "no-such-letter"),
        Found::TooMany => refused(StatusCode::TOO_MANY_REQUESTS, "too-many-guesses"),
    }
}

fn again(visit: &Visit, number: &str, refused: Refused) -> Result<Response, Trouble> {
    let page = TrackPage {
        chrome: visit.chrome(),
        number: number.into(),
        query_code: String::new(),
        errors: refused.errors,
    };
    page::with_status(refused.status, &page)
}

/// How a letter is shown to its writer.
struct Shown {
    chrome: Chrome,
    code: String,
    view: String,
    adding: Adding,
}

impl Shown {
    fn new(visit: &Visit, code: &str, view: &str, adding: Adding) -> Self {
        Self {
            chrome: visit.chrome(),
            code: code.into(),
            view: view.into(),
            adding,
        }
    }
}

async fn progress(web: &Web, shown: Shown, found: Tracked) -> Result<Response, Trouble> {
    let Shown {
        chrome,
        code,
        view,
        mut adding,
    } = shown;
    let app = &web.app;
    if adding.key.is_empty() {
        adding.key = to_hex(&random::<16>(&*app.entropy));
    }
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
    let file = |f: &FileRecord| File {
        name: f.words.name.clone(),
        size: show::size(f.size),
        url: chrome.url(format!("/track/files/{}", f.id)),
    };
    let replies = found.reply.iter().map(|(message, files)| PublicReply {
        at: show::at(app, message.at),
        unit: unit.clone(),
        text: message.words.text.clone(),
        files: files.iter().map(file).collect(),
    });
    let replies = replies.collect();
    let heading = if letter.is_sealed() {
        String::new()
    } else {
        letter.subject.clone()
    };
    let own = found.own.iter().map(|(message, files)| OwnWords {
        at: show::at(app, message.at),
        subject: Some(&message.words.subject)
            .filter(|s| **s != heading)
            .cloned()
            .unwrap_or_default(),
        text: message.words.text.clone(),
        files: files.iter().map(file).collect(),
    });
    let own = own.collect();
    let mut dues = (found.dues.iter()).map(|e| due_view::due(app, &chrome, e, Told::default()));
    let due = dues.next().unwrap_or_default();
    let others = dues.collect();
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
        query_code: code,
        channel: channel
            .map(|c| show::channel_name(&chrome, c))
            .unwrap_or_default(),
        subject: heading,
        status: public(letter.status.public_step()).into(),
        received_at: show::at(app, letter.received_at),
        due,
        others,
        progress: found.progress.iter().map(word).collect(),
        duplicate_of: first.unwrap_or_default(),
        steps: found.steps.iter().map(step).collect(),
        replies,
        own,
        by_mail: found.by_mail,
        view,
        errors: Errors(std::mem::take(&mut adding.errors)),
        adding,
        max_file: write::MAX_FILE.into(),
        max_form: write::MAX_FORM.into(),
        max_files: write::MAX_FILES,
        unit,
        chrome,
    })
}

/// The public's word for a step.
fn public(step: &'static str) -> &'static str {
    if step == "done" { "answered" } else { step }
}

/// `POST /track/files/{id}`: a file of the answer, or of the letter itself, for whoever has number and code.
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
                .own
                .iter()
                .chain(found.reply.iter())
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
