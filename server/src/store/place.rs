//! Where the state is: a folder, or a database of PostgreSQL with a folder for the key of the log.
//!
//! In: what the operator wrote. Out: an open store. The key never lies in the database: who can write there could sign what
//! he wrote. Several processes on one database sign with one key, the same `log.key` in the folder of each. A password is no
//! part of what is shown.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Store;
use super::error::StoreError;
#[cfg(feature = "postgres")]
use super::postgres::{Address, PostgresStore};
use super::sqlite::SqliteStore;

/// How the operator told where the state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// As an argument, which every user of the machine can read: it holds no password.
    Argument,
    /// In the environment.
    Environment,
}

/// A state that may be opened.
#[derive(Debug, Clone)]
pub struct Place {
    of: Of,
    /// Folder with `log.key` and `log.pub`.
    key: PathBuf,
}

#[derive(Debug, Clone)]
enum Of {
    Folder(PathBuf),
    #[cfg(feature = "postgres")]
    Database(Box<Address>),
}

/// What addresses of a database begin with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

impl Place {
    /// Reads a folder or an address; `log_key` is the folder of the key beside a database.
    pub fn read(text: &str, told: Told, log_key: Option<&Path>) -> Result<Self, StoreError> {
        let wrong = |why: &str| StoreError::Place(why.to_owned());
        if text.is_empty() {
            return Err(wrong("the state is neither a folder nor an address such as postgres://host/database"));
        }
        if !SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return match log_key {
                None => Ok(Self { of: Of::Folder(text.into()), key: text.into() }),
                Some(_) => {
                    Err(wrong("a state folder keeps the key of its log itself; leave the folder of the key out"))
                }
            };
        }
        Self::database(text, told, log_key)
    }

    #[cfg(feature = "postgres")]
    fn database(text: &str, told: Told, log_key: Option<&Path>) -> Result<Self, StoreError> {
        let address = Address::read(text).map_err(StoreError::Place)?;
        if told == Told::Argument && address.has_password() {
            let why = "every user of this machine can read the arguments of a command; give the password by PGPASSWORD, \
                       PGPASSFILE or ~/.pgpass, or the whole address by PALISANDER_STATE";
            return Err(StoreError::Place(why.to_owned()));
        }
        let key = log_key.ok_or_else(|| {
            let why = "a state in a database needs --log-key FOLDER (or PALISANDER_LOG_KEY): where `log.key` is kept, \
                       which signs the log and must not lie in the database";
            StoreError::Place(why.to_owned())
        })?;
        let address = address.with_password().map_err(StoreError::Place)?;
        Ok(Self { of: Of::Database(Box::new(address)), key: key.to_owned() })
    }

    #[cfg(not(feature = "postgres"))]
    fn database(_: &str, _: Told, _: Option<&Path>) -> Result<Self, StoreError> {
        let why = "this program was built without PostgreSQL: build it with `--features postgres`";
        Err(StoreError::Place(why.to_owned()))
    }

    /// Opens the store; made when it is not there.
    pub fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(match &self.of {
            Of::Folder(folder) => Box::new(SqliteStore::open(folder)?),
            #[cfg(feature = "postgres")]
            Of::Database(address) => Box::new(PostgresStore::open((**address).clone(), &self.key)?),
        })
    }

    /// Opens a store that is there: a command that reads makes none.
    pub fn existing(&self) -> Result<Box<dyn Store>, StoreError> {
        match &self.of {
            Of::Folder(folder) if !folder.is_dir() => {
                Err(StoreError::Place(format!("`{self}` is no state folder; `serve --state` makes one")))
            }
            #[cfg(feature = "postgres")]
            Of::Database(address) if !PostgresStore::is_made(address)? => {
                Err(StoreError::Place(format!("`{self}` holds no state; `serve --state` makes one")))
            }
            _ => self.open(),
        }
    }

    /// Is a store made there?
    pub(super) fn is_made(&self) -> Result<bool, StoreError> {
        match &self.of {
            Of::Folder(folder) => Ok(SqliteStore::is_made(folder)),
            #[cfg(feature = "postgres")]
            Of::Database(address) => PostgresStore::is_made(address),
        }
    }

    /// The folder of the key that signs the log.
    pub(super) fn key_folder(&self) -> &Path {
        &self.key
    }

    /// The file with the key that checks the log.
    pub fn public_key_file(&self) -> PathBuf {
        self.key.join("log.pub")
    }

    /// Arguments that name it to another command, without a password.
    pub fn arguments(&self) -> String {
        match &self.of {
            Of::Folder(folder) => format!("--state {}", folder.display()),
            #[cfg(feature = "postgres")]
            Of::Database(address) => format!("--state '{address}' --log-key {}", self.key.display()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            Of::Folder(folder) => folder.display().fmt(f),
            #[cfg(feature = "postgres")]
            Of::Database(address) => address.fmt(f),
        }
    }
}
