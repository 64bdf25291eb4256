//! The words of a question and of a record in the forms in which they are compared.

use std::collections::HashMap;

use super::record::AlertRecord;
use super::schema::{doc_forms, record_languages};
use super::tokens::Stems;

/// A word of the question with all its forms.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// As asked, folded.
    pub text: String,
    /// Forms, the word itself first.
    pub forms: Vec<String>,
    /// Pairs of characters.
    pub pairs: Vec<String>,
    /// Weight of the word: the rarer in the collection, the more it counts.
    pub weight: f64,
    /// Says more than the woods, countries and measures do.
    pub content: bool,
    /// Stands in every other text.
    pub plain: bool,
}

/// Forms of one text by how often they stand in it; for ranking and snippets.
pub fn forms_of(record: &AlertRecord, text: &str, stems: &mut Stems) -> HashMap<String, u32> {
    let languages = record_languages(record);
    let mut counts = HashMap::new();
    for form in doc_forms(text, &languages, stems) {
        *counts.entry(form).or_insert(0) += 1;
    }
    counts
}
