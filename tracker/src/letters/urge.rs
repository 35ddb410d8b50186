//! 催办 by a person, and 紧急: words that reach whoever holds the paper.

use serde_json::json;

use super::{
    Error, Result,
    assign::need,
    change::Change,
    supervise::{Scene, paper_of},
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        words::{Topic, UrgentBy},
    },
    store::{
        events::NewEvent,
        letters::{Letter, Urgent},
        notices::Notice,
    },
};

/// Urges a letter with a sentence.
///
/// # Errors
/// See [`Error`].
pub async fn urge(app: &App, staff: &Staff, number: LetterNumber, words: &str) -> Result<Letter> {
    need(words, "text")?;
    super::draft::within(words)?;
    // A word beside somebody else's change is no conflict.
    let change = Change::open(app, staff, number, None, Action::Urge).await?;
    let scene = Scene::load(app).await?;
    let paper = paper_of(app, &change).await?;
    let mut told = scene.house.holders(&paper);
    told.extend(scene.house.leader(&paper));
    told.sort_unstable();
    told.dedup();
    told.retain(|p| *p != staff.person_id);
    // The sentence is the event's note; the notice only says which event.
    let data = json!({ "by": staff.person_id, "seq": change.letter.event_seq + 1 });
    let notice = |person: &i64| {
        Notice::new(
            app.id(),
            *person,
            Some(change.letter.id),
            Topic::Urged,
            data.clone(),
            change.now(),
        )
    };
    let notices = told.iter().map(notice).collect();
    change.step.add_staff_notices(notices).await?;
    let event = NewEvent::new(EventKind::Urged, None, json!({ "told": told })).with_note(words);
    change.finish_with(event).await
}

/// Marks a letter as urgent: the duty officer hears of it at once.
///
/// # Errors
/// See [`Error`].
pub async fn mark(app: &App, staff: &Staff, number: LetterNumber, reason: &str) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, None, Action::MarkUrgent).await?;
    if change.letter.urgent.is_some() {
        return Err(Error::Rule("urgent-already"));
    }
    change.letter.urgent = Some(Urgent::since(change.now(), UrgentBy::Registrar));
    let data = json!({ "why": UrgentBy::Registrar });
    let event = NewEvent::new(EventKind::MarkedUrgent, None, data).with_note(reason);
    change.finish_with(event).await
}

/// Somebody took an urgent letter on.
///
/// # Errors
/// See [`Error`].
pub async fn take(app: &App, staff: &Staff, number: LetterNumber) -> Result<Letter> {
    let mut change = Change::open(app, staff, number, None, Action::TakeUrgent).await?;
    let now = change.now();
    match &mut change.letter.urgent {
        Some(urgent) if urgent.taken_at.is_none() => {
            urgent.taken_at = Some(now);
            urgent.taken_by = Some(staff.person_id);
        }
        _ => return Err(Error::Rule("not-urgent")),
    }
    change.finish(EventKind::UrgentTaken, json!({})).await
}
