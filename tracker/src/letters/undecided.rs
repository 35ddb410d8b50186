//! An addition that nobody decided is asked after: at whoever holds the letter, then at the unit's
//! leader, then at the leader with the portfolio. Each stage once, in one step with its event. The
//! machine alone comes here.

use jiff::civil::Date;
use serde_json::json;

use super::{
    Result,
    change::Change,
    supervise::{Scene, paper_of},
};
use crate::{
    app::App,
    domain::{addition, event::EventKind, obligation::STANDING, words::Topic},
    store::{events::NewEvent, notices::Notice},
};

/// Records and tells what the undecided additions of a letter have reached today; answers how many
/// stages.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub async fn letter(app: &App, scene: &Scene, letter_id: i64) -> Result<usize> {
    let mut change = Change::quietly(app, letter_id).await?;
    let (now, today) = (change.now(), app.day_of(change.now()));
    let law = change.law.clone();
    let due = |look_on: Option<Date>| look_on.is_none_or(|day| day <= today);
    let mut fresh = Vec::new();
    for mut a in change.step.additions(letter_id).await? {
        if a.ruling.is_some() || !due(a.look_on) {
            continue;
        }
        let since = app.day_of(a.added_at);
        let (stage, next) = addition::reached(&law.calendar, since, today);
        a.look_on = Some(next.unwrap_or(STANDING));
        if let Some(stage) = stage.filter(|s| a.stage.is_none_or(|known| known < *s)) {
            a.stage = Some(stage);
            fresh.push((a.id, stage));
        }
        change.step.save_addition(a).await?;
    }
    if fresh.is_empty() {
        change.keep().await?;
        return Ok(0);
    }
    let paper = paper_of(app, &change).await?;
    let holders = scene.house.holders(&paper);
    let (mut notices, mut events) = (Vec::new(), Vec::new());
    for (message, stage) in &fresh {
        let mut told = scene.house.told(&paper, *stage);
        // Of a sealed letter nobody hears who may not read it; how many wait, the overview says.
        told.retain(|p| scene.house.reads(&paper, *p));
        let data = json!({ "message": message, "stage": stage, "holders": holders });
        let notice = |p: &i64| {
            Notice::new(
                app.id(),
                *p,
                Some(letter_id),
                Topic::Added,
                data.clone(),
                now,
            )
        };
        notices.extend(told.iter().map(notice));
        events.push(json!({ "message": message, "stage": stage, "told": told }));
    }
    change.step.add_staff_notices(notices).await?;
    let last = events.pop().unwrap_or_default();
    for data in events {
        let event = NewEvent::new(EventKind::AdditionWaits, None, data);
        change.add_event(event).await?;
    }
    change.finish(EventKind::AdditionWaits, last).await?;
    Ok(fresh.len())
}
