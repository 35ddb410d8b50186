//! Why a date: the same derivation on every page, in the API, and on the command line.

use jiff::civil::Date;

use crate::{
    app::App,
    domain::{
        calendar::Calendar,
        law::Law,
        obligation::ObligationKind,
        rules::{Certainty, Lengthening, Rule},
        term::DayStep,
        words::{ExtensionState, Source},
    },
    letters::{
        self,
        owe::{self, Owing},
    },
    store::{
        channels::Channel,
        obligations::Obligation,
        terms::{Extension, Pause},
    },
};

/// What changed the terms of a letter.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Extensions asked for and decided, oldest first.
    pub extensions: Vec<Extension>,
    /// Clocks that stood or began anew, oldest first.
    pub pauses: Vec<Pause>,
}

impl Terms {
    /// Those of a letter.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn of(app: &App, letter_id: i64) -> letters::Result<Self> {
        Ok(Self {
            extensions: app.store.extensions(letter_id).await?,
            pauses: app.store.pauses(letter_id).await?,
        })
    }
}

/// How far an obligation got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Neither met nor ended.
    Open,
    /// Met, in time or not.
    Met,
    /// Another one took its place.
    Superseded,
    /// Nothing is owed any more.
    Ended,
}

/// An obligation with everything its due date rests on.
#[derive(Debug, Clone)]
pub struct Explained {
    /// As it was recorded.
    pub obligation: Obligation,
    /// The last day in time; none while the clock stands.
    pub due_on: Option<Date>,
    /// How far it got.
    pub stand: Stand,
    /// How sure the source of its rule is; nobody asks that of a document.
    pub certainty: Option<Certainty>,
    /// How far its rule lets it be extended.
    pub lengthening: Option<Lengthening>,
    /// Its extensions, oldest first.
    pub extensions: Vec<Extension>,
    /// What stopped its clock or began it anew, oldest first.
    pub pauses: Vec<Pause>,
    /// Day by day; up to the day on which a standing clock stopped.
    pub days: Vec<DayStep>,
    /// By today's calendar the count would be another one. What was recorded stands, and no other
    /// days are shown for it.
    pub calendar_moved: bool,
}

impl Explained {
    /// What the writer is told of.
    #[must_use]
    pub fn is_public(&self) -> bool {
        is_public(&self.obligation)
    }

    /// Whether it can still be extended, as far as its rule and its past decide that.
    #[must_use]
    pub fn extendable(&self, today: Date) -> Option<&Lengthening> {
        let granted = |x: &&Extension| x.state == ExtensionState::Granted;
        let times = self.extensions.iter().filter(granted).count();
        let in_time = self.due_on.is_none_or(|due| today <= due);
        let l = self.lengthening.as_ref()?;
        let left = u32::try_from(times).unwrap_or(u32::MAX) < l.times;
        (self.stand == Stand::Open && in_time && left).then_some(l)
    }
}

/// Whether an obligation is owed to the writer: not one among offices, and no alarm or limit that
/// only stands beside what the writer was promised.
#[must_use]
pub fn is_public(o: &Obligation) -> bool {
    match o.kind {
        ObligationKind::Object | ObligationKind::Forward | ObligationKind::Opinion => false,
        ObligationKind::Answer => o.counts || o.superseded_by.is_some(),
        _ => true,
    }
}

/// The derivation behind an obligation: the same on every page, in the API, and for the public.
#[must_use]
pub fn explain(law: &Law, channel: Option<&Channel>, o: &Obligation, terms: &Terms) -> Explained {
    let rule = channel.and_then(|c| owe::rule_of(law, c, o));
    let (days, calendar_moved) = days(&law.calendar, o);
    let extensions = terms.extensions.iter().filter(|e| e.obligation_id == o.id);
    let pauses = terms.pauses.iter().filter(|p| p.obligation_id == o.id);
    Explained {
        due_on: o.due(),
        stand: match o {
            _ if o.met_at.is_some() => Stand::Met,
            _ if o.superseded_by.is_some() => Stand::Superseded,
            _ if o.ended_at.is_some() => Stand::Ended,
            _ => Stand::Open,
        },
        certainty: rule.as_ref().map(|r| r.certainty),
        lengthening: rule.and_then(|r| r.extension),
        extensions: extensions.cloned().collect(),
        pauses: pauses.cloned().collect(),
        days,
        calendar_moved,
        obligation: o.clone(),
    }
}

/// Every day from the start to the due day, and whether today's calendar counts otherwise.
fn days(calendar: &Calendar, o: &Obligation) -> (Vec<DayStep>, bool) {
    let Ok(derived) = o.reckoning().derive(calendar) else {
        return (Vec::new(), true);
    };
    if (derived.due_on, derived.nominal_on) != (o.due_on, o.nominal_on) {
        return (Vec::new(), true);
    }
    let counted_on = |d: &DayStep| o.standing_since.is_none_or(|since| d.date < since);
    let days = derived.days.into_iter().filter(counted_on);
    (days.collect(), false)
}

/// All that is and was owed on a letter: what counts in its latest round first, then the other
/// open ones, then what is over.
#[must_use]
pub fn explain_all(
    law: &Law,
    channel: Option<&Channel>,
    all: &[Obligation],
    terms: &Terms,
) -> Vec<Explained> {
    let mut out: Vec<Explained> = all
        .iter()
        .map(|o| explain(law, channel, o, terms))
        .collect();
    out.sort_by_key(|e| {
        let o = &e.obligation;
        (
            !o.counts,
            e.stand != Stand::Open,
            std::cmp::Reverse(o.round),
            o.due_on,
            o.id,
        )
    });
    out
}

/// The rule that would count on a letter written to a channel today. Nothing is counted: the
/// portal asks it of every channel at every visit.
#[must_use]
pub fn rule_today(app: &App, channel: &Channel) -> Option<Rule> {
    owe::counted_rule(&app.law(), written(channel, app.today()))
}

/// What would be owed on a letter written to a channel on a day, the one that counts first.
///
/// # Errors
/// See [`crate::letters::Error`].
pub fn if_written(app: &App, channel: &Channel, on: Date) -> letters::Result<Vec<Obligation>> {
    owe::from_receipt(app, &app.law(), written(channel, on))
}

/// A letter handed in by form.
fn written(channel: &Channel, on: Date) -> Owing<'_> {
    Owing {
        letter_id: 0,
        round: 1,
        class: channel.default_class,
        route: None,
        source: Source::Form,
        channel,
        received_on: on,
        from: on,
        accepted_on: None,
        reachable: true,
    }
}
