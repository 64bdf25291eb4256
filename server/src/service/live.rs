//! The engine that answers now, and how another one takes its place.
//!
//! In: a way to load an engine with the files that it is made of. Out: the live engine behind a swap: a request takes it once
//! and keeps it, so that no answer mixes two. In a service with a memory the files are on record before the engine answers.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use palisander_engine::Engine;

use super::editions::Source;
use super::office::{Office, OfficeError};

/// An engine that answers.
#[derive(Debug)]
pub struct Live {
    pub engine: Arc<Engine>,
    /// Id of what it is made of, where that is on record.
    pub edition: Option<String>,
}

/// An engine and what it is made of beside what is built in.
pub struct Loaded {
    pub engine: Engine,
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
    /// One reload at a time: the later one reads the later files.
    reloading: Arc<Mutex<()>>,
}

impl Engines {
    /// One engine that is never read again.
    pub fn fixed(engine: Engine) -> Self {
        let live = Live { engine: Arc::new(engine), edition: None };
        Self { live: Arc::new(ArcSwap::from_pointee(live)), load: None, reloading: Arc::default() }
    }

    /// The first engine of a way to load, put on record where there is an office.
    pub fn loaded(load: Arc<Load>, office: Option<&Office>) -> Result<Self, NotReloaded> {
        let live = recorded(load().map_err(NotReloaded::Unreadable)?, office)?;
        Ok(Self { live: Arc::new(ArcSwap::from_pointee(live)), load: Some(load), reloading: Arc::default() })
    }

    /// The engine that answers now.
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }

    /// Reads the files again. What is asked meanwhile is answered by the engine before.
    pub fn reload(&self, office: Option<&Office>) -> Result<Reloaded, NotReloaded> {
        let load = self.load.as_ref().ok_or(NotReloaded::NoSource)?;
        let _one = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let next = recorded(load().map_err(NotReloaded::Unreadable)?, office)?;
        let (before, edition) = (self.live(), next.edition.clone());
        let faults = next.engine.load_faults().to_vec();
        let changed = before.engine.stated() != next.engine.stated() || before.edition != edition;
        if changed {
            self.live.store(Arc::new(next));
        }
        Ok(Reloaded { changed, edition, faults })
    }
}

fn recorded(loaded: Loaded, office: Option<&Office>) -> Result<Live, OfficeError> {
    let Loaded { engine, sources } = loaded;
    let edition = office.map(|office| office.edition_on_record(&sources, &engine)).transpose()?;
    Ok(Live { engine: Arc::new(engine), edition })
}
