//! 催寄: what was issued and nobody posted, telephoned or handed over is asked after, once in so
//! many workdays, until somebody records that it was served. The machine alone comes here.

use serde_json::json;

use super::{
    Result, announce,
    change::Change,
    supervise::{Scene, paper_of},
};
use crate::{
    app::App,
    domain::{
        event::EventKind,
        words::{OutboxState, Topic},
    },
    store::notices::Notice,
};

/// Asks after what waits of a letter; `false` where it is not time. Whoever holds the paper hears,
/// and from the second time on the unit's leader too.
///
/// # Errors
/// When the database refuses; then nobody was asked.
pub async fn ask_after(app: &App, scene: &Scene, letter_id: i64) -> Result<bool> {
    let change = Change::quietly(app, letter_id).await?;
    let now = change.now();
    let mut waiting = change.step.by_hand(&change.letter).await?;
    waiting.retain(|o| o.state == OutboxState::ByHand && o.due_at <= now);
    let Some(first) = waiting.first() else {
        return Ok(false);
    };
    let paper = paper_of(app, &change).await?;
    let mut told = scene.house.holders(&paper);
    if waiting.iter().any(|o| o.attempts > 0) {
        told.extend(scene.house.leader(&paper));
    }
    told.sort_unstable();
    told.dedup();
    let since = app.day_of(first.created_at).to_string();
    let data = json!({ "kind": first.kind, "since": since, "by": first.medium.code() });
    let notice = |person: &i64| {
        let topic = Topic::Unposted;
        Notice::new(app.id(), *person, Some(letter_id), topic, data.clone(), now)
    };
    let ids: Vec<i64> = waiting.iter().map(|o| o.id).collect();
    let next = announce::remind_at(app, &change.law, now);
    change.step.asked_after(&ids, next).await?;
    // What they were told before and did not see is said by this one.
    change
        .step
        .settle_notices(letter_id, Topic::Unposted)
        .await?;
    let notices = told.iter().map(notice).collect();
    change.step.add_staff_notices(notices).await?;
    let data = json!({ "deliveries": ids, "since": since, "told": told });
    change.finish(EventKind::ServiceReminded, data).await?;
    Ok(true)
}
