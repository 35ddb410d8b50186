//! 分办即告: whoever gets a letter hears of it at once, and so does the unit's liaison or leader; of a
//! sealed one the handler alone. Two steps, so that twenty letters assigned one after the other are
//! one mail: [`tell`] leaves a notice in the step that assigns, [`call`] gathers what somebody was
//! not told yet, in the commit that marks it as told.

use jiff::ToSpan;
use notifier::{Notification, staff};
use serde_json::json;

use super::{
    Result, announce,
    change::Change,
    digest::word,
    staff_mail::{compose, reachable},
    supervise::{Scene, paper},
};
use crate::{
    app::App,
    domain::words::{StaffMailKind, Topic},
    store::{letters::Letter, notices::Notice, people::Person},
};

/// Minutes after a mail in which what is assigned meanwhile is gathered.
const GATHERED: i64 = 10;
/// Letters named in one mail; the others are in the next.
const NAMED: u64 = 200;

/// Leaves a notice for whoever is to hear that the letter is theirs now: the handler, and the
/// liaison or leader of the unit; never whoever assigns it.
pub(super) async fn tell(change: &Change<'_>, reason: &str) -> Result<()> {
    let (app, letter) = (change.app, &change.letter);
    let scene = Scene::load(app).await?;
    let parties = change.step.parties(letter.id).await?;
    let whole = paper(letter, parties, Vec::new());
    let mut told: Vec<i64> = letter.handler_id.into_iter().collect();
    if !letter.is_sealed() {
        told.extend(scene.house.desk_of(&whole));
    }
    told.retain(|p| Some(*p) != change.actor && !scene.house.accuses(&whole, *p));
    told.sort_unstable();
    told.dedup();
    for topic in [Topic::Assigned, Topic::HandedBack] {
        change.step.settle_notices(letter.id, topic).await?;
    }
    let data = json!({
        "by": change.actor, "unit": letter.unit_id, "handler": letter.handler_id,
        "reason": !reason.is_empty(),
    });
    let notice = |person: &i64| {
        let found = scene.people.iter().find(|p| p.id == *person);
        let mailed = found.is_some_and(|p| reachable(app, p));
        let topic = Topic::Assigned;
        let mut notice = Notice::new(
            app.id(),
            *person,
            Some(letter.id),
            topic,
            data.clone(),
            change.now(),
        );
        // Whom no mail reaches sees it on the desk alone.
        notice.told_at = (!mailed).then_some(change.now());
        notice
    };
    let notices = told.iter().map(notice).collect();
    Ok(change.step.add_staff_notices(notices).await?)
}

/// Tells somebody of all that came to them and that they were not told yet, in one mail; `false`
/// where there is nothing, or where they had one a moment ago.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub async fn call(app: &App, scene: &Scene, person: &Person) -> Result<bool> {
    let notices = app.store.unhanded(person.id, NAMED).await?;
    if notices.is_empty() {
        return Ok(false);
    }
    let last = app.store.last_of(person.id, StaffMailKind::Handed).await?;
    if last.is_some_and(|at| at + GATHERED.minutes() > app.now()) {
        return Ok(false);
    }
    let ids: Vec<i64> = notices.iter().filter_map(|n| n.letter_id).collect();
    let letters = app.store.open_of(&ids).await?;
    let mut handed = Vec::with_capacity(notices.len());
    for notice in &notices {
        let letter = letters.iter().find(|l| Some(l.id) == notice.letter_id);
        if let Some(letter) = letter {
            handed.push(named(app, scene, person, letter, notice));
        }
    }
    let now = app.now();
    let mail = if handed.is_empty() || !reachable(app, person) {
        None
    } else {
        let once = format!("handed:{}:{}", person.id, now.as_microsecond());
        let (office, desk) = (announce::office(app), app.link("/desk"));
        let words = Notification::Handed(staff::Handed {
            office: &office,
            name: &person.name,
            letters: handed,
            desk_url: &desk,
        });
        Some(compose(app, person, StaffMailKind::Handed, once, &words)?)
    };
    let called = mail.is_some();
    let told: Vec<i64> = notices.iter().map(|n| n.id).collect();
    let step = app.store.begin(now).await?;
    // Somebody else told them a part of it meanwhile: the next round starts anew.
    if step.mark_told(&told).await? != told.len() as u64 {
        return Ok(false);
    }
    if let Some(mail) = mail
        && !step.add_staff_mail(mail).await?
    {
        return Ok(false);
    }
    step.commit().await?;
    app.outbox_bell.notify_one();
    Ok(called)
}

/// A letter as such a mail names it: of a sealed one the number alone.
fn named(
    app: &App,
    scene: &Scene,
    person: &Person,
    letter: &Letter,
    notice: &Notice,
) -> staff::Came {
    let number = letter.number.to_string();
    let how = match (notice.topic, letter.handler_id == Some(person.id)) {
        (Topic::HandedBack, _) => "handed-back",
        (_, true) => "assigned-to-you",
        (_, false) => "assigned-to-unit",
    };
    let mut came = staff::Came {
        url: app.link(&format!("/desk/letters/{number}")),
        number,
        how: word(person.language, "topic", how),
        due_on: letter.due(),
        ..staff::Came::default()
    };
    if !letter.is_sealed() {
        came.subject.clone_from(&letter.subject);
        scene.unit(letter.unit_id).clone_into(&mut came.unit);
        if let Some(handler) = letter.handler_id {
            scene.name(handler).clone_into(&mut came.handler);
        }
    }
    came
}
