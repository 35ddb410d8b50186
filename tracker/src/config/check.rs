//! What a configuration that parses can still get wrong.

use std::collections::HashSet;

use super::{Config, Security};

/// Every fault, each with what to do.
pub(super) fn faults(config: &Config) -> Vec<String> {
    let mut out = Vec::new();
    if jiff::tz::TimeZone::get(&config.timezone).is_err() {
        out.push(format!(
            "timezone = \"{}\" is not an IANA name; try \"Asia/Shanghai\"",
            config.timezone
        ));
    }
    if !matches!(config.language.as_str(), "zh-CN" | "en") {
        out.push(format!(
            "language = \"{}\"; it can be zh-CN or en",
            config.language
        ));
    }
    if !config.base_url.starts_with("https://") && !config.base_url.starts_with("http://") {
        out.push(format!(
            "base_url = \"{}\" must begin with https://",
            config.base_url
        ));
    }
    let url = config.database_url();
    if !["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|p| url.starts_with(p))
    {
        out.push("database.url must begin with sqlite:// or postgres://".to_owned());
    }
    if let Some(smtp) = &config.smtp {
        match (&smtp.folder, smtp.host.is_empty()) {
            (None, true) => {
                out.push("`smtp.host` is missing; or set smtp.folder to keep mail here".to_owned());
            }
            (Some(_), false) => {
                out.push("set either smtp.host or smtp.folder: mail has one way out".to_owned());
            }
            _ => {}
        }
        if smtp.security == Security::None && smtp.folder.is_none() && !loopback(&smtp.host) {
            out.push(format!(
                "smtp.security = \"none\" is for this machine only, and {} is another; use \
                 starttls or tls",
                smtp.host
            ));
        }
        if smtp.username.is_some() != smtp.password.is_some() {
            out.push("smtp.username and smtp.password go together".to_owned());
        }
    }
    if config.outbox.lanes == 0 || config.outbox.lanes > 32 {
        out.push("outbox.lanes must be from 1 to 32".to_owned());
    }
    if config.outbox.receipts_per_minute == 0 {
        out.push("outbox.receipts_per_minute must be at least 1".to_owned());
    }
    sources(config, &mut out);
    out
}

fn sources(config: &Config, out: &mut Vec<String>) {
    let mut names = HashSet::new();
    let all = (config.mailbox.iter().map(|m| ("mailbox", &m.name)))
        .chain(config.maildir.iter().map(|m| ("maildir", &m.name)));
    for (table, name) in all {
        if name.is_empty()
            || !name
                .chars()
                .all(|c| c.is_alphanumeric() || "-_.".contains(c))
        {
            out.push(format!(
                "[[{table}]] name = \"{name}\" must be letters, digits, - or _: it is part of \
                 every key"
            ));
        }
        if !names.insert((table, name)) {
            out.push(format!("[[{table}]] {name} stands twice; names are unique"));
        }
    }
    for mailbox in &config.mailbox {
        let name = &mailbox.name;
        if mailbox.security == Security::None && !loopback(&mailbox.host) {
            out.push(format!(
                "[[mailbox]] {name}: security = \"none\" is for this machine only; use starttls \
                 or tls"
            ));
        }
        if mailbox.password.is_some() == mailbox.oauth2.is_some() {
            out.push(format!("[[mailbox]] {name}: set either password or oauth2"));
        }
        if !matches!(mailbox.start.as_str(), "now" | "all")
            && mailbox.start.parse::<jiff::civil::Date>().is_err()
        {
            out.push(format!(
                "[[mailbox]] {name}: start = \"{}\" can be now, all or a date like 2026-01-31",
                mailbox.start
            ));
        }
        if mailbox.poll_seconds == 0 {
            out.push(format!(
                "[[mailbox]] {name}: poll_seconds must be at least 1"
            ));
        }
    }
}

fn loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
