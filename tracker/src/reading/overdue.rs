//! Open letters past due, most overdue first. Sealed ones are counted, never listed.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    app::App,
    domain::rules::Stage,
    letters::{Error, Result},
    store::units,
};

/// A letter past due.
#[derive(Debug, Clone, Serialize)]
pub struct Late {
    /// Its number.
    pub number: String,
    /// Channel code.
    pub channel: String,
    /// Unit code.
    pub unit: Option<String>,
    /// Handler's login.
    pub handler: Option<String>,
    /// What is owed.
    pub obligation: &'static str,
    /// Since when it is late: the last day in time.
    pub due_on: String,
    /// Workdays past due.
    pub workdays_late: u32,
    /// The stage of supervision reached.
    pub stage: Option<&'static str>,
}

/// The list, and how many sealed letters are overdue beside it.
#[derive(Debug, Clone, Serialize)]
pub struct Overdue {
    /// Most overdue first.
    pub letters: Vec<Late>,
    /// Sealed ones.
    pub sealed: usize,
}

/// What is overdue today, of a unit and those below it or of all.
///
/// # Errors
/// A unit that is unknown, or the database.
pub async fn overdue(app: &App, unit: Option<&str>) -> Result<Overdue> {
    let all_units = app.store.units().await?;
    let of_units = match unit {
        None => None,
        Some(code) => {
            let found = all_units
                .iter()
                .find(|u| u.code == code)
                .ok_or(Error::Rule("no-such-unit"))?;
            Some(units::below(&all_units, found.id))
        }
    };
    let channels = app.store.channels().await?;
    let channels: HashMap<i64, String> = channels.into_iter().map(|c| (c.id, c.code)).collect();
    let people = app.store.people().await?;
    let logins: HashMap<i64, String> = people.into_iter().map(|p| (p.id, p.login)).collect();
    let units: HashMap<i64, String> = all_units.into_iter().map(|u| (u.id, u.code)).collect();
    let (today, law) = (app.today(), app.law());
    let mut workdays: HashMap<Date, u32> = HashMap::new();
    let (mut letters, mut sealed) = (Vec::new(), 0);
    for l in app.store.overdue(today, of_units).await? {
        if l.sealed {
            sealed += 1;
            continue;
        }
        let late = workdays.entry(l.due_on);
        let late = late.or_insert_with(|| law.calendar.workdays_between(l.due_on, today));
        letters.push(Late {
            number: l.number,
            channel: channels.get(&l.channel_id).cloned().unwrap_or_default(),
            unit: l.unit_id.and_then(|id| units.get(&id).cloned()),
            handler: l.handler_id.and_then(|id| logins.get(&id).cloned()),
            obligation: l.kind.code(),
            due_on: l.due_on.to_string(),
            workdays_late: *late,
            stage: l.stage.as_ref().map(Stage::code),
        });
    }
    Ok(Overdue { letters, sealed })
}
