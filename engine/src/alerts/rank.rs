//! Orders candidates: how much of the question a record meets, and by what.
//!
//! In: the question as understood, candidate records. Out: those that meet it, the best first. A score is the share of
//! the question that is met, 0 to 1, lowered for what no longer stands; a record never stands above the one that
//! superseded it. Ties: the later one, then by id.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ask::{Asked, AskedTaxon};
use super::kinds::Kinds;
use super::question::{Weighed, forms_of};
use super::record::AlertRecord;
use super::schema::{body, own_numbers};
use super::tokens::Stems;
use crate::codes::{CountryCode, Date};
use crate::names::NameIndex;
use crate::reference::{genus_of, is_genus};

/// A record that meets the question.
#[derive(Debug, Clone)]
pub struct Found {
    pub record: AlertRecord,
    /// 0 to 1.
    pub score: f64,
    /// What of the question met, in words.
    pub why: Vec<String>,
}

/// Weights of the parts of a question. Woods and countries decide; words order what meets them.
const NUMBER: f64 = 6.0;
const TAXON: f64 = 3.0;
const COUNTRY: f64 = 3.0;
const NEAR: f64 = 1.0;
const MEASURE: f64 = 1.0;
const KIND: f64 = 1.0;
const YEAR: f64 = 0.7;
const WORDS: f64 = 1.5;

/// Share of the weight of the words that must be there when nothing else is named.
const MIN_WORDS: f64 = 0.4;
/// What is left of a score when all words speak of something that the record does not.
const OTHER_GOODS: f64 = 0.4;

/// What is left of the score of a library record when a measure or a case is asked for.
const LIBRARY: f64 = 0.6;
/// Reasons that name nothing of the question.
const ALL_COUNTRIES: &str = "no country: holds for all";
const ALL_SPECIES: &str = "all species of the country";

/// What a part of the question gives: how well it is met, and why.
struct Part {
    weight: f64,
    met: f64,
    why: Option<String>,
}

/// What ranking looks up.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Names of taxa.
    pub names: &'a NameIndex,
    /// Kinds of records.
    pub kinds: &'a Kinds,
}

/// Those of the candidates that meet the question, in order.
pub fn rank(
    asked: &Asked,
    words: &[Weighed],
    records: impl Iterator<Item = AlertRecord>,
    day: Option<Date>,
    context: Context<'_>,
    stems: &mut Stems,
) -> Vec<Found> {
    let mut found: Vec<Found> = records
        .filter(|record| day.is_none_or(|day| record.acts_on(day)))
        .filter_map(|record| weigh(asked, words, record, context, stems))
        .collect();
    let above = successors(&found);
    for found in &mut found {
        found.score *= lifecycle(&found.record, day, above.contains_key(&found.record.id));
    }
    above_superseded(&mut found, &above);
    found.sort_by(|a, b| {
        let recent = |found: &Found| found.record.effective_from.or(found.record.published_on);
        rounded(b.score)
            .cmp(&rounded(a.score))
            .then_with(|| recent(b).cmp(&recent(a)))
            .then_with(|| a.record.id.cmp(&b.record.id))
    });
    found
}

fn rounded(score: f64) -> i64 {
    (score * 10_000.0).round() as i64
}

fn weigh(
    asked: &Asked,
    words: &[Weighed],
    record: AlertRecord,
    context: Context<'_>,
    stems: &mut Stems,
) -> Option<Found> {
    let Context { names, kinds } = context;
    let text = format!("{}\n{}", record.title, body(&record));
    let mut forms = forms_of(&record, &text, stems);
    for key in words.iter().filter(|word| word.forms.iter().any(|form| form.starts_with('#'))) {
        if super::tokens::number_keys(&text).iter().any(|own| key.forms.contains(own)) {
            forms.extend(key.forms.iter().map(|form| (form.clone(), 1)));
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    if !asked.numbers.is_empty() {
        parts.push(number(asked, &record, &text)?);
    }
    let country = country(asked, &record);
    let demanding = asked.numbers.is_empty();
    if asked.names_country() {
        match country {
            Some(part) => parts.push(part),
            None if demanding => return None,
            None => parts.push(Part { weight: COUNTRY, met: 0.0, why: None }),
        }
    }
    if !asked.taxa.is_empty() {
        match taxon(asked, &record, &forms, names) {
            Some(part) => parts.push(part),
            None if demanding => return None,
            None => parts.push(Part { weight: TAXON, met: 0.0, why: None }),
        }
    }
    near(asked, &record, &mut parts);
    measure_and_kind(asked, &record, kinds, &mut parts);
    year(asked, &record, &mut parts);
    let (part, content) = word_part(words, &forms);
    let share = part.met;
    if asked.words_only()
        && asked.measures.is_empty()
        && asked.kinds.is_empty()
        && !words.is_empty()
        && share < MIN_WORDS
    {
        return None;
    }
    parts.push(part);
    let total: f64 = parts.iter().map(|part| part.weight).sum();
    let met: f64 = parts.iter().map(|part| part.weight * part.met).sum();
    let mut score = if total > 0.0 { met / total } else { 0.5 };
    // Words for other goods, and a record that is about named woods: the country alone is no match.
    let about_words = asked.taxa.is_empty() && asked.numbers.is_empty() && asked.measures.is_empty();
    if about_words && content == Some(false) && !record.taxa.is_empty() {
        score *= OTHER_GOODS;
    }
    let why: Vec<String> = parts.into_iter().filter_map(|part| part.why).collect();
    if kinds.is_library(&record.kind) && !asked.kinds.iter().any(|kind| kinds.is_library(kind)) {
        score *= if content == Some(true) { 1.0 } else { LIBRARY };
    }
    // A record for all species of all countries is no answer to a question on one of each.
    let general = why.iter().all(|why| why == ALL_COUNTRIES || why == ALL_SPECIES);
    let both = asked.names_country() && !asked.taxa.is_empty();
    if both && content != Some(true) && general {
        return None;
    }
    Some(Found { record, score, why })
}

fn number(asked: &Asked, record: &AlertRecord, text: &str) -> Option<Part> {
    let own = own_numbers(record);
    if let Some(number) = asked.numbers.iter().find(|number| own.contains(number)) {
        return Some(Part { weight: NUMBER, met: 1.0, why: Some(format!("number {number}")) });
    }
    let named = super::numbers::numbers(text).notifications;
    let number = asked.numbers.iter().find(|number| named.contains(number))?;
    Some(Part { weight: NUMBER, met: 0.5, why: Some(format!("cites number {number}")) })
}

fn country(asked: &Asked, record: &AlertRecord) -> Option<Part> {
    if !asked.names_country() {
        return None;
    }
    let of = |code: CountryCode| record.countries.iter().filter(move |country| country.code == code);
    let met: Vec<CountryCode> = asked.country_codes().filter(|code| of(*code).next().is_some()).collect();
    if !met.is_empty() {
        let n = asked.countries.iter().filter(|codes| codes.iter().any(|code| met.contains(code))).count();
        let share = n as f64 / asked.countries.len().max(1) as f64;
        let wrong_role = met.iter().all(|code| {
            asked.roles.get(code).is_some_and(|role| {
                of(*code).all(|country| !country.role.is_empty() && !same_role(&country.role, role))
            })
        });
        let score = 0.7 + 0.3 * share - if wrong_role { 0.2 } else { 0.0 };
        let list = met.iter().map(|code| {
            let role = of(*code).map(|country| country.role.as_str()).find(|role| !role.is_empty());
            role.map_or(code.to_string(), |role| format!("{code} ({role})"))
        });
        let list: Vec<String> = list.collect();
        return Some(Part { weight: COUNTRY, met: score, why: Some(format!("country {}", list.join(", "))) });
    }
    if record.countries.is_empty() {
        return Some(Part { weight: COUNTRY, met: 0.25, why: Some(ALL_COUNTRIES.to_owned()) });
    }
    Some(Part { weight: COUNTRY, met: 0.6, why: Some("country in the text".to_owned()) })
}

fn same_role(own: &str, asked: &str) -> bool {
    let group = |role: &str| match role {
        "origin" | "export" | "exporter" | "consignor" => 0,
        "destination" | "import" | "importer" => 2,
        _ => 1,
    };
    group(own) == group(asked)
}

/// The best way in which one of the woods asked for is met.
fn taxon(asked: &Asked, record: &AlertRecord, forms: &HashMap<String, u32>, names: &NameIndex) -> Option<Part> {
    let accepted: Vec<&str> = record
        .taxa
        .iter()
        .map(|taxon| names.taxon(taxon).map_or(taxon.as_str(), |taxon| taxon.scientific_name.as_str()))
        .collect();
    let mut best: Option<(f64, String)> = None;
    for taxon in &asked.taxa {
        if let Some((score, why)) = one_taxon(taxon, &accepted, forms)
            && best.as_ref().is_none_or(|(known, _)| score > *known)
        {
            best = Some((score, why));
        }
    }
    let here = asked.names_country() || record.countries.iter().any(|country| asked.near.contains(&country.code));
    if best.is_none() && record.taxa.is_empty() && here {
        best = Some((0.55, ALL_SPECIES.to_owned()));
    }
    best.map(|(met, why)| Part { weight: TAXON, met, why: Some(why) })
}

fn one_taxon(asked: &AskedTaxon, accepted: &[&str], forms: &HashMap<String, u32>) -> Option<(f64, String)> {
    let mut best: Option<(f64, String)> = None;
    let mut take = |score: f64, why: String| {
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, why));
        }
    };
    for (n, name) in asked.names.iter().enumerate() {
        // The first meaning of an ambiguous name is the usual one.
        let sure = if n == 0 { 1.0 } else { 0.9 };
        for own in accepted.iter().filter(|own| genus_of(own) == genus_of(name)) {
            match (is_genus(name), is_genus(own)) {
                (true, true) => take(sure, format!("taxon {own}: `{}`", asked.text)),
                (true, false) => take(0.9 * sure, format!("taxon {own}, a species of {}", genus_of(name))),
                (false, true) => take(0.8 * sure, format!("taxon {own}, the genus of {name}")),
                (false, false) if own.to_lowercase() == name.to_lowercase() => {
                    take(sure, format!("taxon {own}: `{}`", asked.text));
                }
                (false, false) => {}
            }
        }
    }
    if !asked.words.is_empty() && asked.words.iter().all(|word| forms.contains_key(word)) {
        take(0.65, format!("words `{}`", asked.text));
    }
    best
}

/// Countries inside the name of a wood, and of ports: they order, they do not decide.
fn near(asked: &Asked, record: &AlertRecord, parts: &mut Vec<Part>) {
    if asked.near.is_empty() {
        return;
    }
    let met = record.countries.iter().find(|country| asked.near.contains(&country.code));
    let why = met.map(|country| format!("country {}", country.code));
    parts.push(Part { weight: NEAR, met: if met.is_some() { 1.0 } else { 0.0 }, why });
}

fn measure_and_kind(asked: &Asked, record: &AlertRecord, kinds: &Kinds, parts: &mut Vec<Part>) {
    let kind = record.kind.to_lowercase();
    let measure = record.measure.as_deref().unwrap_or_default().to_lowercase();
    if !asked.measures.is_empty() {
        let met = asked.measures.iter().find(|asked| {
            **asked == measure
                || **asked == kind
                || asked.starts_with("verify") && measure.starts_with("verify")
                || asked.ends_with("ban") && measure.ends_with("ban")
                || *asked == "quota" && measure.ends_with("quota")
        });
        let why = met.map(|measure| format!("measure {measure}"));
        parts.push(Part { weight: MEASURE, met: if met.is_some() { 1.0 } else { 0.0 }, why });
    }
    if !asked.kinds.is_empty() {
        let met = asked.kinds.iter().find(|asked| kinds.found_as(asked).contains(&kind.as_str()));
        let why = met.map(|kind| format!("kind {kind}"));
        parts.push(Part { weight: KIND, met: if met.is_some() { 1.0 } else { 0.0 }, why });
    }
}

fn year(asked: &Asked, record: &AlertRecord, parts: &mut Vec<Part>) {
    if asked.years.is_empty() {
        return;
    }
    let published = record.published_on.map(Date::year);
    let from = record.effective_from.map(Date::year).or(published);
    let to = record.effective_to.map(Date::year);
    let begun = asked.years.iter().any(|year| published == Some(*year) || from == Some(*year));
    let acting =
        asked.years.iter().any(|year| from.is_some_and(|from| from <= *year) && to.is_none_or(|to| to >= *year));
    let met = if begun {
        1.0
    } else if acting {
        0.7
    } else {
        0.0
    };
    let why = (met > 0.0).then(|| "year".to_owned());
    parts.push(Part { weight: YEAR, met, why });
}

/// Share of the words' weight that the record has; and whether any word met that says more than the facets.
fn word_part(words: &[Weighed], forms: &HashMap<String, u32>) -> (Part, Option<bool>) {
    let (mut total, mut met) = (0.0, 0.0);
    let mut said = Vec::new();
    let mut content = None;
    for word in words {
        let factor = if word.content {
            1.0
        } else if word.plain {
            0.15
        } else {
            0.5
        };
        let weight = word.weight * factor;
        total += weight;
        let share = word_met(word, forms);
        met += weight * share;
        if word.content {
            content = Some(content.unwrap_or(false) || share >= 0.5);
        }
        if share >= 0.5 && !word.plain {
            said.push(word.text.as_str());
        }
    }
    let share = if total > 0.0 { met / total } else { 0.0 };
    let why = (!said.is_empty()).then(|| format!("words {}", said.join(", ")));
    (Part { weight: if words.is_empty() { 0.0 } else { WORDS }, met: share, why }, content)
}

/// 1 for the word itself, less for a stem or transliteration, the share of its pairs for scripts without spaces.
fn word_met(word: &Weighed, forms: &HashMap<String, u32>) -> f64 {
    let whole = word.forms.iter().enumerate().find(|(_, form)| forms.contains_key(*form));
    if let Some((n, _)) = whole {
        return if n == 0 { 1.0 } else { 0.9 };
    }
    if word.pairs.is_empty() {
        return 0.0;
    }
    let n = word.pairs.iter().filter(|pair| forms.contains_key(*pair)).count();
    0.8 * n as f64 / word.pairs.len() as f64
}

/// What no longer stands counts less when no day is asked for.
fn lifecycle(record: &AlertRecord, day: Option<Date>, superseded: bool) -> f64 {
    let mut factor = 1.0;
    if superseded || record.superseded_by.is_some() || record.status.as_deref() == Some("superseded") {
        factor *= 0.94;
    }
    if record.status.as_deref() == Some("withdrawn") || record.withdrawn_on.is_some() {
        factor *= 0.9;
    }
    if day.is_none() && record.effective_to.is_some() {
        factor *= 0.97;
    }
    factor
}

/// By id, what stands in its place among the results: as the record says, or because another of the same kind, woods
/// and countries begins where it ends.
fn successors(found: &[Found]) -> BTreeMap<String, String> {
    let ids: HashSet<&str> = found.iter().map(|found| found.record.id.as_str()).collect();
    let mut above = BTreeMap::new();
    let mut begins: HashMap<(String, Date), Vec<&AlertRecord>> = HashMap::new();
    for Found { record, .. } in found {
        if let Some(from) = record.effective_from {
            begins.entry((likeness(record), from)).or_default().push(record);
        }
    }
    for Found { record, .. } in found {
        let said = record.superseded_by.as_deref().filter(|id| ids.contains(id) && *id != record.id);
        let numbered = || {
            let number = super::numbers::numbers(record.superseded_by.as_deref()?).notifications.into_iter().next()?;
            found.iter().map(|f| &f.record).find(|other| own_numbers(other).contains(&number) && other.id != record.id)
        };
        let follows = || {
            let end = record.effective_to?;
            let next = [end, end.tomorrow().ok()?];
            let others = next.into_iter().filter_map(|day| begins.get(&(likeness(record), day))).flatten();
            others.copied().filter(|other| other.id != record.id).min_by(|a, b| a.id.cmp(&b.id))
        };
        let id = said.map(str::to_owned).or_else(|| Some(numbered().or_else(follows)?.id.clone()));
        above.extend(id.map(|id| (record.id.clone(), id)));
    }
    above
}

/// Records that can replace each other are alike in this.
fn likeness(record: &AlertRecord) -> String {
    let mut countries: Vec<&str> = record.countries.iter().map(|country| country.code.as_str()).collect();
    let mut taxa: Vec<&str> = record.taxa.iter().map(String::as_str).collect();
    countries.sort_unstable();
    taxa.sort_unstable();
    format!("{}|{}|{}|{}", record.kind, record.measure.as_deref().unwrap_or(""), countries.join(","), taxa.join(","))
}

/// What took the place of a record stands above it: whoever asks for the old one must see the new one first. One that
/// names no country of the question is not raised over those that do; the old one goes below it instead.
fn above_superseded(found: &mut [Found], above: &BTreeMap<String, String>) {
    let general = |found: &Found| found.why.iter().any(|why| why == ALL_COUNTRIES);
    let caps: HashMap<String, f64> =
        found.iter().filter(|f| general(f)).map(|f| (f.record.id.clone(), f.score - STEP)).collect();
    for found in found.iter_mut() {
        if let Some(cap) = above.get(&found.record.id).and_then(|id| caps.get(id)) {
            found.score = found.score.min(cap.max(0.0));
        }
    }
    // A chain is as long as its records at most; a circle in the data ends with the count.
    for _ in 0..found.len().min(32) {
        let mut least: HashMap<&str, f64> = HashMap::new();
        for found in found.iter() {
            if let Some(id) = above.get(&found.record.id) {
                let needed = least.entry(id.as_str()).or_insert(0.0);
                *needed = needed.max(found.score + STEP);
            }
        }
        let least: Vec<Option<f64>> = found.iter().map(|f| least.get(f.record.id.as_str()).copied()).collect();
        let mut changed = false;
        for (found, least) in found.iter_mut().zip(least) {
            if let Some(needed) = least.filter(|needed| found.score + 1e-9 < *needed) {
                found.score = needed.min(1.0);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}

/// Enough to differ after rounding.
const STEP: f64 = 0.000_2;
