//! What a configuration that parses can still get wrong.

use std::collections::HashSet;

use super::{Config, Security};

/// A setting, as a path of keys, and what is wrong with it.
type Wrong = (String, String);

/// Every fault, each with what to do.
pub(super) fn faults(config: &Config) -> Vec<Wrong> {
    let mut all = Vec::new();
    top(config, &mut |path, what| all.push((path.to_owned(), what)));
    ways_out(config, &mut |path, what| {
        all.push((path.to_owned(), what));
    });
    sources(config, &mut |path, what| all.push((path.to_owned(), what)));
    all
}

fn top(config: &Config, wrong: &mut dyn FnMut(&str, String)) {
    if jiff::tz::TimeZone::get(&config.timezone).is_err() {
        let what = format!(
            "timezone = \"{}\" is not an IANA name; try \"Asia/Shanghai\"",
            config.timezone
        );
        wrong("timezone", what);
    }
    if !matches!(config.language.as_str(), "zh-CN" | "en") {
        let what = format!("language = \"{}\"; it can be zh-CN or en", config.language);
        wrong("language", what);
    }
    let links = [
        ("base_url", Some(&config.base_url)),
        ("desk_url", config.desk_url.as_ref()),
    ];
    for (key, url) in links {
        if let Some(url) = url.filter(|u| !u.starts_with("https://") && !u.starts_with("http://")) {
            wrong(key, format!("{key} = \"{url}\" must begin with https://"));
        }
    }
    let url = config.database_url();
    if !["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|p| url.starts_with(p))
    {
        let what = "database.url must begin with sqlite:// or postgres://";
        wrong("database.url", what.to_owned());
    }
}

fn ways_out(config: &Config, wrong: &mut dyn FnMut(&str, String)) {
    if let Some(smtp) = &config.smtp {
        match (&smtp.folder, smtp.host.is_empty()) {
            (None, true) => {
                let what = "`smtp.host` is missing; or set smtp.folder to keep mail here";
                wrong("smtp.host", what.to_owned());
            }
            (Some(_), false) => {
                let what = "set either smtp.host or smtp.folder: mail has one way out";
                wrong("smtp.folder", what.to_owned());
            }
            _ => {}
        }
        if smtp.security == Security::None
            && smtp.folder.is_none()
            && !smtp.host.is_empty()
            && !loopback(&smtp.host)
        {
            let what = format!(
                "smtp.security = \"none\" is for this machine only, and {} is another; use \
                 starttls or tls",
                smtp.host
            );
            wrong("smtp.security", what);
        }
        if smtp.username.is_some() != smtp.password.is_some() {
            let what = "smtp.username and smtp.password go together";
            wrong("smtp.username", what.to_owned());
        }
        if smtp.timeout_seconds == 0 {
            let what = "smtp.timeout_seconds must be at least 1";
            wrong("smtp.timeout_seconds", what.to_owned());
        }
    }
    if config.outbox.lanes == 0 || config.outbox.lanes > 32 {
        wrong(
            "outbox.lanes",
            "outbox.lanes must be from 1 to 32".to_owned(),
        );
    }
    if config.outbox.receipts_per_minute == 0 {
        let what = "outbox.receipts_per_minute must be at least 1";
        wrong("outbox.receipts_per_minute", what.to_owned());
    }
}

fn sources(config: &Config, wrong: &mut dyn FnMut(&str, String)) {
    let mut names = HashSet::new();
    let mailboxes = config.mailbox.iter().enumerate();
    let mailboxes = mailboxes.map(|(n, m)| ("mailbox", n, &m.name));
    let maildirs = config.maildir.iter().enumerate();
    let maildirs = maildirs.map(|(n, m)| ("maildir", n, &m.name));
    for (table, n, name) in mailboxes.chain(maildirs) {
        let path = format!("{table}.{n}.name");
        if name.is_empty()
            || !name
                .chars()
                .all(|c| c.is_alphanumeric() || "-_.".contains(c))
        {
            let what = format!(
                "[[{table}]] name = \"{name}\" must be letters, digits, - or _: it is part of \
                 every key"
            );
            wrong(&path, what);
        }
        if !names.insert((table, name)) {
            wrong(
                &path,
                format!("[[{table}]] {name} stands twice; names are unique"),
            );
        }
    }
    for (n, mailbox) in config.mailbox.iter().enumerate() {
        let mut of = |key: &str, what: String| {
            let what = format!("[[mailbox]] {}: {what}", mailbox.name);
            wrong(&format!("mailbox.{n}.{key}"), what);
        };
        if mailbox.security == Security::None && !loopback(&mailbox.host) {
            let what = "security = \"none\" is for this machine only; use starttls or tls";
            of("security", what.to_owned());
        }
        if mailbox.password.is_some() == mailbox.oauth2.is_some() {
            let key = if mailbox.oauth2.is_some() {
                "oauth2"
            } else {
                "password"
            };
            of(key, "set either password or oauth2".to_owned());
        }
        if !matches!(mailbox.start.as_str(), "now" | "all")
            && mailbox.start.parse::<jiff::civil::Date>().is_err()
        {
            let what = format!(
                "start = \"{}\" can be now, all or a date like 2026-01-31",
                mailbox.start
            );
            of("start", what);
        }
        if mailbox.poll_seconds == 0 {
            of("poll_seconds", "poll_seconds must be at least 1".to_owned());
        }
    }
}

fn loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
