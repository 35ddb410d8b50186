//! A wire between two programs that a story cuts, silences, or cuts at the worst instant there is:
//! between a commit and the answer to it.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::SeqCst},
    },
    thread::JoinHandle,
    time::Duration,
};

/// What gets lost where a commit is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Lost {
    /// The commit itself: PostgreSQL never hears of it, and takes everything back.
    Commit = 1,
    /// The answer: it is committed, and whoever asked cannot know.
    Answer = 2,
}

/// `COMMIT` as a PostgreSQL client writes it, a message of its own.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

#[derive(Debug, Default)]
struct State {
    upstream: u16,
    down: AtomicBool,
    silent: AtomicBool,
    stopped: AtomicBool,
    lost: AtomicU8,
    cuts: AtomicU32,
    open: Mutex<Vec<Arc<Pair>>>,
}

/// Both ends of one connection.
#[derive(Debug)]
struct Pair {
    client: TcpStream,
    server: TcpStream,
    /// What the server says is swallowed, and then it is over.
    deaf: AtomicBool,
}

impl Pair {
    fn cut(&self) {
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

/// A wire to a port of this machine.
#[derive(Debug)]
pub struct Wire {
    state: Arc<State>,
    /// Where it begins.
    pub port: u16,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    /// Lays one to a port.
    #[must_use]
    pub fn to(upstream: u16) -> Self {
        Self::between(0, upstream)
    }

    /// Lays one from a port where nobody listened before.
    #[must_use]
    pub fn between(port: u16, upstream: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a free loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let state = Arc::new(State {
            upstream,
            ..State::default()
        });
        let shared = state.clone();
        let thread = std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.stopped.load(SeqCst) {
                    return;
                }
                if !shared.down.load(SeqCst) {
                    connect(client, &shared);
                }
            }
        });
        Self {
            state,
            port,
            thread: Some(thread),
        }
    }

    /// Cuts every connection there is; new ones are made.
    pub fn cut(&self) {
        for pair in held(&self.state.open).drain(..) {
            pair.cut();
        }
    }

    /// Cuts every connection, and takes no new one until [`Wire::up`].
    pub fn down(&self) {
        self.state.down.store(true, SeqCst);
        self.cut();
    }

    /// Works again, from [`Wire::down`] or [`Wire::silence`].
    pub fn up(&self) {
        self.state.down.store(false, SeqCst);
        self.state.silent.store(false, SeqCst);
    }

    /// Holds every word back until [`Wire::up`], with the connections open.
    pub fn silence(&self) {
        self.state.silent.store(true, SeqCst);
    }

    /// Cuts the connection that commits next, at that very instant.
    pub fn cut_at_commit(&self, lost: Lost) {
        self.state.lost.store(lost as u8, SeqCst);
    }

    /// How many commits were cut.
    #[must_use]
    pub fn commits_cut(&self) -> u32 {
        self.state.cuts.load(SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.state.stopped.store(true, SeqCst);
        self.cut();
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no one panics while holding this")
}

fn connect(client: TcpStream, state: &Arc<State>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", state.upstream)) else {
        return;
    };
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let pair = Arc::new(Pair {
        client,
        server,
        deaf: AtomicBool::new(false),
    });
    held(&state.open).push(pair.clone());
    for from_client in [true, false] {
        let (pair, state) = (pair.clone(), state.clone());
        std::thread::spawn(move || {
            let _ = pump(&pair, &state, from_client);
            pair.cut();
            held(&state.open).retain(|p| !Arc::ptr_eq(p, &pair));
        });
    }
}

/// Carries words one way until either end is gone.
fn pump(pair: &Pair, state: &State, from_client: bool) -> std::io::Result<()> {
    let (mut from, mut to) = if from_client {
        (&pair.client, &pair.server)
    } else {
        (&pair.server, &pair.client)
    };
    let mut words = vec![0; 64 * 1024];
    loop {
        let n = from.read(&mut words)?;
        if n == 0 {
            return Ok(());
        }
        while state.silent.load(SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
        if !from_client && pair.deaf.load(SeqCst) {
            return Ok(());
        }
        if from_client && words[..n].ends_with(COMMIT) {
            let lost = state.lost.swap(0, SeqCst);
            if lost != 0 {
                state.cuts.fetch_add(1, SeqCst);
            }
            if lost == Lost::Commit as u8 {
                return Ok(());
            }
            pair.deaf.store(lost == Lost::Answer as u8, SeqCst);
        }
        to.write_all(&words[..n])?;
    }
}
