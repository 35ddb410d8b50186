//! What is new for whoever is signed in: reminders, urgings, moved dates, as in their digest.

use axum::{extract::State, response::Response};

use super::{
    Web, chrome::Chrome, error::Trouble, extract::Posted, page, pages::desk::Note, show,
    visit::Visit,
};
use crate::{
    domain::{access::Staff, words::Topic},
    letters::{Result, digest},
    reading::notices::{self, New},
    store::people::Person,
};

/// What stands at the head of somebody's desk.
pub(crate) async fn fresh(
    web: &Web,
    chrome: &Chrome,
    staff: &Staff,
    people: &[Person],
) -> Result<Vec<Note>> {
    let fresh = notices::fresh(&web.app, staff).await?;
    Ok(fresh.iter().map(|n| note(web, chrome, people, n)).collect())
}

fn note(web: &Web, chrome: &Chrome, people: &[Person], n: &New) -> Note {
    let by = n.by.and_then(|id| people.iter().find(|p| p.id == id));
    let url = match (n.number, n.circular) {
        (Some(number), _) if n.topic == Topic::Added => {
            chrome.url(format!("/desk/letters/{number}#additions"))
        }
        (Some(number), _) => chrome.url(format!("/desk/letters/{number}#due")),
        (None, Some(id)) => chrome.url(format!("/circulars/{id}")),
        (None, None) => String::new(),
    };
    let day =
        |d: Option<jiff::civil::Date>| d.map(|d| chrome.day(&d.to_string())).unwrap_or_default();
    Note {
        id: n.id.to_string(),
        at: show::at(&web.app, n.at),
        what: match n.stage {
            Some(stage) if n.topic == Topic::Added => {
                let topic = chrome.word("topic", n.topic.code());
                format!("{topic} · {}", chrome.word("stage", stage.code()))
            }
            Some(stage) => chrome.word("stage", stage.code()),
            None => chrome.word("topic", n.topic.code()),
        },
        title: match (n.number, n.subject.is_empty()) {
            (Some(number), true) => number.to_string(),
            (Some(number), false) => format!("{} · {number}", n.subject),
            (None, _) => String::new(),
        },
        url,
        due: match (n.from, n.due_on, n.obligation) {
            (Some(_), to, _) => chrome.t2("detail.due_moved", day(n.from), day(to)),
            (None, Some(due), Some(kind)) => {
                let kind = chrome.word("obligation", kind.code());
                format!("{kind} {}", day(Some(due)))
            }
            _ => String::new(),
        },
        by: by.map(|p| p.name.clone()).unwrap_or_default(),
        words: n.words.clone(),
    }
}

/// `POST /desk/notices`: what was read is not shown again.
///
/// # Errors
/// When nobody is signed in, or the database refuses.
pub async fn seen(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> std::result::Result<Response, Trouble> {
    let staff = visit.staff()?;
    let ids: Vec<i64> = posted
        .all("notice")
        .filter_map(|n| n.parse().ok())
        .collect();
    digest::seen(&web.app, staff, &ids).await?;
    Ok(page::to(&web, "/desk"))
}
