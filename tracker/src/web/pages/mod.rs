//! The pages: plain data that the handlers fill, each with its template. No rules, no storage.

pub mod admin;
pub mod calendar;
pub mod circular;
pub mod desk;
pub mod error;
pub mod help;
pub mod intake;
pub mod law;
pub mod ledger;
pub mod letter;
pub mod letter_forms;
pub mod overview;
pub mod parts;
pub mod people;
pub mod portal;
pub mod post;
pub mod sign_in;
pub mod statistics;
pub mod track;
pub mod when;
pub mod write;

#[cfg(test)]
mod pages_test;
#[cfg(test)]
pub(crate) mod samples;
