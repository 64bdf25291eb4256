//! Which rules a command looks at: those that are named, those of the folder where it is called, or those that are built in.
//!
//! In: a path, or none. Out: an engine that judges that folder as the base which it would become, and what people are told of
//! it. Not here: what an answer hears of such a folder (`--rules` of other commands).

use std::path::{Path, PathBuf};

use palisander_engine::rules::{self, differing};
use palisander_engine::{Engine, EngineError, Options};

use crate::cli::out::{columns, wrapped};
use crate::cli::{UNREADABLE, say};

/// Where rules lie in a folder that holds more than rules.
pub const RULES: &str = "rules";

/// What stands before the first line that is said on standard error.
const SPEAKER: &str = "palisander: ";

/// Rules with the engine that judges them.
pub struct Place {
    pub engine: Engine,
    /// The folder; `None` = those that are built in.
    pub path: Option<PathBuf>,
    /// Ids of the profiles in that folder; empty = all.
    ids: Vec<String>,
}

impl Place {
    /// Opens the rules and says on standard error which they are; the exit code where they cannot be read.
    pub fn open(asked: Option<&Path>) -> Result<Self, u8> {
        Self::of(meant(asked)).map_err(|error| {
            say(&error.to_string());
            UNREADABLE
        })
    }

    /// The same without a word.
    pub fn of(path: Option<PathBuf>) -> Result<Self, EngineError> {
        let shipped = Engine::open(&Options::default())?;
        let engine = path.as_deref().map(|path| shipped.judging(path)).transpose()?.unwrap_or(shipped);
        let ids = path.as_deref().map(rules::ids_in).unwrap_or_default();
        Ok(Self { engine, path, ids })
    }

    /// The profiles that are looked at; `None` = all.
    pub fn only(&self) -> Option<&[String]> {
        (!self.ids.is_empty()).then_some(self.ids.as_slice())
    }
}

/// Which rules are meant, said on standard error; `None` = those that are built in.
pub fn meant(asked: Option<&Path>) -> Option<PathBuf> {
    let path = asked.map_or_else(here, |path| Some(path.to_owned()));
    let width = usize::from(columns(None)).saturating_sub(SPEAKER.len());
    told(asked, path.as_deref()).iter().for_each(|line| say(&wrapped(line, width)));
    path
}

/// The folder where the command is called, when it is a profile or holds rules.
fn here() -> Option<PathBuf> {
    if Path::new("profile.toml").is_file() {
        return Some(PathBuf::from("."));
    }
    Path::new(RULES).is_dir().then(|| PathBuf::from(RULES))
}

/// What people are told of the rules that are looked at.
fn told(asked: Option<&Path>, path: Option<&Path>) -> Vec<String> {
    let mut lines = Vec::new();
    match (asked, path) {
        (None, None) => {
            lines.push("looks at the built-in rules: here is neither a folder `rules` nor a profile.toml".to_owned());
        }
        (None, Some(path)) if path == Path::new(".") => lines.push("looks at the profile of this folder".to_owned()),
        (None, Some(path)) => lines.push(format!("looks at the folder `{}`", path.display())),
        (Some(_), _) => {}
    }
    let others = path.map(differing).unwrap_or_default();
    if !others.is_empty() {
        lines.push(format!(
            "shipped, and not the same here: {}. They are judged as they would be if they were shipped so; `--rules` and packs \
             take from them only more cases and higher points and floors. For anything else give the profile an id of its own",
            others.join(", ")
        ));
    }
    lines
}
