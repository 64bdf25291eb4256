//! Folders of rules as text: those that are built in, and those of an overlay.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::error::ProfileError;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../rules");

/// Where rules come from.
#[derive(Debug, Clone, Default)]
pub struct RuleSource {
    /// A folder laid out like `rules/`, one profile folder, or a single `.rhai` file, added to the shipped rules.
    pub overlay: Option<PathBuf>,
}

pub(super) const TOML: &str = "profile.toml";
pub(super) const RHAI: &str = "profile.rhai";

/// Files of one profile folder.
pub(super) struct Folder {
    pub(super) id: String,
    pub(super) toml: Option<String>,
    pub(super) rhai: Option<String>,
    pub(super) cases: Vec<(String, String)>,
}

/// Lanes, shared helpers and profile folders that are built in.
pub(super) fn embedded() -> (String, String, Vec<Folder>) {
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
            if toml.is_none() && rhai.is_none() {
                // Not a profile: the definitions for editors.
                continue;
            }
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
pub(super) fn overlay(path: &Path) -> Result<Vec<Folder>, ProfileError> {
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
