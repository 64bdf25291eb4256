//! Asking the exchange of an authority about a permit.
//!
//! In: a caller, a number, a country. Out: a dated answer, on record: found with the document and what differs from the register,
//! none, or not checked with why. An answer changes nothing by itself: what is found enters the register when two persons say so,
//! and an exchange that does not answer leaves the permit as open as it was. Nothing is asked about a permit that stands here
//! under a label stricter than AMBER, or that information under one names, as far as the caller knows of it: his question would
//! tell it. Who does not know of it asks as he would have.

use std::sync::Arc;

use jiff::Timestamp;
use palisander_engine::papers::{Document, Register};
use palisander_engine::{CountryCode, Engine, Label};
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::exchange::{Exchange, Outage};
use super::office::{Office, OfficeError};
use crate::config::MAX_FIELD_CHARS;
use crate::store::{Batch, Kind, StoreError};
use crate::words::words;

words! {
    /// What an exchange said.
    ExchangeAnswer {
        Found = "found",
        None = "none",
        /// It was not asked, or did not answer.
        NotChecked = "not_checked",
    }
}

/// A dated answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// Number as it was asked.
    pub number: String,
    pub country: CountryCode,
    pub answer: ExchangeAnswer,
    pub checked_at: Timestamp,
    /// Why it was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The certificate is final, that is endorsed at the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_final: Option<bool>,
    /// The document as the authority has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    /// Fields that the register that the caller may know has otherwise; `None` = it does not hold the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs: Option<Vec<String>>,
}

/// Why nothing is asked.
const LABELLED: &str = "what is held about this permit is not to be told; nothing was asked";

impl Office {
    /// Asks the exchange of a country about a permit, and puts its answer on record.
    pub fn check_permit(
        &self,
        caller: &Caller,
        live: &Arc<Engine>,
        number: &str,
        country: CountryCode,
    ) -> Result<Checked, OfficeError> {
        let number = number.trim();
        let n = number.chars().count();
        if !(1..=MAX_FIELD_CHARS).contains(&n) || number.chars().any(char::is_control) {
            let why = format!("a number has 1 to MAX_FIELD_CHARS ({MAX_FIELD_CHARS}) characters");
            return Err(OfficeError::Wrong(vec![why]));
        }
        let mut checked = Checked {
            number: number.to_owned(),
            country,
            answer: ExchangeAnswer::NotChecked,
            checked_at: self.clock.now(),
            why: None,
            is_final: None,
            document: None,
            differs: None,
        };
        let seen = self.views.of(live, caller.clearance());
        let exchange = self.exchanges.iter().find(|exchange| exchange.country() == country);
        match exchange {
            None => checked.why = Some(format!("no exchange of {country} is set up here")),
            Some(_) if is_labelled(&seen, number) => checked.why = Some(LABELLED.to_owned()),
            Some(exchange) => match asked(&**exchange, number) {
                Err(Outage(why)) => checked.why = Some(why),
                Ok(None) => checked.answer = ExchangeAnswer::None,
                Ok(Some((bytes, is_final))) => found(seen.register(), &mut checked, &bytes, is_final),
            },
        }
        let label = checked.document.as_ref().map_or(Label::Amber, |document| document.handling.max(Label::Amber));
        let mut draft = self.says(&caller.reader.id, Kind::PermitChecked, &subject(number, country), &checked)?;
        draft.label = label;
        self.store.append(Batch::of(draft))?;
        Ok(checked)
    }

    /// What the exchange of a country said last about a permit; `None` = it was never asked.
    pub fn last_check(
        &self,
        caller: &Caller,
        number: &str,
        country: CountryCode,
    ) -> Result<Option<Checked>, OfficeError> {
        let seq = self.store.last_about(&subject(number.trim(), country))?;
        let entry = self
            .store
            .entries(seq.saturating_sub(1), 1)?
            .pop()
            .filter(|entry| seq > 0 && entry.seq == seq && entry.label <= caller.clearance());
        let Some(body) = entry.map(|entry| self.store.body(&entry.body)).transpose()?.flatten() else {
            return Ok(None);
        };
        let checked = serde_json::from_slice(&body.bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(Some(checked))
    }
}

/// What was sent, held against the register.
fn found(register: &Register, checked: &mut Checked, bytes: &[u8], is_final: bool) {
    let (read, _) = Register::from_epermits(bytes);
    let Some(document) = read.of_number(&checked.number).into_iter().next() else {
        checked.why = Some("what it sent is no certificate of that number".to_owned());
        return;
    };
    checked.answer = ExchangeAnswer::Found;
    checked.is_final = Some(is_final);
    let known = register.of_number(&checked.number);
    let same = known.iter().find(|own| own.kind == document.kind).or(known.first());
    checked.differs = same.map(|own| differing(own, &document));
    checked.document = Some(document);
}

/// The final certificate, else the one before the export; whether it is final.
fn asked(exchange: &dyn Exchange, number: &str) -> Result<Option<(Vec<u8>, bool)>, Outage> {
    exchange.state()?;
    if let Some(bytes) = exchange.final_certificate(number)? {
        return Ok(Some((bytes, true)));
    }
    Ok(exchange.non_final_certificate(number)?.map(|bytes| (bytes, false)))
}

/// Would the question tell what is held in confidence?
fn is_labelled(live: &Engine, number: &str) -> bool {
    let is_strict = |label: Label| label > Label::Amber;
    let of_register = live.register().of_number(number).iter().any(|document| is_strict(document.handling));
    let key =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect() };
    let own = key(number);
    let named = |label: Label, permits: &[String]| is_strict(label) && permits.iter().any(|permit| key(permit) == own);
    of_register || live.alerts().records().iter().any(|record| named(record.label(), &record.permits))
}

/// Fields in which two documents differ, by their names.
fn differing(own: &Document, other: &Document) -> Vec<String> {
    let fields = |document: &Document| serde_json::to_value(document).unwrap_or_default();
    let (own, other) = (fields(own), fields(other));
    // What one side does not say is no difference.
    let says = |value: &&serde_json::Value| !value.is_null();
    let (Some(own), Some(other)) = (own.as_object(), other.as_object()) else { return Vec::new() };
    let differs = |(name, value): &(&String, &serde_json::Value)| {
        let theirs = other.get(name.as_str()).filter(says);
        !["handling", "number"].contains(&name.as_str()) && says(value) && theirs.is_some_and(|theirs| theirs != *value)
    };
    own.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

fn subject(number: &str, country: CountryCode) -> String {
    let number: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    format!("check of {country} {number}")
}
