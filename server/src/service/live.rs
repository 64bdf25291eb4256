//! The engine that answers now, and how another one takes its place.
//!
//! In: a way to load an engine with the files that it is made of, and what the store says beside them (`news`). Out: the live
//! engine behind a swap: a request takes it once and keeps it, so that no answer mixes two. In a service with a memory what it
//! is made of is on record before the engine answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, EngineError, Input as EngineInput, Inputs};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::acting::Holds;
use super::editions::Source;
use super::news::News;
use super::office::{Office, OfficeError};
use super::register::FileTaken;
use crate::bundle::Input;
use crate::hex;
use crate::packs;
use crate::store::RegisterChange;

/// An engine that answers.
#[derive(Debug)]
pub struct Live {
    pub engine: Arc<Engine>,
    /// Id of what it is made of, where that is on record.
    pub edition: Option<String>,
    /// Sealed holds that act: the engine says nothing of their bills.
    pub holds: Arc<Holds>,
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
    /// What the pack says of itself that the rules came in.
    pub pack: Option<packs::About>,
    /// Where it is unpacked: rules are read again from there when the store says other rulesets.
    pub unpacked: Option<Arc<TempDir>>,
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
    /// The file of the register is another one: the change that waits for a second person.
    pub register_waits: Option<String>,
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
    /// What the live engine was made of. Held while another is made: the later one is made of the later files and news.
    made_of: Arc<Mutex<Option<MadeOf>>>,
    /// When files were read last. What is told between two readings does not show here: it may be of what few may know.
    read_at: Arc<Mutex<Option<Timestamp>>>,
}

/// What an engine is made of.
struct MadeOf {
    /// What the files gave.
    loaded: Loaded,
    /// What the store said.
    news: News,
    /// The engine of the files, with the register as the store has it and no changes of it.
    grounded: Arc<Engine>,
    /// The same with the changes.
    permitted: Arc<Engine>,
    /// A change of the register that waits, because the file is another one.
    register_waits: Option<String>,
}

impl Engines {
    /// One engine that is never read again.
    pub fn fixed(engine: Engine) -> Self {
        let live = Live { engine: Arc::new(engine), edition: None, holds: Arc::default() };
        Self {
            live: Arc::new(ArcSwap::from_pointee(live)),
            load: None,
            made_of: Arc::default(),
            read_at: Arc::default(),
        }
    }

    /// The first engine of a way to load, put on record where there is an office.
    pub fn loaded(load: Arc<Load>, office: Option<&Office>) -> Result<Self, NotReloaded> {
        let made_of = MadeOf::read(&load, office, None)?;
        let live = made_of.live(office)?;
        let read_at = Arc::new(Mutex::new(Some(now(office))));
        let made_of = Arc::new(Mutex::new(Some(made_of)));
        let own = Self { live: Arc::new(ArcSwap::from_pointee(live)), load: Some(load), made_of, read_at };
        // What expired while nobody served is over before anybody is answered.
        if let Some(office) = office {
            own.follow(office)?;
        }
        Ok(own)
    }

    /// The engine that answers now.
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }

    /// Where the rules of the files came from.
    pub fn overlay(&self) -> RuleSource {
        self.held().as_ref().map(|made_of| made_of.loaded.rules.clone()).unwrap_or_default()
    }

    /// When the files were read last; `None` = there are none.
    pub fn read_at(&self) -> Option<Timestamp> {
        *self.read_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the files again. What is asked meanwhile is answered by the engine before.
    pub fn reload(&self, office: Option<&Office>) -> Result<Reloaded, NotReloaded> {
        let load = self.load.as_ref().ok_or(NotReloaded::NoSource)?;
        let mut made_of = self.held();
        let next_of = MadeOf::read(load, office, made_of.as_ref())?;
        let next = next_of.live(office)?;
        let (before, edition) = (self.live(), next.edition.clone());
        let faults = next.engine.load_faults().to_vec();
        let changed = before.engine.stated() != next.engine.stated() || before.edition != edition;
        if changed {
            self.live.store(Arc::new(next));
        }
        let register_waits = next_of.register_waits.clone();
        *made_of = Some(next_of);
        *self.read_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now(office));
        Ok(Reloaded { changed, edition, faults, register_waits })
    }

    /// Takes on what the store says now, whoever wrote it; whether the engine is another than before. Files are not read. Holds
    /// that have expired are ended.
    pub fn follow(&self, office: &Office) -> Result<bool, NotReloaded> {
        // A hold that cannot be ended holds up no news; it is tried again at the next look.
        if let Err(why) = office.end_expired(&self.live()) {
            tracing::error!(%why, "a hold that has expired acts still");
        }
        let mut made_of = self.held();
        let Some(before) = made_of.as_mut() else { return Ok(false) };
        if office.store.last_news().map_err(OfficeError::from)? == before.news.upto {
            return Ok(false);
        }
        let news = office.news()?;
        if news.says_as(&before.news) {
            before.news.upto = news.upto;
            return Ok(false);
        }
        let upto = news.upto;
        let next_of = MadeOf::of(before.loaded.clone(), news, office, Some(before))?;
        let next = next_of.live(Some(office))?;
        self.live.store(Arc::new(next));
        // The last of it came last and waited least; those before came within the same look.
        if let Some(entry) = office.store.entries(upto.saturating_sub(1), 1).map_err(OfficeError::from)?.pop() {
            office.metrics.relayed(Duration::try_from(office.clock.now().duration_since(entry.at)).unwrap_or_default());
        }
        *made_of = Some(next_of);
        Ok(true)
    }

    fn held(&self) -> MutexGuard<'_, Option<MadeOf>> {
        self.made_of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now(office: Option<&Office>) -> Timestamp {
    office.map_or_else(Timestamp::now, |office| office.clock.now())
}

/// What of the file of the register was not read. Faults of other files may be of what not everybody may know.
fn register_faults(loaded: &Loaded) -> Vec<String> {
    let Some(EngineInput::Read { path, .. }) = &loaded.inputs.register else { return Vec::new() };
    let name = format!("{} ", path.display());
    loaded.engine.load_faults().iter().filter_map(|fault| fault.strip_prefix(&name)).map(str::to_owned).collect()
}

fn wrong(error: EngineError) -> NotReloaded {
    NotReloaded::Unreadable(error.to_string())
}

impl MadeOf {
    /// Reads the files, and has the store take the register where they name one.
    fn read(load: &Arc<Load>, office: Option<&Office>, before: Option<&Self>) -> Result<Self, NotReloaded> {
        let loaded = load().map_err(NotReloaded::Unreadable)?;
        let acts = before.and_then(|before| before.loaded.pack.as_ref());
        if let (Some(acts), Some(next)) = (acts, &loaded.pack)
            && acts.name == next.name
            && next.edition < acts.edition
        {
            let (name, next, acts) = (&acts.name, next.edition, acts.edition);
            let why =
                format!("pack `{name}`: edition {next} is older than {acts}, which acts; only a restart goes back");
            return Err(NotReloaded::Unreadable(why));
        }
        let Some(office) = office else {
            let (grounded, permitted) = (Arc::clone(&loaded.engine), Arc::clone(&loaded.engine));
            return Ok(Self { loaded, news: News::default(), grounded, permitted, register_waits: None });
        };
        let file = loaded.sources.iter().find(|source| source.path == Input::Register.path());
        let taken =
            file.map(|file| office.takes_file(&file.bytes, loaded.engine.register(), &register_faults(&loaded)));
        let taken = taken.transpose()?;
        match &taken {
            Some(FileTaken::Seeded) => tracing::info!("the register was empty and is that of the file from here on"),
            Some(FileTaken::Waits(id)) => {
                tracing::warn!(%id, "the file of the register is another one; it acts when a second person has signed it");
            }
            Some(FileTaken::Known) | None => {}
        }
        let made_of = Self::of(loaded, office.news()?, office, before)?;
        let register_waits = taken.and_then(|taken| match taken {
            FileTaken::Waits(id) => Some(id),
            _ => None,
        });
        Ok(Self { register_waits, ..made_of })
    }

    /// Files and news together; what is large and the same as before is shared.
    fn of(loaded: Loaded, news: News, office: &Office, before: Option<&Self>) -> Result<Self, NotReloaded> {
        let before = before.filter(|before| before.news.register == news.register);
        let is_same = before.is_some_and(|before| Arc::ptr_eq(&before.loaded.engine, &loaded.engine));
        let file = loaded.sources.iter().find(|source| source.path == Input::Register.path());
        let is_of_file = |register: &RegisterChange| {
            file.is_some_and(|file| hex::shown(&Sha256::digest(&file.bytes)) == register.file.sha256)
        };
        let grounded = match (&news.register, before) {
            (_, Some(before)) if is_same => Arc::clone(&before.grounded),
            (None, _) => Arc::clone(&loaded.engine),
            (Some(_), Some(before)) => Arc::new(loaded.engine.with_register_of(&before.grounded)),
            (Some(register), None) if is_of_file(register) => Arc::clone(&loaded.engine),
            (Some(register), None) => {
                let bytes = EngineInput::Bytes(office.file_of(register)?);
                Arc::new(loaded.engine.with_register(&bytes).map_err(wrong)?)
            }
        };
        let permitted = match before.filter(|before| is_same && before.news.permits == news.permits) {
            Some(before) => Arc::clone(&before.permitted),
            None if news.permits.is_empty() => Arc::clone(&grounded),
            None => {
                let changes = EngineInput::Bytes(news.permits.clone());
                Arc::new(grounded.with_permits(&changes).map_err(wrong)?)
            }
        };
        Ok(Self { loaded, news, grounded, permitted, register_waits: None })
    }

    /// The engine of it, on record where there is an office.
    fn live(&self, office: Option<&Office>) -> Result<Live, NotReloaded> {
        let Self { loaded, news, permitted, .. } = self;
        let Loaded { inputs, rules, sources, .. } = loaded;
        let mut engine = Arc::clone(permitted);
        if news.tells() {
            engine = Arc::new(engine.with_notices(&news.beside(inputs)).map_err(wrong)?);
        }
        if !news.rules.is_empty() {
            let rules = RuleSource { overlay: rules.overlay.clone(), texts: news.rules.clone() };
            engine = Arc::new(engine.ruled_by(&rules).map_err(wrong)?);
        }
        // The register is in the store already; the number of the entry stands for it.
        let is_kept = |source: &&Source| news.register.is_none() || source.path != Input::Register.path();
        let sources: Vec<Source> = sources.iter().filter(is_kept).cloned().collect();
        let edition = office.map(|office| office.edition_on_record(&sources, news, &engine)).transpose()?;
        if !news.holds.is_empty() {
            engine = Arc::new(engine.with_sealed(news.holds.bills()));
        }
        Ok(Live { engine, edition, holds: Arc::clone(&news.holds) })
    }
}
