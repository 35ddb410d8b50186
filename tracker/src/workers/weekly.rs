//! 办理周报: how a leader's units stand, once a week.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use notifier::{
    Notification,
    staff::{Weekly, WeeklyRow},
};

use crate::{
    app::App,
    domain::{
        access::{self, Reach, Role, Viewer},
        supervision::monday,
        words::StaffMailKind,
    },
    letters::{
        Result, announce,
        staff::signed_in,
        staff_mail::{compose, reachable},
        supervise::Scene,
    },
    reading::{
        desk::soon_ends,
        statistics::{self, Question},
    },
    store::{figures::GroupBy, people::Person, weekly::Week},
};

/// Writes the week's mails that are not written yet, to leaders at work; answers how many.
///
/// # Errors
/// When the database refuses.
pub(super) async fn write(
    app: &App,
    scene: &Scene,
    at_work: impl Fn(&Person) -> bool,
) -> Result<usize> {
    let today = app.today();
    let start = monday(today);
    let leads = [Role::Leader, Role::UnitLeader];
    let once = |p: &Person| format!("weekly:{}:{start}", p.id);
    let wants =
        |p: &&Person| p.roles.iter().any(|r| leads.contains(r)) && reachable(app, p) && at_work(p);
    let mut leaders: Vec<&Person> = scene.people.iter().filter(wants).collect();
    let names: Vec<String> = leaders.iter().map(|p| once(p)).collect();
    let written = app.store.written(&names).await?;
    leaders.retain(|p| !written.contains(&once(p)));
    if leaders.is_empty() {
        return Ok(0);
    }
    let (from, to) = week_before(start);
    let mut weeks = app.store.weeks(today, soon_ends(app), (from, to)).await?;
    for (unit, n) in reclassified(app, scene, today).await? {
        weeks.entry(unit).or_default().reclassified = n;
    }
    let mut n = 0;
    for person in leaders {
        let notification = (from, to);
        n += usize::from(one(app, scene, person, &weeks, notification, once(person)).await?);
    }
    app.outbox_bell.notify_one();
    Ok(n)
}

async fn one(
    app: &App,
    scene: &Scene,
    person: &Person,
    weeks: &BTreeMap<i64, Week>,
    (from, to): (Date, Date),
    once: String,
) -> Result<bool> {
    let Some(signed_in) = signed_in(app, person.id).await? else {
        return Ok(false);
    };
    let scope = access::scope(&Viewer::Staff(signed_in.staff));
    let units = match &scope.unsealed {
        Reach::All => None,
        Reach::Units(units) => Some(units.clone()),
        Reach::None => Some(Vec::new()),
    };
    let theirs = |unit: &i64| units.as_ref().is_none_or(|u| u.contains(unit));
    let row = |(unit, week): (&i64, &Week)| WeeklyRow {
        unit: scene.unit(Some(*unit)).to_owned(),
        open: week.open,
        overdue: week.overdue,
        due_soon: week.due_soon,
        oldest: week.oldest,
        in_time: week.in_time,
        late: week.late,
        extensions: week.extensions,
        reclassified: week.reclassified,
    };
    let office = announce::office(app);
    let desk = app.link("/desk");
    let weekly = Notification::Weekly(Weekly {
        office: &office,
        name: &person.name,
        day: app.today(),
        from,
        to,
        desk_url: &desk,
        rows: weeks.iter().filter(|(u, _)| theirs(u)).map(row).collect(),
        sealed: app.store.open_sealed(&scope, units.as_deref()).await?,
    });
    let mail = compose(app, person, StaffMailKind::Weekly, once, &weekly)?;
    let step = app.store.begin(app.now()).await?;
    let written = step.add_staff_mail(mail).await?;
    step.commit().await?;
    Ok(written)
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
