//! The forms beside a letter: which may be used, what they offer, what a refused one held.

use super::parts::Choice;
use crate::domain::words::{Class, Route};
use crate::web::chrome::Chrome;

/// Grounds of declining (信访工作条例 2022 arts. 19, 31, 36): codes of the words' `ground` family.
pub const DECLINE_GROUNDS: [&str; 6] = [
    "litigation",
    "in-hand",
    "concluded",
    "legislature",
    "no-request",
    "emergency",
];

/// Grounds of directing to whoever is responsible (art. 23): codes of the words' `ground` family.
pub const DIRECT_GROUNDS: [&str; 5] = [
    "not-ours",
    "local",
    "other-organ",
    "disclosure",
    "litigation",
];

/// Ways of service that a person records: codes of the words' `medium` family.
pub const SERVICES: [&str; 3] = ["post", "phone", "counter"];

/// Which actions the viewer may take on the letter as it stands.
#[derive(Clone, Debug, Default)]
pub struct Can {
    /// `accept {class, route?, topic?, place?}`
    pub accept: bool,
    /// `assign {unit, handler?}`
    pub assign: bool,
    /// `take {}`
    pub take: bool,
    /// `note {text}`
    pub note: bool,
    /// `draft {text}`
    pub draft: bool,
    /// `answer {text, attachments?}`
    pub answer: bool,
    /// `decline {ground, text}`
    pub decline: bool,
    /// `direct {ground, text}`
    pub direct: bool,
    /// `mark-duplicate {of}`
    pub mark_duplicate: bool,
    /// `invalid {reason}`
    pub invalid: bool,
    /// `withdraw {reason}`
    pub withdraw: bool,
    /// `serve {by, on, note?}`
    pub serve: bool,
    /// `reassign {unit, reason}`
    pub reassign: bool,
    /// `send-back {reason}`
    pub send_back: bool,
    /// `recall {}`: within the undo window only.
    pub recall: bool,
    /// `name-party {unit or person}`: whom a sealed letter accuses.
    pub name_party: bool,
    /// `name-reader {reader}`: who else may read a sealed letter.
    pub name_reader: bool,
    /// `seal {reason}`
    pub seal: bool,
    /// `reclassify {class, route?, reason}`
    pub reclassify: bool,
    /// `request-extension {days, reason}`
    pub request_extension: bool,
    /// `grant-extension {reason}` and `refuse-extension {reason}`: whoever decides alone.
    pub decide_extension: bool,
    /// `suspend {cause?, reason}`
    pub suspend: bool,
    /// `resume {}`
    pub resume: bool,
    /// `set-limit {organ, document, of_day, on}`
    pub set_limit: bool,
    /// `urge {text}`
    pub urge: bool,
    /// `mark-urgent {reason}`
    pub mark_urgent: bool,
    /// `take-urgent {}`
    pub take_urgent: bool,
    /// `reopen {reason}`
    pub reopen: bool,
}

impl Can {
    /// Whether any form of the side column stands open to the viewer.
    #[must_use]
    pub fn anything_beside(&self) -> bool {
        self.accept
            || self.assign
            || self.take
            || self.serve
            || self.recall
            || self.note
            || self.reopen
            || self.urge
            || self.mark_urgent
            || self.ends()
            || self.moves()
            || self.times()
    }

    /// Whether anything can be done about the letter's clock.
    #[must_use]
    pub fn times(&self) -> bool {
        self.reclassify || self.request_extension || self.suspend || self.resume || self.set_limit
    }

    /// Whether the letter may be ended without an answer.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.decline || self.direct || self.mark_duplicate || self.invalid || self.withdraw
    }

    /// Whether the letter may be moved elsewhere.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.reassign || self.send_back
    }
}

/// A longer term that waits for its decision.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// Who asked.
    pub who: String,
    /// When, local `YYYY-MM-DD HH:MM`.
    pub at: String,
    /// How much longer, in words.
    pub length: String,
    /// Why.
    pub reason: String,
    /// Whose decision it is: a code of the words' `decider` family.
    pub decides: String,
    /// When it would be due, `YYYY-MM-DD`.
    pub due_on: String,
    /// The due day is over: granting it is recorded and moves nothing.
    pub too_late: bool,
}

/// What the rule allows to be done with the clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far the term can be extended and by whom, in words; or empty.
    pub extendable: String,
    /// The last day to ask, `YYYY-MM-DD`; or empty.
    pub ask_until: String,
    /// What an extension is counted in: a code of the words' `term_unit` family.
    pub unit: String,
    /// What waits for a decision.
    pub pending: Option<Pending>,
    /// Causes of a suspension that the rule allows.
    pub causes: Vec<Choice>,
}

/// What the forms offer. The first of a list that may stay empty has an empty value.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// What the clock allows.
    pub clock: Clock,
    /// Classes for `accept` and `reclassify`, the proposed one chosen.
    pub classes: Vec<Choice>,
    /// Routes for `accept` and `reclassify`.
    pub routes: Vec<Choice>,
    /// Topics for `accept`; empty hides the field.
    pub topics: Vec<Choice>,
    /// Units for `assign` and `reassign`: codes, names indented by level.
    pub units: Vec<Choice>,
    /// People for `assign`: logins.
    pub handlers: Vec<Choice>,
    /// Grounds suggested for `decline`; what is posted is the words themselves.
    pub decline_grounds: Vec<Choice>,
    /// Grounds suggested for `direct`; what is posted is the words themselves.
    pub direct_grounds: Vec<Choice>,
    /// Ways for `serve`: `post`, `phone`, `counter`.
    pub services: Vec<Choice>,
    /// People for `name-party` and `name-reader`: logins.
    pub people: Vec<Choice>,
}

impl Lists {
    /// The lists that hang on words alone; `class` is the one proposed for the channel. Units,
    /// people and topics are the handler's to fill.
    #[must_use]
    pub fn of_words(chrome: &Chrome, class: &str) -> Self {
        let routes = [""].into_iter().chain(Route::ALL.iter().map(Route::code));
        let mut routes = chrome.choices("route", routes, "");
        routes[0].label = chrome.t("form.none").into_owned();
        Self {
            classes: chrome.choices("class", Class::ALL.iter().map(Class::code), class),
            routes,
            decline_grounds: chrome.choices("ground", DECLINE_GROUNDS, ""),
            direct_grounds: chrome.choices("ground", DIRECT_GROUNDS, ""),
            services: chrome.choices("medium", SERVICES, ""),
            ..Self::default()
        }
    }
}

/// A refused action with what had been entered.
#[derive(Clone, Debug, Default)]
pub struct Failed {
    /// The action.
    pub action: String,
    /// Field names and values.
    pub values: Vec<(String, String)>,
}

impl Failed {
    /// What `field` of `action` held; empty for any other action.
    #[must_use]
    pub fn value(&self, action: &str, field: &str) -> &str {
        self.values
            .iter()
            .find(|(name, _)| self.action == action && name == field)
            .map_or("", |(_, value)| value)
    }
}
