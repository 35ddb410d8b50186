//! The public figures, as a page and as CSV.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Web,
    error::Trouble,
    extract::Asked,
    page,
    pages::{
        parts::Choice,
        statistics::{FigureRow, StatisticsPage},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::figures::{Figures, Table},
    letters::Error,
    reading::statistics::{self, Question},
    store::figures::GroupBy,
};

/// Which period: a year, or all.
#[derive(Debug, Default, Deserialize)]
pub struct Period {
    #[serde(default)]
    period: String,
}

/// `GET /statistics?period`
///
/// # Errors
/// When the database refuses.
pub async fn page(
    State(web): State<Web>,
    visit: Visit,
    Asked(asked): Asked<Period>,
) -> Result<Response, Trouble> {
    let app = &web.app;
    let chrome = visit.chrome();
    let (table, period) = table(&web, &asked.period).await?;
    let channels = app.store.channels().await?;
    let label = |key: &str| channels.iter().find(|c| c.code == key);
    let rows = table.rows.iter().map(|row| {
        let channel = label(&row.key);
        let name = channel.map_or_else(|| row.key.clone(), |c| show::channel_name(&chrome, c));
        line(name, channel.is_some_and(|c| c.sealed), &row.figures)
    });
    let first = app
        .store
        .first_day()
        .await?
        .map_or(app.today().year(), Date::year);
    let mut periods = vec![String::new()];
    periods.extend((first..=app.today().year()).rev().map(|y| y.to_string()));
    let choice = |value: &String| Choice {
        value: chrome.url(if value.is_empty() {
            "/statistics".to_owned()
        } else {
            format!("/statistics?period={value}")
        }),
        label: if value.is_empty() {
            chrome.t("statistics.all").into_owned()
        } else {
            chrome.t1("statistics.year", value)
        },
        chosen: *value == period,
        hint: String::new(),
    };
    page::page(&StatisticsPage {
        as_of: show::at(app, table.as_of),
        from: if period.is_empty() {
            String::new()
        } else {
            table.from.to_string()
        },
        to: table.to.to_string(),
        periods: periods.iter().map(choice).collect(),
        rows: rows.collect(),
        total: line(
            chrome.t("statistics.total").into_owned(),
            false,
            &table.total,
        ),
        identity_holds: table.identity_holds,
        csv_url: chrome.url(format!("/statistics.csv?period={period}")),
        opening: Vec::new(),
        opening_as_of: String::new(),
        chrome,
    })
}

/// `GET /statistics.csv?period`
///
/// # Errors
/// When the database refuses.
pub async fn csv(State(web): State<Web>, Asked(asked): Asked<Period>) -> Result<Response, Trouble> {
    let (table, _) = table(&web, &asked.period).await?;
    let bytes = to_csv(&table).map_err(Error::CutShort)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"statistics.csv\"",
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A table as CSV, with the mark by which spreadsheets know UTF-8.
///
/// # Errors
/// When it cannot be written.
pub fn to_csv(table: &Table) -> Result<Vec<u8>, String> {
    let (names, rows) = statistics::cells(table);
    let mut out = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    out.write_record(names).map_err(|e| e.to_string())?;
    for row in rows {
        out.write_record(row).map_err(|e| e.to_string())?;
    }
    out.into_inner().map_err(|e| e.to_string())
}

async fn table(web: &Web, period: &str) -> Result<(Table, String), Trouble> {
    let year = period
        .parse::<i16>()
        .ok()
        .filter(|y| (1900..=9998).contains(y));
    let day = |y, m, d| Date::new(y, m, d).ok();
    let question = Question {
        from: year.and_then(|y| day(y, 1, 1)),
        to: year
            .and_then(|y| day(y, 12, 31))
            .map(|d| d.min(web.app.today())),
        by: GroupBy::Channel,
    };
    let table = statistics::table(&web.app, question).await?;
    Ok((table, year.map(|y| y.to_string()).unwrap_or_default()))
}

fn line(label: String, sealed: bool, f: &Figures) -> FigureRow {
    FigureRow {
        label,
        sealed,
        received: f.received,
        answered_in_time: f.answered_in_time,
        answered_late: f.answered_late,
        open_not_due: f.open_not_due,
        open_overdue: f.open_overdue,
        declined: f.declined,
        directed: f.directed,
        transferred: f.transferred,
        withdrawn: f.withdrawn,
        duplicate: f.duplicate,
        invalid: f.invalid,
        undelivered: f.undelivered,
        reclassified: f.reclassified,
        reopened: f.reopened,
        answer_rate: f.answer_rate,
        completion_rate: f.completion_rate,
        on_time_rate: f.on_time_rate,
        median_workdays: f.median_workdays,
        p90_workdays: f.p90_workdays,
        median_days: f.median_days,
        p90_days: f.p90_days,
    }
}
