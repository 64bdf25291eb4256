//! A service with a state folder, in process, whose clock stands.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use palisander::build_router;
use palisander::config::DRAWN_SHARE;
use palisander::service::live::{Engines, Load};
use palisander::service::readers::{KeyWish, NewKey, OPERATOR, Wanted};
use palisander::service::{Clock, Office};
use palisander::state::State;
use palisander::store::{ReaderKind, Role, SqliteStore, Store};
use palisander_engine::{Engine, Inputs, Label, Options};
use serde_json::Value;
use tower::ServiceExt;

/// The shipped tables and rules, read once.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open(&Options::default()).unwrap());

pub const DAY: &str = "2026-11-01";

pub struct House {
    /// Goes with the house.
    pub _folder: tempfile::TempDir,
    pub office: Arc<Office>,
    pub clock: Clock,
    pub app: axum::Router,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

impl House {
    pub fn new() -> Self {
        Self::with(&Inputs::default())
    }

    pub fn with(inputs: &Inputs) -> Self {
        Self::over(ENGINE.with_inputs(inputs).unwrap())
    }

    pub fn over(engine: Engine) -> Self {
        Self::made(0.0, |_| Engines::fixed(engine))
    }

    /// One that draws green bills as a service does.
    pub fn drawing() -> Self {
        Self::made(DRAWN_SHARE, |_| Engines::fixed(ENGINE.with_inputs(&Inputs::default()).unwrap()))
    }

    /// Engines that can be loaded again, with what they are made of on record.
    pub fn loading(load: Arc<Load>) -> Self {
        Self::made(0.0, |office| Engines::loaded(load, Some(office)).unwrap())
    }

    fn made(drawn_share: f64, engines: impl FnOnce(&Office) -> Engines) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
        let clock = Clock::standing(format!("{DAY}T08:00:00Z").parse().unwrap());
        // A draw would make every test a matter of luck; those of the draw set its share.
        let mut office = Office::new(store, clock.clone());
        office.drawn_share = drawn_share;
        let state = State::over(engines(&office), Some(DAY.parse().unwrap())).of(office);
        let office = state.office.clone().unwrap();
        Self { _folder: folder, office, clock, app: build_router(state) }
    }

    pub fn wanted(name: &str, roles: &[Role], clearance: Label) -> Wanted {
        Wanted {
            name: name.to_owned(),
            kind: ReaderKind::Person,
            roles: roles.iter().copied().collect(),
            groups: BTreeSet::new(),
            clearance,
            expires_on: None,
            key: KeyWish::default(),
        }
    }

    /// A reader and his key.
    pub fn reader(&self, roles: &[Role], clearance: Label) -> NewKey {
        let name = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" and ");
        self.office.add_reader(OPERATOR, Self::wanted(&name, roles, clearance)).unwrap()
    }

    pub async fn send(&self, key: Option<&str>, method: &str, path: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        if !body.is_empty() {
            let media = if path.starts_with("/v1/manifests") { "application/x-ndjson" } else { "application/json" };
            request = request.header(header::CONTENT_TYPE, media);
        }
        self.sends(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub async fn sends(&self, request: Request<Body>) -> Answer {
        let (status, headers, bytes) = self.bytes(request).await;
        Answer { status, headers, text: String::from_utf8(bytes).unwrap() }
    }

    pub async fn bytes(&self, request: Request<Body>) -> (u16, HeaderMap, Vec<u8>) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 28).await.unwrap();
        (status, headers, bytes.to_vec())
    }

    pub async fn get(&self, key: &str, path: &str) -> Answer {
        self.send(Some(key), "GET", path, "").await
    }

    pub async fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.send(Some(key), "POST", path, &body.to_string()).await
    }

    pub fn at(&self, time: &str) {
        self.clock.set(time.parse().unwrap());
    }
}
