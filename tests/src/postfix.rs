//! A real SMTP server that delivers into the Maildirs of a [`Dovecot`].

use std::{process::Command, time::Duration};

use crate::{
    Dovecot,
    dovecot::DOMAIN,
    place::{Place, free_port, listening, run, signal},
};

/// A Postfix of one's own: takes mail for `@huiyin.test` on a loopback port.
#[derive(Debug)]
pub struct Postfix {
    place: Place,
    /// Where it listens.
    pub port: u16,
}

/// Only Postfix's own programs, none confined to a folder that would have to be furnished first.
const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

impl Postfix {
    /// Starts one that knows these local parts.
    #[must_use]
    pub fn start(dovecot: &Dovecot, users: &[&str]) -> Self {
        let place = Place::new("postfix");
        let port = free_port();
        let dir = place.path().display();
        for folder in ["queue", "data"] {
            std::fs::create_dir_all(place.at(folder)).expect("a folder for Postfix");
        }
        run(Command::new("chown").arg("postfix").arg(place.at("data")));
        let lines: Vec<_> = users
            .iter()
            .map(|u| format!("{u}@{DOMAIN} {u}/Maildir/\n"))
            .collect();
        place.write("users", &lines.concat());
        place.write(
            "main.cf",
            &format!(
                "compatibility_level = 3.6\nqueue_directory = {dir}/queue\n\
                 data_directory = {dir}/data\nmaillog_file = {dir}/log\n\
                 maillog_file_prefixes = /tmp\nmyhostname = mail.{DOMAIN}\n\
                 mydestination =\nmynetworks = 127.0.0.0/8\ninet_interfaces = 127.0.0.1\n\
                 inet_protocols = ipv4\nalias_maps =\nalias_database =\nbiff = no\n\
                 recipient_delimiter = +\nsmtp_dns_support_level = disabled\n\
                 virtual_mailbox_domains = {DOMAIN}\nvirtual_mailbox_base = {}\n\
                 virtual_mailbox_maps = texthash:{dir}/users\nvirtual_minimum_uid = 100\n\
                 virtual_uid_maps = static:65534\nvirtual_gid_maps = static:65534\n\
                 smtpd_client_connection_rate_limit = 0\nmessage_size_limit = 60000000\n\
                 virtual_mailbox_limit = 0\n",
                dovecot.mail().display()
            ),
        );
        place.write(
            "master.cf",
            &format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"),
        );
        run(Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(place.path())
            .arg("start"));
        listening(port);
        Self { place, port }
    }

    /// The part of `huiyin.toml` that sends through it.
    #[must_use]
    pub fn section(&self) -> String {
        format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
             from = \"回音 <letters@{DOMAIN}>\"\n[outbox]\nundo_seconds = 0\n",
            self.port
        )
    }

    /// Hands it a mail as a mail client would.
    pub fn send(&self, mail: &lettre::Message) {
        use lettre::Transport as _;
        let transport = lettre::SmtpTransport::builder_dangerous("127.0.0.1")
            .port(self.port)
            .timeout(Some(Duration::from_secs(20)))
            .build();
        transport
            .send(mail)
            .unwrap_or_else(|e| panic!("Postfix refuses: {e}\n{}", self.log()));
    }

    /// What it wrote down.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.place.at("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let pid =
            std::fs::read_to_string(self.place.at("queue/pid/master.pid")).unwrap_or_default();
        if let Ok(pid) = pid.trim().parse() {
            signal("-KILL", pid);
        }
    }
}
