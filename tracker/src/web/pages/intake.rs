//! The registrar's side: new letters, held and quarantined items, letters entered by hand.

use askama::Template;

use super::desk::LetterRow;
use super::parts::{Choice, Errors, File, KeptFile, Paging};
use super::write::Entry;
use crate::web::chrome::Chrome;

/// How many wait behind each tab, in figures; empty shows none.
#[derive(Clone, Debug, Default)]
pub struct Tabs {
    /// `new`, `held`, `quarantined`, `ledger`.
    pub current: String,
    /// Letters to register.
    pub new: String,
    /// Held items.
    pub held: String,
    /// Quarantined items.
    pub quarantined: String,
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
    /// A code of the words' `held` family, or the reader's complaint.
    pub reason: String,
    /// Its size in words.
    pub size: String,
}

/// `GET /intake?tab=held`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "held.html")]
pub struct HeldPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// The items, oldest first.
    pub rows: Vec<ItemRow>,
    /// Further pages.
    pub paging: Paging,
}

/// `GET /intake?tab=quarantined`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "quarantined.html")]
pub struct QuarantinedPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// The items, oldest first.
    pub rows: Vec<ItemRow>,
    /// Further pages.
    pub paging: Paging,
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
    /// Why it is likely: a code of the words' `likely` family: `token`, `sender`, `thread`, `subject`.
    pub why: String,
}

/// `GET /intake/{id}`: one held or quarantined item.
///
/// Decisions post to `/intake/{id}/{decision}`: `letter {channel}`, `addition {number}`,
/// `automatic {}`, `retry {}`, `discard {reason}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "item.html")]
pub struct ItemPage {
    /// The frame.
    pub chrome: Chrome,
    /// The item.
    pub item: ItemRow,
    /// Whether it is quarantined: it could not be read; else it is held.
    pub quarantined: bool,
    /// The text, or empty.
    pub text: String,
    /// The beginning of the raw bytes in readable form; for a quarantined item.
    pub raw_head: String,
    /// Where the raw bytes can be fetched.
    pub raw_url: String,
    /// Its files.
    pub files: Vec<File>,
    /// Letters it may belong to, likeliest first.
    pub likely: Vec<Likely>,
    /// Channels for `letter`.
    pub channels: Vec<Choice>,
    /// How often reading was tried.
    pub attempts: i64,
    /// The number entered for `addition`.
    pub number: String,
    /// The reason entered for `discard`.
    pub reason: String,
    /// What is wrong with a refused decision: fields `number`, `reason`, `channel`.
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
    /// `YYYY-MM-DD`
    pub due_on: String,
    /// Whether the due date is provisional.
    pub provisional: bool,
}
