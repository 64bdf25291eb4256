//! The register of permits in memory, and the match of a presented document against it.
//!
//! In: register files; a [`PresentedPermit`] with the facts of `References`. Out: a
//! [`PermitMatch`]: verdict, problems with the two values that met, candidates, the best first.
//! Cost at a million documents: some microseconds when the number is right, tens when it is not there.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::bursts::DayBurst;
use super::candidates::Wanted;
use super::change::{self, Change, Made};
use super::compare::{self, Comparison, Prepared};
use super::document::Document;
use super::epermit;
use super::error::RowFault;
use super::import::Importer;
use super::issuer::IssuerFound;
use super::judge::{self, Judged};
use super::number::{FoldedNumber, Relation};
use super::part::Part;
use super::presented::PresentedPermit;
use super::problem::{MatchContext, Problem, ProblemCode, Taking, Verdict, in_order};
use super::serials::Apart;
use super::store::to_day;
use crate::codes::CountryCode;
use crate::digest;
use crate::label::Label;
use crate::parties::WordCounts;
use crate::reference::References;

/// Documents of one number that are compared.
const MAX_SAME_NUMBER: usize = 32;
/// Candidates shown with an answer.
const SHOWN: usize = 5;

/// Changes that are searched beside the others. Every so many of them are taken in: indexes are made anew, in seconds where the
/// register holds a million; what is between acts at once.
const TAKEN_IN_AT: usize = 10_000;

/// Documents and the indexes over them. Frozen once built. What was changed since it was read stands in a part of its own, so
/// that one changed document makes no index of a million anew and copies none.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// As it was read.
    read: Arc<Part>,
    /// What was changed since, in order.
    changes: Arc<[Change]>,
    /// As it was read, with the changes that are taken in.
    base: Arc<Part>,
    /// Documents of the keys that later changes touch.
    over: Arc<Part>,
    /// Places of the base in whose place they stand, in order.
    hidden: Arc<[u32]>,
    edition: Option<digest::Hash>,
}

/// A document of the register that the presented one may be.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Candidate {
    /// Number as the register writes it.
    pub number: String,
    /// Relation of the numbers; `different` when none was presented.
    pub relation: Relation,
    /// Combined similarity, 0 to 1.
    pub similarity: f64,
    /// Similarity by field.
    pub fields: BTreeMap<&'static str, f64>,
    #[serde(skip)]
    pub document: Document,
}

/// The answer about one presented document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PermitMatch {
    /// Consistent, inconsistent or unverifiable.
    pub verdict: Verdict,
    /// What is wrong, each with the two values that met.
    pub problems: Vec<Problem>,
    /// Documents of the register, the best first.
    pub candidates: Vec<Candidate>,
    /// The document that the presented one was judged against is the first candidate.
    pub matched: bool,
    /// Whom the name of the issuer means, and how like it is; `None` = no name, no day, or no authority of the country held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerFound>,
    /// The document was issued on a day on which its office issued far more than is usual for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<DayBurst>,
    /// Its serial or its stamp stands apart from the others that the register holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
    /// Which day validity was judged on: departure, arrival or as-of.
    pub judged_at: Option<&'static str>,
    /// What the goods would take from the document; `None` = no document, or no quantity on it.
    #[serde(skip)]
    pub taking: Option<Taking>,
}

impl PermitMatch {
    /// True when the problem was found.
    pub fn has(&self, code: ProblemCode) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }
}

struct Ranked {
    side: Side,
    place: u32,
    comparison: Comparison,
}

/// In which part a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Base,
    Over,
}

impl Register {
    /// A register that holds nothing: every document is unverifiable.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Reads a CSV file; every bad row is reported and the good ones are kept.
    pub fn from_csv(bytes: &[u8]) -> (Self, Vec<RowFault>) {
        let mut importer = Importer::default();
        importer.csv(bytes);
        (Self::from_documents(documents_in_order(importer.documents)), importer.faults)
    }

    /// Reads a register file of any kind, told from its content: CITES e-permit XML, NDJSON or CSV.
    pub fn from_bytes(bytes: &[u8]) -> (Self, Vec<RowFault>) {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if epermit::is_xml(bytes) {
            Self::from_epermits(bytes)
        } else if first == Some(&b'{') {
            Self::from_ndjson(bytes)
        } else {
            Self::from_csv(bytes)
        }
    }

    /// Reads CITES e-permit XML, several permits in one file.
    pub fn from_epermits(bytes: &[u8]) -> (Self, Vec<RowFault>) {
        let (documents, faults) = epermit::documents(bytes);
        (Self::from_documents(documents_in_order(documents)), faults)
    }

    /// Reads an NDJSON file with the fields of the CSV columns.
    pub fn from_ndjson(bytes: &[u8]) -> (Self, Vec<RowFault>) {
        let mut importer = Importer::default();
        importer.ndjson(bytes);
        (Self::from_documents(documents_in_order(importer.documents)), importer.faults)
    }

    /// Builds from documents, one after another: they are packed as they come and never held together.
    pub fn from_documents(documents: impl IntoIterator<Item = Document>) -> Self {
        Self::of(Arc::new(Part::build(documents, None)), Arc::default())
    }

    /// The same register with other changes since it was read. What it holds is shared.
    pub fn changed_by(&self, changes: impl Into<Arc<[Change]>>) -> Self {
        Self::of(Arc::clone(&self.read), changes.into())
    }

    /// The labels of its documents and of what was changed in it.
    pub(crate) fn labels(&self) -> impl Iterator<Item = Label> {
        self.read.labels().chain(self.changes.iter().map(Change::label))
    }

    /// The same without what is stricter than a label.
    pub fn under(&self, clearance: Label) -> Self {
        let read = self.read.under(clearance);
        let is_whole = self.changes.iter().all(|change| change.label() <= clearance);
        if is_whole && Arc::ptr_eq(&read, &self.read) {
            return self.clone();
        }
        let seen = self.changes.iter().filter(|change| change.label() <= clearance);
        Self::of(read, seen.cloned().collect())
    }

    fn of(read: Arc<Part>, changes: Arc<[Change]>) -> Self {
        if changes.is_empty() {
            let edition = Some(read.edition());
            return Self { base: Arc::clone(&read), read, changes, edition, ..Self::default() };
        }
        let n_taken_in = changes.len() - changes.len() % TAKEN_IN_AT;
        let (taken_in, beside) = changes.split_at(n_taken_in);
        let base = match taken_in {
            [] => Arc::clone(&read),
            _ => read.taken_in(digest::of(taken_in), || {
                let Made { hidden, documents } = change::made(&read, taken_in);
                let kept = read.documents().filter(|(place, _)| hidden.binary_search(place).is_err());
                let kept = kept.map(|(_, document)| document);
                Part::build(kept.chain(documents_in_order(documents)), None)
            }),
        };
        let Made { hidden, documents } = change::made(&base, beside);
        // Names are weighed as in the base: what is usual is told by many.
        let usual = (base.len() > 0).then_some(&base.index.counts);
        let over = Arc::new(Part::build(documents_in_order(documents), usual));
        let edition = Some(digest::of(&(read.edition().as_bytes(), digest::of(&*changes).as_bytes())));
        Self { read, changes, base, over, hidden: hidden.into(), edition }
    }

    /// Number of documents held.
    pub fn len(&self) -> usize {
        self.base.len() - self.hidden.len() + self.over.len()
    }

    /// True when nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fingerprint of the documents, whatever their order in the file, and of what was changed since.
    pub fn edition(&self) -> digest::Hash {
        self.edition.unwrap_or_else(|| digest::of_set(Vec::new()))
    }

    /// What was changed since it was read, in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// True when documents of the country are held: only then does a number that is not found mean something.
    pub fn covers(&self, country: CountryCode) -> bool {
        self.base.covers(country) || self.over.covers(country)
    }

    /// All documents: those of the file in its order, then those that were changed.
    pub fn documents(&self) -> impl Iterator<Item = Document> + '_ {
        let stands = |place: &u32| self.hidden.binary_search(place).is_err();
        let base = self.base.documents().filter(move |(place, _)| stands(place));
        base.chain(self.over.documents()).map(|(_, document)| document)
    }

    /// Documents of a number as they stand now, whatever their type and country.
    pub fn of_number(&self, number: &str) -> Vec<Document> {
        let number = FoldedNumber::new(number);
        let base = self.base.of_number(&number).into_iter();
        let base = base.filter(|(place, _)| self.hidden.binary_search(place).is_err());
        base.chain(self.over.of_number(&number)).map(|(_, document)| document).collect()
    }

    /// Documents of a number as they were read, before any change.
    pub fn read_of_number(&self, number: &str) -> Vec<Document> {
        self.read.of_number(&FoldedNumber::new(number)).into_iter().map(|(_, document)| document).collect()
    }

    /// Bytes of documents, positions and indexes (texts aside), for the figure "memory per document".
    pub fn bytes(&self) -> usize {
        let of = |part: &Part| {
            part.len() * size_of::<super::store::Packed>()
                + part.store.positions.len() * size_of::<super::store::PackedPosition>()
                + part.index.bytes()
        };
        of(&self.base) + of(&self.over)
    }

    /// Distinct texts held: names and words.
    pub fn n_texts(&self) -> usize {
        self.base.store.names.len() + self.base.store.words.len()
    }

    fn part(&self, side: Side) -> &Part {
        match side {
            Side::Base => &self.base,
            Side::Over => &self.over,
        }
    }

    /// How often words stand in names.
    fn counts(&self) -> &WordCounts {
        if self.base.len() > 0 { &self.base.index.counts } else { &self.over.index.counts }
    }

    /// Finds what a presented document is in the register and says what is wrong with it.
    pub fn match_permit(&self, presented: &PresentedPermit<'_>, context: &MatchContext<'_>) -> PermitMatch {
        let asked = Prepared::new(presented, context.references, self.counts());
        let ranked = self.ranked(&asked);
        let accepted = ranked.first().filter(|best| self.is_accepted(&asked, &best.comparison, &ranked));
        let mut candidates: Vec<Candidate> = ranked.iter().take(SHOWN).filter_map(|one| self.candidate(one)).collect();
        candidates.truncate(SHOWN);
        let document = accepted.and(candidates.first()).map(|candidate| &candidate.document);
        let comparison = accepted.map(|best| &best.comparison);
        let Judged { verdict, problems, issuer, taking } = match (document, comparison) {
            (Some(document), Some(comparison)) => judge::judge(&asked, document, comparison, context),
            _ => {
                let (verdict, problems) = self.not_matched(&asked);
                let (issuer, problem) = judge::issuer::of_paper(presented, context.references);
                let verdict = if problem.is_some() { Verdict::Inconsistent } else { verdict };
                let mut problems: Vec<Problem> = problems.into_iter().chain(problem).collect();
                in_order(&mut problems);
                Judged { verdict, problems, issuer, taking: None }
            }
        };
        PermitMatch {
            verdict,
            problems,
            matched: document.is_some(),
            candidates,
            burst: accepted.and_then(|best| {
                let part = self.part(best.side);
                part.days.of(part.store.packed(best.place)?)
            }),
            apart: accepted.and_then(|best| self.part(best.side).apart.of(best.place)),
            issuer,
            judged_at: presented.judged_on().map(|(_, which)| which),
            taking,
        }
    }

    /// The nearest document of all, each compared in full: what the search is measured against. Milliseconds for every
    /// ten thousand documents; not for scoring.
    pub fn nearest_by_scan(&self, presented: &PresentedPermit<'_>, context: &MatchContext<'_>) -> Option<Candidate> {
        let asked = Prepared::new(presented, context.references, self.counts());
        let compared = [Side::Base, Side::Over].into_iter().flat_map(|side| {
            asked.turned();
            let all = 0..u32::try_from(self.part(side).len()).unwrap_or(u32::MAX);
            self.compared(&asked, side, all)
        });
        self.candidate(&compared.min_by(by_order)?)
    }

    /// Compared candidates, the best first: relation of the number counts before the combined similarity only where
    /// the number may be the same; ties by place in the file.
    fn ranked(&self, asked: &Prepared<'_>) -> Vec<Ranked> {
        let sides = [Side::Base, Side::Over].into_iter().filter(|side| self.part(*side).len() > 0);
        let ranked = |places: &dyn Fn(&Part) -> Vec<u32>| -> Vec<Ranked> {
            let mut ranked = Vec::new();
            for side in sides.clone() {
                asked.turned();
                ranked.extend(self.compared(asked, side, places(self.part(side))));
            }
            ranked.sort_by(by_order);
            ranked
        };
        // The number stands in the register and nothing speaks against it: no search is needed.
        if let Some(number) = &asked.number {
            let exact = ranked(&|part| part.index.exact(number).into_iter().take(MAX_SAME_NUMBER).collect());
            let sure = exact.first().is_some_and(|best| {
                best.comparison.relation.is_some_and(Relation::may_be_one) && best.comparison.support().contradict == 0
            });
            if sure {
                return exact;
            }
        }
        ranked(&|part| {
            let wanted = Wanted {
                number: asked.number.as_ref(),
                holder: asked.holder(),
                importer: asked.importer(),
                taxa: &asked.register_words(&part.words_for(&asked.taxa)),
                issued_on: asked.presented.issued_on.map(|day| to_day(Some(day))),
            };
            part.index.find(&part.store, &wanted)
        })
    }

    /// Documents at places of a part, compared in full; those that no longer stand are left out.
    fn compared(&self, asked: &Prepared<'_>, side: Side, places: impl IntoIterator<Item = u32>) -> Vec<Ranked> {
        let part = self.part(side);
        let stands = |place: &u32| side == Side::Over || self.hidden.binary_search(place).is_err();
        let places = places.into_iter().filter(stands);
        let compared = places.filter_map(|place| {
            let packed = part.store.packed(place)?;
            Some(Ranked { side, place, comparison: compare::compare(asked, &part.store, &part.index, packed) })
        });
        compared.collect()
    }

    /// Is the best candidate the document that was presented?
    fn is_accepted(&self, asked: &Prepared<'_>, best: &Comparison, ranked: &[Ranked]) -> bool {
        let support = best.support();
        match best.relation {
            // A number of another country's register is another document, unless the fields speak for it.
            Some(Relation::Same) => best.field("issuing_country") != Some(0.0) || support.agree >= 2,
            Some(Relation::Confusable) => support.contradict == 0 || support.agree > support.contradict,
            // The next permit of the same holder is near as well: every field must agree, day and quantity included.
            Some(Relation::Near) => {
                let all_agree = support.agree == support.compared && support.contradict == 0;
                all_agree && support.holder && support.goods && support.agree >= 3
            }
            Some(Relation::Different) => false,
            None => {
                let alone = ranked.get(1).is_none_or(|next| next.comparison.similarity < best.similarity - 0.02);
                asked.number.is_none() && alone && support.contradict == 0 && support.holder && support.agree >= 3
            }
        }
    }

    fn candidate(&self, ranked: &Ranked) -> Option<Candidate> {
        let document = self.part(ranked.side).store.document(ranked.place)?;
        let rounded = |value: f64| (value * 10_000.0).round() / 10_000.0;
        let fields = ranked.comparison.fields.iter().map(|(name, value)| (*name, rounded(*value))).collect();
        Some(Candidate {
            number: document.number.clone(),
            relation: ranked.comparison.relation.unwrap_or(Relation::Different),
            similarity: rounded(ranked.comparison.similarity),
            fields,
            document,
        })
    }

    /// No document was accepted: the number is not there, or nothing can be said.
    fn not_matched(&self, asked: &Prepared<'_>) -> (Verdict, Vec<Problem>) {
        let presented = asked.presented;
        let country = presented
            .issuing_country
            .filter(|country| country.is_known())
            .or_else(|| asked.number.as_ref().and_then(|n| country_in_number(n.text(), asked.references)));
        let covered = country.map_or(!self.is_empty(), |country| self.covers(country));
        let number = presented.number.unwrap_or_default();
        if !covered {
            let of = country.map_or_else(|| "any country".to_owned(), |country| country.to_string());
            return (
                Verdict::Unverifiable,
                vec![Problem {
                    code: ProblemCode::RegisterUnavailable,
                    declared: number.to_owned(),
                    registered: String::new(),
                    why: format!("no permits of {of} are in the register"),
                }],
            );
        }
        if asked.number.is_none() {
            return (Verdict::Unverifiable, Vec::new());
        }
        (
            Verdict::Inconsistent,
            vec![Problem {
                code: ProblemCode::NotFound,
                declared: number.to_owned(),
                registered: String::new(),
                why: "the number is not in the register, and no document near it agrees in the other fields".into(),
            }],
        )
    }
}

/// Documents and their positions in one order, whatever the order of the rows: what ties is told by number, and of equal
/// numbers the status that is further on comes first.
fn documents_in_order(mut documents: Vec<Document>) -> Vec<Document> {
    for document in documents.iter_mut().filter(|document| document.positions.len() > 1) {
        document.positions.sort_by_cached_key(|position| *digest::of(position).as_bytes());
    }
    documents.sort_by(|a, b| {
        let ties = || digest::of(a).as_bytes().cmp(digest::of(b).as_bytes());
        a.number.cmp(&b.number).then(b.status.cmp(&a.status)).then_with(ties)
    });
    documents
}

/// The best first; ties by place in the file, and those that were changed after it.
fn by_order(a: &Ranked, b: &Ranked) -> Ordering {
    order(b).total_cmp(&order(a)).then((a.side, a.place).cmp(&(b.side, b.place)))
}

/// The key of the order: numbers that may be one go first, then the similarity.
fn order(ranked: &Ranked) -> f64 {
    let step = match ranked.comparison.relation {
        Some(Relation::Same) => 3.0,
        Some(Relation::Confusable) => 2.0,
        _ => 0.0,
    };
    let elsewhere = ranked.comparison.field("issuing_country") == Some(0.0);
    ranked.comparison.similarity + if elsewhere { step / 4.0 } else { step }
}

/// Country written in a number: `14MG000417`, `2021CN/EC…`, `FR13…`.
fn country_in_number(folded: &str, references: &References) -> Option<CountryCode> {
    [0, 2, 4].into_iter().find_map(|at| {
        let digits_before = folded.get(..at)?.bytes().all(|b| b.is_ascii_digit());
        let code =
            folded.get(at..at + 2).filter(|code| digits_before && code.bytes().all(|b| b.is_ascii_alphabetic()))?;
        let after = folded.get(at + 2..at + 3).is_some_and(|c| c.bytes().all(|b| b.is_ascii_digit()) || at > 0);
        let code: CountryCode = code.parse().ok()?;
        (after && references.countries.get(code).is_some()).then_some(code)
    })
}
