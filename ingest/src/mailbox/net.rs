//! The byte stream under a conversation: time limits of our own, a limit on what one answer may
//! weigh, and an end within a quarter of a second when the program stops.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use imap::extensions::idle::SetReadTimeout;
use rustls::{ClientConnection, StreamOwned};
use tokio_util::sync::CancellationToken;

use super::{Security, fault::Fault, filter::Filter};

/// How long one system call may wait before `stop` is looked at.
pub(super) const TICK: Duration = Duration::from_millis(200);
/// A server that owes an answer and says nothing for so long is given up.
pub(super) const SILENCE: Duration = Duration::from_secs(45);
/// Waiting for one answer, all pauses together: a trickle does not hold us for ever.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);
/// For one address of the host.
const CONNECT: Duration = Duration::from_secs(15);
/// What an answer may weigh unless a fetch announces more. A million UIDs take 8 MB.
const ANSWER: u64 = 64 << 20;

/// The limits of a conversation, shared between its stream and whoever drives it. Time is counted
/// in ticks of silence rather than by a clock.
#[derive(Debug)]
pub(super) struct Watch {
    stop: CancellationToken,
    silence: AtomicU64,
    patience: AtomicU64,
    quiet: AtomicU64,
    waited: AtomicU64,
    allowance: AtomicU64,
}

impl Watch {
    pub(super) fn new(stop: CancellationToken) -> Arc<Self> {
        let watch = Watch {
            stop,
            silence: AtomicU64::new(0),
            patience: AtomicU64::new(0),
            quiet: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            allowance: AtomicU64::new(ANSWER),
        };
        watch.limit(SILENCE, PATIENCE);
        Arc::new(watch)
    }

    /// From now on: so long without a byte, so long altogether.
    pub(super) fn limit(&self, silence: Duration, patience: Duration) {
        let millis = |d: Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
        self.silence.store(millis(silence), Relaxed);
        self.patience.store(millis(patience), Relaxed);
        self.restart();
    }

    /// The next answer may weigh so many bytes above the usual.
    pub(super) fn allow(&self, bytes: u64) {
        self.allowance.store(ANSWER.saturating_add(bytes), Relaxed);
    }

    fn restart(&self) {
        self.quiet.store(0, Relaxed);
        self.waited.store(0, Relaxed);
    }

    /// One tick of silence passed.
    fn tick(&self) -> io::Result<()> {
        if self.stop.is_cancelled() {
            return Err(io::Error::new(ErrorKind::ConnectionAborted, "stopping"));
        }
        let tick = u64::try_from(TICK.as_millis()).unwrap_or(u64::MAX);
        let quiet = self.quiet.fetch_add(tick, Relaxed) + tick;
        let waited = self.waited.fetch_add(tick, Relaxed) + tick;
        if quiet >= self.silence.load(Relaxed) || waited >= self.patience.load(Relaxed) {
            return Err(io::Error::new(
                ErrorKind::TimedOut,
                "the server fell silent",
            ));
        }
        Ok(())
    }

    fn received(&self, bytes: usize) -> io::Result<()> {
        self.quiet.store(0, Relaxed);
        let left = self.allowance.load(Relaxed);
        let left = left.checked_sub(bytes as u64).ok_or_else(|| {
            io::Error::new(
                ErrorKind::InvalidData,
                "the answer is far larger than announced",
            )
        })?;
        self.allowance.store(left, Relaxed);
        Ok(())
    }
}

enum Socket {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// A connection, plain or under TLS.
pub(super) struct Net {
    socket: Socket,
    watch: Arc<Watch>,
    filter: Filter,
}

impl Net {
    pub(super) fn plain(tcp: TcpStream, watch: &Arc<Watch>) -> Self {
        Net {
            socket: Socket::Plain(tcp),
            watch: Arc::clone(watch),
            filter: Filter::default(),
        }
    }

    /// Shakes hands; certificate errors surface here.
    pub(super) fn secure(
        mut tcp: TcpStream,
        mut tls: ClientConnection,
        watch: &Arc<Watch>,
    ) -> io::Result<Self> {
        watch.restart();
        while tls.is_handshaking() {
            match tls.complete_io(&mut tcp) {
                Ok(_) => {}
                Err(e) if would_block(&e) => watch.tick()?,
                Err(e) => return Err(e),
            }
        }
        let socket = Socket::Tls(Box::new(StreamOwned::new(tls, tcp)));
        Ok(Net {
            socket,
            watch: Arc::clone(watch),
            filter: Filter::default(),
        })
    }

    /// The bare socket, for STARTTLS.
    pub(super) fn into_tcp(self) -> Option<TcpStream> {
        match self.socket {
            Socket::Plain(tcp) => Some(tcp),
            Socket::Tls(_) => None,
        }
    }
}

fn would_block(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

impl Read for Net {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.socket {
                Socket::Plain(s) => s.read(buf),
                Socket::Tls(s) => s.read(buf),
            };
            match read {
                Ok(n) => {
                    self.watch.received(n)?;
                    self.filter.pass(&mut buf[..n]);
                    return Ok(n);
                }
                Err(e) if would_block(&e) => self.watch.tick()?,
                Err(e) => return Err(e),
            }
        }
    }
}

impl Write for Net {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.watch.restart();
        match &mut self.socket {
            Socket::Plain(s) => s.write(buf),
            Socket::Tls(s) => s.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.socket {
            Socket::Plain(s) => s.flush(),
            Socket::Tls(s) => s.flush(),
        }
    }
}

impl SetReadTimeout for Net {
    /// IDLE sets its own wait and `None` when it ends, which restores the floor. A server's "still
    /// here" every other minute must not put off the re-issue, so the whole wait is limited.
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> imap::Result<()> {
        match timeout {
            Some(wait) => self.watch.limit(wait, wait),
            None => self.watch.limit(SILENCE, PATIENCE),
        }
        self.watch.allow(0);
        Ok(())
    }
}

/// Connects, in a thread of its own since neither name service nor connecting can be interrupted.
pub(super) fn dial(
    host: &str,
    port: u16,
    security: Security,
    watch: &Watch,
) -> Result<TcpStream, Fault> {
    let (send, receive) = mpsc::channel();
    let target = host.to_owned();
    std::thread::Builder::new()
        .name("imap-dial".to_owned())
        .spawn(move || send.send(connect(&target, port, security)))
        .map_err(|e| Fault::Connect(e.to_string()))?;
    watch.restart();
    let tcp = loop {
        match receive.recv_timeout(TICK) {
            Ok(result) => break result,
            Err(RecvTimeoutError::Timeout) => {
                if let Err(e) = watch.tick() {
                    break Err(e);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                break Err(io::Error::other("looking for the host failed"));
            }
        }
    };
    tcp.map_err(|e| Fault::Connect(format!("{host}:{port}: {e}")))
}

fn connect(host: &str, port: u16, security: Security) -> io::Result<TcpStream> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if security == Security::None && !addresses.iter().all(|a| a.ip().is_loopback()) {
        return Err(io::Error::new(
            ErrorKind::PermissionDenied,
            "security = \"none\" is for this very machine only; use \"tls\" or \"starttls\"",
        ));
    }
    let mut failure = io::Error::new(ErrorKind::NotFound, "the host has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(tcp) => {
                tcp.set_nodelay(true)?;
                tcp.set_read_timeout(Some(TICK))?;
                tcp.set_write_timeout(Some(SILENCE))?;
                return Ok(tcp);
            }
            Err(e) => failure = e,
        }
    }
    Err(failure)
}
