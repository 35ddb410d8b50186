//! `huiyin serve`.

use std::path::Path;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, out};
use crate::{app::App, config::Config, serve};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A throw-away data folder filled with sample units, people and letters.
    #[arg(long)]
    pub(crate) demo: bool,
}

impl Serve {
    pub(crate) async fn run(self, config: Config) -> Outcome {
        out::log("info");
        let app = App::open(config).await?;
        until_stopped(app).await
    }
}

async fn until_stopped(app: App) -> Outcome {
    #[cfg(feature = "failpoints")]
    let _points = fail::FailScenario::setup();
    let stop = CancellationToken::new();
    let trigger = stop.clone();
    let signals = tokio::spawn(async move {
        signalled().await;
        trigger.cancel();
    });
    let served = serve::serve(app, stop, |addresses, link| {
        for address in addresses {
            let _ = out::say(&format!("回音 Huiyin: http://{address}/"));
        }
        if let Some(link) = link {
            let _ = out::say(&format!(
                "Nobody can sign in yet. The first administrator's link, good for 24 hours:\n{link}"
            ));
        }
    })
    .await;
    signals.abort();
    Ok(served?)
}

async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// The demonstration: its own data folder, thrown away at the end.
pub(crate) async fn demo(config: Option<&Path>, _: &Serve) -> Outcome {
    let _ = config;
    Err(Failure::Usage(
        "the demonstration comes with a later part".into(),
    ))
}
