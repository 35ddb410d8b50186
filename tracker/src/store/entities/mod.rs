//! One entity a table, rows only: domain types are made of them in the modules above.

#![expect(
    unreachable_pub,
    reason = "the derives need pub; columns are described in the migrations"
)]

pub(crate) mod addition;
pub(crate) mod admin_event;
pub(crate) mod arrival;
pub(crate) mod arrival_decision;
pub(crate) mod arrival_words;
pub(crate) mod attachment;
pub(crate) mod blob;
pub(crate) mod blob_chunk;
pub(crate) mod calendar_day;
pub(crate) mod calendar_year;
pub(crate) mod carried;
pub(crate) mod channel;
pub(crate) mod circular;
pub(crate) mod clearance;
pub(crate) mod counter;
pub(crate) mod draft;
pub(crate) mod event;
pub(crate) mod event_note;
pub(crate) mod extension;
pub(crate) mod figure_cell;
pub(crate) mod figure_delta;
pub(crate) mod guess;
pub(crate) mod invitation;
pub(crate) mod job;
pub(crate) mod lease;
pub(crate) mod letter;
pub(crate) mod letter_party;
pub(crate) mod letter_reader;
pub(crate) mod message;
pub(crate) mod obligation;
pub(crate) mod outbox;
pub(crate) mod person;
pub(crate) mod person_function;
pub(crate) mod person_role;
pub(crate) mod rule_correction;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod source_alarm;
pub(crate) mod source_state;
pub(crate) mod staff_mail;
pub(crate) mod staff_notice;
pub(crate) mod supervision;
pub(crate) mod suspension;
pub(crate) mod token;
pub(crate) mod unit;
pub(crate) mod writer;
