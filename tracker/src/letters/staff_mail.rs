//! Finished words for members of staff, under a name by which they are written once.

use notifier::Notification;

use super::{Result, announce};
use crate::{
    app::App,
    domain::words::{OutboxState, StaffMailKind},
    store::{outbox::Outcome, people::Person, staff_mail::StaffMail},
};

/// Whether mail can reach somebody at all.
pub(crate) fn reachable(app: &App, person: &Person) -> bool {
    app.config.smtp.is_some() && !person.email.is_empty()
}

/// A mail to a person in their language.
pub(crate) fn compose(
    app: &App,
    person: &Person,
    kind: StaffMailKind,
    once: String,
    notification: &Notification<'_>,
) -> Result<StaffMail> {
    let words = notifier::render(notification, announce::language(person.language))?;
    let now = app.now();
    Ok(StaffMail {
        id: app.id(),
        once,
        person_id: person.id,
        kind,
        language: person.language,
        address: person.email.clone(),
        subject: words.subject,
        text: words.text,
        html: words.html,
        mail_id: announce::mail_id(app),
        state: OutboxState::Queued,
        attempts: 0,
        due_at: now,
        fence: 0,
        last_error: None,
        created_at: now,
        settled_at: None,
    })
}

/// Records what became of a claimed mail. Nothing follows from it: what it says stands on the desk.
///
/// # Errors
/// When the database refuses.
pub async fn settle(app: &App, mail: &StaffMail, outcome: &Outcome) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    step.settle_staff(mail.id, mail.fence, outcome).await?;
    Ok(step.commit().await?)
}
