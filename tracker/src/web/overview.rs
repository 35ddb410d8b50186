//! The overview for leaders, registrars and auditors: unit by unit, each figure a link to its list.

use axum::{extract::State, response::Response};

use super::{
    Web,
    admin::tree,
    chrome::Chrome,
    circulars::row as row_of_circular,
    desk::NO_UNIT,
    error::Trouble,
    page,
    pages::overview::{Figure, OverviewPage, OverviewRow},
    show,
    visit::Visit,
};
use crate::reading::{
    circulars,
    desk::View,
    overview::{self, COUNTED, Counts},
};

/// The latest circulars shown.
const CIRCULARS: usize = 10;

/// `GET /overview`
///
/// # Errors
/// For anybody who does not oversee.
pub async fn overview(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    let staff = visit.staff()?;
    if !staff.may_oversee() {
        return Err(Trouble::forbidden());
    }
    let chrome = visit.chrome();
    let found = overview::overview(&web.app, staff).await?;
    let all = web.app.store.units().await?;
    let mut rows = Vec::new();
    for (unit, level) in tree(&all) {
        if let Some((_, counts)) = found.units.iter().find(|(u, _)| u.id == unit.id) {
            rows.push(OverviewRow {
                level,
                ..row(&chrome, unit.name.clone(), &unit.code, counts)
            });
        }
    }
    if found.unassigned != Counts::default() {
        let name = chrome.t("row.unassigned").into_owned();
        rows.push(row(&chrome, name, NO_UNIT, &found.unassigned));
    }
    let total = chrome.t("statistics.total").into_owned();
    page::page(&OverviewPage {
        columns: COUNTED.iter().map(|v| v.code().to_owned()).collect(),
        rows,
        total: row(&chrome, total, "", &found.total),
        sealed: (COUNTED.iter().zip(found.sealed))
            .filter(|(_, n)| *n > 0)
            .map(|(view, n)| Figure {
                code: view.code().into(),
                count: i64::try_from(n).unwrap_or(i64::MAX),
                url: String::new(),
            })
            .collect(),
        circulars: (circulars::list(&web.app, staff).await?)
            .iter()
            .take(CIRCULARS)
            .map(|c| row_of_circular(&web, &visit, c))
            .collect(),
        as_of: show::at(&web.app, web.app.now()),
        chrome,
    })
}

/// A unit with its figures; every letter of every unit where `unit` is empty.
fn row(chrome: &Chrome, name: String, unit: &str, counts: &Counts) -> OverviewRow {
    let url = |view: View| {
        let unit = match unit {
            "" => String::new(),
            code => format!("&unit={}", show::escape(code)),
        };
        chrome.url(format!("/desk?view={}{unit}", view.code()))
    };
    let figure = |(view, n): (View, u64)| Figure {
        code: view.code().into(),
        count: i64::try_from(n).unwrap_or(i64::MAX),
        url: url(view),
    };
    OverviewRow {
        name,
        level: 0,
        figures: COUNTED.into_iter().zip(counts.counts).map(figure).collect(),
        oldest: counts.oldest.map(|d| d.to_string()).unwrap_or_default(),
    }
}
