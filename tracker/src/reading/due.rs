//! Why a date: the same derivation on every page, in the API, and on the command line.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    app::App,
    domain::{
        calendar::Calendar,
        term::{self, DayStep, Suspension, Term, TermError},
        words::Source,
    },
    letters::owe::{self, Owing},
    store::{channels::Channel, obligations::Obligation},
};

/// A due date with everything it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// The last day in time.
    pub due_on: Date,
    /// Before rolling.
    pub nominal_on: Date,
    /// Reaches into a year whose holidays are not announced.
    pub provisional: bool,
    /// Rule id, where a rule was asked for.
    pub rule: Option<String>,
    /// On what basis.
    pub basis: Option<String>,
    /// Day by day.
    pub days: Vec<DayStep>,
}

/// Counts a term by the built-in calendar.
///
/// # Errors
/// See [`TermError`].
pub fn count(
    term: Term,
    from: Date,
    suspensions: &[Suspension],
    extension: u32,
) -> Result<Due, TermError> {
    let d = term::derive(Calendar::built_in(), term, from, suspensions, extension)?;
    Ok(Due {
        due_on: d.due_on,
        nominal_on: d.nominal_on,
        provisional: d.provisional,
        rule: None,
        basis: None,
        days: d.days,
    })
}

/// What would be owed on a letter written to a channel today, the one that counts first.
///
/// # Errors
/// See [`crate::letters::Error`].
pub fn if_today(app: &App, channel: &Channel) -> crate::letters::Result<Vec<Obligation>> {
    let today = app.today();
    let what = Owing {
        letter_id: 0,
        round: 1,
        class: channel.default_class,
        route: None,
        source: Source::Form,
        channel,
        received_on: today,
        from: today,
        accepted_on: None,
        reachable: true,
    };
    owe::from_receipt(app, &app.law(), what)
}

/// The derivation behind an obligation.
///
/// # Errors
/// See [`TermError`].
pub fn explain(o: &Obligation, chinese: bool) -> Result<Due, TermError> {
    let mut due = count(o.term, o.start_on, &[], o.extension)?;
    due.rule = Some(format!("{} v{}", o.rule, o.rule_version));
    due.basis = Some(if chinese {
        o.basis_zh.clone()
    } else {
        o.basis_en.clone()
    });
    // What was recorded stands, even should the calendar have changed since.
    due.due_on = o.due_on;
    due.nominal_on = o.nominal_on;
    due.provisional = o.provisional;
    Ok(due)
}
