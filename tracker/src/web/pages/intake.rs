//! The registrar's side: new letters, held and quarantined items, letters entered by hand.

use askama::Template;

use super::desk::LetterRow;
use super::parts::{Choice, Due, Errors, File, KeptFile, Paging};
use super::write::Entry;
use crate::web::chrome::Chrome;

/// How many wait behind each tab, in figures; empty shows none.
#[derive(Clone, Debug, Default)]
pub struct Tabs {
    /// `new`, `held`, `quarantined`, `ledger`, `sources`.
    pub current: String,
    /// Letters to register.
    pub new: String,
    /// Held items.
    pub held: String,
    /// Quarantined items.
    pub quarantined: String,
    /// Sources that are silent, each in a sentence.
    pub alarms: Vec<String>,
}

/// `GET /intake` and `/intake?tab=new`: letters that wait for a registrar.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "intake.html")]
pub struct IntakePage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// Letters in `received`, oldest first.
    pub rows: Vec<LetterRow>,
    /// Further pages.
    pub paging: Paging,
}

/// An item that a person must decide on.
#[derive(Clone, Debug, Default)]
pub struct ItemRow {
    /// Its id in the ledger.
    pub id: String,
    /// Its page, with the base.
    pub url: String,
    /// Local `YYYY-MM-DD HH:MM`.
    pub received_at: String,
    /// The channel's name.
    pub channel: String,
    /// A code of the words' `source` family.
    pub source: String,
    /// The source's own name, `director`; or empty.
    pub source_name: String,
    /// The sender as it says, or empty where it can't be read or shown.
    pub from: String,
    /// The subject, or empty.
    pub subject: String,
    /// Why it waits or what became of it, in words; or empty.
    pub reason: String,
    /// Our own server calls the sender forged.
    pub forged: bool,
    /// It belongs, or may belong, to a sealed letter.
    pub sealed: bool,
    /// Its size in words.
    pub size: String,
}

/// `GET /intake?tab=held` and `?tab=quarantined`: ticked items are decided together at
/// `/intake/bulk`: `id…`, `what` (`retry`, `letter`, `automatic`, `discard`), `ground`, `reason`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// Whether these are the quarantined ones.
    pub quarantined: bool,
    /// The items, newest first.
    pub rows: Vec<ItemRow>,
    /// Whether all on this page are ticked.
    pub ticked: bool,
    /// The same page with all ticked.
    pub tick_url: String,
    /// `ground` for discarding.
    pub grounds: Vec<Choice>,
    /// Further pages.
    pub paging: Paging,
}

/// What became of one item that was decided together with others.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// The item.
    pub item: ItemRow,
    /// Whether it worked.
    pub ok: bool,
    /// What happened, or why nothing did, in words.
    pub words: String,
    /// The letter's number, or empty.
    pub number: String,
    /// The letter's address, or empty.
    pub url: String,
}

/// What `POST /intake/bulk` answers.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "bulk.html")]
pub struct BulkPage {
    /// The frame.
    pub chrome: Chrome,
    /// Back to the list, with the base.
    pub back_url: String,
    /// How many worked.
    pub worked: i64,
    /// How many did not.
    pub failed: i64,
    /// Each one.
    pub rows: Vec<Done>,
}

/// A letter that a held item may belong to.
#[derive(Clone, Debug, Default)]
pub struct Likely {
    /// Its number.
    pub number: String,
    /// Its address, with the base.
    pub url: String,
    /// Its subject, or empty.
    pub subject: String,
    /// A code of the words' `status` family.
    pub status: String,
    /// Why it is likely: codes of the words' `likely` family, the weightiest first.
    pub why: Vec<String>,
}

/// One decision that was taken on an item.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// Who.
    pub by: String,
    /// A code of the words' `fate` family.
    pub was: String,
    /// A code of the words' `fate` family.
    pub became: String,
    /// Their own words, or empty.
    pub note: String,
}

/// A name and its value.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// The finished name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// `GET /intake/{id}`: one line of the ledger with all that is known of it.
///
/// Decisions post to `/intake/{id}/{decision}`: `letter {channel}`, `write {to, kind, subject,
/// body, name, phone, email, address}`, `addition {number}`, `automatic {}`, `retry {}`,
/// `discard {ground, reason}`, `reopen {}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "item.html")]
pub struct ItemPage {
    /// The frame.
    pub chrome: Chrome,
    /// The item.
    pub item: ItemRow,
    /// A code of the words' `fate` family; `waiting` while it is being read.
    pub fate: String,
    /// Whether it is quarantined: it could not be read.
    pub quarantined: bool,
    /// Whether it waits for a decision.
    pub waits: bool,
    /// Whether it can be put back to waiting.
    pub reopens: bool,
    /// Whether its bytes can be read.
    pub readable: bool,
    /// What the reader complains of, in words.
    pub complaints: Vec<String>,
    /// A code of the words' `authentication` family: `pass`, `fail`, `none`; or empty.
    pub authentication: String,
    /// When and how it came.
    pub facts: Vec<Pair>,
    /// What the head of the message says.
    pub said: Vec<Pair>,
    /// The text, or empty.
    pub text: String,
    /// The head of the raw bytes in readable form, or their beginning.
    pub raw_head: String,
    /// Where the raw bytes can be fetched; empty where we never had them.
    pub raw_url: String,
    /// Its files.
    pub files: Vec<File>,
    /// The letter it became or joined, or is thought to belong to; number and address.
    pub letter: Option<(String, String)>,
    /// What was decided so far.
    pub taken: Vec<Taken>,
    /// Letters it may belong to, likeliest first.
    pub likely: Vec<Likely>,
    /// Channels for `letter` and `write`.
    pub channels: Vec<Choice>,
    /// `kind` for `write`.
    pub kinds: Vec<Choice>,
    /// `ground` for `discard`.
    pub grounds: Vec<Choice>,
    /// How often reading was tried.
    pub attempts: i64,
    /// The number entered for `addition`.
    pub number: String,
    /// The reason entered for `discard`.
    pub reason: String,
    /// What was entered for `write`, or what the reader made of it.
    pub entry: Entry,
    /// The decision that was refused.
    pub refused: String,
    /// What is wrong with a refused decision.
    pub errors: Errors,
}

/// `GET /intake/new`: paper, phone, visit, or referral. Posts multipart to `/intake/new`: the
/// fields of [`Entry`], `source`, `channel`, `received_on`, `referred_by`, `referred_number`, and
/// `files`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "intake_new.html")]
pub struct IntakeNewPage {
    /// The frame.
    pub chrome: Chrome,
    /// `source`: `paper`, `phone`, `visit`, `referred`.
    pub sources: Vec<Choice>,
    /// `channel`
    pub channels: Vec<Choice>,
    /// `kind`
    pub kinds: Vec<Choice>,
    /// `received_on` as entered: the day it truly reached the department.
    pub received_on: String,
    /// Today, the latest day allowed.
    pub today: String,
    /// `referred_by`: the organ that passed it on.
    pub referred_by: String,
    /// `referred_number`: its number there.
    pub referred_number: String,
    /// The rest.
    pub entry: Entry,
    /// Scans already stored.
    pub kept: Vec<KeptFile>,
    /// What is wrong.
    pub errors: Errors,
    /// The largest file in words, `20 MB`.
    pub max_file: String,
    /// The largest form in words, `120 MB`.
    pub max_form: String,
    /// The most files.
    pub max_files: usize,
}

/// What `POST /intake/new` answers once the letter is committed: the slip for the writer.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "slip.html")]
pub struct SlipPage {
    /// The frame.
    pub chrome: Chrome,
    /// The letter's number.
    pub number: String,
    /// The letter's address.
    pub url: String,
    /// The query code, shown this once.
    pub query_code: String,
    /// The channel's name.
    pub channel: String,
    /// When it was received, `YYYY-MM-DD`.
    pub received_on: String,
    /// The counted obligation.
    pub due: Due,
    /// Whatever else is owed to the writer.
    pub others: Vec<Due>,
}
