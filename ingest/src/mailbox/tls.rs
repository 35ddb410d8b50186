//! TLS by rustls with ring: the system's authorities, or exactly those of the configured file.

use std::{net::TcpStream, path::Path, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use super::{
    fault::Fault,
    net::{Net, Watch},
};

/// Wraps a connected socket; the certificate must be valid for `host`.
pub(super) fn wrap(
    tcp: TcpStream,
    host: &str,
    ca_file: Option<&Path>,
    watch: &Arc<Watch>,
) -> Result<Net, Fault> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Fault::Tls(format!("{host} is neither a host name nor an address")))?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Fault::Tls(e.to_string()))?
        .with_root_certificates(roots(ca_file)?)
        .with_no_client_auth();
    let connection =
        ClientConnection::new(Arc::new(config), name).map_err(|e| Fault::Tls(e.to_string()))?;
    Net::secure(tcp, connection, watch).map_err(|e| Fault::Tls(format!("{host}: {e}")))
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    let Some(path) = ca_file else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(Fault::Tls(
                "this system has no certificate authorities; install ca-certificates or set \
                 ca_file"
                    .to_owned(),
            ));
        }
        return Ok(roots);
    };
    let fail = |e: String| Fault::Tls(format!("ca_file {}: {e}", path.display()));
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| fail(e.to_string()))? {
        let certificate = certificate.map_err(|e| fail(e.to_string()))?;
        roots.add(certificate).map_err(|e| fail(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(fail("no certificate in it; it must be PEM".to_owned()));
    }
    Ok(roots)
}
