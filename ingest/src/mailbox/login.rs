//! From nothing to a session: connect, secure, greet, sign in, introduce ourselves.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

use imap::{Authenticator, Client};

use super::{
    Credential, Mailbox, Security,
    fault::{Fault, describe},
    net::{self, Net, Watch},
    talk::Talk,
    tls, wire,
};

/// Opens a signed-in conversation.
pub(super) fn open(mailbox: &Mailbox, watch: &Arc<Watch>) -> Result<Talk, Fault> {
    let tcp = net::dial(&mailbox.host, mailbox.port, mailbox.security, watch)?;
    let secure = |tcp| tls::wrap(tcp, &mailbox.host, mailbox.ca_file.as_deref(), watch);
    let (mut client, greeted) = match mailbox.security {
        Security::None => (Client::new(Net::plain(tcp, watch)), false),
        Security::Tls => (Client::new(secure(tcp)?), false),
        // After STARTTLS the server doesn't greet again.
        Security::StartTls => (Client::new(secure(start_tls(tcp, watch)?)?), true),
    };
    if !greeted {
        greet(&mut client)?;
    }
    let mut talk = sign_in(client, mailbox, watch)?;
    if talk.can("ID") {
        // 163.com and 126.com refuse SELECT ("Unsafe Login") from clients that don't say who they
        // are. What the server answers doesn't matter.
        let version = env!("CARGO_PKG_VERSION");
        talk.ask(&format!(
            "ID (\"name\" \"Huiyin\" \"version\" \"{version}\")"
        ))?;
    }
    Ok(talk)
}

fn greet(client: &mut Client<Net>) -> Result<(), Fault> {
    let line = client
        .read_greeting()
        .map_err(|e| Fault::Connect(describe(&e)))?;
    let line = String::from_utf8_lossy(&line);
    if line
        .get(..4)
        .is_some_and(|s| s.eq_ignore_ascii_case("* OK"))
    {
        return Ok(());
    }
    Err(Fault::Connect(format!(
        "the server greets with: {}",
        wire::tidy(&line)
    )))
}

/// STARTTLS by hand: whatever stands in the clear behind the server's OK ends up in the handshake
/// and breaks it, so nothing can be slipped in (the response injection of 2011 and 2021).
fn start_tls(tcp: TcpStream, watch: &Arc<Watch>) -> Result<TcpStream, Fault> {
    let mut client = Client::new(Net::plain(tcp, watch));
    greet(&mut client)?;
    let refused = |why: &str| {
        Fault::Tls(format!(
            "{why}; the connection was closed, as nothing is ever sent in the clear"
        ))
    };
    let capabilities = client.capabilities().map_err(|e| refused(&describe(&e)))?;
    if !capabilities.has_str("STARTTLS") {
        return Err(refused(
            "the server offers no STARTTLS (try security = \"tls\", port 993)",
        ));
    }
    let mut net = client.into_inner().map_err(|e| refused(&describe(&e)))?;
    net.write_all(b"tls STARTTLS\r\n")
        .map_err(|e| refused(&e.to_string()))?;
    loop {
        let line = line(&mut net).map_err(|e| refused(&e.to_string()))?;
        if line.starts_with("* ") {
            continue;
        }
        if !line
            .get(..6)
            .is_some_and(|s| s.eq_ignore_ascii_case("tls OK"))
        {
            return Err(refused(&format!(
                "STARTTLS was answered: {}",
                wire::tidy(&line)
            )));
        }
        return net.into_tcp().ok_or_else(|| refused("STARTTLS under TLS"));
    }
}

/// One line, byte by byte so that nothing behind it is read.
fn line(net: &mut Net) -> std::io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < 4096 {
        net.read_exact(&mut byte)?;
        line.push(byte[0]);
        if byte[0] == b'\n' {
            return Ok(String::from_utf8_lossy(&line).into_owned());
        }
    }
    Err(std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        "an endless line",
    ))
}

fn sign_in(mut client: Client<Net>, mailbox: &Mailbox, watch: &Arc<Watch>) -> Result<Talk, Fault> {
    let before = client
        .capabilities()
        .map_err(|e| Fault::Login(describe(&e)))?;
    let user = &mailbox.username;
    let session = match &mailbox.credential {
        Credential::OAuth2(token) => client.authenticate("XOAUTH2", &XOAuth2 { user, token }),
        Credential::Password(password) => {
            let closed = before.has_str("LOGINDISABLED");
            let plain = before.has_str("AUTH=PLAIN");
            // LOGIN's quoted strings are ASCII; PLAIN is UTF-8.
            if plain && (closed || !user.is_ascii() || !password.is_ascii()) {
                client.authenticate("PLAIN", &Plain { user, password })
            } else if closed {
                return Err(Fault::Login(
                    "the server allows no password here; use security = \"tls\" or \"starttls\""
                        .to_owned(),
                ));
            } else {
                client.login(user, password)
            }
        }
    };
    let session = session.map_err(|(error, _)| {
        Fault::Login(format!(
            "{}; check username and password or token",
            describe(&error)
        ))
    })?;
    let mut talk = Talk::new(session, Arc::clone(watch));
    talk.learn_capabilities()?;
    Ok(talk)
}

struct XOAuth2<'a> {
    user: &'a str,
    token: &'a str,
}

impl Authenticator for XOAuth2<'_> {
    type Response = String;

    /// A refusal comes as a JSON challenge first, which must be answered empty to get the NO.
    fn process(&self, challenge: &[u8]) -> String {
        if challenge.is_empty() {
            format!("user={}\x01auth=Bearer {}\x01\x01", self.user, self.token)
        } else {
            String::new()
        }
    }
}

struct Plain<'a> {
    user: &'a str,
    password: &'a str,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&self, _: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password)
    }
}
