//! The fields of the index, and how a record becomes a document.
//!
//! Facets are terms with a prefix in one field, so that a filter is one list of terms. Days are numbers (`20130904`); a
//! day that a record lacks stands as the widest, so that one range question serves all records.

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::Language;

use super::error::AlertIndexError;
use super::numbers::numbers;
use super::record::AlertRecord;
use super::tokens::{self, Stems};
use super::words::Vocabulary;
use crate::codes::Date;
use crate::names::NameIndex;
use crate::reference::{genus_of, is_genus};

/// Raised when fields, tokens or facets change: a folder of another number is rebuilt.
pub const SCHEMA_VERSION: u32 = 3;

/// Before every day.
pub const FIRST_DAY: i64 = 0;
/// After every day.
pub const LAST_DAY: i64 = 99_999_999;

/// Bytes of one field that are cut into words; the rest is kept but not found.
const MAX_FIELD_BYTES: usize = 256 << 10;

/// Handles of the index's fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    pub id: Field,
    /// The record as JSON.
    pub record: Field,
    /// Place in the order of ids.
    pub order: Field,
    /// Words of the title.
    pub title: Field,
    /// Words of everything else.
    pub body: Field,
    /// Facets with a prefix.
    pub facet: Field,
    /// Day of publication.
    pub published: Field,
    /// First day in force.
    pub from: Field,
    /// Last day in force.
    pub to: Field,
    /// Day of withdrawal.
    pub withdrawn: Field,
}

/// The schema and its fields.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(true);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        id: builder.add_text_field("id", STRING),
        record: builder.add_bytes_field("record", STORED),
        order: builder.add_u64_field("order", FAST),
        title: builder.add_text_field("title", words()),
        body: builder.add_text_field("body", words()),
        facet: builder.add_text_field("facet", STRING),
        published: builder.add_i64_field("published", FAST | INDEXED),
        from: builder.add_i64_field("from", FAST | INDEXED),
        to: builder.add_i64_field("to", FAST | INDEXED),
        withdrawn: builder.add_i64_field("withdrawn", FAST | INDEXED),
    };
    (builder.build(), fields)
}

/// A day as a number.
pub fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// What building needs besides the records.
pub struct Documents<'a> {
    pub fields: Fields,
    /// Words that name countries.
    pub vocabulary: &'a Vocabulary,
    pub names: &'a NameIndex,
    /// Stems seen so far.
    pub stems: Stems,
}

impl Documents<'_> {
    /// The document of a record. `order` is its place in the order of ids.
    pub fn document(&mut self, record: &AlertRecord, order: u64) -> Result<TantivyDocument, AlertIndexError> {
        let json = serde_json::to_vec(record)
            .map_err(|error| AlertIndexError::Record { id: record.id.clone(), why: error.to_string() })?;
        let fields = self.fields;
        let mut document = TantivyDocument::new();
        document.add_text(fields.id, &record.id);
        document.add_bytes(fields.record, &json);
        document.add_u64(fields.order, order);
        let languages = record_languages(record);
        document.add_text(fields.title, self.tokens(&record.title, &languages, &[]));
        let body = body(record);
        let keys = number_keys(record, &body);
        document.add_text(fields.body, self.tokens(&body, &languages, &keys));
        for facet in self.facets(record, &body) {
            document.add_text(fields.facet, facet);
        }
        let withdrawn = match (record.withdrawn_on, record.status.as_deref()) {
            (Some(day), _) => day_number(day),
            (None, Some("withdrawn")) => FIRST_DAY,
            (None, _) => LAST_DAY,
        };
        document.add_i64(fields.published, record.published_on.map_or(FIRST_DAY, day_number));
        document.add_i64(fields.from, record.effective_from.map_or(FIRST_DAY, day_number));
        document.add_i64(fields.to, record.effective_to.map_or(LAST_DAY, day_number));
        document.add_i64(fields.withdrawn, withdrawn);
        Ok(document)
    }

    /// The forms of a text as one text: they hold no spaces, and a tokenizer that cuts at spaces gives them back.
    fn tokens(&mut self, text: &str, languages: &[Language], keys: &[String]) -> String {
        let mut forms = doc_forms(text, languages, &mut self.stems);
        forms.extend(keys.iter().cloned());
        forms.join(" ")
    }

    /// Terms of the facet field.
    fn facets(&self, record: &AlertRecord, body: &str) -> Vec<String> {
        let mut facets = Vec::new();
        for country in &record.countries {
            facets.push(format!("c:{}", country.code));
            if !country.role.is_empty() {
                facets.push(format!("cr:{}/{}", country.code, country.role));
            }
        }
        if record.countries.is_empty() {
            facets.push("c:*".to_owned());
        }
        let text = format!("{}\n{body}", record.title);
        let named = self.vocabulary.countries_in(cut(&text));
        facets.extend(named.iter().map(|code| format!("cm:{code}")));
        for taxon in &record.taxa {
            let accepted = self.names.taxon(taxon).map_or(taxon.as_str(), |taxon| taxon.scientific_name.as_str());
            facets.push(format!("u:{}", genus_of(accepted).to_lowercase()));
            if is_genus(accepted) {
                facets.push(format!("g:{}", genus_of(accepted).to_lowercase()));
            } else {
                facets.push(format!("s:{}", accepted.to_lowercase()));
            }
        }
        if record.taxa.is_empty() {
            facets.push("s:*".to_owned());
        }
        let numbers = numbers(cut(&text)).notifications;
        facets.extend(numbers.into_iter().map(|number| format!("n:{number}")));
        facets.extend(own_numbers(record).into_iter().map(|number| format!("no:{number}")));
        facets.push(format!("k:{}", record.kind.to_lowercase()));
        for (prefix, value) in [
            ("m", record.measure.as_deref()),
            ("st", record.status.as_deref()),
            ("h", Some(record.label().as_str())),
            ("l", record.language.as_deref()),
        ] {
            facets.extend(value.map(|value| format!("{prefix}:{}", value.to_lowercase())));
        }
        facets.sort();
        facets.dedup();
        facets
    }
}

/// Notification numbers that are the record's own.
pub fn own_numbers(record: &AlertRecord) -> Vec<String> {
    let mut own = numbers(record.number.as_deref().unwrap_or_default()).notifications;
    own.extend(numbers(&record.id).notifications);
    own.sort();
    own.dedup();
    own
}

/// All text of a record but its title.
pub fn body(record: &AlertRecord) -> String {
    let mut body = record.text.clone();
    let mut add = |text: &str| {
        if !text.is_empty() {
            body.push('\n');
            body.push_str(text);
        }
    };
    let single = [&record.number, &record.issuing_body, &record.declared_as, &record.form];
    single.into_iter().flatten().for_each(|text| add(text));
    add(&record.id);
    AlertRecord::names(&record.parties).for_each(&mut add);
    AlertRecord::names(&record.issuers).for_each(&mut add);
    record.vessels.iter().flat_map(|vessel| [&vessel.name, &vessel.imo]).flatten().for_each(|text| add(text));
    record.containers.iter().chain(&record.permits).chain(&record.topics).for_each(|text| add(text));
    record.taxa.iter().for_each(|text| add(text));
    body
}

fn number_keys(record: &AlertRecord, body: &str) -> Vec<String> {
    let mut keys = tokens::number_keys(cut(body));
    keys.extend(tokens::number_keys(&record.id));
    keys
}

/// Languages whose stems a record gets: the declared one, else those of its script that are likely.
pub fn record_languages(record: &AlertRecord) -> Vec<Language> {
    match record.language.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => tokens::language(code).into_iter().collect(),
        None => vec![Language::English],
    }
}

/// All forms of all words of a text, in order.
pub fn doc_forms(text: &str, languages: &[Language], stems: &mut Stems) -> Vec<String> {
    let mut forms = Vec::new();
    let mut last: Option<(usize, char)> = None;
    for word in tokens::words(cut(text)) {
        let by_script = languages.iter().copied().filter(|language| fits(*language, &word.text));
        let languages: Vec<Language> = by_script.collect();
        forms.extend(stems.forms(&word.text, &languages));
        if let (Some((end, before)), Some(first)) = (last, word.text.chars().next())
            && end == word.from
        {
            // Words of a script without spaces touch: the pair across the seam counts too.
            forms.extend(tokens::pairs(&format!("{before}{first}")));
        }
        forms.extend(tokens::pairs(&word.text));
        last = word.text.chars().last().map(|c| (word.to, c));
    }
    forms
}

/// A stemmer is for words of its script.
fn fits(language: Language, word: &str) -> bool {
    let known = tokens::languages_of(word);
    known.contains(&language) || known.contains(&Language::English) && !is_other_script(language)
}

fn is_other_script(language: Language) -> bool {
    matches!(language, Language::Russian | Language::Arabic | Language::Greek | Language::Tamil)
}

/// The part of a field that is cut into words.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_FIELD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
