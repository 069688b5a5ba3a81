//! The gateway behind TLS, as a device with a wrong clock sees it: certificates that ended long ago, or begin long after
//! now, from an authority of this world's own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

/// When a certificate is good for.
#[derive(Clone, Copy)]
pub(crate) enum Validity {
    Past,
    Now,
    Future,
}

/// An authority that only this world's apps trust.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root_pem: String,
}

impl Authority {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), root_pem })
    }

    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// A port that speaks TLS for `localhost` and hands what it hears to the gateway.
    pub(crate) async fn front(&self, validity: Validity, gateway: SocketAddr) -> Result<SocketAddr> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
        (params.not_before, params.not_after) = match validity {
            Validity::Past => (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1)),
            Validity::Now => (date_time_ymd(2001, 1, 1), date_time_ymd(2999, 1, 1)),
            Validity::Future => (date_time_ymd(2998, 1, 1), date_time_ymd(2999, 1, 1)),
        };
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((app, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // An app that trusts nobody here hangs up, which is the story.
                    let mut app = acceptor.accept(app).await?;
                    let mut gateway = TcpStream::connect(gateway).await?;
                    copy_bidirectional(&mut app, &mut gateway).await
                });
            }
        });
        Ok(address)
    }
}
