//! Reads `rules/`: lanes, shared helpers and profiles. A profile that does not load is a fault, not an end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use rhai::{AST, Engine};
use serde::Deserialize;

use super::error::{ProfileError, ProfileFault};
use super::lower::{self, Stays};
use super::native::Op;
use super::sandbox;
use super::view::View;
use crate::codes::{Date, Period};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../rules");

/// Where rules come from.
#[derive(Debug, Clone, Default)]
pub struct RuleSource {
    /// A folder laid out like `rules/`, one profile folder, or a single `.rhai` file, added to the shipped rules.
    pub overlay: Option<PathBuf>,
}

/// Control channel, ordered by strictness. Meanings are those of ASYCUDA; see `rules/lanes.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Release.
    Green,
    /// Release, audit later.
    Blue,
    /// Documents are checked before release.
    Yellow,
    /// Physical examination.
    Red,
}

impl Lane {
    /// As written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// `rules/lanes.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lanes {
    /// Lowest score of each lane above green, points.
    pub thresholds: Thresholds,
    /// Floors for what is not a hit.
    pub floors: Floors,
    /// What each lane means, for people.
    pub meaning: BTreeMap<String, String>,
}

impl Lanes {
    fn is_at_least_as_strict_as(&self, other: &Self) -> bool {
        let (own, shipped) = (self.thresholds, other.thresholds);
        own.blue <= shipped.blue
            && own.yellow <= shipped.yellow
            && own.red <= shipped.red
            && own.blue <= own.yellow
            && own.yellow <= own.red
            && self.floors.fault >= other.floors.fault
            && self.floors.failed_profile >= other.floors.failed_profile
    }
}

/// Lowest score of each lane, points.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here blue.
    pub blue: i64,
    /// From here yellow.
    pub yellow: i64,
    /// From here red.
    pub red: i64,
}

/// Floors that hold whatever the score.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// A value of the manifest could not be read.
    pub fault: Lane,
    /// A profile failed or did not load.
    pub failed_profile: Lane,
}

/// One profile.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Folder name and id.
    pub id: String,
    /// Names it for ever.
    pub uuid: String,
    /// Title.
    pub title: String,
    /// Maturity: experimental, test, stable, deprecated.
    pub status: Status,
    /// Version.
    pub version: u32,
    /// Days on which it acts.
    pub effective: Period,
    /// Listed genera it concerns; empty = any.
    pub genera: Vec<String>,
    /// Two sentences.
    pub why: String,
    /// Known innocent explanations.
    pub innocent_explanations: Vec<String>,
    /// Instruments behind the profile.
    pub sources: Vec<String>,
    /// May a local overlay leave it out?
    pub mandatory: bool,
    /// Day by which it must be looked at again.
    pub review_by: Option<Date>,
    /// Owner.
    pub owner: String,
    /// Its cases: file name and JSON text.
    pub cases: Vec<(String, String)>,
    own_functions: Vec<String>,
    indicators: Vec<String>,
    ast: Arc<AST>,
}

/// Maturity of a profile. All but `deprecated` act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being tried.
    Experimental,
    /// Being tested.
    Test,
    /// In use.
    Stable,
    /// No longer acts.
    Deprecated,
}

/// One indicator, ready to run.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Index of its profile.
    pub profile: usize,
    /// Function name.
    pub name: String,
    /// What it looks at.
    pub each: View,
    /// Views its function takes, in order.
    pub takes: Vec<View>,
    /// Points when met.
    pub points: i64,
    /// Only the highest hit of a group counts.
    pub group: String,
    /// Lowest lane when met.
    pub floor: Option<Lane>,
    /// Reason, with `{view.field}` in it.
    pub reason: String,
    /// Instruments, with `{view.field}` in them.
    pub sources: Vec<String>,
    /// What would settle it when it cannot be verified.
    pub settled_by: String,
    /// What to do next.
    pub next_steps: Vec<NextStep>,
    /// TLP 2.0 label.
    pub handling: String,
    /// Documentation of the function.
    pub doc: String,
    /// Native form; `None` = interpreted.
    pub native: Option<Op>,
    /// Why it is interpreted.
    pub interpreted_because: Option<String>,
    /// Fields it reads.
    pub reads: Vec<(View, usize)>,
}

/// A step after the hit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextStep {
    /// Step, such as `verify_with_management_authority`.
    pub step: String,
    /// To whom, with `{view.field}`.
    #[serde(default)]
    pub to: String,
    /// Why.
    #[serde(default)]
    pub why: String,
}

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
    engine: Engine,
}

impl std::fmt::Debug for ProfileSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProfileSet").field("profiles", &self.profiles.len()).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    id: String,
    uuid: String,
    title: String,
    owner: String,
    status: Status,
    version: u32,
    #[serde(default)]
    effective_from: Option<String>,
    #[serde(default)]
    effective_to: Option<String>,
    review_by: String,
    #[serde(default)]
    genera: Vec<String>,
    why: String,
    sources: Vec<String>,
    innocent_explanations: Vec<String>,
    #[serde(default)]
    mandatory: bool,
    indicators: Vec<IndicatorFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorFile {
    name: String,
    each: String,
    points: i64,
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    floor: Option<Lane>,
    reason: String,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    settled_by: String,
    #[serde(default)]
    next_steps: Vec<NextStep>,
    #[serde(default = "clear")]
    handling: String,
}

fn clear() -> String {
    "TLP:CLEAR".to_owned()
}

/// Files of one profile folder.
struct Folder {
    id: String,
    toml: Option<String>,
    rhai: Option<String>,
    cases: Vec<(String, String)>,
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
        Ok(set)
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
        let profile = folder.id.clone();
        self.faults.push(ProfileFault { code, profile, file, place, what: what.into(), fix: fix.into() });
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
        let (native, interpreted_because) = match lower::lower(&profile.ast, &name) {
            Ok(op) => (Some(op), None),
            Err(Stays::Interpreted(what, _)) => (None, Some(what)),
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
            doc: documentation(&profile.ast, &name),
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

impl Profile {
    /// Names of its own functions, helpers of `rules/lib` left out.
    pub fn function_names(&self) -> impl Iterator<Item = &str> {
        self.own_functions.iter().map(String::as_str)
    }

    /// Functions that are neither an indicator nor called by anything.
    pub fn unused_functions(&self) -> Vec<String> {
        let called = lower::called(&self.ast);
        let idle = |name: &&String| !self.indicators.contains(*name) && !called.contains(*name);
        self.own_functions.iter().filter(idle).cloned().collect()
    }

    pub(super) fn ast(&self) -> &AST {
        &self.ast
    }
}

const TOML: &str = "profile.toml";
const RHAI: &str = "profile.rhai";

fn documentation(ast: &AST, name: &str) -> String {
    let comments = ast.iter_functions().find(|function| function.name == name).map(|function| function.comments);
    let lines = comments.unwrap_or_default();
    let text: Vec<&str> = lines.iter().flat_map(|c| c.lines()).map(|c| c.trim_start_matches("///").trim()).collect();
    text.join(" ")
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

/// Lanes, shared helpers and profile folders that are built in.
fn embedded() -> (String, String, Vec<Folder>) {
    let text = |path: String| EMBEDDED.get_file(path).and_then(|file| file.contents_utf8()).map(str::to_owned);
    let lanes = text("lanes.toml".into()).unwrap_or_default();
    let mut library = String::new();
    let mut folders = Vec::new();
    for dir in EMBEDDED.dirs() {
        let id = dir.path().to_string_lossy().into_owned();
        if id == "lib" {
            dir.files().filter_map(|file| file.contents_utf8()).for_each(|text| library.push_str(text));
        } else {
            let (toml, rhai) = (text(format!("{id}/profile.toml")), text(format!("{id}/profile.rhai")));
            let cases = EMBEDDED.get_dir(format!("{id}/cases")).into_iter().flat_map(|dir| dir.files());
            let cases = cases.filter_map(|file| {
                let name = file.path().file_name()?.to_str()?.to_owned();
                Some((name, file.contents_utf8()?.to_owned()))
            });
            let mut cases: Vec<_> = cases.collect();
            cases.sort();
            folders.push(Folder { id, toml, rhai, cases });
        }
    }
    (lanes, library, folders)
}

/// Profile folders of an overlay: a folder of folders, one folder, or one script.
fn overlay(path: &Path) -> Result<Vec<Folder>, ProfileError> {
    let unreadable =
        |error: std::io::Error| ProfileError::Unreadable { folder: path.display().to_string(), why: error.to_string() };
    let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let read = |path: PathBuf| std::fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let cases = |dir: &Path| {
        let files = std::fs::read_dir(dir.join("cases")).into_iter().flatten().filter_map(Result::ok);
        let files = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "json"));
        let mut cases: Vec<(String, String)> = files
            .filter_map(|file| Some((file.file_name().to_string_lossy().into_owned(), read(file.path())?)))
            .collect();
        cases.sort();
        cases
    };
    let one = |dir: &Path| {
        // `file_stem` would cut a folder name at its last dot.
        let id = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Folder { id, toml: read(dir.join(TOML)), rhai: read(dir.join(RHAI)), cases: cases(dir) }
    };
    if path.is_file() {
        let bytes = std::fs::read(path).map_err(unreadable)?;
        return Ok(vec![Folder {
            id: name(path),
            toml: None,
            rhai: Some(String::from_utf8_lossy(&bytes).into_owned()),
            cases: Vec::new(),
        }]);
    }
    if path.join(TOML).exists() || path.join(RHAI).exists() {
        return Ok(vec![one(path)]);
    }
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let dir = entry.map_err(unreadable)?.path();
        if dir.is_dir() && (dir.join(TOML).exists() || dir.join(RHAI).exists()) {
            folders.push(one(&dir));
        }
    }
    folders.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(folders)
}

/// Ids of the profiles that an overlay holds; empty when it cannot be read.
pub fn ids_in(path: &Path) -> Vec<String> {
    overlay(path).map(|folders| folders.into_iter().map(|folder| folder.id).collect()).unwrap_or_default()
}

/// May a local profile stand in place of a shipped one of its id? A mandatory one may only be sharpened.
fn may_replace(shipped: &Folder, local: &Folder) -> bool {
    let read = |folder: &Folder| folder.toml.as_deref().and_then(|text| toml::from_str::<ProfileFile>(text).ok());
    let Some(shipped) = read(shipped).filter(|file| file.mandatory) else { return true };
    let Some(local) = read(local) else { return false };
    shipped.indicators.iter().all(|old| {
        let same = local.indicators.iter().find(|new| new.name == old.name);
        same.is_some_and(|new| new.points >= old.points && new.floor >= old.floor && new.each == old.each)
    }) && local.status != Status::Deprecated
        && local.effective_from <= shipped.effective_from
        && (local.effective_to.is_none()
            || local.effective_to >= shipped.effective_to && shipped.effective_to.is_some())
}
