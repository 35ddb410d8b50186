//! 提醒、催办、督办、通报: the stages a letter reached are recorded and told, each exactly once, in
//! one step with their event. The machine alone comes here.

use std::collections::HashMap;

use jiff::civil::{Date, DateTime, Time};
use serde_json::json;

use super::{
    Result,
    change::Change,
    extend::{allowed, deciders},
    fail_point, owe,
};
use crate::{
    app::App,
    domain::{
        calendar::Calendar,
        event::EventKind,
        law::Law,
        obligation::STANDING,
        rules::Stage,
        status::Status,
        supervision::{self, Colleague, Hours, House, Paper, Post},
        words::{ExtensionState, Topic},
    },
    store::{
        channels::Channel, events::NewEvent, letters::Letter, notices::Notice,
        obligations::Obligation, parties::Parties, people::Person, supervision::Supervised,
        units::Unit,
    },
};

/// The house as it is now: units, people who are active, hours, channels.
pub struct Scene {
    /// Units.
    pub units: Vec<Unit>,
    /// People who are active.
    pub people: Vec<Person>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// The same as the chain sees it.
    pub house: House,
    hours: HashMap<i64, Hours>,
    usual: Hours,
}

impl Scene {
    /// Loads it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn load(app: &App) -> Result<Self> {
        let units = app.store.units().await?;
        let mut people = app.store.people().await?;
        people.retain(|p| p.active);
        let post = |u: &Unit| Post {
            unit_id: u.id,
            parent_id: u.parent_id,
            leader_id: u.leader_id,
            liaison_id: u.liaison_id,
            overseer_id: u.overseer_id,
        };
        let colleague = |p: &Person| Colleague {
            id: p.id,
            unit_id: p.unit_id,
            roles: p.roles.clone(),
            cleared: p.cleared.clone(),
        };
        Ok(Self {
            house: House {
                posts: units.iter().map(post).collect(),
                people: people.iter().map(colleague).collect(),
            },
            hours: units
                .iter()
                .map(|u| (u.id, Hours::of(&u.work_hours)))
                .collect(),
            usual: Hours::of(supervision::USUAL_HOURS),
            channels: app.store.channels().await?,
            units,
            people,
        })
    }

    /// When a unit works; the usual hours where there is none.
    #[must_use]
    pub fn hours(&self, unit: Option<i64>) -> &Hours {
        unit.and_then(|u| self.hours.get(&u)).unwrap_or(&self.usual)
    }

    /// Whether any unit is at work.
    #[must_use]
    pub fn at_work(&self, calendar: &Calendar, now: DateTime) -> bool {
        let mut all = self.hours.values().chain([&self.usual]);
        all.any(|hours| hours.at_work(calendar, now))
    }

    /// Somebody's name; empty where they are gone.
    #[must_use]
    pub fn name(&self, person: i64) -> &str {
        let found = self.people.iter().find(|p| p.id == person);
        found.map(|p| p.name.as_str()).unwrap_or_default()
    }

    /// A unit's name; empty where there is none.
    #[must_use]
    pub fn unit(&self, unit: Option<i64>) -> &str {
        let found = self.units.iter().find(|u| Some(u.id) == unit);
        found.map(|u| u.name.as_str()).unwrap_or_default()
    }

    pub(crate) fn channel(&self, id: i64) -> Option<&Channel> {
        self.channels.iter().find(|c| c.id == id)
    }
}

/// A letter as the chain sees it.
pub(crate) fn paper(letter: &Letter, parties: Parties, readers: Vec<i64>) -> Paper {
    Paper {
        unit_id: letter.unit_id,
        handler_id: letter.handler_id,
        sending: letter.status == Status::Sending,
        sealed: letter.is_sealed().then_some(letter.channel_id),
        readers,
        accused: parties.persons,
        accused_units: parties.units,
        deciders: Vec::new(),
    }
}

/// The same, as it stands in a step.
pub(crate) async fn paper_of(app: &App, change: &Change<'_>) -> Result<Paper> {
    let parties = change.step.parties(change.letter.id).await?;
    let readers = if change.letter.is_sealed() {
        app.store.readers(change.letter.id).await?
    } else {
        Vec::new()
    };
    Ok(paper(&change.letter, parties, readers))
}

/// What an obligation has newly reached today, and when to look at it again.
#[must_use]
pub fn news(
    law: &Law,
    channel: Option<&Channel>,
    o: &Obligation,
    recorded: &[Supervised],
    today: Date,
) -> (Vec<Stage>, Date) {
    let Some(due_on) = o.due() else {
        return (Vec::new(), STANDING);
    };
    let stages = owe::stages_of(law, channel, o);
    let known = |s: &Stage| recorded.iter().any(|r| r.is_of(o) && r.stage == *s);
    let mut fresh = supervision::reached(&law.calendar, &stages, due_on, today);
    fresh.retain(|s| !known(s));
    let next = supervision::next_look(&law.calendar, &stages, due_on, today);
    (fresh, next.unwrap_or(STANDING))
}

/// Records and tells what a letter's obligations have reached today; answers how many stages.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub async fn letter(app: &App, scene: &Scene, letter_id: i64) -> Result<usize> {
    let mut change = Change::quietly(app, letter_id).await?;
    let (now, today) = (change.now(), app.day_of(change.now()));
    let recorded = change.step.supervised(letter_id).await?;
    let channel = scene.channel(change.letter.channel_id);
    let law = change.law.clone();
    let mut reached = Vec::new();
    let open = change.letter.status.is_open();
    for o in change
        .obligations
        .iter_mut()
        .filter(|o| open && o.is_open())
    {
        let (fresh, next) = news(&law, channel, o, &recorded, today);
        o.look_on = Some(next);
        if !fresh.is_empty() {
            reached.push((o.clone(), fresh));
        }
    }
    // Whoever came first did it all.
    if reached.is_empty() {
        change.keep().await?;
        return Ok(0);
    }
    let mut paper = paper_of(app, &change).await?;
    paper.deciders = pending(app, &change).await?;
    let holders = scene.house.holders(&paper);
    let (mut rows, mut notices, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for (o, fresh) in reached {
        let highest = fresh.last().copied();
        for stage in fresh {
            // What was missed is recorded; the highest stage alone is told.
            let told = if highest == Some(stage) {
                scene.house.told(&paper, stage)
            } else {
                Vec::new()
            };
            let circular_id = if stage == Stage::Circular {
                Some(change.step.join_circular(app.id()).await?)
            } else {
                None
            };
            rows.push(Supervised {
                id: app.id(),
                letter_id,
                obligation_id: o.id,
                extensions: o.extension,
                stage,
                due_on: o.due_on,
                at: now,
                circular_id,
            });
            let data = json!({
                "stage": stage, "obligation": o.kind, "due_on": o.due_on.to_string(),
                "holders": holders,
            });
            notices.extend(told.iter().map(|person| {
                Notice::new(
                    app.id(),
                    *person,
                    Some(letter_id),
                    Topic::Stage,
                    data.clone(),
                    now,
                )
            }));
            events.push(json!({
                "stage": stage, "obligation": o.id, "kind": o.kind,
                "due_on": o.due_on.to_string(), "holders": holders, "told": told,
            }));
        }
    }
    let n = rows.len();
    change.step.add_supervised(rows).await?;
    change.step.add_staff_notices(notices).await?;
    let last = events.pop().unwrap_or_default();
    for data in events {
        let event = NewEvent::new(EventKind::Supervised, None, data);
        change.add_event(event).await?;
    }
    fail_point("before-stage");
    change.finish(EventKind::Supervised, last).await?;
    fail_point("after-stage");
    Ok(n)
}

/// Who has an extension of the letter to decide.
async fn pending(app: &App, change: &Change<'_>) -> Result<Vec<i64>> {
    let all = change.step.extensions(change.letter.id).await?;
    let asked = all.iter().find(|e| e.state == ExtensionState::Requested);
    let of = asked.and_then(|e| change.obligations.iter().find(|o| o.id == e.obligation_id));
    let Some(of) = of else { return Ok(Vec::new()) };
    let decides = allowed(app, change, of).await.ok().map(|a| a.decided_by);
    deciders(app, decides, &change.letter).await
}

/// Whether somebody's day of work ends only after a unit's begins, which is still to come: then
/// what it brings is worth waiting for.
#[must_use]
pub fn worth_waiting(theirs: &Hours, unit: &Hours, now: Time) -> bool {
    unit.begin() > now && unit.begin() < theirs.end()
}
