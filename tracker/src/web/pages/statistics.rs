//! The public figures: they add up, and say how.

use std::borrow::Borrow;

use askama::Template;

use super::parts::Choice;
use crate::web::chrome::Chrome;

/// One line of the table; counts as `design.md` "Figures" defines them.
#[derive(Clone, Debug, Default)]
pub struct FigureRow {
    /// What the line is about, finished words.
    pub label: String,
    /// Whether its letters are sealed: one unbroken line.
    pub sealed: bool,
    /// Valid letters received.
    pub received: i64,
    /// Answered in time.
    pub answered_in_time: i64,
    /// Answered late.
    pub answered_late: i64,
    /// Open and not due.
    pub open_not_due: i64,
    /// Open and overdue.
    pub open_overdue: i64,
    /// 不予受理
    pub declined: i64,
    /// 告知
    pub directed: i64,
    /// 转送
    pub transferred: i64,
    /// 撤回
    pub withdrawn: i64,
    /// 重复件
    pub duplicate: i64,
    /// 无效件; stands beside the identity.
    pub invalid: i64,
    /// Answered but not delivered; a part of answered.
    pub undelivered: i64,
    /// Determined anew at least once; a part of received.
    pub reclassified: i64,
    /// Taken up again after an answer; a line of its own.
    pub reopened: i64,
    /// 答复率, 0 to 1.
    pub answer_rate: Option<f64>,
    /// 办结率, 0 to 1.
    pub completion_rate: Option<f64>,
    /// 按期办结率, 0 to 1.
    pub on_time_rate: Option<f64>,
    /// Median working days to an answer.
    pub median_workdays: Option<i64>,
    /// 90th percentile of working days.
    pub p90_workdays: Option<i64>,
    /// Median natural days.
    pub median_days: Option<i64>,
    /// 90th percentile of natural days.
    pub p90_days: Option<i64>,
}

impl FigureRow {
    /// Answered, in time or late.
    #[must_use]
    pub fn answered(&self) -> i64 {
        self.answered_in_time + self.answered_late
    }

    /// Still open.
    #[must_use]
    pub fn open(&self) -> i64 {
        self.open_not_due + self.open_overdue
    }

    /// Ended without an answer.
    #[must_use]
    pub fn ended(&self) -> i64 {
        self.declined + self.directed + self.transferred + self.withdrawn + self.duplicate
    }

    /// The length of `part` in a bar of 1000 units where `whole` is the longest.
    #[must_use]
    pub fn length(&self, part: impl Borrow<i64>, whole: impl Borrow<i64>) -> i64 {
        let whole = *whole.borrow();
        if whole > 0 {
            part.borrow() * 1000 / whole
        } else {
            0
        }
    }

    /// The numbers as the page writes them, dashes where there are none.
    #[must_use]
    pub fn days(&self, value: &Option<i64>) -> String {
        value.map_or_else(|| "—".to_owned(), |days| days.to_string())
    }
}

/// One line of the opening balance: what was stated before the system began.
#[derive(Clone, Debug, Default)]
pub struct OpeningRow {
    /// What the line is about, finished words.
    pub label: String,
    /// Stated as received.
    pub received: i64,
    /// Stated as answered.
    pub answered: i64,
}

/// `GET /statistics?period`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "statistics.html")]
pub struct StatisticsPage {
    /// The frame.
    pub chrome: Chrome,
    /// When the figures were taken, local `YYYY-MM-DD HH:MM`.
    pub as_of: String,
    /// The period in words: from and to, `YYYY-MM-DD`; `from` empty means since the start.
    pub from: String,
    /// `YYYY-MM-DD`
    pub to: String,
    /// The periods offered as links: `value` is the address with the base.
    pub periods: Vec<Choice>,
    /// By channel.
    pub rows: Vec<FigureRow>,
    /// All of them.
    pub total: FigureRow,
    /// Whether the identity holds; the page says so either way.
    pub identity_holds: bool,
    /// The table as CSV, with the base.
    pub csv_url: String,
    /// The opening balance; empty shows none.
    pub opening: Vec<OpeningRow>,
    /// The day of the opening balance, `YYYY-MM-DD`.
    pub opening_as_of: String,
}

impl StatisticsPage {
    /// The most letters of any line, the length of the longest bar.
    #[must_use]
    pub fn most(&self) -> i64 {
        self.rows.iter().map(|row| row.received).max().unwrap_or(0)
    }
}
