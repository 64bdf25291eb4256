//! The engine that answers now, and how another one takes its place.
//!
//! In: a way to load an engine with the files that it is made of, and what the store says beside them (`news`). Out: the live
//! engine behind a swap: a request takes it once and keeps it, so that no answer mixes two. In a service with a memory what it
//! is made of is on record before the engine answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, EngineError, Inputs};

use super::editions::Source;
use super::news::News;
use super::office::{Office, OfficeError};

/// An engine that answers.
#[derive(Debug)]
pub struct Live {
    pub engine: Arc<Engine>,
    /// Id of what it is made of, where that is on record.
    pub edition: Option<String>,
}

/// An engine and what it is made of beside what is built in.
#[derive(Clone)]
pub struct Loaded {
    pub engine: Arc<Engine>,
    /// What it read.
    pub inputs: Inputs,
    /// Where its rules came from.
    pub rules: RuleSource,
    pub sources: Vec<Source>,
}

/// Loads an engine from where it came from; says why it cannot.
pub type Load = dyn Fn() -> Result<Loaded, String> + Send + Sync;

/// What a reload did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reloaded {
    /// The engine is another than before.
    pub changed: bool,
    /// Id of what it is made of.
    pub edition: Option<String>,
    /// Rows and profiles that did not load, in words.
    pub faults: Vec<String>,
}

/// Why nothing was reloaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReloaded {
    /// There is nothing to read again.
    #[error("this engine came from no files that could be read again")]
    NoSource,
    /// What stands in the files cannot be loaded. The engine before goes on.
    #[error("{0}")]
    Unreadable(String),
    /// It could not be put on record. The engine before goes on.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

/// The live engine.
#[derive(Clone)]
pub struct Engines {
    live: Arc<ArcSwap<Live>>,
    load: Option<Arc<Load>>,
    /// What the files gave, and what the store said when the live engine was made. Held while another is made: the later one is
    /// made of the later files and news.
    made_of: Arc<Mutex<Option<(Loaded, News)>>>,
    /// When files were read last. What is told between two readings does not show here: it may be of what few may know.
    read_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Engines {
    /// One engine that is never read again.
    pub fn fixed(engine: Engine) -> Self {
        let live = Live { engine: Arc::new(engine), edition: None };
        Self {
            live: Arc::new(ArcSwap::from_pointee(live)),
            load: None,
            made_of: Arc::default(),
            read_at: Arc::default(),
        }
    }

    /// The first engine of a way to load, put on record where there is an office.
    pub fn loaded(load: Arc<Load>, office: Option<&Office>) -> Result<Self, NotReloaded> {
        let (loaded, news) = (load().map_err(NotReloaded::Unreadable)?, news(office)?);
        let live = made(&loaded, &news, office)?;
        let made_of = Arc::new(Mutex::new(Some((loaded, news))));
        let read_at = Arc::new(Mutex::new(Some(now(office))));
        Ok(Self { live: Arc::new(ArcSwap::from_pointee(live)), load: Some(load), made_of, read_at })
    }

    /// The engine that answers now.
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }

    /// Where the rules of the files came from.
    pub fn overlay(&self) -> RuleSource {
        self.held().as_ref().map(|(loaded, _)| loaded.rules.clone()).unwrap_or_default()
    }

    /// When the files were read last; `None` = there are none.
    pub fn read_at(&self) -> Option<Timestamp> {
        *self.read_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the files again. What is asked meanwhile is answered by the engine before.
    pub fn reload(&self, office: Option<&Office>) -> Result<Reloaded, NotReloaded> {
        let load = self.load.as_ref().ok_or(NotReloaded::NoSource)?;
        let mut made_of = self.held();
        let (loaded, news) = (load().map_err(NotReloaded::Unreadable)?, news(office)?);
        let next = made(&loaded, &news, office)?;
        let (before, edition) = (self.live(), next.edition.clone());
        let faults = next.engine.load_faults().to_vec();
        let changed = before.engine.stated() != next.engine.stated() || before.edition != edition;
        if changed {
            self.live.store(Arc::new(next));
        }
        *made_of = Some((loaded, news));
        *self.read_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now(office));
        Ok(Reloaded { changed, edition, faults })
    }

    /// Takes on what the store says now, whoever wrote it; whether the engine is another than before. Files are not read.
    pub fn follow(&self, office: &Office) -> Result<bool, NotReloaded> {
        let mut made_of = self.held();
        let Some((loaded, before)) = made_of.as_mut() else { return Ok(false) };
        if office.store.last_news().map_err(OfficeError::from)? == before.upto {
            return Ok(false);
        }
        let news = office.news()?;
        if news.says_as(before) {
            before.upto = news.upto;
            return Ok(false);
        }
        let next = made(loaded, &news, Some(office))?;
        self.live.store(Arc::new(next));
        *before = news;
        Ok(true)
    }

    fn held(&self) -> MutexGuard<'_, Option<(Loaded, News)>> {
        self.made_of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now(office: Option<&Office>) -> Timestamp {
    office.map_or_else(Timestamp::now, |office| office.clock.now())
}

fn news(office: Option<&Office>) -> Result<News, OfficeError> {
    office.map_or_else(|| Ok(News::default()), Office::news)
}

fn made(loaded: &Loaded, news: &News, office: Option<&Office>) -> Result<Live, NotReloaded> {
    let Loaded { engine, inputs, rules, sources } = loaded;
    let wrong = |error: EngineError| NotReloaded::Unreadable(error.to_string());
    let mut engine = Arc::clone(engine);
    if news.tells() {
        engine = Arc::new(engine.with_notices(&news.beside(inputs)).map_err(wrong)?);
    }
    if !news.rules.is_empty() {
        let rules = RuleSource { overlay: rules.overlay.clone(), texts: news.rules.clone() };
        engine = Arc::new(engine.ruled_by(&rules).map_err(wrong)?);
    }
    let edition = office.map(|office| office.edition_on_record(sources, news, &engine)).transpose()?;
    Ok(Live { engine, edition })
}
