//! Open letters past due, most overdue first. Sealed ones are counted, never listed.

use serde::Serialize;

use crate::{
    app::App,
    domain::{access::Scope, obligation::ObligationKind, rules::Stage},
    letters::{Error, Result},
    store::{lists::Filter, units},
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
    let people = app.store.people().await?;
    let today = app.today();
    let filter = Filter {
        open: true,
        due_before: Some(today),
        units: of_units,
        ..Filter::default()
    };
    // The operator counts sealed letters: the machine's own scope, from which no word is shown.
    let scope = Scope::machine(channels.iter().map(|c| c.id).collect());
    let (mut letters, mut sealed, mut after) = (Vec::new(), 0, None);
    loop {
        let (page, next) = app.store.list(&scope, &filter, after.as_ref(), 500).await?;
        let ids: Vec<i64> = page
            .iter()
            .filter(|l| !l.is_sealed())
            .map(|l| l.id)
            .collect();
        let stages = app.store.stages_of(&ids).await?;
        for l in page {
            if l.is_sealed() {
                sealed += 1;
                continue;
            }
            let due = l.next_due_on.unwrap_or(today);
            let owed = stages.get(&l.id);
            let code = |id| {
                all_units
                    .iter()
                    .find(|u| u.id == id)
                    .map(|u| u.code.clone())
            };
            let login = |id| people.iter().find(|p| p.id == id).map(|p| p.login.clone());
            letters.push(Late {
                number: l.number.to_string(),
                channel: channels
                    .iter()
                    .find(|c| c.id == l.channel_id)
                    .map(|c| c.code.clone())
                    .unwrap_or_default(),
                unit: l.unit_id.and_then(code),
                handler: l.handler_id.and_then(login),
                obligation: owed.map_or(ObligationKind::Answer, |(o, _)| o.kind).code(),
                due_on: due.to_string(),
                workdays_late: app.law().calendar.workdays_between(due, today),
                stage: owed.and_then(|(_, stage)| stage.as_ref().map(Stage::code)),
            });
        }
        match next {
            Some(cursor) => after = Some(cursor),
            None => break,
        }
    }
    Ok(Overdue { letters, sealed })
}
