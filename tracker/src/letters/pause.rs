//! 暂停计时、恢复计时: a clock stands from the day it is signed, where its rule allows it, and goes
//! on from the day on which the cause is gone (that day counts again); a rule may say that it
//! begins anew instead, as after a correction (政府信息公开条例 2019, art. 30).

use notifier::NoticeKind;
use serde_json::json;

use super::{Error, Result, assign::need, change::Change, owe, progress, reclassify::channel_of};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        obligation::ObligationKind,
        rules::{Effect, Halt},
        status::Action,
        text::FieldError,
    },
    store::{events::NewEvent, letters::Letter, terms::Pause},
};

/// Lets the clock of the counted obligation stand. Without a cause named, it is the first one
/// that the rule allows.
///
/// # Errors
/// See [`Error`]; most rules allow none.
pub async fn suspend(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    cause: Option<Halt>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::Suspend).await?;
    let today = app.day_of(change.now());
    let counted = change.counted()?.clone();
    let channel = channel_of(app, &change.letter).await?;
    let rule = owe::rule_of(&change.law, &channel, &counted);
    let allowed = rule.map(|r| r.suspensions).unwrap_or_default();
    let first = allowed.first().ok_or(Error::Rule("no-suspension"))?;
    let chosen = match cause {
        None => first,
        Some(kind) => (allowed.iter().find(|a| a.kind == kind))
            .ok_or_else(|| Error::Fields(vec![FieldError::new("cause", "not-by-rule")]))?,
    };
    match counted.due() {
        None => return Err(Error::Rule("clock-stands")),
        Some(due) if due < today => return Err(Error::Rule("term-over")),
        Some(_) => {}
    }
    let pause = Pause {
        id: app.id(),
        obligation_id: counted.id,
        letter_id: change.letter.id,
        kind: chosen.kind,
        effect: chosen.effect,
        from: today,
        to: None,
        signed_at: change.now(),
        signed_by: Some(staff.person_id),
        resumed_by: None,
    };
    let data = json!({ "cause": chosen.kind, "effect": chosen.effect, "from": today.to_string() });
    change.step.add_pause(pause).await?;
    change.counted_mut()?.standing_since = Some(today);
    change.reckon(counted.id)?;
    let said = progress::tell(app, &mut change, NoticeKind::Suspended, reason, "").await?;
    // By post it is told only once a person recorded that it was served: [`super::serve`].
    if chosen.kind == Halt::Correction && !said.by.is_by_hand() {
        // 一次性告知补正: telling what to correct is what was owed (art. 30).
        let now = change.now();
        change.meet_where(now, |o| o.kind == ObligationKind::Supplement);
    }
    let event = NewEvent::new(EventKind::Suspended, None, data).with_note(reason);
    let letter = change.finish_with(event).await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

/// Lets the clock go on.
///
/// # Errors
/// See [`Error`]; a clock that does not stand.
pub async fn resume(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
) -> Result<Letter> {
    let mut change = Change::open(app, staff, number, version, Action::Resume).await?;
    let today = app.day_of(change.now());
    let id = change.counted()?.id;
    let all = change.step.pauses(change.letter.id).await?;
    let open = all
        .into_iter()
        .find(|p| p.obligation_id == id && p.to.is_none());
    let mut pause = open.ok_or(Error::Rule("clock-goes"))?;
    let last = today.yesterday().unwrap_or(today);
    pause.to = Some(last);
    pause.resumed_by = Some(staff.person_id);
    let counted = change.counted_mut()?;
    counted.standing_since = None;
    match pause.effect {
        Effect::Restart => counted.start_on = today,
        Effect::Pause if pause.from <= last => {
            counted.suspensions.push(crate::domain::term::Suspension {
                from: pause.from,
                to: last,
            });
        }
        Effect::Pause => {}
    }
    let data = json!({
        "cause": pause.kind, "effect": pause.effect,
        "from": pause.from.to_string(), "to": last.to_string(),
    });
    change.step.save_pause(pause).await?;
    change.reckon(id)?;
    change.finish(EventKind::Resumed, data).await
}
