//! Figures that add up. What a letter adds to them is a pure function of its facts; a step appends
//! the difference between before and after. So the figures are always the sum over all letters,
//! and received = answered in time + answered late + open not due + open overdue + declined +
//! directed + transferred + withdrawn + duplicate, by every key.

mod table;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

pub use self::table::{Balance, Opening, OpeningChannel, Row, Table};
use super::{
    status::Status,
    words::{Class, words},
};

words! {
    /// What is counted.
    Measure, "measure" {
        /// Valid letters received.
        Received = "received",
        /// Open, by due day: overdue is a range of buckets, right at every midnight.
        Open = "open",
        /// Answered, the counted obligation met in time.
        AnsweredInTime = "answered_in_time",
        /// Answered, late.
        AnsweredLate = "answered_late",
        /// 不予受理.
        Declined = "declined",
        /// 告知.
        Directed = "directed",
        /// 转送.
        Transferred = "transferred",
        /// 撤回.
        Withdrawn = "withdrawn",
        /// 重复件.
        Duplicate = "duplicate",
        /// 无效件, beside the identity.
        Invalid = "invalid",
        /// Answered, but the answer came back.
        Undelivered = "undelivered",
        /// Declined, directed or transferred, and the notice served.
        Notified = "notified",
        /// Counted obligation met in time.
        MetInTime = "met_in_time",
        /// Counted obligation met late.
        MetLate = "met_late",
        /// Counted obligation not met, by due day.
        Unmet = "unmet",
        /// 重新甄别: its class was determined anew.
        Reclassified = "reclassified",
        /// 重新办理: opened again; what came of it stands beside the first round.
        Reopened = "reopened",
        /// Answered within so many workdays.
        Workdays = "workdays",
        /// Answered within so many natural days.
        Days = "days",
    }
}

/// What figures are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dimensions {
    /// Day of receipt.
    pub received_on: Date,
    /// Channel.
    pub channel_id: i64,
    /// Lead unit.
    pub unit_id: Option<i64>,
    /// Class.
    pub class: Option<Class>,
    /// 问题类别.
    pub topic: Option<String>,
    /// 属地.
    pub place: Option<String>,
    /// Sealed.
    pub sealed: bool,
}

/// Everything about a letter that figures depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it is counted by.
    pub dimensions: Dimensions,
    /// Where it stands.
    pub status: Status,
    /// Due day of its first round's counted obligation.
    pub due_on: Date,
    /// Whether that was met, and in time.
    pub met: Option<Met>,
    /// Its answer came back.
    pub undelivered: bool,
    /// Its class was determined anew.
    pub reclassified: bool,
    /// It was opened again.
    pub reopened: bool,
}

/// How the counted obligation was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// In time.
    pub in_time: bool,
    /// Workdays after the day of receipt.
    pub workdays: u32,
    /// Natural days after it.
    pub days: u32,
}

/// One signed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// What it is counted by.
    pub dimensions: Dimensions,
    /// What.
    pub measure: Measure,
    /// Due day (days since 1970) or number of days; 0 otherwise.
    pub bucket: i32,
    /// +1 or −1.
    pub n: i32,
}

/// A day as a bucket: days since 1970-01-01.
#[must_use]
pub fn bucket(day: Date) -> i32 {
    day.duration_since(Date::constant(1970, 1, 1))
        .as_hours()
        .div_euclid(24) as i32
}

/// What a letter adds to the figures.
#[must_use]
pub fn contribution(facts: &Facts) -> Vec<(Measure, i32)> {
    let due = bucket(facts.due_on);
    if facts.status == Status::Invalid {
        return vec![(Measure::Invalid, 0)];
    }
    let mut out = vec![(Measure::Received, 0)];
    if facts.reclassified {
        out.push((Measure::Reclassified, 0));
    }
    if facts.reopened {
        out.push((Measure::Reopened, 0));
    }
    let kept = match facts.met {
        Some(met) if met.in_time => (Measure::MetInTime, 0),
        Some(_) => (Measure::MetLate, 0),
        None => (Measure::Unmet, due),
    };
    match facts.status {
        Status::Answered | Status::Filed => {
            // Answered means served, and service meets the obligation; the fallback keeps the
            // identity even for a row that a fault left without it.
            let met = facts.met.unwrap_or(Met {
                in_time: false,
                workdays: 0,
                days: 0,
            });
            out.push((
                if met.in_time {
                    Measure::AnsweredInTime
                } else {
                    Measure::AnsweredLate
                },
                0,
            ));
            out.push((
                Measure::Workdays,
                met.workdays.try_into().unwrap_or(i32::MAX),
            ));
            out.push((Measure::Days, met.days.try_into().unwrap_or(i32::MAX)));
            if facts.undelivered {
                out.push((Measure::Undelivered, 0));
            }
            out.push(kept);
        }
        Status::Declined | Status::Directed | Status::Transferred => {
            out.push((
                match facts.status {
                    Status::Declined => Measure::Declined,
                    Status::Directed => Measure::Directed,
                    _ => Measure::Transferred,
                },
                0,
            ));
            if facts.met.is_some() {
                out.push((Measure::Notified, 0));
            }
            out.push(kept);
        }
        Status::Withdrawn => out.push((Measure::Withdrawn, 0)),
        Status::Duplicate => out.push((Measure::Duplicate, 0)),
        _ => {
            out.push((Measure::Open, due));
            out.push(kept);
        }
    }
    out
}

/// The rows a step appends: only what moves.
#[must_use]
pub fn delta(before: Option<&Facts>, after: &Facts) -> Vec<Delta> {
    let mut moved: BTreeMap<(Dimensions, Measure, i32), i32> = BTreeMap::new();
    let sides = before.into_iter().map(|f| (f, -1)).chain([(after, 1)]);
    for (facts, sign) in sides {
        for (measure, bucket) in contribution(facts) {
            *moved
                .entry((facts.dimensions.clone(), measure, bucket))
                .or_default() += sign;
        }
    }
    moved
        .into_iter()
        .filter(|(_, n)| *n != 0)
        .map(|((dimensions, measure, bucket), n)| Delta {
            dimensions,
            measure,
            bucket,
            n,
        })
        .collect()
}

/// Sums being gathered for one line of a table.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    counts: BTreeMap<(Measure, i32), i64>,
}

impl Sheet {
    /// Adds a sum.
    pub fn add(&mut self, measure: Measure, bucket: i32, n: i64) {
        *self.counts.entry((measure, bucket)).or_default() += n;
    }

    /// Adds another line to this one.
    pub fn add_all(&mut self, other: &Self) {
        for ((measure, bucket), n) in &other.counts {
            self.add(*measure, *bucket, *n);
        }
    }

    fn total(&self, measure: Measure, wanted: impl Fn(i32) -> bool) -> i64 {
        let all = self
            .counts
            .iter()
            .filter(|((m, b), _)| *m == measure && wanted(*b));
        all.map(|(_, n)| n).sum()
    }

    /// The figures as of a day.
    #[must_use]
    pub fn figures(&self, today: Date) -> Figures {
        let now = bucket(today);
        let all = |m| self.total(m, |_| true);
        let (answered_in_time, answered_late) =
            (all(Measure::AnsweredInTime), all(Measure::AnsweredLate));
        let received = all(Measure::Received);
        let (withdrawn, duplicate) = (all(Measure::Withdrawn), all(Measure::Duplicate));
        let (met_in_time, met_late) = (all(Measure::MetInTime), all(Measure::MetLate));
        let unmet_due = self.total(Measure::Unmet, |due| due < now);
        let notified = all(Measure::Notified);
        let owed = received - withdrawn - duplicate;
        let answered = answered_in_time + answered_late;
        Figures {
            received,
            answered_in_time,
            answered_late,
            open_not_due: self.total(Measure::Open, |due| due >= now),
            open_overdue: self.total(Measure::Open, |due| due < now),
            declined: all(Measure::Declined),
            directed: all(Measure::Directed),
            transferred: all(Measure::Transferred),
            withdrawn,
            duplicate,
            invalid: all(Measure::Invalid),
            undelivered: all(Measure::Undelivered),
            notified,
            met_in_time,
            met_late,
            unmet_due,
            reclassified: all(Measure::Reclassified),
            reopened: all(Measure::Reopened),
            answer_rate: rate(answered, owed),
            completion_rate: rate(answered + notified, owed),
            on_time_rate: rate(met_in_time, met_in_time + met_late + unmet_due),
            median_workdays: self.quantile(Measure::Workdays, 0.5),
            p90_workdays: self.quantile(Measure::Workdays, 0.9),
            median_days: self.quantile(Measure::Days, 0.5),
            p90_days: self.quantile(Measure::Days, 0.9),
        }
    }

    /// Nearest rank: the smallest number of days within which at least that share was answered.
    /// Exact, and a number of days that a letter really took.
    fn quantile(&self, measure: Measure, share: f64) -> Option<i64> {
        let counts = self.counts.range((measure, i32::MIN)..=(measure, i32::MAX));
        let n = self.total(measure, |_| true);
        let rank = (share * n as f64).ceil().max(1.0) as i64;
        let mut seen = 0;
        counts
            .map(|((_, days), n)| (*days, *n))
            .find(|(_, n)| {
                seen += n;
                seen >= rank
            })
            .map(|(days, _)| i64::from(days))
    }
}

/// A rate from 0 to 1 as it is shown everywhere, in tenths of a percent: cut, never rounded up,
/// since 99.99 % of the letters is not all of them.
#[must_use]
pub fn per_mille(rate: f64) -> i64 {
    // A millionth of slack for what binary fractions cannot hold: 0.986 × 1000 = 985.999….
    (rate * 1_000.0 + 1e-6).floor() as i64
}

/// The same in words: `66.6%`, `100%`.
#[must_use]
pub fn percent(rate: f64) -> String {
    match per_mille(rate) {
        all if all >= 1_000 => "100%".to_owned(),
        n => format!("{}.{}%", n / 10, n % 10),
    }
}

fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

/// One line of the figures.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    /// Valid letters received.
    pub received: i64,
    /// Answered in time.
    pub answered_in_time: i64,
    /// Answered late.
    pub answered_late: i64,
    /// Open, due today or later.
    pub open_not_due: i64,
    /// Open past due.
    pub open_overdue: i64,
    /// 不予受理.
    pub declined: i64,
    /// 告知.
    pub directed: i64,
    /// 转送.
    pub transferred: i64,
    /// 撤回.
    pub withdrawn: i64,
    /// 重复件.
    pub duplicate: i64,
    /// 无效件, beside the identity.
    pub invalid: i64,
    /// Answered, answer came back; a part of the answered.
    pub undelivered: i64,
    /// Declined, directed, transferred with the notice served.
    pub notified: i64,
    /// Obligations met in time.
    pub met_in_time: i64,
    /// Obligations met late.
    pub met_late: i64,
    /// Obligations not met and past due.
    pub unmet_due: i64,
    /// Letters whose class was determined anew, a part of the received.
    pub reclassified: i64,
    /// Letters opened again, a part of the received; their further rounds count nowhere else.
    pub reopened: i64,
    /// 答复率, 0 to 1.
    pub answer_rate: Option<f64>,
    /// 办结率, 0 to 1.
    pub completion_rate: Option<f64>,
    /// 按期办结率, 0 to 1.
    pub on_time_rate: Option<f64>,
    /// Half were answered within so many workdays.
    pub median_workdays: Option<i64>,
    /// Nine in ten were.
    pub p90_workdays: Option<i64>,
    /// Half were answered within so many natural days.
    pub median_days: Option<i64>,
    /// Nine in ten were.
    pub p90_days: Option<i64>,
}

impl Figures {
    /// Whether received is the sum of what became of the letters.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.received
            == self.answered_in_time
                + self.answered_late
                + self.open_not_due
                + self.open_overdue
                + self.declined
                + self.directed
                + self.transferred
                + self.withdrawn
                + self.duplicate
    }

    /// Answered, in time or late.
    #[must_use]
    pub fn answered(&self) -> i64 {
        self.answered_in_time + self.answered_late
    }
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
