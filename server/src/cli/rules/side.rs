//! One of two sets of rules that are held against each other: a folder, a signed pack, a revision of the folder `rules`, or what
//! is built in.

use std::path::{Path, PathBuf};

use palisander_engine::Engine;
use palisander_engine::rules::{Gravity, ProfileFault};
use tempfile::TempDir;

use super::finding::finding;
use super::revision;
use crate::cli::out::columns;
use crate::packs;

/// Names what is built in.
pub const BUILT_IN: &str = "builtin";

/// Where the rules lie.
pub struct Side {
    /// As it was named.
    pub name: String,
    /// The folder; `None` = what is built in.
    pub path: Option<PathBuf>,
    /// Where a pack is unpacked, as long as this is held.
    _unpacked: Option<TempDir>,
}

impl Side {
    /// A folder of rules, or what is built in.
    pub fn of(path: Option<PathBuf>) -> Self {
        let name = path.as_ref().map_or_else(|| BUILT_IN.to_owned(), |path| path.display().to_string());
        Self { name, path, _unpacked: None }
    }

    /// The rules that a name means. A pack is opened once its signature holds under `key`.
    pub fn named(name: &Path, key: Option<&Path>) -> Result<Self, String> {
        if name == Path::new(BUILT_IN) {
            return Ok(Self::of(None));
        }
        let is_script = name.extension().is_some_and(|end| end.eq_ignore_ascii_case("rhai"));
        if name.is_dir() || is_script {
            return Ok(Self::of(Some(name.to_owned())));
        }
        if !name.is_file() {
            return Self::of_revision(name);
        }
        let Some(key) = key else {
            let shown = name.display();
            return Err(format!("`{shown}` is a pack: name the public key of whoever signs it by --rules-key FILE"));
        };
        let unread = |error: &dyn std::fmt::Display| format!("`{}` is not read: {error}", name.display());
        let folder = tempfile::tempdir().map_err(|error| unread(&error))?;
        let [pack, signature, key] = packs::read(name, key).map_err(|error| unread(&error))?;
        packs::opened([&pack, &signature, &key], folder.path()).map_err(|error| unread(&error))?;
        let path = Some(folder.path().join(packs::RULES));
        Ok(Self { name: name.display().to_string(), path, _unpacked: Some(folder) })
    }
}

impl Side {
    fn of_revision(name: &Path) -> Result<Self, String> {
        let shown = name.display().to_string();
        if !revision::is_revision(&shown) {
            return Err(format!(
                "`{shown}` is not there: name a folder of rules, a pack, a revision of git, or `{BUILT_IN}`"
            ));
        }
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        revision::taken(&shown, folder.path())?;
        Ok(Self { path: Some(folder.path().to_owned()), name: shown, _unpacked: Some(folder) })
    }
}

/// What does not load under an engine, as findings for people; empty where all does.
pub fn amiss(engine: &Engine) -> String {
    let width = usize::from(columns(None));
    let shown = |fault: &ProfileFault| format!("{}\n\n", finding(Gravity::Error, fault, width));
    super::test::unloaded(engine).iter().map(shown).collect()
}
