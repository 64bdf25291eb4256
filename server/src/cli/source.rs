//! What every command that scores needs: data, rules, register, alerts, watch list, the day.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use palisander_engine::manifests::{Format, Mapping, Parts, read_with};
use palisander_engine::rules::RuleSource;
use palisander_engine::tables::DataSource;
use palisander_engine::{Date, Engine, Input, Inputs, Options};

use crate::bundle::Input as Part;
use crate::packs;
use crate::service::editions::Source;
use crate::service::live::Loaded;

/// Bytes that are looked at to tell a format.
const HEAD_BYTES: usize = 64 << 10;

/// Where the engine reads from.
#[derive(Clone, Args)]
pub struct Sources {
    #[command(flatten)]
    pub held: Held,
    /// Rules added to the shipped ones: a folder like rules/, one profile folder, one .rhai file, or a signed pack
    #[arg(long, value_name = "PATH")]
    pub rules: Option<PathBuf>,
    /// Public key of whoever signs packs of rules; nothing of a pack is read unless its signature holds
    #[arg(long, value_name = "FILE", requires = "rules")]
    pub rules_key: Option<PathBuf>,
}

/// What an office holds beside rules: tables, register, alerts, watch list, history; and the day.
#[derive(Clone, Args)]
pub struct Held {
    /// Day whose law, measures, alerts and register count [default: today in UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,
    /// Permit register: CSV, NDJSON or CITES e-permit XML
    #[arg(long, value_name = "FILE")]
    pub register: Option<PathBuf>,
    /// Alerts, NDJSON; added to those that ship
    #[arg(long, value_name = "FILE")]
    pub alerts: Option<PathBuf>,
    /// Watch list, CSV
    #[arg(long, value_name = "FILE")]
    pub watchlist: Option<PathBuf>,
    /// History edition: earlier consignments, as `history extract` writes it
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
    /// Reference tables instead of the built-in ones: a folder like datasets/
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl Held {
    /// The day, or what is wrong with it.
    pub fn day(&self) -> Result<Date, String> {
        match &self.as_of {
            None => Ok(crate::state::today()),
            Some(text) => text.parse().map_err(|_| format!("--as-of `{text}` is not a day; write it as 2014-03-01")),
        }
    }

    /// The reference tables.
    pub fn data(&self) -> DataSource {
        self.data.clone().map_or(DataSource::Embedded, DataSource::Folder)
    }

    /// Register, alerts, watch list and history.
    pub fn inputs(&self) -> Inputs {
        Inputs {
            register: self.register.clone().map(Input::File),
            alerts: self.alerts.clone().map(Input::File),
            watch_list: self.watchlist.clone().map(Input::File),
            history: self.history.clone().map(Input::File),
            ..Inputs::default()
        }
    }
}

impl Sources {
    /// The day, or what is wrong with it.
    pub fn day(&self) -> Result<Date, String> {
        self.held.day()
    }

    /// The reference tables.
    pub fn data(&self) -> DataSource {
        self.held.data()
    }

    /// Where the rules lie: as they were named, or unpacked.
    fn rules(&self) -> Result<Rules, String> {
        let Some(path) = &self.rules else { return Ok(Rules::default()) };
        let is_pack = path.is_file() && !path.extension().is_some_and(|end| end.eq_ignore_ascii_case("rhai"));
        match (is_pack, &self.rules_key) {
            (false, None) => Ok(Rules { path: Some(path.clone()), ..Rules::default() }),
            (false, Some(_)) => Err(format!("`{}` is no pack; --rules-key is for signed packs", path.display())),
            (true, None) => Err(format!(
                "`{}` is a pack: name the public key of whoever signs it by --rules-key FILE",
                path.display()
            )),
            (true, Some(key)) => {
                let unread = |error: &dyn std::fmt::Display| format!("`{}` is not loaded: {error}", path.display());
                let folder = tempfile::tempdir().map_err(|error| unread(&error))?;
                let [pack, signature, key] = packs::read(path, key).map_err(|error| unread(&error))?;
                let about = packs::opened([&pack, &signature, &key], folder.path()).map_err(|error| unread(&error))?;
                Ok(Rules { path: Some(folder.path().join(packs::RULES)), pack: Some(about), folder: Some(folder) })
            }
        }
    }

    /// Opens the engine and says what did not load.
    pub fn open(&self) -> Result<Engine, String> {
        let rules = self.rules()?;
        let options = Options {
            data: self.data(),
            rules: RuleSource { overlay: rules.path.clone(), ..RuleSource::default() },
            inputs: self.held.inputs(),
        };
        let engine = Engine::open(&options).map_err(|error| error.to_string())?;
        tell(&engine);
        Ok(engine)
    }

    /// The same with the files that it is made of beside what is built in, each read once.
    pub fn load(&self) -> Result<Loaded, String> {
        let mut sources = Vec::new();
        let inputs = Inputs {
            register: read(self.held.register.as_deref(), Part::Register, &mut sources)?,
            alerts: read(self.held.alerts.as_deref(), Part::Alerts, &mut sources)?,
            watch_list: read(self.held.watchlist.as_deref(), Part::WatchList, &mut sources)?,
            history: read(self.held.history.as_deref(), Part::History, &mut sources)?,
            ..Inputs::default()
        };
        // Of rules what is read of them: heads and scripts, not their cases.
        let is_rule = |path: &Path| {
            path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml") || end.eq_ignore_ascii_case("rhai"))
        };
        let own = self.rules()?;
        below(own.path.as_deref(), "rules", &is_rule, &mut sources)?;
        below(self.held.data.as_deref(), "data", &|_| true, &mut sources)?;
        let options = Options {
            data: self.data(),
            rules: RuleSource { overlay: own.path.clone(), ..RuleSource::default() },
            inputs,
        };
        let engine = Engine::open(&options).map_err(|error| error.to_string())?;
        let Rules { pack, folder, .. } = own;
        let unpacked = folder.map(Arc::new);
        Ok(Loaded { engine: Arc::new(engine), inputs: options.inputs, rules: options.rules, sources, pack, unpacked })
    }
}

/// Rules that are laid over the shipped ones.
#[derive(Default)]
struct Rules {
    path: Option<PathBuf>,
    /// What the pack says of itself that they came in.
    pack: Option<packs::About>,
    /// Where that is unpacked, as long as this is held.
    folder: Option<tempfile::TempDir>,
}

/// Says what did not load.
pub fn tell(engine: &Engine) {
    for fault in engine.load_faults().iter().take(20) {
        super::say(fault);
    }
    if let Some(more) = engine.load_faults().len().checked_sub(20).filter(|more| *more > 0) {
        super::say(&format!("and {more} more"));
    }
}

/// Reads a file that the engine reads, and keeps what it read.
fn read(path: Option<&Path>, part: Part, sources: &mut Vec<Source>) -> Result<Option<Input>, String> {
    let Some(path) = path else { return Ok(None) };
    let bytes: Arc<[u8]> = bytes_of(path)?.into();
    sources.push(Source { path: part.path().to_owned(), bytes: Arc::clone(&bytes) });
    Ok(Some(Input::Read { path: path.to_owned(), bytes }))
}

/// Reads the files of a folder that are wanted, or one file, under the names that they have in a bundle.
fn below(
    path: Option<&Path>,
    name: &str,
    is_wanted: &dyn Fn(&Path) -> bool,
    sources: &mut Vec<Source>,
) -> Result<(), String> {
    let Some(path) = path else { return Ok(()) };
    let mut found = Vec::new();
    if path.is_dir() {
        look_into(path, 0, &mut found, &mut 0)?;
    } else {
        found.push(path.to_owned());
    }
    // What is no regular file is not read: the engine says so of rules.
    for file in found.iter().filter(|file| is_wanted(file) && file.is_file()) {
        let within = file.strip_prefix(path).ok().filter(|within| !within.as_os_str().is_empty());
        let within = within.or_else(|| file.file_name().map(Path::new)).unwrap_or(file);
        let parts: Vec<_> = within.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        sources.push(Source { path: format!("{name}/{}", parts.join("/")), bytes: bytes_of(file)?.into() });
    }
    Ok(())
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))
}

/// Folders within folders that are looked into.
const MAX_FOLDER_DEPTH: usize = 16;

/// The files themselves, and for each folder all files in it and in its folders, in the order of their names. Names that
/// begin with a dot are no manifests; they are left out and counted.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let (before, mut hidden) = (files.len(), 0);
        look_into(path, 0, &mut files, &mut hidden)?;
        let n = files.len() - before;
        let hidden = if hidden == 0 { String::new() } else { format!(", {hidden} hidden left out") };
        super::say(&format!("`{}`: {n} files{hidden}", path.display()));
    }
    Ok(files)
}

fn look_into(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, hidden: &mut usize) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("`{}` cannot be read: {error}", folder.display());
    if depth > MAX_FOLDER_DEPTH {
        return Err(format!("`{}` lies deeper than MAX_FOLDER_DEPTH ({MAX_FOLDER_DEPTH})", folder.display()));
    }
    let mut entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        // A link to a folder is not followed: it may lead back.
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        match (entry.file_name().as_encoded_bytes().starts_with(b"."), is_folder) {
            (true, _) => *hidden += 1,
            (false, true) => look_into(&entry.path(), depth + 1, files, hidden)?,
            (false, false) if entry.path().is_dir() => *hidden += 1,
            (false, false) => files.push(entry.path()),
        }
    }
    Ok(())
}

/// The mapping file, or the default: columns by their own names and guesses.
pub fn mapping(path: Option<&Path>) -> Result<Mapping, String> {
    let Some(path) = path else { return Ok(Mapping::default()) };
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    Mapping::from_toml(&text).map_err(|error| format!("`{}`: {error}", path.display()))
}

/// A file, or standard input for `-`, and its format.
pub fn input(path: &Path, forced: Option<Format>) -> Result<(impl BufRead + Send + 'static, Format), String> {
    let mut input: Box<dyn BufRead + Send> = if path == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = File::open(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
        Box::new(BufReader::with_capacity(1 << 20, file))
    };
    let mut head = Vec::new();
    let taken = input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head);
    taken.map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    let format = forced.unwrap_or_else(|| Format::detect(&head));
    Ok((std::io::Cursor::new(head).chain(input), format))
}

/// Opens a file, or standard input for `-`, and tells its format.
pub fn open(path: &Path, forced: Option<Format>, mapping: &Mapping) -> Result<(Parts, Format), String> {
    let (input, format) = input(path, forced)?;
    Ok((read_with(input, format, mapping), format))
}
