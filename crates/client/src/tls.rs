//! Whom the client trusts: the roots in the library, and those that the app adds. It must never accept what no root
//! vouches for; there is no switch for that.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::{Error, ErrorKind};

/// The TLS settings of every connection: ring, TLS 1.2 and 1.3, HTTP/1.1.
pub(crate) fn config(extra_roots: &[Vec<u8>]) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Untrusted, "tls", error.to_string()))?;
    let extra = extra(extra_roots)?;
    let mut config = trusting(builder, provider, extra)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

type Unverified = rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>;

#[cfg(not(feature = "platform-verifier"))]
fn trusting(
    builder: Unverified,
    _provider: Arc<rustls::crypto::CryptoProvider>,
    extra: Vec<CertificateDer<'static>>,
) -> Result<rustls::ClientConfig, Error> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in extra {
        roots.add(certificate).map_err(|_| bad_root())?;
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(feature = "platform-verifier")]
fn trusting(
    builder: Unverified,
    provider: Arc<rustls::crypto::CryptoProvider>,
    extra: Vec<CertificateDer<'static>>,
) -> Result<rustls::ClientConfig, Error> {
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
        .map_err(|error| Error::new(ErrorKind::Untrusted, "platform_verifier", error.to_string()))?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// Each entry is one certificate in DER, or any number in PEM.
fn extra(entries: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut roots = Vec::new();
    for entry in entries {
        if entry.starts_with(b"-----") || entry.windows(10).any(|part| part == b"-----BEGIN") {
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(entry) {
                roots.push(certificate.map_err(|_| bad_root())?);
            }
            if roots.len() == before {
                return Err(bad_root());
            }
        } else {
            roots.push(CertificateDer::from(entry.clone()));
        }
    }
    Ok(roots)
}

fn bad_root() -> Error {
    Error::bad_input("bad_root", "An extra root is no certificate: give it as PEM or DER.")
}
