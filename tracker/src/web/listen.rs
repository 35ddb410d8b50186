//! Connections. Each has half a minute to say what it asks, and there are only so many at once:
//! whoever opens many and says nothing takes the pages from nobody for long.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;

/// How long the head of a request may take, and an idle connection may stay.
const HEAD: Duration = Duration::from_secs(30);

/// Connections at once; the next wait in the system's queue.
const CONNECTIONS: usize = 900;

/// Answers on one address until `stop`; what is under way then is finished.
pub async fn answer(listener: TcpListener, router: Router, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();
    loop {
        let (stream, peer, place) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let service = ServiceBuilder::new()
            .layer(Extension(ConnectInfo(peer)))
            .service(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            // A client that left, or no file handle free: neither is a reason to stop.
            Err(error) => {
                tracing::debug!(%error, "no connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}
