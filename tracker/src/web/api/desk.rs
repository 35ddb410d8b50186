//! The desk's calls: with a bearer token, within its owner's scope.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::shapes::{Listed, Page, Problem, Whole};
use crate::{
    domain::status::Action,
    letters::Error,
    reading::desk::{self as reading, View},
    web::{
        Web, act as steps,
        desk::{Names, Query as Narrowed, filter, page_after, write_cursor},
        error::Trouble,
        extract::{Asked, Body, Named},
        letter::number,
        visit::Visit,
    },
};

/// What a list is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    filter: String,
    channel: String,
    status: String,
    unit: String,
    q: String,
    cursor: String,
}

/// A page of letters.
///
/// # Errors
/// Without a token, or with a filter that is unknown.
#[utoipa::path(
    get, path = "/api/v1/desk/letters", tag = "desk",
    params(
        ("filter" = Option<String>, Query, description = "mine, unit, unassigned, urgent, overdue, due-soon, extensions, additions, troubled, open or all"),
        ("channel" = Option<String>, Query), ("unit" = Option<String>, Query),
        ("status" = Option<String>, Query), ("q" = Option<String>, Query),
        ("cursor" = Option<String>, Query),
    ),
    responses(
        (status = 200, description = "A page of what the caller may see", body = Page),
        (status = 400, description = "A filter, channel, unit, status or cursor that is unknown", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that is not good", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
pub async fn desk(
    State(web): State<Web>,
    visit: Visit,
    Asked(query): Asked<Query>,
) -> Result<Response, Trouble> {
    let staff = visit.staff()?;
    let view = match query.filter.as_str() {
        "" => View::All,
        code => {
            View::by_code(code).ok_or_else(|| Trouble::bad(format!("filter={code} is unknown")))?
        }
    };
    let names = Names::load(&web.app, &visit).await?;
    let narrowed = Narrowed {
        channel: query.channel,
        status: query.status,
        unit: query.unit,
        q: query.q,
        ..Narrowed::default()
    };
    let filter = filter(&web.app, staff, view, &narrowed, &names)?;
    let after = page_after(&query.cursor)?;
    let (letters, next) = reading::page(&web.app, staff, &filter, after.as_ref()).await?;
    let letters: Vec<Listed> = letters.iter().map(|l| Listed::new(l, &names)).collect();
    Ok(json_answer(
        StatusCode::OK,
        &Page {
            letters,
            next: next.as_ref().map(write_cursor),
        },
    ))
}

/// One letter.
///
/// # Errors
/// When there is none for the caller.
#[utoipa::path(
    get, path = "/api/v1/desk/letters/{number}", tag = "desk",
    params(("number" = String, Path)),
    responses(
        (status = 200, description = "The letter with everything about it", body = Whole),
        (status = 401, description = "No token, or one that is not good", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "None that the caller may see", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
pub async fn letter(
    State(web): State<Web>,
    visit: Visit,
    Named(text): Named<String>,
) -> Result<Response, Trouble> {
    let opened = reading::open(&web.app, visit.staff()?, number(&text)?).await?;
    let names = Names::load(&web.app, &visit).await?;
    Ok(json_answer(
        StatusCode::OK,
        &Whole::new(&opened, &names, visit.chinese()),
    ))
}

/// A step on a letter.
///
/// # Errors
/// 403, 404, 409 with the newer version, 422 with every field at fault.
#[utoipa::path(
    post, path = "/api/v1/desk/letters/{number}/{action}", tag = "desk",
    params(
        ("number" = String, Path),
        ("action" = String, Path, description = "accept, assign, take, reassign, send-back, note, draft, answer, recall, resend, serve, decline, direct, mark-duplicate, invalid, withdraw, name-party, name-reader, seal, reclassify, request-extension, grant-extension, refuse-extension, suspend, resume, set-limit, urge, mark-urgent, take-urgent or reopen"),
    ),
    request_body = steps::Body,
    responses(
        (status = 200, description = "The letter as it stands now", body = Listed),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that is not good", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Somebody else's to do", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "None that the caller may see, or no such action", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The letter was changed meanwhile; `version` is the newer one", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not sent as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Every field at fault, or what the status does not allow", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
pub async fn act(
    State(web): State<Web>,
    visit: Visit,
    Named((text, action)): Named<(String, String)>,
    Body(body): Body<steps::Body>,
) -> Result<Response, Trouble> {
    let (staff, number) = (visit.staff()?, number(&text)?);
    let action: Action = action.parse().map_err(|_| Trouble::not_found())?;
    let fields = steps::Fields::Body(Box::new(body));
    match steps::act(&web.app, staff, number, action, fields).await {
        Ok(letter) => {
            let names = Names::load(&web.app, &visit).await?;
            // A registrar who names an accused party may lose sight of the letter by it.
            Ok(json_answer(StatusCode::OK, &Listed::new(&letter, &names)))
        }
        Err(error) => refusal(error),
    }
}

/// A refused step, with what helps to mend it.
pub(crate) fn refusal(error: Error) -> Result<Response, Trouble> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let (status, code, more) = match &error {
        Error::Conflict { current } => (
            StatusCode::CONFLICT,
            "conflict",
            json!({ "version": current }),
        ),
        Error::Fields(all) => (refused, "fields", json!({ "errors": all })),
        Error::Refused(r) => (refused, "not-now", json!({ "possible": r.possible })),
        Error::Rule(code) => (refused, *code, json!({})),
        _ => return Err(error.into()),
    };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "code": code,
        "detail": error.to_string(),
    });
    if let (Some(body), serde_json::Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    Ok((status, kind, body.to_string()).into_response())
}

/// A JSON answer.
pub(crate) fn json_answer(status: StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(_) => Trouble::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response(),
    }
}
