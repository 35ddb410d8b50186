//! `huiyin serve`.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
};

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{Failure, Outcome, out};
use crate::{
    app::{App, StartError},
    config::Config,
    demo::{self, Guide},
    serve,
};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A throw-away data folder filled with sample units, people and letters.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Listen here, whatever listen.public and listen.desk say.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(crate) async fn run(self, config: Config) -> Outcome {
        let stop = stopping();
        match opened(self.listening(config), &stop).await? {
            Some(app) => until(app, stop, |_| {}).await,
            None => Ok(()),
        }
    }

    fn listening(&self, mut config: Config) -> Config {
        if let Some(address) = self.listen {
            config.listen.public = address;
            config.listen.desk = address;
            if !address.ip().is_unspecified() {
                config.lead_to(address);
            }
        }
        config
    }
}

/// Opens everything, however long the database is away; `None` where it is to stop before.
async fn opened(config: Config, stop: &CancellationToken) -> Result<Option<App>, Failure> {
    if let Some(told) = config.key_within_data() {
        tracing::warn!("{told}");
    }
    let open = || App::begin(config.clone());
    let opened = serve::patiently(stop, StartError::is_passing, open).await;
    opened.map_err(Failure::start)
}

/// Serves until `stop`; `ready` has a last word once the addresses are told.
async fn until(app: App, stop: CancellationToken, ready: impl FnOnce(&[SocketAddr])) -> Outcome {
    #[cfg(feature = "failpoints")]
    let _points = fail::FailScenario::setup();
    serve::serve(app, stop, |addresses, link| {
        for address in addresses {
            let _ = out::say(&format!("回音 Huiyin: http://{address}/"));
        }
        if let Some(link) = link {
            let _ = out::say(&format!(
                "Nobody can sign in yet. The first administrator's link, good for 24 hours:\n{link}"
            ));
        }
        ready(addresses);
    })
    .await?;
    Ok(())
}

/// Cancelled at Ctrl-C or SIGTERM.
fn stopping() -> CancellationToken {
    let stop = CancellationToken::new();
    let trigger = stop.clone();
    tokio::spawn(async move {
        signalled().await;
        trigger.cancel();
    });
    stop
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

/// The demonstration: its own data folder, thrown away at the end, however that comes.
pub(crate) async fn demo(file: Option<&Path>, serve: &Serve) -> Outcome {
    let operators = Config::load(file).map_err(|e| Failure::Usage(e.to_string()))?;
    out::log("warn");
    let stop = stopping();
    let folder = demo::folder()?;
    let config = demo::config(serve.listening(operators), folder.path());
    for address in [config.listen.public, config.listen.desk] {
        free(address)?;
    }
    let (base, language) = (config.base_url.clone(), config.language.clone());
    let bar = out::progress("filling the demonstration");
    let guide = tokio::select! {
        filled = demo::fill(config.clone()) => filled?,
        () = stop.cancelled() => return Ok(()),
    };
    bar.finish_and_clear();
    let app = App::open(config).await?;
    until(app, stop, |_| {
        let _ = show(&guide, &base, &language, folder.path());
    })
    .await?;
    Ok(folder.close()?)
}

/// Says so before anything is filled, where another program has the port.
fn free(address: SocketAddr) -> Outcome {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(e) => Err(Failure::Failed(format!(
            "cannot listen on {address}: {e}; say where else with --listen 127.0.0.1:PORT"
        ))),
    }
}

/// What to open, and as whom.
fn show(guide: &Guide, base: &str, language: &str, folder: &Path) -> Outcome {
    let word = |key: String| {
        crate::_rust_i18n_try_translate(language, &key).map_or(key, std::borrow::Cow::into_owned)
    };
    let mut lines = vec![
        vec!["portal 公众".into(), format!("{base}/")],
        vec!["figures 统计".into(), format!("{base}/statistics")],
        vec!["desk 办信".into(), format!("{base}/desk")],
        vec!["intake 登记".into(), format!("{base}/intake")],
        vec!["admin 管理".into(), format!("{base}/admin")],
        vec![
            "mail that would leave".into(),
            folder.join("outgoing").display().to_string(),
        ],
        vec!["its folder".into(), folder.display().to_string()],
    ];
    if let Some((number, code)) = &guide.track {
        let asked = format!("{base}/track  number {number}  code {code}");
        lines.insert(1, vec!["track 查信".into(), asked]);
    }
    out::say("\nThe demonstration. All of it is invented, and deleted when it stops (Ctrl-C).\n")?;
    out::table(&["open", "where"], &lines)?;
    let row = |l: &demo::Login| {
        let mut roles: Vec<String> = l
            .roles
            .iter()
            .map(|r| word(format!("role.{}", r.code())))
            .collect();
        if l.cleared {
            roles.push("report box 举报信箱".into());
        }
        vec![
            l.login.clone(),
            l.password.clone(),
            l.name.clone(),
            l.unit.clone(),
            roles.join(" · "),
        ]
    };
    let people: Vec<Vec<String>> = guide.logins.iter().map(row).collect();
    out::say("")?;
    out::table(&["login", "password", "name", "unit", "roles"], &people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_it_listens_unless_they_were_told() {
        let base = |listen: &str, base_url: &str| {
            let serve = Serve {
                demo: false,
                listen: Some(listen.parse().unwrap()),
            };
            let mut config = Config::default();
            if !base_url.is_empty() {
                config.base_url = base_url.into();
            }
            serve.listening(config).base_url
        };
        assert_eq!(base("127.0.0.1:9000", ""), "http://127.0.0.1:9000");
        let told = "https://letters.example.gov.cn";
        assert_eq!(base("127.0.0.1:9000", told), told);
        assert_eq!(base("0.0.0.0:80", ""), Config::default().base_url);
    }
}
