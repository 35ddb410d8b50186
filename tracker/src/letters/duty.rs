//! 紧急件报值班员: at once and at any hour, every hour again until somebody took the letter on; from
//! the second time on the unit's leader and the registrars hear of it too.

use jiff::ToSpan;
use notifier::{Notification, staff};
use serde_json::json;

use super::{
    Result, announce,
    change::Change,
    fail_point,
    staff_mail::{compose, reachable},
    supervise::{Scene, paper_of},
};
use crate::{
    app::App,
    domain::{
        access::Role,
        event::EventKind,
        supervision::Paper,
        text, urgent,
        words::{StaffMailKind, Topic, UrgentBy},
    },
    store::{
        arrivals::ArrivalRecord,
        letters::{Letter, Urgent},
        notices::Notice,
    },
};

/// How long nobody is told again.
const AGAIN: i64 = 60;

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

/// Tells whoever is on duty of a letter that nobody took on; `false` where it is not time.
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
    let (number, sealed) = (change.letter.number.to_string(), change.letter.is_sealed());
    let office = announce::office(app);
    let path = if sealed {
        "/desk".to_owned()
    } else {
        format!("/desk/letters/{number}")
    };
    let url = app.link(&path);
    let received = app
        .zone
        .to_datetime(change.letter.received_at)
        .strftime("%Y-%m-%d %H:%M");
    let received = received.to_string();
    let mut notices = Vec::new();
    for person in scene.people.iter().filter(|p| told.contains(&p.id)) {
        if reachable(app, person) {
            let call = Notification::Urgent(staff::Urgent {
                office: &office,
                number: &number,
                subject: if sealed { "" } else { &change.letter.subject },
                received: if sealed { "" } else { &received },
                name: &person.name,
                times,
                url: &url,
            });
            let once = format!("urgent:{letter_id}:{times}:{}", person.id);
            let mail = compose(app, person, StaffMailKind::Urgent, once, &call)?;
            change.step.add_staff_mail(mail).await?;
        }
        notices.push(Notice {
            id: app.id(),
            person_id: person.id,
            letter_id: Some(letter_id),
            topic: Topic::Urgent,
            data: json!({ "times": times }),
            at: now,
            // In no digest: the mail above is all of it.
            told_at: Some(now),
            seen_at: None,
        });
    }
    change.step.add_staff_notices(notices).await?;
    if let Some(urgent) = &mut change.letter.urgent {
        urgent.told = times;
        urgent.told_at = Some(now);
    }
    fail_point("before-duty");
    let data = json!({ "times": times, "told": told });
    change.finish(EventKind::DutyTold, data).await?;
    fail_point("after-duty");
    app.outbox_bell.notify_one();
    Ok(true)
}

/// The how-manieth time it would be now, where it is time.
fn due(letter: &Letter, now: jiff::Timestamp) -> Option<i32> {
    let urgent: &Urgent = letter.urgent.as_ref()?;
    let waits = urgent.told_at.is_some_and(|at| at + AGAIN.minutes() > now);
    (letter.status.is_open() && urgent.taken_at.is_none() && !waits).then_some(urgent.told + 1)
}

/// The instant before which a letter must have been told last to be told again.
pub(crate) fn told_before(app: &App) -> jiff::Timestamp {
    app.now() - AGAIN.minutes()
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
