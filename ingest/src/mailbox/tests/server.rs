//! A small IMAP server that does what it is told, including what no server should do.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::tz::TimeZone;

use crate::mailbox::{Credential, Mailbox, Security, Start};

/// What the server does with a command.
pub(super) enum Trick {
    /// Its duty.
    Behave,
    /// Says this instead; `{tag}` is filled in.
    Say(String),
    /// Says this and closes.
    Close(String),
    /// Nothing, for ever.
    Silence,
}

/// A command as it came.
pub(super) struct Command {
    /// Which connection, from 1.
    pub connection: usize,
    pub line: String,
    /// Of the sequence set, where there is one.
    pub uids: Vec<u32>,
}

impl Command {
    /// Whether it fetches the bytes of this mail.
    pub(super) fn fetches(&self, uid: u32) -> bool {
        self.line.contains("BODY.PEEK[]") && self.uids.contains(&uid)
    }
}

pub(super) struct Content {
    pub mails: BTreeMap<u32, (String, Vec<u8>)>,
    pub moved: Vec<(u32, String)>,
    pub log: Vec<String>,
    pub uid_validity: u32,
    pub folders: Vec<String>,
    pub capabilities: String,
    pub alert: &'static str,
    connections: usize,
}

pub(super) struct Server {
    pub port: u16,
    content: Arc<Mutex<Content>>,
}

type Tricks = Arc<dyn Fn(&Command) -> Trick + Send + Sync>;

impl Server {
    pub(super) fn start(tricks: impl Fn(&Command) -> Trick + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let content = Arc::new(Mutex::new(Content {
            mails: BTreeMap::new(),
            moved: Vec::new(),
            log: Vec::new(),
            uid_validity: 17,
            folders: Vec::new(),
            capabilities: "IMAP4rev1 IDLE MOVE UIDPLUS ID".to_owned(),
            alert: "",
            connections: 0,
        }));
        let shared = Arc::clone(&content);
        let tricks: Tricks = Arc::new(tricks);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (content, tricks) = (Arc::clone(&shared), Arc::clone(&tricks));
                std::thread::spawn(move || serve(&stream, &content, &tricks));
            }
        });
        Server { port, content }
    }

    pub(super) fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap()
    }

    /// Lays mails into the folder, subjects as their numbers.
    pub(super) fn fill(&self, uids: impl IntoIterator<Item = u32>, date: &str) {
        for uid in uids {
            let raw = format!("Subject: {uid}\r\n\r\nbody\r\n").into_bytes();
            self.content().mails.insert(uid, (date.to_owned(), raw));
        }
    }

    /// How often a line with this stands in the log.
    pub(super) fn heard(&self, what: &str) -> usize {
        self.content()
            .log
            .iter()
            .filter(|line| line.contains(what))
            .count()
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox {
            name: "director".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::None,
            username: "director".to_owned(),
            credential: Credential::Password("secret".to_owned()),
            ca_file: None,
            folder: "INBOX".to_owned(),
            processed: "Processed".to_owned(),
            failed: "Failed".to_owned(),
            start: Start::All,
            zone: TimeZone::UTC,
            poll: Duration::from_secs(1),
            max_bytes: 1 << 20,
        }
    }
}

fn serve(stream: &TcpStream, content: &Mutex<Content>, tricks: &Tricks) -> Option<()> {
    let mut out = stream;
    let mut lines = BufReader::new(stream).lines();
    let connection = {
        let mut content = content.lock().unwrap();
        content.connections += 1;
        content.connections
    };
    out.write_all(b"* OK ready\r\n").ok()?;
    while let Some(Ok(line)) = lines.next() {
        let (tag, line) = line.split_once(' ')?;
        content.lock().unwrap().log.push(line.to_owned());
        let uids = uids(line, content);
        let command = Command {
            connection,
            line: line.to_owned(),
            uids,
        };
        let answer = match tricks(&command) {
            Trick::Behave if line == "IDLE" => {
                out.write_all(b"+ idling\r\n").ok()?;
                idle(out, content, tag)?;
                continue;
            }
            Trick::Behave => behave(&command, &mut content.lock().unwrap(), tag),
            Trick::Say(text) => text.replace("{tag}", tag).into_bytes(),
            Trick::Close(text) => {
                out.write_all(text.replace("{tag}", tag).as_bytes()).ok()?;
                return None;
            }
            Trick::Silence => {
                std::thread::sleep(Duration::from_secs(60));
                return None;
            }
        };
        out.write_all(&answer).ok()?;
    }
    None
}

/// Tells new mail until the client is done.
fn idle(mut out: &TcpStream, content: &Mutex<Content>, tag: &str) -> Option<()> {
    let count = || content.lock().unwrap().mails.len();
    let mut told = count();
    out.set_read_timeout(Some(Duration::from_millis(20))).ok()?;
    let mut word = Vec::new();
    while !word.ends_with(b"DONE\r\n") {
        let mut byte = [0];
        match std::io::Read::read(&mut out, &mut byte) {
            Ok(0) => return None,
            Ok(_) => word.push(byte[0]),
            Err(_) if count() > told => {
                told = count();
                out.write_all(format!("* {told} EXISTS\r\n").as_bytes())
                    .ok()?;
            }
            Err(_) => {}
        }
    }
    out.set_read_timeout(None).ok()?;
    out.write_all(format!("{tag} OK done\r\n").as_bytes()).ok()
}

fn uids(line: &str, content: &Mutex<Content>) -> Vec<u32> {
    let mut words = line.split(' ').filter(|w| !matches!(*w, "UID" | "SEARCH"));
    let set = words
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_default();
    let content = content.lock().unwrap();
    let inside = |uid: u32| {
        set.split(',').any(|run| {
            let (a, b) = run.split_once(':').unwrap_or((run, run));
            let end = b.parse().unwrap_or(u32::MAX);
            a.parse::<u32>().is_ok_and(|a| a <= uid && uid <= end)
        })
    };
    content
        .mails
        .keys()
        .copied()
        .filter(|&uid| inside(uid))
        .collect()
}

/// The FETCH line of one mail.
pub(super) fn fetch_line(uid: u32, date: &str, raw: &[u8], with_body: bool) -> Vec<u8> {
    let size = raw.len();
    let mut line =
        format!("* {uid} FETCH (UID {uid} INTERNALDATE \"{date}\" RFC822.SIZE {size}").into_bytes();
    if with_body {
        line.extend(format!(" BODY[] {{{size}}}\r\n").into_bytes());
        line.extend(raw);
    }
    line.extend(b")\r\n");
    line
}

fn behave(command: &Command, content: &mut Content, tag: &str) -> Vec<u8> {
    let line = &command.line;
    let words: Vec<&str> = line.split(' ').collect();
    let ok = || format!("{tag} OK done\r\n").into_bytes();
    let target = || line.rsplit('"').nth(1).unwrap_or_default().to_owned();
    match words[..] {
        ["CAPABILITY"] => {
            format!("* CAPABILITY {}\r\n{tag} OK\r\n", content.capabilities).into_bytes()
        }
        ["EXAMINE", folder] if folder != "\"INBOX\"" => {
            format!("{tag} NO no such folder\r\n").into_bytes()
        }
        ["SELECT" | "EXAMINE", _] => format!(
            "* {} EXISTS\r\n{}* OK [UIDVALIDITY {}] x\r\n* OK [UIDNEXT {}] x\r\n{tag} OK [READ-WRITE] x\r\n",
            content.mails.len(),
            content.alert,
            content.uid_validity,
            content.mails.keys().last().map_or(1, |uid| uid + 1),
        )
        .into_bytes(),
        ["UID", "SEARCH", ..] => {
            let found: Vec<String> = command.uids.iter().map(u32::to_string).collect();
            format!("* SEARCH {}\r\n{tag} OK\r\n", found.join(" ")).into_bytes()
        }
        ["UID", "FETCH", ..] => {
            let mut answer = Vec::new();
            for uid in &command.uids {
                let (date, raw) = &content.mails[uid];
                answer.extend(fetch_line(*uid, date, raw, line.contains("BODY.PEEK[]")));
            }
            answer.extend(ok());
            answer
        }
        ["UID", "MOVE" | "COPY", ..] if !content.folders.contains(&target()) => {
            format!("{tag} NO [TRYCREATE] no such folder\r\n").into_bytes()
        }
        ["UID", verb @ ("MOVE" | "COPY"), ..] => {
            let mut answer = Vec::new();
            for uid in &command.uids {
                content.moved.push((*uid, target()));
                if verb == "MOVE" {
                    content.mails.remove(uid);
                    answer.extend(b"* 1 EXPUNGE\r\n");
                }
            }
            answer.extend(ok());
            answer
        }
        ["UID", "EXPUNGE", ..] => {
            content.mails.retain(|uid, _| !command.uids.contains(uid));
            ok()
        }
        ["CREATE", _] => {
            content.folders.push(target());
            ok()
        }
        ["LOGIN" | "ID" | "NOOP", ..] | ["UID", "STORE", ..] => ok(),
        _ => format!("{tag} BAD what?\r\n").into_bytes(),
    }
}
