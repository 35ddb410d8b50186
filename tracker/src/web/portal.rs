//! The front page, help, and the language switch.

use axum::{extract::State, response::Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use jiff::civil::Date;

use super::{
    Web,
    carry::Carry,
    error::Trouble,
    extract::Posted,
    language, page,
    pages::{
        help::HelpPage,
        portal::{PortalPage, Promise},
    },
    show,
    visit::{LANGUAGE, Visit},
};
use crate::{
    reading::statistics::{self, Question},
    store::figures::GroupBy,
};

/// `GET /`
///
/// # Errors
/// When the database refuses.
pub async fn portal(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
) -> Result<Response, Trouble> {
    let chrome = visit.chrome();
    let channels = web.app.store.channels().await?;
    let year = Date::new(web.app.today().year(), 1, 1).ok();
    let question = Question {
        from: year,
        to: None,
        by: GroupBy::Nothing,
    };
    let table = statistics::table(&web.app, question).await?;
    let promise = (table.total.received > 0).then(|| Promise {
        received: table.total.received,
        as_of: show::at(&web.app, table.as_of),
        on_time_rate: table.total.on_time_rate,
        overdue: table.total.open_overdue,
        median_workdays: table.total.median_workdays,
    });
    let cards = channels
        .iter()
        .filter(|c| c.enabled)
        .map(|c| show::card(&web.app, &chrome, c));
    // A letter can be looked up from here.
    let page = page::page(&PortalPage {
        channels: cards.collect(),
        promise,
        chrome,
    })?;
    Ok(carry.with_cookie(page))
}

/// `GET /help`
///
/// # Errors
/// When the database refuses.
pub async fn help(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    let chrome = visit.chrome();
    let channels = web.app.store.channels().await?;
    let cards = channels
        .iter()
        .filter(|c| c.enabled)
        .map(|c| show::card(&web.app, &chrome, c));
    page::page(&HelpPage {
        channels: cards.collect(),
        chrome,
    })
}

/// `POST /language`: remembers the language and goes back.
pub async fn language(
    State(web): State<Web>,
    jar: CookieJar,
    form: Posted,
) -> (CookieJar, Response) {
    let back = inside(form.get("back")).unwrap_or("/");
    let jar = match language::asked(form.get("language")) {
        None => jar,
        Some(language) => jar.add(
            Cookie::build((LANGUAGE, language.code()))
                .path(cookie_path(&web))
                .same_site(SameSite::Lax)
                .http_only(true)
                .permanent()
                .build(),
        ),
    };
    (jar, page::to(&web, back))
}

/// The path that our cookies are sent to.
pub(crate) fn cookie_path(web: &Web) -> String {
    if web.base.is_empty() {
        "/".to_owned()
    } else {
        web.base.to_string()
    }
}

/// A path on this site, and nothing that leads away from it.
pub(crate) fn inside(path: &str) -> Option<&str> {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t', '\0']);
    plain.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn nothing_leads_away_from_here() {
        assert_eq!(inside("/desk?view=mine"), Some("/desk?view=mine"));
        for away in ["//x.cn", "https:x", "/\\x", "x", "/a\r\nb", ""] {
            assert_eq!(inside(away), None, "{away:?}");
        }
    }
}
