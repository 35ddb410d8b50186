//! Says once in the log that a source has been silent for too long, and once that it is over.

use std::{collections::BTreeMap, time::Duration};

use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{app::App, letters::Result, reading::sources};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(60);
/// How long a lease lasts without being renewed.
const LEASE: Duration = Duration::from_secs(150);

/// Looks until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    while pause(&stop, EVERY).await {
        if let Err(error) = once(&app).await {
            tracing::error!(%error, "the sources could not be looked at");
        }
    }
}

/// One look.
///
/// # Errors
/// When the database refuses.
pub async fn once(app: &App) -> Result<()> {
    if !app
        .store
        .hold(app.now(), "alarms", &app.process, LEASE)
        .await?
    {
        return Ok(());
    }
    let mut standing = BTreeMap::new();
    for source in sources::fetched(app).await? {
        for alarm in source.alarms {
            let name = format!("{}:{}/{}", source.source, source.name, alarm.code());
            standing.insert(name, alarm.number());
        }
    }
    let logged = app.store.logged_alarms().await?;
    for (name, number) in &standing {
        if !logged.iter().any(|(n, _)| n == name) {
            let step = app.store.begin(app.now()).await?;
            step.add_alarm(name.clone()).await?;
            step.commit().await?;
            tracing::warn!(source = name, number, "a source is silent");
        }
    }
    for (name, since) in logged.iter().filter(|(n, _)| !standing.contains_key(n)) {
        let step = app.store.begin(app.now()).await?;
        step.end_alarm(name).await?;
        step.commit().await?;
        tracing::info!(source = name, %since, "a source is silent no longer");
    }
    Ok(())
}
