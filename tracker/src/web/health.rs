//! Whether the process lives, and whether it can take letters.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::Web;

/// The process answers; depends on nothing.
pub async fn live() -> &'static str {
    "ok"
}

/// The database answers. Mailboxes and the mail server are reported, but a broken one is no
/// reason to take the pages away.
pub async fn ready(State(web): State<Web>) -> Response {
    let (database, sources) = match web.app.store.ping().await {
        Ok(()) => (true, web.app.store.sources().await.unwrap_or_default()),
        Err(_) => (false, Vec::new()),
    };
    let sources: Vec<_> = sources
        .iter()
        .filter(|s| s.folder.ends_with('/'))
        .map(|s| json!({ "source": s.folder.trim_end_matches('/'), "ok": s.fine }))
        .collect();
    let status = if database {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "ready": database, "database": database, "sources": sources });
    (
        status,
        [("content-type", "application/json")],
        body.to_string(),
    )
        .into_response()
}
