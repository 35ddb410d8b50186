//! Lines of the ledger as pages show them.

use super::{
    chrome::Chrome,
    desk,
    error::Trouble,
    pages::{
        intake::{ItemPage, ItemRow, Likely, Tabs},
        ledger::{LedgerRow, SourceTotal},
        parts::{Choice, File},
    },
    show,
};
use crate::{
    app::App,
    domain::{access::Staff, status::Status, words::Fate},
    letters::{Result, register},
    reading::{
        desk::{self as reading, View},
        ledger,
    },
    store::{arrivals::ArrivalRecord, channels::Channel},
};

/// The tabs with how many wait behind each.
pub(crate) async fn tabs(app: &App, chrome: &Chrome, staff: &Staff, current: &str) -> Result<Tabs> {
    let mut new = View::Unassigned.filter(app, staff);
    new.status = Some(Status::Received);
    let new = app.store.count(&reading::scope(staff), &new).await?;
    let counts = app
        .store
        .ledger_counts(Some(&reading::scope(staff)))
        .await?;
    let of = |fate: Fate| {
        let n: i64 = counts
            .iter()
            .filter(|c| c.2.as_deref() == Some(fate.code()))
            .map(|c| c.3)
            .sum();
        if n == 0 {
            String::new()
        } else {
            chrome.count(n)
        }
    };
    let known = ["held", "quarantined", "ledger"];
    Ok(Tabs {
        current: known
            .iter()
            .find(|k| **k == current)
            .copied()
            .unwrap_or("new")
            .into(),
        new: if new == 0 {
            String::new()
        } else {
            desk::count(chrome, new)
        },
        held: of(Fate::Held),
        quarantined: of(Fate::Quarantined),
    })
}

/// Items with what their bytes say; each is read again from its raw bytes, since the ledger keeps
/// no words.
pub(crate) async fn items(
    app: &App,
    chrome: &Chrome,
    staff: &Staff,
    lines: &[ArrivalRecord],
) -> Result<Vec<ItemRow>> {
    let channels = app.store.channels().await?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let (_, read) = ledger::line(app, staff, line.id).await?;
        rows.push(row(app, chrome, &channels, line, read.as_ref().ok()));
    }
    Ok(rows)
}

fn row(
    app: &App,
    chrome: &Chrome,
    channels: &[Channel],
    line: &ArrivalRecord,
    read: Option<&ingest::letter::IncomingLetter>,
) -> ItemRow {
    let channel = channels.iter().find(|c| c.id == line.channel_id);
    let from = read.and_then(|r| r.from.as_ref());
    ItemRow {
        id: line.id.to_string(),
        url: chrome.url(format!("/intake/{}", line.id)),
        received_at: show::at(app, line.received_at),
        channel: channel
            .map(|c| show::channel_name(chrome, c))
            .unwrap_or_default(),
        source: line.source.code().into(),
        source_name: line.source_name.clone(),
        from: from
            .map(|f| format!("{} {}", f.name, f.address).trim().to_owned())
            .unwrap_or_default(),
        subject: read.map(|r| r.subject.clone()).unwrap_or_default(),
        reason: line.reason.clone().unwrap_or_default(),
        size: show::size(line.size),
    }
}

/// One item with everything a clerk needs to decide.
pub(crate) async fn item(
    app: &App,
    chrome: &Chrome,
    staff: &Staff,
    id: i64,
) -> std::result::Result<ItemPage, Trouble> {
    let (line, read) = ledger::line(app, staff, id).await?;
    if !matches!(line.fate, Some(Fate::Held | Fate::Quarantined)) {
        return Err(Trouble::not_found());
    }
    let channels = app.store.channels().await?;
    let read = read.ok();
    let mut likely = Vec::new();
    if let Some(read) = &read {
        for named in register::named(app, read).await? {
            let numbers = app.store.numbers(&[named.letter_id]).await?;
            let Some(number) = numbers.first().and_then(|(_, n)| n.parse().ok()) else {
                continue;
            };
            // Only letters the viewer may see are proposed.
            if let Some(letter) = app.store.letter(number, &reading::scope(staff)).await? {
                likely.push(Likely {
                    number: number.to_string(),
                    url: chrome.url(format!("/desk/letters/{number}")),
                    subject: letter.subject,
                    why: if named.from_writer { "sender" } else { "token" }.into(),
                });
            }
        }
    }
    let raw_head = match &line.blob_id {
        Some(blob) if read.is_none() => {
            let raw = app.store.blob(blob).await?;
            String::from_utf8_lossy(&raw[..raw.len().min(4_000)]).into_owned()
        }
        _ => String::new(),
    };
    let own = |c: &Channel| Choice {
        value: c.code.clone(),
        label: show::channel_name(chrome, c),
        chosen: c.id == line.channel_id,
        hint: String::new(),
    };
    let files = read.iter().flat_map(|r| &r.attachments).map(|a| File {
        name: a.name.clone(),
        size: show::size(i64::try_from(a.size).unwrap_or(i64::MAX)),
        url: String::new(),
    });
    Ok(ItemPage {
        item: row(app, chrome, &channels, &line, read.as_ref()),
        quarantined: line.fate == Some(Fate::Quarantined),
        files: files.collect(),
        text: read.as_ref().map(|r| r.text.clone()).unwrap_or_default(),
        raw_head,
        raw_url: chrome.url(format!("/intake/{id}/raw")),
        likely,
        channels: channels
            .iter()
            .filter(|c| c.id == line.channel_id)
            .map(own)
            .collect(),
        attempts: line.attempts.into(),
        ..ItemPage::default()
    })
}

/// Lines of the ledger.
pub(crate) async fn ledger_rows(
    app: &App,
    chrome: &Chrome,
    lines: &[ArrivalRecord],
) -> Result<Vec<LedgerRow>> {
    let ids: Vec<i64> = lines.iter().filter_map(|l| l.letter_id).collect();
    let numbers = app.store.numbers(&ids).await?;
    let row = |l: &ArrivalRecord| {
        let number = l
            .letter_id
            .and_then(|id| numbers.iter().find(|(i, _)| *i == id));
        let number = number.map(|(_, n)| n.clone()).unwrap_or_default();
        let waits = matches!(l.fate, Some(Fate::Held | Fate::Quarantined));
        LedgerRow {
            id: l.id.to_string(),
            received_at: show::at(app, l.received_at),
            source: l.source.code().into(),
            source_name: l.source_name.clone(),
            fate: l.fate.map_or("waiting", |f| f.code()).into(),
            reason: l.reason.clone().unwrap_or_default(),
            url: if waits {
                chrome.url(format!("/intake/{}", l.id))
            } else if number.is_empty() {
                String::new()
            } else {
                chrome.url(format!("/desk/letters/{number}"))
            },
            number,
            size: show::size(l.size),
        }
    };
    Ok(lines.iter().map(row).collect())
}

/// What each source brought, by fate, and the sum.
pub(crate) async fn totals(app: &App, staff: &Staff) -> Result<(Vec<SourceTotal>, SourceTotal)> {
    let counts = app
        .store
        .ledger_counts(Some(&reading::scope(staff)))
        .await?;
    let mut sources: Vec<(String, String)> =
        counts.iter().map(|c| (c.0.clone(), c.1.clone())).collect();
    sources.sort();
    sources.dedup();
    let line = |of: Option<&(String, String)>| {
        let own = counts
            .iter()
            .filter(|c| of.is_none_or(|(s, n)| c.0 == *s && c.1 == *n));
        let by = |fate: &Fate| {
            own.clone()
                .filter(|c| c.2.as_deref() == Some(fate.code()))
                .map(|c| c.3)
                .sum()
        };
        SourceTotal {
            source: of.map_or_else(|| "total".to_owned(), |(s, _)| s.clone()),
            source_name: of.map(|(_, n)| n.clone()).unwrap_or_default(),
            seen: own.clone().map(|c| c.3).sum(),
            by_fate: Fate::ALL.iter().map(by).collect(),
        }
    };
    Ok((sources.iter().map(|s| line(Some(s))).collect(), line(None)))
}
