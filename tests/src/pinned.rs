//! The product in this process, on a clock that a story moves.

use std::{path::Path, sync::Arc, thread::JoinHandle};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracker::{
    app::App,
    clock::{FixedClock, SystemEntropy},
    config::Config,
    serve,
};

/// A server that lives when it is told to; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Pinned {
    clock: Arc<FixedClock>,
    stop: CancellationToken,
    server: Option<JoinHandle<()>>,
}

/// An instant of the department's, `YYYY-MM-DD HH:MM`.
fn at(text: &str) -> Timestamp {
    let text = format!("{}:00+08:00", text.replace(' ', "T"));
    text.parse().expect("an instant")
}

impl Pinned {
    /// Serves as a configuration says, pages and workers alike.
    pub(crate) fn serve(file: &Path, now: &str) -> Self {
        let config = Config::load(Some(file)).expect("a configuration");
        let clock = Arc::new(FixedClock::new(at(now)));
        let stop = CancellationToken::new();
        let (its_clock, its_end) = (clock.clone(), stop.clone());
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let app = App::open_with(config, its_clock, Arc::new(SystemEntropy)).await;
                let app = app.expect("it opens");
                serve::serve(app, its_end, |_, _| ())
                    .await
                    .expect("it serves");
            });
        });
        Self {
            clock,
            stop,
            server: Some(server),
        }
    }

    /// Moves its clock.
    pub(crate) fn is_now(&self, now: &str) {
        self.clock.set(at(now));
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}
