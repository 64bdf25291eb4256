//! `palisander rules keys`, `pack`, `sign` and `verify`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use palisander_engine::rules::{RuleSource, ids_in};
use palisander_engine::{Engine, Options};
use serde_json::json;

use super::shape::Shape;
use crate::bundle::packed;
use crate::cli::out::{put, putln};
use crate::cli::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::packs::{ABOUT, About, FORM, Keys, NotOpened, RULES, opened, read, signature_of, signed};
use crate::service::diagnosis::failing;

/// A file with a password in its first line.
#[derive(Args)]
pub struct Password {
    /// File whose first line is the password of the secret key
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Password {
    fn read(&self) -> Result<Option<String>, String> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let text = std::fs::read_to_string(path).map_err(|error| unread(path, &error))?;
        match text.lines().next().map(str::trim_end).filter(|line| !line.is_empty()) {
            Some(line) => Ok(Some(line.to_owned())),
            None => Err(format!("`{}` has no password in its first line", path.display())),
        }
    }
}

/// What a pack is made of.
#[derive(Args)]
pub struct PackArguments {
    /// Folder of profiles, laid out like rules/, or one profile folder
    rules: PathBuf,
    /// Name of the pack, the same for every edition of it
    #[arg(long)]
    name: String,
    /// Number of this edition: the higher stands in place of the lower
    #[arg(long, value_name = "N")]
    edition: u64,
    /// Who wrote it
    #[arg(long, value_name = "WHO")]
    author: String,
    /// Who approved it: another person
    #[arg(long, value_name = "WHO")]
    approved_by: String,
    /// What changed
    #[arg(long, default_value = "", value_name = "TEXT")]
    note: String,
    /// The pack, a new file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Sign it at once by this secret key [default: `rules sign` does it later, where the key is]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    shape: Shape,
}

/// Writes a new pair of keys into a folder.
pub fn keys(out: &Path, password: &Password, shape: &Shape) -> u8 {
    let done = password.read().and_then(|password| {
        let is_open = password.is_none();
        let keys = Keys::new(password).map_err(|error| error.to_string())?;
        let [public, secret] = ["rules.pub", "rules.key"].map(|name| out.join(name));
        std::fs::create_dir_all(out).map_err(|error| unread(out, &error))?;
        written(&secret, keys.secret.as_bytes(), true)?;
        written(&public, keys.public.as_bytes(), false)?;
        let guard =
            if is_open { "It has no password: who reads it signs for you." } else { "It opens by its password." };
        let document = json!({ "public": public, "secret": secret, "has_password": !is_open });
        shape.put(&document, || {
            let (public, secret) = (public.display(), secret.display());
            format!(
                "`{public}` is for everybody who is to check: `--rules-key`.\n\
                 `{secret}` is for who signs, and nobody else.\n{guard}"
            )
        });
        Ok(())
    });
    code(done)
}

/// Checks rules and makes a pack of them.
pub fn pack(arguments: &PackArguments) -> u8 {
    let PackArguments { rules, name, edition, author, approved_by, note, out, key, password, shape } = arguments;
    let about = About {
        form: FORM,
        name: name.trim().to_owned(),
        edition: *edition,
        made_on: crate::state::today(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        author: author.trim().to_owned(),
        approved_by: approved_by.trim().to_owned(),
        note: note.trim().to_owned(),
    };
    let faults = about.faults();
    if !faults.is_empty() {
        faults.iter().for_each(|fault| say(fault));
        return BAD_ARGUMENTS;
    }
    if !rules.is_dir() {
        say(&format!("`{}` is no folder of rules", rules.display()));
        return UNREADABLE;
    }
    let source = RuleSource { overlay: Some(rules.clone()), ..RuleSource::default() };
    let engine = match Engine::open(&Options { rules: source, ..Options::default() }) {
        Ok(engine) => engine,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    let (text, has_findings) = super::checked(&engine, Some(rules), shape.is_json());
    let (_, failing) = failing(&engine, &ids_in(rules));
    if has_findings || !failing.is_empty() {
        if shape.is_json() {
            let checked: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            putln!("{}", json!({ "packed": false, "checked": checked, "failing": failing }));
        } else {
            put!("{text}");
            failing.iter().for_each(|line| putln!("FAIL  {}", crate::cli::safe::line(line)));
        }
        say("not packed: mend what is said above, then pack it again");
        return FINDINGS;
    }
    let done = folder_of(rules, &about).and_then(|folder| packed(folder.path())).and_then(|bytes| {
        written(out, &bytes, false)?;
        let signature = key.as_ref().map(|key| sealed(out, &bytes, key, password)).transpose()?;
        let document =
            json!({ "packed": true, "about": about, "file": out, "bytes": bytes.len(), "signature": signature });
        shape.put(&document, || {
            let (line, out) = (about.line(), out.display());
            let next = match &signature {
                Some(beside) => format!("`{}` signs it; hand out both files.", beside.display()),
                None => format!("Nobody loads it unsigned: `palisander rules sign {out} --key rules.key`."),
            };
            format!("{line},\nin `{out}`, {} bytes.\n{next}", bytes.len())
        });
        Ok(())
    });
    code(done)
}

/// Signs a pack.
pub fn sign(pack: &Path, key: &Path, password: &Password, shape: &Shape) -> u8 {
    let done = std::fs::read(pack).map_err(|error| unread(pack, &error)).and_then(|bytes| {
        let beside = sealed(pack, &bytes, key, password)?;
        shape.put(&json!({ "pack": pack, "signature": beside }), || {
            format!("`{}` signs it; hand out both files.", beside.display())
        });
        Ok(())
    });
    code(done)
}

/// Writes the signature of a pack beside it; where it lies.
fn sealed(pack: &Path, bytes: &[u8], key: &Path, password: &Password) -> Result<PathBuf, String> {
    let secret = std::fs::read_to_string(key).map_err(|error| unread(key, &error))?;
    let name = pack.file_name().unwrap_or_default().to_string_lossy();
    let comment = format!("palisander pack {name}, signed on {}", crate::state::today());
    let signature = signed(bytes, &secret, password.read()?, &comment);
    let signature = signature.map_err(|error| format!("`{}`: {error}", key.display()))?;
    let beside = signature_of(pack);
    written(&beside, signature.as_bytes(), false)?;
    Ok(beside)
}

/// Says what a pack is, if its signature holds.
pub fn verify(pack: &Path, key: &Path, shape: &Shape) -> u8 {
    let found = tempfile::tempdir().map_err(|error| error.to_string()).and_then(|folder| {
        let [pack, signature, key] = read(pack, key).map_err(|error| error.to_string())?;
        Ok(opened([&pack, &signature, &key], folder.path()))
    });
    match found {
        Ok(Ok(about)) => {
            shape.put(&json!({ "holds": true, "about": about }), || {
                format!("The signature holds:\n{}.\n{}", about.line(), crate::cli::safe::line(&about.note))
            });
            OK
        }
        Ok(Err(NotOpened::File { .. })) | Err(_) => {
            say(&found.map_or_else(|why| why, |other| other.err().map(|error| error.to_string()).unwrap_or_default()));
            UNREADABLE
        }
        Ok(Err(error)) => {
            let why = crate::cli::safe::line(&error.to_string()).into_owned();
            shape.put(&json!({ "holds": false, "why": why }), || format!("Not to be loaded: {why}."));
            FINDINGS
        }
    }
}

/// A folder of the parts of a pack.
fn folder_of(rules: &Path, about: &About) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let written = serde_json::to_vec_pretty(about).map_err(|error| error.to_string())?;
    std::fs::write(folder.path().join(ABOUT), written).map_err(|error| error.to_string())?;
    // One profile's own folder keeps its name.
    let is_one = rules.join("profile.toml").is_file();
    let name = rules.file_name().filter(|_| is_one).map_or_else(PathBuf::new, PathBuf::from);
    copied(rules, &folder.path().join(RULES).join(name), 0)?;
    Ok(folder)
}

/// Folders within folders of rules: profiles, cases, helpers.
const MAX_DEPTH: usize = 4;

fn copied(from: &Path, to: &Path, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("`{}` lies deeper than MAX_DEPTH ({MAX_DEPTH})", from.display()));
    }
    std::fs::create_dir_all(to).map_err(|error| unread(to, &error))?;
    for entry in std::fs::read_dir(from).map_err(|error| unread(from, &error))? {
        let entry = entry.map_err(|error| unread(from, &error))?;
        let (path, into) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(|error| unread(&path, &error))?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        match (is_hidden, kind.is_dir(), kind.is_file()) {
            (false, true, _) => copied(&path, &into, depth + 1)?,
            (false, _, true) => std::fs::copy(&path, &into).map(drop).map_err(|error| unread(&path, &error))?,
            // Neither links nor what begins with a dot.
            _ => {}
        }
    }
    Ok(())
}

/// Writes a file that is not there yet; a private one for its owner alone.
fn written(path: &Path, bytes: &[u8], is_private: bool) -> Result<(), String> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if is_private { 0o600 } else { 0o644 });
    let mut file = options.open(path).map_err(|error| unread(path, &error))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| unread(path, &error))
}

fn unread(path: &Path, error: &std::io::Error) -> String {
    format!("`{}`: {error}", path.display())
}

fn code(done: Result<(), String>) -> u8 {
    match done {
        Ok(()) => OK,
        Err(why) => {
            say(&why);
            UNREADABLE
        }
    }
}
