//! The public figures: computed from letters, adding up, sealed letters one unbroken line.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    app::App,
    domain::event::EventKind,
    domain::figures::{Dimensions, Facts, Opening, Row, Sheet, Table, contribution},
    letters::{Result, change::facts},
    store::{figures::GroupBy, letters::Letter, obligations::Obligation},
};

/// The key of what has no unit, class or topic.
pub const NONE: &str = "none";
/// The key of the sealed line.
pub const SEALED: &str = "sealed";

/// Which figures.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// First day of receipt; the first letter's where `None`.
    pub from: Option<Date>,
    /// Last day of receipt; today where `None`.
    pub to: Option<Date>,
    /// Grouped by.
    pub by: GroupBy,
}

impl Question {
    /// Whether no day can be in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| from > to)
    }
}

/// The figures as of now. Sealed letters stand by their channel where channels are asked for, and
/// in one line of their own otherwise.
///
/// # Errors
/// When the database refuses.
pub async fn table(app: &App, question: Question) -> Result<Table> {
    let today = app.today();
    let from = match question.from {
        Some(day) => day,
        None => app.store.first_day().await?.unwrap_or(today),
    };
    let to = question.to.unwrap_or(today);
    let mut lines: BTreeMap<String, Sheet> = BTreeMap::new();
    let mut total = Sheet::default();
    let apart = !matches!(question.by, GroupBy::Channel | GroupBy::Nothing);
    for sum in app.store.sums(from, to, question.by).await? {
        let key = if sum.sealed && apart {
            SEALED.to_owned()
        } else {
            sum.key
        };
        lines
            .entry(key)
            .or_default()
            .add(sum.measure, sum.bucket, sum.n);
        total.add(sum.measure, sum.bucket, sum.n);
    }
    let names = names(app, question.by).await?;
    let mut rows: Vec<Row> = if question.by == GroupBy::Nothing {
        Vec::new()
    } else {
        let line = |(key, sheet): (String, Sheet)| Row {
            key: names.get(&key).cloned().unwrap_or_else(|| named(key)),
            figures: sheet.figures(today),
        };
        lines.into_iter().map(line).collect()
    };
    if question.by == GroupBy::Channel {
        let order: Vec<String> = app
            .store
            .channels()
            .await?
            .into_iter()
            .map(|c| c.code)
            .collect();
        for code in &order {
            if !rows.iter().any(|r| r.key == *code) {
                rows.push(Row {
                    key: code.clone(),
                    figures: Sheet::default().figures(today),
                });
            }
        }
        rows.sort_by_key(|r| order.iter().position(|c| *c == r.key));
    }
    let total = total.figures(today);
    let sum = |f: fn(&Row) -> i64| rows.iter().map(f).sum::<i64>();
    let rows_add_up = question.by == GroupBy::Nothing
        || (sum(|r| r.figures.received) == total.received
            && sum(|r| r.figures.answered()) == total.answered());
    let identity_holds = total.adds_up() && rows_add_up && rows.iter().all(|r| r.figures.adds_up());
    Ok(Table {
        as_of: app.now(),
        from,
        to,
        by: code(question.by),
        identity_holds,
        total,
        rows,
        opening: Opening::default(),
    })
}

fn named(key: String) -> String {
    if key.is_empty() || key == "0" {
        NONE.to_owned()
    } else {
        key
    }
}

async fn names(app: &App, by: GroupBy) -> Result<BTreeMap<String, String>> {
    Ok(match by {
        GroupBy::Channel => {
            let all = app.store.channels().await?;
            all.into_iter()
                .map(|c| (c.id.to_string(), c.code))
                .collect()
        }
        GroupBy::Unit => {
            let all = app.store.units().await?;
            all.into_iter()
                .map(|u| (u.id.to_string(), u.code))
                .collect()
        }
        _ => BTreeMap::new(),
    })
}

/// The code of a grouping.
#[must_use]
pub fn code(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Nothing => "total",
        GroupBy::Channel => "channel",
        GroupBy::Unit => "unit",
        GroupBy::Class => "class",
        GroupBy::Topic => "topic",
        GroupBy::Month => "month",
    }
}

/// The grouping of a code.
#[must_use]
pub fn by_code(text: &str) -> Option<GroupBy> {
    let all = [
        GroupBy::Channel,
        GroupBy::Unit,
        GroupBy::Class,
        GroupBy::Topic,
        GroupBy::Month,
    ];
    all.into_iter().find(|by| code(*by) == text)
}

/// The columns of a table, in order, with each line's values as text: for CSV, sheets and
/// terminals alike.
#[must_use]
pub fn cells(table: &Table) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let lines = table.rows.iter().map(|r| (r.key.as_str(), &r.figures));
    let lines = lines.chain([("total", &table.total)]);
    let mut names = vec!["key"];
    names.extend(COLUMNS);
    let rows = lines
        .map(|(key, figures)| {
            let values = serde_json::to_value(figures).unwrap_or_default();
            let cell = |name: &&str| match &values[*name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::Number(n) if n.is_f64() => {
                    format!("{:.4}", n.as_f64().unwrap_or_default())
                }
                other => other.to_string(),
            };
            [key.to_owned()]
                .into_iter()
                .chain(COLUMNS.iter().map(cell))
                .collect()
        })
        .collect();
    (names, rows)
}

/// The figures of a line, in the order of the report.
const COLUMNS: [&str; 25] = [
    "received",
    "answered_in_time",
    "answered_late",
    "open_not_due",
    "open_overdue",
    "declined",
    "directed",
    "transferred",
    "withdrawn",
    "duplicate",
    "invalid",
    "undelivered",
    "reclassified",
    "reopened",
    "notified",
    "met_in_time",
    "met_late",
    "unmet_due",
    "answer_rate",
    "completion_rate",
    "on_time_rate",
    "median_workdays",
    "p90_workdays",
    "median_days",
    "p90_days",
];

/// The figures as they stood at a past instant, told from events and obligations: each letter's
/// last event until then says where it stood.
///
/// # Errors
/// When the database refuses.
pub async fn past(app: &App, question: Question, at: Timestamp) -> Result<Table> {
    let day = app.day_of(at);
    let mut from = match question.from {
        Some(from) => from,
        None => app.store.first_day().await?.unwrap_or(day),
    };
    let to = question.to.unwrap_or(day);
    let apart = !matches!(question.by, GroupBy::Channel | GroupBy::Nothing);
    let names = names(app, question.by).await?;
    let mut lines: BTreeMap<String, Sheet> = BTreeMap::new();
    let mut total = Sheet::default();
    // Received on a day within by what was known then, which may have been corrected since.
    let floor = question.from.unwrap_or(Date::MIN);
    let within = |day: Date| floor <= day && day <= to;
    let redated = app.store.letters_with(EventKind::Corrected).await?;
    let mut last = 0;
    loop {
        let page = app.store.letters_after(last, 500).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for letter in page {
            let can_be = within(letter.received_on) || redated.contains(&letter.id);
            if letter.seen_at > at || !can_be {
                continue;
            }
            let facts = facts_at(app, &letter, at).await?;
            let Some(facts) = facts.filter(|f| within(f.dimensions.received_on)) else {
                continue;
            };
            if question.from.is_none() {
                from = from.min(facts.dimensions.received_on);
            }
            let key = key(question.by, &facts.dimensions);
            let key = if facts.dimensions.sealed && apart {
                SEALED.to_owned()
            } else {
                key
            };
            for (measure, bucket) in contribution(&facts) {
                lines
                    .entry(key.clone())
                    .or_default()
                    .add(measure, bucket, 1);
                total.add(measure, bucket, 1);
            }
        }
    }
    let line = |(key, sheet): (String, Sheet)| Row {
        key: names.get(&key).cloned().unwrap_or_else(|| named(key)),
        figures: sheet.figures(day),
    };
    let rows: Vec<Row> = lines.into_iter().map(line).collect();
    let total = total.figures(day);
    let identity_holds = total.adds_up() && rows.iter().all(|r| r.figures.adds_up());
    Ok(Table {
        as_of: at,
        from,
        to,
        by: code(question.by),
        identity_holds,
        total,
        rows,
        opening: Opening::default(),
    })
}

fn key(by: GroupBy, d: &Dimensions) -> String {
    match by {
        GroupBy::Nothing => String::new(),
        GroupBy::Channel => d.channel_id.to_string(),
        GroupBy::Unit => d.unit_id.unwrap_or_default().to_string(),
        GroupBy::Class => d.class.map(|c| c.code().to_owned()).unwrap_or_default(),
        GroupBy::Topic => d.topic.clone().unwrap_or_default(),
        GroupBy::Month => d.received_on.strftime("%Y-%m").to_string(),
    }
}

async fn facts_at(app: &App, letter: &Letter, at: Timestamp) -> Result<Option<Facts>> {
    let events = app.store.events(letter).await?;
    let stood = events
        .iter()
        .rfind(|e| e.at() <= at && e.event.data["after"].is_object());
    let Some(stood) = stood else { return Ok(None) };
    let after = &stood.event.data["after"];
    let text = |name: &str| after[name].as_str();
    let mut then = letter.clone();
    then.status = text("status")
        .and_then(|s| s.parse().ok())
        .unwrap_or(letter.status);
    then.unit_id = after["unit"].as_i64();
    then.class = text("class").and_then(|c| c.parse().ok());
    then.topic = text("topic").map(ToOwned::to_owned);
    then.place = text("place").map(ToOwned::to_owned);
    then.undelivered = after["undelivered"].as_bool().unwrap_or_default();
    then.round = after["round"]
        .as_i64()
        .and_then(|r| r.try_into().ok())
        .unwrap_or(1);
    let reclassified = after["reclassified"].as_i64();
    then.reclassified = reclassified
        .and_then(|n| n.try_into().ok())
        .unwrap_or_default();
    // Both stand in every event since they can be corrected, and in the first of any.
    let first = events.first().map(|e| &e.event.data);
    let received_at =
        first.and_then(|d| Timestamp::from_microsecond(d["received_at"].as_i64()?).ok());
    then.received_on = (text("received_on").and_then(|d| d.parse().ok()))
        .or_else(|| Some(app.day_of(received_at?)))
        .unwrap_or(letter.received_on);
    then.channel_id = (after["channel"].as_i64())
        .or_else(|| first?["channel"].as_i64())
        .unwrap_or(letter.channel_id);
    let mut obligations = app.store.obligations(letter.id).await?;
    let counted = |o: &&mut Obligation| o.counts && o.round == 1;
    // What was undone or corrected since is told by the event that did it.
    for event in events.iter().rev().take_while(|e| e.at() > at) {
        for was in event.event.data["was_met"].as_array().into_iter().flatten() {
            let id = was["obligation"].as_i64();
            if let Some(o) = obligations.iter_mut().find(|o| Some(o.id) == id) {
                met_then(o, &was["met"]);
            }
        }
    }
    // Met later, or met by words issued before but served after, is not met yet.
    let served = !then.status.is_open() || then.round > 1;
    for o in obligations
        .iter_mut()
        .filter(|o| !served || o.met_at.is_some_and(|m| m > at))
    {
        o.met_at = None;
        o.met_on = None;
        o.in_time = None;
    }
    if let (Some(met), Some(o)) = (after.get("met"), obligations.iter_mut().find(counted)) {
        met_then(o, met);
    }
    let mut facts = facts(&then, &obligations);
    // It may have moved since: an extension, another class, a calendar put right.
    if let Some(due) = text("due").and_then(|d| d.parse().ok()) {
        facts.due_on = due;
    }
    Ok(Some(facts))
}

/// How an obligation was met, as an event kept it.
fn met_then(o: &mut Obligation, met: &serde_json::Value) {
    o.met_at = met["at"]
        .as_i64()
        .and_then(|at| Timestamp::from_microsecond(at).ok());
    o.met_on = met["on"].as_str().and_then(|on| on.parse().ok());
    o.in_time = met["in_time"].as_bool();
    o.met_workdays = met["workdays"].as_u64().and_then(|n| n.try_into().ok());
}
