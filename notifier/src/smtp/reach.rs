//! Says once in the log that the mail server cannot be reached, and once that it is back.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::connect::Door;
use crate::outcome::DeliveryError;

/// Since when it cannot be reached, where it cannot.
#[derive(Debug, Default)]
pub(super) struct Reach(Mutex<Option<Instant>>);

impl Reach {
    /// Notes whether a connection was to be had.
    pub(super) fn note(&self, door: &Door, fault: Option<&DeliveryError>) {
        let mut away = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (fault, *away) {
            (Some(error), None) => {
                *away = Some(Instant::now());
                tracing::warn!(server = %door.name(), %error, "the mail server is away");
            }
            (None, Some(since)) => {
                *away = None;
                let after = since.elapsed();
                tracing::info!(server = %door.name(), ?after, "the mail server is back");
            }
            _ => {}
        }
    }
}
