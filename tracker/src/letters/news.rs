//! What members of staff hear at once, in their hours of work: one mail for all that has gathered,
//! and then none for a while. Whom no mail reaches sees it on the desk; what no mail told yet stands
//! in the next digest.

use jiff::ToSpan;
use notifier::{Notification, staff::Digest};

use super::{
    Result, announce, digest,
    session::signed_in,
    staff_mail::{compose, reachable},
    supervise::Scene,
};
use crate::{
    app::App,
    domain::words::{StaffMailKind, Topic},
    store::people::Person,
};

/// Minutes after they were told, in such a mail or a digest, in which nobody gets another: what comes
/// meanwhile is one mail then.
const GATHERED: i64 = 10;

/// Tells somebody what they are to hear at once; `false` where there is nothing, where they got such a
/// mail a moment ago, or where somebody else is telling them.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub async fn write(app: &App, scene: &Scene, person: &Person) -> Result<bool> {
    let now = app.now();
    let last = app.store.told_last(person.id, Topic::AT_ONCE);
    if !reachable(app, person) || last.await?.is_some_and(|at| at + GATHERED.minutes() > now) {
        return Ok(false);
    }
    let mut notices = app.store.untold(person.id).await?;
    notices.retain(|n| Topic::AT_ONCE.contains(&n.topic));
    let Some(signed_in) = signed_in(app, person.id)
        .await?
        .filter(|_| !notices.is_empty())
    else {
        return Ok(false);
    };
    let staff = &signed_in.staff;
    let sections = digest::sections(app, scene, staff, person.language, &notices).await?;
    // What needs nobody any more is told to nobody.
    let mail = if sections.is_empty() {
        None
    } else {
        let (office, desk) = (announce::office(app), app.desk_link("/desk"));
        let words = Notification::Digest(Digest {
            office: &office,
            name: &person.name,
            day: app.day_of(now),
            desk_url: &desk,
            sections,
            at_once: true,
        });
        let once = format!("news:{}:{}", person.id, now.as_microsecond());
        Some(compose(app, person, StaffMailKind::News, once, &words)?)
    };
    let ids: Vec<i64> = notices.iter().map(|n| n.id).collect();
    let written = mail.is_some();
    let step = app.store.begin(now).await?;
    if step.mark_told(&ids).await? != ids.len() as u64 {
        return Ok(false);
    }
    if let Some(mail) = mail
        && !step.add_staff_mail(mail).await?
    {
        return Ok(false);
    }
    step.commit().await?;
    app.outbox_bell.notify_one();
    Ok(written)
}
