//! What runs beside the pages: each worker is a loop of ten lines round a function that does one
//! round and can be called by itself.

#[cfg(test)]
mod additions_test;
pub mod alarms;
pub mod carried;
pub mod database;
pub mod delivery;
#[cfg(test)]
mod duty_test;
pub mod figures;
pub mod intake;
pub mod law;
pub mod ledger;
pub mod supervision;
#[cfg(test)]
mod supervision_test;
mod undelivered;
mod weekly;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Waits, or returns early when everything is to stop; `true` to go on.
pub(crate) async fn pause(stop: &CancellationToken, wait: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}
