//! Files of a case, and what is handed out of it as an archive: the bundle for a court, the dossier for a country whose law was broken.
//!
//! In: a caller who may read names. Out: bytes; of an archive every part stands in `SHA256SUMS`, and those of the log can be checked
//! against its signed checkpoint by who holds nothing else of it. That an archive of that digest was handed out is on record. Not here:
//! the bundle of a bill (`bundles`), how an archive is packed (`bundle`).

use std::path::Path;

use palisander_engine::CountryCode;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::names::{NAMES, names_of};
use super::{Beside, NOT_LEAD, ShownCase, leads, missing};
use crate::bundle::{CHECKPOINT, ENTRIES, PROOFS, packed};
use crate::cases::{Attaching, Attachment, AttachmentKind, Body, Case, FileForm, Form, Sent, packet};
use crate::config::{MAX_BUNDLE_UNPACKED_BYTES, MAX_CASES_READ, MAX_PROVEN_ENTRIES};
use crate::hex;
use crate::service::bundles::Shown;
use crate::service::caller::Caller;
use crate::service::office::{Faults, Office, OfficeError};
use crate::store::{AuditTree, Batch, Entry, Hash, Kind, Sealed, StoreError, line};
use crate::verifications::{Verification, letter};

/// Entries that are read at once.
const STEP: usize = 1_000;
/// What stands in an archive, and what does not.
const CONTENTS: &str = "contents.json";

/// One part of an archive.
#[derive(Debug, Clone, Serialize)]
struct Part {
    path: String,
    is: String,
}

/// An archive while it is made.
struct Making {
    folder: tempfile::TempDir,
    parts: Vec<Part>,
    /// What is not there, and why.
    lacks: Vec<String>,
}

impl Office {
    /// Adds a file. The impact statement of a country answers the notice that asked for it.
    pub fn attach(
        &self,
        caller: &Caller,
        id: &str,
        told: Attaching,
        form: FileForm,
        bytes: Vec<u8>,
    ) -> Result<ShownCase, OfficeError> {
        let (today, sha256) = (self.clock.today(), hex::shown(&Sha256::digest(&bytes)));
        let n_bytes = bytes.len();
        let sealed = Sealed::new(bytes)?;
        let kept_as = hex::shown(&sealed.digest);
        let change = |case: &mut Case| {
            let form_faults = told.faults(case.attachments.len(), n_bytes);
            let is_there = case.attachments.iter().any(|one| one.sha256 == sha256);
            let standing = if is_there { vec!["the case has this file".to_owned()] } else { Vec::new() };
            let Attaching { kind, title, country } = told;
            if kind == AttachmentKind::ImpactStatement {
                let asked = |one: &&mut crate::cases::Notice| {
                    one.to == Body::Impact && one.country == country && one.state == Sent::Sent
                };
                if let Some(notice) = case.notices.iter_mut().find(asked) {
                    notice.state = Sent::Answered;
                    notice.answered_on = Some(today);
                }
            }
            case.attachments.push(Attachment {
                n: case.attachments.len() + 1,
                kind,
                title: title.trim().to_owned(),
                country,
                form,
                bytes: n_bytes as u64,
                sha256,
                kept_as,
                on: today,
                by: caller.reader.id.clone(),
            });
            Ok(Faults { form: form_faults, standing })
        };
        let beside = |_: &Case| Ok(Beside { bodies: vec![sealed], drafts: Vec::new() });
        self.case_changed_with(caller, id, (Kind::CaseAttached, true), change, beside)
    }

    /// The bytes of a file, to those who may read names: anybody may be named in it.
    pub fn attached(&self, caller: &Caller, id: &str, n: usize) -> Result<(Attachment, Vec<u8>), OfficeError> {
        let case = self.named_case(caller, id)?;
        let found =
            case.attachments.into_iter().find(|one| one.n == n).ok_or_else(|| missing("file", &n.to_string()))?;
        let bytes = self.attachment(&found)?.ok_or_else(|| missing("file any more", &n.to_string()))?;
        Ok((found, bytes))
    }

    /// Everything of a case for its court: facts, names, files, what the log says of it with proofs, and the bundle of the bill.
    pub fn court_bundle(&self, caller: &Caller, id: &str, shown: &Shown<'_>) -> Result<Vec<u8>, OfficeError> {
        let case = self.named_case(caller, id)?;
        fits(&case.attachments)?;
        let mut making = Making::new()?;
        making.json("case.json", "the case as it stands, in which nobody is named", &case)?;
        let entities = self.store.case_entities(id)?.map(|(entities, _)| entities);
        match &entities {
            Some(entities) => making.json("entities.json", "who and what stands behind it", entities)?,
            None => making.lacks.push("names: none are on record".to_owned()),
        }
        for attachment in &case.attachments {
            match self.attachment(attachment)? {
                Some(bytes) => making.write(&attachment.path(), &attachment.title, &bytes)?,
                None => making.lacks.push(format!("{}: its bytes are kept no longer", attachment.path())),
            }
        }
        for (country, is_asked) in case.impact_lacking() {
            let why = if is_asked { "it was asked for and is not here" } else { "it was not asked for yet" };
            making.lacks.push(format!("the impact statement of {country}: {why}"));
        }
        self.put_letters(&mut making, &case, None)?;
        if let Some(from) = &case.opened_from {
            match self.bundle(caller, &from.bill, shown) {
                Ok(archive) => {
                    making.write(
                        "assessment.zip",
                        "the bill with all that its answer rests on: `palisander replay`",
                        &archive,
                    )?;
                }
                Err(OfficeError::Conflict(whys)) => making.lacks.push(format!("assessment.zip: {}", whys.join("; "))),
                Err(OfficeError::Missing { .. }) => {
                    making.lacks.push("assessment.zip: the bill is kept no longer".to_owned())
                }
                Err(error) => return Err(error),
            }
        }
        self.put_log(&mut making, &[id, &names_of(id)])?;
        self.handed_out(caller, id, "for its court", making)
    }

    /// What goes to a country that the goods touched: its part of the case, and copies of all papers (Article XIII of the Convention;
    /// CITES CoP17 Doc. 25, Annex 2).
    pub fn dossier(&self, caller: &Caller, id: &str, to: CountryCode) -> Result<Vec<u8>, OfficeError> {
        let case = self.named_case(caller, id)?;
        if !leads(caller, &case) {
            return Err(OfficeError::Barred(NOT_LEAD));
        }
        fits(&case.attachments)?;
        let part = packet(&case, Form::Country, Some(to)).ok_or_else(|| missing("part of that country in case", id))?;
        let mut making = Making::new()?;
        making.json("packet.json", "the part of that country", &part)?;
        let papers: Vec<&Attachment> =
            case.attachments.iter().filter(|one| one.kind == AttachmentKind::Paper).collect();
        for paper in &papers {
            match self.attachment(paper)? {
                Some(bytes) => making.write(&paper.path(), &paper.title, &bytes)?,
                None => making.lacks.push(format!("{}: its bytes are kept no longer", paper.path())),
            }
        }
        if papers.is_empty() {
            making.lacks.push("copies of papers: none are attached to the case (`kind=paper`)".to_owned());
        }
        if let Some(from) = &case.opened_from {
            match self.bill(&from.bill).and_then(|bill| self.told_to_all(&bill)) {
                Ok(answer) => making.json(
                    "papers.json",
                    "papers as they were declared, by box",
                    answer.get("documents").unwrap_or(&Value::Null),
                )?,
                Err(OfficeError::Conflict(_) | OfficeError::Missing { .. }) => {
                    making.lacks.push("papers.json: the answer to the bill is kept no longer".to_owned());
                }
                Err(error) => return Err(error),
            }
        }
        self.put_letters(&mut making, &case, Some(to))?;
        self.handed_out(caller, id, &format!("for {to}"), making)
    }

    /// A case to one who may read its names; each reading is on record.
    fn named_case(&self, caller: &Caller, id: &str) -> Result<Case, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        if !self.reads_names(caller, &case)? {
            return Err(OfficeError::Barred(NAMES));
        }
        self.note_read(caller, id, palisander_engine::Label::AmberStrict)?;
        Ok(case)
    }

    fn attachment(&self, attachment: &Attachment) -> Result<Option<Vec<u8>>, OfficeError> {
        let digest = hex::read(&attachment.kept_as)
            .ok_or_else(|| StoreError::Damaged(format!("`{}` is no digest", attachment.kept_as)))?;
        Ok(self.store.body(&digest)?.map(|body| body.bytes))
    }

    /// Letters to the issuers of the papers of its bill, and what they said; of one country those to it alone.
    fn put_letters(&self, making: &mut Making, case: &Case, to: Option<CountryCode>) -> Result<(), OfficeError> {
        let Some(from) = &case.opened_from else { return Ok(()) };
        let all = self.store.verifications(true, MAX_CASES_READ)?;
        if all.len() >= MAX_CASES_READ {
            making.lacks.push(format!("letters of long ago: the last MAX_CASES_READ ({MAX_CASES_READ}) are looked at"));
        }
        let is_own = |one: &Verification| one.bill == from.bill && to.is_none_or(|to| one.country == to);
        for (request, _) in all.into_iter().filter(|(one, _)| is_own(one)) {
            let path = format!("letters/{}.txt", request.id);
            making.write(&path, &format!("what was asked of {}", request.country), letter(&request).as_bytes())?;
            // Who asked, and why the Secretariat was, is no other country's.
            let said = json!({ "asked_on": request.asked_on, "answer": request.answer, "answered_on": request.answered_on,
                "boxes": request.boxes });
            match to {
                Some(_) => making.json(&format!("letters/{}.json", request.id), "what it said", &said)?,
                None => making.json(&format!("letters/{}.json", request.id), "the request as it stands", &request)?,
            }
        }
        Ok(())
    }

    /// Entries about some subjects, with proofs that they stand in the log that was signed.
    fn put_log(&self, making: &mut Making, subjects: &[&str]) -> Result<(), OfficeError> {
        // The whole log is walked.
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let Some(signed) = self.store.checkpoint()? else { return Ok(()) };
        let (mut leaves, mut own): (Vec<Hash>, Vec<Entry>) = (Vec::new(), Vec::new());
        let is_provable = signed.size <= MAX_PROVEN_ENTRIES;
        let mut last = 0;
        loop {
            let page = self.store.entries(last, STEP)?;
            let Some(end) = page.last() else { break };
            last = end.seq;
            let page = page.into_iter().filter(|entry| entry.seq <= signed.size);
            for entry in page {
                if is_provable {
                    leaves.push(entry.hash);
                }
                if subjects.contains(&entry.subject.as_str()) {
                    own.push(entry);
                }
            }
            if last >= signed.size {
                break;
            }
        }
        let mut text = String::new();
        for entry in &own {
            text.push_str(&line(&*self.store, entry)?.to_string());
            text.push('\n');
        }
        making.write(ENTRIES, "what the log says of the case: `palisander log verify`", text.as_bytes())?;
        making.write(CHECKPOINT, "the log as it was signed", signed.note.as_bytes())?;
        if !is_provable {
            let most = format!("the log is over MAX_PROVEN_ENTRIES ({MAX_PROVEN_ENTRIES}); export it instead");
            making.lacks.push(format!("{PROOFS}: {most}"));
            return Ok(());
        }
        let tree = AuditTree::over(leaves);
        let path = |entry: &Entry| {
            let at = usize::try_from(entry.seq.saturating_sub(1)).unwrap_or(usize::MAX);
            let path: Vec<String> = tree.path(at).iter().map(|hash| hex::shown(hash)).collect();
            json!({ "seq": entry.seq, "path": path })
        };
        let proofs: Vec<Value> = own.iter().map(path).collect();
        making.json(
            PROOFS,
            "that these entries stand in it (RFC 6962)",
            &json!({ "size": signed.size, "proofs": proofs }),
        )
    }

    /// Packs it, and puts on record what left.
    fn handed_out(&self, caller: &Caller, id: &str, what: &str, making: Making) -> Result<Vec<u8>, OfficeError> {
        let Making { folder, parts, lacks } = making;
        let (made_on, is_sandbox) = (self.clock.today(), self.is_sandbox()?);
        let contents = json!({ "case": id, "made": what, "made_on": made_on, "sandbox": is_sandbox, "parts": parts, "lacks": lacks });
        put(folder.path(), CONTENTS, &serde_json::to_vec_pretty(&contents).map_err(|error| failed(&error))?)?;
        let archive = packed(folder.path()).map_err(|why| OfficeError::Conflict(vec![why]))?;
        let sha256 = hex::shown(&Sha256::digest(&archive));
        let said = json!({ "case": id, "made": what, "sha256": sha256 });
        let mut draft = self.says(&caller.reader.id, Kind::Bundled, &format!("archive of {id}"), &said)?;
        draft.label = palisander_engine::Label::AmberStrict;
        self.store.append(Batch::of(draft))?;
        Ok(archive)
    }
}

/// More than an archive holds is not written out first.
fn fits(files: &[Attachment]) -> Result<(), OfficeError> {
    let bytes: u64 = files.iter().map(|one| one.bytes).sum();
    let why =
        || format!("its files are over MAX_BUNDLE_UNPACKED_BYTES ({MAX_BUNDLE_UNPACKED_BYTES}); take them one by one");
    if bytes <= MAX_BUNDLE_UNPACKED_BYTES { Ok(()) } else { Err(OfficeError::Conflict(vec![why()])) }
}

impl Making {
    fn new() -> Result<Self, OfficeError> {
        let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
        Ok(Self { folder, parts: Vec::new(), lacks: Vec::new() })
    }

    fn write(&mut self, path: &str, is: &str, bytes: &[u8]) -> Result<(), OfficeError> {
        put(self.folder.path(), path, bytes)?;
        self.parts.push(Part { path: path.to_owned(), is: is.to_owned() });
        Ok(())
    }

    fn json(&mut self, path: &str, is: &str, value: &impl Serialize) -> Result<(), OfficeError> {
        self.write(path, is, &serde_json::to_vec_pretty(value).map_err(|error| failed(&error))?)
    }
}

fn put(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), OfficeError> {
    let path = folder.join(path);
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
    made.map_err(|error| failed(&error))
}

fn failed(error: &dyn std::fmt::Display) -> OfficeError {
    StoreError::Unavailable(format!("an archive cannot be made: {error}")).into()
}
