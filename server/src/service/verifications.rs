//! Verification of papers: asked of the authority that is said to have issued one, by an officer, from an answer.
//!
//! In: a caller, a bill, which of its papers. Out: entries, each the whole request as it stands then, and a letter. What stands in the
//! letter is taken from what everybody may know of the bill: it leaves the house. An answer that a paper is false or cancelled is a
//! change of the register that waits for another person. Not here: the states of a request (`verifications`), HTTP.

use palisander_engine::papers::Register;
use palisander_engine::tables::References;
use palisander_engine::{CountryCode, Label};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::caller::Caller;
use super::office::{Office, OfficeError, still};
use super::register::NotProposed;
use crate::config::{MAX_REASON_CHARS, MAX_VERIFICATIONS};
use crate::hex;
use crate::secret;
use crate::store::{Batch, Bill, Draft, Kind, ReaderKind, StoreError};
use crate::verifications::{Addressee, Asked, Language, Paper, Verification, letter};

/// Stands before a letter about a bill that is none.
const SANDBOX: &str = "TEST - NO CONSIGNMENT - ESSAI - PRUEBA\n\n";
const MACHINE: &str = "a machine puts no answer of an authority on record";

/// What an officer wants to have verified.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Which of the papers of the answer, from 0.
    pub document: usize,
    /// Country whose authority is asked.
    pub country: CountryCode,
    /// Language of the letter; that of the country without a word.
    #[serde(default)]
    pub language: Option<Language>,
}

/// A request with its letter.
#[derive(Debug, Clone, Serialize)]
pub struct ShownVerification {
    #[serde(flatten)]
    pub request: Verification,
    /// The day by which it is due is over.
    pub is_late: bool,
    /// Reasons for the delay are due.
    pub owes_reasons: bool,
    /// As far as its issuer says.
    pub is_confirmed: bool,
    pub letter: String,
}

impl Office {
    /// Asks the authority of a country about a paper.
    pub fn ask_verification(
        &self,
        caller: &Caller,
        tables: &References,
        bill: &str,
        wanted: &Wanted,
    ) -> Result<ShownVerification, OfficeError> {
        let bill = self.bill(bill)?;
        let answer = self.told_to_all(&bill)?;
        let documents = answer.get("documents").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let Some(document) = documents.get(wanted.document) else {
            let why = format!("the answer shows {} papers; the first is 0", documents.len());
            return Err(OfficeError::Conflict(vec![why]));
        };
        let paper = paper(document, &answer);
        if paper.number.is_empty() {
            return Err(OfficeError::Conflict(vec![
                "the paper bears no number by which it could be asked about".to_owned(),
            ]));
        }
        let open = self.store.verifications(false, MAX_VERIFICATIONS)?;
        if open.iter().any(|(one, _)| one.bill == bill.id && one.paper.number == paper.number) {
            return Err(OfficeError::Conflict(vec!["this paper is being asked about".to_owned()]));
        }
        let today = self.clock.today();
        let named = tables.authorities.on(wanted.country, today).next();
        let named =
            named.map_or_else(|| format!("CITES Management Authority, {}", wanted.country), |own| own.name.clone());
        let usual = Language::read(tables.correspondence.language(wanted.country)).unwrap_or(Language::English);
        let to = Addressee { country: wanted.country, authority: named, language: wanted.language.unwrap_or(usual) };
        let of = (bill.id, bill.consignment);
        let request = Verification::asked(secret::id("v")?, of, paper, to, &caller.reader.id, today);
        self.store.append(Batch::of(self.says_verification(caller, Kind::VerificationAsked, &request)?))?;
        Ok(self.shown_verification(request))
    }

    /// Requests, the latest first; those that are answered, too.
    pub fn verifications(&self, is_answered_too: bool) -> Result<Vec<ShownVerification>, OfficeError> {
        let found = self.store.verifications(is_answered_too, MAX_VERIFICATIONS)?;
        Ok(found.into_iter().map(|(one, _)| self.shown_verification(one)).collect())
    }

    /// One of them.
    pub fn verification(&self, id: &str) -> Result<ShownVerification, OfficeError> {
        Ok(self.shown_verification(self.known_verification(id)?.0))
    }

    /// What happened to a request. `register`: what the caller may know of the one that acts.
    pub fn tell_verification(
        &self,
        caller: &Caller,
        register: &Register,
        id: &str,
        asked: Asked,
    ) -> Result<ShownVerification, OfficeError> {
        let (mut request, seq) = self.known_verification(id)?;
        if caller.reader.kind != ReaderKind::Person {
            return Err(OfficeError::Conflict(vec![MACHINE.to_owned()]));
        }
        still(caller, seq)?;
        let said = match &asked {
            Asked::Answered { note, .. } => note.as_str(),
            Asked::Secretariat { why } => why.as_str(),
            Asked::Reminded | Asked::Acknowledged { .. } => "",
        };
        if said.chars().count() > MAX_REASON_CHARS {
            return Err(OfficeError::Wrong(vec![format!("a text is over MAX_REASON_CHARS ({MAX_REASON_CHARS})")]));
        }
        let answers = matches!(asked, Asked::Answered { .. });
        request.take(asked, &caller.reader.id, self.clock.today()).map_err(OfficeError::Conflict)?;
        if answers {
            request.register_change = self.follows_in_register(caller, register, &request)?;
        }
        let mut draft = self.says_verification(caller, Kind::VerificationTold, &request)?;
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(self.shown_verification(request))
    }

    /// The change of the register that an answer brings: proposed here, and signed by another person.
    fn follows_in_register(
        &self,
        caller: &Caller,
        register: &Register,
        request: &Verification,
    ) -> Result<Option<String>, OfficeError> {
        let Some(status) = request.answer.and_then(crate::verifications::Answer::status) else { return Ok(None) };
        let note = format!("verification {}", request.id);
        let number = &request.paper.number;
        let rows = |header: &str, cells: &[&str]| {
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            format!("{header}\n{}\n", quoted.join(","))
        };
        // Known to the register its state changes; else it is held as what it is, so that the next one is known at once.
        let tries = [
            rows("number,status", &[number, status]),
            rows(
                "number,type,issuing_authority,issuing_country,status",
                &[number, "export", &request.authority, request.country.as_str(), status],
            ),
        ];
        for text in tries {
            match self.propose_rows(caller, register, text.as_bytes(), &note, None) {
                Ok(change) => return Ok(Some(change.id)),
                // It says that already.
                Err(NotProposed::Office(OfficeError::Conflict(_))) => return Ok(None),
                Err(NotProposed::Rows(_)) => {}
                Err(NotProposed::Office(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// What everybody may know of a bill.
    pub(super) fn told_to_all(&self, bill: &Bill) -> Result<Value, OfficeError> {
        let digest = bill.sights.get(&Label::Clear).and_then(|sight| hex::read(&sight.answer));
        let body = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten();
        let body =
            body.ok_or_else(|| OfficeError::Conflict(vec!["the answer to this bill is not kept any more".to_owned()]))?;
        serde_json::from_slice(&body.bytes).map_err(|error| StoreError::Damaged(error.to_string()).into())
    }

    fn known_verification(&self, id: &str) -> Result<(Verification, u64), OfficeError> {
        let shown = || id.chars().filter(|c| !c.is_control()).take(40).collect();
        self.store.verification(id)?.ok_or_else(|| OfficeError::Missing { what: "verification", id: shown() })
    }

    fn shown_verification(&self, request: Verification) -> ShownVerification {
        let today = self.clock.today();
        ShownVerification {
            is_late: request.is_late(today),
            owes_reasons: request.owes_reasons(today),
            is_confirmed: request.is_confirmed(),
            letter: if self.is_sandbox().unwrap_or_default() {
                format!("{SANDBOX}{}", letter(&request))
            } else {
                letter(&request)
            },
            request,
        }
    }

    fn says_verification(&self, caller: &Caller, kind: Kind, request: &Verification) -> Result<Draft, OfficeError> {
        self.says(&caller.reader.id, kind, &request.id, request)
    }
}

/// A paper as an answer shows it.
fn paper(document: &Value, answer: &Value) -> Paper {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let all = |value: &Value, field: &str| value.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let line = |goods: &Value| {
        let number = |field: &str, unit: &str| goods.get(field).and_then(Value::as_f64).map(|n| format!("{n} {unit}"));
        let measures = [number("volume_m3", "m³"), number("net_mass_kg", "kg")];
        let said = ["description", "scientific_name", "origin"].map(|field| text(goods.get(field)));
        let said = said.into_iter().filter(|part| !part.is_empty());
        said.chain(measures.into_iter().flatten()).collect::<Vec<_>>().join(", ")
    };
    Paper {
        kind: text(document.get("kind")).replace('_', " "),
        number: text(document.get("declared")),
        issuer: Some(text(document.pointer("/issuer/declared"))).filter(|name| !name.is_empty()),
        boxes: all(document, "boxes")
            .iter()
            .map(|one| format!("{}: {}", text(one.get("box")), text(one.get("says"))))
            .collect(),
        goods: all(answer, "goods").iter().map(line).collect(),
        doubts: all(document, "problems").iter().map(|code| text(Some(code)).replace('_', " ")).collect(),
    }
}
