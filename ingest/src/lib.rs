//! Where messages come from.
//!
//! A source ([`mailbox`], [`maildir`], [`files`]) yields [`arrival::Arrival`]s: raw bytes with a
//! permanent key and the instant they reached us. It parses nothing and knows no database; it
//! hands what it fetched to a [`arrival::Ledger`] and acknowledges (moves the mail) only after the
//! ledger has committed it. Beside the sources stands the pure reader, [`read::read`], which turns
//! the bytes of a mail into a [`letter::IncomingLetter`]; [`form`] does the same for what a form,
//! the API or a clerk sent.

pub mod arrival;
pub mod files;
pub mod form;
pub mod letter;
pub mod mailbox;
pub mod maildir;
pub mod read;
pub mod visible;

/// A place where a test may kill the process; nothing in a release.
fn fail_point(name: &str) {
    #[cfg(feature = "failpoints")]
    if fail::eval(name, |_| ()).is_some() {
        std::process::abort();
    }
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
}
