//! The frozen set of rules: the base, and what an office lays over it.
//!
//! In: the embedded `rules/` and a layer. Out: [`ProfileSet`], with every file that did not load named. The base is whole:
//! a local file of a shipped id adds cases and raises points and floors, nothing else (`layer.rs`); whatever does not load
//! leaves the base standing. Not here: reading files (`folder.rs`), compiling one folder (`compile.rs`).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rhai::{AST, Engine};

use super::compile::Compiler;
use super::error::{ProfileError, ProfileFault};
use super::field::Table;
use super::folder::{self, Base, Folder, Layer, RuleSource, Unread};
use super::index::{Extent, Index};
use super::indicator::{Indicator, Profile, Status};
use super::judge;
use super::lanes::Lanes;
use super::layer::{self, Above, Change, Raised};
use super::sandbox;
use super::template::Template;
use super::view::{View, measure};
use super::wanted::Wanted;
use crate::reference::References;

/// All rules, frozen.
pub struct ProfileSet {
    pub lanes: Lanes,
    /// Profiles by id.
    pub profiles: Vec<Profile>,
    /// Indicators, by profile and then in the order of `profile.toml`.
    pub indicators: Vec<Indicator>,
    /// What did not load.
    pub faults: Vec<ProfileFault>,
    /// Folders that failed to load, in whole or part, and act in earnest: what they would have said is not known.
    pub failed: Vec<String>,
    /// Fingerprint of all rule files and of what was not read of them.
    pub edition: String,
    pub(super) index: Index,
    /// Profiles act before their first day, too.
    pub(super) has_begun: bool,
    /// Fields that the tests read.
    tested: Wanted,
    told: Wanted,
    /// Tables in which doubts look up what was meant.
    references: Option<Arc<References>>,
    engine: Engine,
}

impl std::fmt::Debug for ProfileSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProfileSet").field("profiles", &self.profiles.len()).finish_non_exhaustive()
    }
}

impl ProfileSet {
    /// Loads the base and the layers. `resolves` says whether a citation stands in `datasets/instruments`.
    pub fn load(source: &RuleSource, resolves: &dyn Fn(&str) -> bool) -> Result<Self, ProfileError> {
        let mut layers = source.overlay.as_deref().map(folder::layers).transpose()?.unwrap_or_default();
        // What stands in no folder is of the office itself.
        let mut nearest = layers.pop().unwrap_or_default();
        folder::add_texts(&mut nearest, &source.texts);
        layers.push(nearest);
        Self::laid(folder::base(), layers, resolves)
    }

    /// Loads a folder of rules as the base that it would become: its lanes, helpers and whole profiles stand in the place of
    /// the shipped ones of the same name. To judge what is being written; never for an answer.
    pub fn judged(path: &Path, resolves: &dyn Fn(&str) -> bool) -> Result<Self, ProfileError> {
        let (base, layers) = judge::apart(path)?;
        Self::laid(base, layers, resolves)
    }

    fn laid(base: Base, layers: Vec<Layer>, resolves: &dyn Fn(&str) -> bool) -> Result<Self, ProfileError> {
        let lanes: Lanes = toml::from_str(&base.lanes).map_err(|error| ProfileError::Lanes(error.to_string()))?;
        let mut set = Self {
            lanes,
            profiles: Vec::new(),
            indicators: Vec::new(),
            faults: Vec::new(),
            failed: Vec::new(),
            edition: String::new(),
            index: Index::default(),
            has_begun: false,
            tested: Wanted::ALL,
            told: Wanted::ALL,
            references: None,
            engine: sandbox::engine(),
        };
        let helpers = set.engine.compile(&base.library).unwrap_or_else(|error| {
            // Every profile that calls a helper then fails by name; the base is tested never to come here.
            set.fault("lib", "P031", "../lib", error.to_string(), "");
            AST::default()
        });
        let edition = edition(&base, &layers);
        for layer in &layers {
            set.unread(layer);
            set.stricter_lanes(layer.lanes.as_deref());
        }
        set.fill(base.folders, layers, &helpers, resolves);
        set.edition = edition;
        set.index = Index::build(&set.indicators);
        set.tested = tested(&set.indicators);
        set.told = told(&set.tested, &set.indicators);
        Ok(set)
    }

    /// The same with the tables in which a doubt about a code looks up the one that was meant.
    pub(crate) fn beside(self, references: Arc<References>) -> Self {
        Self { references: Some(references), ..self }
    }

    /// The code that a text means in a table: of a country by its name in any language.
    pub(crate) fn meant(&self, table: Table, text: &str) -> Option<String> {
        let references = self.references.as_ref()?;
        match table {
            Table::Countries => references.countries.find(text).map(|country| country.code.to_string()),
            _ => None,
        }
    }

    /// The same with only those indicators that `keep` wants: to measure and test some apart. Never for an answer.
    pub fn only(mut self, keep: impl Fn(&Profile, &Indicator) -> bool) -> Self {
        let profiles = std::mem::take(&mut self.profiles);
        self.indicators.retain(|indicator| profiles.get(indicator.profile).is_some_and(|p| keep(p, indicator)));
        self.profiles = profiles;
        self.index = Index::build(&self.indicators);
        self
    }

    /// The same, but that every profile acts as though it had begun before anything that is judged: what is written today would
    /// otherwise say nothing of the bills of last month. Never for an answer.
    pub fn begun(self) -> Self {
        Self { has_begun: true, ..self }
    }

    /// Fields that the tests read: all that an answer without sentences rests on.
    pub fn tested(&self) -> &Wanted {
        &self.tested
    }

    /// Fields that a whole answer rests on.
    pub fn told(&self) -> &Wanted {
        &self.told
    }

    /// How much of the tests is asked at load.
    pub fn extent(&self) -> Extent {
        self.index.extent()
    }

    /// The engine that runs what has no native form.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The profile of an indicator.
    pub fn profile_of(&self, indicator: &Indicator) -> Option<&Profile> {
        self.profiles.get(indicator.profile)
    }

    /// Is the indicator only being tried? It is evaluated and shown apart, and moves nothing.
    pub fn is_shadow(&self, indicator: &Indicator) -> bool {
        self.profile_of(indicator).is_some_and(|profile| profile.status == Status::Experimental)
    }

    /// Profiles of base and layers, by id.
    fn fill(&mut self, base: Vec<Folder>, layers: Vec<Layer>, helpers: &AST, resolves: &dyn Fn(&str) -> bool) {
        let mut standing: BTreeMap<String, Standing> = BTreeMap::new();
        for folder in base {
            standing.insert(folder.id.clone(), Standing::of(folder, layer::SHIPPED.to_owned(), true));
        }
        for Layer { name, folders, .. } in layers {
            let whose = format!("of {name}");
            for local in folders {
                match standing.get_mut(&local.id) {
                    Some(above) if above.is_held || !layer::is_whole(&local) => above.lay(local),
                    _ => {
                        let is_held = layer::is_mandatory(&local);
                        standing.insert(local.id.clone(), Standing::of(local, whose.clone(), is_held));
                    }
                }
            }
        }
        for (id, standing) in standing {
            self.add(&standing.folder, helpers, resolves);
            for (local, change) in standing.laid {
                self.sharpen(&id, &standing.whose, &local, change);
            }
        }
    }

    fn add(&mut self, folder: &Folder, helpers: &AST, resolves: &dyn Fn(&str) -> bool) {
        let made = Compiler { engine: &self.engine, helpers, resolves }.compile(folder, self.profiles.len());
        if (made.profile.is_none() || !made.faults.is_empty()) && !made.is_shadow {
            self.failed.push(folder.id.clone());
        }
        self.faults.extend(made.faults);
        if let Some((profile, indicators)) = made.profile {
            self.profiles.push(profile);
            self.indicators.extend(indicators);
        }
    }

    /// Lays a local file over the profile of the base.
    fn sharpen(&mut self, id: &str, whose: &str, local: &Folder, change: Change) {
        let Some(n) = self.profiles.iter().rposition(|profile| profile.id == id) else { return };
        for indicator in self.indicators.iter_mut().filter(|indicator| indicator.profile == n) {
            if let Some(points) = change.raised.points.get(&indicator.name) {
                indicator.points = *points;
            }
            if let Some(floor) = change.raised.floors.get(&indicator.name) {
                indicator.floor = Some(*floor);
            }
        }
        if let Some(profile) = self.profiles.get_mut(n) {
            profile.cases.extend(change.cases);
        }
        for unread in &local.unread {
            self.fault(id, unread.code, unread.file, unread.what.clone(), unread.fix);
        }
        let stands =
            if whose == layer::SHIPPED { "the shipped profile".to_owned() } else { format!("the profile {whose}") };
        for (file, what) in change.refused {
            self.fault(id, "P073", file, what, format!("{stands} stands; only points and floors may rise here"));
        }
    }

    /// Lanes of an office: thresholds and floors may be stricter than the shipped ones, never looser.
    fn stricter_lanes(&mut self, text: Option<&str>) {
        let Some(text) = text else { return };
        match toml::from_str::<Lanes>(text) {
            Ok(local) if local.is_at_least_as_strict_as(&self.lanes) => self.lanes = local,
            Ok(_) => {
                let what = "a local threshold is higher, or a local floor lower, than the shipped one";
                self.fault("lanes", "P073", "../lanes.toml", what, "the shipped lanes stay");
            }
            Err(error) => self.fault("lanes", "P001", "../lanes.toml", error.message(), "the shipped lanes stay"),
        }
    }

    fn unread(&mut self, layer: &Layer) {
        for Unread { code, folder, file, what, fix } in &layer.unread {
            self.fault(folder, code, file, what.clone(), *fix);
        }
    }

    /// Says a fault that counts as a failed profile.
    fn fault(
        &mut self,
        folder: &str,
        code: &'static str,
        file: &'static str,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.faults.push(ProfileFault::new(code, folder, file, what.into(), fix.into()));
        self.failed.push(folder.to_owned());
    }
}

/// What the tests of these indicators read. Of an interpreted test it is not known: it may read all that it takes.
fn tested(indicators: &[Indicator]) -> Wanted {
    let mut wanted = Wanted::NONE;
    // Without a country no measure is met, whatever its indicator says.
    wanted.add(View::Measure, 1 << measure::country.n);
    for indicator in indicators {
        match &indicator.native {
            Some(op) => op.fields().into_iter().for_each(|(view, field)| wanted.add(view, 1 << field)),
            None => indicator.takes.iter().for_each(|view| wanted.add(*view, u128::MAX)),
        }
    }
    wanted
}

/// What a whole answer rests on: every field but the folded words that neither a test nor a sentence asks, which cost more
/// than all others of the item.
fn told(tested: &Wanted, indicators: &[Indicator]) -> Wanted {
    let mut told = Wanted::NONE;
    for (view, field) in indicators.iter().flat_map(Indicator::sentences).flat_map(Template::slots) {
        told.add(view, 1 << field);
    }
    for view in View::ALL {
        let folded = view.fields().iter().enumerate().filter(|(_, field)| field.domain.is_folded());
        let folded = folded.fold(0, |bits, (n, _)| bits | 1 << n);
        told.add(view, !folded | tested.of(view));
    }
    told
}

/// A profile as it stands above the layers that are still to be laid.
struct Standing {
    folder: Folder,
    /// Whose it is.
    whose: String,
    /// Layers below may only sharpen it.
    is_held: bool,
    raised: Raised,
    laid: Vec<(Folder, Change)>,
}

impl Standing {
    fn of(folder: Folder, whose: String, is_held: bool) -> Self {
        Self { folder, whose, is_held, raised: Raised::default(), laid: Vec::new() }
    }

    fn lay(&mut self, local: Folder) {
        let above = Above { folder: &self.folder, raised: &self.raised, whose: &self.whose };
        let change = layer::compare(&above, &local);
        self.raised.points.extend(change.raised.points.clone());
        self.raised.floors.extend(change.raised.floors.clone());
        self.laid.push((local, change));
    }
}

/// Fingerprint of every text, each with its length before it, so that no two sets of texts run together.
fn edition(base: &Base, layers: &[Layer]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    };
    add(&base.lanes);
    add(&base.library);
    let (nearest, wider) = layers.split_last().map_or((None, &[][..]), |(nearest, wider)| (Some(nearest), wider));
    add(nearest.and_then(|layer| layer.lanes.as_deref()).unwrap_or_default());
    let mut folders = |mark: &str, folders: &[Folder]| {
        add(mark);
        for folder in folders {
            add(&folder.id);
            add(folder.toml.as_deref().unwrap_or("absent"));
            add(folder.rhai.as_deref().unwrap_or("absent"));
            folder.unread.iter().for_each(|unread| add(&unread.what));
        }
    };
    folders("base", &base.folders);
    folders("layer", nearest.map(|layer| layer.folders.as_slice()).unwrap_or_default());
    for layer in wider {
        folders("wider", &layer.folders);
    }
    for layer in wider {
        add(layer.lanes.as_deref().unwrap_or("absent"));
    }
    layers.iter().flat_map(|layer| &layer.unread).for_each(|unread| add(&unread.what));
    hasher.finalize().to_hex().chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Fill, Word};
    use super::super::value::Value;
    use super::super::view::item;
    use super::*;

    /// What only sentences say is not worked out for a short answer; what a test or the conclusion looks at is.
    #[test]
    fn what_no_test_reads_is_not_wanted() {
        let rules = ProfileSet::load(&RuleSource::default(), &|_| true).unwrap();
        let is_wanted = |(view, field): (View, usize)| rules.tested().of(view) & (1 << field) != 0;
        for op in rules.indicators.iter().filter_map(|indicator| indicator.native.as_ref()) {
            assert!(op.fields().into_iter().all(is_wanted), "{}", op.show());
        }
        assert!(is_wanted((View::Measure, measure::country.n)) && !is_wanted((View::Item, item::coverage_reason.n)));
        let mut fill = Fill::<item::V>::new(rules.tested());
        fill.put(item::verdict, Word("flag"));
        fill.put_with(item::coverage_reason, || -> &str { panic!("nobody reads it") });
        let values = fill.done();
        assert_eq!(values.get(item::verdict.n), Some(&Value::text("flag")));
        assert_eq!(values.get(item::coverage_reason.n), Some(&Value::Bool(false)));
        let words = 1 << item::words.n;
        assert_eq!(rules.told().of(View::Item) | rules.tested().of(View::Item) & words, !words);
    }
}
