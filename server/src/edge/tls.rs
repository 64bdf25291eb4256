//! TLS: what this service shows of itself, and of whom it asks a certificate.
//!
//! In: files of certificates, of the key, and of the authorities of clients where they are asked for one. Out: a greeting
//! (TLS 1.2 or 1.3, HTTP/1.1 alone) that a reload replaces for the connections that come after it. Files that cannot be used
//! change nothing. Who a caller is says his key alone: a certificate lets him in, and gives him no role.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, rustls};

use crate::config::{MAX_PEM_BYTES, TlsFiles};

/// The one protocol that is spoken behind it.
const ALPN: &[u8] = b"http/1.1";

/// TLS as it is spoken now.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
    is_old: AtomicBool,
}

impl Tls {
    /// Reads the files; says which of them cannot be used, and why.
    pub fn read(files: TlsFiles) -> Result<Self, String> {
        let config = ArcSwap::from_pointee(configured(&files)?);
        Ok(Self { files, config, is_old: AtomicBool::new(false) })
    }

    /// Reads the files again. Connections that are open keep what they began with; nobody comes back by an old session, since
    /// sessions are of the configuration that made them.
    pub fn reload(&self) -> Result<(), String> {
        let read = configured(&self.files);
        self.is_old.store(read.is_err(), Ordering::Relaxed);
        self.config.store(Arc::new(read?));
        Ok(())
    }

    /// Could the files not be used when they were read last?
    pub fn is_old(&self) -> bool {
        self.is_old.load(Ordering::Relaxed)
    }

    /// Greets who has connected.
    pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> std::io::Result<TlsStream<S>> {
        TlsAcceptor::from(self.config.load_full()).accept(stream).await
    }
}

fn configured(files: &TlsFiles) -> Result<ServerConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let named = |path: &Path, why: String| format!("`{}`: {why}", path.display());
    let chain = certificates(&files.certificate)?;
    let key = key(&files.key)?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let roots = roots(path, &provider).map_err(|why| named(path, why))?;
            builder.with_client_cert_verifier(roots)
        }
    };
    // Here a key that is not that of the certificate is found.
    let mut config = builder.with_single_cert(chain, key).map_err(|error| {
        named(&files.certificate, format!("it and the key `{}` do not serve together: {error}", files.key.display()))
    })?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

fn roots(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(path)? {
        roots.add(authority).map_err(|error| format!("it is no certificate of an authority: {error}"))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    builder.build().map(|verifier| verifier as _).map_err(|error| error.to_string())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = text_of(path)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found = read.map_err(|error| format!("`{}`: its PEM cannot be read: {error}", path.display()))?;
    if found.is_empty() {
        return Err(format!("`{}` holds no certificate in PEM", path.display()));
    }
    Ok(found)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    owned(path)?;
    let wrong = |error| format!("`{}` holds no key in PEM that is not encrypted: {error}", path.display());
    PrivateKeyDer::from_pem_slice(&text_of(path)?).map_err(wrong)
}

fn text_of(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("`{}` cannot be read: {error}", path.display());
    if std::fs::metadata(path).map_err(failed)?.len() > MAX_PEM_BYTES {
        return Err(format!("`{}` is over MAX_PEM_BYTES ({MAX_PEM_BYTES})", path.display()));
    }
    std::fs::read(path).map_err(failed)
}

/// Refuses a key that others can read: it is no secret any more.
#[cfg(unix)]
fn owned(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    match about.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(format!("`{0}` can be read by others than its owner: `chmod 600 {0}`, or a new key", path.display())),
    }
}

#[cfg(not(unix))]
fn owned(_: &Path) -> Result<(), String> {
    Ok(())
}
