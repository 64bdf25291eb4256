//! Reads `rules/`: lanes, shared helpers and profiles. A profile that does not load is a fault, not an end.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use rhai::{AST, Engine};

use super::error::{ProfileError, ProfileFault};
use super::file::{IndicatorFile, ProfileFile, may_replace};
use super::folder::{Folder, RHAI, RuleSource, TOML, embedded, overlay};
use super::index::{Extent, Index};
use super::indicator::{Indicator, Profile};
use super::lanes::Lanes;
use super::lower::{self, Stays};
use super::sandbox;
use super::view::View;
use crate::codes::{Date, Period};

/// All rules, frozen.
pub struct ProfileSet {
    /// Lanes.
    pub lanes: Lanes,
    /// Profiles by id.
    pub profiles: Vec<Profile>,
    /// Indicators, by profile and then in the order of `profile.toml`.
    pub indicators: Vec<Indicator>,
    /// What did not load.
    pub faults: Vec<ProfileFault>,
    /// Profiles that failed to load as a whole.
    pub failed: Vec<String>,
    /// Fingerprint of all rule files.
    pub edition: String,
    pub(super) index: Index,
    engine: Engine,
}

impl std::fmt::Debug for ProfileSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProfileSet").field("profiles", &self.profiles.len()).finish_non_exhaustive()
    }
}

impl ProfileSet {
    /// Loads the shipped rules and the overlay. `resolves` says whether a citation stands in `datasets/instruments`.
    pub fn load(source: &RuleSource, resolves: &dyn Fn(&str) -> bool) -> Result<Self, ProfileError> {
        let (lanes_text, library, shipped) = embedded();
        let mut hasher = blake3::Hasher::new();
        hasher.update(lanes_text.as_bytes()).update(library.as_bytes());
        let lanes: Lanes = toml::from_str(&lanes_text).map_err(|error| ProfileError::Lanes(error.to_string()))?;
        let mut set = Self {
            lanes,
            profiles: Vec::new(),
            indicators: Vec::new(),
            faults: Vec::new(),
            failed: Vec::new(),
            edition: String::new(),
            index: Index::default(),
            engine: sandbox::engine(),
        };
        let mut folders: BTreeMap<String, Folder> = shipped.into_iter().map(|f| (f.id.clone(), f)).collect();
        if let Some(path) = &source.overlay {
            set.stricter_lanes(path);
            for folder in overlay(path)? {
                match folders.get(&folder.id) {
                    Some(shipped) if !may_replace(shipped, &folder) => {
                        let fix = "raise them, or give the profile an id of its own; the shipped one stays";
                        let what = "it lowers the points or the floor of a mandatory shipped profile, or leaves an indicator out";
                        set.fault(&folder, "P073", TOML, None, what, fix);
                        set.failed.push(folder.id.clone());
                    }
                    _ => {
                        folders.insert(folder.id.clone(), folder);
                    }
                }
            }
        }
        for folder in folders.values() {
            for text in [&folder.toml, &folder.rhai].into_iter().flatten() {
                hasher.update(text.as_bytes());
            }
            set.add(folder, &library, resolves);
        }
        set.edition = hasher.finalize().to_hex().chars().take(16).collect();
        set.index = Index::build(&set.indicators);
        Ok(set)
    }

    /// The same with only those indicators that `keep` wants: to measure and test some apart. Never for an answer.
    pub fn only(mut self, keep: impl Fn(&Profile, &Indicator) -> bool) -> Self {
        let profiles = std::mem::take(&mut self.profiles);
        self.indicators.retain(|indicator| profiles.get(indicator.profile).is_some_and(|p| keep(p, indicator)));
        self.profiles = profiles;
        self.index = Index::build(&self.indicators);
        self
    }

    /// How much of the tests is asked at load.
    pub fn extent(&self) -> Extent {
        self.index.extent()
    }

    /// Lanes of an office: thresholds and floors may be stricter than the shipped ones, never looser.
    fn stricter_lanes(&mut self, path: &Path) {
        let Ok(text) = std::fs::read_to_string(path.join("lanes.toml")) else { return };
        let folder = Folder { id: "lanes".to_owned(), toml: None, rhai: None, cases: Vec::new() };
        match toml::from_str::<Lanes>(&text) {
            Ok(local) if local.is_at_least_as_strict_as(&self.lanes) => self.lanes = local,
            Ok(_) => {
                let what = "a local threshold is higher, or a local floor lower, than the shipped one";
                self.fault(&folder, "P073", "../lanes.toml", None, what, "the shipped lanes stay");
                self.failed.push(folder.id);
            }
            Err(error) => {
                self.fault(&folder, "P001", "../lanes.toml", None, error.message(), "the shipped lanes stay");
                self.failed.push(folder.id);
            }
        }
    }

    fn add(&mut self, folder: &Folder, library: &str, resolves: &dyn Fn(&str) -> bool) {
        let before = self.faults.len();
        let made = self.profile(folder, library, resolves);
        let fatal = made.is_none();
        if let Some((profile, indicators)) = made {
            self.profiles.push(profile);
            self.indicators.extend(indicators);
        }
        if fatal || self.faults.len() > before {
            self.failed.push(folder.id.clone());
        }
    }

    fn fault(
        &mut self,
        folder: &Folder,
        code: &'static str,
        file: &'static str,
        place: Option<(usize, usize)>,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let (toml, rhai) = (folder.toml.as_deref().unwrap_or_default(), folder.rhai.as_deref().unwrap_or_default());
        let fault = ProfileFault::new(code, &folder.id, file, what.into(), fix.into());
        self.faults.push(ProfileFault { place, ..fault }.located(toml, rhai));
    }

    /// Reads one folder. Faults are pushed; `None` when nothing of it can run.
    fn profile(
        &mut self,
        folder: &Folder,
        library: &str,
        resolves: &dyn Fn(&str) -> bool,
    ) -> Option<(Profile, Vec<Indicator>)> {
        let (script, own) = self.script(folder, library)?;
        let Some(text) = &folder.toml else {
            self.fault(folder, "P002", TOML, None, "there is no profile.toml", "copy one from a shipped profile");
            return None;
        };
        let file: ProfileFile = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let place = error.span().map(|span| line_column(text, span.start));
                self.fault(folder, "P001", TOML, place, error.message(), "see rules/README.md");
                return None;
            }
        };
        if file.id != folder.id {
            self.fault(
                folder,
                "P003",
                TOML,
                None,
                format!("id `{}` is not the folder's name", file.id),
                "make them equal",
            );
        }
        for text in [&file.effective_from, &file.effective_to].into_iter().flatten() {
            if Date::from_str(text).is_err() {
                self.fault(folder, "P072", TOML, None, format!("effective day `{text}`"), "write it as 2014-07-04");
            }
        }
        let names: Vec<&str> = file.indicators.iter().map(|indicator| indicator.name.as_str()).collect();
        if let Some((_, twice)) =
            names.iter().enumerate().find(|(n, name)| names.iter().take(*n).any(|other| other == *name))
        {
            self.fault(folder, "P056", TOML, None, format!("`{twice}` stands twice"), "rename one");
            return None;
        }
        let day = |text: &Option<String>| text.as_ref().and_then(|text| Date::from_str(text).ok());
        let effective = Period { from: day(&file.effective_from), to: day(&file.effective_to) };
        let review_by = Date::from_str(&file.review_by).ok();
        if review_by.is_none() {
            self.fault(
                folder,
                "P004",
                TOML,
                None,
                format!("review_by `{}` is no day", file.review_by),
                "write it as 2027-01-31",
            );
        }
        let blank = [("uuid", &file.uuid), ("title", &file.title), ("owner", &file.owner), ("why", &file.why)];
        for (name, _) in blank.iter().filter(|(_, text)| text.trim().is_empty()) {
            self.fault(folder, "P005", TOML, None, format!("`{name}` is empty"), "");
        }
        for source in file.sources.iter().filter(|source| !resolves(source)) {
            self.fault(
                folder,
                "P006",
                TOML,
                None,
                format!("source `{source}` is not in datasets/instruments"),
                "add it there, or correct it",
            );
        }
        if file.innocent_explanations.is_empty() {
            self.fault(
                folder,
                "P007",
                TOML,
                None,
                "no innocent explanation is given",
                "say what honest trade looks like this",
            );
        }
        let profile = Profile {
            id: file.id,
            uuid: file.uuid,
            title: file.title,
            status: file.status,
            version: file.version,
            effective,
            genera: file.genera,
            why: file.why,
            innocent_explanations: file.innocent_explanations,
            sources: file.sources,
            mandatory: file.mandatory,
            review_by,
            owner: file.owner,
            cases: folder.cases.clone(),
            toml: text.clone(),
            rhai: folder.rhai.clone().unwrap_or_default(),
            own_functions: own,
            indicators: file.indicators.iter().map(|indicator| indicator.name.clone()).collect(),
            ast: Arc::new(script),
        };
        let mut indicators = Vec::new();
        for indicator in file.indicators {
            indicators.extend(self.indicator(folder, &profile, indicator, resolves));
        }
        Some((profile, indicators))
    }

    /// Compiles the script of a folder together with the shared helpers.
    fn script(&mut self, folder: &Folder, library: &str) -> Option<(AST, Vec<String>)> {
        let Some(text) = &folder.rhai else {
            self.fault(folder, "P002", RHAI, None, "there is no profile.rhai", "write one function per indicator");
            return None;
        };
        if let Err((what, place)) = sandbox::before_parsing(text) {
            self.fault(folder, "P030", RHAI, place, what, "a profile is small and flat");
            return None;
        }
        let own = match self.engine.compile(text) {
            Ok(ast) => ast,
            Err(error) => {
                let (what, fix) = in_words(&error.to_string());
                let code = if what.starts_with("Undefined variable") { "P010" } else { "P031" };
                self.fault(folder, code, RHAI, sandbox::place(error.position()), what, fix);
                return None;
            }
        };
        if let Some(first) = own.statements().first() {
            let place = sandbox::place(first.position());
            self.fault(
                folder,
                "P032",
                RHAI,
                place,
                "there is text outside a function",
                "a profile holds functions only",
            );
            return None;
        }
        match self.engine.compile(library) {
            Ok(shared) => {
                let names = own.iter_functions().map(|function| function.name.to_owned()).collect();
                Some((shared.merge(&own), names))
            }
            Err(error) => {
                let place = sandbox::place(error.position());
                self.fault(folder, "P031", "../lib", place, error.to_string(), "");
                None
            }
        }
    }

    fn indicator(
        &mut self,
        folder: &Folder,
        profile: &Profile,
        file: IndicatorFile,
        resolves: &dyn Fn(&str) -> bool,
    ) -> Option<Indicator> {
        let name = file.name;
        let Some(each) = View::by_name(&file.each) else {
            self.fault(
                folder,
                "P008",
                TOML,
                None,
                format!("`{name}`: each = `{}` is no view", file.each),
                "item, taxon, measure, document, alert, party, container or consignment",
            );
            return None;
        };
        let Some(parameters) = lower::parameters(&profile.ast, &name) else {
            self.fault(
                folder,
                "P009",
                RHAI,
                None,
                format!("there is no function `{name}`"),
                "write it, or take the indicator out",
            );
            return None;
        };
        let mut takes = Vec::new();
        for parameter in &parameters {
            match View::by_name(parameter).filter(|view| *view == each || each.also().contains(view)) {
                Some(view) => takes.push(view),
                None => {
                    let what = format!(
                        "`{name}` has the parameter `{parameter}`, which an indicator over each {} has not",
                        each.name()
                    );
                    self.fault(folder, "P017", RHAI, None, what, "");
                    return None;
                }
            }
        }
        let (native, interpreted_because, interpreted_at) = match lower::lower(&profile.ast, &name) {
            Ok(op) => (Some(op), None, None),
            Err(Stays::Interpreted(what, place)) => (None, Some(what), place),
            Err(Stays::Wrong(code, what, fix, place)) => {
                self.fault(folder, code, RHAI, place, format!("`{name}`: {what}"), fix);
                return None;
            }
        };
        let reads = match &native {
            Some(op) => op.fields(),
            None => super::evaluate::fields_in(&profile.ast, &name),
        };
        for source in file.sources.iter().filter(|source| !source.contains('{') && !resolves(source)) {
            self.fault(
                folder,
                "P006",
                TOML,
                None,
                format!("`{name}`: source `{source}` is not in datasets/instruments"),
                "add it there, or correct it",
            );
        }
        for (view, field) in super::evaluate::placeholders(&file.reason) {
            let known =
                view.is_some_and(|view| (view == each || each.also().contains(&view)) && view.field(&field).is_some());
            if !known {
                self.fault(
                    folder,
                    "P018",
                    TOML,
                    None,
                    format!("`{name}`: the reason names `{field}`, which is not seen here"),
                    "use {view.field}",
                );
            }
        }
        let sources = if file.sources.is_empty() { profile.sources.clone() } else { file.sources };
        let group = file.group.unwrap_or_else(|| format!("{}/{name}", profile.id));
        Some(Indicator {
            profile: self.profiles.len(),
            doc: lower::documentation(&profile.ast, &name),
            name,
            each,
            takes,
            points: file.points,
            group,
            floor: file.floor,
            reason: file.reason,
            sources,
            settled_by: file.settled_by,
            next_steps: file.next_steps,
            handling: file.handling,
            native,
            interpreted_because,
            interpreted_at,
            reads,
        })
    }

    /// The engine that runs what has no native form.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The profile of an indicator.
    pub fn profile_of(&self, indicator: &Indicator) -> Option<&Profile> {
        self.profiles.get(indicator.profile)
    }
}

/// Rhai's words for a withheld symbol, in ours.
fn in_words(error: &str) -> (String, String) {
    for (word, instead) in sandbox::WITHHELD {
        if error.contains(&format!("'{word}'")) || error.contains(&format!("`{word}`")) {
            return (format!("`{word}` is not part of the rule language"), (*instead).to_owned());
        }
    }
    (error.to_owned(), String::new())
}

/// Line and column (from 1) of a byte offset.
fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}
