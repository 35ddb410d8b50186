//! 紧急件报值班员: at once and at any hour, every hour again until somebody took the letter on; from
//! the second time on the unit's leader and the registrars hear of it too.
//!
//! Two steps, so that a flood is one call: [`tell`] records on the letter that it is time and whom it
//! concerns, with a notice for each of them in the same commit; [`call`] gathers what somebody has
//! not been called for yet into one mail, in the commit that marks those notices as told. A crash
//! between the two leaves the notices, and the next round calls.

use jiff::{Timestamp, ToSpan};
use notifier::{Notification, staff};
use serde_json::json;

use super::{
    Result, announce,
    change::Change,
    fail_point,
    staff_mail::{compose, reachable},
    supervise::{Scene, paper, paper_of},
};
use crate::{
    app::App,
    domain::{
        access::Role,
        event::EventKind,
        supervision::Paper,
        text, urgent,
        words::{Language, StaffMailKind, Topic, UrgentBy},
    },
    store::{
        arrivals::ArrivalRecord,
        letters::{Letter, Urgent},
        notices::Notice,
        people::Person,
    },
};

/// Minutes after which a letter that nobody took on is told again.
const AGAIN: i64 = 60;
/// One that was told as many minutes ago joins the others when it is time for them, so that all of
/// them soon come in one reminder an hour.
const JOINS: i64 = 30;
/// Minutes after a call in which nobody is called once more while what it named waits: what becomes
/// urgent meanwhile is one call at their end.
const GATHERED: i64 = 10;
/// Letters named in one call; the others are in the next.
const NAMED: u64 = 1_000;

/// What came in longer ago is no danger that a night officer can meet: old mail that is taken in
/// late does not wake anybody.
const FRESH_DAYS: i64 = 7;

/// What makes a message urgent, and the word where it is one.
pub(crate) fn why(app: &App, line: &ArrivalRecord, words: [&str; 2]) -> Option<(UrgentBy, String)> {
    let old = (app.now() - line.received_at).as_hours() >= FRESH_DAYS * 24;
    if old {
        return None;
    }
    let ways = &app.config.urgent.sources;
    if ways
        .iter()
        .any(|w| w == line.source.code() || *w == line.source_name)
    {
        return Some((UrgentBy::Source, String::new()));
    }
    let added = &app.config.urgent.words;
    let found = words.iter().find_map(|text| urgent::found(text, added));
    found.map(|word| (UrgentBy::Word, text::cut(&word, text::SHORT)))
}

/// The letters that it is time to tell of: those never told, and all that wait once one has waited
/// for an hour.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(app: &App) -> Result<Vec<i64>> {
    let before = |minutes: i64| app.now() - minutes.minutes();
    let mut found = app.store.untaken(before(AGAIN)).await?;
    if found.iter().any(|(_, told)| *told) {
        found = app.store.untaken(before(JOINS)).await?;
    }
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

/// Records on a letter that nobody took on that it is time to tell whoever is on duty, and leaves
/// each of them a notice; `false` where it is not time. [`call`] sends the mail.
///
/// # Errors
/// When the database refuses; then nobody was told.
pub async fn tell(app: &App, scene: &Scene, letter_id: i64) -> Result<bool> {
    let mut change = Change::quietly(app, letter_id).await?;
    let now = change.now();
    let Some(times) = due(&change.letter, now) else {
        return Ok(false);
    };
    let paper = paper_of(app, &change).await?;
    let told = whom(scene, &paper, times);
    let hears = scene.people.iter().filter(|p| told.contains(&p.id));
    let notice = |person: &Person| Notice {
        id: app.id(),
        person_id: person.id,
        letter_id: Some(letter_id),
        topic: Topic::Urgent,
        data: json!({ "times": times }),
        at: now,
        // Whom no mail reaches sees it on the desk alone.
        told_at: (!reachable(app, person)).then_some(now),
        seen_at: None,
    };
    let notices = hears.map(notice).collect();
    change.step.add_staff_notices(notices).await?;
    if let Some(urgent) = &mut change.letter.urgent {
        urgent.told = times;
        urgent.told_at = Some(now);
    }
    fail_point("before-duty");
    let data = json!({ "times": times, "told": told });
    change.finish(EventKind::DutyTold, data).await?;
    fail_point("after-duty");
    Ok(true)
}

/// Calls somebody for all that they were not called for yet, in one mail; `false` where there is
/// nothing, or where what they were called for last waits and it was not long ago. Letters that were
/// taken on, closed or kept from them meanwhile are left out.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub async fn call(app: &App, scene: &Scene, person: &Person) -> Result<bool> {
    let notices = app.store.uncalled(person.id, NAMED).await?;
    if notices.is_empty() || gathers(app, person.id).await? {
        return Ok(false);
    }
    let ids: Vec<i64> = notices.iter().map(|n| n.id).collect();
    let letters = still_theirs(app, scene, person, &notices).await?;
    let now = app.now();
    let mail = if letters.is_empty() || !reachable(app, person) {
        None
    } else {
        let once = format!("urgent:{}:{}", person.id, now.as_microsecond());
        let (office, desk) = (announce::office(app), app.desk_link("/desk?view=urgent"));
        let words = Notification::Urgent(staff::Urgent {
            office: &office,
            name: &person.name,
            letters: letters
                .iter()
                .map(|l| named(app, scene, person, l))
                .collect(),
            desk_url: &desk,
        });
        Some(compose(app, person, StaffMailKind::Urgent, once, &words)?)
    };
    let called = mail.is_some();
    let step = app.store.begin(now).await?;
    // Somebody else called them for a part of it meanwhile: the next round starts anew.
    if step.mark_told(&ids).await? != ids.len() as u64 {
        return Ok(false);
    }
    if let Some(mail) = mail
        && !step.add_staff_mail(mail).await?
    {
        return Ok(false);
    }
    fail_point("before-call");
    step.commit().await?;
    fail_point("after-call");
    app.outbox_bell.notify_one();
    Ok(called)
}

/// Whether what somebody was called for last still waits, and it is not long ago.
async fn gathers(app: &App, person: i64) -> Result<bool> {
    let Some((at, letters)) = app.store.called_last(person).await? else {
        return Ok(false);
    };
    if at + GATHERED.minutes() <= app.now() {
        return Ok(false);
    }
    Ok(!app.store.untaken_of(&letters).await?.is_empty())
}

/// The letters of some notices that nobody took on and that somebody is still to hear of.
async fn still_theirs(
    app: &App,
    scene: &Scene,
    person: &Person,
    notices: &[Notice],
) -> Result<Vec<Letter>> {
    let ids: Vec<i64> = notices.iter().filter_map(|n| n.letter_id).collect();
    let letters = app.store.untaken_of(&ids).await?;
    let ids: Vec<i64> = letters.iter().map(|l| l.id).collect();
    let mut parties = app.store.parties_of_all(&ids).await?;
    let mut theirs = Vec::with_capacity(letters.len());
    for letter in letters {
        let readers = if letter.is_sealed() {
            app.store.readers(letter.id).await?
        } else {
            Vec::new()
        };
        let accused = parties.remove(&letter.id).unwrap_or_default();
        let times = letter.urgent.as_ref().map_or(1, |u| u.told);
        if whom(scene, &paper(&letter, accused, readers), times).contains(&person.id) {
            theirs.push(letter);
        }
    }
    Ok(theirs)
}

/// A letter as a call names it: of a sealed one the number alone.
fn named(app: &App, scene: &Scene, person: &Person, letter: &Letter) -> staff::Called {
    let number = letter.number.to_string();
    let times = letter.urgent.as_ref().map_or(1, |u| u.told);
    if letter.is_sealed() {
        return staff::Called {
            number,
            times,
            url: app.desk_link("/desk"),
            ..staff::Called::default()
        };
    }
    let received = app.zone.to_datetime(letter.received_at);
    let channel = scene.channel(letter.channel_id);
    let channel = channel.map(|c| match person.language {
        Language::Chinese => c.name_zh.clone(),
        Language::English => c.name_en.clone(),
    });
    staff::Called {
        url: app.desk_link(&format!("/desk/letters/{number}")),
        number,
        channel: channel.unwrap_or_default(),
        subject: letter.subject.clone(),
        received: received.strftime("%Y-%m-%d %H:%M").to_string(),
        times,
    }
}

/// The how-manieth time it would be now, where it is time.
fn due(letter: &Letter, now: Timestamp) -> Option<i32> {
    let urgent: &Urgent = letter.urgent.as_ref()?;
    let waits = urgent.told_at.is_some_and(|at| at + JOINS.minutes() > now);
    (letter.status.is_open() && urgent.taken_at.is_none() && !waits).then_some(urgent.told + 1)
}

/// Who hears: the duty officers; where there are none, and from the second time on, also the
/// unit's leader and the registrars; of a sealed letter at once those who may read it.
fn whom(scene: &Scene, paper: &Paper, times: i32) -> Vec<i64> {
    let house = &scene.house;
    let mut told = house.with_role(paper, Role::Duty);
    if paper.sealed.is_some() {
        let reads = scene.people.iter().map(|p| p.id);
        let reads = reads.filter(|p| house.reads(paper, *p) && !house.accuses(paper, *p));
        told.extend(reads);
    } else if told.is_empty() || times > 1 {
        told.extend(house.leader(paper));
        told.extend(house.registrars(paper));
    }
    told.sort_unstable();
    told.dedup();
    told
}
