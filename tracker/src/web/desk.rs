//! The desk: standing views with their counts, filters, and pages by keyset.

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Web,
    chrome::Chrome,
    error::Trouble,
    extract::Asked,
    notices, page,
    pages::{
        desk::{DeskPage, LetterRow, Posting, View as ViewLink},
        letter_forms::SERVICES,
        parts::{Choice, Paging},
    },
    post, show,
    visit::Visit,
};
use crate::{
    app::App,
    domain::{
        access::{Reach, Staff},
        status::Status,
        text,
    },
    letters::Result,
    reading::{
        self,
        desk::{self, View},
    },
    store::{
        channels::Channel,
        letters::Letter,
        lists::{COUNT_LIMIT, Cursor, Filter},
        people::Person,
        units::Unit,
    },
};

/// What stands for a unit's code where a letter has none, in lists as in figures.
pub(crate) const NO_UNIT: &str = "none";

/// What a list is asked.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Query {
    /// A view's code.
    pub view: String,
    /// A channel's code.
    pub channel: String,
    /// A status.
    pub status: String,
    /// A unit's code.
    pub unit: String,
    /// Number or words.
    pub q: String,
    /// Where the page begins.
    pub cursor: String,
}

/// `GET /desk`
///
/// # Errors
/// When nobody is signed in, or the database refuses.
pub async fn desk(
    State(web): State<Web>,
    visit: Visit,
    Asked(query): Asked<Query>,
) -> std::result::Result<Response, Trouble> {
    let staff = visit.staff()?;
    if !staff.has_desk() && staff.may_administer() {
        return Ok(page::to(&web, "/admin"));
    }
    page::page(&page_of(&web, &visit, staff, query, Posting::default()).await?)
}

/// The desk with one of its views; `posting` is what was entered in the view of what waits for
/// being posted.
///
/// # Errors
/// When somebody has no desk, or the database refuses.
pub(crate) async fn page_of(
    web: &Web,
    visit: &Visit,
    staff: &Staff,
    query: Query,
    posting: Posting,
) -> std::result::Result<DeskPage, Trouble> {
    if !staff.has_desk() {
        return Err(Trouble::forbidden());
    }
    let (app, chrome) = (&web.app, visit.chrome());
    let names = Names::load(app, visit).await?;
    let view = View::by_code(&query.view).unwrap_or_else(|| first_view(staff));
    let filter = filter(app, staff, view, &query, &names)?;
    let reach = desk::scope(staff).unsealed;
    let counted = |v: &View| suits(*v, staff) && *v != View::All;
    let standing: Vec<View> = View::ALL.into_iter().filter(counted).collect();
    let after = page_after(&query.cursor)?;
    let look = desk::look(app, staff, (view, &filter), after.as_ref(), &standing).await?;
    let mut counts = look.counts.into_iter();
    let mut views = Vec::new();
    for v in View::ALL.into_iter().filter(|v| suits(*v, staff)) {
        let n = counted(&v).then(|| counts.next().unwrap_or_default());
        views.push(ViewLink {
            code: shown_code(v).into(),
            count: n.map(|n| count(&chrome, n)).unwrap_or_default(),
            url: chrome.url(format!("/desk?view={}", v.code())),
            current: v == view,
        });
    }
    let rows = rows(app, &chrome, &names, &look.letters).await?;
    let link = |cursor: &str| {
        let q = &query;
        let parts = [
            ("view", view.code()),
            ("channel", &q.channel),
            ("status", &q.status),
            ("unit", &q.unit),
            ("q", &q.q),
            ("cursor", cursor),
        ];
        let set = parts.iter().filter(|(_, v)| !v.is_empty());
        let pairs: Vec<String> = set
            .map(|(n, v)| format!("{n}={}", show::escape(v)))
            .collect();
        chrome.url(format!("/desk?{}", pairs.join("&")))
    };
    let mut posts = Vec::new();
    if view == View::ToPost {
        for (letter, o) in reading::post::waiting(app, staff).await? {
            posts.push(post::row(app, &chrome, &letter, &o));
        }
    }
    let notes = match query.cursor.as_str() {
        "" => notices::fresh(web, &chrome, staff, &names.people).await?,
        _ => Vec::new(),
    };
    Ok(DeskPage {
        ways: chrome.choices("medium", SERVICES, &posting.by),
        today: app.today().to_string(),
        posts,
        posting,
        circulars: staff.may_read_circulars(),
        notes,
        views,
        view: shown_code(view).into(),
        total: count(&chrome, look.total),
        sealed: i64::try_from(look.sealed).unwrap_or(i64::MAX),
        channels: choices(
            &chrome,
            &query.channel,
            names
                .channels
                .iter()
                .map(|c| (c.code.clone(), show::channel_name(&chrome, c))),
        ),
        statuses: chrome.choices(
            "status",
            [""].into_iter().chain(Status::ALL.iter().map(Status::code)),
            &query.status,
        ),
        units: unit_choices(&chrome, &query.unit, &reach, &names.units),
        filtered: [&query.channel, &query.status, &query.unit, &query.q]
            .iter()
            .any(|f| !f.is_empty()),
        rows,
        paging: Paging {
            next: look.next.as_ref().map(|c| link(&write_cursor(c))),
            first: (!query.cursor.is_empty()).then(|| link("")),
        },
        chrome,
    })
}

/// The units whose letters are in reach, where there is a choice.
fn unit_choices(chrome: &Chrome, chosen: &str, reach: &Reach, all: &[Unit]) -> Vec<Choice> {
    let within = |u: &&Unit| match reach {
        Reach::All => true,
        Reach::Units(ids) => ids.contains(&u.id),
        Reach::None => false,
    };
    let mut units: Vec<(String, String)> = all
        .iter()
        .filter(within)
        .map(|u| (u.code.clone(), u.name.clone()))
        .collect();
    if units.len() < 2 {
        return Vec::new();
    }
    if *reach == Reach::All {
        units.push((NO_UNIT.into(), chrome.t("row.unassigned").into_owned()));
    }
    choices(chrome, chosen, units.into_iter())
}

fn first_view(staff: &Staff) -> View {
    use crate::domain::access::Role;
    if staff.is(Role::Registrar) {
        View::Unassigned
    } else if staff.is(Role::Handler) {
        View::Mine
    } else if staff.is(Role::UnitLeader) || staff.is(Role::Liaison) {
        View::Unit
    } else {
        View::Overdue
    }
}

/// Views that can hold anything for somebody.
fn suits(view: View, staff: &Staff) -> bool {
    let reach = desk::scope(staff).unsealed;
    match view {
        View::Unit => !staff.units.is_empty(),
        View::Unassigned | View::Open => reach == Reach::All,
        // A duty officer sees what is urgent, and the letters they took on.
        _ if reach == Reach::None => matches!(view, View::Urgent | View::All),
        View::Extensions => {
            reach == Reach::All || staff.is(crate::domain::access::Role::UnitLeader)
        }
        _ => true,
    }
}

/// The word a view goes by on pages.
fn shown_code(view: View) -> &'static str {
    if view == View::Troubled {
        "undelivered"
    } else {
        view.code()
    }
}

/// A view narrowed by what the query asks.
///
/// # Errors
/// A channel, unit, or status that is unknown: a list of all would be taken for an answer.
pub(crate) fn filter(
    app: &App,
    staff: &Staff,
    view: View,
    query: &Query,
    names: &Names,
) -> std::result::Result<Filter, Trouble> {
    let unknown = |what: &str, code: &str| Trouble::bad(format!("{what}={code} is unknown"));
    let mut filter = view.filter(app, staff);
    if !query.channel.is_empty() {
        let channel = names.channels.iter().find(|c| c.code == query.channel);
        let channel = channel.ok_or_else(|| unknown("channel", &query.channel))?;
        filter.channel_id = Some(channel.id);
    }
    if query.unit == NO_UNIT {
        filter.unassigned = true;
    } else if !query.unit.is_empty() {
        let unit = names.units.iter().find(|u| u.code == query.unit);
        let unit = unit.ok_or_else(|| unknown("unit", &query.unit))?;
        filter.units = Some(crate::store::units::below(&names.units, unit.id));
    }
    if !query.status.is_empty() {
        let status: Status = query
            .status
            .parse()
            .map_err(|_| unknown("status", &query.status))?;
        filter.status = Some(status);
        filter.open &= status.is_open();
    }
    let words = query.q.trim();
    filter.words = (!words.is_empty()).then(|| text::cut(words, 100));
    Ok(filter)
}

/// Names that lists show, loaded once a page.
pub(crate) struct Names {
    /// Channels.
    pub(crate) channels: Vec<Channel>,
    /// Units.
    pub(crate) units: Vec<Unit>,
    /// People.
    pub(crate) people: Vec<Person>,
}

impl Names {
    pub(crate) async fn load(app: &App, visit: &Visit) -> Result<Self> {
        let signed_in = visit.signed_in.as_ref();
        Ok(Self {
            channels: app.store.channels().await?,
            units: signed_in.map(|s| s.all_units.clone()).unwrap_or_default(),
            people: app.store.people().await?,
        })
    }
}

/// Letters as rows of a list.
pub(crate) async fn rows(
    app: &App,
    chrome: &Chrome,
    names: &Names,
    letters: &[Letter],
) -> Result<Vec<LetterRow>> {
    let writers = app.store.writers(letters).await?;
    let row = |l: &Letter| {
        let writer = writers.iter().find(|w| w.id == l.writer_id);
        let writer = writer.filter(|w| !w.anonymous && !l.is_sealed());
        let channel = names.channels.iter().find(|c| c.id == l.channel_id);
        let unit = l
            .unit_id
            .and_then(|id| names.units.iter().find(|u| u.id == id));
        let handler = l
            .handler_id
            .and_then(|id| names.people.iter().find(|p| p.id == id));
        LetterRow {
            number: l.number.to_string(),
            url: chrome.url(format!("/desk/letters/{}", l.number)),
            // What a sealed letter says is shown where the reading is recorded: on its own page.
            subject: if l.is_sealed() {
                String::new()
            } else {
                l.subject.clone()
            },
            channel: channel
                .map(|c| show::channel_name(chrome, c))
                .unwrap_or_default(),
            writer: writer
                .map(|w| text::masked(&w.words.name))
                .unwrap_or_default(),
            attachments: l.attachments.into(),
            due_on: l.due().map(|d| d.to_string()).unwrap_or_default(),
            due_url: chrome.url(format!("/desk/letters/{}#due", l.number)),
            standing: l.status.is_open() && l.due().is_none(),
            urgent: l.urgent.is_some(),
            workdays_left: show::left(app, l.due()),
            status: l.status.code().into(),
            unit: unit.map(|u| u.name.clone()).unwrap_or_default(),
            handler: handler.map(|p| p.name.clone()).unwrap_or_default(),
            received_on: l.received_on.to_string(),
            sealed: l.is_sealed(),
            undelivered: l.undelivered,
        }
    };
    Ok(letters.iter().map(row).collect())
}

fn choices(
    chrome: &Chrome,
    chosen: &str,
    all: impl Iterator<Item = (String, String)>,
) -> Vec<Choice> {
    let any = (String::new(), chrome.t("form.any").into_owned());
    let choice = |(value, label): (String, String)| Choice {
        chosen: value == chosen,
        value,
        label,
        hint: String::new(),
    };
    [any].into_iter().chain(all).map(choice).collect()
}

/// A count as lists show it.
pub(crate) fn count(chrome: &Chrome, n: u64) -> String {
    if n > COUNT_LIMIT {
        "1,000+".into()
    } else {
        chrome.count(i64::try_from(n).unwrap_or(0))
    }
}

/// A cursor as an address carries it.
pub(crate) fn write_cursor(c: &Cursor) -> String {
    let first = if c.urgent { "u" } else { "" };
    format!(
        "{first}{}_{}",
        c.due_on.as_deref().unwrap_or_default(),
        c.id
    )
}

/// The cursor of an address.
pub(crate) fn cursor(text: &str) -> Option<Cursor> {
    let (due, id) = text.rsplit_once('_')?;
    let (urgent, due) = match due.strip_prefix('u') {
        Some(due) => (true, due),
        None => (false, due),
    };
    let due_on = match due {
        "" => None,
        due => Some(due.parse::<Date>().ok()?.to_string()),
    };
    Some(Cursor {
        urgent,
        due_on,
        id: id.parse().ok()?,
    })
}

/// The same where a page is asked for: one that is none of ours would begin anew unnoticed.
///
/// # Errors
/// When it is none of ours.
pub(crate) fn page_after(text: &str) -> std::result::Result<Option<Cursor>, Trouble> {
    let cursor = cursor(text);
    if cursor.is_none() && !text.is_empty() {
        return Err(Trouble::bad(
            "the cursor is none of ours; take it from the page before",
        ));
    }
    Ok(cursor)
}
