//! Keeps calendar and rules up to date, and counts due dates anew after they changed, in slices
//! that hold the database for a moment only. One process at a time: whoever has the lease.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::pause;
use crate::{
    app::App,
    domain::job::JobState,
    letters::{
        Result,
        recount::{self, Slice},
    },
    store::jobs::Job,
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);
/// How long a lease lasts without being renewed.
const LEASE: Duration = Duration::from_secs(20);
/// When it is renewed.
const RENEW: Duration = Duration::from_secs(5);
/// Between two slices at the least, so that whoever waits to write comes in between.
const BREATH: Duration = Duration::from_millis(5);

/// Looks until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    for warning in crate::reading::law::warnings(&app) {
        let year = warning.year();
        tracing::warn!(
            year,
            "the holidays of this year are not known: due dates in it are provisional until \
             `huiyin calendar import`"
        );
    }
    let mut keeper = Keeper::default();
    loop {
        if let Err(error) = once(&app, &mut keeper, &stop).await {
            tracing::error!(%error, "due dates could not be counted anew; it is tried again");
        }
        if !pause(&stop, EVERY).await {
            return;
        }
    }
}

/// One look: the law as it stands, and whatever is to be counted anew.
///
/// # Errors
/// When the database refuses.
pub async fn once(app: &App, keeper: &mut Keeper, stop: &CancellationToken) -> Result<()> {
    app.current_law().await?;
    // The lease is kept while nothing is to be done: a command leaves the work to a server.
    while keeper.holds(app).await? {
        let Some(job) = app.store.running_job().await? else {
            break;
        };
        if !work(app, &job, keeper, stop, &|_| {}).await? {
            break;
        }
    }
    Ok(())
}

/// Does a job to its end as long as this process holds the lease; `false` where it does not, or
/// everything is to stop.
///
/// # Errors
/// When the database refuses.
pub async fn work(
    app: &App,
    job: &Job,
    keeper: &mut Keeper,
    stop: &CancellationToken,
    progress: &(dyn Fn(&Job) + Sync),
) -> Result<bool> {
    let mut rest = BREATH;
    while keeper.holds(app).await? && pause(stop, rest).await {
        let began = Instant::now();
        let done = recount::slice(app, job.id).await?;
        let running = |s: &Slice| s.job.state == JobState::Running;
        let Some(done) = done.filter(running) else {
            tracing::info!(job = job.id, "due dates were counted anew");
            return Ok(true);
        };
        progress(&done.job);
        // At most half of the time nobody else can write: what was read before is rest enough.
        let read = began.elapsed().saturating_sub(done.held);
        rest = BREATH.max(done.held.saturating_sub(read));
    }
    Ok(false)
}

/// Holds the lease, and asks the database for it no more often than it must.
#[derive(Debug, Default)]
pub struct Keeper {
    renewed: Option<Instant>,
}

impl Keeper {
    /// Whether this process is the one that counts anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn holds(&mut self, app: &App) -> Result<bool> {
        if self.renewed.is_some_and(|at| at.elapsed() < RENEW) {
            return Ok(true);
        }
        let held = app
            .store
            .hold(app.now(), "law", &app.process, LEASE)
            .await?;
        self.renewed = held.then(Instant::now);
        Ok(held)
    }
}
