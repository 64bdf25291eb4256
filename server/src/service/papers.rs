//! Papers that were ever shown, found again by what stands on them: whose number, stamp, signatory or holder it is, or how its number is
//! built.
//!
//! In: texts of boxes. Out: uses, the latest first, each with the paper as its answer shows it to whoever asks. It is looked for by an
//! index of keyed marks, whose rows are as many as the papers that are alike and not as those that are kept. Bills that were green are
//! found by their marks alone: no answer of theirs is kept. Not here: rows (the store), how a text is folded (the engine).

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use palisander_engine::answers::DocumentAnswer;
use palisander_engine::papers::Mark;
use palisander_engine::{Assessment, CountryCode, Date, Label};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::caller::Caller;
use super::cases::works_on;
use super::office::{Office, OfficeError};
use crate::config::{MAX_CASES_READ, MAX_FIELD_CHARS, MAX_PAPER_USES, MAX_PAPERS_LOOKED_AT, MAX_PAPERS_READ};
use crate::hex;
use crate::store::{Batch, CaseQuestion, Hash, Kind, MarkedPaper, PaperFound, PaperPlace, StoreError};
use crate::verifications::{BoxSaid, Inquiry, IssuerSaid, PaperSeen, PaperUse};

/// Bytes of a mark: of ten million papers no two that differ share one.
const MARK_BYTES: usize = 16;
/// Rows that are read from the index at once.
const STEP: usize = 500;

/// What is looked for; a paper meets all of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PapersAsked {
    /// Number of the document (box 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Number of its security stamp (box 5b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// Who signed it (box 13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatory: Option<String>,
    /// For whom it was issued (box 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// A number that is built in the same way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Country that is said to have issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct PapersFound {
    pub uses: Vec<PaperUse>,
    /// False when there are more than are told, or were looked at.
    pub is_whole: bool,
}

/// Field of an answer's boxes by which a mark is made.
fn field_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Number | Mark::Layout => "number",
        Mark::Stamp => "security_stamp",
        Mark::Signatory => "signatory",
        Mark::Holder => "holder",
    }
}

/// Papers of a bill as its entry says them: each once, however many of its items cite it.
pub(super) fn marked(secret: &Hash, id: &str, answer: &Assessment) -> Vec<MarkedPaper> {
    let mut seen = BTreeSet::new();
    let papers = answer.documents.iter().enumerate().filter(|(_, document)| !document.boxes.is_empty());
    papers
        .filter_map(|(place, document)| {
            let marks = marks_of(secret, document);
            let at = PaperPlace { bill: id.to_owned(), consignment: answer.consignment.clone(), place };
            (!marks.is_empty() && seen.insert(marks.clone())).then_some(MarkedPaper { at, marks })
        })
        .collect()
}

fn marks_of(secret: &Hash, document: &DocumentAnswer) -> Vec<String> {
    let texts = |mark: Mark| document.boxes.iter().filter(move |one| one.field == field_of(mark));
    let all = Mark::ALL.into_iter().flat_map(|mark| texts(mark).flat_map(move |one| keyed(secret, mark, &one.says)));
    all.collect::<BTreeSet<String>>().into_iter().collect()
}

/// The marks of a text: they tell nothing to who does not hold the secret.
fn keyed(secret: &Hash, mark: Mark, text: &str) -> Vec<String> {
    let hash = |key: String| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(format!("{}\n{key}", mark.as_str()).as_bytes());
        Some(hex::shown(mac.finalize().into_bytes().get(..MARK_BYTES)?))
    };
    mark.keys(text).into_iter().filter_map(hash).collect()
}

impl PapersAsked {
    /// Each text that is given, with the mark by which it is found.
    fn texts(&self) -> Vec<(Mark, &str)> {
        let all = [
            (Mark::Number, &self.number),
            (Mark::Stamp, &self.stamp),
            (Mark::Signatory, &self.signatory),
            (Mark::Holder, &self.holder),
            (Mark::Layout, &self.layout),
        ];
        all.into_iter().filter_map(|(mark, text)| Some((mark, text.as_deref()?.trim()))).collect()
    }

    fn faults(&self) -> Vec<String> {
        let texts = self.texts();
        let mut faults = Vec::new();
        if texts.is_empty() {
            faults.push("say at least one of `number`, `stamp`, `signatory`, `holder`, `layout`".to_owned());
        }
        for (mark, text) in texts {
            let name = mark.as_str();
            if text.chars().count() > MAX_FIELD_CHARS {
                faults.push(format!("`{name}` is over MAX_FIELD_CHARS ({MAX_FIELD_CHARS})"));
            } else if mark.keys(text).is_empty() {
                faults.push(format!("`{name}` says nothing by which a paper could be found"));
            }
        }
        faults
    }

    /// Does the paper say all that is asked, as it is read?
    fn is_met(&self, paper: &PaperSeen) -> bool {
        let country = self.country.as_ref().map(CountryCode::as_str);
        let of_country = country.is_none_or(|asked| paper.says("country").is_none_or(|own| own == asked));
        let is_met =
            |(mark, asked): (Mark, &str)| paper.says(field_of(mark)).is_some_and(|found| mark.is_met(asked, found));
        of_country && self.texts().into_iter().all(is_met)
    }
}

impl Office {
    /// Uses of papers that are like one that was found. Who looked for what is on record.
    pub fn paper_uses(&self, caller: &Caller, asked: &PapersAsked) -> Result<PapersFound, OfficeError> {
        let faults = asked.faults();
        if !faults.is_empty() {
            return Err(OfficeError::Wrong(faults));
        }
        let said = serde_json::json!({ "bill": "papers", "label": Label::AmberStrict, "asked": asked });
        self.store.append(Batch::of(self.says(&caller.reader.id, Kind::Read, &caller.reader.id, &said)?))?;
        self.uses_of_paper(caller, asked)
    }

    /// All that is on record of one paper, for the authority in whose name it was issued.
    pub fn paper_inquiry(&self, caller: &Caller, number: &str, country: CountryCode) -> Result<Inquiry, OfficeError> {
        let asked = PapersAsked { number: Some(number.to_owned()), country: Some(country), ..PapersAsked::default() };
        let PapersFound { uses, is_whole } = self.paper_uses(caller, &asked)?;
        let mut inquiry = Inquiry::of(number, country, self.clock.today(), uses, is_whole);
        let is_it = |own: &str| Mark::Number.is_met(number, own);
        let requests = self.store.verifications(true, MAX_CASES_READ)?;
        inquiry.is_whole &= requests.len() < MAX_CASES_READ;
        for (request, _) in requests {
            if request.country == country && is_it(&request.paper.number) {
                let (asked_on, answer) = (request.asked_on, request.answer);
                inquiry.issuer_said.push(IssuerSaid { verification: request.id, asked_on, answer });
            }
        }
        let open_or_not = CaseQuestion { is_closed_too: true, ..CaseQuestion::default() };
        for (case, _) in self.store.cases(&open_or_not, MAX_CASES_READ)? {
            if case.facts.papers.iter().any(|paper| is_it(&paper.number)) && works_on(caller, &case) {
                inquiry.cases.push(case.id);
            }
        }
        Ok(inquiry)
    }

    fn uses_of_paper(&self, caller: &Caller, asked: &PapersAsked) -> Result<PapersFound, OfficeError> {
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let secret = self.store.secret(PAPERS);
        let wanted: Vec<Vec<String>> =
            asked.texts().into_iter().map(|(mark, text)| keyed(&secret, mark, text)).collect();
        // The first text leads; papers that do not meet the others fall out as they are read. A number is under few marks, a layout
        // under many papers: texts stand in that order.
        let Some((first, others)) = wanted.split_first() else {
            return Ok(PapersFound { uses: Vec::new(), is_whole: true });
        };
        let (mut places, mut is_whole) = self.marked_so(first)?;
        for marks in others {
            let (also, whole) = self.marked_so(marks)?;
            is_whole &= whole;
            let also: BTreeSet<PaperPlace> = also.into_iter().map(|found| found.at).collect();
            places.retain(|found| also.contains(&found.at));
        }
        let (mut uses, mut seen) = (Vec::new(), BTreeSet::new());
        for found in places {
            // A bill that was judged again stands there again.
            if !seen.insert(found.at.clone()) {
                continue;
            }
            if uses.len() >= MAX_PAPER_USES || seen.len() > MAX_PAPERS_READ {
                return Ok(PapersFound { uses, is_whole: false });
            }
            let Some(used) = self.paper_use(caller, &found)? else { continue };
            if used.paper.as_ref().is_none_or(|paper| asked.is_met(paper)) {
                uses.push(used);
            }
        }
        Ok(PapersFound { uses, is_whole })
    }

    /// Papers under any of some marks, the latest first; whether all were looked at.
    fn marked_so(&self, marks: &[String]) -> Result<(Vec<PaperFound>, bool), OfficeError> {
        let (mut all, mut is_whole) = (Vec::new(), true);
        for mark in marks {
            let mut before = (u64::MAX, 0);
            let mut n_read = 0;
            loop {
                let page = self.store.papers(mark, before, STEP)?;
                let Some(last) = page.last() else { break };
                before = (last.seq, last.n);
                n_read += page.len();
                all.extend(page);
                if n_read >= MAX_PAPERS_LOOKED_AT {
                    is_whole = false;
                    break;
                }
            }
        }
        all.sort_by_key(|found| std::cmp::Reverse((found.seq, found.n)));
        Ok((all, is_whole))
    }

    /// A use as it is told; `None` where the entry that says it is gone.
    fn paper_use(&self, caller: &Caller, found: &PaperFound) -> Result<Option<PaperUse>, OfficeError> {
        let Some(entry) = self.store.entries(found.seq.saturating_sub(1), 1)?.pop() else { return Ok(None) };
        let PaperPlace { bill, consignment, place } = &found.at;
        let kept = self.store.bill(bill)?;
        let digest = kept.as_ref().and_then(|kept| kept.sights.get(&caller.clearance()));
        let digest = digest.and_then(|sight| hex::read(&sight.answer));
        let body = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten();
        let answer: Option<Value> = body
            .map(|body| serde_json::from_slice(&body.bytes))
            .transpose()
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let today = self.clock.today();
        Ok(Some(PaperUse {
            bill: bill.clone(),
            consignment: consignment.clone(),
            on: day_of(entry.at),
            lane: kept.map(|kept| kept.in_force(today)),
            paper: answer.as_ref().and_then(|answer| seen(answer, *place)),
        }))
    }
}

/// The purpose of the secret of the marks.
pub(super) const PAPERS: &str = "marks of papers";

fn day_of(at: jiff::Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// A paper as an answer shows it.
fn seen(answer: &Value, place: usize) -> Option<PaperSeen> {
    let document = answer.get("documents")?.get(place)?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let boxes = document.get("boxes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let boxes = boxes.iter().map(|one| BoxSaid {
        n: text(one.get("box")),
        field: text(one.get("field")),
        says: text(one.get("says")),
    });
    Some(PaperSeen {
        at: text(document.get("where")),
        kind: text(document.get("kind")),
        verdict: text(document.get("verdict")),
        boxes: boxes.collect(),
        port: answer.pointer("/ship/arrival").and_then(Value::as_str).map(str::to_owned),
        arrives_on: answer.pointer("/ship/arrives_on").and_then(Value::as_str).and_then(|day| day.parse().ok()),
    })
}
