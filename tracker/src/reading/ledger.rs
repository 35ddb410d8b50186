//! The intake ledger as the registrar sees it: pages of it, one line with all that is known of it.

use std::collections::HashMap;

use ingest::{letter::IncomingLetter, read::Unreadable};
use jiff::{ToSpan, civil::Date};

use crate::{
    app::App,
    domain::{
        access::{Scope, Staff},
        words::{Fate, Language, Source},
    },
    letters::{Error, Result, read, release::words_of, seal},
    reading,
    store::{
        arrivals::ArrivalRecord,
        ledger::{DecisionRecord, LedgerFilter, LedgerLine},
    },
};

/// Lines a page.
pub const PAGE: u64 = 50;
/// Waiting messages that a search looks into.
const SEARCHED: u64 = 200;
/// Larger messages are read for their own page only, never for a list.
const LISTED: i64 = 256 << 10;

/// What a page of the ledger is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Only this fate.
    pub fate: Option<Fate>,
    /// Only this kind of source.
    pub source: Option<Source>,
    /// Only the source of this name.
    pub name: Option<String>,
    /// Only this channel.
    pub channel_id: Option<i64>,
    /// Received on this day or later.
    pub from: Option<Date>,
    /// Received on this day or earlier.
    pub to: Option<Date>,
    /// Words of sender or subject.
    pub words: Option<String>,
    /// Older than this line.
    pub before: Option<i64>,
}

/// What a registrar may see of the ledger.
///
/// # Errors
/// For anybody else there is no such thing.
pub fn scope(staff: &Staff) -> Result<Scope> {
    if staff.may_register() {
        Ok(reading::scope(staff))
    } else {
        Err(Error::NotFound)
    }
}

/// A page of the ledger, and the id the next one begins before.
///
/// # Errors
/// When the viewer is no registrar, or the database refuses.
pub async fn page(
    app: &App,
    staff: &Staff,
    asked: &Asked,
) -> Result<(Vec<LedgerLine>, Option<i64>)> {
    let midnight = |day: Date| app.zone.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let filter = LedgerFilter {
        fate: asked.fate,
        source: asked.source,
        name: asked.name.clone(),
        channel_id: asked.channel_id,
        from: asked.from.and_then(midnight),
        until: asked
            .to
            .and_then(|d| d.checked_add(1.day()).ok())
            .and_then(midnight),
        words: asked.words.clone(),
        before: asked.before,
        ..LedgerFilter::all(scope(staff)?)
    };
    let filter = LedgerFilter {
        also: match &filter.words {
            Some(words) => waiting_with(app, staff, words).await?,
            None => Vec::new(),
        },
        ..filter
    };
    let mut lines = app.store.ledger(&filter, PAGE + 1).await?;
    let more = lines.len() as u64 > PAGE;
    lines.truncate(usize::try_from(PAGE).unwrap_or(50));
    let next = lines.last().filter(|_| more).map(|l| l.record.id);
    Ok((lines, next))
}

/// Waiting lines whose sender or subject holds these words. Nobody has noted them, since they may
/// belong to a sealed letter yet: their bytes are read, the latest ones.
async fn waiting_with(app: &App, staff: &Staff, wanted: &str) -> Result<Vec<i64>> {
    let wanted = wanted.trim().to_lowercase();
    let mut found = Vec::new();
    for fate in [Fate::Held, Fate::Quarantined] {
        let filter = LedgerFilter {
            fate: Some(fate),
            ..LedgerFilter::all(scope(staff)?)
        };
        let mut lines = app.store.ledger(&filter, SEARCHED).await?;
        lines.retain(|l| !l.record.sealed);
        let holds = |w: &String| w.to_lowercase().contains(&wanted);
        let words = words(app, &lines).await?;
        let ids = words.into_iter().filter(|(_, (a, b))| holds(a) || holds(b));
        found.extend(ids.map(|(id, _)| id));
    }
    Ok(found)
}

/// How many lines of a fate wait for this registrar, up to a thousand and one.
///
/// # Errors
/// When the viewer is no registrar, or the database refuses.
pub async fn count(app: &App, staff: &Staff, fate: Fate) -> Result<u64> {
    let filter = LedgerFilter {
        fate: Some(fate),
        ..LedgerFilter::all(scope(staff)?)
    };
    Ok(app.store.ledger_count(&filter).await?)
}

/// Sender and subject of lines, where they can be told cheaply: noted before, or in a message that
/// is small and safe to read.
///
/// # Errors
/// When the database refuses.
pub async fn words(app: &App, lines: &[LedgerLine]) -> Result<HashMap<i64, (String, String)>> {
    let ids: Vec<i64> = lines.iter().map(|l| l.record.id).collect();
    let noted = app.store.line_words(&ids).await?;
    let mut all: HashMap<i64, (String, String)> = noted
        .into_iter()
        .map(|(id, sender, subject)| (id, (sender, subject)))
        .collect();
    for line in lines.iter().map(|l| &l.record) {
        let Some(blob) = line.blob_id.as_ref().filter(|_| line.size <= LISTED) else {
            continue;
        };
        // A line that is sealed, or too fresh to be noted.
        if !all.contains_key(&line.id) && line.attempts == 0 {
            let raw = app.store.blob(blob).await?;
            if let Ok(message) = read::read(line.source, &raw) {
                all.insert(line.id, words_of(&message));
            }
        }
    }
    Ok(all)
}

/// The reader's complaint in full; where reading has ended a process the code says it all.
fn complaint(line: &ArrivalRecord, raw: &[u8]) -> Unread {
    if line.attempts > 0 || !line.source.is_mail() {
        return Unread::Coded;
    }
    match ingest::read::read(raw) {
        Err(unreadable) => Unread::Mail(unreadable),
        Ok(_) => Unread::Coded,
    }
}

/// Why there is nothing to read.
#[derive(Debug)]
pub enum Unread {
    /// Its bytes were never fetched.
    NeverFetched,
    /// The ledger's reason says it.
    Coded,
    /// It is no mail.
    Mail(Unreadable),
}

impl Unread {
    /// The reader's complaint for a clerk; empty where the ledger's reason says it all.
    #[must_use]
    pub fn explain(&self, language: Language) -> String {
        match self {
            Self::NeverFetched | Self::Coded => String::new(),
            Self::Mail(unreadable) => unreadable.explain(language.code()),
        }
    }
}

/// A line with all that is known of it.
pub struct Item {
    /// The line.
    pub line: LedgerLine,
    /// Its bytes; empty where there are none.
    pub raw: Vec<u8>,
    /// What they say.
    pub read: std::result::Result<IncomingLetter, Unread>,
    /// What people decided, each with their note.
    pub decisions: Vec<(DecisionRecord, String)>,
}

/// A line with what its bytes say, or why they cannot be read.
///
/// # Errors
/// When there is no such line for this viewer, or the database refuses.
pub async fn item(app: &App, staff: &Staff, id: i64) -> Result<Item> {
    let line = app.store.ledger_line(id, &scope(staff)?).await?;
    let line = line.ok_or(Error::NotFound)?;
    let raw = match &line.record.blob_id {
        Some(blob) => app.store.blob(blob).await?,
        None => Vec::new(),
    };
    let read = if line.record.blob_id.is_none() {
        Err(Unread::NeverFetched)
    } else {
        let words = read::read_again(&line.record, raw.clone()).await?;
        words.map_err(|_| complaint(&line.record, &raw))
    };
    let mut decisions = Vec::new();
    for decision in app.store.decisions(id).await? {
        let note = match &decision.note_blob {
            Some(blob) => String::from_utf8_lossy(&app.store.blob(blob).await?).into_owned(),
            None => String::new(),
        };
        decisions.push((decision, note));
    }
    Ok(Item {
        line,
        raw,
        read,
        decisions,
    })
}

/// The raw bytes of a line, and whether it is sealed.
///
/// # Errors
/// When there are none for this viewer.
pub async fn raw(app: &App, staff: &Staff, id: i64) -> Result<(Vec<u8>, bool)> {
    let line = app.store.ledger_line(id, &scope(staff)?).await?;
    let line = line.ok_or(Error::NotFound)?;
    // The mail of a sealed letter is the letter: opening it is a reading like any other.
    if let Some(letter) = line.record.letter_id {
        let letters = app.store.letters_by_id(&[letter], &scope(staff)?).await?;
        for letter in letters {
            seal::record_reading(app, staff, &letter, "raw").await?;
        }
    }
    let blob = line.record.blob_id.ok_or(Error::NotFound)?;
    Ok((app.store.blob(&blob).await?, line.record.sealed))
}
