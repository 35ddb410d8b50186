//! 办理周报: how a leader's units stand, once a week.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use notifier::staff::WeeklyRow;

use crate::{
    app::App,
    domain::{
        access::{self, Reach, Role, Viewer},
        supervision::monday,
    },
    letters::{
        Result, digest::Summary, session::signed_in, staff_mail::reachable, supervise::Scene,
    },
    reading::{
        desk::soon_ends,
        statistics::{self, Question},
    },
    store::{figures::GroupBy, people::Person, weekly::Week},
};

/// What the mail of a week is called.
pub(super) fn once(person: &Person, start: Date) -> String {
    format!("weekly:{}:{start}", person.id)
}

/// How the units of leaders stand who are at work and have not had the week's mail, by person.
pub(super) async fn due(
    app: &App,
    scene: &Scene,
    at_work: impl Fn(&Person) -> bool,
) -> Result<BTreeMap<i64, Summary>> {
    let today = app.today();
    let start = monday(today);
    let leads = [Role::Leader, Role::UnitLeader];
    let wants =
        |p: &&Person| p.roles.iter().any(|r| leads.contains(r)) && reachable(app, p) && at_work(p);
    let mut leaders: Vec<&Person> = scene.people.iter().filter(wants).collect();
    let names: Vec<String> = leaders.iter().map(|p| once(p, start)).collect();
    let written = app.store.written(&names).await?;
    leaders.retain(|p| written.iter().all(|(name, _)| *name != once(p, start)));
    let mut out = BTreeMap::new();
    if leaders.is_empty() {
        return Ok(out);
    }
    let (from, to) = week_before(start);
    let mut weeks = app.store.weeks(today, soon_ends(app), (from, to)).await?;
    for (unit, n) in reclassified(app, scene, today).await? {
        weeks.entry(unit).or_default().reclassified = n;
    }
    for person in leaders {
        let Some(signed_in) = signed_in(app, person.id).await? else {
            continue;
        };
        let scope = access::scope(&Viewer::Staff(signed_in.staff));
        let units = match &scope.unsealed {
            Reach::All => None,
            Reach::Units(units) => Some(units.clone()),
            Reach::None => Some(Vec::new()),
        };
        let theirs = |unit: &i64| units.as_ref().is_none_or(|u| u.contains(unit));
        let rows = weeks.iter().filter(|(u, _)| theirs(u));
        let summary = Summary {
            once: once(person, start),
            from,
            to,
            rows: rows.map(|(unit, week)| row(scene, *unit, week)).collect(),
            sealed: app.store.open_sealed(&scope, units.as_deref()).await?,
        };
        out.insert(person.id, summary);
    }
    Ok(out)
}

fn row(scene: &Scene, unit: i64, week: &Week) -> WeeklyRow {
    WeeklyRow {
        unit: scene.unit(Some(unit)).to_owned(),
        open: week.open,
        overdue: week.overdue,
        due_soon: week.due_soon,
        oldest: week.oldest,
        in_time: week.in_time,
        late: week.late,
        extensions: week.extensions,
        reclassified: week.reclassified,
    }
}

fn week_before(start: Date) -> (Date, Date) {
    let back = |days: i64| start.checked_sub(days.days()).unwrap_or(start);
    (back(7), back(1))
}

/// Letters of this year whose class was determined anew, by unit: a public figure.
async fn reclassified(app: &App, scene: &Scene, today: Date) -> Result<Vec<(i64, i64)>> {
    let question = Question {
        from: Some(Date::constant(today.year(), 1, 1)),
        to: None,
        by: GroupBy::Unit,
    };
    let rows = statistics::table(app, question).await?.rows;
    let id = |code: &str| match scene.units.iter().find(|u| u.code == code) {
        Some(unit) => Some(unit.id),
        None => (code == statistics::NONE).then_some(0),
    };
    let some = rows.iter().filter(|r| r.figures.reclassified > 0);
    Ok(some
        .filter_map(|r| Some((id(&r.key)?, r.figures.reclassified)))
        .collect())
}
