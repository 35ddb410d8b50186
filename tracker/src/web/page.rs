//! Finished pages and the ways from one to the next.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{Web, error::Trouble};

/// A page, rendered now: a failure is an error like any other.
///
/// # Errors
/// When the template fails.
pub fn page(template: &impl Template) -> Result<Response, Trouble> {
    with_status(StatusCode::OK, template)
}

/// The same with another status.
///
/// # Errors
/// When the template fails.
pub fn with_status(status: StatusCode, template: &impl Template) -> Result<Response, Trouble> {
    match template.render() {
        Ok(html) => Ok((status, Html(html)).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            Err(Trouble::new(StatusCode::INTERNAL_SERVER_ERROR, "internal"))
        }
    }
}

/// On to another page of this site, after a form was taken.
#[must_use]
pub fn to(web: &Web, path: &str) -> Response {
    let location = format!("{}{path}", web.base);
    match HeaderValue::from_str(&location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => Trouble::not_found().into_response(),
    }
}

/// The same, saying something once there.
#[must_use]
pub fn to_saying(web: &Web, path: &str, code: &str, arg: &str) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    let arg = super::show::escape(arg);
    to(web, &format!("{path}{mark}said={code}&of={arg}"))
}

/// On to the desk, where that is elsewhere than these pages.
#[must_use]
pub fn to_desk(web: &Web, path: &str) -> Option<Response> {
    let desk = web.desk.as_ref()?;
    let location = HeaderValue::from_str(&format!("{desk}{path}")).ok()?;
    Some((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// A download that no browser shows or runs in our origin.
#[must_use]
pub fn download(name: &str, bytes: Vec<u8>) -> Response {
    let ascii: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._- ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let disposition = format!(
        "attachment; filename=\"{ascii}\"; filename*=UTF-8''{}",
        super::show::escape(name)
    );
    let disposition = HeaderValue::from_str(&disposition)
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
    ];
    (headers, bytes).into_response()
}
