//! The register of permits in memory, and the match of a presented document against it.
//!
//! In: register files; a [`PresentedPermit`] with the facts of `References`. Out: a
//! [`PermitMatch`]: verdict, problems with the two values that met, candidates, the best first.
//! Cost at a million documents: some microseconds when the number is right, tens when it is not there.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bursts::{BusyDays, DayBurst};
use super::candidates::{Candidates, Wanted};
use super::compare::{self, Comparison, Prepared};
use super::document::Document;
use super::epermit;
use super::error::RowFault;
use super::import::Importer;
use super::issuer::IssuerFound;
use super::judge::{self, Judged};
use super::number::Relation;
use super::presented::PresentedPermit;
use super::problem::{MatchContext, Problem, ProblemCode, Taking, Verdict, in_order};
use super::serials::{Apart, Series};
use super::store::{Store, Symbol, to_day};
use crate::codes::CountryCode;
use crate::digest;
use crate::reference::References;

/// Documents of one number that are compared.
const MAX_SAME_NUMBER: usize = 32;
/// Candidates shown with an answer.
const SHOWN: usize = 5;

/// Documents and the indexes over them. Frozen once built.
#[derive(Debug, Clone, Default)]
pub struct Register {
    store: Store,
    index: Candidates,
    /// Register words for taxa by lower-case spelling.
    taxa: BTreeMap<String, Vec<Symbol>>,
    /// Documents by issuing country.
    countries: BTreeMap<CountryCode, u32>,
    /// Days of very many documents.
    days: BusyDays,
    /// Serials and stamps that stand apart.
    apart: Series,
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
    place: u32,
    comparison: Comparison,
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
        (Self::build(documents_in_order(importer.documents)), importer.faults)
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
        (Self::build(documents_in_order(documents)), faults)
    }

    /// Reads an NDJSON file with the fields of the CSV columns.
    pub fn from_ndjson(bytes: &[u8]) -> (Self, Vec<RowFault>) {
        let mut importer = Importer::default();
        importer.ndjson(bytes);
        (Self::build(documents_in_order(importer.documents)), importer.faults)
    }

    /// Builds from documents, one after another: they are packed as they come and never held together.
    pub fn from_documents(documents: impl IntoIterator<Item = Document>) -> Self {
        Self::build(documents)
    }

    fn build(documents: impl IntoIterator<Item = Document>) -> Self {
        let mut members = Vec::new();
        let mut store = Store::default();
        let mut countries: BTreeMap<CountryCode, u32> = BTreeMap::new();
        for document in documents {
            store.push(&document);
            members.push(digest::of(&document));
            if let Some(country) = document.issuing_country {
                *countries.entry(country).or_default() += 1;
            }
        }
        let mut taxa: BTreeMap<String, Vec<Symbol>> = BTreeMap::new();
        for (symbol, word) in store.words.iter() {
            taxa.entry(word.to_lowercase()).or_default().push(symbol);
        }
        let index = Candidates::build(&store);
        let edition = Some(digest::of_set(members));
        let days = BusyDays::of_store(&store);
        let apart = Series::of_store(&store);
        Self { store, index, taxa, countries, days, apart, edition }
    }

    /// Number of documents held.
    pub fn len(&self) -> usize {
        self.store.documents.len()
    }

    /// True when nothing is held.
    pub fn is_empty(&self) -> bool {
        self.store.documents.is_empty()
    }

    /// Fingerprint of the documents, whatever their order in the file.
    pub fn edition(&self) -> digest::Hash {
        self.edition.unwrap_or_else(|| digest::of_set(Vec::new()))
    }

    /// True when documents of the country are held: only then does a number that is not found mean something.
    pub fn covers(&self, country: CountryCode) -> bool {
        self.countries.contains_key(&country)
    }

    /// All documents, in the order of the file.
    pub fn documents(&self) -> impl Iterator<Item = Document> + '_ {
        (0..self.store.documents.len()).filter_map(|n| self.store.document(u32::try_from(n).ok()?))
    }

    /// Bytes of documents, positions and indexes (texts aside), for the figure "memory per document".
    pub fn bytes(&self) -> usize {
        self.store.documents.len() * size_of::<super::store::Packed>()
            + self.store.positions.len() * size_of::<super::store::PackedPosition>()
            + self.index.bytes()
    }

    /// Distinct texts held: names and words.
    pub fn n_texts(&self) -> usize {
        self.store.names.len() + self.store.words.len()
    }

    /// Finds what a presented document is in the register and says what is wrong with it.
    pub fn match_permit(&self, presented: &PresentedPermit<'_>, context: &MatchContext<'_>) -> PermitMatch {
        let asked = Prepared::new(presented, context.references, &self.index.counts);
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
            burst: accepted.and_then(|best| self.store.packed(best.place)).and_then(|packed| self.days.of(packed)),
            apart: accepted.and_then(|best| self.apart.of(best.place)),
            issuer,
            judged_at: presented.judged_on().map(|(_, which)| which),
            taking,
        }
    }

    /// The nearest document of all, each compared in full: what the search is measured against. Milliseconds for every
    /// ten thousand documents; not for scoring.
    pub fn nearest_by_scan(&self, presented: &PresentedPermit<'_>, context: &MatchContext<'_>) -> Option<Candidate> {
        let asked = Prepared::new(presented, context.references, &self.index.counts);
        let compared = self.store.documents.iter().zip(0_u32..).map(|(packed, place)| Ranked {
            place,
            comparison: compare::compare(&asked, &self.store, &self.index, packed),
        });
        let best = compared.min_by(|a, b| order(b).total_cmp(&order(a)).then(a.place.cmp(&b.place)))?;
        self.candidate(&best)
    }

    /// Compared candidates, the best first: relation of the number counts before the combined similarity only where
    /// the number may be the same; ties by place in the file.
    fn ranked(&self, asked: &Prepared<'_>) -> Vec<Ranked> {
        let words: BTreeMap<String, Vec<Symbol>> = asked
            .taxa
            .iter()
            .filter_map(|taxon| Some((taxon.clone(), self.taxa.get(&taxon.to_lowercase())?.clone())))
            .collect();
        let taxa = asked.register_words(&words);
        let compared = |places: &mut dyn Iterator<Item = u32>| -> Vec<Ranked> {
            let mut ranked: Vec<Ranked> = places
                .filter_map(|place| {
                    let packed = self.store.packed(place)?;
                    Some(Ranked { place, comparison: compare::compare(asked, &self.store, &self.index, packed) })
                })
                .collect();
            ranked.sort_by(|a, b| order(b).total_cmp(&order(a)).then(a.place.cmp(&b.place)));
            ranked
        };
        // The number stands in the register and nothing speaks against it: no search is needed.
        if let Some(number) = &asked.number {
            let exact = compared(&mut self.index.exact(number).into_iter().take(MAX_SAME_NUMBER));
            let sure = exact.first().is_some_and(|best| {
                best.comparison.relation.is_some_and(Relation::may_be_one) && best.comparison.support().contradict == 0
            });
            if sure {
                return exact;
            }
        }
        let wanted = Wanted {
            number: asked.number.as_ref(),
            holder: asked.holder.as_ref(),
            importer: asked.importer.as_ref(),
            taxa: &taxa,
            issued_on: asked.presented.issued_on.map(|day| to_day(Some(day))),
        };
        compared(&mut self.index.find(&self.store, &wanted).into_iter())
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
        let document = self.store.document(ranked.place)?;
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
