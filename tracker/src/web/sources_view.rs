//! The sources as pages show them: how each fares, and what lies there against the ledger.

use std::cmp::Ordering;

use super::{
    chrome::Chrome,
    pages::{
        intake::Pair,
        ledger::{SourceCard, SourceTotal},
        parts::{Choice, Tag, Tone},
    },
    show,
};
use crate::{
    app::App,
    domain::{
        silence::Alarm,
        words::{Fate, Source},
    },
    letters::Result,
    reading::sources::{self, Fetched},
    store::writable::Hindrance,
};

/// The alarms that stand, each in a sentence.
pub(crate) async fn alarms(app: &App, chrome: &Chrome) -> Result<Vec<String>> {
    let mut alarms: Vec<String> = hindrance(app, chrome).into_iter().collect();
    let all = sources::fetched(app).await?;
    alarms.extend(all.iter().flat_map(|f| sentences(chrome, f)));
    Ok(alarms)
}

/// Why nothing can be taken in at all.
fn hindrance(app: &App, chrome: &Chrome) -> Option<String> {
    let hindrance = app.store.writable.hindrance()?;
    Some(match &hindrance {
        Hindrance::Short { free, .. } => {
            let free = i64::try_from(free >> 20).unwrap_or(i64::MAX);
            chrome.t1("hindrance.short", chrome.count(free))
        }
        Hindrance::Failing(_) | Hindrance::Gone(_) => chrome.word("hindrance", hindrance.code()),
    })
}

fn sentences(chrome: &Chrome, f: &Fetched) -> Vec<String> {
    let sentence = |alarm: &Alarm| match alarm {
        Alarm::Stopped(minutes) if *minutes >= 120 => {
            chrome.t2("sources.stopped_hours", &f.name, chrome.count(minutes / 60))
        }
        Alarm::Stopped(minutes) => chrome.t2("sources.stopped", &f.name, chrome.count(minutes)),
        Alarm::Silent(days) => chrome.t2("sources.silent", &f.name, chrome.count(i64::from(*days))),
    };
    f.alarms.iter().map(sentence).collect()
}

/// Each mailbox and Maildir.
pub(crate) async fn cards(app: &App, chrome: &Chrome) -> Result<Vec<SourceCard>> {
    let channels = app.store.channels().await?;
    let brought = sources::brought(app).await?;
    let card = |f: Fetched| {
        let channel = channels.iter().find(|c| c.code == f.channel);
        let key = (f.source.to_string(), f.name.clone());
        let in_ledger = brought.get(&key).map_or(0, |b| b.seen);
        let on_server =
            (!f.folders.is_empty()).then(|| f.folders.iter().map(|(_, n)| n).sum::<i64>());
        let gap = on_server.map(|n| (n.cmp(&in_ledger), chrome.count((n - in_ledger).abs())));
        let (tone, words) = match (f.fine, f.note.is_empty()) {
            (None, _) => (Tone::Plain, chrome.t("sources.unknown")),
            (Some(false), _) => (Tone::Late, chrome.t("sources.broken")),
            (Some(true), false) => (Tone::Soon, chrome.t("sources.hampered")),
            (Some(true), true) => (Tone::Done, chrome.t("sources.fine")),
        };
        SourceCard {
            alarms: sentences(chrome, &f),
            source: f.source.code().into(),
            channel: channel
                .map(|c| show::channel_name(chrome, c))
                .unwrap_or_default(),
            state: Tag {
                tone,
                text: words.into_owned(),
            },
            note: note(chrome, &f.note),
            fine_at: f.fine_at.map(|at| show::at(app, at)).unwrap_or_default(),
            last_received: f
                .last_received
                .map(|at| show::at(app, at))
                .unwrap_or_default(),
            folders: f
                .folders
                .iter()
                .map(|(name, n)| Pair {
                    name: name.clone(),
                    value: chrome.count(*n),
                })
                .collect(),
            on_server,
            in_ledger,
            lags: matches!(gap, Some((Ordering::Greater, _))),
            gap: match gap {
                None => String::new(),
                Some((Ordering::Equal, _)) => chrome.t("sources.even").into_owned(),
                Some((Ordering::Greater, n)) => chrome.t1("sources.more", n),
                Some((Ordering::Less, n)) => chrome.t1("sources.fewer", n),
            },
            url: chrome.url(format!(
                "/intake?tab=ledger&source={}",
                show::escape(&format!("{}:{}", f.source, f.name))
            )),
            name: f.name,
        }
    };
    Ok(sources::fetched(app).await?.into_iter().map(card).collect())
}

/// What hampers a source: its code in words, the server's own words behind it.
fn note(chrome: &Chrome, note: &str) -> String {
    if note.is_empty() {
        return String::new();
    }
    let (code, detail) = note.split_once(": ").unwrap_or((note, ""));
    let words = chrome.word("health", code);
    if words == code {
        note.to_owned()
    } else {
        chrome.t2("item.reason_detail", words, detail)
    }
}

/// Sources to filter by: every kind, and every mailbox and Maildir by name.
pub(crate) fn choices(app: &App, chrome: &Chrome, chosen: &str) -> Vec<Choice> {
    let kinds = [""].into_iter().chain(Source::ALL.iter().map(Source::code));
    let mut all = chrome.choices("source", kinds, chosen);
    let boxes = app.config.mailbox.iter().map(|m| (Source::Imap, &m.name));
    let dirs = app
        .config
        .maildir
        .iter()
        .map(|m| (Source::Maildir, &m.name));
    for (source, name) in boxes.chain(dirs) {
        let value = format!("{source}:{name}");
        all.push(Choice {
            label: format!("{} {name}", chrome.word("source", source.code())),
            chosen: value == chosen,
            value,
            hint: String::new(),
        });
    }
    all
}

/// What each source brought, by fate, and the sum.
pub(crate) async fn totals(app: &App) -> Result<(Vec<SourceTotal>, SourceTotal)> {
    let mut sum = SourceTotal {
        source: "total".into(),
        by_fate: vec![0; Fate::ALL.len()],
        ..SourceTotal::default()
    };
    let mut all = Vec::new();
    for ((source, source_name), brought) in sources::brought(app).await? {
        sum.seen += brought.seen;
        for (total, n) in sum.by_fate.iter_mut().zip(&brought.by_fate) {
            *total += n;
        }
        all.push(SourceTotal {
            source,
            source_name,
            seen: brought.seen,
            by_fate: brought.by_fate,
        });
    }
    Ok((all, sum))
}
