//! Asks others over the network, each time on a connection of its own.
//!
//! In: an address. Out: whether a message was taken, or a document up to a limit. A name is resolved once, every address of it is looked at, and the connection goes to one of those very addresses: a name that leads
//! inside is refused however it is made to. No redirect is followed, and nothing is kept open.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::WEBHOOK_TIMEOUT;
use crate::service::outbound::Outbound;

/// What messages are, and what is asked for.
const JSON: &str = "application/json";

/// Who posts, and whom he trusts.
pub struct Client {
    outbound: Outbound,
    tls: TlsConnector,
}

impl Client {
    /// One that trusts the authorities of this system (`SSL_CERT_FILE` names others).
    pub fn new(outbound: Outbound) -> Result<Self, String> {
        Self::trusting(outbound, rustls_native_certs::load_native_certs().certs)
    }

    /// One that trusts these authorities and no others.
    pub fn trusting(outbound: Outbound, authorities: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { outbound, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Posts a message in JSON; why it was not taken, in words that quote nothing of an answer.
    pub async fn post(&self, url: &str, head: &[(&str, String)], body: String) -> Result<(), String> {
        match self.post_bytes(url, JSON, head, Bytes::from(body)).await {
            Ok(status) if (200..300).contains(&status) => Ok(()),
            Ok(status) if (300..400).contains(&status) => Err(format!("answered {status}: redirects are not followed")),
            Ok(status) => Err(format!("answered {status}")),
            Err(why) => Err(why),
        }
    }

    /// Posts bytes of a kind; the status of the answer, or why there is none.
    pub async fn post_bytes(&self, url: &str, kind: &str, head: &[(&str, String)], body: Bytes) -> Result<u16, String> {
        let posted = async { Ok(self.asked(Method::POST, url, kind, head, Body::from(body)).await?.status) };
        let seconds = WEBHOOK_TIMEOUT.as_secs();
        timeout(WEBHOOK_TIMEOUT, posted).await.unwrap_or_else(|_| Err(format!("did not answer within {seconds} s")))
    }

    /// Gets a document of at most so many bytes; why there is none.
    pub async fn get(&self, url: &str, most: usize) -> Result<Vec<u8>, String> {
        let got = async {
            // The connection is held until the body is read.
            let Answer { status, body, _connection } = self.asked(Method::GET, url, JSON, &[], Body::empty()).await?;
            if status != 200 {
                return Err(format!("answered {status}"));
            }
            let whole = axum::body::to_bytes(Body::new(body), most).await;
            whole.map(|bytes| bytes.to_vec()).map_err(|_| format!("its answer broke off, or is over {most} bytes"))
        };
        let seconds = WEBHOOK_TIMEOUT.as_secs();
        timeout(WEBHOOK_TIMEOUT, got).await.unwrap_or_else(|_| Err(format!("did not answer within {seconds} s")))
    }

    async fn asked(
        &self,
        method: Method,
        url: &str,
        kind: &str,
        head: &[(&str, String)],
        body: Body,
    ) -> Result<Answer, String> {
        let uri: Uri = url.parse().map_err(|_| "its address cannot be read".to_owned())?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if self.outbound.is_http_allowed => false,
            _ => return Err("only https:// is asked; http:// where that was configured".to_owned()),
        };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let request = request(method, &uri, kind, head, body)?;
        let stream = self.connected(host, port).await?;
        if !is_https {
            return asked(stream, request).await;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| "its name is none for TLS".to_owned())?;
        let stream = self.tls.connect(name, stream).await.map_err(|error| format!("no TLS: {error}"))?;
        asked(stream, request).await
    }

    /// A connection to one of the addresses of a host, all of which may be connected to.
    async fn connected(&self, host: &str, port: u16) -> Result<TcpStream, String> {
        let found = tokio::net::lookup_host((host, port)).await.map_err(|_| "its name leads nowhere".to_owned())?;
        let found: Vec<SocketAddr> = found.collect();
        if found.iter().any(|address| !self.outbound.may(address.ip())) {
            return Err("its name leads to an inner network; allow it with --webhook-allow".to_owned());
        }
        let mut why = "its name leads nowhere".to_owned();
        for address in found {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => why = format!("no connection: {}", error.kind()),
            }
        }
        Err(why)
    }
}

/// An answer whose body is still on its way, as long as this is held.
struct Answer {
    status: u16,
    body: Incoming,
    _connection: Held,
}

/// A connection that ends with what needs it.
struct Held(tokio::task::JoinHandle<hyper::Result<()>>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn request(
    method: Method,
    uri: &Uri,
    kind: &str,
    head: &[(&str, String)],
    body: Body,
) -> Result<Request<Body>, String> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let mut request = Request::builder().method(method).uri(path).header(HOST, authority);
    request = request.header(CONTENT_TYPE, kind);
    request = request.header(USER_AGENT, concat!("palisander/", env!("CARGO_PKG_VERSION")));
    for (name, value) in head {
        request = request.header(*name, value);
    }
    request.body(body).map_err(|_| "its address cannot be read".to_owned())
}

async fn asked(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Result<Answer, String> {
    let broke = |_: hyper::Error| "the connection broke before an answer".to_owned();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broke)?;
    let connection = Held(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(broke)?;
    Ok(Answer { status: answer.status().as_u16(), body: answer.into_body(), _connection: connection })
}
