//! The public's calls: handing in, following, figures.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ingest::form::FormLetter;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{
    desk::{json_answer, refusal},
    shapes::{
        Due, Problem, Progress, PublicFile, PublicReply, PublicStep, Receipt, When, WhenWritten,
    },
};
use crate::{
    clock::random,
    domain::{figures::Table, text::FieldError, words::Source},
    letters::{
        Error,
        submit::{self, Submission},
    },
    reading::{
        due::{self, Terms},
        statistics::{self, Question},
        track::{self, Found},
    },
    store::{
        figures::GroupBy,
        messages::{FileRecord, Message},
    },
    web::{
        Web,
        act::Attachment,
        error::Trouble,
        extract::{Asked, Body, FILE, Named},
        visit::Visit,
        when::{self, Asks as Day},
        write,
    },
};

/// A letter handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLetter {
    #[serde(default)]
    channel: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    writer: NewWriter,
    #[serde(default)]
    wants_publication: bool,
    #[serde(default)]
    attachments: Vec<Attachment>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct NewWriter {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    address: Option<String>,
    anonymous: bool,
    /// How they want to be answered: `mail`, `post`, `portal`, `phone` or `counter`; left out, by
    /// what they left.
    answer_by: Option<String>,
}

/// Hands in a letter. The same Idempotency-Key gives the same answer.
///
/// # Errors
/// 422 with every field at fault; 503 when nothing was stored.
#[utoipa::path(
    post, path = "/api/v1/letters", tag = "public", request_body = NewLetter,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "Numbered; the same key and words give the same answer", body = Receipt),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not sent as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Every field at fault", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was stored", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn submit(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    Body(new): Body<NewLetter>,
) -> Result<Response, Trouble> {
    let app = &web.app;
    let text = |value: &Option<String>| value.clone().unwrap_or_default().trim().to_owned();
    let mut form = FormLetter {
        kind: new.kind.clone(),
        subject: new.subject.clone(),
        body: new.body.clone(),
        name: text(&new.writer.name),
        phone: text(&new.writer.phone),
        email: text(&new.writer.email),
        address: text(&new.writer.address),
        anonymous: new.writer.anonymous,
        answer_by: new.writer.answer_by.clone().filter(|a| !a.is_empty()),
        wants_publication: new.wants_publication,
        language: Some(visit.language.code().into()),
        files: Vec::new(),
    };
    let mut faults = submit::faults(&form);
    let channels = app.store.channels().await?;
    let channel = channels.iter().find(|c| c.code == new.channel && c.enabled);
    if channel.is_none() {
        let empty = new.channel.trim().is_empty();
        let code = if empty { "required" } else { "unknown" };
        faults.push(FieldError::new("channel", code));
    }
    let mut files = Vec::new();
    for a in &new.attachments {
        match STANDARD.decode(&a.base64) {
            Ok(bytes) if bytes.len() <= FILE => files.push((a, bytes)),
            Ok(_) => faults.push(FieldError::new("attachments", "too-large")),
            Err(_) => faults.push(FieldError::new("attachments", "not-base64")),
        }
    }
    let (Some(channel), true) = (channel, faults.is_empty()) else {
        return refusal(Error::Fields(faults));
    };
    for (a, bytes) in files {
        form.files
            .push(write::store(&web, &a.name, &a.media_type, &bytes).await?);
    }
    // Any bytes will do as a key: one that is left out of account would double a letter.
    let key = headers.get("idempotency-key").map(HeaderValue::as_bytes);
    let key = key
        .filter(|k| !k.is_empty())
        .map_or_else(|| random::<16>(&*app.entropy).to_vec(), <[u8]>::to_vec);
    let submission = Submission {
        source: Source::Api,
        channel,
        key,
        received_at: app.now(),
    };
    let done = submit::submit(app, submission, &form).await?;
    let law = app.current_law().await?;
    let dues = due::explain_all(&law, Some(channel), &done.obligations, &Terms::default());
    let counted = dues.iter().find(|e| e.obligation.counts);
    let counted = counted.ok_or_else(Trouble::not_found)?;
    let public = dues.iter().filter(|e| e.is_public());
    let due = public.map(|e| Due::new(e, visit.chinese(), None));
    Ok(json_answer(
        StatusCode::CREATED,
        &Receipt {
            number: done.letter.number.to_string(),
            query_code: done.code.to_string(),
            due_on: counted.due_on.map(|d| d.to_string()),
            due: due.collect(),
        },
    ))
}

/// What the writer may know of a letter.
///
/// # Errors
/// 404 for an unknown number and for a wrong code alike; 429 after too many.
#[utoipa::path(
    get, path = "/api/v1/letters/{number}", tag = "public",
    params(("number" = String, Path), ("X-Query-Code" = Option<String>, Header)),
    responses(
        (status = 200, description = "Where the letter stands", body = Progress),
        (status = 404, description = "An unknown number and a wrong code alike", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong guesses", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn track(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    Named(number): Named<String>,
) -> Result<Response, Trouble> {
    let code = headers
        .get("x-query-code")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    match track::find(&web.app, &number, code, visit.place.as_deref()).await? {
        Found::Nothing => Err(Trouble::not_found()),
        Found::TooMany => Err(Trouble::new(StatusCode::TOO_MANY_REQUESTS, "too-many")),
        Found::Letter(found) => {
            let step = |(step, at): &(&'static str, jiff::Timestamp)| PublicStep {
                step,
                at: at.to_string(),
            };
            let file = |f: &FileRecord| PublicFile {
                name: f.words.name.clone(),
                size: f.size,
            };
            let reply = found.reply.as_ref().map(|(m, files)| PublicReply {
                at: m.at.to_string(),
                text: m.words.text.clone(),
                attachments: files.iter().map(file).collect(),
            });
            let message = |m: &Message| PublicReply {
                at: m.at.to_string(),
                text: track::told(m),
                attachments: Vec::new(),
            };
            let due = found.dues.iter();
            let due = due.map(|e| Due::new(e, visit.chinese(), None)).collect();
            let counted = found.dues.first().filter(|e| e.obligation.counts);
            Ok(json_answer(
                StatusCode::OK,
                &Progress {
                    number: found.letter.number.to_string(),
                    status: found.letter.status.public_step(),
                    steps: found.steps.iter().map(step).collect(),
                    unit: found.unit,
                    received_at: found.letter.received_at.to_string(),
                    due_on: counted.and_then(|e| e.due_on).map(|d| d.to_string()),
                    overdue: found.overdue,
                    due,
                    messages: found.progress.iter().map(message).collect(),
                    reply,
                },
            ))
        }
    }
}

/// What would be owed on a letter written today, or on another day.
///
/// # Errors
/// 400 for a day or channel that is none.
#[utoipa::path(
    get, path = "/api/v1/when", tag = "public",
    params(
        ("on" = Option<String>, Query, description = "The day of receipt; today where left out"),
        ("channel" = Option<String>, Query, description = "One channel only"),
    ),
    responses(
        (status = 200, description = "By channel, what would be owed by when, day by day", body = When),
        (status = 400, description = "A day or channel that is none", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn when(
    State(web): State<Web>,
    visit: Visit,
    Asked(asks): Asked<Day>,
) -> Result<Response, Trouble> {
    let (on, channels) = when::asked(&web, &asks).await?;
    let law = web.app.current_law().await?;
    let mut all = Vec::new();
    for channel in &channels {
        let owed = due::if_written(&web.app, channel, on)?;
        let dues = due::explain_all(&law, Some(channel), &owed, &Terms::default());
        let public = dues.iter().filter(|e| e.is_public());
        all.push(WhenWritten {
            channel: channel.code.clone(),
            name: if visit.chinese() {
                channel.name_zh.clone()
            } else {
                channel.name_en.clone()
            },
            due: public.map(|e| Due::new(e, visit.chinese(), None)).collect(),
        });
    }
    let when = When {
        on: on.to_string(),
        channels: all,
    };
    Ok(json_answer(StatusCode::OK, &when))
}

/// Which figures.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asks {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
}

/// The public figures.
///
/// # Errors
/// 400 for a day or grouping that is none.
#[utoipa::path(
    get, path = "/api/v1/statistics", tag = "public",
    params(
        ("from" = Option<String>, Query), ("to" = Option<String>, Query),
        ("by" = Option<String>, Query, description = "channel, unit, class, topic or month"),
    ),
    responses(
        (status = 200, description = "The figures", body = Table),
        (status = 400, description = "A day or grouping that is none", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn statistics(
    State(web): State<Web>,
    Asked(asks): Asked<Asks>,
) -> Result<Response, Trouble> {
    let day = |text: &Option<String>| match text {
        None => Ok(None),
        Some(t) => t
            .parse::<Date>()
            .map(Some)
            .map_err(|_| Trouble::bad(format!("{t} is no day; write it as 2026-01-31"))),
    };
    let by = match asks.by.as_deref() {
        None => GroupBy::Channel,
        Some(code) => statistics::by_code(code).ok_or_else(|| {
            Trouble::bad(format!("by={code}: channel, unit, class, topic or month"))
        })?,
    };
    let question = Question {
        from: day(&asks.from)?,
        to: day(&asks.to)?,
        by,
    };
    if question.is_empty() {
        return Err(Trouble::bad("from is later than to"));
    }
    Ok(json_answer(
        StatusCode::OK,
        &statistics::table(&web.app, question).await?,
    ))
}

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Huiyin", description = "Letters to a government department, and their answers"),
    paths(
        submit, track, when, statistics,
        super::desk::desk, super::desk::letter, super::desk::act
    ),
    modifiers(&Tokens),
    tags(
        (name = "public", description = "For anybody"),
        (name = "desk", description = "For staff, with Authorization: Bearer")
    )
)]
struct Api;

/// How staff say who they are.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// `GET /api/openapi.json`
pub async fn openapi() -> Response {
    let text = Api::openapi().to_json().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
