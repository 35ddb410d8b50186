//! Between two pages of the public: what was typed, and which letter was sent or is looked at. It
//! lasts some hours, opens for one browser only, and nothing depends on it: where it cannot be kept,
//! the page itself carries everything.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::Result;
use crate::{app::App, store::carried::Hand};

/// How long it lasts since it was last written.
pub const LASTS: Duration = Duration::from_secs(4 * 3_600);

/// Keeps something; `false` where it could not be, which is no error: there is no room, it is too
/// large, or nothing can be written just now.
pub async fn keep(app: &App, hand: &Hand, from: Option<&str>, what: &impl Serialize) -> bool {
    let kept = async {
        let plain = serde_json::to_vec(what).unwrap_or_default();
        let now = app.now();
        let step = app.store.begin(now).await?;
        let kept = step.carry(hand, from, &plain, now + LASTS).await?;
        step.commit().await?;
        Ok::<_, super::Error>(kept)
    };
    match kept.await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::warn!(%error, "what a visitor typed could not be kept; their page carries it");
            false
        }
    }
}

/// What is kept, where it still is.
///
/// # Errors
/// When the database refuses.
pub async fn look<T: DeserializeOwned>(app: &App, hand: &Hand) -> Result<Option<T>> {
    let plain = app.store.carried(hand, app.now()).await?;
    // Of another version: as good as gone.
    Ok(plain.and_then(|p| serde_json::from_slice(&p).ok()))
}

/// Forgets it at once.
///
/// # Errors
/// When the database refuses.
pub async fn forget(app: &App, hand: &Hand) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    step.drop_carried(hand).await?;
    Ok(step.commit().await?)
}

/// Forgets all that has expired.
///
/// # Errors
/// When the database refuses.
pub async fn forget_expired(app: &App) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    step.forget_expired().await?;
    Ok(step.commit().await?)
}
