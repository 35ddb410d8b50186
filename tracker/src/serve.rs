//! The composition root: pages, sources and workers, started together and stopped together.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::App,
    config,
    letters::{Error, setup},
    web::{Side, Web, listen},
    workers::{
        alarms, carried, database, delivery, figures, intake, law, ledger, pause, supervision,
    },
};

/// Why it does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on {0}: {1}; set listen.public or listen.desk")]
    Listen(SocketAddr, std::io::Error),
    /// Mail cannot leave.
    #[error("smtp: {0}")]
    Smtp(#[from] notifier::SetupError),
    /// A source cannot be started.
    #[error(transparent)]
    Source(#[from] Error),
}

/// How long requests and mails under way may take once everything is to stop.
const LAST_WORDS: Duration = Duration::from_secs(25);

/// Serves until `stop`. `ready` is told the addresses, and the first administrator's link where
/// nobody can sign in yet.
///
/// # Errors
/// When something cannot be started.
pub async fn serve(
    app: App,
    stop: CancellationToken,
    ready: impl FnOnce(&[SocketAddr], Option<&str>),
) -> Result<(), ServeError> {
    let listen = &app.config.listen;
    let public = bind(listen.public).await?;
    let desk = if listen.desk == listen.public {
        None
    } else {
        Some(bind(listen.desk).await?)
    };
    let mut addresses = vec![public.local_addr().unwrap_or(listen.public)];
    addresses.extend(desk.as_ref().map(|d| d.local_addr().unwrap_or(listen.desk)));

    let tasks = TaskTracker::new();
    tasks.spawn(intake::resume(app.clone(), stop.clone()));
    tasks.spawn(figures::run(app.clone(), stop.clone()));
    tasks.spawn(alarms::run(app.clone(), stop.clone()));
    tasks.spawn(carried::run(app.clone(), stop.clone()));
    tasks.spawn(database::run(app.clone(), stop.clone()));
    tasks.spawn(ledger::run(app.clone(), stop.clone()));
    tasks.spawn(law::run(app.clone(), stop.clone()));
    tasks.spawn(supervision::run(app.clone(), stop.clone()));
    if let Some(outlet) = outlet(&app)? {
        tasks.spawn(delivery::run(app.clone(), Arc::new(outlet), stop.clone()));
    }
    let doors = || intake::doors(&app);
    let Some(doors) = patiently(&stop, Error::is_passing, doors).await? else {
        return Ok(());
    };
    let sources = intake::start(&app, doors, &stop)?;

    let web = Web::new(app.clone());
    let both = [Side::Public, Side::Staff];
    let sides: &[Side] = if desk.is_some() {
        &[Side::Public]
    } else {
        &both
    };
    tasks.spawn(listen::answer(public, web.router(sides), stop.clone()));
    if let Some(desk) = desk {
        tasks.spawn(listen::answer(desk, web.router(&both), stop.clone()));
    }
    let link = || setup::first_link(&app);
    if let Some(link) = patiently(&stop, Error::is_passing, link).await? {
        ready(&addresses, link.as_deref());
    }

    stop.cancelled().await;
    tasks.close();
    if tokio::time::timeout(LAST_WORDS, tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!("some work was still under way; it is taken up again at the next start");
    }
    let joined = tokio::task::spawn_blocking(move || {
        for thread in sources {
            let _ = thread.join();
        }
    });
    let _ = tokio::time::timeout(Duration::from_secs(5), joined).await;
    let _ = app.store.release(&app.process).await;
    app.store.close().await;
    Ok(())
}

/// How long to wait at most before a database that is away is asked again.
const LONGEST: Duration = Duration::from_secs(15);

/// Asks until the database answers, however long it is away; `None` where everything is to stop
/// before.
///
/// # Errors
/// What does not pass by itself.
pub(crate) async fn patiently<T, E, A>(
    stop: &CancellationToken,
    passes: fn(&E) -> bool,
    ask: impl Fn() -> A,
) -> Result<Option<T>, E>
where
    A: Future<Output = Result<T, E>>,
    E: std::fmt::Display,
{
    let mut wait = Duration::from_secs(1);
    loop {
        let answer = tokio::select! {
            answer = ask() => answer,
            () = stop.cancelled() => return Ok(None),
        };
        match answer {
            Err(error) if passes(&error) => {
                tracing::warn!(%error, again_in = ?wait, "waiting for the database");
            }
            answer => return answer.map(Some),
        }
        if !pause(stop, wait).await {
            return Ok(None);
        }
        wait = (wait * 2).min(LONGEST);
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|e| ServeError::Listen(address, e))
}

/// The way out for mail, where one is configured.
///
/// # Errors
/// When it is configured wrongly.
pub fn outlet(app: &App) -> Result<Option<notifier::Outlet>, notifier::SetupError> {
    let Some(smtp) = &app.config.smtp else {
        return Ok(None);
    };
    if let Some(folder) = &smtp.folder {
        let folder = notifier::Folder::new(folder, &smtp.from, &app.instance)?;
        return Ok(Some(notifier::Outlet::Folder(folder)));
    }
    notifier::Smtp::new(&notifier::SmtpConfig {
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.security {
            config::Security::None => notifier::Security::None,
            config::Security::StartTls => notifier::Security::StartTls,
            config::Security::Tls => notifier::Security::Tls,
        },
        from: smtp.from.clone(),
        username: smtp.username.clone(),
        password: smtp.password.as_ref().map(|p| p.expose().to_owned()),
        ca_file: smtp.ca_file.clone(),
        instance: app.instance.clone(),
        timeout: Duration::from_secs(smtp.timeout_seconds),
    })
    .map(|smtp| Some(notifier::Outlet::Smtp(Box::new(smtp))))
}
