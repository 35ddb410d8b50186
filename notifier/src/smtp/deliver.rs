//! Hands one mail over, in two phases with a limit each: the envelope, up to the server's "send it",
//! and the content, up to its "accepted".

use std::slice::Chunks;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use super::connect::Connection;
use super::verdict::{answer, of_answer, of_content, of_envelope};
use crate::mail::Composed;
use crate::outcome::DeliveryError;

/// Octets written at once.
const PIECE: usize = 64 * 1024;
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Phases<'a> {
    /// Our address, for servers that refuse the empty sender.
    pub(super) own: &'a Address,
    pub(super) limit: Duration,
}

impl Phases<'_> {
    pub(super) async fn hand_over(
        &self,
        connection: &mut Connection,
        mail: &Composed,
    ) -> Result<String, DeliveryError> {
        match timeout(self.limit, self.envelope(connection, mail)).await {
            Ok(Ok(())) => {}
            Ok(Err(refused)) => {
                part(connection).await;
                return Err(refused);
            }
            Err(_) => return Err(DeliveryError::temporary("envelope: no answer in time")),
        }

        let ended = AtomicBool::new(false);
        let pieces = u32::try_from(mail.bytes.len() / PIECE).unwrap_or(u32::MAX);
        let limit = self.limit + Duration::from_secs(1) * pieces;
        match timeout(limit, content(connection, &mail.bytes, &ended)).await {
            Ok(outcome) => outcome,
            Err(_) if ended.load(Ordering::Relaxed) => Err(DeliveryError::unknown(
                "content: sent whole, no answer in time",
            )),
            Err(_) => Err(DeliveryError::temporary("content: not sent whole in time")),
        }
    }

    async fn envelope(
        &self,
        connection: &mut Connection,
        mail: &Composed,
    ) -> Result<(), DeliveryError> {
        let parameters = parameters(connection, mail)?;
        let from = |sender: Option<&Address>| Mail::new(sender.cloned(), parameters.clone());
        let mut accepted = connection.command(from(mail.sender.as_ref())).await;
        if mail.sender.is_none()
            && accepted
                .as_ref()
                .is_err_and(lettre::transport::smtp::Error::is_permanent)
        {
            // Some relays take no `<>` from a client. Then a bounce comes back to our own mailbox,
            // where automatic mail is stored and never answered: no loop either.
            accepted = connection.command(from(Some(self.own))).await;
        }
        accepted.map_err(|error| of_envelope("sender", &error))?;
        connection
            .command(Rcpt::new(mail.recipient.clone(), Vec::new()))
            .await
            .map_err(|error| of_envelope("recipient", &error))?;
        let go = connection
            .command(Data)
            .await
            .map_err(|error| of_envelope("DATA", &error))?;
        if !go.has_code(354) {
            let reason = format!("odd answer to DATA: {}", answer(&go));
            return Err(DeliveryError::Temporary { reason });
        }
        Ok(())
    }
}

/// An address in Chinese needs a server that knows SMTPUTF8 (RFC 6531); all else is plain ASCII.
fn parameters(
    connection: &Connection,
    mail: &Composed,
) -> Result<Vec<MailParameter>, DeliveryError> {
    if mail.recipient.to_string().is_ascii() {
        return Ok(Vec::new());
    }
    if !connection
        .server_info()
        .supports_feature(Extension::SmtpUtfEight)
    {
        return Err(DeliveryError::permanent(
            "recipient: the mail server can't take an address that isn't in Latin letters",
        ));
    }
    Ok(vec![
        MailParameter::SmtpUtfEight,
        MailParameter::Body(MailBodyParameter::EightBitMime),
    ])
}

async fn content(
    connection: &mut Connection,
    bytes: &[u8],
    ended: &AtomicBool,
) -> Result<String, DeliveryError> {
    let pieces = Pieces {
        rest: bytes.chunks(PIECE),
        ended,
    };
    match connection.message_iter(pieces).await {
        Ok(response) => of_answer(&response),
        Err(error) => Err(of_content(ended.load(Ordering::Relaxed), &error)),
    }
}

/// The content piece by piece. lettre asks for the next piece once the last is written, and sends
/// the end of the message when there is none: from then on, and not before, it may be accepted.
struct Pieces<'a> {
    rest: Chunks<'a, u8>,
    ended: &'a AtomicBool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let piece = self.rest.next();
        self.ended.fetch_or(piece.is_none(), Ordering::Relaxed);
        piece
    }
}

/// Leaves a server that still listens. Never called once content was begun: the farewell would be
/// read as part of it.
pub(super) async fn part(connection: &mut Connection) {
    let _ = timeout(GOODBYE, connection.abort()).await;
}
