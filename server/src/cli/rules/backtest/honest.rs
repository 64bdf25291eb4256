//! Honest goods, made when they are asked for: a world of the simulator, of which only what is honest counts.
//!
//! In: how many bills. Out: [`Corpus`]: manifests, and what the office of that world holds beside them. The same each time. Among
//! the honest stand the innocent twins of what is smuggled, which differ from it in one fact. Not here: what rules say of them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;

use palisander_engine::{Input, Inputs};
use palisander_evaluation::{Truth, lines};
use palisander_simulator::{Format, Wish, write};
use tempfile::TempDir;

/// How it is asked for.
pub const HONEST: &str = "honest";
/// The world of the corpus. Any seed does; it is one that no test or exercise uses.
const SEED: u64 = 271_828;
/// Bills when no number is given: some hundred of them name the woods that are looked for.
const USUAL: u64 = 20_000;
/// The most that may be asked for: a gigabyte of manifests.
const MAX_BILLS: u64 = 500_000;
/// Days over which they arrive.
const DAYS: u32 = 30;

/// How many bills the world has, the smuggled ones among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted(pub u64);

impl FromStr for Wanted {
    type Err = String;

    /// `honest`, or `honest:N`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == HONEST {
            return Ok(Self(USUAL));
        }
        let n = text.strip_prefix(HONEST).and_then(|rest| rest.strip_prefix(':')).and_then(|n| n.parse().ok());
        let n = n.filter(|n| (1..=MAX_BILLS).contains(n));
        n.map(Self).ok_or_else(|| format!("`{text}`: write {HONEST}:N with N from 1 to {MAX_BILLS}"))
    }
}

/// Is it meant by this word?
pub fn is_meant(word: &std::path::Path) -> bool {
    word.to_str().is_some_and(|word| word == HONEST || word.starts_with("honest:"))
}

/// The manifests and what is held beside them.
pub struct Corpus {
    pub files: Vec<PathBuf>,
    /// Register, alerts and watch list of the world.
    pub inputs: Inputs,
    /// Bills that smuggle: they do not count.
    planted: BTreeSet<String>,
    /// Where all lies, as long as this is held.
    _folder: TempDir,
}

impl Corpus {
    /// Makes the world.
    pub fn made(wanted: Wanted) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("the honest bills could not be made: {error}");
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        let world = folder.path().join("world");
        let wish = Wish { seed: SEED, family: "play".to_owned(), bills: wanted.0, days: DAYS };
        write(wish, &world, Format::Ndjson, &mut |_| {}).map_err(|error| failed(&error))?;
        let read = |name: &str| std::fs::read(world.join(name)).map_err(|error| failed(&error));
        let mut planted = BTreeSet::new();
        lines(&*read("truth.ndjson")?, &mut |one: Truth| {
            if one.planted {
                planted.insert(one.consignment);
            }
        })
        .map_err(|error| failed(&error))?;
        let given = |bytes: Vec<u8>| (!bytes.is_empty()).then_some(Input::Bytes(bytes));
        let inputs = Inputs {
            register: given(read("register.csv")?),
            alerts: given(read("alerts.ndjson")?),
            watch_list: given(read("watchlist.csv")?),
            ..Inputs::default()
        };
        let days = std::fs::read_dir(world.join("manifests")).map_err(|error| failed(&error))?;
        let mut files: Vec<PathBuf> = days.flatten().map(|day| day.path()).collect();
        files.sort();
        Ok(Self { files, inputs, planted, _folder: folder })
    }

    /// Is the bill honest?
    pub fn is_honest(&self, consignment: &str) -> bool {
        !self.planted.contains(consignment)
    }
}
