//! What every step on an existing letter shares: loading it within the actor's scope, checking
//! right, status and version, and saving everything that follows in one transaction.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde_json::json;

use super::{Error, Result, owe, progress};
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
    /// Where the letter stood.
    was: Status,
    /// The day that its writer may know of: the counted one, once a person determined the class.
    told_due: Option<Date>,
    /// The step tells the writer itself by when.
    tells_date: bool,
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
        let told_due = promised(&letter, &obligations);
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
            told_due,
            tells_date: false,
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

    /// Where the letter stood before this step.
    pub(crate) fn was(&self) -> Status {
        self.was
    }

    /// The step tells the writer by when itself: nothing is told of that once more.
    pub(crate) fn tells_date(&mut self) {
        self.tells_date = true;
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
    pub(crate) async fn finish_with(mut self, mut event: NewEvent) -> Result<Letter> {
        self.settle_extensions(event.kind).await?;
        let told = self.tell_moved(event.kind).await?;
        event.actor_id = self.actor;
        let open = self.letter.status.is_open();
        let due = self.obligations.iter().find(|o| o.counts && o.is_open());
        self.letter.next_due_on = due.map(|o| o.due_on).filter(|_| open);
        self.letter.version = self.version + i64::from(!self.quiet);
        let after = facts(&self.letter, &self.obligations);
        if let serde_json::Value::Object(data) = &mut event.data {
            data.insert("after".into(), stands(&self.letter, &self.obligations));
            data.extend(self.undone());
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
        let app = self.app;
        self.step.commit().await?;
        if told {
            app.outbox_bell.notify_one();
        }
        Ok(saved)
    }

    /// Whoever knew of a day is told of the one that stands in its place, whatever moved it.
    async fn tell_moved(&mut self, by: EventKind) -> Result<bool> {
        let now = promised(&self.letter, &self.obligations);
        let (Some(from), Some(to)) = (self.told_due, now) else {
            return Ok(false);
        };
        if from == to || self.tells_date || !self.letter.status.is_open() {
            return Ok(false);
        }
        progress::moved(self, by, from, to).await?;
        Ok(true)
    }

    /// What the event keeps of obligations that this step closed, and of how those were met that it
    /// opened again: the past is told from it, and an end undone by it.
    fn undone(&self) -> Vec<(String, serde_json::Value)> {
        let pairs = || {
            let now = |o: &Obligation| self.obligations.iter().find(|n| n.id == o.id);
            self.stored.iter().filter_map(move |o| Some((o, now(o)?)))
        };
        let closed: Vec<i64> = pairs()
            .filter(|(was, now)| was.is_open() && !now.is_open())
            .map(|(was, _)| was.id)
            .collect();
        let met = |o: &Obligation| (o.met_at, o.in_time, o.met_workdays);
        let was_met: Vec<_> = pairs()
            .filter(|(was, now)| was.met_at.is_some() && met(was) != met(now))
            .map(|(was, _)| json!({ "obligation": was.id, "met": met_as(was) }))
            .collect();
        let mut out = Vec::new();
        if !closed.is_empty() {
            out.push(("closed".to_owned(), json!(closed)));
        }
        if !was_met.is_empty() {
            out.push(("was_met".to_owned(), json!(was_met)));
        }
        out
    }
}

/// The day that a writer may know of: that of the open obligation which counts, once a person
/// determined the class.
fn promised(letter: &Letter, obligations: &[Obligation]) -> Option<Date> {
    letter.class?;
    let counted = |o: &&Obligation| o.counts && o.round == letter.round && o.is_open();
    obligations.iter().find(counted).and_then(Obligation::due)
}

/// How an obligation was met, as an event keeps it.
fn met_as(o: &Obligation) -> serde_json::Value {
    match o.met_at {
        None => serde_json::Value::Null,
        Some(at) => json!({
            "at": at.as_microsecond(), "on": o.met_on.map(|d| d.to_string()),
            "in_time": o.in_time, "workdays": o.met_workdays,
        }),
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
        "received_on": letter.received_on.to_string(),
        "channel": letter.channel_id,
        "due": counted.map(|o| o.due_on.to_string()),
        "met": counted.map(met_as),
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
