//! What stands before every handler: limits, headers, the check that a form comes from our own
//! pages.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use tracing::Instrument as _;

use super::{
    Web, error,
    error::Trouble,
    extract::SMALL,
    room::Room,
    upload,
    visit::{SESSION, bearer},
};
use crate::{clock::random, keys::to_hex};

/// The nonce of one answer's content security policy; the log knows the request by it too.
#[derive(Debug, Clone)]
pub struct Nonce(pub String);

/// How long a request may take, uploads over slow lines included.
const LONGEST: Duration = Duration::from_secs(300);

/// Puts every guard round the routes. The last layer added is the first to see a request.
pub fn around(router: Router<Web>, web: &Web) -> Router<Web> {
    router
        .layer(from_fn(same_site))
        .layer(from_fn_with_state(
            (web.clone(), Arc::new(Room::default())),
            upload::as_it_comes,
        ))
        .layer(from_fn_with_state(web.clone(), error::render))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a handler panicked");
            Trouble::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response()
        }))
        .layer(from_fn_with_state(web.clone(), headers))
        .layer(DefaultBodyLimit::max(SMALL))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST,
        ))
}

async fn headers(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let nonce = to_hex(&random::<16>(&*web.app.entropy));
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let asset = request.uri().path().starts_with("/assets/");
    let span = tracing::error_span!("request", id = %nonce);
    let mut response = next.run(request).instrument(span).await;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    let set = |headers: &mut HeaderMap, name: HeaderName, value: &str| {
        if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    };
    set(headers, header::CONTENT_SECURITY_POLICY, &policy);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    );
    if web.url.starts_with("https://") {
        set(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000",
        );
    }
    if !asset {
        set(headers, header::CACHE_CONTROL, "no-store");
    }
    response
}

/// Refuses a form that another site's page sends in a signed-in visitor's name. Browsers say
/// where a request comes from; one that says nothing may still write as anybody, but not as staff.
async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    // Whoever sends a token has no need of a cookie; other schemes browsers send by themselves.
    let by_token = bearer(headers).is_some();
    if safe || by_token || comes_from_here(headers) {
        return next.run(request).await;
    }
    Trouble::new(StatusCode::FORBIDDEN, "csrf").into_response()
}

fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
        (None, _) => !text(header::COOKIE).is_some_and(|c| c.contains(SESSION)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        comes_from_here(&headers)
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://a.cn"),
            ("host", "a.cn")
        ]));
        assert!(from(&[("origin", "https://a.cn"), ("host", "a.cn")]));
        assert!(!from(&[("origin", "https://evil.cn"), ("host", "a.cn")]));
        assert!(!from(&[("origin", "null"), ("host", "a.cn")]));
        assert!(from(&[("host", "a.cn")]));
        assert!(!from(&[("host", "a.cn"), ("cookie", "hy_session=1")]));
    }
}
