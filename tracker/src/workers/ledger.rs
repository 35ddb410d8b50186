//! Notes sender and subject of messages that the machine put aside for good, so that a clerk can
//! find them. One that waits for a person may belong to a sealed letter yet, and is not noted; nor
//! is one that is sealed, or whose reading has ended a process.

use std::time::Duration;

use ingest::letter::Authentication;
use jiff::ToSpan;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{
    app::App,
    domain::words::Fate,
    letters::{Result, read, release::words_of},
};

/// Messages a round.
const ROUND: u64 = 50;
/// How long a lease lasts without being renewed.
const LEASE: Duration = Duration::from_secs(60);
/// How far it has come.
const WATERMARK: &str = "ledger-words";
/// Lines of the last moments wait: another process may still be committing an earlier id.
const CALM: i64 = 20;
/// A message that stays unread for longer is passed over.
const PATIENCE: i64 = 3_600;

/// Notes until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    let mut wait = Duration::from_secs(10);
    while pause(&stop, wait).await {
        wait = match once(&app).await {
            Ok(n) if n == ROUND => Duration::from_millis(50),
            Ok(_) => Duration::from_secs(10),
            Err(error) => {
                tracing::error!(%error, "words of the ledger could not be noted");
                Duration::from_secs(60)
            }
        };
    }
}

/// One round; answers how many lines it passed.
///
/// # Errors
/// When the database refuses.
pub async fn once(app: &App) -> Result<u64> {
    if !app
        .store
        .hold(app.now(), WATERMARK, &app.process, LEASE)
        .await?
    {
        return Ok(0);
    }
    let last = app.store.setting(WATERMARK).await?;
    let mut last: i64 = last.and_then(|v| v.parse().ok()).unwrap_or(0);
    let now = app.now();
    let (mut passed, mut noted, mut forged) = (0, Vec::new(), Vec::new());
    for line in app.store.lines_after(last, ROUND).await? {
        let older = |seconds: i64| line.stored_at + seconds.seconds() < now;
        if !older(CALM) || (line.fate.is_none() && !older(PATIENCE)) {
            break;
        }
        (passed, last) = (passed + 1, line.id);
        let settled = matches!(
            line.fate,
            Some(Fate::Automatic | Fate::Duplicate | Fate::Invalid)
        );
        let Some(blob) = &line.blob_id else { continue };
        if !settled || line.sealed || !line.source.is_mail() || line.attempts > 0 {
            continue;
        }
        let Ok(words) = read::read(line.source, &app.store.blob(blob).await?) else {
            continue;
        };
        if words.authentication == Authentication::Fail {
            forged.push(line.id);
        }
        let (sender, subject) = words_of(&words);
        noted.push((line.id, sender, subject));
    }
    if passed > 0 {
        let step = app.store.begin(now).await?;
        step.note_words(noted).await?;
        step.mark_forged(&forged).await?;
        step.set(WATERMARK, last.to_string()).await?;
        step.commit().await?;
    }
    Ok(passed)
}
