//! A service with a state folder, in process, whose clock stands.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use palisander::build_router;
use palisander::config::DRAWN_SHARE;
use palisander::service::budgets::Budgets;
use palisander::service::exchange::Exchange;
use palisander::service::live::{Engines, Load, Loaded};
use palisander::service::readers::{KeyWish, NewKey, OPERATOR, Wanted};
use palisander::service::suspicions::SuspicionChannel;
use palisander::service::{Clock, Office};
use palisander::state::State;
pub use palisander::store::Role;
use palisander::store::{Place, ReaderKind, Store, Told};
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, Inputs, Label, Options};
use serde_json::Value;
use tower::ServiceExt;

use crate::cluster::Cluster;

/// The shipped tables and rules, read once.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open(&Options::default()).unwrap());

pub const DAY: &str = "2026-11-01";

/// Where a state is kept: it goes when the last of these goes.
#[derive(Clone)]
pub struct Ground {
    /// The state, or the key of the log of a database.
    pub folder: Arc<tempfile::TempDir>,
    /// The database, and its address.
    pub database: Option<(Arc<Cluster>, String)>,
}

impl Ground {
    /// A folder.
    pub fn file() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()), database: None }
    }

    /// A database of its own; `None` where tests were told to do without.
    pub fn database() -> Option<Self> {
        let cluster = Cluster::start()?;
        let state = cluster.state();
        Some(Self { folder: Arc::new(tempfile::tempdir().unwrap()), database: Some((Arc::new(cluster), state)) })
    }

    pub fn place(&self) -> Place {
        let folder = self.folder.path();
        match &self.database {
            None => Place::read(folder.to_str().unwrap(), Told::Argument, None).unwrap(),
            Some((_, state)) => Place::read(state, Told::Argument, Some(folder)).unwrap(),
        }
    }

    /// How a command is told.
    pub fn arguments(&self) -> Vec<String> {
        let folder = self.folder.path().to_str().unwrap();
        let words: &[&str] = match &self.database {
            None => &["--state", folder],
            Some((_, state)) => &["--state", state, "--log-key", folder],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }
}

/// Tests of functions that are given a [`Ground`], on each store.
macro_rules! on_each_store {
    ($($name:ident),+ $(,)?) => {
        mod in_a_file {
            $(#[tokio::test] async fn $name() { super::$name(crate::harness::Ground::file()).await })+
        }
        mod in_a_database {
            $(#[tokio::test] async fn $name() {
                if let Some(ground) = crate::harness::Ground::database() { super::$name(ground).await }
            })+
        }
    };
}

pub(crate) use on_each_store;

pub struct House {
    pub office: Arc<Office>,
    pub clock: Clock,
    pub app: axum::Router,
    /// The live engine of it.
    pub engines: Engines,
    /// What its background works with.
    pub state: State,
    /// Goes with the house, after its store.
    pub _ground: Ground,
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

    /// A house whose state is there.
    pub fn on(ground: Ground) -> Self {
        Self::of(ENGINE.with_inputs(&Inputs::default()).unwrap(), ground)
    }

    pub fn over(engine: Engine) -> Self {
        Self::of(engine, Ground::file())
    }

    /// A house with that engine, whose state is there.
    pub fn of(engine: Engine, ground: Ground) -> Self {
        Self::made(ground, 0.0, |_| Engines::fixed(engine))
    }

    /// One that draws green bills as a service does.
    pub fn drawing() -> Self {
        let engine = ENGINE.with_inputs(&Inputs::default()).unwrap();
        Self::made(Ground::file(), DRAWN_SHARE, |_| Engines::fixed(engine))
    }

    /// A house that takes on what it is told.
    pub fn told(ground: Ground) -> Self {
        Self::told_and_drawing(ground, 0.0)
    }

    /// One that also draws that share of green bills.
    pub fn told_and_drawing(ground: Ground, share: f64) -> Self {
        let loaded = Loaded {
            engine: Arc::new(ENGINE.with_inputs(&Inputs::default()).unwrap()),
            inputs: Inputs::default(),
            rules: RuleSource::default(),
            sources: Vec::new(),
            pack: None,
            unpacked: None,
        };
        let load: Arc<Load> = Arc::new(move || Ok(loaded.clone()));
        Self::made(ground, share, |office| Engines::loaded(load, Some(office)).unwrap())
    }

    /// Engines that can be loaded again, with what they are made of on record.
    pub fn loading(ground: Ground, load: Arc<Load>) -> Self {
        Self::made(ground, 0.0, |office| Engines::loaded(load, Some(office)).unwrap())
    }

    /// One that asks these exchanges, with that register.
    pub fn asking(ground: Ground, exchanges: Vec<Arc<dyn Exchange>>, register: &str) -> Self {
        let loaded = crate::register::loaded(register);
        let load: Arc<Load> = Arc::new(move || Ok(loaded.clone()));
        let engines = |office: &Office| Engines::loaded(load, Some(office)).unwrap();
        Self::with_office(ground, 0.0, engines, None, |office| office.exchanges = exchanges)
    }

    /// One that has a channel to a financial intelligence unit.
    pub fn reporting(ground: Ground, channel: Arc<dyn SuspicionChannel>) -> Self {
        let engine = ENGINE.with_inputs(&Inputs::default()).unwrap();
        let furnish = |office: &mut Office| office.suspicions = Some(channel);
        Self::with_office(ground, 0.0, |_| Engines::fixed(engine), None, furnish)
    }

    /// One that counts the calls of each key.
    pub fn limited(budgets: Arc<Budgets>) -> Self {
        let engine = ENGINE.with_inputs(&Inputs::default()).unwrap();
        Self::with_budgets(Ground::file(), 0.0, |_| Engines::fixed(engine), Some(budgets))
    }

    fn made(ground: Ground, drawn_share: f64, engines: impl FnOnce(&Office) -> Engines) -> Self {
        Self::with_budgets(ground, drawn_share, engines, None)
    }

    fn with_budgets(
        ground: Ground,
        drawn_share: f64,
        engines: impl FnOnce(&Office) -> Engines,
        budgets: Option<Arc<Budgets>>,
    ) -> Self {
        Self::with_office(ground, drawn_share, engines, budgets, |_| {})
    }

    fn with_office(
        ground: Ground,
        drawn_share: f64,
        engines: impl FnOnce(&Office) -> Engines,
        budgets: Option<Arc<Budgets>>,
        furnish: impl FnOnce(&mut Office),
    ) -> Self {
        let store: Arc<dyn Store> = Arc::from(ground.place().open().unwrap());
        let clock = Clock::standing(format!("{DAY}T08:00:00Z").parse().unwrap());
        // A draw would make every test a matter of luck; those of the draw set its share.
        let mut office = Office::new(store, clock.clone());
        office.drawn_share = drawn_share;
        furnish(&mut office);
        let state =
            State::over(engines(&office), Some(DAY.parse().unwrap())).but(|parts| parts.budgets = budgets).of(office);
        let (office, engines) = (state.office.clone().unwrap(), state.engines.clone());
        Self { office, clock, app: build_router(state.clone()), engines, state, _ground: ground }
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

    /// The folder of its state.
    pub fn folder(&self) -> &std::path::Path {
        self._ground.folder.path()
    }

    /// The same state, for another process.
    pub fn beside(&self) -> Ground {
        self._ground.clone()
    }

    pub fn at(&self, time: &str) {
        self.clock.set(time.parse().unwrap());
    }
}
