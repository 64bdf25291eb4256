//! What somebody tells, by itself: does it fit, and which texts does it hold.
//!
//! In: what is told, as it came. Out: everything that is wrong with it. Not here: who tells it, how things stand.

use palisander_engine::Date;
use serde_json::Value;

use super::office::Faults;
use crate::config::{MAX_FIELD_CHARS, MAX_INFORMATION_CHARS, MAX_INFORMATION_NAMES};
use crate::store::{InformationKind, SourceKind, WhatTold};

/// Why a text is not taken: too long, or with a control character.
pub(super) fn text_fault(field: &str, text: &str, most: usize) -> Option<String> {
    if text.chars().count() > most {
        return Some(format!("`{field}` is over {most} characters"));
    }
    let is_wrong = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    text.chars().any(is_wrong).then(|| format!("`{field}` holds a control character"))
}

/// Why days do not fit each other.
pub(super) fn days_fault(first: Option<Date>, last: Option<Date>) -> Option<String> {
    let (first, last) = (first?, last?);
    (last < first).then(|| format!("its last day {last} comes before its first, {first}"))
}

/// Every text of a value, however deep.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// What is wrong with what is told.
pub(super) fn faults(told: &WhatTold) -> Faults {
    let mut form = Vec::new();
    if told.title.trim().is_empty() {
        form.push("`title` is empty".to_owned());
    }
    let short = [("title", Some(told.title.as_str())), ("number", told.number.as_deref())];
    let long = [("text", Some(told.text.as_str())), ("plain_text", told.plain_text.as_deref())];
    form.extend(short.into_iter().filter_map(|(field, text)| text_fault(field, text?, MAX_FIELD_CHARS)));
    form.extend(long.into_iter().filter_map(|(field, text)| text_fault(field, text?, MAX_INFORMATION_CHARS)));
    // Lists, and what stands in them, whatever their fields: one that is added later is held to the same.
    let written = serde_json::to_value(told).unwrap_or_default();
    for (field, value) in written.as_object().into_iter().flatten().filter(|(_, value)| !value.is_string()) {
        if value.as_array().is_some_and(|list| list.len() > MAX_INFORMATION_NAMES) {
            form.push(format!("`{field}` holds more than MAX_INFORMATION_NAMES ({MAX_INFORMATION_NAMES})"));
        }
        let texts = texts(value);
        form.extend(texts.iter().find_map(|text| text_fault(field, text, MAX_FIELD_CHARS)));
        if texts.iter().any(|text| text.trim().is_empty()) {
            form.push(format!("`{field}` holds an empty text"));
        }
    }
    match (told.source_kind == SourceKind::Covert, &told.source_code) {
        (true, None) => form.push("a covert source has a `source_code`".to_owned()),
        (false, Some(_)) => form.push("only a covert source has a `source_code`".to_owned()),
        (true, Some(code)) if !is_opaque(code) => {
            form.push("a `source_code` is capitals, digits and `-`, with a digit: a code, no name".to_owned());
        }
        _ => {}
    }
    match (told.kind == InformationKind::Conviction, &told.conviction) {
        (true, None) => {
            form.push("a conviction says `conviction`: offence, law, court, day, country, appeal".to_owned())
        }
        (false, Some(_)) => form.push("only a conviction has `conviction`".to_owned()),
        _ => {}
    }
    if told.kind != InformationKind::Listing && told.listing.is_some() {
        form.push("only a listing has `listing`".to_owned());
    }
    if told.kind == InformationKind::Conviction && told.parties.is_empty() {
        form.push("a conviction names `parties`: who was convicted".to_owned());
    }
    form.extend(days_fault(told.effective_from, told.effective_to));
    Faults { form, standing: Vec::new() }
}

/// Longest code of a source.
const MAX_CODE_CHARS: usize = 40;

/// A code that could not be a name.
pub(super) fn is_opaque(code: &str) -> bool {
    (2..=MAX_CODE_CHARS).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && code.bytes().any(|b| b.is_ascii_digit())
}
