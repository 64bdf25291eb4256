//! The line filter `permits match` and the evaluation on labelled pairs.
//!
//! In: one JSON question a line. Out: one JSON answer a line with the question's `id`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::presented::PresentedPermit;
use super::problem::MatchContext;
use super::register::{PermitMatch, Register};
use crate::codes::{CountryCode, Date};

/// The fields of a question, owned, so that a presented document can borrow from them.
#[derive(Debug, Default)]
struct Question {
    texts: BTreeMap<&'static str, String>,
    days: BTreeMap<&'static str, Date>,
    countries: BTreeMap<&'static str, CountryCode>,
    taxa: Vec<String>,
    quantities: Vec<(f64, String)>,
    /// Quantity of box 14.
    endorsed: Option<f64>,
    faults: Vec<String>,
}

const TEXTS: [&str; 14] = [
    "number",
    "holder",
    "importer",
    "issuing_authority",
    "type",
    "unit",
    "term",
    "source",
    "purpose",
    "security_stamp",
    "signatory",
    "transport_document",
    "remarks",
    "endorsed",
];
const DAYS: [&str; 6] = ["issued_on", "expires_on", "acquired_on", "departed_on", "arrives_on", "as_of"];
const COUNTRIES: [&str; 2] = ["issuing_country", "origin"];

const TAXA: [&str; 2] = ["taxon", "taxa"];
const AMOUNTS: [&str; 2] = ["quantity", "endorsed_quantity"];

/// What a field of a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// Given back as it came.
    Id,
    /// A text; numbers and yes or no are read as texts.
    Text,
    /// A day such as 2014-03-01.
    Day,
    /// A code, or a name in any language.
    Country,
    /// Names of taxa: a list, or one text with `|` between them.
    Taxa,
    /// A number from 0.
    Amount,
}

/// Every field that a question may have.
pub fn question_fields() -> impl Iterator<Item = (&'static str, Stated)> {
    let of = |names: &'static [&'static str], kind| names.iter().map(move |name| (*name, kind));
    let first = of(&["id"], Stated::Id).chain(of(&TEXTS, Stated::Text)).chain(of(&DAYS, Stated::Day));
    first.chain(of(&COUNTRIES, Stated::Country)).chain(of(&TAXA, Stated::Taxa)).chain(of(&AMOUNTS, Stated::Amount))
}

impl Question {
    fn read(line: &Value, context: &MatchContext<'_>) -> Self {
        let mut question = Self::default();
        let text = |name: &str| match line.get(name) {
            Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::Bool(flag)) => Some(flag.to_string()),
            _ => None,
        };
        // What is of another shape is no answer to what was asked, and is told.
        for name in TEXTS.iter().chain(&DAYS).chain(&COUNTRIES) {
            if line.get(*name).is_some_and(|value| value.is_array() || value.is_object()) {
                question.faults.push(format!("`{name}` is no text"));
            }
        }
        for name in TEXTS {
            if let Some(text) = text(name) {
                question.texts.insert(name, text);
            }
        }
        for name in DAYS {
            match text(name).map(|text| (text.parse::<Date>(), text)) {
                Some((Ok(day), _)) => {
                    question.days.insert(name, day);
                }
                Some((Err(_), text)) => {
                    question.faults.push(format!("`{name}`: `{text}` is not a day such as 2014-03-01"))
                }
                None => {}
            }
        }
        for name in COUNTRIES {
            if let Some(text) = text(name) {
                match context.references.countries.find(&text) {
                    Some(country) => {
                        question.countries.insert(name, country.code);
                    }
                    None => question.faults.push(format!("`{name}`: `{text}` is not a country")),
                }
            }
        }
        for name in TAXA {
            match line.get(name) {
                None | Some(Value::Null) => {}
                Some(Value::String(taxa)) => {
                    let taxa = taxa.split('|').map(str::trim).filter(|taxon| !taxon.is_empty());
                    question.taxa.extend(taxa.map(str::to_owned));
                }
                Some(Value::Array(taxa)) if taxa.iter().all(Value::is_string) => {
                    question.taxa.extend(taxa.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                Some(_) => question.faults.push(format!("`{name}` is neither a text nor a list of texts")),
            }
        }
        let [quantity, endorsed] = AMOUNTS.map(|name| {
            let read = match line.get(name) {
                None | Some(Value::Null) => return None,
                Some(Value::String(text)) => text.trim().parse().ok(),
                Some(value) => value.as_f64(),
            };
            let amount = read.filter(|amount: &f64| amount.is_finite() && *amount >= 0.0);
            if amount.is_none() {
                question.faults.push(format!("`{name}` is no number from 0"));
            }
            amount
        });
        question.endorsed = endorsed;
        let unit = question.texts.get("unit").cloned().unwrap_or_else(|| "number".into());
        question.quantities.extend(quantity.map(|quantity| (quantity, unit)));
        question
    }

    fn presented(&self) -> PresentedPermit<'_> {
        let text = |name: &str| self.texts.get(name).map(String::as_str);
        let code = |name: &str| text(name).and_then(|text| text.chars().next()).map(|c| c.to_ascii_uppercase());
        PresentedPermit {
            number: text("number"),
            kind: text("type"),
            holder: text("holder"),
            importer: text("importer"),
            issuing_authority: text("issuing_authority"),
            issuing_country: self.countries.get("issuing_country").copied(),
            issued_on: self.days.get("issued_on").copied(),
            expires_on: self.days.get("expires_on").copied(),
            taxa: self.taxa.iter().map(String::as_str).collect(),
            origin: self.countries.get("origin").copied(),
            quantities: self.quantities.iter().map(|(amount, unit)| (*amount, unit.as_str())).collect(),
            term: text("term"),
            source: code("source"),
            purpose: code("purpose"),
            security_stamp: text("security_stamp"),
            signatory: text("signatory"),
            transport_document: text("transport_document"),
            remarks: text("remarks"),
            endorsed: text("endorsed").and_then(|text| match text {
                "yes" | "true" => Some(true),
                "no" | "false" => Some(false),
                _ => None,
            }),
            endorsed_quantity: self.endorsed.map(|amount| (amount, text("unit"))),
            has_left: self
                .days
                .get("departed_on")
                .is_some_and(|left| self.days.get("as_of").is_none_or(|day| left <= day)),
            acquired_on: self.days.get("acquired_on").copied(),
            departed_on: self.days.get("departed_on").copied(),
            arrives_on: self.days.get("arrives_on").copied(),
            as_of: self.days.get("as_of").copied(),
        }
    }
}

/// Answers one question of the filter.
pub fn match_line(register: &Register, line: &Value, context: &MatchContext<'_>) -> Value {
    let question = Question::read(line, context);
    let found = register.match_permit(&question.presented(), context);
    answer(line.get("id").cloned().unwrap_or(Value::Null), &found, &question.faults)
}

fn answer(id: Value, found: &PermitMatch, faults: &[String]) -> Value {
    let problems: Vec<&str> = found.problems.iter().map(|problem| problem.code.as_str()).collect();
    let mut codes: Vec<&str> = Vec::new();
    for code in problems {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let why: Vec<Value> = found.problems.iter().map(|problem| json!(problem)).collect();
    let mut answer = json!({
        "id": id,
        "verdict": found.verdict,
        "problems": codes,
        "candidates": found.candidates,
        "why": why,
        "issuer": found.issuer,
        "judged_at": found.judged_at,
    });
    if let (false, Some(object)) = (faults.is_empty(), answer.as_object_mut()) {
        object.insert("faults".into(), json!(faults));
    }
    answer
}

/// Precision and recall of one category of labelled pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Problem codes (or matches) that were due and found.
    pub found: u32,
    /// Due and not found.
    pub missed: u32,
    /// Found and not due.
    pub false_alarms: u32,
    /// Pairs of the category.
    pub pairs: u32,
    /// Pairs answered exactly as labelled.
    pub exact: u32,
}

impl Score {
    /// Share of what was found that was due; 1 when nothing was found.
    pub fn precision(&self) -> f64 {
        let all = self.found + self.false_alarms;
        if all == 0 { 1.0 } else { f64::from(self.found) / f64::from(all) }
    }

    /// Share of what was due that was found; 1 when nothing was due.
    pub fn recall(&self) -> f64 {
        let all = self.found + self.missed;
        if all == 0 { 1.0 } else { f64::from(self.found) / f64::from(all) }
    }
}

/// Evaluates labelled pairs. A line holds `presented` (a question), `registered` (documents of the register, the fields
/// of its columns; the first is the one that is meant unless `match` is null), `category`, `verdict`, `problems`, and
/// `match` (number of the document that the first candidate must be, or null). Returns scores by category and the ids of
/// the pairs that were not answered as labelled, with what was answered.
pub fn evaluate(lines: &[Value], context: &MatchContext<'_>) -> (BTreeMap<String, Score>, Vec<String>) {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in lines {
        let registered = line.get("registered").and_then(Value::as_array).cloned().unwrap_or_default();
        let ndjson: String = registered.iter().map(|row| format!("{row}\n")).collect();
        let (register, _) = Register::from_ndjson(ndjson.as_bytes());
        let empty = Value::Null;
        let answer = match_line(&register, line.get("presented").unwrap_or(&empty), context);
        let due = strings(line.get("problems"));
        let found = strings(answer.get("problems"));
        let category = line.get("category").and_then(Value::as_str).unwrap_or("?").to_owned();
        let score = scores.entry(category).or_default();
        score.pairs += 1;
        let hits = due.iter().filter(|code| found.contains(code)).count();
        score.found += u32::try_from(hits).unwrap_or(0);
        score.missed += u32::try_from(due.len() - hits).unwrap_or(0);
        score.false_alarms += u32::try_from(found.iter().filter(|code| !due.contains(code)).count()).unwrap_or(0);
        let first = answer.pointer("/candidates/0/number").and_then(Value::as_str);
        let right_first = line.get("match").and_then(Value::as_str).is_none_or(|number| Some(number) == first);
        let right_verdict = line.get("verdict") == answer.get("verdict");
        if due == found && right_first && right_verdict {
            score.exact += 1;
        } else {
            let id = line.get("id").map(Value::to_string).unwrap_or_default();
            let verdict = answer.get("verdict").map(Value::to_string).unwrap_or_default();
            wrong.push(format!("{id}: {verdict} {found:?} instead of {due:?}, first {first:?}"));
        }
    }
    (scores, wrong)
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let mut texts: Vec<String> =
        value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
