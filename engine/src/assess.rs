//! The spine: manifest → evidence → outcomes → assessment.
//!
//! In: a manifest, one of its consignments, a day. Out: an [`Assessment`]. The engine is built once and frozen; a reload
//! builds a new one aside. Who has seen this file knows the system.

use std::path::PathBuf;
use std::sync::Arc;

use crate::alerts::{AlertLookup, RecordFault, WatchList, read_records, shipped_records};
use crate::assessment::{self, Assessment, Concluding, Editions};
use crate::codes::Date;
use crate::evidence::history::{DAYS, History, HistoryEvidence, Seen};
use crate::evidence::wording::GoodsWords;
use crate::evidence::{self, Evidence, Sources};
use crate::manifest::{Consignment, Fault, Manifest, PartyRole};
use crate::names::{NameIndex, Verdict};
use crate::permits::Register;
use crate::profile::gathered::{self, Gathered};
use crate::profile::{Facts, ProfileError, ProfileSet, RuleSource};
use crate::reference::{DataSource, ReferenceError, References};

/// Where everything comes from. The default is what is built in.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Reference tables.
    pub data: DataSource,
    /// Rules beside the shipped ones.
    pub rules: RuleSource,
    /// Register, alerts and watch list.
    pub inputs: Inputs,
}

/// What changes from day to day, each a file or its bytes.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Permit register: CSV, NDJSON or CITES e-permit XML.
    pub register: Option<Input>,
    /// Alerts, NDJSON, beside the shipped ones.
    pub alerts: Option<Input>,
    /// Watch list, CSV.
    pub watch_list: Option<Input>,
}

/// A file, or what would stand in it.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Its bytes.
    Bytes(Vec<u8>),
}

impl Input {
    fn read(&self) -> Result<(String, std::borrow::Cow<'_, [u8]>), EngineError> {
        match self {
            Self::Bytes(bytes) => Ok(("bytes".to_owned(), std::borrow::Cow::Borrowed(bytes))),
            Self::File(path) => match std::fs::read(path) {
                Ok(bytes) => Ok((path.display().to_string(), std::borrow::Cow::Owned(bytes))),
                Err(error) => Err(EngineError::File { path: path.display().to_string(), why: error.to_string() }),
            },
        }
    }
}

/// The engine did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A table.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The rules.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A file.
    #[error("`{path}` cannot be read: {why}")]
    File {
        /// File.
        path: String,
        /// Why.
        why: String,
    },
}

/// Everything that scoring needs, frozen. The tables and rules are shared between engines of other inputs.
#[derive(Debug)]
pub struct Engine {
    /// Reference tables.
    pub references: Arc<References>,
    /// Names of taxa.
    pub names: Arc<NameIndex>,
    /// Permit register.
    pub register: Register,
    /// Alerts.
    pub alerts: AlertLookup,
    /// Watch list.
    pub watch_list: WatchList,
    /// Rules.
    pub profiles: Arc<ProfileSet>,
    words: Arc<GoodsWords>,
    editions: Editions,
    load_faults: Vec<String>,
}

impl Engine {
    /// Reads every source once. Rows that do not fit are kept as [`Engine::load_faults`]; the good ones count.
    pub fn open(options: &Options) -> Result<Self, EngineError> {
        let references = Arc::new(References::load(&options.data)?);
        let names = Arc::new(NameIndex::build(&options.data)?);
        let words = Arc::new(GoodsWords::build(&options.data)?);
        let resolves = |citation: &str| references.instruments.resolve(citation).is_some();
        let profiles = Arc::new(ProfileSet::load(&options.rules, &resolves)?);
        Self::assemble(references, names, words, profiles, &options.inputs)
    }

    /// The same tables and rules with another register, alerts and watch list.
    pub fn with_inputs(&self, inputs: &Inputs) -> Result<Self, EngineError> {
        let (references, names) = (Arc::clone(&self.references), Arc::clone(&self.names));
        Self::assemble(references, names, Arc::clone(&self.words), Arc::clone(&self.profiles), inputs)
    }

    /// The same tables with other rules, and no register, alerts or watch list.
    pub fn with_rules(&self, rules: &RuleSource) -> Result<Self, EngineError> {
        let (references, names) = (Arc::clone(&self.references), Arc::clone(&self.names));
        let resolves = |citation: &str| references.instruments.resolve(citation).is_some();
        let profiles = Arc::new(ProfileSet::load(rules, &resolves)?);
        Self::assemble(references, names, Arc::clone(&self.words), profiles, &Inputs::default())
    }

    fn assemble(
        references: Arc<References>,
        names: Arc<NameIndex>,
        words: Arc<GoodsWords>,
        profiles: Arc<ProfileSet>,
        inputs: &Inputs,
    ) -> Result<Self, EngineError> {
        let mut load_faults: Vec<String> = profiles.faults.iter().map(ToString::to_string).collect();
        let mut note = |file: &str, faults: Vec<RecordFault>| {
            load_faults.extend(faults.into_iter().map(|f| format!("{file} line {}: {}", f.line, f.what)));
        };
        let mut records = shipped_records(&references);
        if let Some(input) = &inputs.alerts {
            let (file, bytes) = input.read()?;
            let (mut more, faults) = read_records(&bytes);
            for taxon in more.iter_mut().flat_map(|record| &mut record.taxa) {
                *taxon = references.accepted_name(taxon);
            }
            records.extend(more);
            note(&file, faults);
        }
        let watch_list = match &inputs.watch_list {
            Some(input) => {
                let (file, bytes) = input.read()?;
                let (list, faults) = WatchList::from_csv(&bytes);
                note(&file, faults);
                list
            }
            None => WatchList::default(),
        };
        let register = match &inputs.register {
            Some(input) => {
                let (file, bytes) = input.read()?;
                let (register, faults) = Register::from_bytes(&bytes);
                load_faults.extend(faults.into_iter().map(|fault| format!("{file} {fault}")));
                register
            }
            None => Register::empty(),
        };
        let editions = Editions {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            rules: profiles.edition.clone(),
            datasets: references.edition().to_owned(),
            alerts: records.len() as u64,
            register: register.len() as u64,
        };
        let alerts = AlertLookup::build(records);
        Ok(Self { references, names, register, alerts, watch_list, profiles, words, editions, load_faults })
    }

    /// What did not load, in words.
    pub fn load_faults(&self) -> &[String] {
        &self.load_faults
    }

    /// Words of goods texts.
    pub fn words(&self) -> &GoodsWords {
        &self.words
    }

    /// Editions of everything that is used.
    pub fn editions(&self) -> &Editions {
        &self.editions
    }

    /// One consignment, without a history.
    pub fn assess(&self, manifest: &Manifest, consignment: &Consignment, faults: &[Fault], as_of: Date) -> Assessment {
        let evidence = self.gather(manifest, consignment, as_of);
        self.conclude(manifest, consignment, &evidence, faults)
    }

    /// First step: facts. Depends on nothing but this consignment, so that many can be gathered at once.
    pub fn gather(&self, manifest: &Manifest, consignment: &Consignment, as_of: Date) -> Evidence {
        evidence::gather(&self.sources(), manifest, consignment, as_of)
    }

    /// The same facts under other alerts: what an alert changes is the difference.
    pub fn gather_under(
        &self,
        alerts: &AlertLookup,
        manifest: &Manifest,
        consignment: &Consignment,
        as_of: Date,
    ) -> Evidence {
        evidence::gather(&Sources { alerts, ..self.sources() }, manifest, consignment, as_of)
    }

    fn sources(&self) -> Sources<'_> {
        Sources {
            references: &self.references,
            names: &self.names,
            words: &self.words,
            register: &self.register,
            alerts: &self.alerts,
            watch_list: &self.watch_list,
        }
    }

    /// Second step: what earlier consignments show, and what they have taken from permits. In input order; only
    /// consignments of listed wood and their documents are kept.
    pub fn observe(
        &self,
        manifest: &Manifest,
        consignment: &Consignment,
        evidence: &mut Evidence,
        history: &mut dyn History,
    ) {
        if evidence.documents.iter().any(|document| document.kind.is_cites()) {
            evidence.documents = evidence::documents::spend(
                &self.sources(),
                manifest,
                consignment,
                &evidence.items,
                evidence.as_of,
                history.ledger(),
            );
        }
        let mut n_lots = 0;
        let mut bills = Vec::new();
        if evidence.verdict() == Verdict::Flag {
            let day =
                |call: &Option<crate::manifest::Call>| call.as_ref().and_then(|c| c.at.as_ref()).map(|at| at.day());
            let on = day(&manifest.arrival).or_else(|| day(&manifest.departure)).unwrap_or(evidence.as_of);
            let receivers = receivers(consignment);
            let from = on.checked_sub(jiff::Span::new().days(DAYS)).unwrap_or(on);
            let earlier = history.to_receivers(&receivers, from, on);
            n_lots = earlier.iter().filter(|seen| seen.consignment != consignment.bill_of_lading).count();
            bills = earlier.iter().take(10).map(|seen| seen.consignment.clone()).collect();
            history.keep(Seen { consignment: consignment.bill_of_lading.clone(), on, receivers });
        }
        evidence.history = HistoryEvidence::Kept { n_lots, bills };
    }

    /// What rules look at.
    pub fn facts(
        &self,
        manifest: &Manifest,
        consignment: &Consignment,
        evidence: &Evidence,
        faults: &[Fault],
    ) -> Facts {
        gathered::facts(&Gathered {
            manifest,
            consignment,
            evidence,
            faults,
            references: &self.references,
            watch_list: &self.watch_list,
        })
    }

    /// Third step: outcomes and the answer.
    pub fn conclude(
        &self,
        manifest: &Manifest,
        consignment: &Consignment,
        evidence: &Evidence,
        faults: &[Fault],
    ) -> Assessment {
        let facts = self.facts(manifest, consignment, evidence, faults);
        let outcomes = self.profiles.evaluate(&facts, evidence.as_of);
        let (profiles, editions) = (&self.profiles, &self.editions);
        assessment::conclude(
            &Concluding { profiles, manifest, consignment, evidence, facts: &facts, faults, editions },
            &outcomes,
        )
    }
}

/// Consignee and notify names, and their addresses, folded.
fn receivers(consignment: &Consignment) -> Vec<String> {
    let of = |role: PartyRole| consignment.parties.iter().filter(move |party| party.role == role);
    let parties = of(PartyRole::Consignee).chain(of(PartyRole::NotifyParty));
    let mut receivers: Vec<String> = parties
        .flat_map(|party| {
            [crate::alerts::key(&party.name), crate::alerts::key(&evidence::parties::address_text(party))]
        })
        .filter(|text| text.chars().count() >= 6)
        .collect();
    receivers.sort();
    receivers.dedup();
    receivers
}
