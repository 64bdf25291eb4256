//! A pack from anywhere, as a folder of rules. Every byte of it is hostile until its signature holds.

use std::io::{Cursor, Read};
use std::path::Path;

use super::seal::{SealError, holds};
use super::{ABOUT, About, FORM, RULES, signature_of};
use crate::bundle::{Unopened, unpacked};
use crate::config::MAX_PACK_BYTES;

/// Why a pack is not read. Nothing of it was, then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// A file of the three cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    File { path: String, why: String },
    /// The signature does not hold.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was signed is no pack.
    #[error("it is no pack: {0}")]
    Form(String),
}

/// The bytes of a pack, its signature beside it, and the key that is trusted.
pub fn read(pack: &Path, key: &Path) -> Result<[Vec<u8>; 3], NotOpened> {
    let one = |path: &Path| {
        let failed = |why: String| NotOpened::File { path: path.display().to_string(), why };
        let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(MAX_PACK_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
        match bytes.len() as u64 > MAX_PACK_BYTES {
            true => Err(failed(format!("over MAX_PACK_BYTES ({MAX_PACK_BYTES})"))),
            false => Ok(bytes),
        }
    };
    Ok([one(pack)?, one(&signature_of(pack))?, one(key)?])
}

/// Unpacks a pack into a folder that exists and is empty, once its signature holds; the rules lie in [`RULES`] of it.
pub fn opened([pack, signature, key]: [&[u8]; 3], folder: &Path) -> Result<About, NotOpened> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    holds(pack, &text(signature), &text(key))?;
    let form = |why: String| NotOpened::Form(why);
    unpacked(Cursor::new(pack), folder).map_err(|why| match why {
        Unopened::Unreadable(why) => form(why),
        Unopened::Changed(all) => form(all.join("; ")),
    })?;
    let about = std::fs::read(folder.join(ABOUT)).map_err(|error| form(format!("`{ABOUT}`: {error}")))?;
    let about: About = serde_json::from_slice(&about).map_err(|error| form(format!("`{ABOUT}`: {error}")))?;
    if about.form != FORM {
        return Err(form(format!("it is of another form than {FORM}; use the program that made it")));
    }
    if !folder.join(RULES).is_dir() {
        return Err(form(format!("it holds no `{RULES}`")));
    }
    match about.faults().as_slice() {
        [] => Ok(about),
        all => Err(form(all.join("; "))),
    }
}
