//! Lines of the ledger as pages show them.

use std::borrow::Cow;

use ingest::letter::{Authentication, IncomingLetter};

use super::{
    chrome::Chrome,
    desk,
    error::Trouble,
    pages::{
        intake::{Done, ItemPage, ItemRow, Likely, Pair, Tabs, Taken},
        ledger::LedgerRow,
        parts::{Choice, File},
        write::Entry,
    },
    show, sources_view,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        status::Status,
        words::{Discard, Fate, Kind},
    },
    letters::{self, Result, release},
    reading::{
        desk::{self as reading, View},
        ledger::{self, Item},
        likely,
    },
    store::{arrivals::Verdict, channels::Channel, ledger::LedgerLine},
};

/// So much of the head of a message is shown.
const HEAD: usize = 16 << 10;
/// So much of the end of a message that cannot be read.
const TAIL: usize = 2 << 10;

/// The tabs with how many wait behind each, and the alarms that stand.
pub(crate) async fn tabs(app: &App, chrome: &Chrome, staff: &Staff, current: &str) -> Result<Tabs> {
    let mut new = View::Unassigned.filter(app, staff);
    new.status = Some(Status::Received);
    let scope = reading::scope(staff);
    let sight = app.store.glance(&scope).await?;
    let new = app.store.count(&sight, &new).await?;
    let figure = |n: u64| {
        if n == 0 {
            String::new()
        } else {
            desk::count(chrome, n)
        }
    };
    let known = ["held", "quarantined", "ledger", "sources"];
    Ok(Tabs {
        current: known
            .iter()
            .find(|k| **k == current)
            .copied()
            .unwrap_or("new")
            .into(),
        new: figure(new),
        held: figure(ledger::count(app, staff, Fate::Held).await?),
        quarantined: figure(ledger::count(app, staff, Fate::Quarantined).await?),
        alarms: sources_view::alarms(app, chrome).await?,
    })
}

/// Why a line waits or what became of it, in the page's language. What no words are known for
/// stands as it is: a server's own complaint, or a newer version's.
fn reason(chrome: &Chrome, line: &LedgerLine) -> String {
    let Some(whole) = line.record.reason.as_deref() else {
        return String::new();
    };
    let (code, detail) = whole.split_once(": ").unwrap_or((whole, ""));
    let words = if line.record.fate == Some(Fate::Invalid) {
        chrome.word("discard", code)
    } else {
        chrome.word("held", code)
    };
    if words == code {
        whole.to_owned()
    } else if detail.is_empty() {
        words
    } else {
        chrome.t2("item.reason_detail", words, detail)
    }
}

/// Lines with what their bytes say.
pub(crate) async fn rows(app: &App, chrome: &Chrome, lines: &[LedgerLine]) -> Result<Vec<ItemRow>> {
    let channels = app.store.channels().await?;
    let words = ledger::words(app, lines).await?;
    let row = |line| {
        let (from, subject) = words.get(&id_of(line)).cloned().unwrap_or_default();
        row(app, chrome, &channels, line, (from, subject))
    };
    Ok(lines.iter().map(row).collect())
}

fn id_of(line: &LedgerLine) -> i64 {
    line.record.id
}

fn row(
    app: &App,
    chrome: &Chrome,
    channels: &[Channel],
    line: &LedgerLine,
    (from, subject): (String, String),
) -> ItemRow {
    let l = &line.record;
    let channel = channels.iter().find(|c| c.id == l.channel_id);
    ItemRow {
        id: l.id.to_string(),
        url: chrome.url(format!("/intake/{}", l.id)),
        received_at: show::at(app, l.received_at),
        channel: channel
            .map(|c| show::channel_name(chrome, c))
            .unwrap_or_default(),
        source: l.source.code().into(),
        source_name: l.source_name.clone(),
        from: show::visible(&from),
        subject: show::visible(&subject),
        reason: reason(chrome, line),
        forged: line.forged || l.reason.as_deref() == Some("forged"),
        sealed: l.sealed,
        size: show::size(l.size),
    }
}

/// One line as a row.
pub(crate) async fn one(app: &App, chrome: &Chrome, staff: &Staff, id: i64) -> Result<ItemRow> {
    let line = app.store.ledger_line(id, &ledger::scope(staff)?).await?;
    let line = line.ok_or(letters::Error::NotFound)?;
    let row = rows(app, chrome, &[line]).await?.into_iter().next();
    row.ok_or(letters::Error::NotFound)
}

/// What became of an item that was decided together with others.
pub(crate) async fn done(
    app: &App,
    chrome: &Chrome,
    item: ItemRow,
    done: Result<Verdict>,
) -> std::result::Result<Done, Trouble> {
    let verdict = match done {
        Ok(verdict) => verdict,
        Err(error) => {
            let Some(errors) = show::refused(&error) else {
                return Err(error.into());
            };
            let words = errors.0.first().map(|e| chrome.fault(e));
            return Ok(Done {
                item,
                words: words.unwrap_or_default(),
                ..Done::default()
            });
        }
    };
    let number = number(app, verdict.letter_id).await?;
    Ok(Done {
        item,
        ok: true,
        words: format!("{} {number}", chrome.word("fate", verdict.fate.code()))
            .trim()
            .to_owned(),
        url: if number.is_empty() {
            String::new()
        } else {
            chrome.url(format!("/desk/letters/{number}"))
        },
        number,
    })
}

/// The number of a letter, or nothing.
pub(crate) async fn number(app: &App, letter_id: Option<i64>) -> Result<String> {
    let ids: Vec<i64> = letter_id.into_iter().collect();
    let numbers = app.store.numbers(&ids).await?;
    Ok(numbers
        .into_iter()
        .next()
        .map(|(_, n)| n)
        .unwrap_or_default())
}

/// Reasons for discarding.
pub(crate) fn grounds(chrome: &Chrome, chosen: &str) -> Vec<Choice> {
    chrome.choices("discard", Discard::ALL.iter().map(Discard::code), chosen)
}

/// Channels to filter by.
pub(crate) fn channel_choices(chrome: &Chrome, all: &[Channel], chosen: &str) -> Vec<Choice> {
    let any = Choice {
        label: chrome.t("form.any").into_owned(),
        chosen: chosen.is_empty(),
        ..Choice::default()
    };
    let choice = |c: &Channel| Choice {
        value: c.code.clone(),
        label: show::channel_name(chrome, c),
        chosen: c.code == chosen,
        hint: String::new(),
    };
    std::iter::once(any).chain(all.iter().map(choice)).collect()
}

/// One line with everything a clerk needs to decide.
pub(crate) async fn item(
    app: &App,
    chrome: &Chrome,
    staff: &Staff,
    id: i64,
) -> std::result::Result<ItemPage, Trouble> {
    let item = ledger::item(app, staff, id).await?;
    let line = &item.line.record;
    let read = item.read.as_ref().ok();
    let channels = app.store.channels().await?;
    let waits = matches!(line.fate, Some(Fate::Held | Fate::Quarantined));
    let mut letter = None;
    let scope = ledger::scope(staff)?;
    if let Some(id) = line.letter_id
        && let Some(l) = app.store.letters_by_id(&[id], &scope).await?.first()
    {
        let url = chrome.url(format!("/desk/letters/{}", l.number));
        letter = Some((l.number.to_string(), url));
    }
    let likely = match read.filter(|_| waits) {
        Some(read) => likely::likely(app, &scope, read).await?,
        None => Vec::new(),
    };
    let likely = likely.into_iter().map(|(letter, ranked)| Likely {
        number: letter.number.to_string(),
        url: chrome.url(format!("/desk/letters/{}", letter.number)),
        subject: letter.subject,
        status: letter.status.code().into(),
        why: ranked.why.iter().map(|w| w.code().to_owned()).collect(),
    });
    let may = |c: &&Channel| c.enabled && (!c.sealed || staff.cleared_channels.contains(&c.id));
    let own = |c: &Channel| Choice {
        value: c.code.clone(),
        label: show::channel_name(chrome, c),
        chosen: c.id == line.channel_id,
        hint: String::new(),
    };
    let files = read.iter().flat_map(|r| &r.attachments).map(|a| File {
        name: show::visible(&a.name),
        size: show::size(i64::try_from(a.size).unwrap_or(i64::MAX)),
        url: String::new(),
    });
    let words = read.map(release::words_of).unwrap_or_default();
    let mut complaints: Vec<String> = read
        .iter()
        .flat_map(|r| &r.complaints)
        .map(|c| ingest::read::explain(c, chrome.language.code()))
        .collect();
    if let Err(unread) = &item.read {
        complaints.push(unread.explain(chrome.language));
        complaints.retain(|c| !c.is_empty());
    }
    Ok(ItemPage {
        item: row(app, chrome, &channels, &item.line, words),
        fate: line.fate.map_or("waiting", |f| f.code()).into(),
        quarantined: line.fate == Some(Fate::Quarantined),
        waits,
        reopens: matches!(line.fate, Some(Fate::Invalid | Fate::Automatic)),
        readable: read.is_some(),
        complaints,
        authentication: read
            .filter(|_| line.source.is_mail())
            .map(|r| verdict(r.authentication).to_owned())
            .unwrap_or_default(),
        facts: facts(app, chrome, &item),
        said: read.map(|r| said(app, chrome, r)).unwrap_or_default(),
        files: files.collect(),
        text: read.map(|r| show::visible(&r.text)).unwrap_or_default(),
        raw_head: match read {
            None => ends(&item.raw),
            Some(_) if line.source.is_mail() => head(&item.raw),
            Some(_) => String::new(),
        },
        raw_url: if line.blob_id.is_some() {
            chrome.url(format!("/intake/{id}/raw"))
        } else {
            String::new()
        },
        letter,
        taken: taken(app, &item).await?,
        likely: likely.collect(),
        channels: channels.iter().filter(may).map(own).collect(),
        kinds: chrome.choices("kind", Kind::ALL.iter().map(Kind::code), "question"),
        grounds: grounds(chrome, ""),
        attempts: line.attempts.into(),
        entry: read.map(entry).unwrap_or_default(),
        chrome: chrome.clone(),
        ..ItemPage::default()
    })
}

fn verdict(authentication: Authentication) -> &'static str {
    match authentication {
        Authentication::Pass => "pass",
        Authentication::Fail => "fail",
        Authentication::None => "none",
    }
}

/// What a clerk who writes the letter anew begins with.
fn entry(read: &IncomingLetter) -> Entry {
    Entry {
        subject: read.subject.clone(),
        body: read.text.clone(),
        name: read.writer.name.clone(),
        phone: read.writer.phone.clone(),
        email: read.writer.email.clone(),
        address: read.writer.address.clone(),
        ..Entry::default()
    }
}

/// When and how it came. The digest is short: enough to compare by eye.
fn facts(app: &App, chrome: &Chrome, item: &Item) -> Vec<Pair> {
    let (line, l) = (&item.line, &item.line.record);
    let at = |at: jiff::Timestamp| show::at(app, at);
    let pairs = [
        (chrome.t("item.received_at"), at(l.received_at)),
        (chrome.t("item.seen_at"), at(l.seen_at)),
        (chrome.t("item.stored_at"), at(l.stored_at)),
        (
            chrome.t("item.moved_at"),
            line.moved_at.map(at).unwrap_or_default(),
        ),
        (chrome.t("ledger.size"), show::size(l.size)),
        (chrome.t("item.key"), l.source_key.clone()),
        (
            chrome.t("item.digest"),
            l.digest
                .as_deref()
                .map(|d| d[..d.len().min(16)].to_owned())
                .unwrap_or_default(),
        ),
    ];
    let pair = |(name, value): (Cow<'static, str>, String)| Pair {
        name: name.into_owned(),
        value,
    };
    pairs
        .into_iter()
        .filter(|(_, v)| !v.is_empty())
        .map(pair)
        .collect()
}

/// What the message says of itself, marked where it may deceive the eye.
fn said(app: &App, chrome: &Chrome, read: &IncomingLetter) -> Vec<Pair> {
    let addresses = |all: &[ingest::letter::Address]| {
        let one = |a: &ingest::letter::Address| format!("{} {}", a.name, a.address);
        let all: Vec<String> = all.iter().map(|a| one(a).trim().to_owned()).collect();
        all.join("; ")
    };
    let pairs = [
        (chrome.t("item.to"), addresses(&read.to)),
        (chrome.t("item.cc"), addresses(&read.cc)),
        (chrome.t("item.reply_to"), addresses(&read.reply_to)),
        (
            chrome.t("item.date"),
            read.date.map(|at| show::at(app, at)).unwrap_or_default(),
        ),
        (
            chrome.t("item.message_id"),
            read.message_id.clone().unwrap_or_default(),
        ),
        (chrome.t("item.in_reply_to"), read.in_reply_to.join(" ")),
    ];
    let pair = |(name, value): (Cow<'static, str>, String)| Pair {
        name: name.into_owned(),
        value: show::visible(&value),
    };
    pairs
        .into_iter()
        .filter(|(_, v)| !v.is_empty())
        .map(pair)
        .collect()
}

/// The header block.
fn head(raw: &[u8]) -> String {
    let end = |mark: &[u8]| raw.windows(mark.len()).position(|w| w == mark);
    let end = end(b"\r\n\r\n")
        .or_else(|| end(b"\n\n"))
        .unwrap_or(raw.len());
    readable(&raw[..end.min(HEAD)])
}

/// How bytes that cannot be read begin and end: there a person may still find the words.
fn ends(raw: &[u8]) -> String {
    if raw.len() <= HEAD + TAIL {
        return readable(raw);
    }
    let (first, last) = (&raw[..HEAD], &raw[raw.len() - TAIL..]);
    format!("{}\n⋯\n{}", readable(first), readable(last))
}

fn readable(raw: &[u8]) -> String {
    show::visible(&String::from_utf8_lossy(raw).replace("\r\n", "\n"))
}

async fn taken(app: &App, item: &Item) -> Result<Vec<Taken>> {
    let mut all = Vec::new();
    for (decision, note) in &item.decisions {
        let person = app.store.person(decision.by).await?;
        all.push(Taken {
            at: show::at(app, decision.at),
            by: person.map(|p| p.name).unwrap_or_default(),
            was: decision.was.clone(),
            became: decision.became.clone(),
            note: note.clone(),
        });
    }
    Ok(all)
}

/// Lines of the ledger. A letter that the viewer may not see has no number here.
pub(crate) async fn ledger_rows(
    app: &App,
    chrome: &Chrome,
    staff: &Staff,
    lines: &[LedgerLine],
) -> Result<Vec<LedgerRow>> {
    let ids: Vec<i64> = lines.iter().filter_map(|l| l.record.letter_id).collect();
    let seen = app
        .store
        .letters_by_id(&ids, &ledger::scope(staff)?)
        .await?;
    let rows = rows(app, chrome, lines).await?;
    let row = |(line, item): (&LedgerLine, ItemRow)| {
        let letter = line.record.letter_id;
        let letter = letter.and_then(|id| seen.iter().find(|l| l.id == id));
        let number = letter.map(|l| l.number.to_string()).unwrap_or_default();
        LedgerRow {
            item,
            fate: line.record.fate.map_or("waiting", |f| f.code()).into(),
            letter_url: if number.is_empty() {
                String::new()
            } else {
                chrome.url(format!("/desk/letters/{number}"))
            },
            number,
        }
    };
    Ok(lines.iter().zip(rows).map(row).collect())
}
