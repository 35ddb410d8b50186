//! What a letter owes, by the rules in force when it was received: the one obligation that counts,
//! and those beside it.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{Error, Result};
use crate::{
    app::App,
    domain::{
        law::Law,
        obligation::{ObligationKind, STANDING},
        rules::{Case, Rule, StageAt, Starts},
        supervision,
        term::{Term, Unit},
        words::{Class, Route, Source},
    },
    store::{channels::Channel, letters::Letter, obligations::Obligation},
};

/// A letter as far as what it owes depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owing<'a> {
    pub(crate) letter_id: i64,
    pub(crate) round: i32,
    pub(crate) class: Class,
    pub(crate) route: Option<Route>,
    pub(crate) source: Source,
    pub(crate) channel: &'a Channel,
    /// Which rules hold: the day of receipt.
    pub(crate) received_on: Date,
    /// Day 0 of what starts with receipt: the same, or the day of reopening.
    pub(crate) from: Date,
    /// 受理之日, once it is.
    pub(crate) accepted_on: Option<Date>,
    pub(crate) reachable: bool,
}

impl<'a> Owing<'a> {
    /// A letter as it stands; until its class is determined its channel's default holds.
    pub(crate) fn of(app: &App, letter: &Letter, channel: &'a Channel, reachable: bool) -> Self {
        Self {
            letter_id: letter.id,
            round: letter.round,
            class: letter.class.unwrap_or(channel.default_class),
            route: letter.route,
            source: letter.source,
            channel,
            received_on: letter.received_on,
            from: letter.received_on,
            accepted_on: letter.accepted_at.map(|at| app.day_of(at)),
            reachable,
        }
    }
}

/// What is owed from receipt on, the one that counts first.
///
/// # Errors
/// Where the packs hold no rule that counts, or a term cannot be counted.
pub(crate) fn from_receipt(app: &App, law: &Law, what: Owing<'_>) -> Result<Vec<Obligation>> {
    owed(app, law, what, |s| {
        matches!(s, Starts::Received | Starts::Confirmed | Starts::Accepted)
    })
}

/// What is owed from the day an answer was given: its publication.
///
/// # Errors
/// Where a term cannot be counted.
pub(crate) fn from_answer(app: &App, law: &Law, what: Owing<'_>) -> Result<Vec<Obligation>> {
    owed(app, law, what, |s| {
        matches!(s, Starts::Answered | Starts::Closed)
    })
}

fn owed(
    app: &App,
    law: &Law,
    what: Owing<'_>,
    starting: impl Fn(Starts) -> bool,
) -> Result<Vec<Obligation>> {
    let own = own_rule(what.channel);
    let starts = bound(law, what, own.as_ref()).filter(|r| starting(r.starts));
    starts.map(|rule| start(app, law, what, rule)).collect()
}

/// The rule that counts for a letter, without counting anything.
pub(crate) fn counted_rule(law: &Law, what: Owing<'_>) -> Option<Rule> {
    let own = own_rule(what.channel);
    bound(law, what, own.as_ref()).find(|r| r.counts).cloned()
}

/// The rules that bind a letter, the one that counts first.
fn bound<'r>(
    law: &'r Law,
    what: Owing<'_>,
    own: Option<&'r Rule>,
) -> impl Iterator<Item = &'r Rule> {
    let case = Case {
        class: what.class,
        route: what.route,
        channel: &what.channel.code,
        source: what.source,
        received_on: what.received_on,
        reachable: what.reachable,
    };
    let rules = law.rules.owed(&case);
    rules.into_iter().map(move |rule| match own {
        // Where the law sets no term, the department's own for this channel goes before the
        // pack's: both bind everything, and say so by naming nobody.
        Some(own) if rule.counts && rule.narrowness() == 0 => own,
        _ => rule,
    })
}

fn start(app: &App, law: &Law, what: Owing<'_>, rule: &Rule) -> Result<Obligation> {
    let uncountable = |_| Error::Rule("term-uncountable");
    let (start_on, start_assumed) =
        begins(rule, what.from, what.accepted_on).map_err(uncountable)?;
    let mut obligation = Obligation {
        id: app.id(),
        letter_id: what.letter_id,
        round: what.round,
        kind: rule.obligation,
        counts: rule.counts,
        rule: rule.id.clone(),
        rule_version: i32::try_from(rule.version).unwrap_or(i32::MAX),
        basis_zh: rule.basis_zh.clone(),
        basis_en: rule.basis_en.clone(),
        calendar_version: String::new(),
        zone: app.config.timezone.clone(),
        start_on,
        term: rule.term,
        extension: 0,
        nominal_on: start_on,
        due_on: start_on,
        provisional: false,
        met_at: None,
        met_on: None,
        in_time: None,
        ended_at: None,
        starts: rule.starts,
        start_assumed,
        rolls: rule.rolls,
        late_since: None,
        standing_since: None,
        superseded_by: None,
        met_workdays: None,
        look_on: None,
        suspensions: Vec::new(),
    };
    obligation
        .reckon(&law.calendar)
        .map_err(|_| Error::Rule("term-uncountable"))?;
    let due_on = obligation.due_on;
    obligation.look_on =
        supervision::next_look(&law.calendar, &rule.stages, due_on, Date::MIN).or(Some(STANDING));
    Ok(obligation)
}

/// Day 0 by a rule, and whether it is only assumed: what it awaits has not happened yet.
pub(crate) fn begins(
    rule: &Rule,
    from: Date,
    accepted_on: Option<Date>,
) -> std::result::Result<(Date, bool), jiff::Error> {
    let awaited = match rule.starts {
        Starts::Accepted => accepted_on,
        _ => Some(from),
    };
    match awaited {
        Some(on) => Ok((on, false)),
        None => Ok((latest_start(rule, from)?, true)),
    }
}

/// The last day on which a start may come: the plain days of the term after receipt, unrolled, so
/// that what is assumed is never later than what the law allows.
fn latest_start(rule: &Rule, received_on: Date) -> std::result::Result<Date, jiff::Error> {
    match rule.until_started {
        None => Ok(received_on),
        Some(Term { length, unit }) => received_on.checked_add(match unit {
            Unit::Month => i64::from(length).months(),
            _ => i64::from(length).days(),
        }),
    }
}

/// A channel's own term as a rule.
fn own_rule(channel: &Channel) -> Option<Rule> {
    let own = channel.own.as_ref()?;
    Some(Rule {
        id: channel.own_rule(),
        version: u32::try_from(channel.rule_version).unwrap_or(1),
        obligation: ObligationKind::Answer,
        ..Rule::own(own.term, &own.basis_zh, &own.basis_en)
    })
}

/// The rule an obligation came from: of the packs, or a channel's own.
pub(crate) fn rule_of(law: &Law, channel: &Channel, o: &Obligation) -> Option<Rule> {
    let version = u32::try_from(o.rule_version).unwrap_or_default();
    let found = law.rules.get(&o.rule, version).cloned();
    found.or_else(|| own_rule(channel).filter(|r| r.id == o.rule))
}

/// When an obligation is supervised: as its rule says; what a document set, and what came of a
/// rule that is gone, as usual.
pub(crate) fn stages_of(law: &Law, channel: Option<&Channel>, o: &Obligation) -> Vec<StageAt> {
    let rule = channel.and_then(|c| rule_of(law, c, o));
    rule.map_or_else(Rule::usual_stages, |rule| rule.stages)
}

/// The instant's day, for what is met.
pub(crate) fn meet(app: &App, law: &Law, received_on: Date, o: &mut Obligation, at: Timestamp) {
    let on = app.day_of(at);
    o.met_at = Some(at);
    o.met_on = Some(on);
    let due = o.due();
    o.in_time = Some(due.is_none_or(|due| crate::domain::obligation::in_time(on, due)));
    o.met_workdays = Some(law.calendar.workdays_between(received_on, on));
}
