//! 受理: the registrar accepts a letter and records what it is.

use notifier::NoticeKind;
use serde_json::json;

use super::{
    Result,
    change::Change,
    progress,
    reclassify::{only_claims_have_routes, supersede},
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        obligation::ObligationKind,
        rules::{Meets, Starts},
        status::Action,
        text,
        words::{Class, Language, OutboxKind, OutboxState, Route},
    },
    store::{letters::Letter, obligations::Obligation},
};

/// What the registrar determined (甄别).
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// Class.
    pub class: Class,
    /// Route, of a claim only.
    pub route: Option<Route>,
    /// 问题类别.
    pub topic: Option<String>,
    /// 属地.
    pub place: Option<String>,
}

/// Accepts a letter.
///
/// # Errors
/// See [`super::Error`].
pub async fn accept(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    what: Acceptance,
) -> Result<Letter> {
    only_claims_have_routes(what.class, what.route)?;
    let mut change = Change::open(app, staff, number, version, Action::Accept).await?;
    let now = change.now();
    let was = change.letter.class;
    let tidy = |t: Option<String>| t.map(|t| text::one_line(&t)).filter(|t| !t.is_empty());
    let letter = &mut change.letter;
    letter.class = Some(what.class);
    letter.route = what.route;
    letter.topic = tidy(what.topic);
    letter.place = tidy(what.place);
    // Accepting twice corrects the class; the day of acceptance stays the first.
    letter.accepted_at.get_or_insert(now);
    letter.reclassified += i32::from(was.is_some_and(|c| c != what.class));
    let mut data = json!({ "class": what.class.code(), "route": what.route.map(|r| r.code()) });
    data["due"] = supersede(app, &mut change).await?;
    start_terms(app, &mut change)?;
    tell(app, &mut change).await?;
    let accepted = change.finish(EventKind::Accepted, data).await?;
    app.outbox_bell.notify_one();
    Ok(accepted)
}

/// What starts with acceptance starts today, not on the last day on which it might have.
fn start_terms(app: &App, change: &mut Change<'_>) -> Result<()> {
    let today = app.day_of(change.now());
    let assumed =
        |o: &&mut Obligation| o.is_open() && o.start_assumed && o.starts == Starts::Accepted;
    let mut started = Vec::new();
    for o in change.obligations.iter_mut().filter(assumed) {
        // Accepting what is overdue already makes it no younger.
        o.late_since = o.late_since.or(o.due().filter(|due| *due < today));
        o.start_on = today;
        o.start_assumed = false;
        started.push(o.id);
    }
    started.into_iter().try_for_each(|id| change.reckon(id))
}

/// 受理告知: where the writer must be told, they are told in the same step, and that is what meets
/// the obligation to tell them.
async fn tell(app: &App, change: &mut Change<'_>) -> Result<()> {
    let told = |o: &Obligation| o.is_open() && o.kind == ObligationKind::Acknowledge;
    if change.obligations.iter().any(told) {
        let (due, language) = (change.counted()?.due_on, change.letter.language);
        let words = match language {
            Language::Chinese => format!(
                "我们将于{}年{}月{}日前办结并答复您。",
                due.year(),
                due.month(),
                due.day()
            ),
            Language::English => format!("We will conclude it and answer you by {due}."),
        };
        // One that nobody posted yet says what does not hold any more.
        let (id, waits) = (change.letter.id, [OutboxState::ByHand]);
        (change.step)
            .turn_outgoing(id, OutboxKind::Progress, &waits, OutboxState::Recalled)
            .await?;
        let said = progress::tell(app, change, NoticeKind::Accepted, "", &words).await?;
        if said.by.is_by_hand() {
            // Told only once a person recorded that it was served: [`super::serve`].
            return Ok(());
        }
    }
    change.satisfy(change.now(), &[Meets::Acceptance]);
    Ok(())
}
