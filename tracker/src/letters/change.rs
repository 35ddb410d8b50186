//! What every step on an existing letter shares: loading it within the actor's scope, checking
//! right, status and version, and saving everything that follows in one transaction.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::{Error, Result, owe};
use crate::{
    app::App,
    domain::{
        access::{self, Holding, Staff, Viewer},
        event::EventKind,
        figures::{self, Dimensions, Facts, Met},
        law::Law,
        number::LetterNumber,
        rules::Meets,
        status::{Action, Status, next},
        words::ExtensionState,
    },
    store::{Step, events::NewEvent, letters::Letter, obligations::Obligation, terms::Extension},
};

/// A letter being changed.
pub(crate) struct Change<'a> {
    pub(crate) app: &'a App,
    pub(crate) step: Step<'a>,
    pub(crate) letter: Letter,
    pub(crate) actor: Option<i64>,
    /// Calendar and rules as they stand.
    pub(crate) law: Arc<Law>,
    /// What is owed, oldest first; what a step changes in it is saved by `finish`.
    pub(crate) obligations: Vec<Obligation>,
    stored: Vec<Obligation>,
    before: Facts,
    /// Where the letter stood before the step.
    pub(crate) was: Status,
    version: i64,
    /// What is written collides with nobody's work: the version stays.
    quiet: bool,
}

impl<'a> Change<'a> {
    /// Opens a step that a member of staff takes: right, version and status are checked, and the
    /// status is moved on.
    pub(crate) async fn open(
        app: &'a App,
        staff: &Staff,
        number: LetterNumber,
        version: Option<i64>,
        action: Action,
    ) -> Result<Self> {
        let step = app.store.begin(app.now()).await?;
        let scope = access::scope(&Viewer::Staff(staff.clone()));
        let letter = step.letter(number, &scope).await?.ok_or(Error::NotFound)?;
        access::permits(staff, action, holding(&letter))?;
        if version.is_some_and(|v| v != letter.version) {
            return Err(Error::Conflict {
                current: letter.version,
            });
        }
        Self::with(app, step, letter, action, Some(staff.person_id)).await
    }

    /// Opens a step that the machine takes.
    pub(crate) async fn by_machine(app: &'a App, id: i64, action: Action) -> Result<Self> {
        let step = app.store.begin(app.now()).await?;
        let letter = step.letter_by_id(id).await?.ok_or(Error::NotFound)?;
        Self::with(app, step, letter, action, None).await
    }

    /// Opens one of several steps that are taken together: the last one commits.
    pub(crate) async fn within(
        app: &'a App,
        step: Step<'a>,
        id: i64,
        action: Action,
        actor: Option<i64>,
    ) -> Result<Self> {
        let letter = step.letter_by_id(id).await?.ok_or(Error::NotFound)?;
        Self::with(app, step, letter, action, actor).await
    }

    async fn with(
        app: &'a App,
        step: Step<'a>,
        mut letter: Letter,
        action: Action,
        actor: Option<i64>,
    ) -> Result<Self> {
        let after = next(letter.status, action)?;
        let law = app.law_of(&step).await?;
        let obligations = step.obligations(letter.id).await?;
        let before = facts(&letter, &obligations);
        let (version, was) = (letter.version, letter.status);
        letter.status = after;
        Ok(Self {
            app,
            step,
            letter,
            actor,
            law,
            stored: obligations.clone(),
            obligations,
            before,
            was,
            version,
            quiet: false,
        })
    }

    /// Opens a step of the machine that no colleague has to know of before they go on: nothing they
    /// can have changed meanwhile is touched.
    pub(crate) async fn quietly(app: &'a App, id: i64) -> Result<Self> {
        let mut change = Self::by_machine(app, id, Action::Note).await?;
        change.quiet = true;
        Ok(change)
    }

    /// Adds an event before the one that [`Change::finish`] ends with.
    pub(crate) async fn add_event(&mut self, mut event: NewEvent) -> Result<()> {
        event.actor_id = self.actor;
        let id = self.app.id();
        let head = vec![(&mut self.letter, id, event)];
        Ok(self.step.add_events(head).await?)
    }

    /// Saves what is owed and nothing else: no event, the letter as it was.
    pub(crate) async fn keep(self) -> Result<()> {
        self.step
            .save_obligations(&self.stored, self.obligations)
            .await?;
        Ok(self.step.commit().await?)
    }

    /// The instant of the step.
    pub(crate) fn now(&self) -> Timestamp {
        self.step.now
    }

    /// Meets what an answer or a notice satisfies, at the instant it was issued. Late stays late: an
    /// obligation once met is not touched again.
    pub(crate) fn meet(&mut self, issued_at: Timestamp) {
        self.satisfy(issued_at, &[Meets::Answer, Meets::Notice]);
    }

    /// Meets every open obligation whose rule says that one of these satisfies it.
    pub(crate) fn satisfy(&mut self, at: Timestamp, by: &[Meets]) {
        let law = self.law.clone();
        self.meet_where(at, |o| {
            let version = u32::try_from(o.rule_version).unwrap_or_default();
            match law.rules.get(&o.rule, version) {
                Some(rule) => rule.met_by.iter().any(|m| by.contains(m)),
                // A channel's own term, and a document's: met as answers are.
                None => by.contains(&Meets::Answer),
            }
        });
    }

    /// Meets open obligations of some kind.
    pub(crate) fn meet_where(&mut self, at: Timestamp, which: impl Fn(&Obligation) -> bool) {
        let received_on = self.letter.received_on;
        for o in self
            .obligations
            .iter_mut()
            .filter(|o| o.is_open() && which(o))
        {
            owe::meet(self.app, &self.law, received_on, o, at);
        }
    }

    /// Takes back that obligations of the round were met at an instant: what met them was recorded
    /// wrongly.
    pub(crate) fn unmeet(&mut self, at: Timestamp) {
        let round = self.letter.round;
        let met = |o: &&mut Obligation| o.met_at == Some(at) && o.round == round;
        for o in self.obligations.iter_mut().filter(met) {
            (o.met_at, o.met_on, o.in_time, o.met_workdays) = (None, None, None, None);
            o.look_on = None;
        }
    }

    /// The open obligation that counts.
    pub(crate) fn counted(&self) -> Result<&Obligation> {
        let found = self.obligations.iter().find(|o| o.counts && o.is_open());
        found.ok_or(Error::Rule("nothing-owed"))
    }

    /// Its place among all.
    pub(crate) fn counted_mut(&mut self) -> Result<&mut Obligation> {
        let found = self
            .obligations
            .iter_mut()
            .find(|o| o.counts && o.is_open());
        found.ok_or(Error::Rule("nothing-owed"))
    }

    /// Counts an obligation anew after what it rests on has changed.
    pub(crate) fn reckon(&mut self, id: i64) -> Result<()> {
        let law = self.law.clone();
        for o in self.obligations.iter_mut().filter(|o| o.id == id) {
            o.reckon(&law.calendar)
                .map_err(|_| Error::Rule("term-uncountable"))?;
        }
        Ok(())
    }

    /// Ends what is owed without meeting it: withdrawn, duplicate, invalid.
    pub(crate) fn end_obligations(&mut self) {
        self.end_where(|_| true);
    }

    /// The same for open obligations of some kind.
    pub(crate) fn end_where(&mut self, which: impl Fn(&Obligation) -> bool) {
        let now = self.now();
        for o in self
            .obligations
            .iter_mut()
            .filter(|o| o.is_open() && which(o))
        {
            o.ended_at = Some(now);
        }
    }

    /// What was asked for and not decided falls away with the obligation it was to lengthen, in the
    /// same step: nobody has to decide it, and it lapses on nobody. The event names the step.
    async fn settle_extensions(&mut self, by: EventKind) -> Result<()> {
        let closed = |id: i64| self.obligations.iter().all(|o| o.id != id || !o.is_open());
        let closed = self.stored.iter().filter(|o| o.is_open() && closed(o.id));
        let closed: Vec<i64> = closed.map(|o| o.id).collect();
        if closed.is_empty() {
            return Ok(());
        }
        let asked = self.step.extensions(self.letter.id).await?;
        let moot = asked
            .into_iter()
            .filter(|e| e.state == ExtensionState::Requested && closed.contains(&e.obligation_id));
        for extension in moot {
            let data = self.moot(extension, by).await?;
            self.add_event(NewEvent::new(EventKind::ExtensionMoot, None, data))
                .await?;
        }
        Ok(())
    }

    /// Saves that there is nothing left to decide of an extension, for a step; answers what the
    /// event keeps.
    pub(crate) async fn moot(
        &self,
        extension: Extension,
        by: EventKind,
    ) -> Result<serde_json::Value> {
        let data = json!({
            "extension": extension.id, "requested_by": extension.requested_by, "by": by.code(),
        });
        let (state, decided_at) = (ExtensionState::Moot, Some(self.now()));
        self.step
            .save_extension(Extension {
                state,
                decided_at,
                ..extension
            })
            .await?;
        Ok(data)
    }

    /// Saves everything and makes it durable.
    pub(crate) async fn finish(self, kind: EventKind, data: serde_json::Value) -> Result<Letter> {
        self.finish_with(NewEvent::new(kind, None, data)).await
    }

    /// The same with an event that carries words.
    pub(crate) async fn finish_with(self, event: NewEvent) -> Result<Letter> {
        let (step, saved) = self.save(event).await?;
        step.commit().await?;
        Ok(saved)
    }

    /// Saves everything within a step that others go on with.
    pub(crate) async fn record(self, event: NewEvent) -> Result<Step<'a>> {
        Ok(self.save(event).await?.0)
    }

    async fn save(mut self, mut event: NewEvent) -> Result<(Step<'a>, Letter)> {
        self.settle_extensions(event.kind).await?;
        event.actor_id = self.actor;
        let open = self.letter.status.is_open();
        let due = self.obligations.iter().find(|o| o.counts && o.is_open());
        self.letter.next_due_on = due.map(|o| o.due_on).filter(|_| open);
        self.letter.version = self.version + i64::from(!self.quiet);
        let after = facts(&self.letter, &self.obligations);
        if let serde_json::Value::Object(data) = &mut event.data {
            data.insert("after".into(), stands(&self.letter, &self.obligations));
        }
        let id = self.app.id();
        self.step
            .add_events(vec![(&mut self.letter, id, event)])
            .await?;
        let deltas = figures::delta(Some(&self.before), &after);
        let deltas = deltas.into_iter().map(|d| (self.app.id(), d)).collect();
        self.step.add_deltas(deltas).await?;
        self.step
            .save_obligations(&self.stored, self.obligations)
            .await?;
        let saved = self.letter.clone();
        if !self.step.save_letter(self.letter, self.version).await? {
            return Err(Error::Conflict {
                current: self.version + 1,
            });
        }
        Ok((self.step, saved))
    }
}

/// Where a letter stands after a step, as its event keeps it: any past day can be told from this.
pub(crate) fn stands(letter: &Letter, obligations: &[Obligation]) -> serde_json::Value {
    let counted = obligations.iter().find(|o| o.counts && o.round == 1);
    json!({
        "status": letter.status.code(),
        "unit": letter.unit_id,
        "handler": letter.handler_id,
        "class": letter.class.map(|c| c.code()),
        "topic": letter.topic,
        "place": letter.place,
        "sealed": letter.is_sealed(),
        "undelivered": letter.undelivered,
        "served": letter.notice_served,
        "due": counted.map(|o| o.due_on.to_string()),
        "round": letter.round,
        "reclassified": letter.reclassified,
    })
}

/// Where a letter is, as far as rights depend on it.
pub(crate) fn holding(letter: &Letter) -> Holding {
    Holding {
        unit_id: letter.unit_id,
        handler_id: letter.handler_id,
        sealed: letter.is_sealed(),
    }
}

/// What the figures need to know of a letter: its first round's counted obligation decides.
pub(crate) fn facts(letter: &Letter, obligations: &[Obligation]) -> Facts {
    let counted = obligations.iter().find(|o| o.counts && o.round == 1);
    let met = counted.and_then(|o| {
        let on = o.met_on?;
        let days = (on - letter.received_on).get_days();
        Some(Met {
            in_time: o.in_time.unwrap_or(false),
            workdays: o.met_workdays.unwrap_or_default(),
            days: u32::try_from(days).unwrap_or(0),
        })
    });
    Facts {
        dimensions: Dimensions {
            received_on: letter.received_on,
            channel_id: letter.channel_id,
            unit_id: letter.unit_id,
            class: letter.class,
            topic: letter.topic.clone(),
            place: letter.place.clone(),
            sealed: letter.is_sealed(),
        },
        // Figures are of the first round: a letter opened again stays what it was.
        status: if letter.round > 1 && letter.status.is_open() {
            Status::Answered
        } else {
            letter.status
        },
        due_on: counted.map_or(letter.received_on, |o| o.due_on),
        met,
        undelivered: letter.undelivered,
        reclassified: letter.reclassified > 0,
        reopened: letter.round > 1,
    }
}
