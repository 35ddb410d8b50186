//! 送达 by a person: post, telephone, or over the counter.

use jiff::civil::Date;
use serde_json::json;

use super::{Error, Result, change::Change};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::{Action, Status},
        text::FieldError,
        words::{OutboxKind, OutboxState, Service},
    },
    store::{events::NewEvent, letters::Letter},
};

/// Records that a person served the answer (or notice) on a day. The obligation is met at the
/// instant of issue, as with any service.
///
/// # Errors
/// See [`Error`]; a day that has not come, or before the issue, is refused.
pub async fn serve(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    by: Service,
    on: Date,
    note: &str,
) -> Result<Letter> {
    let fault = |field, code| Error::Fields(vec![FieldError::new(field, code)]);
    if !matches!(by, Service::Post | Service::Phone | Service::Counter) {
        return Err(fault("by", "not-by-hand"));
    }
    let mut change = Change::open(app, staff, number, version, Action::Serve).await?;
    let issued = change
        .step
        .last_reply(&change.letter)
        .await?
        .ok_or(Error::Rule("nothing-to-serve"))?;
    if on > app.day_of(change.now()) || on < app.day_of(issued.at) {
        return Err(fault("on", "not-then"));
    }
    change.meet(issued.at);
    change.letter.undelivered = false;
    if change.letter.status == Status::Answered {
        change.letter.answered_at.get_or_insert(issued.at);
    } else {
        change.letter.notice_served = true;
    }
    // A mail still waiting, or nobody knows where, has nothing left to do.
    let waiting = [OutboxState::Queued, OutboxState::Unknown];
    for kind in [OutboxKind::Reply, OutboxKind::Notice] {
        let id = change.letter.id;
        change
            .step
            .turn_outgoing(id, kind, &waiting, OutboxState::Recalled)
            .await?;
    }
    let data = json!({ "service": by.code(), "on": on.to_string() });
    change
        .finish_with(NewEvent::new(EventKind::Served, None, data).with_note(note))
        .await
}
