//! Which profile a document belongs to, and the folder of rules in which that profile is judged.
//!
//! In: the path of a document, the folders that the editor has open, the disk. Out: [`Home`]; a copy of the folder with the texts of the
//! editor in it, so that unsaved rules are judged by the same call as `rules check`. Links that leave the folder are not
//! followed, and what is copied is bounded.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::documents::{Documents, MAX_DOCUMENT_BYTES};
use crate::cli::rules::place::RULES;

/// Files that are copied of one folder of rules: the shipped ones have some 700.
const MAX_FILES: usize = 8_000;
/// Bytes that are copied of one folder of rules.
const MAX_BYTES: u64 = 64 << 20;
/// Folders within each other: layers, profiles, cases.
const MAX_DEPTH: usize = 4;

/// What a profile says of itself.
pub const TOML: &str = "profile.toml";
/// Its tests, one function an indicator.
pub const RHAI: &str = "profile.rhai";
/// Folder of its cases.
pub const CASES: &str = "cases";
/// Helpers that the profiles of a folder share.
pub const LIBRARY: &str = "lib";
/// Which folders beside it are laid over each other.
const LAYERS: &str = "layers.toml";

/// What a document is of its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Toml,
    Rhai,
    Case,
}

/// Where a document belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The folder that is judged.
    pub root: PathBuf,
    /// The profile's own folder.
    pub folder: PathBuf,
    /// The profile's id, which is its folder's name.
    pub id: String,
    pub part: Part,
}

impl Home {
    /// The home of a document; `None` for what is no part of a profile.
    pub fn of(path: &Path, opened: &[PathBuf]) -> Option<Self> {
        let (name, parent) = (path.file_name()?.to_str()?, path.parent()?);
        let (part, folder) = match name {
            TOML => (Part::Toml, parent),
            RHAI => (Part::Rhai, parent),
            _ if name.ends_with(".json") && parent.ends_with(CASES) => (Part::Case, parent.parent()?),
            _ => return None,
        };
        let id = folder.file_name()?.to_str()?.to_owned();
        Some(Self { root: root(folder, opened), folder: folder.to_owned(), id, part })
    }

    /// A file of the profile.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder of rules as the editor has it, whole but for the cases of profiles that are not looked at: where it lies is kept as long
    /// as the first value.
    pub fn laid(&self, documents: &Documents, ids: &[String]) -> Result<(TempDir, PathBuf), String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", self.root.display());
        let folder = tempfile::tempdir().map_err(wrong)?;
        let top = folder.path().join(self.root.file_name().unwrap_or_default());
        let real = std::fs::canonicalize(&self.root).map_err(wrong)?;
        let mut copying = Copying { real, ids, n_files: 0, n_bytes: 0 };
        copying.folder(&self.root, &top, MAX_DEPTH).map_err(wrong)?;
        for open in documents.all() {
            let Ok(below) = open.path.strip_prefix(&self.root) else { continue };
            let to = top.join(below);
            std::fs::create_dir_all(to.parent().unwrap_or(&top)).map_err(wrong)?;
            std::fs::write(&to, &open.text).map_err(wrong)?;
        }
        Ok((folder, top))
    }
}

/// The folder of rules around a profile: the one above it where that is `rules`, is what the editor has open, or holds lanes or helpers;
/// above it the one that says how layers lie. Else the profile stands alone.
fn root(folder: &Path, opened: &[PathBuf]) -> PathBuf {
    let Some(above) = folder.parent() else { return folder.to_owned() };
    if let Some(layers) = above.parent().filter(|top| top.join(LAYERS).is_file()) {
        return layers.to_owned();
    }
    let is_rules = above.ends_with(RULES)
        || opened.iter().any(|open| open == above)
        || above.join("lanes.toml").is_file()
        || above.join(LIBRARY).is_dir();
    if is_rules { above.to_owned() } else { folder.to_owned() }
}

/// The copying of one folder.
struct Copying<'a> {
    /// Links lead nowhere else.
    real: PathBuf,
    ids: &'a [String],
    n_files: usize,
    n_bytes: u64,
}

impl Copying<'_> {
    fn folder(&mut self, from: &Path, to: &Path, depth: usize) -> std::io::Result<()> {
        std::fs::create_dir_all(to)?;
        let named = |name: &str| from.file_name().is_some_and(|own| own == name);
        let is_cases = named(CASES);
        let mut entries: Vec<PathBuf> = std::fs::read_dir(from)?.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
            let is_rule = if is_cases { end == "json" } else { end == "toml" || end == "rhai" };
            if is_rule {
                self.file(&path, &to.join(name))?;
            } else if path.is_dir() && depth > 1 && !name.starts_with('.') && self.is_wanted(from, &path, name) {
                self.folder(&path, &to.join(name), depth - 1)?;
            }
        }
        Ok(())
    }

    /// Profiles, helpers and layers; cases of those profiles that are looked at. Whatever else lies there is left alone.
    fn is_wanted(&self, of: &Path, path: &Path, name: &str) -> bool {
        let own = of.file_name().and_then(|own| own.to_str()).unwrap_or_default();
        match name {
            CASES => self.ids.iter().any(|id| id == own),
            LIBRARY => true,
            _ => [path.join(TOML), path.join(RHAI), of.join(LAYERS)].iter().any(|file| file.is_file()),
        }
    }

    fn file(&mut self, from: &Path, to: &Path) -> std::io::Result<()> {
        let Ok(about) = std::fs::metadata(from) else { return Ok(()) };
        let is_inside = std::fs::canonicalize(from).is_ok_and(|real| real.starts_with(&self.real));
        if !about.is_file() || !is_inside || about.len() > MAX_DOCUMENT_BYTES as u64 {
            return Ok(());
        }
        (self.n_files, self.n_bytes) = (self.n_files + 1, self.n_bytes + about.len());
        if self.n_files > MAX_FILES || self.n_bytes > MAX_BYTES {
            let what = format!("more than {MAX_FILES} files or {MAX_BYTES} bytes lie in the folder of rules");
            return Err(std::io::Error::other(what));
        }
        std::fs::copy(from, to).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::super::documents::uri_of;
    use super::*;

    #[test]
    fn a_profile_is_judged_in_the_folder_of_rules_around_it() {
        let top = tempfile::tempdir().unwrap();
        let made = |path: &str| {
            let path = top.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        let check = |path: &str, root: &str, id: &str, part: Part| {
            let home = Home::of(&made(path), &[top.path().join("own")]).unwrap();
            assert_eq!((home.root, home.id.as_str(), home.part), (top.path().join(root), id, part), "{path}");
        };
        check("alone/a/profile.toml", "alone/a", "a", Part::Toml);
        check("alone/a/cases/x.json", "alone/a", "a", Part::Case);
        check("rules/b/profile.rhai", "rules", "b", Part::Rhai);
        check("own/c/profile.toml", "own", "c", Part::Toml);
        made("office/lanes.toml");
        check("office/d/profile.toml", "office", "d", Part::Toml);
        made("all/layers.toml");
        check("all/coast/e/profile.toml", "all", "e", Part::Toml);
        for path in ["alone/a/notes.md", "alone/x.json", "Cargo.toml", "rules/lanes.toml"] {
            assert_eq!(Home::of(&made(path), &[]), None, "{path}");
        }
    }

    #[test]
    fn texts_of_the_editor_lie_over_those_of_the_disk_and_no_link_leads_out() {
        let top = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = top.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("rules/a/profile.toml", "disk");
        write("rules/a/profile.rhai", "disk");
        write("rules/a/cases/x.json", "disk");
        write("rules/b/profile.rhai", "disk");
        write("rules/b/cases/x.json", "disk");
        write("rules/notes/other.toml", "disk");
        write("rules/lib/shared.rhai", "disk");
        write("secret.rhai", "secret");
        std::os::unix::fs::symlink(top.path().join("secret.rhai"), top.path().join("rules/b/other.rhai")).unwrap();
        let path = top.path().join("rules/a/profile.toml");
        let mut documents = Documents::default();
        documents.put(&uri_of(&path).unwrap(), &path, 1, "editor".to_owned()).unwrap();
        let home = Home::of(&path, &[]).unwrap();
        let (_kept, laid) = home.laid(&documents, &["a".to_owned()]).unwrap();
        let read = |path: &str| std::fs::read_to_string(laid.join(path)).ok();
        assert_eq!(laid.file_name().unwrap(), "rules");
        assert_eq!(read("a/profile.toml").as_deref(), Some("editor"));
        assert_eq!(read("a/profile.rhai").as_deref(), Some("disk"));
        assert_eq!(read("a/cases/x.json").as_deref(), Some("disk"));
        assert_eq!(read("b/profile.rhai").as_deref(), Some("disk"));
        assert_eq!(read("b/cases/x.json"), None);
        assert_eq!(read("b/other.rhai"), None);
        assert_eq!(read("lib/shared.rhai").as_deref(), Some("disk"));
        assert!(!laid.join("notes").exists());
    }
}
