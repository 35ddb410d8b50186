//! 重新甄别: another class has another rule. The obligation is superseded; the new one counts from
//! the same receipt, and what was late already stays late.

use serde_json::json;

use super::{
    Error, Result,
    assign::need,
    change::Change,
    owe::{self, Owing},
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::FieldError,
        words::{Class, Route},
    },
    store::{channels::Channel, events::NewEvent, letters::Letter, obligations::Obligation},
};

/// Determines a letter's class anew, for a reason.
///
/// # Errors
/// See [`Error`]; a route of anything but a claim, and a class that it has already, are refused.
pub async fn reclassify(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    class: Class,
    route: Option<Route>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    only_claims_have_routes(class, route)?;
    let mut change = Change::open(app, staff, number, version, Action::Reclassify).await?;
    if (change.letter.class, change.letter.route) == (Some(class), route) {
        let fault = FieldError::new("class", "the-same");
        return Err(Error::Fields(vec![fault]));
    }
    let was = change.letter.class;
    change.letter.class = Some(class);
    change.letter.route = route;
    // Determining it for the first time is no correction.
    change.letter.reclassified += i32::from(was.is_some());
    let mut data = json!({
        "from": was.map(|c| c.code()),
        "class": class.code(),
        "route": route.map(|r| r.code()),
    });
    data["due"] = supersede(app, &mut change).await?;
    let event = NewEvent::new(EventKind::Reclassified, None, data).with_note(reason);
    change.finish_with(event).await
}

/// A route belongs to a claim (信访工作条例 2022, art. 31).
pub(crate) fn only_claims_have_routes(class: Class, route: Option<Route>) -> Result<()> {
    if route.is_some() && class != Class::Claim {
        return Err(Error::Fields(vec![FieldError::new("route", "only-claims")]));
    }
    Ok(())
}

/// Puts in order what a letter owes by the class it has now; answers what moved. An open
/// obligation whose rule still holds goes on as it is, whatever else changed.
pub(crate) async fn supersede(app: &App, change: &mut Change<'_>) -> Result<serde_json::Value> {
    let channel = channel_of(app, &change.letter).await?;
    let writer = change.step.writer(&change.letter).await?;
    let law = change.law.clone();
    let mut what = Owing::of(app, &change.letter, &channel, writer.words.can_be_told());
    if change.letter.round > 1 {
        // A later round began on the day it was opened again.
        what.from = change.counted()?.start_on;
        what.accepted_on = Some(what.from);
    }
    let wanted = owe::from_receipt(app, &law, what)?;
    let round = change.letter.round;
    let now = change.now();
    let same = |a: &Obligation, b: &Obligation| {
        a.rule == b.rule && a.rule_version == b.rule_version && a.counts == b.counts
    };
    let (today, mut moved) = (app.day_of(now), json!(null));
    for o in &mut change.obligations {
        let stays = o.rule == super::limit::RULE || wanted.iter().any(|w| same(o, w));
        if o.is_open() && !o.counts && o.round == round && !stays {
            o.ended_at = Some(now);
        }
    }
    let mut fresh: Vec<Obligation> = Vec::new();
    for mut new in wanted {
        let held = change
            .obligations
            .iter()
            .any(|o| o.round == round && same(o, &new));
        if held {
            continue;
        }
        if let Some(old) = change
            .obligations
            .iter_mut()
            .find(|o| new.counts && o.counts && o.round == round)
        {
            if !old.is_open() {
                continue;
            }
            // What the writer was promised is broken, whatever promise comes instead.
            new.late_since = old.late_since.or(old.due().filter(|due| *due < today));
            new.reckon(&law.calendar)
                .map_err(|_| Error::Rule("term-uncountable"))?;
            moved = json!({
                "rule": new.rule, "from": old.due_on.to_string(), "to": new.due_on.to_string(),
            });
            old.counts = false;
            old.ended_at = Some(now);
            old.superseded_by = Some(new.id);
        }
        fresh.push(new);
    }
    change.obligations.extend(fresh);
    Ok(moved)
}

/// The channel of a letter.
pub(crate) async fn channel_of(app: &App, letter: &Letter) -> Result<Channel> {
    let channels = app.store.channels().await?;
    let found = channels.into_iter().find(|c| c.id == letter.channel_id);
    found.ok_or(Error::Rule("channel-gone"))
}
