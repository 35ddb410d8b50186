//! Forgets what visitors carried from page to page and nobody carries any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{app::App, letters::carried};

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(600);

/// Forgets until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    loop {
        if let Err(error) = carried::forget_expired(&app).await {
            tracing::warn!(%error, "what visitors typed and left could not be dropped yet");
        }
        if !pause(&stop, EVERY).await {
            return;
        }
    }
}
