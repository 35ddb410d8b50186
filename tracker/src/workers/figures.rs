//! Folds figure rows into cells, in slices that hold the database for a moment only. One process
//! at a time: whoever has the lease.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{app::App, letters::Result};

/// How long a lease lasts without being renewed.
const LEASE: Duration = Duration::from_secs(30);

/// Folds until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    let mut wait = Duration::from_secs(5);
    while pause(&stop, wait).await {
        wait = match once(&app).await {
            // More waits: go on after a breath, so that steps get the database most of the time.
            Ok(n) if n > 0 => Duration::from_millis(500),
            Ok(_) => Duration::from_secs(5),
            Err(error) => {
                tracing::error!(%error, "figures could not be folded");
                Duration::from_secs(30)
            }
        };
    }
}

/// Folds one slice; answers how many rows went.
///
/// # Errors
/// When the database refuses.
pub async fn once(app: &App) -> Result<u64> {
    let held = app
        .store
        .hold(app.now(), "figures", &app.process, LEASE)
        .await?;
    if !held {
        return Ok(0);
    }
    let step = app.store.begin(app.now()).await?;
    let folded = step.fold().await?;
    step.commit().await?;
    Ok(folded)
}
