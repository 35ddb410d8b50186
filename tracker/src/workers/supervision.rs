//! What nobody has to remember: stages of supervision in each unit's working hours, then one digest
//! a person a day; urgent letters to the duty officer at any hour; extensions that nobody decided.
//! One process at a time: whoever has the lease. Should two believe they have it, a stage, a mail
//! and a telling are still written once: each is one step on a locked letter or under a unique name.

use std::{collections::BTreeSet, time::Duration};

use jiff::civil::DateTime;
use tokio_util::sync::CancellationToken;

use super::{pause, weekly};
use crate::{
    app::App,
    domain::{obligation::STANDING, supervision},
    letters::{
        Error, Result, digest, duty, extend, handed, post,
        supervise::{self, Scene},
    },
    store::{StoreError, people::Person, units},
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(10);
/// Before the first.
const SOON: Duration = Duration::from_secs(2);
/// How long a lease lasts without being renewed: each page renews it.
const LEASE: Duration = Duration::from_secs(25);
const NAME: &str = "supervision";
/// Obligations a page.
const PAGE: u64 = 200;
/// Obligations that one short transaction has looked at anew.
const SLICE: u64 = 1_000;
/// The state of the law by which all obligations were looked at, and how far that got.
const LAW: &str = "supervision-law";

/// Looks until stopped.
pub async fn run(app: App, stop: CancellationToken) {
    let mut wait = SOON;
    while pause(&stop, wait).await {
        wait = EVERY;
        if let Err(error) = once(&app).await {
            tracing::error!(%error, "supervision could not do its round; it is tried again");
        }
    }
}

/// One round; answers how many stages were recorded.
///
/// # Errors
/// When the database refuses. What was done until then stands.
pub async fn once(app: &App) -> Result<usize> {
    if !hold(app).await? {
        return Ok(0);
    }
    let scene = Scene::load(app).await?;
    duty_calls(app, &scene).await?;
    handed_over(app, &scene).await?;
    for letter in app.store.undecided_before(app.today(), PAGE).await? {
        attempt(letter, extend::lapse(app, letter).await)?;
    }
    let now = app.zone.to_datetime(app.now());
    // Nothing is recorded and nobody is told by night: what waits for the morning is not read again
    // every few seconds.
    if !scene.at_work(&app.current_law().await?.calendar, now) {
        return Ok(0);
    }
    follow_law(app).await?;
    let (stages, later) = stages(app, &scene, now).await?;
    unposted(app, &scene, now).await?;
    digests(app, &scene, now, &later).await?;
    Ok(stages)
}

/// Urgent letters: what it is time for is recorded, all of it, before anybody is called, so that a
/// call names all of it.
async fn duty_calls(app: &App, scene: &Scene) -> Result<()> {
    for page in duty::waiting(app).await?.chunks(PAGE as usize) {
        if !hold(app).await? {
            return Ok(());
        }
        for letter in page {
            attempt(*letter, duty::tell(app, scene, *letter).await)?;
        }
    }
    // Notices are looked through only while something waits for somebody.
    if app.store.untaken(app.now()).await?.is_empty() {
        return Ok(());
    }
    let uncalled = app.store.uncalled_people().await?;
    for person in scene.people.iter().filter(|p| uncalled.contains(&p.id)) {
        attempt(person.id, duty::call(app, scene, person).await)?;
    }
    Ok(())
}

/// Whoever a letter was assigned to hears of it at once.
async fn handed_over(app: &App, scene: &Scene) -> Result<()> {
    let waits = app.store.unhanded_people().await?;
    for person in scene.people.iter().filter(|p| waits.contains(&p.id)) {
        if hold(app).await? {
            attempt(person.id, handed::call(app, scene, person).await)?;
        }
    }
    Ok(())
}

async fn hold(app: &App) -> Result<bool> {
    Ok(app.store.hold(app.now(), NAME, &app.process, LEASE).await?)
}

/// A letter that cannot be worked holds up no other; a database that refuses ends the round.
fn attempt<T>(letter: i64, done: Result<T>) -> Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::Store(StoreError::Database(error))) => {
            Err(Error::Store(StoreError::Database(error)))
        }
        Err(error) => {
            tracing::error!(letter, %error, "a letter could not be supervised; the others go on");
            Ok(None)
        }
    }
}

/// After the law changed, every open obligation is looked at anew: stages are counted in workdays.
async fn follow_law(app: &App) -> Result<()> {
    let stamp = app.law().stamp;
    let done = app.store.setting(LAW).await?.unwrap_or_else(|| "0:".into());
    let (at, from) = done.split_once(':').unwrap_or((&done, ""));
    if at == stamp.to_string() && from.is_empty() {
        return Ok(());
    }
    let mut from = if at == stamp.to_string() {
        from.parse().unwrap_or(0)
    } else {
        0
    };
    while hold(app).await? {
        let step = app.store.begin(app.now()).await?;
        let last = step.look_at_all(from, SLICE).await?;
        let so_far = last.map(|id| id.to_string()).unwrap_or_default();
        step.set(LAW, format!("{stamp}:{so_far}")).await?;
        step.commit().await?;
        match last {
            Some(id) => from = id,
            None => break,
        }
    }
    Ok(())
}

/// Records what is reached in units that are at work; answers how much, and the units that come
/// to it later today.
async fn stages(app: &App, scene: &Scene, now: DateTime) -> Result<(usize, BTreeSet<Option<i64>>)> {
    let law = app.law();
    let today = now.date();
    let (mut n, mut later, mut after) = (0, BTreeSet::new(), None);
    loop {
        let (looks, next) = app.store.to_look_at(today, after.as_ref(), PAGE).await?;
        let ids: Vec<i64> = looks.iter().map(|l| l.obligation.id).collect();
        let recorded = app.store.supervised_of(&ids).await?;
        let (mut due, mut quiet) = (BTreeSet::new(), Vec::new());
        for look in looks {
            let hours = scene.hours(look.unit_id);
            if !look.open {
                quiet.push((look.obligation, STANDING));
                continue;
            }
            let channel = scene.channel(look.channel_id);
            let (fresh, next) = supervise::news(&law, channel, &look.obligation, &recorded, today);
            if fresh.is_empty() {
                quiet.push((look.obligation, next));
            } else if hours.at_work(&law.calendar, now) {
                due.insert(look.obligation.letter_id);
            } else if hours.begin() > now.time() {
                later.insert(look.unit_id);
            }
        }
        if !quiet.is_empty() {
            let step = app.store.begin(app.now()).await?;
            step.look_again(&quiet).await?;
            step.commit().await?;
        }
        for letter in due {
            n += attempt(letter, supervise::letter(app, scene, letter).await)?.unwrap_or(0);
        }
        match next {
            Some(cursor) if hold(app).await? => after = Some(cursor),
            _ => return Ok((n, later)),
        }
    }
}

/// Asks after what was issued and nobody posted, in the unit's hours.
async fn unposted(app: &App, scene: &Scene, now: DateTime) -> Result<()> {
    let law = app.law();
    for letter in app.store.to_ask_after(app.now(), PAGE).await? {
        let unit = app.store.unit_of_letter(letter).await?;
        if hold(app).await? && scene.hours(unit).at_work(&law.calendar, now) {
            attempt(letter, post::ask_after(app, scene, letter).await)?;
        }
    }
    Ok(())
}

/// Tells everybody who is at work and has something to hear: once the day's stages that concern
/// them are recorded.
async fn digests(
    app: &App,
    scene: &Scene,
    now: DateTime,
    later: &BTreeSet<Option<i64>>,
) -> Result<()> {
    let law = app.law();
    let at_work = |p: &Person| scene.hours(p.unit_id).at_work(&law.calendar, now);
    let untold = app.store.untold_people().await?;
    let waits = |p: &Person| {
        later.iter().any(|unit| {
            let hours = scene.hours(*unit);
            supervise::worth_waiting(scene.hours(p.unit_id), hours, now.time())
                && concerns(scene, p, *unit)
        })
    };
    let ready = |p: &Person| at_work(p) && !waits(p);
    let weeks = weekly::due(app, scene, ready).await?;
    let hears = |p: &&Person| ready(p) && (untold.contains(&p.id) || weeks.contains_key(&p.id));
    let people: Vec<&Person> = scene.people.iter().filter(hears).collect();
    let names = people.iter().flat_map(|p| {
        let week = weekly::once(p, supervision::monday(now.date()));
        [digest::once(p.id, now.date()), week]
    });
    let names: Vec<String> = names.collect();
    let written = app.store.written(&names).await?;
    let today = |name: &String| {
        let found = written.iter().find(|(written, _)| written == name);
        found.is_some_and(|(_, at)| app.day_of(*at) == now.date())
    };
    for (person, names) in people.into_iter().zip(names.chunks(2)) {
        // One mail a day: the week's has that day's digest in it.
        if !names.iter().any(today) {
            let week = weeks.get(&person.id);
            attempt(person.id, digest::write(app, scene, person, week).await)?;
        }
    }
    Ok(())
}

/// Whether somebody may have to hear of a unit's letters.
fn concerns(scene: &Scene, person: &Person, unit: Option<i64>) -> bool {
    use crate::domain::access::Role;
    let Some(unit) = unit else {
        return person.roles.contains(&Role::Registrar);
    };
    let up = units::above(&scene.units, unit);
    let posts = scene.units.iter().filter(|u| up.contains(&u.id));
    let holds = |u: &crate::store::units::Unit| {
        [u.leader_id, u.liaison_id, u.overseer_id].contains(&Some(person.id))
    };
    let below = person
        .unit_id
        .is_some_and(|own| units::above(&scene.units, own).contains(&unit));
    below || posts.into_iter().any(holds) || person.roles.contains(&Role::Leader)
}
