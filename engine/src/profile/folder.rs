//! Folders of rules as text: the base that is built in, and a layer that an office adds.
//!
//! In: the embedded `rules/`; a folder laid out like it, one profile folder, or one script. Out: [`Folder`]s, and by name
//! whatever stands there and was not read. Only regular files are read, their size is asked before their bytes, and a
//! link is followed only inside the layer: a pipe or device would hang the start, a link would show another file.
//! Not here: what the texts say (`compile.rs`), what a layer may change (`layer.rs`).
//! Cost: a few system calls a file, once a start.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::error::ProfileError;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../rules");

/// Where rules come from.
#[derive(Debug, Clone, Default)]
pub struct RuleSource {
    /// A folder laid out like `rules/`, one profile folder, or a single `.rhai` file, laid over the shipped rules.
    pub overlay: Option<PathBuf>,
    /// Profiles that stand in no folder, beside those that do.
    pub texts: Vec<RuleText>,
}

/// One file of a profile that stands in no folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// Where it would lie: `my-profile/profile.toml`, `my-profile/profile.rhai`, `my-profile/cases/a.json`.
    pub path: String,
    pub text: String,
}

/// What the profile says of itself.
pub(crate) const TOML: &str = "profile.toml";
/// Its tests, one function an indicator.
pub(crate) const RHAI: &str = "profile.rhai";
/// Folder of its cases.
const CASES: &str = "cases";
pub(super) const LANES: &str = "lanes.toml";
/// Which folders beside it are laid over each other.
pub(super) const LAYERS: &str = "layers.toml";
/// Shared helpers of the base.
const LIBRARY: &str = "lib";
/// As faults name a layer's own helpers.
const OTHER_LIBRARY: &str = "../lib";
/// Definitions for editors; nothing loads them.
const DEFINITIONS: &str = "definitions";

/// Bytes of one `profile.toml` or `lanes.toml`. The largest shipped one has under 16 kB.
pub const MAX_TOML_BYTES: u64 = 256 << 10;
/// Bytes of one case. The largest shipped one has under 8 kB; some hold a register.
pub const MAX_CASE_BYTES: u64 = 4 << 20;
/// Cases of one profile.
pub const MAX_CASES: usize = 2_000;
/// Layers of one folder: Task Force, region, nation, office, and room for more.
pub const MAX_LAYERS: usize = 8;
/// Profile folders of one layer.
pub const MAX_FOLDERS: usize = 1_000;
/// Bytes of a script that are read at all; how long it may be is the sandbox's matter.
const MAX_READ_BYTES: u64 = 1 << 20;

/// Files of one profile folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Folder {
    pub(super) id: String,
    pub(super) toml: Option<String>,
    pub(super) rhai: Option<String>,
    pub(super) cases: Vec<(String, String)>,
    /// Files that begin with a byte order mark.
    pub(super) marked: Vec<&'static str>,
    /// Files that are there and cannot be read.
    pub(super) unread: Vec<Unread>,
}

/// Something that stands in a layer and was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) code: &'static str,
    pub(super) folder: String,
    pub(super) file: &'static str,
    pub(super) what: String,
    pub(super) fix: &'static str,
}

/// What is built in.
pub(super) struct Base {
    pub(super) lanes: String,
    pub(super) library: String,
    pub(super) folders: Vec<Folder>,
}

/// What an office lays over it.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// Its folder, where it is one of several.
    pub(super) name: String,
    pub(super) lanes: Option<String>,
    /// Its own helpers, which no answer hears.
    pub(super) library: Option<String>,
    pub(super) folders: Vec<Folder>,
    pub(super) unread: Vec<Unread>,
}

impl Unread {
    /// Does it say that the layer has helpers of its own?
    pub(super) fn is_of_library(&self) -> bool {
        self.folder == LIBRARY && self.file == OTHER_LIBRARY
    }
}

/// Lanes, shared helpers and profile folders that are built in.
pub(super) fn base() -> Base {
    let text = |path: String| EMBEDDED.get_file(path).and_then(|file| file.contents_utf8()).map(str::to_owned);
    let mut folders = Vec::new();
    for dir in EMBEDDED.dirs() {
        let id = dir.path().to_string_lossy().into_owned();
        let (toml, rhai) = (text(format!("{id}/{TOML}")), text(format!("{id}/{RHAI}")));
        if id == LIBRARY || toml.is_none() && rhai.is_none() {
            continue;
        }
        let cases = EMBEDDED.get_dir(format!("{id}/cases")).into_iter().flat_map(|dir| dir.files());
        let cases = cases.filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.to_owned();
            Some((name, file.contents_utf8()?.to_owned()))
        });
        let mut cases: Vec<_> = cases.collect();
        cases.sort();
        folders.push(Folder { id, toml, rhai, cases, ..Folder::default() });
    }
    let helpers = helpers().into_iter().map(|(_, text)| text).collect();
    Base { lanes: text(LANES.into()).unwrap_or_default(), library: helpers, folders }
}

/// Ids of the profiles that are built in.
pub fn shipped_ids() -> BTreeSet<String> {
    base().folders.into_iter().map(|folder| folder.id).collect()
}

/// Files of shared helpers that are built in: name and text.
fn helpers() -> Vec<(String, &'static str)> {
    let files = EMBEDDED.get_dir(LIBRARY).into_iter().flat_map(|dir| dir.files());
    let named = files.filter_map(|file| Some((file.path().file_name()?.to_str()?.to_owned(), file.contents_utf8()?)));
    named.collect()
}

/// The layers of a folder, in the order of its [`LAYERS`]: the widest first, the office itself last. Without that file the folder
/// is one layer.
pub(super) fn layers(path: &Path) -> Result<Vec<Layer>, ProfileError> {
    let list = path.join(LAYERS);
    if !list.is_file() {
        return Ok(vec![layer(path)?]);
    }
    let wrong = |why: String| ProfileError::Unreadable { folder: list.display().to_string(), why };
    let real = std::fs::canonicalize(path).map_err(|error| wrong(error.to_string()))?;
    let text = Files { top: &real }.read(&real.join(LAYERS), MAX_TOML_BYTES).map_err(wrong)?;
    let Stack { layers: names } =
        toml::from_str(without_mark(text).as_str()).map_err(|error| wrong(error.message().to_owned()))?;
    let is_name = |name: &String| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    if names.is_empty() || names.len() > MAX_LAYERS || !names.iter().all(is_name) {
        return Err(wrong(format!("layers are 1 to {MAX_LAYERS} names of folders beside it, the widest first")));
    }
    let read = |name: &String| {
        let path = real.join(name);
        if std::fs::canonicalize(&path).is_ok_and(|own| !own.starts_with(&real)) {
            return Err(wrong(format!("`{name}` lies elsewhere")));
        }
        Ok(Layer { name: name.clone(), ..layer(&path)? })
    };
    let mut layers: Vec<Layer> = names.iter().map(read).collect::<Result<_, _>>()?;
    let beside = std::fs::read_dir(&real).into_iter().flatten().flatten().map(|entry| name_of(&entry.path()));
    let mut unlisted: Vec<String> =
        beside.filter(|name| name != LAYERS && !name.starts_with('.') && !names.contains(name)).collect();
    unlisted.sort();
    if let Some(nearest) = layers.last_mut() {
        let say = |name: String| absent(&name, &format!("`{name}` is not among the layers and is not read"));
        nearest.unread.extend(unlisted.into_iter().take(MAX_FOLDERS).map(say));
    }
    Ok(layers)
}

/// The list of layers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    layers: Vec<String>,
}

/// Reads a layer: a folder of folders, one folder, or one script.
pub(super) fn layer(path: &Path) -> Result<Layer, ProfileError> {
    let unreadable =
        |error: std::io::Error| ProfileError::Unreadable { folder: path.display().to_string(), why: error.to_string() };
    let real = std::fs::canonicalize(path).map_err(unreadable)?;
    if real.is_file() {
        let top = real.parent().unwrap_or(&real).to_owned();
        let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let mut folder = Folder { id, ..Folder::default() };
        folder.rhai = Files { top: &top }.text(&real, MAX_READ_BYTES, RHAI, "P031", &mut folder);
        return Ok(Layer { folders: vec![folder], ..Layer::default() });
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(&real)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    entries.sort();
    let files = Files { top: &real };
    let mut layer = Layer::default();
    layer.lanes = files.lanes(&entries, &mut layer.unread);
    if stands(&real.join(TOML)) || stands(&real.join(RHAI)) {
        layer.folders.push(files.folder(&real));
        return Ok(layer);
    }
    for entry in &entries {
        files.entry(entry, &mut layer);
    }
    if layer.folders.is_empty() && layer.lanes.is_none() && layer.unread.is_empty() {
        layer.unread.push(absent(&name_of(&real), "there is neither a profile nor a lanes.toml in the folder"));
    }
    Ok(layer)
}

/// Takes profiles that stand in no folder into a layer. One that stands there already is said and left out: which of two counts
/// would be a matter of luck.
pub(super) fn add_texts(layer: &mut Layer, texts: &[RuleText]) {
    let mut folders: Vec<Folder> = Vec::new();
    for RuleText { path, text } in texts {
        let (id, file) = path.split_once('/').unwrap_or((path, ""));
        let n = folders.iter().position(|folder| folder.id == id).unwrap_or_else(|| {
            folders.push(Folder { id: id.to_owned(), ..Folder::default() });
            folders.len() - 1
        });
        let Some(folder) = folders.get_mut(n) else { continue };
        let text = text.clone();
        match file {
            TOML => folder.toml = Some(folder.unmarked(TOML, text)),
            RHAI => folder.rhai = Some(folder.unmarked(RHAI, text)),
            other => match other.strip_prefix("cases/").filter(|name| name.ends_with(".json") && !name.contains('/')) {
                Some(name) => folder.cases.push((name.to_owned(), without_mark(text))),
                None => folder.say("P002", TOML, format!("`{path}` is no file of a profile")),
            },
        }
    }
    for mut folder in folders {
        folder.cases.sort();
        if layer.folders.iter().any(|own| own.id == folder.id) {
            layer.unread.push(absent(&folder.id, "a profile of this id stands twice; the one in the folder counts"));
        } else if folder.toml.is_none() && folder.rhai.is_none() {
            layer.unread.push(absent(&folder.id, "there is neither profile.toml nor profile.rhai"));
        } else {
            layer.folders.push(folder);
        }
    }
}

/// Ids of the profiles that a layer holds; empty when it cannot be read.
pub fn ids_in(path: &Path) -> Vec<String> {
    let ids = |layers: Vec<Layer>| layers.into_iter().flat_map(|layer| layer.folders).map(|folder| folder.id).collect();
    layers(path).map(ids).unwrap_or_default()
}

fn name_of(path: &Path) -> String {
    // `file_stem` would cut a folder's name at its last dot.
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// True also for what is no regular file.
fn stands(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

fn absent(folder: &str, what: &str) -> Unread {
    let fix = "a profile is a folder with profile.toml and profile.rhai, in small letters";
    Unread { code: "P002", folder: folder.to_owned(), file: TOML, what: what.to_owned(), fix }
}

/// Files of one layer.
struct Files<'a> {
    /// The layer, links resolved: nothing outside it is read.
    top: &'a Path,
}

impl Files<'_> {
    /// What stands directly in a folder of folders.
    fn entry(&self, path: &Path, layer: &mut Layer) {
        let name = name_of(path);
        if !path.is_dir() {
            let loose = path
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("rhai") || end.eq_ignore_ascii_case("toml"));
            if loose && !name.eq_ignore_ascii_case(LANES) {
                layer.unread.push(absent(&name, &format!("`{name}` stands outside a profile's folder")));
            }
            return;
        }
        let files: Vec<String> = std::fs::read_dir(path)
            .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        if name == LIBRARY {
            layer.library = self.library(path, &files);
            if let Some(what) = self.other_helpers(path, &files) {
                layer.unread.push(Unread {
                    code: "P073",
                    folder: name,
                    file: OTHER_LIBRARY,
                    what,
                    fix: "helpers come from the shipped rules; write the function in the profile that needs it",
                });
            }
        } else if files.iter().any(|file| file == TOML || file == RHAI) {
            if layer.folders.len() >= MAX_FOLDERS {
                layer.unread.push(absent(&name, &format!("there are more than {MAX_FOLDERS} profiles")));
            } else {
                layer.folders.push(self.folder(path));
            }
        } else if name != DEFINITIONS && !name.starts_with('.') {
            let near = files.iter().find(|f| f.eq_ignore_ascii_case(TOML) || f.eq_ignore_ascii_case(RHAI));
            let what = match near {
                Some(near) => format!("`{near}` is not read: names of files are written in small letters"),
                None => "the folder holds no profile".to_owned(),
            };
            layer.unread.push(absent(&name, &what));
        }
    }

    /// The helpers of a layer's own `lib`, where all of them can be read.
    fn library(&self, dir: &Path, files: &[String]) -> Option<String> {
        let mut scripts: Vec<&String> = files.iter().filter(|file| file.ends_with(".rhai")).collect();
        scripts.sort();
        let read = |file: &&String| self.read(&dir.join(file), MAX_READ_BYTES).map(without_mark).ok();
        let texts: Vec<String> = scripts.iter().map(read).collect::<Option<_>>()?;
        (!texts.is_empty()).then(|| texts.concat())
    }

    /// What a layer's own `lib` says that the base's does not.
    fn other_helpers(&self, dir: &Path, files: &[String]) -> Option<String> {
        let held = helpers();
        let mut scripts = files.iter().filter(|file| file.ends_with(".rhai"));
        scripts.find_map(|file| {
            let own = self.read(&dir.join(file), MAX_READ_BYTES).map(without_mark);
            let same = held.iter().any(|(name, text)| name == file && own.as_ref().is_ok_and(|own| own == text));
            (!same).then(|| format!("lib/{file} is not the shipped one and is not read"))
        })
    }

    fn lanes(&self, entries: &[PathBuf], unread: &mut Vec<Unread>) -> Option<String> {
        let mut say = |what: String| {
            let fix = "the shipped lanes stay";
            unread.push(Unread { code: "P001", folder: "lanes".to_owned(), file: "../lanes.toml", what, fix });
        };
        let mut text = None;
        for entry in entries {
            match name_of(entry) {
                name if name == LANES => match self.read(entry, MAX_TOML_BYTES) {
                    Ok(read) => text = Some(without_mark(read)),
                    Err(why) => say(format!("lanes.toml cannot be read: {why}")),
                },
                name if name.eq_ignore_ascii_case(LANES) => {
                    say(format!("`{name}` is not read: names of files are written in small letters"));
                }
                _ => {}
            }
        }
        text
    }

    fn folder(&self, dir: &Path) -> Folder {
        let mut folder = Folder { id: name_of(dir), ..Folder::default() };
        folder.toml = self.text(&dir.join(TOML), MAX_TOML_BYTES, TOML, "P001", &mut folder);
        folder.rhai = self.text(&dir.join(RHAI), MAX_READ_BYTES, RHAI, "P031", &mut folder);
        self.cases(&dir.join(CASES), &mut folder);
        folder
    }

    fn cases(&self, dir: &Path, folder: &mut Folder) {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut entries: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
        entries.sort();
        for path in entries.iter().take(MAX_CASES) {
            if let Some(text) = self.text(path, MAX_CASE_BYTES, CASES, "P070", folder) {
                folder.cases.push((name_of(path), text));
            }
        }
        if entries.len() > MAX_CASES {
            let what = format!("there are {} cases; {MAX_CASES} are read", entries.len());
            folder.say("P070", CASES, what);
        }
    }

    /// The text of a file; `None` when there is none, or when it cannot be read, which the folder then says.
    fn text(
        &self,
        path: &Path,
        max_bytes: u64,
        file: &'static str,
        code: &'static str,
        folder: &mut Folder,
    ) -> Option<String> {
        if !stands(path) {
            return None;
        }
        let read = self.read(path, max_bytes).map(|text| folder.unmarked(file, text));
        read.map_err(|why| folder.say(code, file, format!("{} cannot be read: {why}", name_of(path)))).ok()
    }

    /// The text of a regular file inside the layer.
    fn read(&self, path: &Path, max_bytes: u64) -> Result<String, String> {
        let in_words = |error: std::io::Error| error.kind().to_string();
        let real = std::fs::canonicalize(path).map_err(in_words)?;
        if !real.starts_with(self.top) {
            return Err("it is a link that leaves the folder of rules".to_owned());
        }
        let about = std::fs::metadata(&real).map_err(in_words)?;
        if !about.is_file() {
            return Err("it is no regular file".to_owned());
        }
        if about.len() > max_bytes {
            return Err(format!("it has {} bytes, more than {max_bytes}", about.len()));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
        // A file may grow between the question and the reading.
        let file = std::fs::File::open(&real).map_err(in_words)?;
        file.take(max_bytes).read_to_end(&mut bytes).map_err(in_words)?;
        String::from_utf8(bytes)
            .map_err(|error| format!("it is not UTF-8 (byte {})", error.utf8_error().valid_up_to() + 1))
    }
}

/// The byte order mark, which some editors put before a text.
const MARK: char = '\u{feff}';

fn without_mark(text: String) -> String {
    text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text)
}

impl Folder {
    /// The text of one of its files without a byte order mark, which it remembers.
    fn unmarked(&mut self, file: &'static str, text: String) -> String {
        if text.starts_with(MARK) && file != CASES {
            self.marked.push(file);
        }
        without_mark(text)
    }

    fn say(&mut self, code: &'static str, file: &'static str, what: String) {
        let fix = "a regular file in UTF-8, inside the folder of rules";
        self.unread.push(Unread { code, folder: self.id.clone(), file, what, fix });
    }
}
