//! The spine: manifest → gathered → settled → assessment.
//!
//! In: a manifest, one of its consignments, a day. Out: an [`Assessment`]. No step needs the engine to change: what one
//! consignment leaves to the next is remembered in an edition, which is built before it is judged against. The engine is built once and frozen; a reload
//! builds a new one aside. Who has seen this file knows the system.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alerts::{AlertLookup, AlertRecord, WatchList, shipped_records};
use crate::assessment::{self, Assessment, Concluding, Counts, Editions, InLane, Short, Verdict};
use crate::codes::{Date, HsCode};
use crate::digest;
use crate::evidence::wording::GoodsWords;
use crate::evidence::{self, Neighbours, Sources};
use crate::history::{
    self, EarlierLots, EarlierUses, Edition, Filing, Key, Lot, Lots, OtherFilings, Past, Remembered, Spending,
    Standing, Unavailable,
};
use crate::inputs::{self, Holdings, Input, InputError, Inputs, Notices, Report};
use crate::label::Label;
use crate::manifest::parse::Parsed;
use crate::manifest::{Consignment, Fault, Function, GoodsItem, Manifest};
use crate::names::{NameIndex, NameQuery};
use crate::permits::{PermitKey, Register};
use crate::profile::gathered;
use crate::profile::{Facts, Lane, Outcome, ProfileError, ProfileSet, RuleSource, Wanted, shipped_ids};
use crate::reference::{DataSource, ReferenceError, References};
use crate::sealed::SealedBills;
use crate::settle::{self, Gathered, Settled};

/// Where everything comes from. The default is what is built in.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the reference tables come from: those built in, or a folder of the same shape.
    pub data: DataSource,
    /// Rules beside the shipped ones.
    pub rules: RuleSource,
    /// Register, alerts and watch list.
    pub inputs: Inputs,
}

/// The engine did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A reference table does not read.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The rules do not load.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A file of the inputs.
    #[error(transparent)]
    Input(#[from] InputError),
}

/// Everything that scoring needs, frozen. The tables and rules are shared between engines of other inputs: a copy holds nothing
/// of its own but what it says of itself.
#[derive(Debug, Clone)]
pub struct Engine {
    references: Arc<References>,
    names: Arc<NameIndex>,
    register: Arc<Register>,
    alerts: Arc<AlertLookup>,
    watch_list: Arc<WatchList>,
    profiles: Arc<ProfileSet>,
    /// `None` = no history is kept; `Err` = it is lost.
    history: Arc<Option<Result<Edition, String>>>,
    /// Indicators under a stricter label are not asked. RED: all are.
    clearance: Label,
    /// Bills of which nothing is said.
    sealed: Arc<SealedBills>,
    words: Arc<GoodsWords>,
    editions: Editions,
    /// Fingerprint of all editions but the history's.
    edition: digest::Hash,
    /// How much of each input was read.
    reports: Vec<Report>,
    /// What the inputs lack, for every answer.
    input_faults: Vec<Fault>,
    /// What did not load, of register, history and rules first.
    load_faults: Vec<String>,
    /// How many of them are not of alerts and watch lists.
    n_lasting_faults: usize,
}

/// What an engine says of itself in its answers, beside what it holds: enough for one that holds the same of a bill, and
/// not the rest, to answer with the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// Editions of everything.
    pub editions: Editions,
    /// How much of each input was read.
    pub inputs: Vec<Report>,
}

impl Engine {
    /// Reads every source once. Rows that do not fit are kept as [`Engine::load_faults`]; the good ones count.
    pub fn open(options: &Options) -> Result<Self, EngineError> {
        let references = Arc::new(References::load(&options.data)?);
        let names = Arc::new(NameIndex::build(&options.data)?);
        let words = Arc::new(GoodsWords::build(&options.data)?);
        let profiles = rules(&references, |resolves| ProfileSet::load(&options.rules, resolves))?;
        Self::assemble(references, names, words, profiles, &options.inputs)
    }

    /// The same tables and rules with another register, alerts and watch list.
    pub fn with_inputs(&self, inputs: &Inputs) -> Result<Self, EngineError> {
        let (references, names) = (Arc::clone(&self.references), Arc::clone(&self.names));
        Self::assemble(references, names, Arc::clone(&self.words), Arc::clone(&self.profiles), inputs)
    }

    /// The same with other alerts, information and watch lists, which are all that is read of `inputs`: register and history are
    /// shared, so that news acts at once however large they are.
    pub fn with_notices(&self, inputs: &Inputs) -> Result<Self, EngineError> {
        let notices = inputs::notices(inputs, &self.references)?;
        let is_lasting = |report: &&Report| !NOTICES.contains(&&*report.input);
        let reports = self.reports.iter().filter(is_lasting).cloned().collect();
        let lasting = self.load_faults.get(..self.n_lasting_faults).unwrap_or_default().to_vec();
        let tables = Tables {
            references: Arc::clone(&self.references),
            names: Arc::clone(&self.names),
            words: Arc::clone(&self.words),
            profiles: Arc::clone(&self.profiles),
        };
        Ok(tables.beside(Arc::clone(&self.register), Arc::clone(&self.history), notices, reports, lasting))
    }

    /// The same with another register, and no changes of it.
    pub fn with_register(&self, register: &Input) -> Result<Self, EngineError> {
        let alone = Inputs { register: Some(register.clone()), ..Inputs::default() };
        let Holdings { register, reports, .. } = inputs::holdings(&alone)?;
        Ok(self.holding(Arc::new(register), reports, &REGISTER))
    }

    /// The same with other changes of the register since it was read, and everything else as it is: nothing large is copied or
    /// made anew.
    pub fn with_permits(&self, changes: &Input) -> Result<Self, EngineError> {
        let (register, report) = inputs::changed(&self.register, changes)?;
        Ok(self.holding(Arc::new(register), vec![report], &REGISTER[1..]))
    }

    /// The same with the register of another engine, which is shared.
    pub fn with_register_of(&self, other: &Self) -> Self {
        let reports = other.reports.iter().filter(|report| REGISTER.contains(&&*report.input)).cloned().collect();
        self.holding(Arc::clone(&other.register), reports, &REGISTER)
    }

    /// The same with a register and its reports, which stand in the place of those of these inputs.
    fn holding(&self, register: Arc<Register>, mut reports: Vec<Report>, instead_of: &[&str]) -> Self {
        let faults = reports.iter_mut().flat_map(|report| std::mem::take(&mut report.faults));
        let mut load_faults: Vec<String> = faults.collect();
        let n_lasting_faults = self.n_lasting_faults + load_faults.len();
        load_faults.extend(self.load_faults.iter().cloned());
        let own = self.reports.iter().filter(|report| !instead_of.contains(&&*report.input));
        let reports: Vec<Report> = own.cloned().chain(reports).collect();
        let counts = Counts { register: register.len() as u64, ..self.editions.counts };
        let edition = digest::shown(&register.edition()).into();
        let editions = Editions { register: edition, counts, ..self.editions.clone() };
        let input_faults = reports.iter().filter_map(Report::fault).collect();
        let edition = digest::of(&editions);
        Self { register, edition, editions, reports, input_faults, load_faults, n_lasting_faults, ..self.clone() }
    }

    /// The same with other rules, and everything else as it is.
    pub fn ruled_by(&self, source: &RuleSource) -> Result<Self, EngineError> {
        Ok(self.under(rules(&self.references, |resolves| ProfileSet::load(source, resolves))?))
    }

    /// The same with a folder of rules as the base that it would become, or with the built-in rules, and everything else as it
    /// is: to try on bills that were filed what is being written, never for an answer. Every profile acts as though it had
    /// begun before the first bill.
    pub fn trying(&self, folder: Option<&Path>) -> Result<Self, EngineError> {
        let profiles = rules(&self.references, |resolves| match folder {
            Some(folder) => ProfileSet::judged(folder, resolves).map(ProfileSet::begun),
            None => ProfileSet::load(&RuleSource::default(), resolves).map(ProfileSet::begun),
        })?;
        Ok(self.under(profiles))
    }

    fn under(&self, profiles: Arc<ProfileSet>) -> Self {
        let of_rules = self.profiles.faults.len();
        let of_inputs = self.load_faults.get(of_rules..).unwrap_or_default();
        let mut load_faults: Vec<String> = profiles.faults.iter().map(ToString::to_string).collect();
        let n_lasting_faults = (self.n_lasting_faults + load_faults.len()).saturating_sub(of_rules);
        load_faults.extend(of_inputs.iter().cloned());
        let editions = Editions { rules: edition_of(&profiles), ..self.editions.clone() };
        let edition = digest::of(&editions);
        Self { profiles, edition, editions, load_faults, n_lasting_faults, ..self.clone() }
    }

    /// Ids of the profiles that are built in.
    pub fn shipped_profiles() -> BTreeSet<String> {
        shipped_ids()
    }

    /// The same with the import permit rules, reservations and quotas of another source, and no register, alerts or watch
    /// list: what one table would change.
    pub fn with_law(&self, source: &DataSource) -> Result<Self, EngineError> {
        let references = Arc::new(self.references.with_law(source)?);
        let (names, words) = (Arc::clone(&self.names), Arc::clone(&self.words));
        Self::assemble(references, names, words, Arc::clone(&self.profiles), &Inputs::default())
    }

    /// The same tables with other rules, and no register, alerts or watch list.
    pub fn with_rules(&self, source: &RuleSource) -> Result<Self, EngineError> {
        self.ruled_alone(rules(&self.references, |resolves| ProfileSet::load(source, resolves))?)
    }

    /// The same tables with a folder of rules as the base that it would become, and no register, alerts or watch list: to
    /// judge what is being written, never for an answer.
    pub fn judging(&self, folder: &Path) -> Result<Self, EngineError> {
        self.ruled_alone(rules(&self.references, |resolves| ProfileSet::judged(folder, resolves))?)
    }

    fn ruled_alone(&self, profiles: Arc<ProfileSet>) -> Result<Self, EngineError> {
        let (references, names) = (Arc::clone(&self.references), Arc::clone(&self.names));
        Self::assemble(references, names, Arc::clone(&self.words), profiles, &Inputs::default())
    }

    fn assemble(
        references: Arc<References>,
        names: Arc<NameIndex>,
        words: Arc<GoodsWords>,
        profiles: Arc<ProfileSet>,
        inputs: &Inputs,
    ) -> Result<Self, EngineError> {
        let notices = inputs::notices(inputs, &references)?;
        let Holdings { register, history, mut reports } = inputs::holdings(inputs)?;
        let mut lasting: Vec<String> = profiles.faults.iter().map(ToString::to_string).collect();
        lasting.extend(reports.iter_mut().flat_map(|report| std::mem::take(&mut report.faults)));
        let tables = Tables { references, names, words, profiles };
        Ok(tables.beside(Arc::new(register), Arc::new(history), notices, reports, lasting))
    }

    /// The same engine as a reader of that clearance may know it: without the alerts, permits, watched parties and
    /// indicators under a stricter label, and without a word on rows and profiles that did not load. It answers as an engine
    /// that never held them; what it does hold is shared. The edition of its rules is that of all of them.
    pub fn seen_under(&self, clearance: Label) -> Self {
        let is_seen = |label: Label| label <= clearance;
        let alerts = match self.alerts.records().iter().all(|record| is_seen(record.label())) {
            true => Arc::clone(&self.alerts),
            false => {
                let seen = self.alerts.records().iter().filter(|record| is_seen(record.label()));
                Arc::new(AlertLookup::build(seen.cloned().collect()))
            }
        };
        let register = Arc::new(self.register.under(clearance));
        let watch_list = self.watch_list.seen_by(is_seen).map_or_else(|| Arc::clone(&self.watch_list), Arc::new);
        let editions = Editions {
            alerts: digest::shown(&alerts.edition()).into(),
            register: digest::shown(&register.edition()).into(),
            watch_list: digest::shown(&watch_list.edition()).into(),
            counts: Counts {
                alerts: alerts.records().len() as u64,
                register: register.len() as u64,
                watch_list: watch_list.len() as u64,
            },
            ..self.editions.clone()
        };
        let is_whole = clearance == Label::Red;
        let edition = digest::of(&editions);
        let seen = Self { register, alerts, watch_list, clearance, edition, editions, ..self.clone() };
        if is_whole {
            return seen;
        }
        let (reports, input_faults, load_faults) = (Vec::new(), Vec::new(), Vec::new());
        Self { reports, input_faults, load_faults, n_lasting_faults: 0, ..seen }
    }

    /// The labels of all that it holds: alerts, permits, watched parties and indicators.
    pub fn labels(&self) -> BTreeSet<Label> {
        let alerts = self.alerts.records().iter().map(AlertRecord::label);
        let indicators = self.profiles.indicators.iter().map(|indicator| indicator.handling);
        alerts.chain(self.watch_list.labels()).chain(self.register.labels()).chain(indicators).collect()
    }

    /// Does it say anything to who is cleared for all that it says to nobody else: of rows, profiles and inputs that did not
    /// load?
    pub fn has_faults(&self) -> bool {
        !(self.load_faults.is_empty() && self.input_faults.is_empty() && self.profiles.failed.is_empty())
    }

    /// The same engine, but that it says nothing of these bills: their lane is green unless something of them was lost, and no
    /// rule has met. Editions and everything else stay as they are.
    pub fn with_sealed(&self, sealed: SealedBills) -> Self {
        Self { sealed: Arc::new(sealed), ..self.clone() }
    }

    /// The same engine, speaking of every bill.
    pub fn frank(&self) -> Self {
        self.with_sealed(SealedBills::default())
    }

    /// What this engine says of itself.
    pub fn stated(&self) -> Stated {
        Stated { editions: self.editions.clone(), inputs: self.reports.clone() }
    }

    /// The same engine, saying of itself what another one said: for a replay from those rows of the other's inputs that a
    /// bill touched. Who calls this compares the answers.
    pub fn stating(self, stated: Stated) -> Self {
        let Stated { editions, inputs } = stated;
        let input_faults = inputs.iter().filter_map(Report::fault).collect();
        Self { edition: digest::of(&editions), editions, reports: inputs, input_faults, ..self }
    }

    /// The reference tables that every answer of this engine rests on.
    pub fn references(&self) -> &References {
        &self.references
    }

    /// Names of woods; shared, because a search over alerts reads its questions with them.
    pub fn names(&self) -> &Arc<NameIndex> {
        &self.names
    }

    /// The permit register.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// Alerts, the shipped ones included.
    pub fn alerts(&self) -> &AlertLookup {
        &self.alerts
    }

    /// The watch list.
    pub fn watch_list(&self) -> &WatchList {
        &self.watch_list
    }

    /// The rules loaded, with the faults found on the way.
    pub fn profiles(&self) -> &ProfileSet {
        &self.profiles
    }

    /// The rules alone; `None` when another engine shares them.
    pub fn into_profiles(self) -> Option<ProfileSet> {
        Arc::into_inner(self.profiles)
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

    /// What is known of the past: the edition that the engine was opened with, or that there is none.
    pub fn past(&self) -> Past<'_> {
        match &*self.history {
            None => Past::none(),
            Some(Ok(edition)) => Past::of(edition),
            Some(Err(_)) => Past { lots: &Lost, uses: &Lost, filings: &Lost },
        }
    }

    /// The edition that the engine was opened with.
    pub fn history(&self) -> Option<&Edition> {
        (*self.history).as_ref().and_then(|history| history.as_ref().ok())
    }

    /// True when a history was given and cannot be read: then nothing of the past is known, whatever else is at hand.
    pub fn history_is_lost(&self) -> bool {
        matches!(*self.history, Some(Err(_)))
    }

    /// The answers for the bills of a manifest as it was read, in its order, against the edition that the engine was opened
    /// with. Its faults go with their bills. For many manifests, or more than one core, see [`crate::bills::score`].
    pub fn answers<'a>(&'a self, parsed: &'a Parsed, as_of: Date) -> impl Iterator<Item = Assessment> + 'a {
        let neighbours = Neighbours::of(&parsed.manifest);
        parsed.manifest.consignments.iter().enumerate().map(move |(n, consignment)| {
            let gathered = self.gather_beside(&neighbours, consignment, as_of);
            self.conclude(&self.settle(gathered, &self.past()), &parsed.faults_of(n))
        })
    }

    /// One consignment against the edition that the engine was opened with: all steps in one.
    pub fn assess(&self, manifest: &Manifest, consignment: &Consignment, faults: &[Fault], as_of: Date) -> Assessment {
        let gathered = self.gather(manifest, consignment, as_of);
        self.conclude(&self.settle(gathered, &self.past()), faults)
    }

    /// First step: facts, matches and claims. Depends on nothing but this consignment, so that many can be gathered at
    /// once.
    pub fn gather<'a>(&self, manifest: &'a Manifest, consignment: &'a Consignment, as_of: Date) -> Gathered<'a> {
        self.gather_beside(&Neighbours::of(manifest), consignment, as_of)
    }

    /// The same where the look-ups of the manifest stand already: for each of its many bills.
    pub fn gather_beside<'a>(
        &self,
        neighbours: &Neighbours<'a>,
        consignment: &'a Consignment,
        as_of: Date,
    ) -> Gathered<'a> {
        self.gather_under(&self.alerts, neighbours, consignment, as_of)
    }

    /// The same facts under other alerts: what an alert changes is the difference.
    pub fn gather_under<'a>(
        &self,
        alerts: &AlertLookup,
        neighbours: &Neighbours<'a>,
        consignment: &'a Consignment,
        as_of: Date,
    ) -> Gathered<'a> {
        let evidence = evidence::gather(&Sources { alerts, ..self.sources() }, neighbours, consignment, as_of);
        Gathered::new(&self.references, neighbours.manifest, consignment, evidence)
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

    /// What later consignments are to know of this one: its lot of listed wood and its claims on permits. Pure; an
    /// edition is built of many. `None` = there is nothing to remember, which most bills are told by their words alone.
    pub fn remember(&self, manifest: &Manifest, consignment: &Consignment, as_of: Date) -> Option<Remembered> {
        let acts = manifest.function != Function::Original;
        let cites = acts || consignment.all_documents().any(|(_, _, document)| document.kind.is_cites());
        if !cites && !consignment.goods_items.iter().any(|item| self.may_name_wood(item)) {
            return None;
        }
        self.gather(manifest, consignment, as_of).remembered().cloned()
    }

    /// What a manifest without a bill leaves to be remembered: that it takes back the whole of an earlier one.
    pub fn remember_whole(&self, manifest: &Manifest, as_of: Date) -> Option<Remembered> {
        history::withdrawal(manifest, as_of)
    }

    /// Can the names or the code of an item name a wood at all? Never wrongly no; cheap.
    pub fn may_name_wood(&self, item: &GoodsItem) -> bool {
        let by_code = |hs: &HsCode| {
            let question = NameQuery { text: "", hs: Some(hs), ..NameQuery::default() };
            !self.names.resolve(&question).mentions.is_empty()
        };
        item.scientific_name.is_some()
            || item.common_name.is_some()
            || self.names.screen(&item.description)
            || item.hs_code.as_ref().is_some_and(by_code)
    }

    /// Second step: the past, of which only what this consignment can meet is asked.
    pub fn settle<'a>(&self, gathered: Gathered<'a>, past: &Past<'_>) -> Settled<'a> {
        settle::settle(gathered, past)
    }

    /// What rules look at.
    pub fn facts(&self, settled: &Settled<'_>, faults: &[Fault]) -> Facts {
        self.facts_beside(settled, &self.all_faults(settled, faults), &Wanted::ALL)
    }

    /// The same where every fault is at hand, of the fields that are wanted.
    fn facts_beside(&self, settled: &Settled<'_>, faults: &[Fault], wanted: &Wanted) -> Facts {
        gathered::facts(&gathered::Gathered {
            manifest: settled.manifest,
            consignment: settled.consignment,
            evidence: settled.evidence(),
            standing: settled.standing(),
            faults,
            references: &self.references,
            watch_list: &self.watch_list,
            wanted,
        })
    }

    /// Third step: outcomes and the answer.
    pub fn conclude(&self, settled: &Settled<'_>, faults: &[Fault]) -> Assessment {
        self.concluded(settled, faults, self.profiles.told(), assessment::conclude)
    }

    /// The same in short: what ranks the bill, and nothing that explains it.
    pub fn conclude_short(&self, settled: &Settled<'_>, faults: &[Fault]) -> Short {
        self.concluded(settled, faults, self.profiles.tested(), assessment::conclude_short)
    }

    /// The same as a place in the order, with the indicators that led there and no sentence.
    pub fn verdict(&self, settled: &Settled<'_>, faults: &[Fault]) -> Verdict {
        self.concluded(settled, faults, self.profiles.tested(), assessment::verdict_of)
    }

    fn concluded<A: InLane>(
        &self,
        settled: &Settled<'_>,
        faults: &[Fault],
        wanted: &Wanted,
        conclude: impl Fn(&Concluding<'_>, &[Outcome]) -> A,
    ) -> A {
        let faults = &*self.all_faults(settled, faults);
        let facts = self.facts_beside(settled, faults, wanted);
        let evidence = settled.evidence();
        let outcomes = self.profiles.evaluate_under(self.clearance, &facts, evidence.as_of);
        let concluding = Concluding {
            assessment_id: self.id(settled, faults),
            profiles: &self.profiles,
            clearance: self.clearance,
            manifest: settled.manifest,
            consignment: settled.consignment,
            evidence,
            facts: &facts,
            faults,
            editions: &self.editions,
            slice: settled.slice(),
            reaches: settled.reaches(),
            standing: settled.standing(),
        };
        let answer = conclude(&concluding, &outcomes);
        // A bill that no rule moves has nothing to hide.
        match answer.lane() > Lane::Green && self.sealed.contains(&settled.consignment.bill_of_lading) {
            true => conclude(&concluding, &[]),
            false => answer,
        }
    }

    /// Fingerprint of the input, the day and the editions.
    fn id(&self, settled: &Settled<'_>, faults: &[Fault]) -> String {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(settled.content().as_bytes());
        bytes.extend_from_slice(self.edition.as_bytes());
        digest::write(&(settled.evidence().as_of, settled.slice(), faults), &mut bytes);
        digest::digits(&blake3::hash(&bytes), ID_DIGITS)
    }

    /// Faults of the manifest, what was not understood of the goods, and what the engine's own inputs lack, which
    /// concerns every answer.
    fn all_faults<'a>(&self, settled: &Settled<'_>, faults: &'a [Fault]) -> Cow<'a, [Fault]> {
        let not_understood = settled.evidence().understanding.faults();
        if self.input_faults.is_empty() && not_understood.is_empty() {
            return Cow::Borrowed(faults);
        }
        Cow::Owned(faults.iter().chain(&not_understood).chain(&self.input_faults).cloned().collect())
    }
}

/// Tables and rules, which stay when inputs change.
struct Tables {
    references: Arc<References>,
    names: Arc<NameIndex>,
    words: Arc<GoodsWords>,
    profiles: Arc<ProfileSet>,
}

/// Rules as `load` reads them, asked by citations and beside the tables.
fn rules(
    references: &Arc<References>,
    load: impl FnOnce(&dyn Fn(&str) -> bool) -> Result<ProfileSet, ProfileError>,
) -> Result<Arc<ProfileSet>, EngineError> {
    let resolves = |citation: &str| references.instruments.resolve(citation).is_some();
    Ok(Arc::new(load(&resolves)?.beside(Arc::clone(references))))
}

/// The edition of rules, as answers name it.
fn edition_of(profiles: &ProfileSet) -> Arc<str> {
    digest::shown(&digest::of(&(&profiles.edition, format!("{:?}", profiles.lanes)))).into()
}

/// Inputs that [`Engine::with_notices`] reads.
const NOTICES: [&str; 4] = ["alerts", "information", "watch list", "listed"];

/// Inputs that make the register.
const REGISTER: [&str; 2] = ["register", inputs::PERMITS];

impl Tables {
    /// An engine of them and these inputs.
    fn beside(
        self,
        register: Arc<Register>,
        history: Arc<Option<Result<Edition, String>>>,
        notices: Notices,
        lasting_reports: Vec<Report>,
        lasting_faults: Vec<String>,
    ) -> Engine {
        let Self { references, names, words, profiles } = self;
        let Notices { alerts, watch_list, mut reports } = notices;
        let mut records = shipped_records(&references);
        for record in &mut records {
            record.fit(&references);
        }
        records.extend(alerts);
        let known = records.len();
        let alerts = AlertLookup::build(records);
        let editions = Editions {
            engine: env!("CARGO_PKG_VERSION").into(),
            rules: edition_of(&profiles),
            datasets: format!("b3:{}", references.edition()).into(),
            alerts: digest::shown(&alerts.edition()).into(),
            register: digest::shown(&register.edition()).into(),
            watch_list: digest::shown(&watch_list.edition()).into(),
            history: "".into(),
            counts: Counts {
                alerts: known as u64,
                register: register.len() as u64,
                watch_list: watch_list.len() as u64,
            },
        };
        let (n_lasting_faults, mut load_faults) = (lasting_faults.len(), lasting_faults);
        load_faults.extend(reports.iter_mut().flat_map(|report| std::mem::take(&mut report.faults)));
        reports.extend(lasting_reports);
        Engine {
            edition: digest::of(&editions),
            input_faults: reports.iter().filter_map(Report::fault).collect(),
            references,
            names,
            register,
            alerts: Arc::new(alerts),
            watch_list: Arc::new(watch_list),
            history,
            clearance: Label::Red,
            sealed: Arc::default(),
            profiles,
            words,
            editions,
            reports,
            load_faults,
            n_lasting_faults,
        }
    }
}

/// Hexadecimal digits of an assessment's id.
const ID_DIGITS: usize = 32;

/// A history was given and cannot be read.
struct Lost;

impl EarlierLots for Lost {
    fn lots(&self, _: &Lot, _: Date, _: &Key) -> Result<Lots, Unavailable> {
        Err(Unavailable("the history cannot be read".to_owned()))
    }
}

impl EarlierUses for Lost {
    fn uses(&self, _: &PermitKey, _: &Key) -> Result<Spending, Unavailable> {
        Err(Unavailable("the history cannot be read".to_owned()))
    }
}

impl OtherFilings for Lost {
    fn standing(&self, _: &Key, _: &Filing) -> Result<Standing, Unavailable> {
        Err(Unavailable("the history cannot be read".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::manifest::parse::json_document;

    /// Another engine that states the same gives the same bytes where it holds what the bill touches.
    #[test]
    fn an_engine_that_states_the_same_answers_the_same() {
        let alerts = "{\"id\":\"A1\",\"kind\":\"alert\",\"containers\":[\"MSCU1234566\"],\"handling\":\"GREEN\",\"title\":\"t\"}\n\
                      {\"id\":\"A2\",\"kind\":\"alert\",\"parties\":[\"Nobody Ltd\"],\"title\":\"u\"}\nno record\n";
        let of = |text: &str| Inputs { alerts: Some(Input::Bytes(text.into())), ..Inputs::default() };
        let whole = Engine::open(&Options { inputs: of(alerts), ..Options::default() }).unwrap();
        let slice = || whole.with_inputs(&of(alerts.lines().next().unwrap())).unwrap();
        let bill = json!({ "bill_of_lading": "A", "equipment": [{ "number": "MSCU1234566" }],
            "goods_items": [{ "description": "DALBERGIA LATIFOLIA LOGS", "origin": "IN" }] });
        let parsed = json_document(bill.to_string().as_bytes()).unwrap();
        let said = |engine: &Engine| {
            let answer = engine.answers(&parsed, "2020-01-01".parse().unwrap()).next().unwrap();
            serde_json::to_string(&answer).unwrap()
        };
        assert_ne!(said(&slice()), said(&whole));
        assert_eq!(said(&slice().stating(whole.stated())), said(&whole));
        let green = whole.seen_under(Label::Green);
        assert_eq!(said(&slice().seen_under(Label::Green).stating(green.stated())), said(&green));
        let stated: Stated = serde_json::from_value(serde_json::to_value(whole.stated()).unwrap()).unwrap();
        assert_eq!(stated, whole.stated());
    }

    /// From bytes to an answer, at a glance: goods, the lane, and the highest that open points could still make it.
    #[test]
    fn a_bill_has_a_lane() {
        let engine = Engine::open(&Options::default()).unwrap();
        let check = |items: Value, expected: (&str, &str)| {
            let bill = json!({ "bill_of_lading": "A", "goods_items": items });
            let parsed = json_document(bill.to_string().as_bytes()).unwrap();
            let answer = engine.answers(&parsed, "2020-01-01".parse().unwrap()).next().unwrap();
            assert_eq!((answer.lane.as_str(), answer.lane_high.as_str()), expected, "{bill}");
            let counted: i64 = answer.hits.iter().filter(|hit| hit.counts).map(|hit| hit.points).sum();
            assert_eq!(answer.score, counted, "{bill}");
        };
        check(json!([{ "description": "COTTON SHIRTS", "hs_code": "610910" }]), ("green", "yellow"));
        check(json!([{ "description": "DALBERGIA NIGRA LOGS", "origin": "BR" }]), ("yellow", "red"));
        check(json!([{ "description": "#REF!", "hs_code": "610910" }]), ("blue", "red"));
        check(json!([]), ("blue", "yellow"));
    }
}
