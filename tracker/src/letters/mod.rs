//! The life of a letter. One file is one step: load, decide by [`crate::domain`], save state,
//! event, obligation, figures and outbox in one transaction.
//!
//! | step | file |
//! |---|---|
//! | a letter is handed in by form, API or clerk | [`submit`] |
//! | what is typed and not sent yet | [`carried`] |
//! | a message arrives, its bytes are committed | [`arrive`] |
//! | its bytes are read, in a process of their own where that is wiser | [`read`] |
//! | it becomes a letter, joins one, or is set aside | [`register`] |
//! | what was read: a letter, an addition, a bounce, our own mail, or spam | [`judge`], [`returned`] |
//! | a person says what to do with what was set aside | [`release`] |
//! | what a writer adds stands until somebody says what becomes of it | [`addition`], [`undecided`] |
//! | accept, decline, direct | [`accept`], [`decline`] |
//! | to unit and handler, take, send back | [`assign`] |
//! | note, draft | [`draft`] |
//! | answer, take back, send again | [`answer`] |
//! | words leave, and come to something | [`announce`], [`deliver`] |
//! | what is owed, by rule | [`owe`] |
//! | another class: another rule, from the same receipt | [`reclassify`] |
//! | a longer term; a clock that stands; a limit set by a document | [`extend`], [`pause`], [`limit`] |
//! | urged, urgent, the duty officer told | [`urge`], [`duty`] |
//! | a stage of supervision reached; 通报 | [`supervise`], [`circular`] |
//! | what staff hear once a day | [`digest`], [`staff_mail`] |
//! | what they hear at once | [`news`] |
//! | opened again: a new round | [`reopen`] |
//! | served by hand | [`serve`] |
//! | duplicate, invalid, withdrawn | [`end`] |
//! | who may read a sealed letter, whom it accuses, who read it | [`seal`] |
//! | sealed later, as a report that came to an open channel | [`seal_later`] |
//! | days of the calendar, rules put right, due dates counted anew | [`calendar`], [`correct`], [`recount`] |
//! | units, people, channels | [`setup`], [`staff`] |
//! | signing in and out | [`session`], [`password`] |

pub mod accept;
pub mod addition;
pub mod announce;
pub mod answer;
pub mod arrive;
pub mod assign;
pub mod calendar;
pub mod carried;
pub(crate) mod change;
pub mod circular;
pub mod correct;
pub mod decline;
pub mod deliver;
pub mod digest;
pub mod draft;
pub mod duty;
pub mod end;
pub mod extend;
mod incoming;
pub(crate) mod judge;
pub mod limit;
#[cfg(test)]
mod moot_test;
pub mod news;
pub(crate) mod owe;
pub mod password;
pub mod pause;
pub(crate) mod progress;
pub mod read;
pub mod reclassify;
pub mod recount;
#[cfg(test)]
mod recount_test;
pub mod register;
pub mod release;
pub mod reopen;
pub(crate) mod returned;
pub mod seal;
pub mod seal_later;
pub mod serve;
pub mod session;
pub mod setup;
pub mod staff;
pub mod staff_mail;
pub mod submit;
pub mod supervise;
#[cfg(test)]
mod terms_test;
pub mod undecided;
pub mod urge;

use crate::{
    domain::{access::Denied, status::Refusal, text::FieldError},
    keys::KeyError,
    store::StoreError,
};

/// Why a step was not taken. Nothing of it happened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The letter is not in a state for it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It is somebody else's to do.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none, or the viewer must not know of it: the same answer.
    #[error("there is no such letter")]
    NotFound,
    /// Somebody else changed the letter meanwhile.
    #[error("the letter was changed meanwhile; it is now version {current}")]
    Conflict {
        /// The version that stands now.
        current: i64,
    },
    /// Fields at fault, all of them.
    #[error("{} at fault", .0.iter().map(|f| f.field).collect::<Vec<_>>().join(", "))]
    Fields(Vec<FieldError>),
    /// A rule of the step itself: a code of the words' `fault` family.
    #[error("{}", in_english(.0))]
    Rule(&'static str),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Words could not be rendered.
    #[error("the message could not be written: {0}")]
    Render(#[from] notifier::RenderError),
    /// Work in the background ended early.
    #[error("the work was cut short: {0}")]
    CutShort(String),
}

impl Error {
    /// Whether it is the database's, and may pass without anybody touching Huiyin.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }
}

/// What a rule's code says to operators and programs; pages say it in the visitor's language.
fn in_english(code: &str) -> String {
    crate::_rust_i18n_try_translate("en", format!("fault.{code}"))
        .map_or_else(|| code.to_owned(), std::borrow::Cow::into_owned)
}

impl From<KeyError> for Error {
    fn from(e: KeyError) -> Self {
        Self::Store(e.into())
    }
}

/// What a step answers.
pub type Result<T> = std::result::Result<T, Error>;

/// A place where a test may kill the process; nothing in a release.
pub(crate) fn fail_point(name: &str) {
    #[cfg(feature = "failpoints")]
    if fail::eval(name, |_| ()).is_some() {
        std::process::abort();
    }
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
}
