//! Says once in the log that the database is away, and why, and once that it is back.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{
    app::App,
    store::{Result, reach},
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);
/// A database that takes longer for nothing at all is as good as away.
const ANSWER: Duration = Duration::from_secs(5);

/// Looks until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    let mut away: Option<Instant> = None;
    while pause(&stop, EVERY).await {
        match (look(&app).await, away) {
            (Err(reason), None) => {
                tracing::error!(reason, "the database is away; mail waits where it is");
                away = Some(Instant::now());
            }
            (Ok(()), Some(since)) => {
                tracing::info!(after = ?since.elapsed(), "the database is back");
                away = None;
            }
            _ => {}
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
