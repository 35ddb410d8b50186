//! From what went wrong in the dialogue to what became of the mail.

use std::error::Error as _;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Category, Response, Severity};

use crate::clean;
use crate::outcome::DeliveryError;

/// The longest quotation of a server, in characters.
const QUOTE: usize = 300;

/// A server's answer on one line: `250 2.0.0 queued as 4F2A`.
pub(super) fn answer(response: &Response) -> String {
    let words = response.message().collect::<Vec<_>>().join(" ");
    clean::one_line(&format!("{} {words}", response.code()), QUOTE)
}

/// An error in the server's words where it spoke, else in ours.
pub(super) fn quote(error: &Error) -> String {
    let cause = error.source().map(ToString::to_string);
    let words = match (error.status(), cause) {
        (Some(code), cause) => format!("{code} {}", cause.unwrap_or_default()),
        // lettre's way to say that the connection ended.
        (None, Some(cause)) if cause == "incomplete response" => "connection lost".to_owned(),
        (None, Some(cause)) => cause,
        (None, None) => error.to_string(),
    };
    clean::one_line(&words, QUOTE)
}

/// Before the message began: nothing can have been accepted.
pub(super) fn of_envelope(what: &str, error: &Error) -> DeliveryError {
    let reason = format!("{what}: {}", quote(error));
    // 53x asks for a sign-in or for TLS: our settings are at fault, the mail can wait for them.
    let settings = error
        .status()
        .is_some_and(|code| code.category == Category::Unspecified3);
    if error.is_permanent() && !settings {
        DeliveryError::Permanent { reason }
    } else {
        DeliveryError::Temporary { reason }
    }
}

/// After the message began. `ended`: its last line may have been sent. Until then a server must
/// throw the mail away (RFC 5321 §4.1.1.4, §7.8); after it, only the server's own word counts.
pub(super) fn of_content(ended: bool, error: &Error) -> DeliveryError {
    let reason = format!("content: {}", quote(error));
    if error.is_permanent() {
        DeliveryError::Permanent { reason }
    } else if error.is_transient() || !ended {
        DeliveryError::Temporary { reason }
    } else {
        DeliveryError::Unknown { reason }
    }
}

/// The answer to the message's end.
pub(super) fn of_answer(response: &Response) -> Result<String, DeliveryError> {
    match response.code().severity {
        Severity::PositiveCompletion => Ok(answer(response)),
        _ => Err(DeliveryError::unknown(format!(
            "odd answer to the mail: {}",
            answer(response)
        ))),
    }
}
