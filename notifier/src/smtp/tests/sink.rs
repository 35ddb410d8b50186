//! A mail server that fails where it is told to.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server does at a step instead of going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Answers with this line and goes on as a server would.
    Say(&'static str),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Drop,
}

/// The steps of a dialogue at which it can act. `Amid`: on the first line of content; `End`: after
/// the whole content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    Amid,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    None,
    Start,
    Wrapped,
}

/// One mail as the server took it.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) content: Vec<u8>,
}

pub(super) struct Sink {
    pub(super) port: u16,
    pub(super) taken: Mutex<Vec<Taken>>,
    pub(super) connections: AtomicUsize,
    /// Content was begun.
    pub(super) amid: AtomicBool,
    acts: Vec<(Step, Act)>,
    tls: Tls,
    smtputf8: bool,
    /// The authority that vouches for this server, in PEM.
    pub(super) authority: String,
    acceptor: TlsAcceptor,
}

impl Sink {
    pub(super) async fn start(acts: &[(Step, Act)]) -> Arc<Self> {
        Self::start_with(acts, Tls::None, true).await
    }

    pub(super) async fn start_with(acts: &[(Step, Act)], tls: Tls, smtputf8: bool) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let authority = made.cert.pem();
        let key =
            PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap();
        let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let sink = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            taken: Mutex::default(),
            connections: AtomicUsize::new(0),
            amid: AtomicBool::new(false),
            acts: acts.to_vec(),
            tls,
            smtputf8,
            authority,
            acceptor: TlsAcceptor::from(Arc::new(server)),
        });
        let shared = Arc::clone(&sink);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let sink = Arc::clone(&shared);
                sink.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    if sink.tls == Tls::Wrapped {
                        if let Ok(stream) = sink.acceptor.accept(tcp).await {
                            Dialogue::new(&sink, stream).run(true).await;
                        }
                    } else if let Some(tcp) = Dialogue::new(&sink, tcp).run(true).await {
                        let stream = sink.acceptor.accept(tcp).await.unwrap();
                        Dialogue::new(&sink, stream).run(false).await;
                    }
                });
            }
        });
        sink
    }

    pub(super) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

struct Dialogue<'a, S> {
    sink: &'a Sink,
    stream: BufReader<S>,
    mail: Taken,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Dialogue<'a, S> {
    fn new(sink: &'a Sink, stream: S) -> Self {
        Self {
            sink,
            stream: BufReader::new(stream),
            mail: Taken::default(),
        }
    }

    /// Gives the bare stream back when TLS shall begin on it.
    async fn run(mut self, greet: bool) -> Option<S> {
        if greet {
            self.act(Step::Greeting, "220 sink").await?;
        }
        loop {
            let line = self.line().await?;
            let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let starttls = self.sink.tls == Tls::Start && greet;
                    let mut words = vec!["sink", "AUTH PLAIN LOGIN"];
                    words.extend(starttls.then_some("STARTTLS"));
                    words.extend(self.sink.smtputf8.then_some("SMTPUTF8"));
                    words.push("8BITMIME");
                    let last = words.len() - 1;
                    let lines = words.iter().enumerate();
                    let lines =
                        lines.map(|(n, w)| format!("250{}{w}", if n < last { '-' } else { ' ' }));
                    self.act(Step::Ehlo, &lines.collect::<Vec<_>>().join("\r\n"))
                        .await?;
                }
                "STAR" => {
                    self.say("220 go").await?;
                    return Some(self.stream.into_inner());
                }
                "AUTH" => self.act(Step::Auth, "235 welcome").await.map(drop)?,
                "MAIL" => {
                    let empty = line.to_ascii_uppercase().starts_with("MAIL FROM:<>");
                    let refused = self
                        .sink
                        .acts
                        .contains(&(Step::Mail, Act::Say("501 no <>")));
                    if refused && !empty {
                        self.say("250 ok").await?;
                    } else {
                        self.act(Step::Mail, "250 ok").await?;
                    }
                    self.mail = Taken {
                        from: line,
                        ..Taken::default()
                    };
                }
                "RCPT" => {
                    self.mail.to.push(line);
                    self.act(Step::Rcpt, "250 ok").await?;
                }
                "DATA" => {
                    if self.act(Step::Data, "354 go").await? == "354 go" {
                        self.content().await?;
                    }
                }
                "QUIT" => {
                    self.say("221 bye").await?;
                    return None;
                }
                _ => self.say("250 ok").await.map(drop)?,
            }
        }
    }

    async fn content(&mut self) -> Option<()> {
        self.sink.amid.store(true, Ordering::Relaxed);
        self.act(Step::Amid, "").await?;
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
            if line == b".\r\n" {
                break;
            }
            let plain = line.strip_prefix(b".").unwrap_or(&line);
            self.mail.content.extend_from_slice(plain);
        }
        let mail = std::mem::take(&mut self.mail);
        self.sink.taken.lock().unwrap().push(mail);
        self.act(Step::End, "250 2.0.0 queued").await.map(drop)
    }

    /// Does what this step is told to do, else says the usual; gives what was said.
    async fn act<'b>(&mut self, step: Step, usual: &'b str) -> Option<&'b str> {
        let told = self.sink.acts.iter().find(|(at, _)| *at == step);
        match told {
            None if usual.is_empty() => Some(usual),
            None => self.say(usual).await.map(|()| usual),
            Some((_, Act::Say(line))) => self.say(line).await.map(|()| *line),
            Some((_, Act::Drop)) => None,
            Some((_, Act::Hang)) => std::future::pending().await,
        }
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .ok()?;
        self.stream.get_mut().flush().await.ok()
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }
}
