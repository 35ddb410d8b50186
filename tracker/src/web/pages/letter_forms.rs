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
            || self.ends()
            || self.moves()
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

/// What the forms offer. The first of a list that may stay empty has an empty value.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Classes for `accept`, the proposed one chosen.
    pub classes: Vec<Choice>,
    /// Routes for `accept`.
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
