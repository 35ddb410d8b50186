//! The hub of Huiyin 回音, the inbox of a department that must answer every letter.
//!
//! A letter's way through it:
//!
//! 1. A source of [`ingest`] fetches a message; [`workers::intake`] opens the ledger to it.
//! 2. [`letters::arrive`] commits the raw bytes, encrypted, before anything is parsed. A form or
//!    an API call comes through [`letters::submit`] to the same door.
//! 3. [`letters::register`] makes a numbered letter of it, with one counted obligation by
//!    [`domain::term`] and [`domain::calendar`] from its first second, or lets it join a letter by
//!    [`domain::thread`], or sets it aside for [`letters::release`].
//! 4. A registrar takes it on ([`letters::accept`]) and hands it over ([`letters::assign`]); a
//!    handler answers ([`letters::answer`]). Each step is one transaction of
//!    [`letters::change`]: state, event, obligation, figures and outbox, all or nothing.
//! 5. [`letters::announce`] renders finished words by [`notifier`]; [`workers::delivery`] sends
//!    them; [`letters::deliver`] records what became of them. Answered means served.
//! 6. [`reading::statistics`] adds up what each letter contributes ([`domain::figures`]).
//!
//! [`demo`] plays three months of an invented department through these very steps.
//!
//! Who may see and do what stands in [`domain::access`]; [`store::scope`] alone turns it into SQL.
//! Pages and API are [`web`], commands [`cli`]; both call [`letters`] and [`reading`], never
//! [`store`] to change anything. [`serve`] starts it all.

rust_i18n::i18n!("locales", fallback = "en");

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod gate;
pub mod keys;
pub mod letters;
pub mod packs;
pub mod reading;
pub mod serve;
pub mod store;
#[cfg(test)]
pub(crate) mod testing;
pub mod web;
pub mod workers;
