//! The folders: which files stand still, how one is taken, and how its answers get their names.
//!
//! In: IN and OUT. Out: one claim at a time, which nobody else writes to. IN holds `.palisander/` with what is being taken; OUT
//! holds `.palisander/` with answers that do not count yet, and `taken/` with files that are done. Only regular files are taken:
//! a link is not followed, and a pipe not opened. It polls, since shared file systems tell nobody of changes.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::names;
use crate::config::MAX_FILES_A_LOOK;
use crate::secret;
use crate::text::line;

/// Folder of our own in each of the two.
const OWN: &str = ".palisander";
/// What a claim says of itself: the name of its answers.
const STEM: &str = "stem";
/// How many processes have found it left.
const STARTS: &str = "starts";
/// Folder of a claim with the file.
const FILE: &str = "file";
/// Endings of what a file gets, in the order in which they get their names: who sees the last has all.
pub(super) const ENDINGS: [&str; 2] = ["answers.ndjson", "rejects.json"];

/// The two folders, which are this process's alone until it ends.
pub struct Folders {
    from: PathBuf,
    to: PathBuf,
    /// Files that were seen, and since when they stand still.
    seen: BTreeMap<OsString, Seen>,
    /// Files that are never taken and were told of.
    told: BTreeSet<OsString>,
    _locks: [File; 2],
}

/// A file as it was seen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    size: u64,
    modified: Option<SystemTime>,
    since: Instant,
}

/// What one look found.
#[derive(Debug, Default)]
pub struct Look {
    /// Names of files that stand still, in order.
    pub ready: Vec<OsString>,
    /// Files that do not stand still yet.
    pub n_waiting: usize,
    /// What is never taken, told once: its name, and why.
    pub left: Vec<String>,
}

/// A file that was taken out of everybody's way.
#[derive(Debug)]
pub struct Claim {
    /// Tells it apart for good.
    pub(super) id: String,
    /// The name that it came under.
    pub(super) name: OsString,
    /// What its answers are called.
    pub(super) stem: String,
    /// How many processes have begun it before.
    pub(super) starts: u32,
    folder: PathBuf,
}

impl Claim {
    /// Where the file is now.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(FILE).join(&self.name)
    }

    /// The name that it came under, on one line.
    pub fn shown(&self) -> String {
        line(&self.name.to_string_lossy()).into_owned()
    }
}

impl Folders {
    /// Takes the two folders; `to` is made where it is not there. Says why they are not to be had.
    pub fn open(from: &Path, to: &Path) -> Result<Self, String> {
        let failed = |path: &Path, error: &io::Error| format!("`{}`: {error}", path.display());
        let whole = |path: &Path| fs::canonicalize(path).map_err(|error| failed(path, &error));
        fs::create_dir_all(to).map_err(|error| failed(to, &error))?;
        let (from, to) = (whole(from)?, whole(to)?);
        if from == to {
            return Err("IN and OUT are one folder: its answers would be taken for manifests".to_owned());
        }
        fs::create_dir_all(to.join("taken")).map_err(|error| failed(&to, &error))?;
        let lock = |folder: &Path| {
            let own = folder.join(OWN);
            owned(&own).map_err(|error| failed(&own, &error))?;
            let file = File::options().create(true).write(true).truncate(false).open(own.join("lock"));
            let file = file.map_err(|error| failed(&own, &error))?;
            match file.try_lock() {
                Ok(()) => Ok(file),
                Err(TryLockError::WouldBlock) => {
                    Err(format!("`{}` is watched by another process already", folder.display()))
                }
                Err(TryLockError::Error(error)) => Err(failed(&own, &error)),
            }
        };
        let locks = [lock(&from)?, lock(&to)?];
        Ok(Self { from, to, seen: BTreeMap::new(), told: BTreeSet::new(), _locks: locks })
    }

    /// Looks once. A file stands still when it has been of one size and time for `settle`.
    pub fn look(&mut self, settle: Duration) -> io::Result<Look> {
        let mut look = Look::default();
        let mut seen = BTreeMap::new();
        let mut told = BTreeSet::new();
        for entry in fs::read_dir(&self.from)? {
            let entry = entry?;
            let name = entry.file_name();
            if names::is_ignored(&name) {
                continue;
            }
            // What is gone by now is none.
            let Ok(found) = entry.path().symlink_metadata() else { continue };
            if found.is_dir() {
                continue;
            }
            if !found.is_file() {
                if !self.told.contains(&name) {
                    let shown = line(&name.to_string_lossy()).into_owned();
                    look.left.push(format!("`{shown}` is no regular file and is left; links are not followed"));
                }
                told.insert(name);
                continue;
            }
            if seen.len() >= MAX_FILES_A_LOOK {
                look.n_waiting += 1;
                continue;
            }
            let now = Seen { size: found.len(), modified: found.modified().ok(), since: Instant::now() };
            let before = self.seen.get(&name).filter(|old| (old.size, old.modified) == (now.size, now.modified));
            let now = before.copied().unwrap_or(now);
            match now.since.elapsed() >= settle {
                true => look.ready.push(name.clone()),
                false => look.n_waiting += 1,
            }
            seen.insert(name, now);
        }
        look.ready.sort();
        (self.seen, self.told) = (seen, told);
        Ok(look)
    }

    /// Takes a file out of everybody's way; `None` when it is gone.
    pub fn claim(&mut self, name: &OsStr) -> io::Result<Option<Claim>> {
        self.seen.remove(name);
        let id = secret::id("c").map_err(|error| io::Error::other(error.to_string()))?;
        let folder = self.from.join(OWN).join(&id);
        fs::create_dir_all(folder.join(FILE))?;
        let stem = self.free(names::stem(name, &id), &id);
        fs::write(folder.join(STEM), &stem)?;
        let claim = Claim { id, name: name.to_owned(), stem, starts: 0, folder };
        match fs::rename(self.from.join(name), claim.path()) {
            Ok(()) => Ok(Some(claim)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::remove_dir_all(&claim.folder)?;
                Ok(None)
            }
            Err(error) => {
                fs::remove_dir_all(&claim.folder)?;
                Err(error)
            }
        }
    }

    /// Claims that were left, in order; `is_new`: by an earlier process, which is counted.
    pub fn left(&self, is_new: bool) -> io::Result<Vec<Claim>> {
        let mut claims = Vec::new();
        for entry in fs::read_dir(self.from.join(OWN))? {
            let folder = entry?.path();
            if !folder.symlink_metadata()?.is_dir() {
                continue;
            }
            let file = fs::read_dir(folder.join(FILE)).ok().and_then(|mut all| all.next()).transpose()?;
            let stem = fs::read_to_string(folder.join(STEM)).ok().filter(|stem| !stem.is_empty());
            match (file, stem, folder.file_name().and_then(OsStr::to_str)) {
                (Some(file), Some(stem), Some(id)) => {
                    let before = fs::read_to_string(folder.join(STARTS)).ok().and_then(|text| text.parse::<u32>().ok());
                    let starts = before.unwrap_or(0) + u32::from(is_new);
                    fs::write(folder.join(STARTS), starts.to_string())?;
                    let (id, name, folder) = (id.to_owned(), file.file_name(), folder.clone());
                    claims.push(Claim { id, name, stem, starts, folder });
                }
                // Killed before the file was in it, or after it had left.
                _ => fs::remove_dir_all(&folder)?,
            }
        }
        claims.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(claims)
    }

    /// Forgets answers that no record made count: nothing is left to be ended.
    pub fn swept(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.to.join(OWN))? {
            let entry = entry?;
            if entry.file_name() != "lock" {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Where a part of the answers of a claim is written before it counts.
    pub(super) fn part(&self, claim: &Claim, ending: &str) -> PathBuf {
        self.to.join(OWN).join(format!("{}.{ending}", claim.id))
    }

    /// Makes sure that what was written there is found again.
    pub(super) fn synced(&self) -> io::Result<()> {
        synced(&self.to.join(OWN))
    }

    /// Gives the answers their names, and moves the file out of the way. May be done again after it was broken off.
    pub(super) fn finished(&self, claim: Claim) -> io::Result<()> {
        for ending in ENDINGS {
            let part = self.part(&claim, ending);
            if part.symlink_metadata().is_ok() {
                fs::rename(&part, self.to.join(format!("{}.{ending}", claim.stem)))?;
            }
        }
        synced(&self.to)?;
        let (from, to) = (claim.path(), self.to.join("taken").join(&claim.stem));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => self.copied(&claim, &from, &to)?,
            done => done?,
        }
        synced(&self.to.join("taken"))?;
        fs::remove_dir_all(&claim.folder)
    }

    /// Moves it to another file system: whole there before it is gone here.
    fn copied(&self, claim: &Claim, from: &Path, to: &Path) -> io::Result<()> {
        if from.symlink_metadata()?.is_file() {
            let part = self.part(claim, "copy");
            // A file that cannot be read cannot be copied either; it stays in the folder of the claim.
            fs::copy(from, &part)?;
            File::open(&part)?.sync_all()?;
            fs::rename(&part, to)?;
        }
        fs::remove_file(from)
    }

    /// That name, or one beside it where another file had it before.
    fn free(&self, stem: String, id: &str) -> String {
        let is_there = |path: PathBuf| path.symlink_metadata().is_ok();
        let is_taken = ENDINGS.iter().any(|ending| is_there(self.to.join(format!("{stem}.{ending}"))))
            || is_there(self.to.join("taken").join(&stem));
        if is_taken { names::told_apart(&stem, id) } else { stem }
    }
}

/// A folder for its owner alone, and no link that somebody put in its place.
fn owned(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        done => done?,
    }
    if path.symlink_metadata()?.is_dir() { Ok(()) } else { Err(io::Error::other("it is no folder")) }
}

/// Names in a folder survive the loss of power.
fn synced(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(all: &Path) -> Folders {
        fs::create_dir_all(all.join("in")).unwrap();
        Folders::open(&all.join("in"), &all.join("out")).unwrap()
    }

    #[test]
    fn only_what_stands_still_is_ready_and_two_do_not_watch_one_folder() {
        let all = tempfile::tempdir().unwrap();
        let mut folders = folders(all.path());
        let file = all.path().join("in/ship.edi");
        fs::write(&file, "UNB").unwrap();
        fs::write(all.path().join("in/later.edi.part"), "UNB").unwrap();
        fs::create_dir(all.path().join("in/deep")).unwrap();
        let settle = Duration::from_millis(80);
        assert_eq!(folders.look(settle).unwrap().n_waiting, 1);
        std::thread::sleep(settle);
        // It has grown since: it waits anew.
        fs::write(&file, "UNB+UNOC").unwrap();
        assert_eq!(folders.look(settle).unwrap().ready.len(), 0);
        std::thread::sleep(settle);
        assert_eq!(folders.look(settle).unwrap().ready, ["ship.edi"]);
        let again = Folders::open(&all.path().join("in"), &all.path().join("other")).err().unwrap();
        assert!(again.contains("another process"), "{again}");
        let one = Folders::open(&all.path().join("in"), &all.path().join("in")).err().unwrap();
        assert!(one.contains("one folder"), "{one}");
    }

    #[test]
    #[cfg(unix)]
    fn links_and_pipes_are_left_and_told_once() {
        let all = tempfile::tempdir().unwrap();
        let mut folders = folders(all.path());
        std::os::unix::fs::symlink("/etc/passwd", all.path().join("in/a\u{1b}[2J.edi")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(all.path().join("in/pipe.edi")).status().unwrap();
        assert!(pipe.success());
        let look = folders.look(Duration::ZERO).unwrap();
        assert_eq!((look.ready.len(), look.n_waiting, look.left.len()), (0, 0, 2));
        assert!(!look.left.concat().contains('\u{1b}'));
        assert_eq!(folders.look(Duration::ZERO).unwrap().left.len(), 0);
    }

    #[test]
    fn a_claim_that_was_left_is_found_and_another_file_of_its_name_is_told_apart() {
        let all = tempfile::tempdir().unwrap();
        let mut folders = folders(all.path());
        fs::write(all.path().join("in/ship.edi"), "one").unwrap();
        let claim = folders.claim(OsStr::new("ship.edi")).unwrap().unwrap();
        assert!(!all.path().join("in/ship.edi").exists());
        let id = claim.id.clone();
        let left = folders.left(true).unwrap();
        assert_eq!(left.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
        fs::write(folders.part(&claim, "rejects.json"), "{}").unwrap();
        folders.finished(claim).unwrap();
        assert!(folders.left(true).unwrap().is_empty());
        assert_eq!(fs::read_to_string(all.path().join("out/taken/ship.edi")).unwrap(), "one");
        fs::write(all.path().join("in/ship.edi"), "two").unwrap();
        let second = folders.claim(OsStr::new("ship.edi")).unwrap().unwrap();
        assert!(second.stem.starts_with("ship.edi.") && second.stem.len() > "ship.edi.".len());
        assert!(folders.claim(OsStr::new("gone.edi")).unwrap().is_none());
        assert_eq!(folders.left(true).unwrap().len(), 1);
    }
}
