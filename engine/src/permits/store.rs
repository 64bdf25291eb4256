//! The compact form in which the register keeps documents.
//!
//! About 100 bytes a document and 48 a position, besides each distinct text once.

use std::collections::HashMap;

use super::document::{Document, Endorsement, PermitKind, Position, Status};
use crate::codes::{Appendix, CountryCode, Date};
use crate::label::Label;

/// A text that is kept once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// Stands where a document has no text.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Texts, each kept once.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    texts: Vec<Box<str>>,
    by_text: HashMap<Box<str>, Symbol>,
}

impl Texts {
    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        let text = text.trim();
        if text.is_empty() {
            return Symbol::NONE;
        }
        if let Some(symbol) = self.by_text.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.texts.len()).unwrap_or(u32::MAX - 1));
        self.texts.push(text.into());
        self.by_text.insert(text.into(), symbol);
        symbol
    }

    pub(super) fn get(&self, symbol: Symbol) -> Option<&str> {
        self.texts.get(symbol.index()).map(Box::as_ref)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Symbol, &str)> {
        self.texts.iter().enumerate().map(|(n, text)| (Symbol(u32::try_from(n).unwrap_or(u32::MAX)), text.as_ref()))
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }
}

/// Texts one after another in one buffer: numbers and stamps, which hardly repeat.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffer(String);

impl Buffer {
    pub(super) fn push(&mut self, text: &str) -> (u32, u8) {
        let text = text.trim();
        let end = text.char_indices().map(|(n, c)| n + c.len_utf8()).take_while(|n| *n <= 255).last().unwrap_or(0);
        let text = text.get(..end).unwrap_or_default();
        let at = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.push_str(text);
        (at, u8::try_from(text.len()).unwrap_or(0))
    }

    pub(super) fn get(&self, (at, length): (u32, u8)) -> &str {
        self.0.get(at as usize..at as usize + usize::from(length)).unwrap_or_default()
    }
}

/// Day counted from 1970-01-01; `NO_DAY` = none.
const NO_DAY: i32 = i32::MIN;

pub(super) fn to_day(date: Option<Date>) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.and_then(|date| (date - epoch).get_days().into()).unwrap_or(NO_DAY)
}

pub(super) fn from_day(day: i32) -> Option<Date> {
    use jiff::ToSpan;
    if day == NO_DAY {
        return None;
    }
    jiff::civil::date(1970, 1, 1).checked_add(i64::from(day).days()).ok()
}

/// One position, 48 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackedPosition {
    pub(super) taxon: Symbol,
    pub(super) term: Symbol,
    pub(super) unit: Symbol,
    pub(super) origin_permit: Symbol,
    pub(super) operation: Symbol,
    pub(super) origin: CountryCode,
    pub(super) appendix: Option<Appendix>,
    pub(super) source: u8,
    pub(super) quantity: f64,
    pub(super) endorsed_quantity: f64,
}

/// One document packed: numbers into the pools of texts and names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed {
    pub(super) number: (u32, u8),
    pub(super) stamp: (u32, u8),
    pub(super) transport: (u32, u8),
    pub(super) authority: Symbol,
    pub(super) exporter: Symbol,
    pub(super) importer: Symbol,
    pub(super) signatory: Symbol,
    pub(super) handling: Label,
    pub(super) issued_on: i32,
    pub(super) expires_on: i32,
    pub(super) extended_to: i32,
    pub(super) acquired_on: i32,
    pub(super) endorsed_on: i32,
    pub(super) endorsement: Endorsement,
    pub(super) issuing_country: CountryCode,
    pub(super) country_of_export: CountryCode,
    pub(super) country_of_destination: CountryCode,
    pub(super) kind: PermitKind,
    pub(super) status: Status,
    pub(super) purpose: u8,
    pub(super) retrospective: bool,
    pub(super) first_position: u32,
    pub(super) n_positions: u16,
}

/// All documents of a register, packed.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    pub(super) documents: Vec<Packed>,
    pub(super) positions: Vec<PackedPosition>,
    pub(super) names: Texts,
    pub(super) words: Texts,
    pub(super) numbers: Buffer,
}

fn letter(c: Option<char>) -> u8 {
    c.and_then(|c| u8::try_from(c).ok()).unwrap_or(0)
}

fn from_letter(byte: u8) -> Option<char> {
    (byte != 0).then_some(char::from(byte))
}

fn known(country: CountryCode) -> Option<CountryCode> {
    country.is_known().then_some(country)
}

impl Store {
    /// Adds a document and gives its place.
    pub(super) fn push(&mut self, document: &Document) -> u32 {
        let id = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        let first_position = u32::try_from(self.positions.len()).unwrap_or(u32::MAX);
        for position in &document.positions {
            self.positions.push(PackedPosition {
                taxon: self.words.intern(&position.taxon),
                term: self.words.intern(position.term.as_deref().unwrap_or_default()),
                unit: self.words.intern(position.unit.as_deref().unwrap_or_default()),
                origin_permit: self.words.intern(position.origin_permit.as_deref().unwrap_or_default()),
                origin: position.origin.unwrap_or(CountryCode::UNKNOWN),
                appendix: position.appendix,
                source: letter(position.source),
                operation: self.words.intern(position.operation.as_deref().unwrap_or_default()),
                quantity: position.quantity.unwrap_or(f64::NAN),
                endorsed_quantity: position.endorsed_quantity.unwrap_or(f64::NAN),
            });
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        self.documents.push(Packed {
            number: self.numbers.push(&document.number),
            stamp: self.numbers.push(&text(&document.security_stamp)),
            transport: self.numbers.push(&text(&document.transport_document)),
            authority: self.words.intern(&text(&document.issuing_authority)),
            exporter: self.names.intern(&text(&document.exporter)),
            importer: self.names.intern(&text(&document.importer)),
            signatory: self.words.intern(&text(&document.signatory)),
            handling: document.handling,
            issued_on: to_day(document.issued_on),
            expires_on: to_day(document.expires_on),
            extended_to: to_day(document.extended_to),
            acquired_on: to_day(document.acquired_on),
            endorsed_on: to_day(document.endorsed_on),
            endorsement: document.endorsement,
            issuing_country: document.issuing_country.unwrap_or(CountryCode::UNKNOWN),
            country_of_export: document.country_of_export.unwrap_or(CountryCode::UNKNOWN),
            country_of_destination: document.country_of_destination.unwrap_or(CountryCode::UNKNOWN),
            kind: document.kind,
            status: document.status,
            purpose: letter(document.purpose),
            retrospective: document.retrospective,
            first_position,
            n_positions: u16::try_from(document.positions.len()).unwrap_or(u16::MAX),
        });
        id
    }

    pub(super) fn packed(&self, id: u32) -> Option<&Packed> {
        self.documents.get(id as usize)
    }

    pub(super) fn positions_of(&self, packed: &Packed) -> &[PackedPosition] {
        let first = packed.first_position as usize;
        self.positions.get(first..first + usize::from(packed.n_positions)).unwrap_or_default()
    }

    /// The readable view of a document.
    pub(super) fn document(&self, id: u32) -> Option<Document> {
        let packed = self.packed(id)?;
        let word = |symbol: Symbol| self.words.get(symbol).map(str::to_owned);
        let name = |symbol: Symbol| self.names.get(symbol).map(str::to_owned);
        let text = |at| Some(self.numbers.get(at).to_owned()).filter(|text| !text.is_empty());
        Some(Document {
            number: self.numbers.get(packed.number).to_owned(),
            kind: packed.kind,
            issuing_authority: word(packed.authority),
            issuing_country: known(packed.issuing_country),
            issued_on: from_day(packed.issued_on),
            expires_on: from_day(packed.expires_on),
            extended_to: from_day(packed.extended_to),
            acquired_on: from_day(packed.acquired_on),
            endorsed_on: from_day(packed.endorsed_on),
            endorsement: packed.endorsement,
            exporter: name(packed.exporter),
            importer: name(packed.importer),
            country_of_export: known(packed.country_of_export),
            country_of_destination: known(packed.country_of_destination),
            purpose: from_letter(packed.purpose),
            security_stamp: text(packed.stamp),
            transport_document: text(packed.transport),
            signatory: word(packed.signatory),
            retrospective: packed.retrospective,
            status: packed.status,
            handling: packed.handling,
            positions: self
                .positions_of(packed)
                .iter()
                .map(|position| Position {
                    taxon: word(position.taxon).unwrap_or_default(),
                    appendix: position.appendix,
                    source: from_letter(position.source),
                    term: word(position.term),
                    quantity: Some(position.quantity).filter(|quantity| quantity.is_finite()),
                    unit: word(position.unit),
                    origin: known(position.origin),
                    origin_permit: word(position.origin_permit),
                    operation: word(position.operation),
                    endorsed_quantity: Some(position.endorsed_quantity).filter(|quantity| quantity.is_finite()),
                })
                .collect(),
        })
    }
}
