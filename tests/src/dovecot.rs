//! A real IMAP server: any login, the password `secret`, Maildirs below one folder.

use std::{
    net::TcpStream,
    path::PathBuf,
    process::{Command, Stdio},
    time::SystemTime,
};

use tracker::clock::{Clock as _, SystemClock};

use crate::place::{Place, Running, free_port, listening, run, signal, until};

/// Everybody's password.
pub const PASSWORD: &str = "secret";
/// Everybody's domain.
pub const DOMAIN: &str = "huiyin.test";

/// A Dovecot of one's own.
#[derive(Debug)]
pub struct Dovecot {
    place: Place,
    process: Option<Running>,
    /// Plain and STARTTLS.
    pub port: u16,
    /// TLS from the first byte.
    pub tls_port: u16,
}

/// Somebody's own conversation with their mailbox.
pub type Session = imap::Session<TcpStream>;

impl Dovecot {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        Self::with("")
    }

    /// Starts one with more lines in its configuration.
    #[must_use]
    pub fn with(more: &str) -> Self {
        let place = Place::new("dovecot");
        for folder in ["run", "state", "mail"] {
            std::fs::create_dir_all(place.at(folder)).expect("a folder for Dovecot");
        }
        run(Command::new("chown")
            .arg("nobody:nogroup")
            .arg(place.at("mail")));
        certify(&place);
        let (port, tls_port) = (free_port(), free_port());
        let dir = place.path().display();
        place.write(
            "dovecot.conf",
            &format!(
                "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/log\n\
                 protocols = imap\nlisten = 127.0.0.1\n\
                 default_internal_user = dovecot\ndefault_login_user = dovenull\n\
                 disable_plaintext_auth = no\nauth_mechanisms = plain login\n\
                 auth_failure_delay = 0\nmail_location = maildir:~/Maildir\n\
                 mail_max_userip_connections = 100\nfirst_valid_uid = 100\n\
                 ssl = yes\nssl_cert = <{dir}/server.pem\nssl_key = <{dir}/server.key\n\
                 passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
                 userdb {{\n driver = static\n \
                   args = uid=nobody gid=nogroup home={dir}/mail/%Ln\n}}\n\
                 service imap-login {{\n \
                   inet_listener imap {{\n port = {port}\n }}\n \
                   inet_listener imaps {{\n port = {tls_port}\n ssl = yes\n }}\n}}\n\
                 namespace inbox {{\n inbox = yes\n separator = /\n}}\n{more}\n"
            ),
        );
        let mut dovecot = Self {
            place,
            process: None,
            port,
            tls_port,
        };
        dovecot.resume();
        dovecot
    }

    /// Starts it again where it was stopped or killed, with the same mail.
    pub fn resume(&mut self) {
        let _ = std::fs::remove_file(self.place.at("run/master.pid"));
        let log = std::fs::File::create(self.place.at("output")).expect("a log for Dovecot");
        let mut command = Command::new("/usr/sbin/dovecot");
        command
            .arg("-F")
            .arg("-c")
            .arg(self.place.at("dovecot.conf"));
        command.stdout(Stdio::null()).stderr(log);
        self.process = Some(Running::start(&mut command));
        listening(self.port);
    }

    /// Kills it with everybody's connections.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Lets it fall silent with every connection open, as a hung server does.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it speak again.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, name: &str) {
        signal(name, self.process.as_ref().expect("it runs").id());
    }

    /// The authority that signed its certificate.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.place.at("ca.pem")
    }

    /// The folder of everybody's Maildirs.
    #[must_use]
    pub fn mail(&self) -> PathBuf {
        self.place.at("mail")
    }

    /// Somebody's inbox as a Maildir, made where it is not there yet, to lay many mails into before
    /// anybody signs in.
    #[must_use]
    pub fn maildir(&self, user: &str) -> PathBuf {
        let inbox = self.mail().join(user).join("Maildir");
        for folder in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(inbox.join(folder)).expect("a folder for mail");
        }
        run(Command::new("chown")
            .args(["-R", "nobody:nogroup"])
            .arg(self.mail()));
        inbox
    }

    /// The part of `huiyin.toml` that fetches a mailbox.
    #[must_use]
    pub fn mailbox(&self, user: &str, channel: &str) -> String {
        format!(
            "[[mailbox]]\nname = \"{user}\"\nchannel = \"{channel}\"\nhost = \"127.0.0.1\"\n\
             port = {}\nsecurity = \"none\"\nusername = \"{user}\"\npassword = \"{PASSWORD}\"\n\
             address = \"{user}@{DOMAIN}\"\nstart = \"all\"\n",
            self.port
        )
    }

    /// Puts a mail into somebody's inbox.
    pub fn append(&self, user: &str, mail: &[u8]) {
        let mut session = self.session(user);
        session
            .append("INBOX", mail)
            .finish()
            .expect("Dovecot takes a mail");
        let _ = session.logout();
    }

    /// How many mails lie in a folder; none where there is no such folder.
    #[must_use]
    pub fn count(&self, user: &str, folder: &str) -> u32 {
        let mut session = self.session(user);
        let count = session.examine(folder).map_or(0, |m| m.exists);
        let _ = session.logout();
        count
    }

    /// The mails in a folder, as they are.
    #[must_use]
    pub fn mails(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let mut session = self.session(user);
        let exists = session.examine(folder).map_or(0, |m| m.exists);
        let mails = if exists == 0 {
            Vec::new()
        } else {
            let fetched = session
                .fetch("1:*", "BODY.PEEK[]")
                .expect("Dovecot gives its mails");
            fetched
                .iter()
                .filter_map(|f| f.body().map(<[u8]>::to_vec))
                .collect()
        };
        let _ = session.logout();
        mails
    }

    /// Waits for somebody's inbox to hold so many mails.
    #[must_use]
    pub fn arrived(&self, user: &str, count: usize) -> Vec<Vec<u8>> {
        until(&format!("{count} mails for {user}"), || {
            self.mails(user, "INBOX").len() >= count
        });
        self.mails(user, "INBOX")
    }

    /// Makes a folder.
    pub fn create(&self, user: &str, folder: &str) {
        let mut session = self.session(user);
        session.create(folder).expect("Dovecot makes a folder");
        let _ = session.logout();
    }

    /// Lays mails into a folder as they have lain there since `received`, without telling Dovecot.
    pub fn lay(&self, user: &str, folder: &str, received: SystemTime, mails: &[Vec<u8>]) {
        let home = self.mail().join(user);
        let maildir = match folder {
            "INBOX" => home.join("Maildir"),
            other => home.join("Maildir").join(format!(".{other}")),
        };
        let since = received
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("mail is younger than 1970")
            .as_secs();
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(maildir.join(part)).expect("a Maildir");
        }
        for (n, mail) in mails.iter().enumerate() {
            let path = maildir.join(format!("cur/{since}.{n}.{folder}:2,S"));
            std::fs::write(&path, mail).expect("a mail in a Maildir");
            let file = std::fs::File::options().append(true).open(&path);
            file.and_then(|f| f.set_modified(received))
                .expect("a mail of that age");
        }
        run(Command::new("chown")
            .args(["-R", "nobody:nogroup"])
            .arg(home));
    }

    /// Deletes every mail of the inbox, as another mail client does.
    pub fn empty(&self, user: &str) {
        let mut session = self.session(user);
        session.select("INBOX").expect("Dovecot opens an inbox");
        session
            .store("1:*", "+FLAGS.SILENT (\\Deleted)")
            .expect("Dovecot marks mails");
        session.expunge().expect("Dovecot deletes mails");
        let _ = session.logout();
    }

    /// What it wrote down.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.place.at("log")).unwrap_or_default()
    }

    /// Lines for its configuration that let people in by a token of [`Dovecot::token`] as well.
    #[must_use]
    pub fn xoauth2(folder: &Place) -> String {
        let dir = folder.path().display();
        let _ = folder.write("keys/default/HS256/default", &base64(SECRET));
        let args = folder.write(
            "oauth2.conf",
            &format!(
                "introspection_mode = local\nusername_attribute = sub\n\
                 local_validation_key_dict = fs:posix:prefix={dir}/keys/\n"
            ),
        );
        format!(
            "auth_mechanisms = plain login xoauth2\npassdb {{\n driver = oauth2\n \
             mechanisms = xoauth2\n args = {}\n}}\n",
            args.display()
        )
    }

    /// An access token for somebody, as an identity provider signs it.
    #[must_use]
    pub fn token(user: &str) -> String {
        let now = SystemClock.now().as_second();
        let head = base64(br#"{"alg":"HS256","typ":"JWT"}"#);
        let claims = base64(
            format!(
                r#"{{"sub":"{user}","iat":{},"exp":{}}}"#,
                now - 5,
                now + 3600
            )
            .as_bytes(),
        );
        let part = |text: &str| text.replace('+', "-").replace('/', "_").replace('=', "");
        let signed = format!("{}.{}", part(&head), part(&claims));
        let file = Place::new("token");
        let file = file.write("signed", &signed);
        let key = String::from_utf8_lossy(SECRET);
        let mac = run(Command::new("openssl")
            .args(["dgst", "-sha256", "-binary", "-hmac", &key])
            .arg(&file));
        format!("{signed}.{}", part(&base64(&mac.stdout)))
    }

    /// Deletes a folder and makes it anew: its UIDVALIDITY changes.
    pub fn recreate(&self, user: &str, folder: &str) {
        let mut session = self.session(user);
        session.delete(folder).expect("Dovecot deletes a folder");
        session.create(folder).expect("Dovecot makes a folder");
        let _ = session.logout();
    }

    /// Does something in somebody's mailbox as another mail program would.
    pub fn meddle<T>(&self, user: &str, work: impl FnOnce(&mut Session) -> T) -> T {
        let mut session = self.session(user);
        let done = work(&mut session);
        let _ = session.logout();
        done
    }

    fn session(&self, user: &str) -> Session {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("Dovecot listens");
        let mut client = imap::Client::new(stream);
        client.read_greeting().expect("Dovecot greets");
        client
            .login(user, PASSWORD)
            .map_err(|(e, _)| e)
            .expect("Dovecot lets its users in")
    }
}

/// What tokens are signed with.
const SECRET: &[u8] = b"an identity provider's secret of 42 bytes!";

fn base64(bytes: &[u8]) -> String {
    let place = Place::new("base64");
    let path = place.at("bytes");
    std::fs::write(&path, bytes).expect("a file in a temporary folder");
    let output = run(Command::new("openssl")
        .args(["base64", "-A", "-in"])
        .arg(&path));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn certify(place: &Place) {
    let openssl = |args: &[&str]| {
        run(Command::new("openssl").args(args).current_dir(place.path()));
    };
    let key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "30",
    ];
    let ca = [
        "-subj",
        "/CN=Test authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ];
    openssl(&[&["req", "-x509"], &key[..], &ca[..]].concat());
    place.write(
        "ext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
    );
    let server = [
        "-subj",
        "/CN=localhost",
        "-keyout",
        "server.key",
        "-out",
        "server.csr",
    ];
    openssl(&[&["req"], &key[..5], &server[..]].concat());
    let sign = [
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-extfile",
        "ext",
    ];
    let out = ["-in", "server.csr", "-out", "server.pem", "-days", "30"];
    openssl(&[&["x509", "-req"], &sign[..], &out[..]].concat());
}
