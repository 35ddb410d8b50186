//! Where mail comes from, how each source fares, and what lies there against the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    app::App,
    domain::{
        silence::{self, Alarm, Patience, Standing},
        words::{Fate, Source},
    },
    letters::Result,
    store::{ledger::SourceCount, sources::SourceState, time},
};

/// One mailbox or Maildir as configured, and how it stands.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// How it is fetched.
    pub source: Source,
    /// Its name.
    pub name: String,
    /// Its channel's code.
    pub channel: String,
    /// Whether it works now; `None` before the first contact.
    pub fine: Option<bool>,
    /// What hampers it: code, colon, details.
    pub note: String,
    /// When it last worked.
    pub fine_at: Option<Timestamp>,
    /// When its newest mail was received.
    pub last_received: Option<Timestamp>,
    /// What lies there, by folder; a folder never heard of is left out.
    pub folders: Vec<(String, i64)>,
    /// What stands now.
    pub alarms: Vec<Alarm>,
}

/// What one source brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// By fate, in the order of [`Fate::ALL`].
    pub by_fate: Vec<i64>,
    /// Being read.
    pub waiting: i64,
    /// Everything.
    pub seen: i64,
}

/// What every source brought, by kind and name; sealed ones counted alike.
///
/// # Errors
/// When the database refuses.
pub async fn brought(app: &App) -> Result<BTreeMap<(String, String), Brought>> {
    let mut all: BTreeMap<(String, String), Brought> = BTreeMap::new();
    for SourceCount {
        source,
        name,
        fate,
        n,
    } in app.store.ledger_counts().await?
    {
        let one = all.entry((source, name)).or_insert_with(|| Brought {
            by_fate: vec![0; Fate::ALL.len()],
            ..Brought::default()
        });
        one.seen += n;
        match Fate::ALL
            .iter()
            .position(|f| Some(f.code()) == fate.as_deref())
        {
            Some(at) => one.by_fate[at] += n,
            None => one.waiting += n,
        }
    }
    Ok(all)
}

/// Every mailbox and Maildir that is configured here.
///
/// # Errors
/// When the database refuses.
pub async fn fetched(app: &App) -> Result<Vec<Fetched>> {
    let states = app.store.sources().await?;
    let mut all = Vec::new();
    for m in &app.config.mailbox {
        let patience = Patience {
            workdays: m.alarm_silent_workdays,
            // Where it is looked at seldom, one look missed is no alarm.
            minutes: m
                .alarm_stopped_minutes
                .max(u32::try_from(m.poll_seconds / 30).unwrap_or(u32::MAX)),
        };
        let mut folders = vec![m.folder.as_str()];
        for folder in [m.processed.as_str(), m.failed.as_str()] {
            if !folder.is_empty() && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let place = (Source::Imap, m.name.as_str(), m.channel.as_str());
        all.push(one(app, &states, place, &folders, patience).await?);
    }
    for m in &app.config.maildir {
        let patience = Patience {
            workdays: m.alarm_silent_workdays,
            minutes: m.alarm_stopped_minutes,
        };
        let place = (Source::Maildir, m.name.as_str(), m.channel.as_str());
        all.push(one(app, &states, place, &["new + cur"], patience).await?);
    }
    Ok(all)
}

async fn one(
    app: &App,
    states: &[SourceState],
    (source, name, channel): (Source, &str, &str),
    folders: &[&str],
    patience: Patience,
) -> Result<Fetched> {
    let of = |folder: &str| {
        let key = format!("{source}:{name}/{folder}");
        states.iter().find(|s| s.folder == key)
    };
    let health = of("");
    let contact = health.or(of(folders[0])).and_then(|s| s.first_at);
    let contact = contact.map(time::instant);
    let fine_at = health.and_then(|s| s.fine_at).map(time::instant);
    let last_received = app.store.last_received(source, name).await?;
    let standing = Standing {
        fine_at,
        first_at: contact,
        heard_on: last_received.max(contact).map(|at| app.day_of(at)),
    };
    // The folder that is read is counted with its health, the others by themselves. While nothing
    // can be fetched nobody knows what lies there.
    let works = health.is_some_and(|s| s.fine);
    let known = folders.iter().enumerate().filter(|_| works);
    let counts = known.filter_map(|(at, folder)| {
        let state = if at == 0 { health } else { of(folder) };
        state.map(|s| ((*folder).to_owned(), s.waiting))
    });
    Ok(Fetched {
        source,
        name: name.to_owned(),
        channel: channel.to_owned(),
        fine: health.map(|s| s.fine),
        note: health.map(|s| s.note.clone()).unwrap_or_default(),
        fine_at,
        last_received,
        folders: counts.collect(),
        alarms: silence::alarms(
            &standing,
            patience,
            (app.now(), app.today()),
            &app.law().calendar,
        ),
    })
}
