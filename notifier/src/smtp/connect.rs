//! Opens a connection ready for a mail. Whatever fails here, nothing was sent: it is temporary, even
//! where the server says 5xx, since that is about us and not about any one mail.

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::socket::Encrypted;
use super::verdict::quote;
use crate::outcome::DeliveryError;

pub(super) type Connection = AsyncSmtpConnection;

/// Where the server is and how it is entered.
pub(super) struct Door {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) lock: Lock,
    pub(super) hello: ClientId,
    pub(super) credentials: Option<Credentials>,
}

pub(super) enum Lock {
    None,
    StartTls(TlsParameters),
    Tls(TlsConnector, ServerName<'static>),
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Door")
            .field(&self.host)
            .field(&self.port)
            .finish()
    }
}

impl Door {
    /// Without a limit of its own: the caller sets one.
    pub(super) async fn open(&self) -> Result<Connection, DeliveryError> {
        let tcp = self
            .reach()
            .await
            .map_err(|error| fault("no connection", &error))?;
        let stream: Box<dyn AsyncTokioStream> = match &self.lock {
            Lock::None | Lock::StartTls(_) => Box::new(tcp),
            Lock::Tls(connector, name) => {
                let encrypted = connector.connect(name.clone(), tcp).await;
                Box::new(Encrypted(
                    encrypted.map_err(|error| fault("no TLS", &error))?,
                ))
            }
        };
        let mut connection = Connection::connect_with_transport(stream, &self.hello)
            .await
            .map_err(|error| fault("no greeting", &quote(&error)))?;
        if let Lock::StartTls(parameters) = &self.lock {
            connection
                .starttls(parameters.clone(), &self.hello)
                .await
                .map_err(|error| fault("no TLS", &quote(&error)))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .await
                .map_err(|error| fault("no sign-in", &quote(&error)))?;
        }
        Ok(connection)
    }

    /// The server, as an operator knows it.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The bare connection.
    pub(super) async fn reach(&self) -> std::io::Result<TcpStream> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
        // lettre writes a message and its end separately. With Nagle's algorithm the end waits for
        // the peer's delayed ACK: 40 ms on every mail.
        tcp.set_nodelay(true)?;
        if matches!(self.lock, Lock::None) && !tcp.peer_addr()?.ip().is_loopback() {
            return Err(std::io::Error::other("unprotected, and not this machine"));
        }
        Ok(tcp)
    }
}

fn fault(what: &str, why: &impl std::fmt::Display) -> DeliveryError {
    DeliveryError::temporary(format!("{what}: {why}"))
}
