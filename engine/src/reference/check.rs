//! Checks the tables against each other: keys, references, dates, cards.
//!
//! In: a [`DataSource`]. Out: every fault found, none of them fatal by itself. `palisander data check` and a test run it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::error::TableFault;
use super::fields::{genus_of, is_genus};
use super::load::{DataSource, list};
use super::references::{References, TABLES};
use super::{ReferenceError, forms};
use crate::codes::{CountryCode, Date};

/// What a card must say.
#[derive(Debug, Deserialize)]
struct Card {
    title: String,
    row: String,
    key: Vec<String>,
    edition: String,
    /// A text or a TOML date.
    date: toml::Value,
    /// Texts, or tables that name a source and say more.
    sources: Vec<toml::Value>,
    known_gaps: Option<toml::Value>,
    /// May be left out where nothing was corrected.
    #[serde(rename = "corrections")]
    _corrections: Option<toml::Value>,
    columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    /// Left out where a column has none.
    #[serde(rename = "unit", default)]
    _unit: String,
    #[serde(rename = "meaning")]
    _meaning: String,
}

/// A table as text, with its card.
struct Sheet {
    file: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    card: Card,
}

/// Every fault of every table.
pub fn check(source: &DataSource) -> Vec<TableFault> {
    let mut faults = Vec::new();
    let references = match References::load(source) {
        Ok(references) => references,
        Err(ReferenceError::Faults(found)) => return found,
        Err(ReferenceError::Unreadable { table, why }) => {
            return vec![TableFault { table, row: None, column: None, what: why }];
        }
    };
    for table in TABLES {
        match sheet(source, table) {
            Ok(Some(sheet)) => check_sheet(&sheet, &references, &mut faults),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    check_law(&references, &mut faults);
    faults
}

/// `None` when the table of names is not there yet.
fn sheet(source: &DataSource, table: &str) -> Result<Option<Sheet>, TableFault> {
    let (file, card_file) = (format!("{table}/{table}.csv"), format!("{table}/card.toml"));
    let whole = |table: &str, what: String| TableFault { table: table.into(), row: None, column: None, what };
    let Ok(bytes) = source.read(&file) else { return Ok(None) };
    let card = source.read(&card_file).map_err(|error| whole(&card_file, error.to_string()))?;
    let card = std::str::from_utf8(&card).map_err(|error| whole(&card_file, error.to_string()))?;
    let card: Card = toml::from_str(card).map_err(|error| whole(&card_file, error.message().to_owned()))?;
    if bytes.contains(&b'\r') {
        return Err(whole(&file, "line ends are not LF".into()));
    }
    let mut reader = csv::Reader::from_reader(bytes.as_ref());
    let headers = reader.headers().map_err(|error| whole(&file, error.to_string()))?;
    let headers = headers.iter().map(str::to_owned).collect();
    let rows = reader.records().flatten().map(|row| row.iter().map(str::to_owned).collect()).collect();
    Ok(Some(Sheet { file, headers, rows, card }))
}

fn check_sheet(sheet: &Sheet, references: &References, faults: &mut Vec<TableFault>) {
    check_card(sheet, faults);
    let mut keys: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for (n, row) in sheet.rows.iter().enumerate() {
        let line = n as u64 + 2;
        let cell = |name: &str| {
            let at = sheet.headers.iter().position(|header| header == name);
            at.and_then(|at| row.get(at)).map(String::as_str).unwrap_or_default()
        };
        let key: Vec<&str> = sheet.card.key.iter().map(|name| cell(name)).collect();
        if let Some(first) = keys.insert(key.clone(), n) {
            let what = format!("key {key:?} stands in row {} already", first + 2);
            faults.push(TableFault { table: sheet.file.clone(), row: Some(line), column: None, what });
        }
        for column in &sheet.card.columns {
            for what in check_cell(column, cell(&column.name), references) {
                let column = Some(column.name.clone());
                faults.push(TableFault { table: sheet.file.clone(), row: Some(line), column, what });
            }
        }
        let (from, to) = (cell("effective_from"), cell("effective_to"));
        if !from.is_empty() && !to.is_empty() && to < from {
            let what = format!("`{to}` is before `{from}`");
            faults.push(TableFault {
                table: sheet.file.clone(),
                row: Some(line),
                column: Some("effective_to".into()),
                what,
            });
        }
    }
}

fn check_card(sheet: &Sheet, faults: &mut Vec<TableFault>) {
    let mut fault = |what: String| faults.push(TableFault { table: sheet.file.clone(), row: None, column: None, what });
    let card = &sheet.card;
    if card.title.is_empty() || card.row.is_empty() || card.edition.is_empty() || card.sources.is_empty() {
        fault("the card lacks a title, a row meaning, an edition or sources".into());
    }
    let date =
        card.date.as_str().map(str::to_owned).or(card.date.as_datetime().map(ToString::to_string)).unwrap_or_default();
    if date.parse::<Date>().is_err() {
        fault(format!("the card's date `{date}` is not a date"));
    }
    if card.known_gaps.is_none() {
        fault("the card says nothing of known gaps".into());
    }
    let named: Vec<&str> = card.columns.iter().map(|column| column.name.as_str()).collect();
    if named != sheet.headers.iter().map(String::as_str).collect::<Vec<_>>() {
        fault(format!("the card names the columns {named:?}, the table has {:?}", sheet.headers));
    }
    if let Some(key) = card.key.iter().find(|key| !named.contains(&key.as_str())) {
        fault(format!("the key column `{key}` is not in the table"));
    }
}

/// What is wrong with a cell of a typed column.
fn check_cell(column: &Column, text: &str, references: &References) -> Vec<String> {
    let country = |text: &str| {
        let known = text.parse::<CountryCode>().is_ok_and(|code| references.countries.get(code).is_some());
        (!known).then(|| format!("`{text}` is not a country of the table"))
    };
    let taxon = |text: &str| (!taxon_known(text, references)).then(|| format!("`{text}` is not in the taxa table"));
    let form = |text: &str| text.parse::<forms::Form>().err().map(|error| error.to_string());
    match column.kind.as_str() {
        _ if text.is_empty() => Vec::new(),
        "country" => country(text).into_iter().collect(),
        "country list" => list(text).filter_map(country).collect(),
        "taxon" => taxon(text).into_iter().collect(),
        "taxon list" => list(text).filter(|text| !matches!(*text, "listed" | "any")).filter_map(taxon).collect(),
        "form list" => list(text).filter_map(form).collect(),
        "date" => text.parse::<Date>().err().map(|_| format!("`{text}` is not a date")).into_iter().collect(),
        "number" => text.parse::<f64>().err().map(|_| format!("`{text}` is not a number")).into_iter().collect(),
        "id" => {
            let known = references.instruments.rows().iter().any(|row| row.id == text);
            (!known).then(|| format!("`{text}` is not in the instruments table")).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A taxon is known when the taxa table has it, or (a genus) one of its species. Without the table nothing is checked.
fn taxon_known(text: &str, references: &References) -> bool {
    let taxa = &references.accepted_taxa;
    if taxa.is_empty() || taxa.contains(text) {
        return true;
    }
    is_genus(text) && (taxa.iter().any(|name| genus_of(name) == genus_of(text)) || OUTSIDE.contains(&genus_of(text)))
        || OUTSIDE.contains(&text)
}

/// Listed woods and case taxa that the taxa table of this engine need not hold.
const OUTSIDE: &[&str] = &[
    "Gonystylus",
    "Gyrinops",
    "Roseodendron",
    "Tabebuia",
    "Swietenia mahagoni",
    "Gyrinops walla",
    "Dalbergia hainanensis",
];

/// What no single table shows: annotations of listings exist on every day of the listing's life.
fn check_law(references: &References, faults: &mut Vec<TableFault>) {
    let mut missing: BTreeSet<(String, String)> = BTreeSet::new();
    for listing in references.listings.rows() {
        let Some(id) = &listing.annotation else { continue };
        for day in [Some(listing.effective_from), listing.effective_to].into_iter().flatten() {
            if references.annotations.on(id, day).is_none() {
                missing.insert((listing.id.clone(), format!("annotation {id} has no text on {day}")));
            }
        }
    }
    for (id, what) in missing {
        faults.push(TableFault {
            table: "listings/listings.csv".into(),
            row: None,
            column: None,
            what: format!("{id}: {what}"),
        });
    }
}
