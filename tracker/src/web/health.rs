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

/// The database answers and can be written to. Mailboxes and the mail server are reported, but a
/// broken one is no reason to take the pages away.
pub async fn ready(State(web): State<Web>) -> Response {
    let store = &web.app.store;
    let (database, sources) = match store.ping().await {
        Ok(()) => (Ok(()), store.sources().await.unwrap_or_default()),
        Err(_) => (Err("away"), Vec::new()),
    };
    let sources: Vec<_> = sources
        .iter()
        .filter(|s| s.folder.ends_with('/'))
        .map(|s| json!({ "source": s.folder.trim_end_matches('/'), "ok": s.fine }))
        .collect();
    let hindrance = store.writable.hindrance().map(|h| h.code());
    // A code: whoever may ask is not told where the database lies. The log says the rest.
    let reason = database.err().or(hindrance);
    let status = if reason.is_none() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "ready": reason.is_none(),
        "database": database.is_ok(),
        "writes": database.is_ok() && hindrance.is_none(),
        "reason": reason,
        "sources": sources,
    });
    (
        status,
        [("content-type", "application/json")],
        body.to_string(),
    )
        .into_response()
}
