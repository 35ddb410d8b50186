//! The ledger: the fate of everything that was ever seen, and the sources it comes from.

use askama::Template;

use super::intake::{ItemRow, Pair, Tabs};
use super::parts::{Choice, Paging, Tag};
use crate::web::chrome::Chrome;

/// One arrival and what became of it.
#[derive(Clone, Debug, Default)]
pub struct LedgerRow {
    /// The item.
    pub item: ItemRow,
    /// A code of the words' `fate` family; `waiting` before it has one.
    pub fate: String,
    /// The letter's number, or empty.
    pub number: String,
    /// The letter's address, with the base; or empty.
    pub letter_url: String,
}

/// The totals of one source.
#[derive(Clone, Debug, Default)]
pub struct SourceTotal {
    /// A code of the words' `source` family; `total` for the last line.
    pub source: String,
    /// The source's own name, or empty.
    pub source_name: String,
    /// Everything seen.
    pub seen: i64,
    /// By fate, in the order of [`SourcesPage::fates`].
    pub by_fate: Vec<i64>,
}

/// `GET /intake?tab=ledger&fate&source&channel&from&to&q&cursor`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ledger.html")]
pub struct LedgerPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// `fate` to filter by; the first has an empty value.
    pub fate_choices: Vec<Choice>,
    /// `source` to filter by: a kind, or a kind and a name.
    pub source_choices: Vec<Choice>,
    /// `channel` to filter by.
    pub channel_choices: Vec<Choice>,
    /// `from`, a day.
    pub from: String,
    /// `to`, a day.
    pub to: String,
    /// `q`: words of sender or subject.
    pub q: String,
    /// Whether any filter is set.
    pub filtered: bool,
    /// The arrivals, newest first.
    pub rows: Vec<LedgerRow>,
    /// Further pages.
    pub paging: Paging,
}

/// One mailbox or Maildir and how it stands.
#[derive(Clone, Debug, Default)]
pub struct SourceCard {
    /// A code of the words' `source` family.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Its channel's name.
    pub channel: String,
    /// Whether it works.
    pub state: Tag,
    /// What hampers it, in words; or empty.
    pub note: String,
    /// Its alarms, each in a sentence.
    pub alarms: Vec<String>,
    /// When it last worked, local; or empty.
    pub fine_at: String,
    /// When its newest mail was received, local; or empty.
    pub last_received: String,
    /// What lies there, by folder.
    pub folders: Vec<Pair>,
    /// All of that; nothing where it was never told.
    pub on_server: Option<i64>,
    /// Lines of the ledger.
    pub in_ledger: i64,
    /// How these two compare, in words.
    pub gap: String,
    /// Whether mail lies there that the ledger does not have yet.
    pub lags: bool,
    /// Its lines in the ledger, with the base.
    pub url: String,
}

/// `GET /intake?tab=sources`: where messages come from, and whether they come.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "sources.html")]
pub struct SourcesPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// What is fetched.
    pub cards: Vec<SourceCard>,
    /// The fates in the order of the columns: codes of the words' `fate` family.
    pub fates: Vec<String>,
    /// The totals by source.
    pub totals: Vec<SourceTotal>,
    /// The line under them.
    pub sum: SourceTotal,
}
