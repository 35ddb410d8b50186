//! Mail over SMTP to the department's own server. One [`Smtp`] serves any number of lanes at once;
//! connections are kept for the next mail.
//!
//! lettre speaks the protocol; what surrounds it is ours, since an outcome must be provable:
//! every phase has its own time limit, and `deliver` notes whether the end of the
//! message was ever sent. And it speaks unheard: with its `tracing` feature it logs every line of the
//! dialogue, passwords and letters included, so no subscriber listens while it works.

mod connect;
mod deliver;
mod pool;
mod reach;
pub(crate) mod setup;
mod socket;
#[cfg(test)]
mod tests;
mod verdict;

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use tokio::time::timeout;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use self::connect::Door;
use self::pool::{Pool, Pooled};
use self::reach::Reach;
pub use self::setup::SetupError;
use crate::mail::{Composed, Mail, compose};
pub use crate::outcome::DeliveryError;

/// How to reach the server, and who we are.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Name or address; with TLS it must stand in the server's certificate.
    pub host: String,
    /// 25, 465, 587 …
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The sender: `letters@example.gov.cn` or `回音 <letters@example.gov.cn>`.
    pub from: String,
    /// Sign-in name, together with `password`; or neither.
    pub username: Option<String>,
    /// Sign-in secret.
    pub password: Option<String>,
    /// PEM file of the authorities to trust *instead of* the system's.
    pub ca_file: Option<PathBuf>,
    /// This installation's name, sent as `X-Huiyin` so that our own mail is known when it comes
    /// back: letters, digits, `.`, `-`, `_`.
    pub instance: String,
    /// The limit of each phase: connecting, envelope, content. Content has one more second for
    /// every 64 KiB, so a delivery ends within three times this plus the size's share.
    pub timeout: Duration,
}

/// Hand-written so that a logged configuration never shows the password.
impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("from", &self.from)
            .field("signs_in", &self.username.is_some())
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}

/// How the connection is protected. There is no "TLS if offered": it protects from nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all; to this machine only.
    None,
    /// STARTTLS, required (587, 25).
    StartTls,
    /// TLS from the first octet (465).
    Tls,
}

/// The department's mail server.
#[derive(Debug)]
pub struct Smtp {
    door: Door,
    pool: Pool,
    reach: Reach,
    from: Mailbox,
    instance: String,
    timeout: Duration,
}

impl Smtp {
    /// Checks the settings; connects to nothing.
    ///
    /// # Errors
    /// Names the setting that can't be used.
    pub fn new(config: &SmtpConfig) -> Result<Self, SetupError> {
        let from = setup::sender(&config.from)?;
        let instance = setup::instance(&config.instance)?;
        let door = setup::door(config, &from)?;
        Ok(Self {
            door,
            pool: Pool::default(),
            reach: Reach::default(),
            from,
            instance,
            timeout: config.timeout,
        })
    }

    /// Hands one mail to the server and returns its answer.
    ///
    /// A caller that drops this future before it ends must take the outcome as unknown.
    ///
    /// # Errors
    /// See [`DeliveryError`]; only [`DeliveryError::Unknown`] may have been delivered.
    pub async fn deliver(&self, mail: &Mail) -> Result<String, DeliveryError> {
        let composed = compose(mail, &self.from, &self.instance)
            .map_err(|error| DeliveryError::permanent(error.to_string()))?;
        let connection = self.connection();
        let connection = connection.with_subscriber(NoSubscriber::new()).await;
        self.reach.note(&self.door, connection.as_ref().err());
        self.hand_over(connection?, &composed)
            .with_subscriber(NoSubscriber::new())
            .await
    }

    /// Connects, signs in, and asks for a sign of life.
    ///
    /// # Errors
    /// Always [`DeliveryError::Temporary`]: why mail can't leave now.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        self.greet().with_subscriber(NoSubscriber::new()).await
    }

    async fn hand_over(
        &self,
        mut pooled: Pooled,
        mail: &Composed,
    ) -> Result<String, DeliveryError> {
        let phases = deliver::Phases {
            own: &self.from.email,
            limit: self.timeout,
        };
        let answer = phases.hand_over(&mut pooled.connection, mail).await?;
        self.pool.keep(pooled);
        Ok(answer)
    }

    async fn greet(&self) -> Result<(), DeliveryError> {
        let mut connection = self.open().await?;
        let alive = timeout(self.timeout, connection.test_connected()).await;
        deliver::part(&mut connection).await;
        match alive {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(DeliveryError::temporary("no answer to NOOP")),
        }
    }

    async fn connection(&self) -> Result<Pooled, DeliveryError> {
        if let Some(pooled) = self.pool.take().await {
            return Ok(pooled);
        }
        Ok(Pooled::new(self.open().await?))
    }

    async fn open(&self) -> Result<connect::Connection, DeliveryError> {
        timeout(self.timeout, self.door.open())
            .await
            .unwrap_or_else(|_| Err(DeliveryError::temporary("no connection in time")))
    }
}
