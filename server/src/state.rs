//! What every request shares: the frozen engine behind a swap, and a bound on what is under way.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use palisander_engine::manifests::Mapping;
use palisander_engine::{Date, Engine};

use crate::admission::Admission;
use crate::config::Doors;
use crate::edge::Tls;
use crate::metrics::Metrics;
use crate::service::Office;
use crate::service::budgets::Budgets;
use crate::service::live::Engines;
use crate::service::outbound::Outbound;
use crate::service::tokens::Tokens;
use crate::standing::{Seen, Standing, Watched};
use crate::trace::Spans;

/// Shared by all requests. One pointer: each door before a route has a copy of it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// What they share.
#[derive(Clone)]
pub struct Parts {
    /// The live engine. A reload builds another aside and swaps it in.
    pub engines: Engines,
    /// Room for bodies, places for work.
    pub admission: Admission,
    /// Names under which the service may be asked, and pages that may ask it.
    pub doors: Arc<Doors>,
    /// TLS where it is spoken here.
    pub tls: Option<Arc<Tls>>,
    /// Mappings of tables by name.
    pub mappings: Arc<BTreeMap<String, Mapping>>,
    /// Search over its alerts and the library.
    pub search: Arc<crate::search::SearchIndex>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Whom requests are told to beside the log; `None` = nobody.
    pub spans: Option<Arc<dyn Spans>>,
    /// Store, readers, clock; `None` = the service remembers nothing and serves whoever is on this machine.
    pub office: Option<Arc<Office>>,
    /// How many calls each key may make; `None` = as many as it likes.
    pub budgets: Option<Arc<Budgets>>,
    /// How it stands.
    pub standing: Arc<Standing>,
    /// Whose tokens of another authority are taken beside keys; `None` = nobody's.
    pub tokens: Option<Arc<dyn Tokens>>,
    /// Where messages may be sent to.
    pub outbound: Arc<Outbound>,
    /// Day for requests that name none; `None` = today in UTC.
    pub as_of: Option<Date>,
}

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    /// State over one engine that is never read again.
    pub fn new(engine: Engine, as_of: Option<Date>) -> Self {
        Self::over(Engines::fixed(engine), as_of)
    }

    /// State over engines.
    pub fn over(engines: Engines, as_of: Option<Date>) -> Self {
        Self(Arc::new(Parts {
            engines,
            admission: Admission::default(),
            doors: Arc::default(),
            tls: None,
            mappings: Arc::default(),
            search: Arc::default(),
            metrics: Arc::default(),
            spans: None,
            office: None,
            budgets: None,
            standing: Arc::default(),
            outbound: Arc::default(),
            tokens: None,
            as_of,
        }))
    }

    /// The same but for what is changed before anybody shares it.
    pub fn but(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The same with what the operator set.
    pub fn with(self, doors: Doors, mappings: BTreeMap<String, Mapping>) -> Self {
        self.but(|parts| {
            parts.doors = Arc::new(doors);
            parts.mappings = Arc::new(mappings);
        })
    }

    /// The same with a memory: from here on nobody is served without a key.
    pub fn of(self, office: Office) -> Self {
        self.but(|parts| {
            parts.metrics = Arc::clone(&office.metrics);
            parts.office = Some(Arc::new(office));
        })
    }

    /// Reads the certificates again and tells the log; `None` = there are none, `Some(false)` = those before go on.
    pub fn reload_certificates(&self) -> Option<bool> {
        let read = self.tls.as_ref()?.reload();
        match &read {
            Ok(()) => tracing::info!("certificates read again"),
            Err(why) => tracing::warn!(%why, "certificates not read again; those before go on"),
        }
        Some(read.is_ok())
    }

    /// How it stands now.
    pub async fn seen(&self) -> Arc<Seen> {
        let (office, engines, tls) = (self.office.clone(), self.engines.clone(), self.tls.clone());
        self.standing.seen(Watched { office, engines, tls }).await
    }

    /// The day that counts: as asked, else as set, else today in UTC. Stamped here, at the edge.
    pub fn day(&self, asked: Option<Date>) -> Date {
        let today = || self.office.as_ref().map_or_else(today, |office| office.clock.today());
        asked.or(self.as_of).unwrap_or_else(today)
    }
}

/// Today in UTC.
pub fn today() -> Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
