//! The ledger: the fate of everything that was ever seen.

use askama::Template;

use super::intake::Tabs;
use super::parts::{Choice, Paging};
use crate::web::chrome::Chrome;

/// One arrival and what became of it.
#[derive(Clone, Debug, Default)]
pub struct LedgerRow {
    /// Its id.
    pub id: String,
    /// Local `YYYY-MM-DD HH:MM`.
    pub received_at: String,
    /// A code of the words' `source` family.
    pub source: String,
    /// The source's own name, or empty.
    pub source_name: String,
    /// A code of the words' `fate` family; `waiting` before it has one.
    pub fate: String,
    /// A code of the words' `held` family, or finished words; or empty.
    pub reason: String,
    /// The letter's number, or empty.
    pub number: String,
    /// The letter's or the item's address, with the base; or empty.
    pub url: String,
    /// Its size in words.
    pub size: String,
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
    /// By fate, in the order of [`LedgerPage::fates`].
    pub by_fate: Vec<i64>,
}

/// `GET /intake?tab=ledger&fate&source&cursor`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ledger.html")]
pub struct LedgerPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tabs.
    pub tabs: Tabs,
    /// The fates in the order of the columns: codes of the words' `fate` family.
    pub fates: Vec<String>,
    /// The totals by source.
    pub totals: Vec<SourceTotal>,
    /// The line under them.
    pub sum: SourceTotal,
    /// `fate` to filter by; the first has an empty value.
    pub fate_choices: Vec<Choice>,
    /// `source` to filter by; the first has an empty value.
    pub source_choices: Vec<Choice>,
    /// Whether any filter is set.
    pub filtered: bool,
    /// The arrivals, newest first.
    pub rows: Vec<LedgerRow>,
    /// Further pages.
    pub paging: Paging,
}
