//! An SMTP server that errs as it is told, and remembers what it was given.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crate::dovecot::DOMAIN;

/// What becomes of one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Taken.
    Take,
    /// The recipient is answered with this code.
    Refuse(u16),
    /// The finished mail is answered with this code.
    RefuseData(u16),
    /// Taken, but the connection breaks before it is said.
    TakeInSilence,
    /// The connection breaks before the mail begins.
    BreakOff,
    /// No word after the envelope, until the other side gives up.
    Hang,
}

/// A mail it was given whole, whatever it answered.
#[derive(Debug, Clone)]
pub struct Given {
    /// Envelope sender.
    pub from: String,
    /// Envelope recipients.
    pub to: Vec<String>,
    /// The mail.
    pub mail: String,
    /// What it did with it.
    pub mood: Mood,
}

#[derive(Debug, Default)]
struct State {
    moods: Mutex<VecDeque<Mood>>,
    given: Mutex<Vec<Given>>,
    stopped: AtomicBool,
}

/// The server. It takes every mail once its moods are used up.
#[derive(Debug)]
pub struct FaultySmtp {
    state: Arc<State>,
    /// Where it listens.
    pub port: u16,
    thread: Option<JoinHandle<()>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no one panics while holding this")
}

impl FaultySmtp {
    /// Starts one; each mail finds the next mood.
    #[must_use]
    pub fn start(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let state = Arc::new(State::default());
        held(&state.moods).extend(moods);
        let shared = state.clone();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let state = shared.clone();
                std::thread::spawn(move || drop(talk(stream, &state)));
            }
        });
        Self {
            state,
            port,
            thread: Some(thread),
        }
    }

    /// What it was given so far.
    #[must_use]
    pub fn given(&self) -> Vec<Given> {
        held(&self.state.given).clone()
    }

    /// The mails given whole to one address.
    #[must_use]
    pub fn given_to(&self, address: &str) -> Vec<Given> {
        self.given()
            .into_iter()
            .filter(|g| g.to.iter().any(|t| t == address))
            .collect()
    }

    /// Whether every mood was used up.
    #[must_use]
    pub fn spent(&self) -> bool {
        held(&self.state.moods).is_empty()
    }

    /// The part of `huiyin.toml` that sends through it, giving up after two silent seconds.
    #[must_use]
    pub fn section(&self) -> String {
        format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
             from = \"回音 <letters@{DOMAIN}>\"\ntimeout_seconds = 2\n\
             [outbox]\nundo_seconds = 0\nlanes = 1\n",
            self.port
        )
    }
}

impl Drop for FaultySmtp {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One connection. The mood is fixed with the first recipient of each mail.
fn talk(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut say = move |words: &str| stream.write_all(format!("{words}\r\n").as_bytes());
    say("220 faulty.test ESMTP")?;
    let (mut from, mut to, mut mood) = (String::new(), Vec::new(), Mood::Take);
    let mut line = String::new();
    while {
        line.clear();
        lines.read_line(&mut line)?
    } > 0
    {
        let upper = line.trim_end().to_ascii_uppercase();
        let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        match upper.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => say("250-faulty.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 99999999")?,
            "MAIL" => {
                (from, to) = (address, Vec::new());
                say("250 2.1.0 ok")?;
            }
            "RCPT" => {
                if to.is_empty() {
                    mood = held(&state.moods).pop_front().unwrap_or(Mood::Take);
                }
                match mood {
                    // Servers quote whom they refuse.
                    Mood::Refuse(code) => {
                        say(&format!("{code} {}.1.1 <{address}>: no", code / 100))?;
                    }
                    _ => {
                        to.push(address);
                        say("250 2.1.5 ok")?;
                    }
                }
            }
            "DATA" => {
                match mood {
                    Mood::BreakOff => return Ok(()),
                    Mood::Hang => std::thread::sleep(Duration::from_secs(6)),
                    _ => {}
                }
                say("354 go on")?;
                let mail = body(&mut lines)?;
                let given = Given {
                    from: from.clone(),
                    to: to.clone(),
                    mail,
                    mood,
                };
                held(&state.given).push(given);
                match mood {
                    Mood::TakeInSilence => return Ok(()),
                    Mood::RefuseData(code) => say(&format!("{code} {}.7.1 no", code / 100))?,
                    _ => say("250 2.0.0 taken")?,
                }
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
    Ok(())
}

fn body(lines: &mut impl std::io::BufRead) -> std::io::Result<String> {
    let mut mail = Vec::new();
    let mut line = Vec::new();
    while {
        line.clear();
        lines.read_until(b'\n', &mut line)?
    } > 0
    {
        if line == b".\r\n" {
            return Ok(String::from_utf8_lossy(&mail).into_owned());
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}
