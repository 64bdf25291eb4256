//! TLS as clients meet it: whom it lets in, how certificates change, and what those who do not speak it cost others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use palisander::config::{HANDSHAKE_TIMEOUT, MAX_CONNECTIONS};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::Value;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

use crate::harness::Ground;
use crate::kill::{Service, asked, key};

/// An authority of the tests' own.
pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, PEM.
#[derive(Clone)]
pub struct Papers {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Asks over TLS who has a certificate of this authority: status and body.
    pub fn asks(&self, at: SocketAddr, key: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        asked(&mut Client::of(self).connect(at)?, key, method, path, body)
    }

    pub fn papers(&self, name: &str) -> Papers {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Papers { certificate, key: key.serialize_pem() }
    }
}

/// A service that speaks TLS, its files, and who trusts it.
struct House {
    service: Service,
    files: tempfile::TempDir,
    authority: Authority,
    officer: String,
    _ground: Ground,
}

/// Puts the files of a service down, for their owner alone.
fn written(folder: &Path, papers: &Papers) -> Vec<String> {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (certificate, key) = (put("service.pem", &papers.certificate), put("service.key", &papers.key));
    vec!["--tls-cert".to_owned(), certificate, "--tls-key".to_owned(), key]
}

impl House {
    fn new(clients: Option<&Authority>) -> Self {
        let (ground, files, authority) = (Ground::file(), tempfile::tempdir().unwrap(), Authority::new());
        let mut arguments = ground.arguments();
        arguments.extend(written(files.path(), &authority.papers("localhost")));
        if let Some(clients) = clients {
            let path = files.path().join("clients.pem");
            std::fs::write(&path, &clients.pem).unwrap();
            arguments.extend(["--tls-client-ca".to_owned(), path.to_str().unwrap().to_owned()]);
        }
        let service = Service::begun(&arguments, &[]);
        let officer = key(&ground, "officer");
        Self { service, files, authority, officer, _ground: ground }
    }

    /// Status of an answer over TLS; `None` when there is none.
    fn asks(&self, client: Client<'_>) -> Option<u16> {
        let mut stream = self.connect(client)?;
        asked(&mut stream, &self.officer, "GET", "/v1/me", "").map(|(status, _)| status)
    }

    fn connect(&self, client: Client<'_>) -> Option<StreamOwned<ClientConnection, TcpStream>> {
        client.connect(self.service.address)
    }

    fn reload(&self) {
        Command::new("kill").args(["-HUP", &self.service.process.id().to_string()]).status().unwrap();
    }

    /// Waits until the service says something.
    fn hears(&self, word: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.service.said.lock().unwrap().contains(word) {
            assert!(Instant::now() < until, "it never says `{word}`");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Versions of TLS that a client speaks.
type Versions = &'static [&'static SupportedProtocolVersion];
static ONLY_12: [&SupportedProtocolVersion; 1] = [&TLS12];
static ONLY_13: [&SupportedProtocolVersion; 1] = [&TLS13];
static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];

/// Who asks.
#[derive(Clone, Copy)]
struct Client<'a> {
    trusts: &'a Authority,
    papers: Option<&'a Papers>,
    versions: Versions,
    speaks: &'a [&'a str],
}

impl<'a> Client<'a> {
    fn of(trusts: &'a Authority) -> Self {
        Self { trusts, papers: None, versions: &BOTH, speaks: &["http/1.1"] }
    }

    fn connect(self, address: SocketAddr) -> Option<StreamOwned<ClientConnection, TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.trusts.pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match self.papers {
            None => config.with_no_client_auth(),
            Some(papers) => {
                let certificate = CertificateDer::from_pem_slice(papers.certificate.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(papers.key.as_bytes()).unwrap();
                config.with_client_auth_cert(vec![certificate], key).unwrap()
            }
        };
        config.alpn_protocols = self.speaks.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        Some(StreamOwned::new(connection, stream))
    }
}

#[test]
fn it_is_spoken_in_both_versions_and_carries_http_1_alone() {
    let house = House::new(None);
    let client = Client::of(&house.authority);
    for versions in [&ONLY_12[..], &ONLY_13] {
        assert_eq!(house.asks(Client { versions, ..client }), Some(200));
    }
    assert_eq!(house.asks(Client { speaks: &[], ..client }), Some(200), "who names no protocol speaks HTTP/1.1");
    assert_eq!(house.asks(Client { speaks: &["h2"], ..client }), None);
    assert_eq!(house.asks(Client::of(&Authority::new())), None, "another authority has not signed it");
    let mut stream = house.connect(client).unwrap();
    assert_eq!(
        asked(&mut stream, "", "GET", "/v1/me", "").map(|(status, _)| status),
        Some(401),
        "the key is asked for"
    );
}

/// A certificate lets in, and says nothing of who he is.
#[test]
fn with_a_client_authority_nobody_else_gets_to_a_route() {
    let clients = Authority::new();
    let house = House::new(Some(&clients));
    let client = Client::of(&house.authority);
    let (known, unknown) = (clients.papers("scanner"), Authority::new().papers("scanner"));
    for versions in [&ONLY_12[..], &ONLY_13] {
        let client = Client { versions, ..client };
        assert_eq!(house.asks(client), None, "no certificate");
        assert_eq!(house.asks(Client { papers: Some(&unknown), ..client }), None, "one of another authority");
        assert_eq!(house.asks(Client { papers: Some(&known), ..client }), Some(200));
        let mut stream = house.connect(Client { papers: Some(&known), ..client }).unwrap();
        assert_eq!(asked(&mut stream, "", "GET", "/v1/me", "").map(|(status, _)| status), Some(401));
        // Not even routes that are open to all.
        let mut stream = house.connect(client).unwrap();
        assert_eq!(asked(&mut stream, "", "GET", "/healthz", ""), None);
    }
}

#[test]
fn certificates_are_read_again_and_broken_ones_change_nothing() {
    let house = House::new(None);
    let next = Authority::new();
    let of = |authority| house.asks(Client::of(authority));
    assert_eq!((of(&house.authority), of(&next)), (Some(200), None));
    std::fs::write(house.files.path().join("service.key"), "no key").unwrap();
    house.reload();
    house.hears("certificates not read again");
    assert_eq!(of(&house.authority), Some(200));
    // The certificate of one with the key of another.
    let papers = next.papers("localhost");
    written(house.files.path(), &Papers { key: next.papers("localhost").key, ..papers.clone() });
    let administrator = house.service.printed.lines().find(|line| line.starts_with("pal_")).unwrap();
    let mut stream = house.connect(Client::of(&house.authority)).unwrap();
    let (status, text) = asked(&mut stream, administrator, "POST", "/v1/reload", "").unwrap();
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, told["certificates_read"].as_bool()), (200, Some(false)), "{text}");
    assert!(!text.contains(house.files.path().to_str().unwrap()), "{text}");
    assert_eq!(of(&house.authority), Some(200));
    written(house.files.path(), &papers);
    house.reload();
    house.hears("certificates read again");
    assert_eq!((of(&house.authority), of(&next)), (None, Some(200)));
}

/// Those who speak no TLS, or begin it and say no more, lose their places to those who do.
#[test]
fn who_speaks_no_tls_hurts_nobody() {
    let house = House::new(None);
    let mut plain = house.service.connect().unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    let _ = plain.read_to_end(&mut bytes);
    assert!(!String::from_utf8_lossy(&bytes).contains("HTTP/"), "nothing is answered in clear");
    let mut half = house.service.connect().unwrap();
    // The head of a ClientHello, and nothing after it.
    half.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]).unwrap();
    let began = Instant::now();
    let silent: Vec<TcpStream> = (0..MAX_CONNECTIONS + 50).filter_map(|_| house.service.connect()).collect();
    for _ in 0..5 {
        let asked = Instant::now();
        assert_eq!(house.asks(Client::of(&house.authority)), Some(200));
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?} among {}", asked.elapsed(), silent.len());
    }
    let mut last = silent.into_iter().last().unwrap();
    let ended = |stream: &mut TcpStream| stream.read_to_end(&mut Vec::new()).is_ok();
    assert!(ended(&mut half) && ended(&mut last));
    assert!(began.elapsed() < HANDSHAKE_TIMEOUT * 2, "{:?}", began.elapsed());
}

#[test]
fn what_cannot_be_used_stops_the_start_and_is_named() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let papers = authority.papers("localhost");
    let told = |arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_palisander")).arg("serve").args(arguments).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    written(folder.path(), &papers);
    let file = |name: &str| -> PathBuf { folder.path().join(name) };
    std::fs::write(file("empty.pem"), "").unwrap();
    std::fs::write(file("open.key"), &papers.key).unwrap();
    std::fs::set_permissions(file("open.key"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let all =
        ["service.pem", "service.key", "empty.pem", "open.key"].map(|name| file(name).to_str().unwrap().to_owned());
    let [certificate, key, empty, open] = all.each_ref().map(String::as_str);
    for (arguments, code, named) in [
        (&["--tls-cert", certificate][..], 3, "--tls-key"),
        (&["--tls-client-ca", certificate], 3, "--tls-cert"),
        (&["--tls-cert", empty, "--tls-key", key], 2, "empty.pem` holds no certificate"),
        (&["--tls-cert", certificate, "--tls-key", open], 2, "chmod 600"),
        (&["--tls-cert", certificate, "--tls-key", empty], 2, "can be read by others"),
        (&["--tls-cert", certificate, "--tls-key", key, "--tls-client-ca", empty], 2, "empty.pem"),
        (&["--tls-cert", "nowhere.pem", "--tls-key", key], 2, "nowhere.pem"),
        (&["--listen", "0.0.0.0:0", "--state", "unused"], 3, "--behind-proxy"),
        (&["--listen", "0.0.0.0:0", "--behind-proxy"], 3, "--state"),
    ] {
        let (found, why) = told(arguments);
        assert_eq!(found, Some(code), "{arguments:?}: {why}");
        assert!(why.contains(named), "{arguments:?}: {why}");
    }
}
