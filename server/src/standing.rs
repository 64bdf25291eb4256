//! How the service stands: in which ways it is degraded, and how old what it answers from is.
//!
//! In: engines, store, certificates, the clock. Out: words of a closed set, and days. Looked up at most once in
//! [`STANDING_INTERVAL`], whoever asks and however many: the routes that tell it are open. They tell the uncleared what an
//! engine under CLEAR holds and how the machinery does; that rows of an input did not load is told to those who may see the
//! counters, since such a row may be of a record that nobody may know of.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use palisander_engine::{Date, Engine, Label};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::config::{LOG_UNSIGNED_LONG, STANDING_INTERVAL, STANDING_TIMEOUT};
use crate::edge::Tls;
use crate::service::live::Engines;
use crate::service::{Clock, Office, Views};
use crate::words::words;

words! {
    /// A way in which the service is degraded.
    Degraded {
        /// The store does not answer, or not in time: no call with a key is served.
        StoreAway = "store_away",
        /// What was to be put on record last was not: the disk is full, or does not take what is written. Nothing of it was
        /// acknowledged.
        NotWritten = "not_written",
        /// Entries have waited long for a signed checkpoint: who changed them would not be found out.
        LogUnsigned = "log_unsigned",
        /// Certificates could not be read again; those before are shown until they end.
        CertificatesNotRead = "certificates_not_read",
        /// Rows, profiles or the history of what answers did not load.
        EditionIncomplete = "edition_incomplete",
    }
}

impl Degraded {
    /// May everybody know it?
    pub fn is_open(self) -> bool {
        !matches!(self, Self::EditionIncomplete)
    }
}

/// How it stands.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub degraded: BTreeSet<Degraded>,
    pub ages: Ages,
}

/// How old what it answers from is, as far as everybody may know it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ages {
    /// Today in UTC, from which days are counted.
    pub today: Option<Date>,
    /// When files of rules, tables and inputs were read last.
    pub files_read_at: Option<Timestamp>,
    /// The last day on which a Notification was published.
    pub notifications: Option<Age>,
    /// The same of alerts of any other kind.
    pub alerts: Option<Age>,
    /// The last day on which a permit of the register was issued.
    pub register: Option<Age>,
    /// The last day that the history remembers.
    pub history: Option<Age>,
    /// When the log was signed last.
    pub checkpoint_at: Option<Timestamp>,
}

/// A day, and how many days ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Age {
    pub day: Date,
    pub days: i32,
}

/// What is looked at.
pub struct Watched {
    pub office: Option<Arc<Office>>,
    pub engines: Engines,
    pub tls: Option<Arc<Tls>>,
}

/// What was seen last.
#[derive(Default)]
pub struct Standing {
    last: Mutex<Option<(Timestamp, Arc<Seen>)>>,
    /// For a service without readers, whose callers are told what CLEAR tells too.
    views: Arc<Views>,
}

impl Standing {
    /// How it stands now.
    pub async fn seen(&self, of: Watched) -> Arc<Seen> {
        let now = of.office.as_ref().map_or_else(Timestamp::now, |office| office.clock.now());
        let mut last = self.last.lock().await;
        if let Some((at, seen)) = &*last
            && now.duration_since(*at).unsigned_abs() < STANDING_INTERVAL
        {
            return Arc::clone(seen);
        }
        let views = Arc::clone(&self.views);
        let looking = tokio::task::spawn_blocking(move || looked(&of, &views, now));
        let seen = match timeout(STANDING_TIMEOUT, looking).await {
            Ok(Ok(seen)) => seen,
            // What does not answer in time is away to those who wait.
            _ => Seen { degraded: BTreeSet::from([Degraded::StoreAway]), ..Seen::default() },
        };
        let seen = Arc::new(seen);
        *last = Some((now, Arc::clone(&seen)));
        seen
    }
}

fn looked(of: &Watched, views: &Views, now: Timestamp) -> Seen {
    let live = of.engines.live();
    let mut degraded = BTreeSet::new();
    let mut checkpoint_at = None;
    let (views, today) = match &of.office {
        Some(office) => {
            match log(office, now) {
                Ok((at, is_unsigned)) => {
                    checkpoint_at = at;
                    degraded.extend(is_unsigned.then_some(Degraded::LogUnsigned));
                }
                Err(why) => {
                    tracing::warn!(%why, "the store does not answer");
                    degraded.insert(Degraded::StoreAway);
                }
            }
            degraded.extend((!office.store.writes()).then_some(Degraded::NotWritten));
            (&office.views, office.clock.today())
        }
        None => (views, Clock::default().today()),
    };
    if of.tls.as_ref().is_some_and(|tls| tls.is_old()) {
        degraded.insert(Degraded::CertificatesNotRead);
    }
    if !live.engine.load_faults().is_empty() || live.engine.history_is_lost() {
        degraded.insert(Degraded::EditionIncomplete);
    }
    let open = views.of(&live.engine, Label::Clear);
    Seen { degraded, ages: Ages { files_read_at: of.engines.read_at(), checkpoint_at, ..ages(&open, today) } }
}

/// When the log was signed last, and whether what came since has waited long.
fn log(office: &Office, now: Timestamp) -> Result<(Option<Timestamp>, bool), crate::store::StoreError> {
    let last = office.store.checkpoints(1)?.pop();
    let first_unsigned = office.store.entries(last.as_ref().map_or(0, |last| last.size), 1)?.pop();
    let waits = first_unsigned.map(|entry| now.duration_since(entry.at));
    let is_long = waits.is_some_and(|waits| waits.is_positive() && waits.unsigned_abs() > LOG_UNSIGNED_LONG);
    let at = last.and_then(|last| last.note.lines().find_map(|line| line.strip_prefix("at ")?.parse().ok()));
    Ok((at, is_long))
}

fn ages(engine: &Engine, today: Date) -> Ages {
    // What is dated ahead is not fresh: it is not known yet.
    let last = |days: &mut dyn Iterator<Item = Date>| {
        let day = days.filter(|day| *day <= today).max()?;
        Some(Age { day, days: (today - day).get_days() })
    };
    let records = |is_notification: bool| {
        let own = engine
            .alerts()
            .records()
            .iter()
            .filter(move |record| !record.invented && (record.kind == "notification") == is_notification);
        own.filter_map(|record| record.published_on)
    };
    Ages {
        today: Some(today),
        notifications: last(&mut records(true)),
        alerts: last(&mut records(false)),
        register: last(&mut engine.register().documents().filter_map(|document| document.issued_on)),
        history: last(&mut engine.history().and_then(|history| history.last_day()).into_iter()),
        ..Ages::default()
    }
}
