//! Words left, or did not: what an attempt came to, and what follows for the letter. Answered
//! means served: only an accepted mail makes it so.

use notifier::DeliveryError;
use serde_json::json;

use super::{Result, change::Change, draft};
use crate::{
    app::App,
    domain::{
        delivery,
        event::EventKind,
        status::{Action, Status},
        words::{OutboxKind, OutboxState, Service},
    },
    store::{
        events::NewEvent,
        letters::Letter,
        outbox::{Outcome, Outgoing},
    },
};

/// Records what became of a claimed message. Where the fence has moved on, somebody else speaks
/// for it and nothing is recorded.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    app: &App,
    letter: &Letter,
    outgoing: &Outgoing,
    mut outcome: Outcome,
) -> Result<()> {
    let error = outcome.error.clone().unwrap_or_default();
    if letter.is_sealed() {
        // A server's refusal quotes the address. Its words stand in the event's note, sealed.
        outcome.error = None;
    }
    let follows = match outgoing.kind {
        OutboxKind::Receipt => false,
        // It meets nothing: only what went wrong is history.
        OutboxKind::Progress => matches!(outcome.state, OutboxState::Failed | OutboxState::Unknown),
        OutboxKind::Reply | OutboxKind::Notice => outcome.state != OutboxState::Queued,
    };
    if !follows {
        let step = app.store.begin(app.now()).await?;
        step.settle(outgoing.id, outgoing.fence, &outcome).await?;
        return Ok(step.commit().await?);
    }
    let action = match outcome.state {
        _ if outgoing.kind == OutboxKind::Progress => Action::Note,
        OutboxState::Sent => Action::Delivered,
        OutboxState::Failed => Action::DeliveryFailed,
        // Nobody knows: shown to a person, never silently sent again.
        _ => Action::Note,
    };
    let mut change = Change::by_machine(app, outgoing.letter_id, action).await?;
    if !change
        .step
        .settle(outgoing.id, outgoing.fence, &outcome)
        .await?
    {
        return Ok(());
    }
    let mut data = json!({ "mail": outgoing.mail_id, "kind": outgoing.kind.code() });
    let kind = match outcome.state {
        OutboxState::Sent => {
            data["service"] = json!(Service::Mail.code());
            served(&mut change, outgoing);
            EventKind::Served
        }
        OutboxState::Failed if outgoing.kind == OutboxKind::Progress => EventKind::DeliveryFailed,
        OutboxState::Failed => {
            change.letter.undelivered = true;
            give_back(app, &change, outgoing).await?;
            EventKind::DeliveryFailed
        }
        _ => {
            change.letter.undelivered |= outgoing.kind != OutboxKind::Progress;
            EventKind::DeliveryUnknown
        }
    };
    change
        .finish_with(NewEvent::new(kind, None, data).with_note(&error))
        .await?;
    Ok(())
}

fn served(change: &mut Change<'_>, outgoing: &Outgoing) {
    // Met at the instant of issue: how long a mail server took is not the department's delay.
    change.meet(outgoing.created_at);
    change.letter.undelivered = false;
    match outgoing.kind {
        OutboxKind::Notice => change.letter.notice_served = true,
        _ => {
            change.letter.answered_at.get_or_insert(outgoing.created_at);
        }
    }
}

/// An answer that cannot be delivered goes back to its handler, words and all.
async fn give_back(app: &App, change: &Change<'_>, outgoing: &Outgoing) -> Result<()> {
    if change.letter.status != Status::Working || outgoing.kind != OutboxKind::Reply {
        return Ok(());
    }
    if let Some(reply) = change.step.last_reply(&change.letter).await? {
        draft::restore(app, change, &reply, reply.author_id).await?;
    }
    Ok(())
}

/// What an attempt leads to: done, over, or once more later.
#[must_use]
pub fn outcome(
    app: &App,
    attempts: i32,
    result: std::result::Result<(), DeliveryError>,
) -> Outcome {
    let now = app.now();
    let ends = |state, error| Outcome {
        state,
        due_at: now,
        error,
    };
    match result {
        Ok(()) => ends(OutboxState::Sent, None),
        Err(DeliveryError::Permanent { reason }) => ends(OutboxState::Failed, Some(reason)),
        Err(DeliveryError::Unknown { reason }) => ends(OutboxState::Unknown, Some(reason)),
        Err(DeliveryError::Temporary { reason }) => {
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            match delivery::wait_after(attempts, app.jitter()) {
                Some(wait) => Outcome {
                    state: OutboxState::Queued,
                    due_at: now + wait,
                    error: Some(reason),
                },
                None => ends(OutboxState::Failed, Some(reason)),
            }
        }
    }
}
