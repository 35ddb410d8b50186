//! The desk's calls: with a bearer token, within its owner's scope.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::shapes::{Listed, Whole};
use crate::{
    domain::status::Action,
    letters::Error,
    reading::desk::{self as reading, View},
    web::{
        Web, act as steps,
        desk::{Names, Query as Narrowed, cursor, filter, write_cursor},
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
        ("filter" = Option<String>, Query, description = "mine, unit, unassigned, overdue, due-soon, troubled or all"),
        ("channel" = Option<String>, Query), ("unit" = Option<String>, Query),
        ("status" = Option<String>, Query), ("q" = Option<String>, Query),
        ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = serde_json::Value), (status = 401), (status = 400))
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
    let names = Names::load(&web.app).await?;
    let narrowed = Narrowed {
        channel: query.channel,
        status: query.status,
        unit: query.unit,
        q: query.q,
        ..Narrowed::default()
    };
    let filter = filter(&web.app, staff, view, &narrowed, &names);
    let after = cursor(&query.cursor);
    let (letters, next) = reading::page(&web.app, staff, &filter, after.as_ref()).await?;
    let letters: Vec<Listed> = letters.iter().map(|l| Listed::new(l, &names)).collect();
    Ok(json_answer(
        StatusCode::OK,
        &json!({
            "letters": letters,
            "next": next.as_ref().map(write_cursor),
        }),
    ))
}

/// One letter.
///
/// # Errors
/// When there is none for the caller.
#[utoipa::path(
    get, path = "/api/v1/desk/letters/{number}", tag = "desk",
    params(("number" = String, Path)),
    responses((status = 200, body = serde_json::Value), (status = 401), (status = 404))
)]
pub async fn letter(
    State(web): State<Web>,
    visit: Visit,
    Named(text): Named<String>,
) -> Result<Response, Trouble> {
    let opened = reading::open(&web.app, visit.staff()?, number(&text)?).await?;
    let names = Names::load(&web.app).await?;
    Ok(json_answer(StatusCode::OK, &Whole::new(&opened, &names)))
}

/// A step on a letter.
///
/// # Errors
/// 403, 404, 409 with the newer version, 422 with every field at fault.
#[utoipa::path(
    post, path = "/api/v1/desk/letters/{number}/{action}", tag = "desk",
    params(("number" = String, Path), ("action" = String, Path)),
    request_body = steps::Body,
    responses(
        (status = 200, body = serde_json::Value), (status = 401), (status = 403),
        (status = 404), (status = 409), (status = 422),
    )
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
            let names = Names::load(&web.app).await?;
            // A registrar who names an accused party may lose sight of the letter by it.
            Ok(json_answer(StatusCode::OK, &Listed::new(&letter, &names)))
        }
        Err(error) => refusal(error),
    }
}

/// A refused step, with what helps to mend it.
pub(crate) fn refusal(error: Error) -> Result<Response, Trouble> {
    let (status, more) = match &error {
        Error::Conflict { current } => (StatusCode::CONFLICT, json!({ "version": current })),
        Error::Fields(all) => (StatusCode::UNPROCESSABLE_ENTITY, json!({ "errors": all })),
        Error::Refused(r) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({ "possible": r.possible }),
        ),
        Error::Rule(_) => (StatusCode::UNPROCESSABLE_ENTITY, json!({})),
        _ => return Err(error.into()),
    };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
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
