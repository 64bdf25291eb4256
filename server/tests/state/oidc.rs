//! Tokens of an issuer beside keys: whom they let in, and what attackers make of them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use palisander::build_router;
use palisander::oidc::Issuer;
use palisander::outgoing::Client;
use palisander::service::outbound::Outbound;
use palisander::service::readers::OPERATOR;
use palisander::service::tokens::Subject;
use palisander_engine::Label;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::harness::{DAY, Ground, House, Role, on_each_store};
use crate::kill::command_on;

on_each_store! {
    a_token_lets_in_whom_an_administrator_named,
    no_token_of_an_attacker_lets_anybody_in,
}

fn encoded(value: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

/// A key of the issuer.
enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    fn p256() -> Self {
        let rng = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref(), &rng).unwrap())
    }

    fn ed25519() -> Self {
        let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed25519(Ed25519KeyPair::from_pkcs8(der.as_ref()).unwrap())
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
        }
    }

    fn public(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.public_key().as_ref().to_vec(),
            Self::Ed25519(key) => key.public_key().as_ref().to_vec(),
        }
    }

    fn jwk(&self, kid: &str) -> Value {
        let public = self.public();
        match self {
            Self::P256(_) => json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid,
                "x": encoded(&public[1..33]), "y": encoded(&public[33..]) }),
            Self::Ed25519(_) => json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encoded(&public) }),
        }
    }

    fn sign(&self, head: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", encoded(head.to_string()), encoded(claims.to_string()));
        let signature = match self {
            Self::P256(key) => key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(text.as_bytes()).as_ref().to_vec(),
        };
        format!("{text}.{}", encoded(signature))
    }

    fn token(&self, kid: &str, claims: &Value) -> String {
        self.sign(&json!({ "alg": self.algorithm(), "kid": kid, "typ": "JWT" }), claims)
    }
}

/// An issuer in process: its set of keys, and how often it was asked.
struct Stub {
    address: SocketAddr,
    keys: Arc<Mutex<Value>>,
    asked: Arc<Mutex<usize>>,
    is_down: Arc<Mutex<bool>>,
}

impl Stub {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (keys, asked, is_down) = (Arc::new(Mutex::new(json!([]))), Arc::default(), Arc::new(Mutex::new(false)));
        let stub = Self { address, keys: Arc::clone(&keys), asked: Arc::clone(&asked), is_down: Arc::clone(&is_down) };
        let issuer = stub.issuer();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut text = vec![0; 4_096];
                let n = stream.read(&mut text).unwrap_or(0);
                let head = String::from_utf8_lossy(&text[..n]).into_owned();
                *asked.lock().unwrap() += 1;
                if *is_down.lock().unwrap() {
                    continue;
                }
                let body = if head.starts_with("GET /.well-known/openid-configuration ") {
                    json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") })
                } else {
                    json!({ "keys": *keys.lock().unwrap() })
                };
                let body = body.to_string();
                let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            }
        });
        stub
    }

    fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    fn has(&self, keys: &[Value]) {
        *self.keys.lock().unwrap() = json!(keys);
    }

    fn n_asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

/// A house that takes tokens of an issuer.
struct Desk {
    house: House,
    stub: Stub,
    key: Key,
}

impl Desk {
    fn new(ground: Ground) -> Self {
        let (stub, key) = (Stub::new(), Key::p256());
        stub.has(&[key.jwk("k1")]);
        let mut house = House::on(ground);
        let client = Client::new(Outbound::anywhere(true)).unwrap();
        let issuer = Arc::new(Issuer::new(&stub.issuer(), "palisander", client).unwrap());
        house.state = house.state.but(|parts| parts.tokens = Some(issuer));
        house.app = build_router(house.state.clone());
        Self { house, stub, key }
    }

    fn now(&self) -> i64 {
        self.house.clock.now().as_second()
    }

    fn claims(&self) -> Value {
        json!({ "iss": self.stub.issuer(), "sub": "alice", "aud": ["other", "palisander"], "exp": self.now() + 300,
            "iat": self.now(), "roles": ["administrator"], "groups": ["g_1"] })
    }

    fn with(&self, field: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims[field] = value;
        claims
    }

    async fn status(&self, token: &str) -> u16 {
        self.house.get(token, "/v1/me").await.status
    }

    fn binds(&self, subject: &str, reader: Option<&str>) {
        let subject = Subject { issuer: self.stub.issuer(), subject: subject.to_owned() };
        self.house.office.bind_subject(OPERATOR, subject, reader).unwrap();
    }
}

async fn a_token_lets_in_whom_an_administrator_named(ground: Ground) {
    let desk = Desk::new(ground);
    let officer = desk.house.reader(&[Role::Officer], Label::Amber);
    let token = desk.key.token("k1", &desk.claims());
    // Nobody is made by a token.
    let unknown = desk.house.get(&token, "/v1/me").await;
    let wrong_key = desk.house.get(&format!("pal_{}", "x".repeat(43)), "/v1/me").await;
    assert_eq!((unknown.status, &unknown.text), (401, &wrong_key.text));
    desk.binds("alice", Some(&officer.reader.id));
    let me = desk.house.get(&token, "/v1/me").await;
    assert_eq!((me.status, &me.json()["id"]), (200, &json!(officer.reader.id)), "{}", me.text);
    // Roles are those that he has here.
    assert_eq!(desk.house.get(&token, "/v1/readers").await.status, 403);
    assert_eq!(desk.house.get(&token, "/v1/assessments").await.status, 200);
    assert_eq!(desk.house.get(&officer.key, "/v1/me").await.status, 200, "his key opens too");
    desk.house.office.store.rebuild().unwrap();
    assert_eq!(desk.status(&token).await, 200);
    // A subject is one reader; the command says the same.
    let other = desk.house.reader(&[Role::Officer], Label::Amber);
    let subject = || Subject { issuer: desk.stub.issuer(), subject: "alice".to_owned() };
    assert!(desk.house.office.bind_subject(OPERATOR, subject(), Some(&other.reader.id)).is_err());
    let issuer = desk.stub.issuer();
    let command = ["readers", "subject", &officer.reader.id, "--issuer", &issuer, "--subject", "alice", "--end"];
    assert_eq!(command_on(&desk.house.beside(), &command).0, Some(0));
    assert_eq!(desk.status(&token).await, 401);
    desk.binds("alice", Some(&officer.reader.id));
    assert_eq!(desk.status(&token).await, 200);
    // Keys are exchanged: one that is not known is asked for, and the old one is out with the next set.
    let new = Key::ed25519();
    desk.stub.has(&[new.jwk("k2")]);
    desk.house.at(&format!("{DAY}T08:01:00Z"));
    assert_eq!(desk.status(&new.token("k2", &desk.claims())).await, 200);
    assert_eq!(desk.status(&desk.key.token("k1", &desk.claims())).await, 401);
    // Whoever sends names of keys that there are not has the issuer asked once in a while.
    let before = desk.stub.n_asked();
    for n in 0..20 {
        assert_eq!(desk.status(&desk.key.token(&format!("x{n}"), &desk.claims())).await, 401);
    }
    assert!(desk.stub.n_asked() <= before + 2, "{before} {}", desk.stub.n_asked());
    // The issuer is away: keys go on for their time.
    *desk.stub.is_down.lock().unwrap() = true;
    desk.house.at("2026-11-02T07:00:00Z");
    assert_eq!(desk.status(&new.token("k2", &desk.claims())).await, 200);
    desk.house.at("2026-11-02T09:00:00Z");
    assert_eq!(desk.status(&new.token("k2", &desk.claims())).await, 401);
    assert_eq!(desk.house.get(&officer.key, "/v1/me").await.status, 200, "keys need no issuer");
    *desk.stub.is_down.lock().unwrap() = false;
    let tokens = desk.house.state.tokens.clone().unwrap();
    let now = desk.house.clock.now();
    tokio::task::spawn_blocking(move || tokens.refresh(now)).await.unwrap();
    let token = new.token("k2", &desk.claims());
    assert_eq!(desk.status(&token).await, 200);
    // Who is out here is out, whatever the issuer says.
    desk.house.office.expire_reader(OPERATOR, &officer.reader.id, None).unwrap();
    assert_ne!(desk.status(&token).await, 200);
}

async fn no_token_of_an_attacker_lets_anybody_in(ground: Ground) {
    let desk = Desk::new(ground);
    let officer = desk.house.reader(&[Role::Officer], Label::Amber);
    desk.binds("alice", Some(&officer.reader.id));
    let claims = desk.claims();
    let good = desk.key.token("k1", &claims);
    assert_eq!(desk.status(&good).await, 200);
    let (head, rest) = good.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let attacker = Key::p256();
    let alg = |alg: &str| encoded(json!({ "alg": alg, "kid": "k1" }).to_string());
    // The public key as the secret of a sum that whoever knows it can make.
    let hs256 = {
        use hmac::{Hmac, KeyInit, Mac};
        let text = format!("{}.{payload}", alg("HS256"));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&desk.key.public()).unwrap();
        mac.update(text.as_bytes());
        format!("{text}.{}", encoded(mac.finalize().into_bytes()))
    };
    let bring =
        |field: &str, value: Value| attacker.sign(&json!({ "alg": "ES256", "kid": "k1", field: value }), &claims);
    let own = |head: Value| desk.key.sign(&head, &claims);
    let now = desk.now();
    let tokens = [
        ("alg none", format!("{}.{payload}.", alg("none"))),
        ("alg None", format!("{}.{payload}.", alg("None"))),
        ("alg none with a signature", format!("{}.{payload}.{signature}", alg("none"))),
        ("HS256 by the public key", hs256),
        ("another algorithm than the key's", format!("{}.{payload}.{signature}", alg("EdDSA"))),
        ("RS256 over a key of a curve", format!("{}.{payload}.{signature}", alg("RS256"))),
        ("no signature", format!("{head}.{payload}.")),
        ("no point", format!("{head}.{payload}")),
        ("four parts", format!("{good}.{signature}")),
        ("another's signature", attacker.token("k1", &claims)),
        ("zeros for a signature", format!("{head}.{payload}.{}", encoded([0; 64]))),
        ("a key that is not there", desk.key.token("k9", &claims)),
        ("no kid", own(json!({ "alg": "ES256" }))),
        ("a kid that is a path", own(json!({ "alg": "ES256", "kid": "../../k1" }))),
        ("its own jwk", bring("jwk", attacker.jwk("k1"))),
        ("its own jku", bring("jku", json!("http://127.0.0.1:1/keys"))),
        ("its own x5u", bring("x5u", json!("http://127.0.0.1:1/keys"))),
        ("jku beside a good signature", own(json!({ "alg": "ES256", "kid": "k1", "jku": "http://x/" }))),
        ("crit", own(json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"] }))),
        ("unencoded payload", own(json!({ "alg": "ES256", "kid": "k1", "b64": false }))),
        ("expired", desk.key.token("k1", &desk.with("exp", json!(now - 61)))),
        ("no end", {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().shift_remove("exp");
            desk.key.token("k1", &claims)
        }),
        ("an end in words", desk.key.token("k1", &desk.with("exp", json!("never")))),
        ("not yet", desk.key.token("k1", &desk.with("nbf", json!(now + 120)))),
        ("from tomorrow", desk.key.token("k1", &desk.with("iat", json!(now + 86_400)))),
        ("for others", desk.key.token("k1", &desk.with("aud", json!(["other"])))),
        ("for one other", desk.key.token("k1", &desk.with("aud", json!("palisander2")))),
        ("for nobody", desk.key.token("k1", &desk.with("aud", json!([])))),
        ("of another issuer", desk.key.token("k1", &desk.with("iss", json!("https://login.example")))),
        ("of nearly this issuer", desk.key.token("k1", &desk.with("iss", json!(format!("{}/", desk.stub.issuer()))))),
        ("of a stranger", desk.key.token("k1", &desk.with("sub", json!("bob")))),
        ("of no one", desk.key.token("k1", &desk.with("sub", json!("")))),
        ("of a number", desk.key.token("k1", &desk.with("sub", json!(7)))),
        ("of a reader's own id", desk.key.token("k1", &desk.with("sub", json!(officer.reader.id)))),
        ("padded", format!("{good}=")),
        ("very long", format!("{head}.{}.{signature}", "A".repeat(40_000))),
        ("points", "..".to_owned()),
    ];
    let refused = desk.house.get(&format!("pal_{}", "x".repeat(43)), "/v1/me").await;
    for (what, token) in tokens {
        let answer = desk.house.get(&token, "/v1/me").await;
        assert_eq!((answer.status, &answer.text), (401, &refused.text), "{what}");
    }
    // Within the leeway it is good on both sides.
    assert_eq!(desk.status(&desk.key.token("k1", &desk.with("exp", json!(now - 59)))).await, 200);
    assert_eq!(desk.status(&desk.key.token("k1", &desk.with("nbf", json!(now + 59)))).await, 200);
    assert_eq!(desk.status(&good).await, 200);
    // An issuer whose description is of another gives no keys.
    let client = Client::new(Outbound::anywhere(true)).unwrap();
    let issuer = Issuer::new(&format!("{}/", desk.stub.issuer()), "palisander", client).unwrap();
    assert!(issuer.refreshed(desk.house.clock.now()).await.is_err_and(|why| why.contains("another issuer")));
}
