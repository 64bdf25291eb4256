//! The permit register in the store: proposed by one person, signed by another, and part of every engine from then on.
//!
//! In: a caller and rows in a register's formats; or the file that an operator named at the start. Out: entries, each the whole
//! change as it stands then. A first file fills an empty register; another one later waits as a change does. Rows are held
//! against the register that the caller may know, and once more when the second person signs. Not here: what rows mean (the
//! engine), how they reach it (`news`), what was drawn on a permit (`permits`).

use std::io::Read;
use std::sync::Arc;

use flate2::read::GzDecoder;
use palisander_engine::Label;
use palisander_engine::papers::{Change, Proposal, ProposalCounts, Register, RowFault};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::caller::{Caller, OPERATOR};
use super::office::{Office, OfficeError, still};
use crate::bundle::Input;
use crate::config::{
    EDITION_PART_BYTES, MAX_CHANGE_FAULTS, MAX_CHANGE_NUMBERS, MAX_CHANGE_ROWS, MAX_REASON_CHARS, MAX_REGISTER_CHANGES,
};
use crate::hex;
use crate::secret;
use crate::store::{
    Batch, Draft, EditionFile, Kind, Once, ReaderKind, RegisterChange, RegisterSource, RegisterState, StoreError,
};

/// The first register of a state has this id, so that of several processes that start at once one keeps it.
const SEED: &str = "register-seed";
const OWN: &str = "who proposed a change of the register does not sign it; another person has to";
const MACHINE: &str = "a machine signs no change of the register";
const CHANGED: &str = "the register has changed since; what does not fit any more";

/// What a file at the start or at a reload was to the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTaken {
    /// It is the register, or one that stands in the log already.
    Known,
    /// It filled an empty one.
    Seeded,
    /// It waits for a second person, under this id.
    Waits(String),
}

impl Office {
    /// Takes the file that an operator named: it fills an empty register, and is a change that waits where it is another than
    /// before. `read`: what the engine read of it.
    pub fn takes_file(&self, bytes: &[u8], read: &Register, faults: &[String]) -> Result<FileTaken, OfficeError> {
        let sha256 = hex::shown(&Sha256::digest(bytes));
        // What was said of it before the register that acts was read says nothing any more.
        for change in self.store.register_changes(MAX_REGISTER_CHANGES)? {
            if change.file.sha256 == sha256 {
                return Ok(FileTaken::Known);
            }
            if change.acts() && change.is_whole() {
                break;
            }
        }
        let is_first = self.store.acting_register(u64::MAX >> 1)?.is_empty();
        let (id, source, state) = match is_first {
            true => (SEED.to_owned(), RegisterSource::Seed, RegisterState::Acts),
            false => (secret::id("c")?, RegisterSource::File, RegisterState::Waits),
        };
        let counts = ProposalCounts { added: read.len() as u64, ..ProposalCounts::default() };
        let mut change = self.change(&id, source, bytes, Input::Register)?;
        // Whole, it says how many documents there are of whatever label: for those alone who may know all.
        (change.state, change.counts, change.label) = (state, counts, Label::Red);
        change.faults = told(faults.iter().cloned(), faults.len());
        change.acts_since = is_first.then_some(change.at);
        let kind = if is_first { Kind::RegisterChanged } else { Kind::RegisterProposed };
        let mut draft = self.says_change(OPERATOR, kind, &change)?;
        // Another process may seed at the same time: one of them does.
        draft.after = is_first.then_some(0);
        match self.store.append(Batch::of(draft)) {
            Err(StoreError::Moved { .. }) => Ok(FileTaken::Known),
            Err(error) => Err(error.into()),
            Ok(_) if is_first => Ok(FileTaken::Seeded),
            Ok(_) => Ok(FileTaken::Waits(id)),
        }
    }

    /// Proposes rows: nothing of them acts until another person signs.
    pub fn propose_rows(
        &self,
        caller: &Caller,
        register: &Register,
        bytes: &[u8],
        note: &str,
        once: Option<Once>,
    ) -> Result<RegisterChange, NotProposed> {
        if let Some(once) = &once
            && let Some(done) = self.proposed_before(once)?
        {
            return Ok(done);
        }
        if note.chars().count() > MAX_REASON_CHARS {
            let why = format!("the note is over MAX_REASON_CHARS ({MAX_REASON_CHARS})");
            return Err(OfficeError::Wrong(vec![why]).into());
        }
        let Proposal { changes, counts, mut faults } = register.propose(bytes);
        let beyond = changes.iter().filter(|change| change.label() > caller.clearance());
        faults.extend(beyond.map(|change| RowFault {
            row: None,
            column: Some("handling".to_owned()),
            what: format!("permit `{}` would be stricter than you may read", change.number()),
            dropped: true,
        }));
        if faults.iter().any(|fault| fault.dropped) {
            return Err(NotProposed::Rows(faults));
        }
        if changes.is_empty() {
            let why = match counts.unchanged {
                0 => "it holds no row",
                _ => "it says what the register says already",
            };
            return Err(OfficeError::Conflict(vec![why.to_owned()]).into());
        }
        if changes.len() > MAX_CHANGE_ROWS {
            let why = format!("more than MAX_CHANGE_ROWS ({MAX_CHANGE_ROWS}) documents; send them in parts");
            return Err(OfficeError::Wrong(vec![why]).into());
        }
        let rows = Change::write(&changes).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
        let mut change =
            self.change(&secret::id("c").map_err(OfficeError::from)?, RegisterSource::Rows, &rows, Input::Permits)?;
        change.counts = counts;
        change.label = changes.iter().map(Change::label).max().unwrap_or_default();
        change.numbers = changes.iter().take(MAX_CHANGE_NUMBERS).map(|change| change.number().to_owned()).collect();
        change.faults = told(faults.iter().map(ToString::to_string), faults.len());
        change.note = note.trim().to_owned();
        change.by.clone_from(&caller.reader.id);
        let draft = self.says_change(&caller.reader.id, Kind::RegisterProposed, &change)?;
        self.store.append(Batch { drafts: vec![draft], once, ..Batch::default() })?;
        Ok(change)
    }

    /// The second person signs: from then on it acts. `register`: what he may know of the one that acts now.
    pub fn sign_register(&self, caller: &Caller, register: &Register, id: &str) -> Result<RegisterChange, OfficeError> {
        let (mut change, seq) = self.known_change(caller, id)?;
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped_change(caller, id, MACHINE)?);
        }
        if change.by == caller.reader.id {
            return Err(self.stopped_change(caller, id, OWN)?);
        }
        still(caller, seq)?;
        waits(&change)?;
        if change.source == RegisterSource::Rows {
            let (rows, _) = Change::read(&self.rows_of(&change)?);
            let unfit = register.unfit(&rows);
            if !unfit.is_empty() {
                let lines = std::iter::once(CHANGED.to_owned()).chain(told(unfit.iter().cloned(), unfit.len()));
                return Err(OfficeError::Conflict(lines.collect()));
            }
        }
        change.state = RegisterState::Acts;
        change.signed_by = Some(caller.reader.id.clone());
        change.acts_since = Some(self.clock.now());
        let mut draft = self.says_change(&caller.reader.id, Kind::RegisterChanged, &change)?;
        draft.second = Some(change.by.clone());
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(change)
    }

    /// Takes back what waits.
    pub fn drop_register(&self, caller: &Caller, id: &str, note: &str) -> Result<RegisterChange, OfficeError> {
        let (mut change, seq) = self.known_change(caller, id)?;
        match note.trim().chars().count() {
            0 => return Err(OfficeError::Wrong(vec!["a reason is needed".to_owned()])),
            n if n > MAX_REASON_CHARS => {
                return Err(OfficeError::Wrong(vec![format!(
                    "the reason is over MAX_REASON_CHARS ({MAX_REASON_CHARS})"
                )]));
            }
            _ => {}
        }
        still(caller, seq)?;
        waits(&change)?;
        change.state = RegisterState::Dropped;
        change.note = note.trim().to_owned();
        let mut draft = self.says_change(&caller.reader.id, Kind::RegisterDropped, &change)?;
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(change)
    }

    /// The register as the store has it, whole: for commands, which have no engine.
    pub fn register_now(&self) -> Result<Register, OfficeError> {
        let (mut read, mut changes) = (Register::empty(), Vec::new());
        for change in self.store.acting_register(u64::MAX >> 1)? {
            match change.is_whole() {
                true => read = Register::from_bytes(&self.file_of(&change)?).0,
                false => changes.extend(Change::read(&self.rows_of(&change)?).0),
            }
        }
        Ok(read.changed_by(changes))
    }

    /// Changes that a caller may know of, the latest first.
    pub fn register_changes_of(&self, caller: &Caller) -> Result<Vec<RegisterChange>, OfficeError> {
        let all = self.store.register_changes(MAX_REGISTER_CHANGES)?;
        Ok(all.into_iter().filter(|change| change.label <= caller.clearance()).collect())
    }

    /// A change that a caller may know of, with its number in the log.
    pub fn known_change(&self, caller: &Caller, id: &str) -> Result<(RegisterChange, u64), OfficeError> {
        let found = self.store.register_change(id)?.filter(|(change, _)| change.label <= caller.clearance());
        let shown = || id.chars().filter(|c| !c.is_control()).take(40).collect();
        found.ok_or_else(|| OfficeError::Missing { what: "change of the register", id: shown() })
    }

    /// The rows of a change, as the engine reads changes. They never change, and are kept at hand while they act.
    pub fn rows_of(&self, change: &RegisterChange) -> Result<Arc<[u8]>, OfficeError> {
        if let Some(rows) = self.register_rows().get(&change.id) {
            return Ok(Arc::clone(rows));
        }
        let rows: Arc<[u8]> = self.file_of(change)?.into();
        self.register_rows().insert(change.id.clone(), Arc::clone(&rows));
        Ok(rows)
    }

    /// The file of a change.
    pub fn file_of(&self, change: &RegisterChange) -> Result<Vec<u8>, OfficeError> {
        let damaged = |why: String| StoreError::Damaged(format!("change `{}` of the register: {why}", change.id));
        let mut bytes = Vec::new();
        for part in &change.file.parts {
            let digest = hex::read(part).ok_or_else(|| damaged("a digest is none".to_owned()))?;
            let body = self.store.body(&digest)?.ok_or_else(|| damaged("a part is gone".to_owned()))?;
            let mut plain = GzDecoder::new(&*body.bytes).take(EDITION_PART_BYTES as u64);
            plain.read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        }
        Ok(bytes)
    }

    /// A change that waits, with its rows in the store.
    fn change(
        &self,
        id: &str,
        source: RegisterSource,
        bytes: &[u8],
        input: Input,
    ) -> Result<RegisterChange, OfficeError> {
        let sha256 = hex::shown(&Sha256::digest(bytes));
        let parts = self.keep_file(bytes)?;
        let file = EditionFile { path: input.path().to_owned(), n_bytes: bytes.len() as u64, sha256, parts };
        Ok(RegisterChange {
            id: id.to_owned(),
            source,
            state: RegisterState::Waits,
            counts: ProposalCounts::default(),
            faults: Vec::new(),
            numbers: Vec::new(),
            label: Label::Red,
            file,
            by: OPERATOR.to_owned(),
            at: self.clock.now(),
            note: String::new(),
            signed_by: None,
            acts_since: None,
        })
    }

    fn says_change(&self, by: &str, kind: Kind, change: &RegisterChange) -> Result<Draft, OfficeError> {
        let mut draft = self.says(by, kind, &change.id, change)?;
        draft.label = change.label;
        Ok(draft)
    }

    fn stopped_change(&self, caller: &Caller, id: &str, why: &str) -> Result<OfficeError, OfficeError> {
        let said = json!({ "register_change": id, "why": why });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(OfficeError::Conflict(vec![why.to_owned()]))
    }

    /// What was proposed before under the same key; an error when it came with something else.
    fn proposed_before(&self, once: &Once) -> Result<Option<RegisterChange>, OfficeError> {
        let Some(receipt) = self.store.done(once)? else { return Ok(None) };
        let entry = self.store.entries(receipt.seq.saturating_sub(1), 1)?.pop();
        let gone = || StoreError::Damaged("what was done before is gone".to_owned());
        let (change, _) = self.store.register_change(&entry.ok_or_else(gone)?.subject)?.ok_or_else(gone)?;
        Ok(Some(change))
    }
}

/// Why rows were not proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotProposed {
    /// They do not fit, each with its place.
    Rows(Vec<RowFault>),
    /// Anything else.
    Office(OfficeError),
}

impl<E: Into<OfficeError>> From<E> for NotProposed {
    fn from(error: E) -> Self {
        Self::Office(error.into())
    }
}

fn waits(change: &RegisterChange) -> Result<(), OfficeError> {
    let why = match change.state {
        RegisterState::Waits => return Ok(()),
        RegisterState::Acts => "it acts already",
        RegisterState::Dropped => "it was taken back",
    };
    Err(OfficeError::Conflict(vec![why.to_owned()]))
}

/// The first of many lines, and how many more there are.
fn told(lines: impl Iterator<Item = String>, n: usize) -> Vec<String> {
    let mut told: Vec<String> = lines.take(MAX_CHANGE_FAULTS).collect();
    if let Some(more) = n.checked_sub(MAX_CHANGE_FAULTS).filter(|more| *more > 0) {
        told.push(format!("and {more} more"));
    }
    told
}
