//! The mailbox against servers that behave, and against servers that don't.

mod hostile;
mod ordinary;
mod server;
