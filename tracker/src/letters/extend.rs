//! 延期: asked for before the term is over, decided by the function that the rule names, granted
//! only together with the notice to the writer. Nobody's date moves without both.

use notifier::NoticeKind;
use serde_json::json;

use super::{
    Error, Result,
    assign::need,
    change::{Change, holding},
    owe, progress,
    reclassify::channel_of,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        rules::{Decider, Lengthening},
        status::{Action, Status},
        text::FieldError,
        words::{ExtensionState, Language, Topic},
    },
    store::{
        events::NewEvent, letters::Letter, notices::Notice, obligations::Obligation,
        people::Person, terms::Extension,
    },
};

/// Asks for a longer term.
///
/// # Errors
/// See [`Error`]; where the rule allows none, or not that much, or the term is over, or the clock
/// stands, or one is asked for already.
pub async fn request(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    length: u32,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let change = Change::open(app, staff, number, version, Action::RequestExtension).await?;
    let counted = change.counted()?.clone();
    let allowed = allowed(app, &change, &counted).await?;
    let due = counted.due().ok_or(Error::Rule("clock-stands"))?;
    if due < app.day_of(change.now()) {
        return Err(Error::Rule("term-over"));
    }
    let before = change.step.extensions(change.letter.id).await?;
    let of_this = |e: &&Extension| e.obligation_id == counted.id;
    if before
        .iter()
        .filter(of_this)
        .any(|e| e.state == ExtensionState::Requested)
    {
        return Err(Error::Rule("asked-already"));
    }
    let granted = before.iter().filter(of_this);
    let granted = granted
        .filter(|e| e.state == ExtensionState::Granted)
        .count();
    if u32::try_from(granted).unwrap_or(u32::MAX) >= allowed.times {
        return Err(Error::Rule("extended-already"));
    }
    if length == 0 || counted.extension.saturating_add(length) > allowed.at_most {
        return Err(Error::Fields(vec![FieldError::new("days", "beyond-rule")]));
    }
    let extension = Extension {
        id: app.id(),
        obligation_id: counted.id,
        letter_id: change.letter.id,
        length,
        state: ExtensionState::Requested,
        due_on: due,
        requested_at: change.now(),
        requested_by: Some(staff.person_id),
        decided_at: None,
        decided_by: None,
        decided_as: None,
        notice_id: None,
    };
    let data =
        json!({ "extension": extension.id, "length": length, "decides": allowed.decided_by });
    change.step.add_extension(extension).await?;
    let event = NewEvent::new(EventKind::ExtensionRequested, None, data).with_note(reason);
    change.finish_with(event).await
}

/// Grants what was asked for, and tells the writer in the same step. Signed after the due day, it
/// is recorded and moves nothing: the letter is late.
///
/// # Errors
/// See [`Error`]; whoever is not the function that the rule names is refused.
pub async fn grant(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::GrantExtension).await?;
    let (mut extension, allowed) = pending(app, staff, &change).await?;
    let now = change.now();
    extension.decided_at = Some(now);
    extension.decided_by = Some(staff.person_id);
    extension.decided_as = Some(allowed.decided_by);
    let mut data = json!({
        "extension": extension.id, "length": extension.length, "as": allowed.decided_by,
        "requested_by": extension.requested_by,
    });
    let kind = if extension.due_on < app.day_of(now) {
        extension.state = ExtensionState::Late;
        EventKind::ExtensionLate
    } else {
        extension.state = ExtensionState::Granted;
        let counted = change.counted_mut()?;
        counted.extension += extension.length;
        let (id, was) = (counted.id, counted.due_on);
        change.reckon(id)?;
        let due = change.counted()?.due_on;
        let words = until(change.letter.language, due, reason);
        let told = progress::tell(app, &mut change, NoticeKind::Extended, reason, &words).await?;
        extension.notice_id = Some(told.message);
        data["from"] = json!(was.to_string());
        data["to"] = json!(due.to_string());
        data["notice"] = json!(told.message);
        EventKind::ExtensionGranted
    };
    change.step.save_extension(extension).await?;
    let letter = change
        .finish_with(NewEvent::new(kind, None, data).with_note(reason))
        .await?;
    app.outbox_bell.notify_one();
    Ok(letter)
}

/// Refuses what was asked for.
///
/// # Errors
/// See [`Error`].
pub async fn refuse(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let change = Change::open(app, staff, number, version, Action::RefuseExtension).await?;
    let (mut extension, allowed) = pending(app, staff, &change).await?;
    extension.state = ExtensionState::Refused;
    extension.decided_at = Some(change.now());
    extension.decided_by = Some(staff.person_id);
    extension.decided_as = Some(allowed.decided_by);
    let data = json!({
        "extension": extension.id, "as": allowed.decided_by,
        "requested_by": extension.requested_by,
    });
    change.step.save_extension(extension).await?;
    let event = NewEvent::new(EventKind::ExtensionRefused, None, data).with_note(reason);
    change.finish_with(event).await
}

/// Lets what nobody decided in time lapse; `false` where there is nothing to lapse. The event
/// names who asked and which function did not decide.
///
/// # Errors
/// When the database refuses.
pub async fn lapse(app: &App, letter_id: i64) -> Result<bool> {
    let change = Change::by_machine(app, letter_id, Action::Note).await?;
    // What is on its way to the writer is met or comes back: until then nobody is blamed.
    if change.letter.status == Status::Sending {
        return Ok(false);
    }
    let today = app.day_of(change.now());
    let all = change.step.extensions(letter_id).await?;
    let over = |e: &&Extension| e.state == ExtensionState::Requested && e.due_on < today;
    let Some(extension) = all.iter().find(over).cloned() else {
        return Ok(false);
    };
    let of = change
        .obligations
        .iter()
        .find(|o| o.id == extension.obligation_id);
    // Left behind by a version that did not settle it with its obligation.
    if of.is_none_or(|o| !o.is_open()) {
        let kind = EventKind::ExtensionMoot;
        let data = change.moot(extension, kind).await?;
        change.finish(kind, data).await?;
        return Ok(false);
    }
    let decides = match of {
        Some(o) => allowed(app, &change, o).await.ok().map(|a| a.decided_by),
        None => None,
    };
    let deciders = deciders(app, decides, &change.letter).await?;
    let asked = json!({
        "obligation": of.map(|o| o.kind), "due_on": extension.due_on.to_string(),
    });
    let mut told: Vec<i64> = deciders
        .iter()
        .copied()
        .chain(extension.requested_by)
        .collect();
    told.sort_unstable();
    told.dedup();
    let notice = |person: i64| {
        Notice::new(
            app.id(),
            person,
            Some(letter_id),
            Topic::Lapsed,
            asked.clone(),
            change.now(),
        )
    };
    let notices = told.into_iter().map(notice).collect();
    change.step.add_staff_notices(notices).await?;
    let data = json!({
        "extension": extension.id, "requested_by": extension.requested_by, "decides": decides,
        "deciders": deciders,
    });
    let state = ExtensionState::Lapsed;
    change
        .step
        .save_extension(Extension { state, ..extension })
        .await?;
    change.finish(EventKind::ExtensionLapsed, data).await?;
    Ok(true)
}

/// Whoever holds the function that decides, as far as it is theirs on this letter.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn deciders(
    app: &App,
    decides: Option<Decider>,
    letter: &Letter,
) -> Result<Vec<i64>> {
    let Some(decides) = decides else {
        return Ok(Vec::new());
    };
    let (people, units) = (app.store.people().await?, app.store.units().await?);
    let theirs = |p: &&Person| {
        p.active && super::session::staff_of(p, &units).decides(decides, holding(letter))
    };
    Ok(people.iter().filter(theirs).map(|p| p.id).collect())
}

/// What the rule of an obligation allows.
pub(crate) async fn allowed(app: &App, change: &Change<'_>, o: &Obligation) -> Result<Lengthening> {
    let channel = channel_of(app, &change.letter).await?;
    let rule = owe::rule_of(&change.law, &channel, o);
    rule.and_then(|r| r.extension)
        .ok_or(Error::Rule("no-extension"))
}

/// The extension that waits for a decision, by whoever may decide it.
async fn pending(
    app: &App,
    staff: &Staff,
    change: &Change<'_>,
) -> Result<(Extension, Lengthening)> {
    let counted = change.counted()?;
    let allowed = allowed(app, change, counted).await?;
    if !staff.decides(allowed.decided_by, holding(&change.letter)) {
        return Err(Error::Rule(match allowed.decided_by {
            Decider::UnitLeader => "unit-leader-decides",
            Decider::Head => "head-decides",
            Decider::DisclosureHead => "disclosure-head-decides",
        }));
    }
    let all = change.step.extensions(change.letter.id).await?;
    let waiting = [ExtensionState::Requested, ExtensionState::Lapsed];
    let found = all
        .into_iter()
        .rfind(|e| e.obligation_id == counted.id && waiting.contains(&e.state));
    Ok((found.ok_or(Error::Rule("not-asked"))?, allowed))
}

fn until(language: Language, due: jiff::civil::Date, reason: &str) -> String {
    match language {
        Language::Chinese => format!(
            "办理期限延长至{}年{}月{}日。{reason}",
            due.year(),
            due.month(),
            due.day()
        ),
        Language::English => format!("The new term ends on {due}. {reason}"),
    }
}
