//! Measures the search against judged questions.
//!
//! In: lines of {"id","query","relevant","as_of"}, an index. Out: recall in the first ten, mean reciprocal rank, records
//! outside their dates, and every question. A question without relevant records is answered rightly by nothing, or by
//! nothing that scores [`CONFIDENT`]. Not here: printing.

use serde::{Deserialize, Serialize};

use crate::alerts::{AlertIndex, AlertSearch};
use crate::codes::Date;

/// Score from which a result claims to be what was asked for.
pub const CONFIDENT: f64 = 0.5;

/// A judged question.
#[derive(Debug, Clone, Deserialize)]
pub struct JudgedQuery {
    pub id: String,
    pub query: String,
    /// Ids of records that answer it; empty when none does.
    pub relevant: Vec<String>,
    #[serde(default)]
    pub as_of: Option<Date>,
}

/// How one question was answered.
#[derive(Debug, Clone, Serialize)]
pub struct QueryOutcome {
    pub id: String,
    pub query: String,
    /// Share of the relevant ones in the first ten; for a question without any, 1 when nothing confident came.
    pub recall_at_10: f64,
    /// 1 ÷ rank of the first relevant one.
    pub reciprocal_rank: f64,
    /// Results that do not count on the day.
    pub date_errors: usize,
    /// Relevant ones that are missing.
    pub missing: Vec<String>,
    /// What came, in order.
    pub results: Vec<String>,
    /// True for a question that has relevant records.
    pub answerable: bool,
}

/// Figures over all labelled questions.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SearchFigures {
    /// Questions with relevant records.
    pub questions: usize,
    /// Number of questions to which the labels say that nothing answers.
    pub unanswerable: usize,
    /// Mean over the questions with relevant records.
    pub recall_at_10: f64,
    /// Mean over the same.
    pub mrr: f64,
    /// Over all questions.
    pub date_errors: usize,
    /// Questions without relevant records that got something confident.
    pub false_answers: usize,
    pub outcomes: Vec<QueryOutcome>,
}

/// Asks every question.
pub fn evaluate(index: &AlertIndex, questions: &[JudgedQuery]) -> SearchFigures {
    let mut figures = SearchFigures::default();
    for question in questions {
        let search = AlertSearch { text: &question.query, as_of: question.as_of, limit: 10, ..AlertSearch::default() };
        let results = index.search(&search);
        let place = |id: &String| results.iter().position(|result| result.id == *id);
        let places: Vec<usize> = question.relevant.iter().filter_map(place).collect();
        let answerable = !question.relevant.is_empty();
        let day = question.as_of;
        let date_errors = results.iter().filter(|result| day.is_some_and(|day| !result.record.acts_on(day))).count();
        let outcome = QueryOutcome {
            id: question.id.clone(),
            query: question.query.clone(),
            recall_at_10: if answerable {
                places.len() as f64 / question.relevant.len().min(10) as f64
            } else {
                f64::from(u8::from(results.iter().all(|result| result.score < CONFIDENT)))
            },
            reciprocal_rank: places.iter().min().map_or(0.0, |first| 1.0 / (*first as f64 + 1.0)),
            date_errors,
            missing: question.relevant.iter().filter(|id| place(id).is_none()).cloned().collect(),
            results: results.iter().map(|result| format!("{} {:.2}", result.id, result.score)).collect(),
            answerable,
        };
        figures.date_errors += date_errors;
        if answerable {
            figures.questions += 1;
            figures.recall_at_10 += outcome.recall_at_10;
            figures.mrr += outcome.reciprocal_rank;
        } else {
            figures.unanswerable += 1;
            figures.false_answers += usize::from(outcome.recall_at_10 < 1.0);
        }
        figures.outcomes.push(outcome);
    }
    let n = figures.questions.max(1) as f64;
    figures.recall_at_10 /= n;
    figures.mrr /= n;
    figures
}
