//! What is new for somebody: the same as stands in their digest, for the desk.

use jiff::{Timestamp, civil::Date};

use crate::{
    app::App,
    domain::{
        access::Staff, number::LetterNumber, obligation::ObligationKind, rules::Stage, words::Topic,
    },
    letters::Result,
    reading::scope,
    store::notices::Notice,
};

/// Notices a page.
pub const PAGE: u64 = 50;

/// Something new; shown with a link to its letter, or to its circular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// For marking it as seen.
    pub id: i64,
    /// What.
    pub topic: Topic,
    /// When.
    pub at: Timestamp,
    /// The letter.
    pub number: Option<LetterNumber>,
    /// Its subject; empty where it is sealed.
    pub subject: String,
    /// The circular.
    pub circular: Option<i64>,
    /// The stage reached.
    pub stage: Option<Stage>,
    /// What is owed.
    pub obligation: Option<ObligationKind>,
    /// When it is due.
    pub due_on: Option<Date>,
    /// When it was due before it moved.
    pub from: Option<Date>,
    /// Who urges.
    pub by: Option<i64>,
    /// With what sentence; empty where the letter is sealed.
    pub words: String,
}

/// What somebody has not seen yet, the latest first, of letters within their scope.
///
/// # Errors
/// When the database refuses.
pub async fn fresh(app: &App, staff: &Staff) -> Result<Vec<New>> {
    let scope = scope(staff);
    let notices = app.store.unseen(staff.person_id, &scope, PAGE).await?;
    let ids: Vec<i64> = notices.iter().filter_map(|n| n.letter_id).collect();
    let letters = app.store.letters_within(&scope, &ids).await?;
    let mut out = Vec::with_capacity(notices.len());
    for notice in notices {
        let mut new = of(&notice);
        if let Some(letter) = letters.iter().find(|l| Some(l.id) == notice.letter_id) {
            new.number = Some(letter.number);
            if !letter.is_sealed() {
                new.subject.clone_from(&letter.subject);
                if let (Topic::Urged, Some(seq)) = (notice.topic, notice.data["seq"].as_i64()) {
                    let words = app.store.event_words(letter.id, seq).await?;
                    new.words = words.unwrap_or_default();
                }
            }
        }
        out.push(new);
    }
    Ok(out)
}

fn of(notice: &Notice) -> New {
    let text = |name: &str| notice.data[name].as_str();
    let date = |name: &str| text(name).and_then(|d| d.parse().ok());
    New {
        id: notice.id,
        topic: notice.topic,
        at: notice.at,
        number: None,
        subject: String::new(),
        circular: notice.data["circular"].as_i64(),
        stage: text("stage").and_then(|s| s.parse().ok()),
        obligation: text("obligation").and_then(|o| o.parse().ok()),
        due_on: date("due_on").or(date("to")),
        from: date("from"),
        by: notice.data["by"].as_i64(),
        words: String::new(),
    }
}
