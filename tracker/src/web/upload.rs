//! A request's body as it comes: it takes [`Room`] by the bytes that came, and is ended where
//! none come.

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::{
    Web,
    error::Trouble,
    room::{Room, Ticket},
    visit,
};

/// What any request may hold without asking for room, in bytes: a letter's words fit.
const FREE: usize = 64 << 10;
/// In this time …
const WHILE: Duration = Duration::from_secs(10);
/// … at least so many bytes must come: less than the slowest line carries.
const PACE: usize = 4 << 10;

/// A body was ended because nothing came.
const STILL: u8 = 1;
/// A body was ended because there was no room for it.
const FULL: u8 = 2;

/// Hands the body on as it comes, and says so where it was ended.
pub(super) async fn as_it_comes(
    State((web, room)): State<(Web, Arc<Room>)>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let end = Arc::new(AtomicU8::default());
    // What was taken goes back when all is answered, not when the last byte was handed on.
    let ticket = Arc::new(OnceLock::new());
    let coming = Coming {
        body: body.into_data_stream(),
        came: 0,
        until: Instant::now() + WHILE,
        lately: 0,
        place: visit::place(&web, &parts),
        room,
        ticket: Arc::clone(&ticket),
        end: Arc::clone(&end),
    };
    let body = Body::from_stream(stream::unfold(coming, Coming::next));
    let response = next.run(Request::from_parts(parts, body)).await;
    drop(ticket);
    let mut response = match end.load(Ordering::Relaxed) {
        STILL => Trouble::new(StatusCode::REQUEST_TIMEOUT, "too-slow").into_response(),
        FULL => Trouble::new(StatusCode::SERVICE_UNAVAILABLE, "busy").into_response(),
        _ => return response,
    };
    // The rest of the body is waited for no longer.
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// A body that is coming.
struct Coming {
    body: BodyDataStream,
    /// Bytes so far.
    came: usize,
    /// When the next look at the pace is taken.
    until: Instant,
    /// Bytes since the last look.
    lately: usize,
    place: Option<String>,
    room: Arc<Room>,
    ticket: Arc<OnceLock<Ticket>>,
    end: Arc<AtomicU8>,
}

impl Coming {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if self.end.load(Ordering::Relaxed) != 0 {
            return None;
        }
        let bytes = match self.arrives().await {
            Ok(bytes) => self.holds(bytes?).await,
            Err(error) => Err(error),
        };
        Some((bytes, self))
    }

    /// What comes next; nothing at the end.
    async fn arrives(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            match timeout_at(self.until, self.body.next()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(bytes))) => {
                    self.lately += bytes.len();
                    return Ok(Some(bytes));
                }
                Ok(Some(Err(error))) => return Err(io::Error::other(error)),
                Err(_) if self.lately < PACE => return Err(self.ended(STILL)),
                Err(_) => {
                    self.lately = 0;
                    self.until = Instant::now() + WHILE;
                }
            }
        }
    }

    /// Takes room for what came.
    async fn holds(&mut self, bytes: Bytes) -> io::Result<Bytes> {
        let before = self.came.max(FREE);
        self.came += bytes.len();
        let beyond = self.came.max(FREE) - before;
        if beyond == 0 {
            return Ok(bytes);
        }
        let (room, place, asked) = (&self.room, &mut self.place, Instant::now());
        let ticket = self.ticket.get_or_init(|| room.enter(place.take()));
        if ticket.take(beyond).await.is_err() {
            return Err(self.ended(FULL));
        }
        // Waiting for room is not the sender's stillness.
        self.until += asked.elapsed();
        Ok(bytes)
    }

    fn ended(&self, why: u8) -> io::Error {
        self.end.store(why, Ordering::Relaxed);
        io::Error::from(io::ErrorKind::TimedOut)
    }
}
