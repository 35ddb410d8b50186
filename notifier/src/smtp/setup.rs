//! From settings to something that can connect; what can't is said at start, not at the first mail.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::connect::{Door, Lock};
use super::{Security, SmtpConfig};
use crate::mail::mailbox;

/// A setting that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Unprotected mail may not leave this machine.
    #[error("smtp.security = \"none\" is for loopback addresses only, not for {0:?}")]
    Plain(String),
    /// The sender isn't one mailbox.
    #[error("smtp.from: {0}")]
    From(String),
    /// The installation's name has characters that a header can't hold.
    #[error("the instance name {0:?} must be 1 to 64 letters, digits, '.', '-' or '_'")]
    Instance(String),
    /// A name without a password or the other way round.
    #[error("smtp.username and smtp.password belong together")]
    Credentials,
    /// The host can't stand in a certificate.
    #[error("smtp.host {0:?} is neither a host name nor an address")]
    Host(String),
    /// The authorities can't be read.
    #[error("smtp.ca_file {path}: {reason}")]
    CaFile {
        /// As configured.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS can't be set up.
    #[error("TLS: {0}")]
    Tls(String),
}

pub(crate) fn sender(from: &str) -> Result<Mailbox, SetupError> {
    let sender = mailbox(from).map_err(|error| SetupError::From(error.to_string()))?;
    if !sender.email.to_string().is_ascii() {
        return Err(SetupError::From(
            "the address must be in Latin letters".into(),
        ));
    }
    Ok(sender)
}

pub(crate) fn instance(name: &str) -> Result<String, SetupError> {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if plain && (1..=64).contains(&name.len()) {
        Ok(name.to_owned())
    } else {
        Err(SetupError::Instance(name.chars().take(80).collect()))
    }
}

pub(super) fn door(config: &SmtpConfig, from: &Mailbox) -> Result<Door, SetupError> {
    let host = config
        .host
        .trim()
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let credentials = match (&config.username, &config.password) {
        (Some(name), Some(password)) => Some(Credentials::new(name.clone(), password.clone())),
        (None, None) => None,
        _ => return Err(SetupError::Credentials),
    };
    let ca_file = config.ca_file.as_deref();
    let lock = match config.security {
        Security::None if is_loopback(&host) => Lock::None,
        Security::None => return Err(SetupError::Plain(host)),
        Security::StartTls => Lock::StartTls(parameters(&host, ca_file)?),
        Security::Tls => {
            let name =
                ServerName::try_from(host.clone()).map_err(|_| SetupError::Host(host.clone()))?;
            Lock::Tls(connector(ca_file)?, name)
        }
    };
    // The host's own name is often no domain, and nobody's business: greet as the mail's domain.
    let hello = ClientId::Domain(from.email.domain().to_owned());
    Ok(Door {
        host,
        port: config.port,
        lock,
        hello,
        credentials,
    })
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// For STARTTLS, which lettre does on the open connection.
fn parameters(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, SetupError> {
    ServerName::try_from(host).map_err(|_| SetupError::Host(host.to_owned()))?;
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        builder = builder.certificate_store(CertificateStore::None);
        for authority in authorities(path)? {
            let certificate = Certificate::from_der(authority.to_vec())
                .map_err(|error| ca_fault(path, &error))?;
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder
        .build_rustls()
        .map_err(|error| SetupError::Tls(error.to_string()))
}

/// For TLS from the first octet.
fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, SetupError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        for authority in authorities(path)? {
            roots
                .add(authority)
                .map_err(|error| ca_fault(path, &error))?;
        }
    } else {
        let found = rustls_native_certs::load_native_certs();
        let (added, _) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            return Err(SetupError::Tls(
                "this system trusts no authority; set smtp.ca_file".into(),
            ));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(client)))
}

fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| ca_fault(path, &error))?;
    if found.is_empty() {
        return Err(ca_fault(path, &"no certificate in it"));
    }
    Ok(found)
}

fn ca_fault(path: &Path, reason: &impl std::fmt::Display) -> SetupError {
    SetupError::CaFile {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
