//! Configuration: `huiyin.toml`, overlaid by `HUIYIN__SECTION__KEY`. An unknown key is an error
//! with a suggestion; every fault is told at once.

mod check;
mod load;
mod secret;

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

pub use self::{load::ConfigError, secret::Secret};

/// Everything an operator can set. Defaults start on one machine with nothing else.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the public reaches us; may end in a path. Links in mails come from here alone.
    pub base_url: String,
    /// IANA name; days are counted in it.
    pub timezone: String,
    /// `zh-CN` or `en`: what a visitor without a preference sees.
    pub language: String,
    /// Database, master key.
    pub data_dir: PathBuf,
    /// Made with mode 0600 at the first start where it is missing.
    pub master_key_file: Option<PathBuf>,
    /// Networks whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Folders laid over the built-in rule pack.
    pub rule_packs: Vec<PathBuf>,
    /// Where to listen.
    pub listen: Listen,
    /// How the site introduces itself.
    pub site: Site,
    /// Where the letters are.
    pub database: Database,
    /// How mail leaves; none where no host is set.
    pub smtp: Option<Smtp>,
    /// Words on their way out.
    pub outbox: Outbox,
    /// Room on the disk.
    pub storage: Storage,
    /// Mail that nobody should have to read.
    pub spam: Spam,
    /// What cannot wait for the morning.
    pub urgent: Urgent,
    /// Mailboxes fetched over IMAP.
    pub mailbox: Vec<Mailbox>,
    /// Maildirs watched.
    pub maildir: Vec<Maildir>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080".into(),
            timezone: "Asia/Shanghai".into(),
            language: "zh-CN".into(),
            data_dir: "huiyin-data".into(),
            master_key_file: None,
            trusted_proxies: Vec::new(),
            rule_packs: Vec::new(),
            listen: Listen::default(),
            site: Site::default(),
            database: Database::default(),
            smtp: None,
            outbox: Outbox::default(),
            storage: Storage::default(),
            spam: Spam::default(),
            urgent: Urgent::default(),
            mailbox: Vec::new(),
            maildir: Vec::new(),
        }
    }
}

impl Config {
    /// The addresses that our mail comes from, or is answered at.
    #[must_use]
    pub fn own_addresses(&self) -> Vec<&str> {
        let from = self.smtp.as_ref().map(|smtp| {
            let address = smtp.from.rsplit('<').next().unwrap_or_default();
            address.trim_end_matches('>').trim()
        });
        let mailboxes = self.mailbox.iter().filter_map(Mailbox::address);
        from.into_iter().chain(mailboxes).collect()
    }
}

/// Addresses to listen on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Public pages and API.
    pub public: SocketAddr,
    /// Staff pages; where it differs from `public`, they answer 404 there.
    pub desk: SocketAddr,
}

impl Default for Listen {
    fn default() -> Self {
        let here = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self {
            public: here,
            desk: here,
        }
    }
}

/// What header and footer say, as a government website must.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Name of the site.
    pub name: String,
    /// 主办单位: the department; it signs every reply.
    pub organiser: String,
    /// 网站标识码.
    pub site_code: String,
    /// ICP备案号.
    pub icp: String,
    /// 公网安备号.
    pub police: String,
    /// The first day on which the office took letters: an earlier day of receipt is asked about.
    pub office_since: Option<jiff::civil::Date>,
    /// Telephone for the public.
    pub phone: String,
    /// Links in the header.
    pub header: Vec<Link>,
    /// Links in the footer.
    pub footer: Vec<Link>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name: "回音".into(),
            organiser: String::new(),
            site_code: String::new(),
            icp: String::new(),
            police: String::new(),
            office_since: None,
            phone: String::new(),
            header: Vec::new(),
            footer: Vec::new(),
        }
    }
}

/// A link in header or footer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads: `https://…` or a path.
    pub url: String,
}

/// `sqlite://path` or `postgres://…`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// SQLite in the data folder where empty.
    pub url: Secret,
    /// A file that holds the url.
    pub url_file: Option<PathBuf>,
}

/// The server that carries our mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Host name or address.
    #[serde(default)]
    pub host: String,
    /// Lays mail into this folder as `.eml` files instead: nothing leaves the machine.
    pub folder: Option<PathBuf>,
    /// 25, 465, 587 …
    #[serde(default = "smtp_port")]
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub security: Security,
    /// `回音 <letters@example.gov.cn>`.
    pub from: String,
    /// Where the server asks for it.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// A file that holds the password.
    pub password_file: Option<PathBuf>,
    /// An own certificate authority, PEM.
    pub ca_file: Option<PathBuf>,
    /// Seconds before a silent server is given up.
    #[serde(default = "smtp_timeout")]
    pub timeout_seconds: u64,
}

impl Smtp {
    /// Mail laid into a folder, from this sender.
    #[must_use]
    pub fn to_folder(folder: PathBuf, from: String) -> Self {
        Self {
            host: String::new(),
            folder: Some(folder),
            port: smtp_port(),
            security: Security::default(),
            from,
            username: None,
            password: None,
            password_file: None,
            ca_file: None,
            timeout_seconds: smtp_timeout(),
        }
    }
}

fn smtp_port() -> u16 {
    587
}

fn smtp_timeout() -> u64 {
    60
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all: loopback only.
    None,
    /// TLS after a plain greeting; never without it.
    StartTls,
    /// TLS from the first byte.
    #[default]
    Tls,
}

/// Room on the disk of an SQLite.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// With less than this left, in MB, nothing new is taken in: room to say so, and to go on with
    /// what is here. 64, or a twentieth of a small disk, where it is not set.
    pub reserve_mb: Option<u64>,
}

/// Words on their way out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbox {
    /// How long an issued reply can be taken back.
    pub undo_seconds: u32,
    /// Mails in flight at once.
    pub lanes: usize,
    /// Receipts that leave in a minute: a mail server that is flooded with them refuses answers too.
    pub receipts_per_minute: u32,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            undo_seconds: 30,
            lanes: 4,
            receipts_per_minute: 120,
        }
    }
}

/// Mail that nobody should have to read. Scores are those that the department's own mail server
/// writes into the header, on SpamAssassin's scale.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spam {
    /// From this score on a mail waits for a person.
    pub hold_from: f64,
    /// From this score on it is invalid, and stands in the ledger only.
    pub invalid_from: f64,
    /// Senders whose mail is invalid: `who@example.com`, or `@example.com` with all below it.
    pub blocked: Vec<String>,
}

impl Default for Spam {
    fn default() -> Self {
        Self {
            hold_from: 5.0,
            invalid_from: 15.0,
            blocked: Vec::new(),
        }
    }
}

/// What makes a letter urgent beside the built-in words, so that the duty officer hears of it at
/// once.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Urgent {
    /// More words; wherever one stands, the letter is urgent.
    pub words: Vec<String>,
    /// Ways in which everything is urgent: a source (`phone`) or the name of a mailbox.
    pub sources: Vec<String>,
}

/// A mailbox fetched over IMAP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// Permanent: part of every key.
    pub name: String,
    /// The channel its letters belong to.
    pub channel: String,
    /// Host name or address.
    pub host: String,
    /// 143, 993 …
    #[serde(default = "imap_port")]
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub security: Security,
    /// Login.
    pub username: String,
    /// Its password …
    pub password: Option<Secret>,
    /// … or a file that holds it …
    pub password_file: Option<PathBuf>,
    /// … or an access token (XOAUTH2) …
    pub oauth2: Option<Secret>,
    /// … or a file that holds it.
    pub oauth2_file: Option<PathBuf>,
    /// An own certificate authority, PEM.
    pub ca_file: Option<PathBuf>,
    /// The folder fetched.
    #[serde(default = "inbox")]
    pub folder: String,
    /// Where taken mail goes; empty leaves it where it lies.
    #[serde(default = "processed")]
    pub processed: String,
    /// Where quarantined mail goes.
    #[serde(default = "failed")]
    pub failed: String,
    /// What an already used mailbox begins with: `now`, `all` or a date.
    #[serde(default = "start")]
    pub start: String,
    /// How often to look where the server has no IDLE.
    #[serde(default = "poll")]
    pub poll_seconds: u64,
    /// Reply-To carries `+token`.
    #[serde(default)]
    pub sub_address: bool,
    /// The address people write to, where the login is not one.
    pub address: Option<String>,
    /// So many whole working days without mail are an alarm; 0 never.
    #[serde(default = "silent_workdays")]
    pub alarm_silent_workdays: u32,
    /// So many minutes without a successful fetch are an alarm.
    #[serde(default = "stopped_minutes")]
    pub alarm_stopped_minutes: u32,
}

fn imap_port() -> u16 {
    993
}
fn inbox() -> String {
    "INBOX".into()
}
fn processed() -> String {
    "Processed".into()
}
fn failed() -> String {
    "Failed".into()
}
fn start() -> String {
    "now".into()
}
fn poll() -> u64 {
    60
}
fn silent_workdays() -> u32 {
    5
}
fn stopped_minutes() -> u32 {
    15
}

impl Mailbox {
    /// Where people write: `address`, or the login where that is one.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address
            .as_deref()
            .or(Some(self.username.as_str()))
            .filter(|a| a.contains('@'))
    }
}

/// A Maildir watched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maildir {
    /// Permanent: part of every key.
    pub name: String,
    /// The channel its letters belong to.
    pub channel: String,
    /// The folder that holds `new`, `cur` and `tmp`.
    pub path: PathBuf,
    /// So many whole working days without mail are an alarm; 0 never.
    #[serde(default = "silent_workdays")]
    pub alarm_silent_workdays: u32,
    /// So many minutes without a successful look are an alarm.
    #[serde(default = "stopped_minutes")]
    pub alarm_stopped_minutes: u32,
}
