//! A limit that a document sets: a superior's when it hands a letter down (交办), a leader's
//! instruction (批示). The only date that is typed, and it names its document. It stands beside
//! the law's term, which still counts.

use jiff::civil::Date;
use serde_json::json;

use super::{Error, Result, assign::need, change::Change};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        obligation::ObligationKind,
        rules::Starts,
        status::Action,
        term::{Term, Unit},
        text::{self, FieldError},
    },
    store::{events::NewEvent, letters::Letter, obligations::Obligation},
};

/// What stands for a rule's id where a document is the rule.
pub(crate) const RULE: &str = "document";

/// The document: who set the limit, where it can be looked up, of which day.
#[derive(Debug, Clone)]
pub struct Document {
    /// 来文机关.
    pub organ: String,
    /// 文号.
    pub reference: String,
    /// Of which day; the clock starts there.
    pub of: Date,
    /// The last day in time.
    pub due_on: Date,
}

/// Records a limit.
///
/// # Errors
/// See [`Error`]; a limit before its document, or a document of the future.
pub async fn set(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    document: Document,
) -> Result<Letter> {
    need(&document.organ, "organ")?;
    need(&document.reference, "document")?;
    let mut change = Change::open(app, staff, number, version, Action::SetLimit).await?;
    let fault = |field, code| Error::Fields(vec![FieldError::new(field, code)]);
    if document.of > app.day_of(change.now()) {
        return Err(fault("of_day", "not-then"));
    }
    if document.due_on < document.of {
        return Err(fault("on", "before-document"));
    }
    let organ = text::one_line(&document.organ);
    let reference = text::one_line(&document.reference);
    let days = (document.due_on - document.of).get_days();
    let limit = Obligation {
        id: app.id(),
        letter_id: change.letter.id,
        round: change.letter.round,
        kind: ObligationKind::Answer,
        counts: false,
        rule: RULE.into(),
        rule_version: 1,
        basis_zh: format!("{organ}{reference}（{}）规定的期限", document.of),
        basis_en: format!("Limit set by {organ}, {reference}, of {}", document.of),
        calendar_version: change.law.calendar.version().to_owned(),
        zone: app.config.timezone.clone(),
        start_on: document.of,
        term: Term {
            length: u32::try_from(days).unwrap_or_default(),
            unit: Unit::Day,
        },
        extension: 0,
        nominal_on: document.due_on,
        due_on: document.due_on,
        provisional: false,
        met_at: None,
        met_on: None,
        in_time: None,
        ended_at: None,
        starts: Starts::Received,
        start_assumed: false,
        // The document's day is the day: nothing rolls it.
        rolls: false,
        late_since: None,
        standing_since: None,
        superseded_by: None,
        met_workdays: None,
        look_on: None,
        suspensions: Vec::new(),
    };
    let data = json!({ "obligation": limit.id, "due_on": document.due_on.to_string() });
    change.obligations.push(limit);
    let note = format!("{organ} {reference}");
    let event = NewEvent::new(EventKind::LimitSet, None, data).with_note(&note);
    change.finish_with(event).await
}
