//! One letter: its facts, the due date and why, what was written, what happened, what to do next.

use askama::Template;

use super::letter_forms::{Can, Failed, Lists};
use super::parts::{Choice, Due, Errors, FieldError, File, KeptFile};
use crate::web::chrome::Chrome;

/// One message of a letter, in either direction.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Whether it came from the writer.
    pub incoming: bool,
    /// A code of the words' `message` family: `letter`, `addition`, `reply`, `notice`,
    /// `progress`, `receipt`, `note`.
    pub kind: String,
    /// Who wrote it: the writer, or the unit and person.
    pub from: String,
    /// A code of the words' `source` family, or of the words' `medium` family when outgoing.
    pub by: String,
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// The subject where it differs from the letter's, else empty.
    pub subject: String,
    /// The text without quoted mail.
    pub text: String,
    /// The whole text where it is longer, else empty.
    pub whole_text: String,
    /// The address of the cleaned HTML, where there is any.
    pub html_url: String,
    /// The address of the raw mail, where the viewer may have it.
    pub raw_url: String,
    /// Our own mail server calls its sender forged.
    pub forged: bool,
    /// Its files.
    pub files: Vec<File>,
    /// How it left; empty for an incoming one.
    pub deliveries: Vec<Delivery>,
}

/// How words left, or did not.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// What `resend` posts as `delivery`.
    pub id: String,
    /// A code of the words' `medium` family.
    pub medium: String,
    /// The address, masked where the viewer may not see it.
    pub to: String,
    /// A code of the words' `delivery` family: `queued`, `undo`, `sending`, `sent`, `failed`,
    /// `unknown`, `bounced`, `recalled`, `capped`, `served`.
    pub state: String,
    /// Local `YYYY-MM-DD HH:MM`, or empty.
    pub at: String,
    /// What the other side said, or until when it can be recalled.
    pub detail: String,
    /// Whether a person may have it sent once more.
    pub can_resend: bool,
    /// Where its sheet is printed; empty where it is mail.
    pub print_url: String,
}

/// One event.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// A code of the words' `event` family.
    pub kind: String,
    /// Who did it; empty for the system.
    pub actor: String,
    /// Codes and names in words, `耕地保护监督处 · 张敏`; or empty.
    pub detail: String,
    /// The reason or note, or empty.
    pub note: String,
}

/// Why a posted step was not taken: the letter has moved on.
#[derive(Clone, Debug, Default)]
pub struct Conflict {
    /// Who moved it.
    pub who: String,
    /// When, local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// What they did: a code of the words' `event` family.
    pub what: String,
    /// The text that is saved now, or empty.
    pub theirs: String,
    /// The text that was posted, which is kept in the form below; or empty.
    pub yours: String,
}

/// Who may see a sealed letter, and whom it accuses.
#[derive(Clone, Debug, Default)]
pub struct Sealed {
    /// Names of those who may read it.
    pub readers: Vec<String>,
    /// Names of accused people and units.
    pub parties: Vec<String>,
}

/// 紧急: since when, why, and whether somebody took it on.
#[derive(Clone, Debug, Default)]
pub struct Urgent {
    /// Local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// A code of the words' `urgent_why` family.
    pub why: String,
    /// When it was taken on, local `YYYY-MM-DD HH:MM`; or empty.
    pub taken_at: String,
}

/// The facts at the head of a letter; finished words, empty where unknown.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The channel's name.
    pub channel: String,
    /// A code of the words' `source` family.
    pub source: String,
    /// A code of the words' `kind` family, or empty.
    pub kind: String,
    /// A code of the words' `class` family, or empty.
    pub class: String,
    /// A code of the words' `route` family, or empty.
    pub route: String,
    /// The topic's name, or empty.
    pub topic: String,
    /// The place's name, or empty.
    pub place: String,
    /// When it reached us, local `YYYY-MM-DD HH:MM`.
    pub received_at: String,
    /// The lead unit's name, or empty.
    pub unit: String,
    /// The handler's name, or empty.
    pub handler: String,
    /// The writer's name, or empty when anonymous.
    pub writer: String,
    /// `phone`, or empty.
    pub phone: String,
    /// `email`, or empty.
    pub email: String,
    /// `address`, or empty.
    pub address: String,
    /// Whether the writer chose to stay anonymous.
    pub anonymous: bool,
    /// Whether the writer agreed to publication.
    pub wants_publication: bool,
    /// The first letter's number, where this one repeats it.
    pub duplicate_of: String,
    /// That letter's address.
    pub duplicate_url: String,
}

/// `GET /desk/letters/{number}`, and what an action with errors or a conflict answers.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "letter.html")]
pub struct LetterPage {
    /// The frame.
    pub chrome: Chrome,
    /// The letter's number.
    pub number: String,
    /// Its version, posted back by every action.
    pub version: i64,
    /// Its subject, or empty.
    pub subject: String,
    /// A code of the words' `status` family.
    pub status: String,
    /// Whether its answer could not be delivered.
    pub undelivered: bool,
    /// The list it was opened from.
    pub back: String,
    /// Its facts.
    pub facts: Facts,
    /// The counted obligation of the latest round.
    pub due: Option<Due>,
    /// Whatever else is and was owed.
    pub others: Vec<Due>,
    /// Set for an urgent letter.
    pub urgent: Option<Urgent>,
    /// Set for a sealed letter.
    pub sealed: Option<Sealed>,
    /// What was written, oldest first.
    pub messages: Vec<Message>,
    /// The draft as saved.
    pub draft: String,
    /// When the draft was saved and by whom, finished words; or empty.
    pub draft_saved: String,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Which actions the viewer may take now.
    pub can: Can,
    /// The lists that the actions' forms offer.
    pub lists: Lists,
    /// The action that was refused, with what had been entered.
    pub failed: Option<Failed>,
    /// Files that were chosen for an answer that was refused.
    pub kept: Vec<KeptFile>,
    /// Set where the letter moved on meanwhile.
    pub conflict: Option<Conflict>,
    /// What is wrong with the refused action.
    pub errors: Errors,
    /// Until when an issued answer can be recalled, local `HH:MM:SS`; or empty.
    pub recall_until: String,
    /// How what was issued has to be served by a person: a code of the words' `medium` family; or
    /// empty.
    pub to_serve: String,
    /// Where all of that is printed.
    pub print_url: String,
    /// History and explanations are printed with the letter.
    pub print_all: bool,
    /// Today, `YYYY-MM-DD`, the latest day of a recorded service.
    pub today: String,
    /// The largest file in words, `20 MB`.
    pub max_file: String,
}

/// `POST /desk/letters/{number}/preview`: the answer as it will leave. It posts `text`, `kept` and
/// `version` on to `answer`, or back to `edit`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "preview.html")]
pub struct PreviewPage {
    /// The frame.
    pub chrome: Chrome,
    /// The letter's number.
    pub number: String,
    /// The version it was written on.
    pub version: i64,
    /// How it goes: a code of the words' `medium` family.
    pub medium: String,
    /// Where; empty on the website and over the counter.
    pub to: String,
    /// The subject of a mail.
    pub subject: String,
    /// The finished words; secrets are dots.
    pub text: String,
    /// What was written.
    pub answer: String,
    /// The files that leave with it.
    pub kept: Vec<KeptFile>,
}

impl LetterPage {
    /// What had been entered in `field` of a refused `action`.
    #[must_use]
    pub fn was(&self, action: &str, field: &str) -> &str {
        self.failed
            .as_ref()
            .map_or("", |failed| failed.value(action, field))
    }

    /// Whether `action` was refused, so that its form stands open.
    #[must_use]
    pub fn refused(&self, action: &str) -> bool {
        self.failed
            .as_ref()
            .is_some_and(|failed| failed.action == action)
    }

    /// Whether what was refused is the answer, or its draft.
    #[must_use]
    pub fn composing(&self) -> bool {
        self.refused("answer") || self.refused("draft")
    }

    /// What is wrong with `field` of a refused `action`.
    #[must_use]
    pub fn fault(&self, action: &str, field: &str) -> Option<&FieldError> {
        self.errors.of(field).filter(|_| self.refused(action))
    }

    /// The field at fault, as its form names it: a letter's page holds many forms.
    #[must_use]
    pub fn anchor(&self, field: &str) -> String {
        match &self.failed {
            Some(failed) if !self.composing() => format!("{}-{field}", failed.action),
            _ => field.to_owned(),
        }
    }

    /// The text in the answer box: what was refused, else the draft.
    #[must_use]
    pub fn answer_text(&self) -> &str {
        match &self.failed {
            Some(failed) if failed.action == "answer" || failed.action == "draft" => {
                failed.value(&failed.action, "text")
            }
            _ => &self.draft,
        }
    }

    /// The choices of a list, with what a refused `action` had chosen.
    #[must_use]
    pub fn chosen(&self, action: &str, field: &str, choices: &[Choice]) -> Vec<Choice> {
        let mut choices = choices.to_vec();
        if self.refused(action) {
            let was = self.was(action, field);
            for choice in &mut choices {
                choice.chosen = choice.value == was;
            }
        }
        choices
    }
}
