//! The spine: manifest → evidence → outcomes → assessment.
//!
//! In: a manifest, one of its consignments, a day. Out: an [`Assessment`]. The engine is built once and frozen; a reload
//! builds a new one aside. Who has seen this file knows the system.

use std::path::PathBuf;

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
use crate::profile::{ProfileError, ProfileSet, RuleSource};
use crate::reference::{DataSource, ReferenceError, References};

/// Where everything comes from. The default is what is built in.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Reference tables.
    pub data: DataSource,
    /// Rules beside the shipped ones.
    pub rules: RuleSource,
    /// Permit register, CSV or NDJSON.
    pub register: Option<PathBuf>,
    /// Alerts, NDJSON, beside the shipped ones.
    pub alerts: Option<PathBuf>,
    /// Watch list, CSV.
    pub watch_list: Option<PathBuf>,
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

/// Everything that scoring needs, frozen.
#[derive(Debug)]
pub struct Engine {
    /// Reference tables.
    pub references: References,
    /// Names of taxa.
    pub names: NameIndex,
    /// Permit register.
    pub register: Register,
    /// Alerts.
    pub alerts: AlertLookup,
    /// Watch list.
    pub watch_list: WatchList,
    /// Rules.
    pub profiles: ProfileSet,
    words: GoodsWords,
    editions: Editions,
    load_faults: Vec<String>,
}

impl Engine {
    /// Reads every source once. Rows that do not fit are kept as [`Engine::load_faults`]; the good ones count.
    pub fn open(options: &Options) -> Result<Self, EngineError> {
        let references = References::load(&options.data)?;
        let names = NameIndex::build(&options.data)?;
        let words = GoodsWords::build(&options.data)?;
        let profiles = ProfileSet::load(&options.rules, &|citation| references.instruments.resolve(citation).is_some())?;
        let mut load_faults: Vec<String> = profiles.faults.iter().map(ToString::to_string).collect();
        let mut note = |file: &PathBuf, faults: Vec<RecordFault>| {
            load_faults.extend(faults.into_iter().map(|f| format!("{} line {}: {}", file.display(), f.line, f.what)));
        };
        let mut records = shipped_records(&references);
        if let Some(file) = &options.alerts {
            let (more, faults) = read_records(&read(file)?);
            records.extend(more);
            note(file, faults);
        }
        let watch_list = match &options.watch_list {
            Some(file) => {
                let (list, faults) = WatchList::from_csv(&read(file)?);
                note(file, faults);
                list
            }
            None => WatchList::default(),
        };
        let register = Register;
        let editions = Editions {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            rules: profiles.edition.clone(),
            datasets: references.edition().to_owned(),
            alerts: records.len() as u64,
            register: 0,
        };
        let alerts = AlertLookup::build(records);
        Ok(Self { references, names, register, alerts, watch_list, profiles, words, editions, load_faults })
    }

    /// What did not load, in words.
    pub fn load_faults(&self) -> &[String] {
        &self.load_faults
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
        let sources = Sources {
            references: &self.references,
            names: &self.names,
            words: &self.words,
            register: &self.register,
            alerts: &self.alerts,
            watch_list: &self.watch_list,
        };
        evidence::gather(&sources, manifest, consignment, as_of)
    }

    /// Second step: what earlier consignments show. In input order; only consignments of listed wood are kept.
    pub fn observe(&self, manifest: &Manifest, consignment: &Consignment, evidence: &mut Evidence, history: &mut dyn History) {
        let mut n_lots = 0;
        let mut bills = Vec::new();
        if evidence.verdict() == Verdict::Flag {
            let day = |call: &Option<crate::manifest::Call>| call.as_ref().and_then(|c| c.at.as_ref()).map(|at| at.day());
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

    /// Third step: outcomes and the answer.
    pub fn conclude(&self, manifest: &Manifest, consignment: &Consignment, evidence: &Evidence, faults: &[Fault]) -> Assessment {
        let facts = gathered::facts(&Gathered {
            manifest,
            consignment,
            evidence,
            faults,
            references: &self.references,
            alerts: &self.alerts,
            watch_list: &self.watch_list,
        });
        let outcomes = self.profiles.evaluate(&facts, evidence.as_of);
        let (profiles, editions) = (&self.profiles, &self.editions);
        assessment::conclude(&Concluding { profiles, manifest, consignment, evidence, facts: &facts, faults, editions }, &outcomes)
    }
}

/// Consignee and notify names, and their addresses, folded.
fn receivers(consignment: &Consignment) -> Vec<String> {
    let of = |role: PartyRole| consignment.parties.iter().filter(move |party| party.role == role);
    let parties = of(PartyRole::Consignee).chain(of(PartyRole::NotifyParty));
    let mut receivers: Vec<String> = parties
        .flat_map(|party| [crate::alerts::key(&party.name), crate::alerts::key(&evidence::parties::address_text(party))])
        .filter(|text| text.chars().count() >= 6)
        .collect();
    receivers.sort();
    receivers.dedup();
    receivers
}

fn read(path: &PathBuf) -> Result<Vec<u8>, EngineError> {
    std::fs::read(path).map_err(|error| EngineError::File { path: path.display().to_string(), why: error.to_string() })
}
