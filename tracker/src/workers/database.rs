//! Looks whether the database answers and whether anything can be written; says once in the log that
//! it is away or nothing can be, and why, and once that it is back.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{
    app::App,
    store::{Result, reach, writable::Hindrance},
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);
/// A database that takes longer for nothing at all is as good as away.
const ANSWER: Duration = Duration::from_secs(5);

/// A write is tried so often, though nobody else writes.
const PROBE: Duration = Duration::from_secs(30);

/// Looks until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    let mut away = Since::default();
    let mut hindered = Since::default();
    let mut probed: Option<Instant> = None;
    while pause(&stop, EVERY).await {
        let looked = look(&app).await;
        away.now(looked.as_ref().err(), |reason| match reason {
            Some(reason) => tracing::error!(reason, "the database is away; mail waits where it is"),
            None => tracing::info!("the database is back"),
        });
        if looked.is_err() {
            continue;
        }
        let stands = app.store.writable.hindrance();
        let due = probed.is_none_or(|at| at.elapsed() >= PROBE);
        if due || matches!(stands, Some(Hindrance::Failing(_))) {
            probed = Some(Instant::now());
            // What it says is remembered where everybody writes.
            let _ = app.store.probe(app.now()).await;
        }
        let stands = app.store.writable.hindrance().map(|h| h.to_string());
        hindered.now(stands.as_ref(), |reason| match reason {
            Some(reason) => {
                tracing::error!(reason, "nothing can be taken in; mail waits where it is");
            }
            None => tracing::info!("letters are taken in again"),
        });
    }
}

/// What stands, so that only its beginning and its end are told.
#[derive(Default)]
struct Since(bool);

impl Since {
    fn now(&mut self, reason: Option<&String>, tell: impl FnOnce(Option<&str>)) {
        if reason.is_some() != self.0 {
            self.0 = reason.is_some();
            tell(reason.map(String::as_str));
        }
    }
}

async fn look(app: &App) -> std::result::Result<(), String> {
    let asked: Option<Result<()>> = timeout(ANSWER, app.store.ping()).await.ok();
    let reason = match asked {
        Some(Ok(())) => return Ok(()),
        Some(Err(error)) => error.to_string(),
        None => format!("no answer within {} seconds", ANSWER.as_secs()),
    };
    let url = app.config.database_url();
    if url.starts_with("sqlite:") {
        return Err(reason);
    }
    // The pool knows only that it waited in vain.
    Err(match reach::knock(&url).await {
        Err(error) => error.to_string(),
        Ok(()) => reason,
    })
}
