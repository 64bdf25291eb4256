//! Finds records for a question.
//!
//! In: text as a person types it, filters, a day. Out: records in order, each with why it was found. The question is
//! understood first (`ask.rs`); the index gives candidates by facets and words; `rank.rs` orders them. When a question
//! names a wood and a country, a record must meet both; one for all species, or for all countries, does. A question
//! never fails: what cannot be found gives nothing.

use serde::Serialize;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader, Term};

use super::ask::{Asked, ask};
use super::index::AlertIndex;
use super::kinds::Kinds;
use super::question::Weighed;
use super::rank::{self, Found};
use super::record::AlertRecord;
use super::schema::{FIRST_DAY, LAST_DAY, day_number};
use super::snippet::snippet;
use super::tokens::{self, Stems};
use crate::codes::{CountryCode, Date};
use crate::reference::{genus_of, is_genus};

/// Results of one question at most.
pub const MAX_RESULTS: usize = 1_000;
/// Candidates that are ranked, at least.
const CANDIDATES: usize = 120;

/// In an index of more records than this, words that a share of [`COMMON`] has are not looked for.
const MANY: f64 = 10_000.0;
const COMMON: f64 = 0.1;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct AlertSearch<'a> {
    /// Words, in any language.
    pub text: &'a str,
    /// Only what counts on this day.
    pub as_of: Option<Date>,
    /// Only this kind.
    pub kind: Option<&'a str>,
    /// Only records of this country, or of all.
    pub country: Option<CountryCode>,
    /// Only records of this taxon: its genus's, and those of all species, count.
    pub taxon: Option<&'a str>,
    /// Only this measure.
    pub measure: Option<&'a str>,
    /// Only this status.
    pub status: Option<&'a str>,
    /// Only this TLP label.
    pub handling: Option<&'a str>,
    /// Only this language.
    pub language: Option<&'a str>,
    /// How many; 0 stands for 10.
    pub limit: usize,
}

/// One record that answers a question, with its rank and what met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertResult {
    /// Rank in the answer, from 1.
    pub rank: usize,
    /// Id of the record.
    pub id: String,
    pub title: String,
    /// 0 to 1: how much of the question the record meets.
    pub score: f64,
    /// Words of the record with those that met in `**`.
    pub snippet: String,
    /// First day on which it holds; `None` when it does not say.
    pub effective_from: Option<Date>,
    /// Last day on which it holds; `None` while it holds.
    pub effective_to: Option<Date>,
    /// What of the question met, in words.
    pub why: Vec<String>,
    #[serde(skip)]
    pub record: AlertRecord,
}

impl AlertIndex {
    /// The records for a question, the best first; ties by id.
    pub fn search(&self, question: &AlertSearch<'_>) -> Vec<AlertResult> {
        let mut asked = ask(question.text, &self.context.vocabulary, &self.context.names);
        let day = question.as_of.or(asked.day);
        let filters = self.filters(question, day);
        if question.text.trim().is_empty() && filters.is_empty() {
            return Vec::new();
        }
        // A number that no record carries is a number of something else: the other words decide.
        asked.numbers.retain(|number| self.count(&format!("n:{number}")) + self.count(&format!("no:{number}")) > 0);
        let mut stems = Stems::default();
        let words = self.weigh(&asked, &mut stems);
        let limit = if question.limit == 0 { 10 } else { question.limit.min(MAX_RESULTS) };
        let query = self.query(&asked, &words, filters, question.text.trim().is_empty());
        let candidates = self.candidates(&*query, CANDIDATES.max(limit * 2));
        let records = candidates.into_iter().filter_map(|address| self.record(address).ok());
        if question.kind.is_some_and(|kind| self.kinds().is_library(kind)) {
            asked.kinds.extend(question.kind.map(str::to_lowercase));
        }
        let context = rank::Context { names: &self.context.names, kinds: self.kinds() };
        let found = rank::rank(&asked, &words, records, day, context, &mut stems);
        let shown = found.into_iter().take(limit).enumerate();
        shown.map(|(n, found)| self.result(n + 1, found, &words, &mut stems)).collect()
    }

    fn kinds(&self) -> &Kinds {
        self.context.vocabulary.kinds()
    }

    /// How many records pass the filters, whatever the text.
    pub fn count_filtered(&self, question: &AlertSearch<'_>) -> usize {
        let filters = self.filters(question, question.as_of);
        let clauses = filters.into_iter().map(|filter| (Occur::Must, filter)).collect();
        self.searcher.search(&BooleanQuery::new(clauses), &Count).unwrap_or(0)
    }

    /// Documents in order of the index: score, then id.
    fn candidates(&self, query: &dyn Query, n: usize) -> Vec<tantivy::DocAddress> {
        let top = TopDocs::with_limit(n).tweak_score(move |segment: &SegmentReader| {
            let order = segment.fast_fields().u64("order").ok();
            move |doc: DocId, score: Score| {
                let order = order.as_ref().and_then(|column| column.first(doc)).unwrap_or(u64::MAX);
                // Sums of floats differ in their last bits between segments.
                ((f64::from(score) * 1_000.0).round(), std::cmp::Reverse(order))
            }
        });
        self.searcher.search(query, &top).unwrap_or_default().into_iter().map(|(_, address)| address).collect()
    }

    fn result(&self, rank: usize, found: Found, words: &[Weighed], stems: &mut Stems) -> AlertResult {
        let snippet = snippet(&found.record, words, stems);
        AlertResult {
            rank,
            id: found.record.id.clone(),
            title: found.record.title.clone(),
            score: (found.score * 10_000.0).round() / 10_000.0,
            snippet,
            effective_from: found.record.effective_from,
            effective_to: found.record.effective_to,
            why: found.why,
            record: found.record,
        }
    }

    fn count(&self, facet: &str) -> u64 {
        self.searcher.doc_freq(&Term::from_field_text(self.fields.facet, facet)).unwrap_or(0)
    }

    /// The words of the question with their forms and weights: a rare word says more.
    fn weigh(&self, asked: &Asked, stems: &mut Stems) -> Vec<Weighed> {
        let all = self.searcher.num_docs() as f64;
        let mut words: Vec<Weighed> = Vec::new();
        let mut common: Vec<bool> = Vec::new();
        let keys: Vec<&String> = asked.keys.iter().filter(|key| self.frequency(key) > 0).collect();
        let in_key = |word: &str| keys.iter().any(|key| key.to_lowercase().contains(word));
        for word in asked.words.iter().filter(|word| !in_key(&word.text)) {
            let forms = stems.forms(&word.text, tokens::languages_of(&word.text));
            let pairs = tokens::pairs(&word.text);
            let n = forms.iter().map(|form| self.frequency(form)).max().unwrap_or(0);
            let n_pairs = pairs.iter().map(|pair| self.frequency(pair)).min().unwrap_or(0);
            let n = n.max(n_pairs) as f64;
            // In a large index a common word only costs time, unless there is nothing else to go by.
            common.push(all > MANY && n > all * COMMON);
            let weight = (1.0 + (all - n + 0.5).max(0.5) / (n + 0.5)).ln();
            let (content, plain) = (word.content, word.plain);
            words.push(Weighed { text: word.text.clone(), forms, pairs, weight, content, plain });
        }
        if !asked.words_only() || common.iter().any(|common| !common) {
            let mut at = common.iter();
            words.retain(|_| !at.next().copied().unwrap_or(false));
        }
        for key in keys {
            let weight = (1.0 + all).ln() + 2.0;
            let (text, forms) = (key.trim_start_matches('#').to_lowercase(), vec![key.clone()]);
            words.push(Weighed { text, forms, pairs: Vec::new(), weight, content: true, plain: false });
        }
        words
    }

    fn frequency(&self, form: &str) -> u64 {
        [self.fields.title, self.fields.body]
            .into_iter()
            .filter_map(|field| self.searcher.doc_freq(&Term::from_field_text(field, form)).ok())
            .max()
            .unwrap_or(0)
    }

    /// Filters that every record must pass.
    fn filters(&self, question: &AlertSearch<'_>, day: Option<Date>) -> Vec<Box<dyn Query>> {
        let mut filters: Vec<Box<dyn Query>> = Vec::new();
        for (prefix, value) in [
            ("k", question.kind),
            ("m", question.measure),
            ("st", question.status),
            ("h", question.handling),
            ("l", question.language),
        ] {
            filters.extend(value.map(|value| self.any_facet(&[format!("{prefix}:{}", value.to_lowercase())])));
        }
        if let Some(country) = question.country {
            filters.push(self.any_facet(&[format!("c:{country}"), "c:*".to_owned()]));
        }
        if let Some(taxon) = question.taxon {
            let accepted =
                self.context.names.taxon(taxon).map_or(taxon.to_owned(), |taxon| taxon.scientific_name.clone());
            let mut facets = taxon_facets(&accepted);
            facets.push("s:*".to_owned());
            filters.push(self.any_facet(&facets));
        }
        if let Some(day) = day.map(day_number) {
            filters.push(range(self.fields.published, FIRST_DAY, day));
            filters.push(range(self.fields.from, FIRST_DAY, day));
            filters.push(range(self.fields.to, day, LAST_DAY));
            filters.push(range(self.fields.withdrawn, day + 1, LAST_DAY));
        }
        filters
    }

    fn any_facet(&self, facets: &[String]) -> Box<dyn Query> {
        let terms = facets.iter().map(|facet| -> Box<dyn Query> { Box::new(self.term(self.fields.facet, facet)) });
        Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::union(terms.collect())), 1.0))
    }

    fn term(&self, field: Field, text: &str) -> TermQuery {
        TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs)
    }

    /// Filters and what is named must hold; words and the better ways to meet raise the score.
    fn query(&self, asked: &Asked, words: &[Weighed], filters: Vec<Box<dyn Query>>, no_text: bool) -> Box<dyn Query> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for filter in filters {
            clauses.push((Occur::Must, Box::new(BoostQuery::new(filter, 0.0))));
        }
        let musts = clauses.len();
        if !asked.numbers.is_empty() {
            let own = asked.numbers.iter().map(|number| format!("no:{number}")).collect::<Vec<_>>();
            let named = asked.numbers.iter().map(|number| format!("n:{number}")).collect::<Vec<_>>();
            let way = DisjunctionMaxQuery::new(vec![self.boosted(&own, 40.0), self.boosted(&named, 20.0)]);
            clauses.push((Occur::Must, Box::new(way)));
        } else {
            if asked.names_country() {
                clauses.push((Occur::Must, self.country_query(asked)));
            }
            if !asked.taxa.is_empty() {
                clauses.push((Occur::Must, self.taxon_query(asked)));
            }
        }
        let mut any: Vec<Box<dyn Query>> = words.iter().map(|word| self.word_query(word)).collect();
        let near: Vec<String> =
            asked.near.iter().flat_map(|code| [format!("c:{code}"), format!("cm:{code}")]).collect();
        if !near.is_empty() {
            any.push(self.boosted(&near, 6.0));
        }
        for measure in &asked.measures {
            any.push(self.boosted(&[format!("m:{measure}"), format!("k:{measure}")], 3.0));
        }
        for kind in &asked.kinds {
            let facets: Vec<String> = self.kinds().found_as(kind).iter().map(|kind| format!("k:{kind}")).collect();
            any.push(self.boosted(&facets, 2.0));
        }
        if clauses.len() == musts && !no_text {
            // Nothing is named: at least one word must be there.
            clauses.push((Occur::Must, Box::new(BooleanQuery::union(any))));
        } else {
            clauses.extend(any.into_iter().map(|query| (Occur::Should, query)));
        }
        if clauses.is_empty() {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    fn boosted(&self, facets: &[String], score: Score) -> Box<dyn Query> {
        let terms = facets.iter().map(|facet| -> Box<dyn Query> { Box::new(self.term(self.fields.facet, facet)) });
        Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::union(terms.collect())), score))
    }

    fn country_query(&self, asked: &Asked) -> Box<dyn Query> {
        let facets = |prefix: &str| asked.country_codes().map(|code| format!("{prefix}:{code}")).collect::<Vec<_>>();
        Box::new(DisjunctionMaxQuery::new(vec![
            self.boosted(&facets("c"), 12.0),
            self.boosted(&facets("cm"), 7.0),
            self.boosted(&["c:*".to_owned()], 3.0),
        ]))
    }

    /// A record of the wood, of its genus or of one of its species, one that has the name in its words; and one for all
    /// species where the question says which country.
    fn taxon_query(&self, asked: &Asked) -> Box<dyn Query> {
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        for taxon in &asked.taxa {
            for name in &taxon.names {
                let facets = taxon_facets(name);
                if let Some(first) = facets.first() {
                    ways.push(self.boosted(std::slice::from_ref(first), 14.0));
                }
                ways.push(self.boosted(&facets, 11.0));
            }
            let words: Vec<Box<dyn Query>> = taxon.words.iter().map(|word| self.literal(word)).collect();
            if !words.is_empty() {
                ways.push(Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::intersection(words)), 8.0)));
            }
        }
        if asked.names_country() {
            ways.push(self.boosted(&["s:*".to_owned()], 7.0));
        } else if !asked.near.is_empty() {
            let near: Vec<String> = asked.near.iter().map(|code| format!("c:{code}")).collect();
            let both = vec![self.boosted(&near, 1.0), self.boosted(&["s:*".to_owned()], 1.0)];
            ways.push(Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::intersection(both)), 6.0)));
        }
        Box::new(DisjunctionMaxQuery::new(ways))
    }

    fn literal(&self, word: &str) -> Box<dyn Query> {
        let fields = [self.fields.title, self.fields.body];
        Box::new(BooleanQuery::union(fields.map(|field| -> Box<dyn Query> { Box::new(self.term(field, word)) }).into()))
    }

    /// The best of the forms of a word; a title says more than a text.
    fn word_query(&self, word: &Weighed) -> Box<dyn Query> {
        let mut forms: Vec<Box<dyn Query>> = Vec::new();
        for (field, boost) in [(self.fields.title, 1.3), (self.fields.body, 1.0)] {
            for (n, form) in word.forms.iter().enumerate() {
                let boost = if n == 0 { boost } else { boost * 0.8 };
                forms.push(Box::new(BoostQuery::new(Box::new(self.term(field, form)), boost)));
            }
            if !word.pairs.is_empty() {
                let share = 0.5 / word.pairs.len() as Score;
                let pairs = word.pairs.iter().map(|pair| -> Box<dyn Query> { Box::new(self.term(field, pair)) });
                forms.push(Box::new(BoostQuery::new(Box::new(BooleanQuery::union(pairs.collect())), boost * share)));
            }
        }
        Box::new(DisjunctionMaxQuery::new(forms))
    }
}

/// Facets by which a wood is met, the closest first: a species by itself and its genus, a genus by itself and its species.
fn taxon_facets(name: &str) -> Vec<String> {
    let genus = genus_of(name).to_lowercase();
    if is_genus(name) {
        vec![format!("g:{genus}"), format!("u:{genus}")]
    } else {
        vec![format!("s:{}", name.to_lowercase()), format!("g:{genus}")]
    }
}

fn range(field: Field, from: i64, to: i64) -> Box<dyn Query> {
    let bound = |day: i64| std::ops::Bound::Included(Term::from_field_i64(field, day));
    Box::new(RangeQuery::new(bound(from), bound(to)))
}
