//! 交回: what somebody held who is disabled, moves to another unit or loses a role. In the same step
//! their open letters go back to the unit that has them (sealed ones to the registrars, for the unit
//! knows nothing of them), their posts fall vacant, and they read no sealed letter any more. Nothing
//! stays with somebody who cannot work on it.

use serde_json::json;

use super::{
    Error, Result, change::Change, owe, session::staff_of, staff_mail::reachable, supervise::Scene,
};
use crate::{
    app::App,
    domain::{
        access::{Function, Role},
        event::EventKind,
        status::{Action, Status},
        supervision::Paper,
        words::{ExtensionState, Topic},
    },
    store::{
        Step,
        events::NewEvent,
        letters::Letter,
        notices::Notice,
        people::Person,
        units::{self, Unit},
    },
};

/// What a change of a person leaves to nobody: asked for before it is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// Open letters they answer.
    pub letters: u64,
    /// Sealed ones among them.
    pub sealed: u64,
    /// Extensions asked for on those letters and not decided: they stay asked for.
    pub requests: u64,
    /// Extensions that nobody else could decide.
    pub decisions: u64,
    /// Other sealed letters they are named on as readers.
    pub named: u64,
    /// Urgent letters that they took on and nobody else has.
    pub urgent: u64,
    /// Units that lose their leader, liaison or overseer, by name.
    pub units: Vec<String>,
}

impl Left {
    /// Whether there is anything to ask about.
    #[must_use]
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// Whether somebody may hold a letter of a unit.
fn fits(person: &Person, all: &[Unit], unit: Option<i64>) -> bool {
    let handles = [Role::Handler, Role::Liaison, Role::UnitLeader];
    let inside = match (person.unit_id, unit) {
        (Some(own), Some(unit)) => units::above(all, own).contains(&unit),
        _ => false,
    };
    person.active && inside && person.roles.iter().any(|r| handles.contains(r))
}

/// Whether somebody may still read or take on any letter at all.
fn works(person: &Person) -> bool {
    let idle = [Role::Administrator, Role::Security];
    person.active && person.roles.iter().any(|r| !idle.contains(r))
}

/// What saving a person as they would be leaves to nobody.
///
/// # Errors
/// When the database refuses.
pub async fn left(app: &App, after: &Person) -> Result<Left> {
    let all = app.store.units().await?;
    let held = app.store.held_by(after.id).await?;
    let theirs = held.iter().filter(|h| !fits(after, &all, h.unit_id));
    let theirs: Vec<_> = theirs.collect();
    let mut out = Left {
        letters: theirs.len() as u64,
        sealed: theirs.iter().filter(|h| h.sealed).count() as u64,
        ..Left::default()
    };
    let undecided = app.store.undecided().await?;
    let on_theirs = undecided
        .iter()
        .filter(|e| theirs.iter().any(|h| h.letter_id == e.letter_id));
    out.requests = on_theirs.count() as u64;
    out.decisions = orphaned(app, after, &all).await?.len() as u64;
    if !works(after) {
        let named = app.store.named_on(after.id).await?;
        let named = named
            .iter()
            .filter(|id| theirs.iter().all(|h| h.letter_id != **id));
        out.named = named.count() as u64;
        let urgent = app.store.taken_by(after.id).await?;
        out.urgent = urgent.len() as u64;
    }
    if !after.active {
        let posts = all.iter().filter(|u| holds_post(u, after.id));
        out.units = posts.map(|u| u.name.clone()).collect();
    }
    Ok(out)
}

fn holds_post(unit: &Unit, person: i64) -> bool {
    [unit.leader_id, unit.liaison_id, unit.overseer_id].contains(&Some(person))
}

/// Letters with an extension to decide that only somebody could who cannot any more.
async fn orphaned(app: &App, after: &Person, all: &[Unit]) -> Result<Vec<i64>> {
    let (people, channels) = (app.store.people().await?, app.store.channels().await?);
    let Some(before) = people.iter().find(|p| p.id == after.id) else {
        return Ok(Vec::new());
    };
    let loses = before.active
        && (!after.active
            || before.unit_id != after.unit_id
            || before.roles != after.roles
            || before.functions != after.functions);
    let decides = |p: &Person| {
        let functions = [Function::Head, Function::DisclosureHead];
        p.roles.contains(&Role::UnitLeader) || p.functions.iter().any(|f| functions.contains(f))
    };
    if !loses || !decides(before) {
        return Ok(Vec::new());
    }
    let law = app.current_law().await?;
    let mut out = Vec::new();
    for extension in app.store.undecided().await? {
        let Some(letter) = app.store.letter_of(extension.letter_id).await? else {
            continue;
        };
        let obligations = app.store.obligations(letter.id).await?;
        let of = obligations.iter().find(|o| o.id == extension.obligation_id);
        let channel = channels.iter().find(|c| c.id == letter.channel_id);
        let rule = of.zip(channel).and_then(|(o, c)| owe::rule_of(&law, c, o));
        let Some(by) = rule.and_then(|r| r.extension).map(|e| e.decided_by) else {
            continue;
        };
        let holding = super::change::holding(&letter);
        let may = |p: &Person| p.active && staff_of(p, all).decides(by, holding);
        let others = people.iter().any(|p| p.id != after.id && may(p));
        if may(before) && !may(after) && !others {
            out.push(letter.id);
        }
    }
    Ok(out)
}

/// Saves a person and hands back, in the same step, whatever they cannot hold any more.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub(crate) async fn save(app: &App, by: Option<i64>, after: &Person) -> Result<Left> {
    let scene = Scene::load(app).await?;
    let asked = left(app, after).await?;
    let orphans = orphaned(app, after, &scene.units).await?;
    let mut step = app.store.begin(app.now()).await?;
    step.save_person(after).await?;
    step.end_sessions_of(after.id).await?;
    if !after.active {
        step.revoke_tokens_of(after.id).await?;
        for unit in scene.units.iter().filter(|u| holds_post(u, after.id)) {
            step.save_unit(&vacated(unit, after.id)).await?;
            let data = json!({ "unit": unit.id, "person": after.id });
            step.add_admin_event(app.id(), by, "post-vacated", data)
                .await?;
        }
    }
    // Read anew inside the step: what was assigned to them a moment ago is among them.
    let mut letters = Vec::new();
    for held in step.held_by(after.id).await? {
        if !fits(after, &scene.units, held.unit_id) {
            letters.push(held.letter_id);
        }
    }
    for letter in &letters {
        step = hand_back(app, &scene, step, *letter, (by, after)).await?;
    }
    if !works(after) {
        for letter in step.named_on(after.id).await? {
            step = unname(app, step, letter, (by, after)).await?;
        }
        for letter in step.taken_by(after.id).await? {
            step = give_up(app, step, letter, (by, after)).await?;
        }
    }
    let registrars = scene.house.with_role(&Paper::default(), Role::Registrar);
    let registrars = registrars.into_iter().filter(|p| *p != after.id);
    let registrars: Vec<i64> = registrars.collect();
    let notice = |letter: i64, person: i64| {
        let data = json!({ "person": after.id, "undecided": true });
        Notice::new(
            app.id(),
            person,
            Some(letter),
            Topic::HandedBack,
            data,
            app.now(),
        )
    };
    let notices = orphans
        .iter()
        .flat_map(|l| registrars.iter().map(|p| notice(*l, *p)));
    step.add_staff_notices(notices.collect()).await?;
    let data = json!({ "person": after.id, "handed_back": letters.len() });
    step.add_admin_event(app.id(), by, "person-saved", data)
        .await?;
    step.commit().await?;
    app.outbox_bell.notify_one();
    Ok(Left {
        letters: letters.len() as u64,
        ..asked
    })
}

fn vacated(unit: &Unit, person: i64) -> Unit {
    let other = |id: Option<i64>| id.filter(|id| *id != person);
    Unit {
        leader_id: other(unit.leader_id),
        liaison_id: other(unit.liaison_id),
        overseer_id: other(unit.overseer_id),
        version: unit.version + 1,
        ..unit.clone()
    }
}

async fn hand_back<'a>(
    app: &'a App,
    scene: &Scene,
    step: Step<'a>,
    letter: i64,
    (by, person): (Option<i64>, &Person),
) -> Result<Step<'a>> {
    let mut change = Change::within(app, step, letter, Action::HandBack, by).await?;
    let (id, now) = (change.letter.id, change.now());
    change.letter.handler_id = None;
    if change.letter.is_sealed() {
        change.step.remove_reader(id, person.id).await?;
        if change.letter.status != Status::Sending {
            // The unit knows nothing of it: whoever determines sealed letters finds it anew.
            change.letter.status = Status::Received;
            change.letter.unit_id = None;
        }
    }
    let asked = change.step.extensions(id).await?;
    let asked = asked
        .iter()
        .filter(|e| e.state == ExtensionState::Requested);
    let told = whom(scene, &change, person).await?;
    for topic in [Topic::Assigned, Topic::HandedBack] {
        change.step.settle_notices(id, topic).await?;
    }
    let data = json!({
        "person": person.id, "by": by, "unit": change.letter.unit_id,
        "requests": asked.count(),
    });
    let notice = |who: &i64| {
        let topic = Topic::HandedBack;
        let mut notice = Notice::new(app.id(), *who, Some(id), topic, data.clone(), now);
        let found = scene.people.iter().find(|p| p.id == *who);
        let mailed = found.is_some_and(|p| reachable(app, p));
        // Whom no mail reaches sees it on the desk alone.
        notice.told_at = (!mailed).then_some(now);
        notice
    };
    let notices = told.iter().map(notice).collect();
    change.step.add_staff_notices(notices).await?;
    let data = json!({ "unit": change.letter.unit_id, "person": person.id, "told": told });
    change
        .record(NewEvent::new(EventKind::HandedBack, None, data))
        .await
}

/// Who hears that a letter came back: the unit's liaison or leader; else, and of a sealed letter,
/// the registrars.
async fn whom(scene: &Scene, change: &Change<'_>, gone: &Person) -> Result<Vec<i64>> {
    let parties = change.step.parties(change.letter.id).await?;
    let paper = super::supervise::paper(&change.letter, parties, Vec::new());
    let mut house = scene.house.clone();
    house.people.retain(|p| p.id != gone.id);
    Ok(house.holders(&paper))
}

/// Somebody named on a sealed letter reads it no more.
async fn unname<'a>(
    app: &'a App,
    step: Step<'a>,
    letter: i64,
    (by, person): (Option<i64>, &Person),
) -> Result<Step<'a>> {
    let change = Change::within(app, step, letter, Action::Note, by).await?;
    change.step.remove_reader(letter, person.id).await?;
    let data = json!({ "person": person.id });
    change
        .record(NewEvent::new(EventKind::ReaderRemoved, None, data))
        .await
}

/// An urgent letter that somebody took on is nobody's again: whoever is on duty is called.
async fn give_up<'a>(
    app: &'a App,
    step: Step<'a>,
    letter: i64,
    (by, person): (Option<i64>, &Person),
) -> Result<Step<'a>> {
    let mut change = Change::within(app, step, letter, Action::Note, by).await?;
    if let Some(urgent) = &mut change.letter.urgent {
        (urgent.taken_at, urgent.taken_by) = (None, None);
        (urgent.told, urgent.told_at) = (0, None);
    }
    let data = json!({ "unit": change.letter.unit_id, "person": person.id, "urgent": true });
    change
        .record(NewEvent::new(EventKind::HandedBack, None, data))
        .await
}

/// That whoever is to hold a letter can, asked inside the step that gives it to them: they may have
/// been disabled or moved a moment ago.
///
/// # Errors
/// Where they cannot any more.
pub(crate) async fn still_fits(
    change: &Change<'_>,
    all: &[Unit],
    letter: &Letter,
    person: i64,
) -> Result<()> {
    let gone = || {
        Error::Fields(vec![crate::domain::text::FieldError::new(
            "handler", "unknown",
        )])
    };
    let found = change.step.person(person).await?.ok_or_else(gone)?;
    if fits(&found, all, letter.unit_id) {
        Ok(())
    } else {
        Err(gone())
    }
}
