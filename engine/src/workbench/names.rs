//! Measures the names against labelled rows: how many are found, how many are wrongly found, and which.
//!
//! In: JSON lines of goods (`text`, `hs`, `label`, `expect`, `taxon`, `lang`) or of names (`query`, `accepted`, `kind`).
//! Out: precision, recall and F1 by label, kind and language, and every error. Not here: printing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::names::{NameIndex, Question, Resolution, Verdict};

/// Counts of one group of rows.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Figures {
    /// Number of labelled rows.
    pub n: usize,
    /// Rows answered as labelled.
    pub right: usize,
    /// Rows that should be flagged.
    pub wanted: usize,
    /// Number of rows in which a wood of ours was named or suspected.
    pub flagged: usize,
    /// Rows flagged that should be.
    pub hits: usize,
    /// Rows for review.
    pub reviewed: usize,
    /// Flagged ÷ wrongly and rightly flagged; 1 when nothing was flagged.
    pub precision: f64,
    /// Rightly flagged ÷ wanted; 1 when nothing was wanted.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

/// One row answered otherwise than labelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// Id of the row.
    pub id: String,
    /// Label or kind.
    pub label: String,
    /// What was asked.
    pub text: String,
    /// What the row wants.
    pub expected: String,
    /// What was answered.
    pub answered: String,
    /// Names seen and set aside, for the reader.
    pub seen: Vec<String>,
}

/// Figures over a labelled file, in all and by language.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Evaluation {
    /// Over all rows.
    pub all: Figures,
    /// By label of goods rows.
    pub by_label: BTreeMap<String, Figures>,
    /// By kind of names rows, or by transform of goods rows.
    pub by_kind: BTreeMap<String, Figures>,
    pub by_language: BTreeMap<String, Figures>,
    /// Each row that came out otherwise than labelled.
    pub misses: Vec<Miss>,
    /// Lines that could not be read: line number and why.
    pub unread: Vec<(usize, String)>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(flatten)]
    question: Question,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    expect: Option<String>,
    #[serde(default)]
    taxon: Option<Value>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    transform: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    accepted: Option<Value>,
}

/// Answers every row and compares. A row with `accepted` or `kind` is a names row, others are goods rows.
pub fn evaluate(index: &NameIndex, lines: &str) -> Evaluation {
    let mut out = Evaluation::default();
    for (n, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Row>(line) {
            Ok(row) => judge(index, row, &mut out),
            Err(error) => out.unread.push((n + 1, error.to_string())),
        }
    }
    let groups = [&mut out.by_label, &mut out.by_kind, &mut out.by_language];
    groups.into_iter().flat_map(|group| group.values_mut()).for_each(Figures::finish);
    out.all.finish();
    out
}

fn judge(index: &NameIndex, row: Row, out: &mut Evaluation) {
    let names = row.label.is_none() && row.expect.is_none();
    let Row { question, label, expect, taxon, lang, transform, kind, accepted } = row;
    let checked = question.check();
    let resolution = index.resolve(&checked.query());
    let wanted =
        if names { Wanted::Names(strings(accepted.as_ref())) } else { Wanted::Goods(expect.unwrap_or_default()) };
    let verdict = resolution.verdict;
    let right = wanted.is_met(&resolution);
    let label = label.or_else(|| kind.clone()).unwrap_or_else(|| "row".into());
    let count = |figures: &mut Figures| {
        figures.count(wanted.is_positive(), verdict_counts(&wanted, &resolution), verdict, right)
    };
    count(&mut out.all);
    count(out.by_label.entry(label.clone()).or_default());
    count(out.by_kind.entry(kind.or(transform).unwrap_or_else(|| "as found".into())).or_default());
    count(out.by_language.entry(lang.unwrap_or_else(|| "not stated".into())).or_default());
    if !right {
        out.misses.push(Miss {
            id: checked.question.id.as_str().map_or_else(|| checked.question.id.to_string(), str::to_owned),
            label,
            text: checked.question.text.clone(),
            expected: match &wanted {
                Wanted::Names(list) => list.join(" | "),
                Wanted::Goods(expect) => format!("{expect} {}", strings(taxon.as_ref()).join(" | ")),
            },
            answered: answered(&resolution),
            seen: resolution.excluded.iter().map(|excluded| format!("{}: {}", excluded.text, excluded.why)).collect(),
        });
    }
}

enum Wanted {
    Names(Vec<String>),
    Goods(String),
}

impl Wanted {
    fn is_positive(&self) -> bool {
        match self {
            Self::Names(list) => !list.is_empty(),
            Self::Goods(expect) => expect == "flag",
        }
    }

    fn is_met(&self, resolution: &Resolution) -> bool {
        match self {
            Self::Names(list) if list.is_empty() => top(resolution).is_none_or(|name| !name.contains(' ')),
            Self::Names(list) => top(resolution).is_some_and(|name| list.iter().any(|wanted| wanted == name)),
            Self::Goods(expect) => match expect.as_str() {
                "flag" => resolution.verdict == Verdict::Flag,
                "review" => resolution.verdict == Verdict::Review,
                _ => resolution.verdict < Verdict::Review,
            },
        }
    }
}

fn verdict_counts(wanted: &Wanted, resolution: &Resolution) -> bool {
    match wanted {
        Wanted::Names(_) => top(resolution).is_some_and(|name| name.contains(' ')),
        Wanted::Goods(_) => resolution.verdict == Verdict::Flag,
    }
}

/// The first taxon named: species before genera, then order in the text.
fn top(resolution: &Resolution) -> Option<&str> {
    let species = resolution.mentions.iter().find(|mention| mention.taxon.contains(' '));
    species.or(resolution.mentions.first()).map(|mention| mention.taxon.as_str())
}

fn answered(resolution: &Resolution) -> String {
    let names: Vec<String> = resolution
        .mentions
        .iter()
        .map(|mention| {
            format!(
                "{} ({} → {}, {:?}, {:.2}) {:?}",
                mention.taxon, mention.text, mention.name, mention.method, mention.similarity, mention.context
            )
        })
        .collect();
    format!("{:?}: {}", resolution.verdict, names.join("; "))
}

fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

impl Figures {
    fn count(&mut self, wanted: bool, flagged: bool, verdict: Verdict, right: bool) {
        self.n += 1;
        self.right += usize::from(right);
        self.wanted += usize::from(wanted);
        self.flagged += usize::from(flagged);
        self.hits += usize::from(wanted && flagged && right);
        self.reviewed += usize::from(verdict == Verdict::Review);
    }

    fn finish(&mut self) {
        let ratio = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        self.precision = ratio(self.hits, self.flagged);
        self.recall = ratio(self.hits, self.wanted);
        let sum = self.precision + self.recall;
        self.f1 = if sum == 0.0 { 0.0 } else { 2.0 * self.precision * self.recall / sum };
    }
}
