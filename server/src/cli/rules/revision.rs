//! Rules as they were at a revision of the folder's history, by git.
//!
//! In: the name of a revision, such as `main` or `HEAD~3`. Out: the folder `rules` of that revision, written into another. Only blobs
//! are read: nothing that a repository configures is run. Not here: what is done with them (`side.rs`).

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::place::RULES;

/// Files of rules that are taken from a revision.
const MAX_FILES: usize = 20_000;

/// Is it a revision of the history that the current folder lies in?
pub fn is_revision(name: &str) -> bool {
    let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
    let commit = format!("{name}^{{commit}}");
    !name.is_empty() && git(&asked, &[&commit]).is_ok()
}

/// Writes the rules of a revision into a folder; why not in a sentence.
pub fn taken(name: &str, folder: &Path) -> Result<(), String> {
    let listed = git(&["ls-tree", "-r", "-z", "--name-only"], &[name, "--", RULES])?;
    let names: Vec<&str> =
        std::str::from_utf8(&listed).map_err(|error| error.to_string())?.split_terminator('\0').collect();
    if names.is_empty() {
        return Err(format!("at `{name}` there is no folder `{RULES}` here"));
    }
    if names.len() > MAX_FILES {
        return Err(format!("at `{name}` the folder `{RULES}` holds {} files, more than {MAX_FILES}", names.len()));
    }
    for own in names {
        let path = Path::new(own).strip_prefix(RULES).map(Path::to_owned).unwrap_or_default();
        if !is_plain(&path) {
            return Err(format!("at `{name}` a file has the name `{own}`"));
        }
        let text = git(&["cat-file", "blob"], &[&format!("{name}:./{own}")])?;
        let to: PathBuf = folder.join(&path);
        let written = std::fs::create_dir_all(to.parent().unwrap_or(folder)).and_then(|()| std::fs::write(&to, text));
        written.map_err(|error| format!("`{}` cannot be written: {error}", to.display()))?;
    }
    Ok(())
}

fn is_plain(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

fn git(words: &[&str], names: &[&str]) -> Result<Vec<u8>, String> {
    let asked = Command::new("git").args(words).args(names).stdin(Stdio::null()).output();
    let output = asked.map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
