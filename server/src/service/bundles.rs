//! Bundles of bills: an answer with everything that it rests on, as far as a clearance may know it.
//!
//! In: a bill on record, and the sight of the one who asks. Out: an archive ([`crate::bundle`]), and an entry that one of that
//! digest was handed out. Before that it is replayed here: first from those rows of the inputs that the answer names, so that
//! a court is not given what concerns others, and where they are not enough from all rows under the label. What does not
//! give the answer again is not handed out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use flate2::read::GzDecoder;
use palisander_engine::answers::Editions;
use palisander_engine::{Label, Stated};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::caller::Caller;
use super::ledger::Accounts;
use super::office::{Office, OfficeError};
use crate::bundle::{
    ABOUT, ANSWER, About, CHECKPOINT, DECISIONS, ENTRIES, FORM, Input, LEDGER, MANIFEST, RULESETS, judged, packed, rows,
};
use crate::config::MAX_BODY_BYTES;
use crate::hex;
use crate::store::{Assessed, Batch, Bill, EditionLoaded, Entry, Kind, StoreError, line};

/// How the one who asks is shown an answer.
pub struct Shown<'a> {
    /// As whom; `None` = the whole answer as it stands.
    pub audience: Option<String>,
    /// What he is shown of an answer of the engine that he may know.
    pub bytes: &'a dyn Fn(&Value, &Bill) -> Vec<u8>,
}

/// Inputs of which only the rows are taken that the answer names, the most first: whether a register covers a country, or how a
/// serial stands among others, is told by rows that it does not name.
const SLICES: [&[Input]; 4] = [
    &[Input::Register, Input::Permits, Input::Alerts, Input::WatchList, Input::Information, Input::Listed],
    &[Input::Alerts, Input::WatchList, Input::Information, Input::Listed],
    &[Input::Register, Input::Permits, Input::WatchList, Input::Listed],
    &[],
];
/// Why there is no bundle of a bill whose batch came before editions were on record.
const UNRECORDED: &str = "what the engine was made of when this bill was answered is not on record";
/// Why there is none at full clearance.
const OTHERWISE: &str = "what is on record gives another answer than the one that is kept; tell who runs the service";
/// Why there is none at a clearance.
const UNKNOWING: &str = "information held; ask the duty desk: what you may know does not give this answer again";

impl Office {
    /// The bundle of a bill.
    pub fn bundle(&self, caller: &Caller, bill: &str, shown: &Shown<'_>) -> Result<Vec<u8>, OfficeError> {
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let bill = self.bill(bill)?;
        let making = Making { office: self, clearance: caller.clearance(), shown, bill: &bill };
        let archive = making.made()?;
        let sha256 = hex::shown(&Sha256::digest(&archive));
        let said = serde_json::json!({ "bill": bill.id, "clearance": caller.clearance(), "sha256": sha256 });
        let mut draft = self.says(&caller.reader.id, Kind::Bundled, &format!("bundle of {}", bill.id), &said)?;
        draft.label = caller.clearance();
        self.store.append(Batch::of(draft))?;
        Ok(archive)
    }
}

/// One bundle while it is made.
struct Making<'a> {
    office: &'a Office,
    clearance: Label,
    shown: &'a Shown<'a>,
    bill: &'a Bill,
}

/// What of a kept answer is looked at here.
#[derive(Deserialize)]
struct Kept {
    editions: Editions,
}

impl Making<'_> {
    fn made(&self) -> Result<Vec<u8>, OfficeError> {
        let (entry, said) = self.batch()?;
        let ledger = self.ledger(&said)?;
        let unrecorded = || OfficeError::Conflict(vec![UNRECORDED.to_owned()]);
        let edition = self.office.edition(said.edition.as_deref().ok_or_else(unrecorded)?)?;
        let kept = self.kept_answer()?;
        let due = match &self.shown.audience {
            None => kept.clone(),
            Some(_) => (self.shown.bytes)(&value(&kept)?, self.bill),
        };
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        self.write(folder.path(), MANIFEST, &self.manifest(&said)?)?;
        self.write(folder.path(), ANSWER, &due)?;
        if let Some(ledger) = ledger.as_ref().filter(|ledger| !ledger.is_empty()) {
            self.write(folder.path(), LEDGER, ledger)?;
        }
        let rules = self.rules(folder.path(), &edition)?;
        let is_published = self.published(folder.path(), &edition)?;
        let is_data = self.files(folder.path(), &edition, "data/", &BTreeSet::new())?;
        let stated = self.stated(&edition, &kept)?;
        let place = said.kept.iter().find(|kept| kept.id == self.bill.id).map(|kept| kept.n);
        let mut about = About {
            form: FORM,
            program: edition.program.clone(),
            id: self.bill.id.clone(),
            consignment: self.bill.consignment.clone(),
            place: place.ok_or_else(unrecorded)?,
            as_of: said.as_of,
            read: said.read.clone(),
            clearance: self.clearance,
            audience: self.shown.audience.clone(),
            assessed: self.bill.assessed,
            stated,
            sliced: Vec::new(),
            rules,
            ledger: ledger.is_some(),
            rulesets: is_published,
            sandbox: self.office.is_sandbox()?,
            data: is_data,
        };
        let text = String::from_utf8_lossy(&kept).into_owned();
        let mut holds = false;
        for sliced in SLICES {
            about.sliced = sliced.to_vec();
            holds = self.holds(folder.path(), &edition, &about, &text, &due)?;
            if holds {
                break;
            }
        }
        if !holds {
            let is_full = self.clearance == Label::Red;
            if is_full {
                tracing::error!(bill = %self.bill.id, "a kept answer cannot be given again");
            }
            return Err(OfficeError::Conflict(vec![if is_full { OTHERWISE } else { UNKNOWING }.to_owned()]));
        }
        about.sliced.retain(|input| folder.path().join(input.path()).is_file());
        let about = serde_json::to_vec_pretty(&about).map_err(|error| failed(&error))?;
        self.write(folder.path(), ABOUT, &about)?;
        self.log(folder.path(), &entry)?;
        packed(folder.path()).map_err(|why| OfficeError::Conflict(vec![why]))
    }

    /// The entry that says the bill, and what it says.
    fn batch(&self) -> Result<(Entry, Assessed), OfficeError> {
        let store = &self.office.store;
        let gone = || OfficeError::Missing { what: "body any more of assessment", id: self.bill.id.clone() };
        let entry = store.entries(self.bill.seq.saturating_sub(1), 1)?.pop().ok_or_else(gone)?;
        let body = store.body(&entry.body)?.ok_or_else(gone)?;
        let said = serde_json::from_slice(&body.bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok((entry, said))
    }

    /// What had been drawn from the permits that the batch meets, as the clearance may know it; `None` = no ledger was kept then.
    fn ledger(&self, said: &Assessed) -> Result<Option<Vec<u8>>, OfficeError> {
        let Some(accounts) = &said.accounts else { return Ok(None) };
        let store = &self.office.store;
        // A long batch is said by several entries: what it drew itself is no part of what stood there before.
        let mut first = self.bill.seq;
        while first > 1 {
            let before = store.entries(first - 2, 1)?.pop();
            match before.filter(|entry| entry.subject == said.batch) {
                Some(entry) => first = entry.seq,
                None => break,
            }
        }
        let known = Accounts::before(Arc::clone(store), self.clearance, first);
        let mut bytes = Vec::new();
        for booked in known.openings(accounts.iter().map(String::as_str))?.into_values().flatten() {
            serde_json::to_writer(&mut bytes, &booked).map_err(|error| failed(&error))?;
            bytes.push(b'\n');
        }
        Ok(Some(bytes))
    }

    fn body(&self, digest: Option<&str>) -> Result<Vec<u8>, OfficeError> {
        let gone = || OfficeError::Missing { what: "body any more of assessment", id: self.bill.id.clone() };
        let digest = digest.and_then(hex::read).ok_or_else(gone)?;
        Ok(self.office.store.body(&digest)?.ok_or_else(gone)?.bytes)
    }

    /// The bytes that came.
    fn manifest(&self, said: &Assessed) -> Result<Vec<u8>, OfficeError> {
        let packed = self.body(said.payload.as_deref())?;
        let mut plain = Vec::new();
        let read = GzDecoder::new(&*packed).take(MAX_BODY_BYTES as u64).read_to_end(&mut plain);
        read.map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(plain)
    }

    /// The answer of the engine that the clearance may know, as it was kept.
    fn kept_answer(&self) -> Result<Vec<u8>, OfficeError> {
        self.body(self.bill.sights.get(&self.clearance).map(|sight| sight.answer.as_str()))
    }

    /// What the engine said of itself then. That of its rules is of all of them, hidden ones too, so it is told at full
    /// clearance alone.
    fn stated(&self, edition: &EditionLoaded, kept: &[u8]) -> Result<Stated, OfficeError> {
        if self.clearance == Label::Red {
            return Ok(edition.stated.clone());
        }
        let kept: Kept = serde_json::from_slice(kept).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let editions = Editions { rules: "".into(), history: "".into(), ..kept.editions };
        Ok(Stated { editions, inputs: Vec::new() })
    }

    /// An input as it was: a file, or what the log said until then.
    fn input(&self, edition: &EditionLoaded, input: Input) -> Result<Option<Vec<u8>>, OfficeError> {
        let of_log = |upto| self.office.news_at(upto);
        let file = edition.files.iter().find(|file| file.path == input.path());
        let said = match (input, edition.news) {
            (Input::Information, Some(upto)) => Some(of_log(upto)?.information),
            (Input::Listed, Some(upto)) => Some(of_log(upto)?.listed),
            (Input::Permits, Some(upto)) => Some(of_log(upto)?.permits),
            // One of an engine from before registers were kept in the store stands among its files.
            (Input::Register, Some(upto)) if file.is_none() => {
                of_log(upto)?.register.map(|register| self.office.file_of(&register)).transpose()?
            }
            _ => None,
        };
        let (None, Some(file)) = (&said, file) else { return Ok(said) };
        let mut bytes = Vec::new();
        self.office.edition_file(file, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// Writes the inputs, and judges. `text`: the answer that names the rows of those that are sliced.
    fn holds(
        &self,
        folder: &Path,
        edition: &EditionLoaded,
        about: &About,
        text: &str,
        due: &[u8],
    ) -> Result<bool, OfficeError> {
        for input in Input::ALL {
            let Some(bytes) = self.input(edition, input)? else { continue };
            let named = about.sliced.contains(&input).then_some(text);
            let rows = rows(input, &bytes, self.clearance, named);
            // That there is an input of which nothing may be known is not told.
            if rows.is_empty() {
                let _ = std::fs::remove_file(folder.join(input.path()));
                continue;
            }
            self.write(folder, input.path(), &rows)?;
        }
        let answer = match judged(folder, about) {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(bill = %self.bill.id, why = %error, "a bundle gives no answer");
                return Ok(false);
            }
        };
        let answer = serde_json::to_vec(&answer).map_err(|error| failed(&error))?;
        Ok(match &self.shown.audience {
            None => answer == due,
            Some(_) => (self.shown.bytes)(&value(&answer)?, self.bill) == due,
        })
    }

    /// Writes the rules that may be known; where they lie.
    fn rules(&self, folder: &Path, edition: &EditionLoaded) -> Result<Option<String>, OfficeError> {
        let mut hidden = BTreeSet::new();
        for file in edition.files.iter().filter(|file| file.path.ends_with("profile.toml")) {
            let mut text = Vec::new();
            self.office.edition_file(file, &mut text)?;
            if strictest(&String::from_utf8_lossy(&text)) > self.clearance
                && let Some((above, _)) = file.path.rsplit_once('/')
            {
                hidden.insert(format!("{above}/"));
            }
        }
        if !self.files(folder, edition, "rules/", &hidden)? {
            return Ok(None);
        }
        let mut all = edition.files.iter().map(|file| file.path.as_str()).filter(|path| path.starts_with("rules/"));
        Ok(Some(match (all.next(), all.next()) {
            // One script by itself.
            (Some(only), None) if only.ends_with(".rhai") => only.to_owned(),
            _ => "rules".to_owned(),
        }))
    }

    /// Writes the published rules that may be known; whether there were any.
    fn published(&self, folder: &Path, edition: &EditionLoaded) -> Result<bool, OfficeError> {
        let rules = self.office.news_at(edition.news.unwrap_or(0))?.rules;
        let above = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
        let heads = rules.iter().filter(|file| file.path.ends_with("profile.toml"));
        let hidden: BTreeSet<String> =
            heads.filter(|file| strictest(&file.text) > self.clearance).map(|file| above(&file.path)).collect();
        let mut any = false;
        for file in rules.iter().filter(|file| !hidden.contains(&above(&file.path))) {
            any = true;
            self.write(folder, &format!("{RULESETS}/{}", file.path), file.text.as_bytes())?;
        }
        Ok(any)
    }

    /// Writes the files of an edition under a prefix, without those of hidden folders; whether there were any.
    fn files(
        &self,
        folder: &Path,
        edition: &EditionLoaded,
        prefix: &str,
        hidden: &BTreeSet<String>,
    ) -> Result<bool, OfficeError> {
        let mut any = false;
        for file in edition.files.iter().filter(|file| file.path.starts_with(prefix)) {
            if hidden.iter().any(|above| file.path.starts_with(above)) {
                continue;
            }
            any = true;
            let mut to = BufWriter::new(created(folder, &file.path)?);
            self.office.edition_file(file, &mut to)?;
            to.flush().map_err(|error| failed(&error))?;
        }
        Ok(any)
    }

    /// What the log says: the entry of the batch and the checkpoint for those who may know all; decisions for everybody.
    fn log(&self, folder: &Path, entry: &Entry) -> Result<(), OfficeError> {
        let store = &self.office.store;
        let decisions = store.decisions(&self.bill.id)?;
        let decisions = serde_json::to_vec_pretty(&decisions).map_err(|error| failed(&error))?;
        self.write(folder, DECISIONS, &decisions)?;
        if self.clearance < Label::Red {
            return Ok(());
        }
        let line = line(&**store, entry)?;
        self.write(folder, ENTRIES, format!("{line}\n").as_bytes())?;
        let note = store.checkpoint()?.map(|checkpoint| checkpoint.note).unwrap_or_default();
        self.write(folder, CHECKPOINT, note.as_bytes())
    }

    fn write(&self, folder: &Path, path: &str, bytes: &[u8]) -> Result<(), OfficeError> {
        created(folder, path)?.write_all(bytes).map_err(|error| failed(&error))
    }
}

/// The strictest label that a profile names; one that cannot be read is RED.
pub(super) fn strictest(profile: &str) -> Label {
    let Ok(table) = toml::from_str::<toml::Table>(profile) else { return Label::Red };
    let indicators = table.get("indicators").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let label = |indicator: &toml::Value| {
        let written = indicator.get("handling")?;
        Some(written.as_str().and_then(Label::read).unwrap_or(Label::Red))
    };
    indicators.iter().filter_map(label).max().unwrap_or_default()
}

fn created(folder: &Path, path: &str) -> Result<File, OfficeError> {
    let path = folder.join(path);
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| File::create(&path));
    made.map_err(|error| failed(&error))
}

fn value(answer: &[u8]) -> Result<Value, OfficeError> {
    serde_json::from_slice(answer).map_err(|error| StoreError::Damaged(error.to_string()).into())
}

fn failed(error: &dyn std::fmt::Display) -> OfficeError {
    StoreError::Unavailable(format!("a bundle cannot be made: {error}")).into()
}
