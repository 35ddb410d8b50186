//! The rules of the house, pure: no async, no I/O, `now` is always an argument.
//!
//! - [`access`]: who sees and does what; the accused never learn of a report (2022 Regulations
//!   on petition work, art. 30).
//! - [`addition`]: what becomes of what a writer adds, and when it is asked after.
//! - [`calendar`]: workdays as the State Council announces them, make-up workdays included.
//! - [`term`]: counting: the first day is not counted, the last rolls over holidays (Civil Code
//!   arts. 201 and 203).
//! - [`obligation`]: what is owed and whether it was met in time; late stays late.
//! - [`rules`]: the law's terms as data, by class, route, channel and source, by date of receipt.
//! - [`status`]: the life of a letter as one total function.
//! - [`figures`]: what each letter adds to the public figures, so that they always add up.
//! - [`event`]: the history's chain.
//! - [`thread`]: when a message joins a letter, and when a person must say.
//! - [`law`]: calendar and rules as they stand.
//! - [`likely`]: which letters a held message probably belongs to, and why.
//! - [`silence`]: when a source has been silent for too long.
//! - [`delivery`]: when to try again, and how much automatic mail is enough.
//! - [`number`], [`code`]: what letters are called, and what proves whose they are.
//! - [`supervision`]: when staff are reminded, in which hours, and who hears of it.
//! - [`urgent`]: words that cannot wait for the morning.
//! - [`words`]: the vocabulary.
//! - [`text`]: what a form may hold.

pub mod access;
pub mod addition;
pub mod calendar;
pub mod code;
pub mod delivery;
pub mod event;
pub mod figures;
pub mod job;
pub mod law;
pub mod likely;
pub mod number;
pub mod obligation;
pub mod phone;
pub mod rules;
pub mod silence;
pub mod spam;
pub mod status;
pub mod supervision;
pub mod term;
pub mod text;
pub mod thread;
pub mod urgent;
pub mod words;
