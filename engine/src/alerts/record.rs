//! One record: a Notification, an alert, an operation, a seizure report, a library document.
//!
//! In: the shipped Notifications and measures, and NDJSON of outside records. Out: [`AlertRecord`]s, and every line that
//! did not fit with its place. A record counts on a day when it is published and effective on it, and not withdrawn.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::codes::{CountryCode, Date, Period};
use crate::label::Label;
use crate::reference::{Graded, MeasureKind, References};
use crate::text::lines::{Line, Lines};

/// Lines of one alert file: a busy national feed has some 100,000 records.
pub const MAX_RECORDS: usize = 2_000_000;
/// Bytes of one record.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

/// A country with the role in which the record names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCountry {
    pub code: CountryCode,
    /// `origin`, `export`, `transit`, `destination`, or empty for any.
    #[serde(default)]
    pub role: String,
}

/// A vessel that the record speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordVessel {
    pub name: Option<String>,
    pub imo: Option<String>,
}

/// One record, with the fields of the alert file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertRecord {
    /// Id, unique in its file.
    pub id: String,
    /// Number as cited.
    pub number: Option<String>,
    /// `notification`, `alert`, `suspension`, `operation`, `seizure`, `library` …
    pub kind: String,
    pub title: String,
    pub text: String,
    /// ISO 639-1 language of the text.
    pub language: Option<String>,
    /// Day of publication; nobody could know it before.
    pub published_on: Option<Date>,
    /// First day it acts.
    pub effective_from: Option<Date>,
    /// Last day it acts.
    pub effective_to: Option<Date>,
    /// Who issued it.
    pub issuing_body: Option<String>,
    pub countries: Vec<RecordCountry>,
    /// Species or `Genus spp.`.
    pub taxa: Vec<String>,
    /// What it asks for.
    pub measure: Option<String>,
    /// Authorities, signatories or officials it warns of.
    pub issuers: Vec<Value>,
    pub parties: Vec<Value>,
    pub vessels: Vec<RecordVessel>,
    pub containers: Vec<String>,
    pub permits: Vec<String>,
    /// Grading of source and content as its scheme writes it, such as `B2`.
    pub reliability: Option<String>,
    /// The scheme, as `datasets/gradings` names it; the Admiralty code without a word.
    pub grading_scheme: Option<String>,
    /// What the grade says by the table. No part of the record: the engine fills it in.
    #[serde(skip)]
    pub graded: Graded,
    /// Who may see it, where the record says so.
    pub handling: Option<Label>,
    /// `in_force`, `superseded`, `withdrawn`.
    pub status: Option<String>,
    /// What stands in its place.
    pub superseded_by: Option<String>,
    /// Day it was withdrawn.
    pub withdrawn_on: Option<Date>,
    /// Records that this one repeats.
    pub derived_from: Option<Value>,
    /// What the papers called the goods.
    pub declared_as: Option<String>,
    /// Form of the goods.
    pub form: Option<String>,
    /// What a library record or a directory entry is about.
    pub topics: Vec<String>,
    /// Where a library record lies, or how a directory entry is reached.
    pub address: Option<String>,
    /// Day on which somebody must look at it again.
    pub review_by: Option<Date>,
    /// Where it was read.
    pub source: Option<String>,
    /// An invented record for trying things out; never shown as a fact.
    pub invented: bool,
}

impl AlertRecord {
    /// Published by the day, in force on it, and not withdrawn by it.
    pub fn acts_on(&self, day: Date) -> bool {
        self.known_on(day) && Period { from: self.effective_from, to: self.effective_to }.contains(day)
    }

    /// Published by the day and not withdrawn by it.
    pub fn known_on(&self, day: Date) -> bool {
        self.published_on.is_none_or(|published| published <= day)
            && self.withdrawn_on.is_none_or(|withdrawn| withdrawn > day)
            && (self.withdrawn_on.is_some() || self.status.as_deref() != Some("withdrawn"))
    }

    /// A suspension, quota or ban without woods holds for all species of its countries. A Notification of that kind acts
    /// through the table of measures.
    pub fn is_for_all_species(&self) -> bool {
        let bars =
            |word: &str| matches!(word, "suspension" | "zero_quota" | "quota" | "export_ban" | "import_ban" | "ban");
        self.taxa.is_empty()
            && self.parties.is_empty()
            && self.vessels.is_empty()
            && self.containers.is_empty()
            && self.permits.is_empty()
            && self.issuers.is_empty()
            && self.kind != "notification"
            && (bars(&self.kind) || self.measure.as_deref().is_some_and(bars))
    }

    /// Makes it fit the tables: names of taxa that they accept, and what its grade says; whether that could be read.
    pub(crate) fn fit(&mut self, references: &References) -> bool {
        for taxon in &mut self.taxa {
            *taxon = references.accepted_name(taxon);
        }
        let grade = self.reliability.as_deref().unwrap_or_default();
        let graded = references.gradings.graded(self.grading_scheme.as_deref(), grade);
        self.graded = graded.unwrap_or_default();
        graded.is_some()
    }

    /// Who may see it: RED where it does not say.
    pub fn label(&self) -> Label {
        self.handling.unwrap_or(Label::OF_INFORMATION)
    }

    /// How it is cited.
    pub fn citation(&self) -> &str {
        self.number.as_deref().filter(|number| !number.is_empty()).unwrap_or(&self.id)
    }

    /// Names in a list whose entries are texts or objects with `name`.
    pub fn names(list: &[Value]) -> impl Iterator<Item = &str> {
        list.iter().filter_map(|entry| entry.as_str().or_else(|| entry.get("name").and_then(Value::as_str)))
    }

    /// Countries where its goods come from or pass; none where it does not say where they come from.
    pub fn way(&self) -> Vec<CountryCode> {
        if !self.countries.iter().any(|country| is_source(&country.role)) {
            return Vec::new();
        }
        self.countries.iter().filter(|country| !is_end(&country.role)).map(|country| country.code).collect()
    }

    /// What it says once, however often it is repeated: the record it derives from, else itself.
    pub fn origin(&self) -> &str {
        let derived = self.derived_from.as_ref();
        let first = derived.and_then(|d| d.as_str().or_else(|| d.get(0).and_then(Value::as_str)));
        first.filter(|origin| !origin.is_empty()).unwrap_or(&self.id)
    }
}

/// The role of a country where goods come from.
pub(crate) fn is_source(role: &str) -> bool {
    matches!(role, "origin" | "export" | "exporter" | "consignor")
}

/// The role of a country where goods go.
pub(crate) fn is_end(role: &str) -> bool {
    matches!(role, "destination" | "import" | "importer")
}

/// A line that is no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordFault {
    /// Line, from 1.
    pub line: u64,
    /// What is wrong.
    pub what: Cow<'static, str>,
    /// The line was left out; otherwise it acts.
    pub rejected: bool,
}

/// Faults of one file that say what is wrong; the rest are counted, so that a file of nothing else costs no more than its
/// own size some times.
const MAX_FAULTS_TOLD: usize = 1_000;
/// What the rest say.
const NOT_TOLD: &str = "as others before it; only the first faults of a file are told";

impl RecordFault {
    /// A line that was left out.
    pub(super) fn rejected(line: u64, what: impl Into<Cow<'static, str>>) -> Self {
        Self { line, what: what.into(), rejected: true }
    }

    /// A line that acts, although something is wrong with it.
    pub(super) fn doubted(line: u64, what: impl Into<Cow<'static, str>>) -> Self {
        Self { line, what: what.into(), rejected: false }
    }

    /// The same among those of a file, where only the first say what is wrong.
    pub(super) fn among(self, faults: &[Self]) -> Self {
        if faults.len() < MAX_FAULTS_TOLD { self } else { Self { what: NOT_TOLD.into(), ..self } }
    }
}

/// Reads NDJSON. Every bad line is reported; the good ones are kept. The last of equal ids counts.
pub fn read_records(bytes: &[u8]) -> (Vec<AlertRecord>, Vec<RecordFault>) {
    let mut records: Vec<AlertRecord> = Vec::new();
    let mut faults: Vec<RecordFault> = Vec::new();
    let mut told = |fault: RecordFault| {
        let fault = fault.among(&faults);
        faults.push(fault);
    };
    let mut by_id = std::collections::HashMap::new();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for line in Lines::new(bytes, MAX_RECORD_BYTES) {
        let (n, text) = match line {
            Line::Text(n, text) => (n, text),
            Line::TooLong(n) => {
                told(RecordFault::rejected(n, format!("over MAX_RECORD_BYTES ({MAX_RECORD_BYTES})")));
                continue;
            }
            Line::Failed(n, error) => {
                told(RecordFault::rejected(n, error.to_string()));
                break;
            }
        };
        if records.len() >= MAX_RECORDS {
            told(RecordFault::rejected(n, format!("over MAX_RECORDS ({MAX_RECORDS})")));
            continue;
        }
        if let Some(what) = label_fault(&text) {
            told(RecordFault::doubted(n, what));
        }
        match record(&text) {
            Ok(record) => match by_id.get(&record.id).copied().and_then(|at: usize| records.get_mut(at)) {
                Some(earlier) => {
                    let what = format!("id `{}` stands twice; the later one counts", record.id);
                    told(RecordFault::doubted(n, what));
                    *earlier = record;
                }
                None => {
                    by_id.insert(record.id.clone(), records.len());
                    records.push(record);
                }
            },
            Err(what) => told(RecordFault::rejected(n, what)),
        }
    }
    // The order of rows is nothing: what ties is told by id.
    records.sort_by(|a, b| a.id.cmp(&b.id));
    (records, faults)
}

/// A label that cannot be read counts as RED, and is told.
fn label_fault(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Labelled<'a> {
        #[serde(borrow)]
        handling: Option<Cow<'a, str>>,
    }
    let labelled: Labelled<'_> = serde_json::from_slice(line).ok()?;
    Label::fault(labelled.handling.as_deref())
}

/// One record; also the short form with `taxon`, `country`, `valid_from` and `valid_to` (days as dd/mm/yyyy).
fn record(line: &[u8]) -> Result<AlertRecord, String> {
    let mut value: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let object = value.as_object_mut().ok_or("not an object")?;
    for day in ["published_on", "effective_from", "effective_to", "withdrawn_on", "valid_from", "valid_to"] {
        if let Some(Value::String(text)) = object.get_mut(day) {
            *text = iso_day(text);
        }
        if object.get(day).is_some_and(|day| day.as_str() == Some("")) {
            object.remove(day);
        }
    }
    for (short, long) in [("valid_from", "effective_from"), ("valid_to", "effective_to")] {
        if let Some(day) = object.remove(short) {
            object.entry(long).or_insert(day);
        }
    }
    if let Some(Value::String(taxon)) = object.remove("taxon") {
        object.entry("taxa").or_insert_with(|| Value::Array(vec![Value::String(taxon)]));
    }
    if let Some(countries) = short_countries(object) {
        object.entry("countries").or_insert(countries);
    }
    if let Some(Value::String(day)) = object.remove("date")
        && let Some(day) = surely_known_on(&day)
    {
        object.entry("published_on").or_insert(Value::String(day.to_string()));
    }
    if let Some(Value::Array(countries)) = object.get_mut("countries") {
        for country in countries.iter_mut().filter(|country| country.is_string()) {
            *country = serde_json::json!({ "code": country.take(), "role": "" });
        }
    }
    object.retain(|_, value| !value.is_null());
    known_fields(object)?;
    let record: AlertRecord = serde_json::from_value(value).map_err(|error| error.to_string())?;
    if record.id.trim().is_empty() { Err("there is no id".to_owned()) } else { Ok(record) }
}

/// Fields of a record, and those of the short form that are read before.
const FIELDS: &[&str] = &[
    "id",
    "number",
    "kind",
    "title",
    "text",
    "language",
    "published_on",
    "effective_from",
    "effective_to",
    "issuing_body",
    "countries",
    "taxa",
    "measure",
    "issuers",
    "parties",
    "vessels",
    "containers",
    "permits",
    "reliability",
    "grading_scheme",
    "handling",
    "status",
    "superseded_by",
    "withdrawn_on",
    "derived_from",
    "declared_as",
    "form",
    "topics",
    "address",
    "review_by",
    "source",
    "invented",
];
/// Fields of the short form that say nothing which a consignment could meet.
const UNUSED: &[&str] = &["rank", "kg", "note"];
/// Fields of the objects in `countries` and `vessels`.
const COUNTRY_FIELDS: &[&str] = &["code", "role"];
const VESSEL_FIELDS: &[&str] = &["name", "imo"];

/// A record with a field that nobody reads would act without what it says: it is refused, with the field that was meant.
fn known_fields(object: &mut serde_json::Map<String, Value>) -> Result<(), String> {
    object.retain(|field, _| !UNUSED.contains(&field.as_str()));
    check_fields(object.keys(), FIELDS)?;
    for (list, known) in [("countries", COUNTRY_FIELDS), ("vessels", VESSEL_FIELDS)] {
        let entries = object.get(list).and_then(Value::as_array).into_iter().flatten();
        for entry in entries.filter_map(Value::as_object) {
            check_fields(entry.keys(), known).map_err(|what| format!("`{list}`: {what}"))?;
        }
    }
    Ok(())
}

fn check_fields<'a>(mut fields: impl Iterator<Item = &'a String>, known: &[&str]) -> Result<(), String> {
    let Some(field) = fields.find(|field| !known.contains(&field.as_str())) else { return Ok(()) };
    let likeness = |name: &str| strsim::jaro_winkler(&field.to_lowercase(), name);
    let best = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    Err(match best.filter(|name| likeness(name) >= DID_YOU_MEAN) {
        Some(name) => format!("`{field}` is no field of a record; did you mean `{name}`?"),
        None => format!("`{field}` is no field of a record"),
    })
}

/// Likeness from which a field is offered for another.
const DID_YOU_MEAN: f64 = 0.75;

/// `country`, `via` and `destination` of the short form. Where the way is told, the country is where it began.
fn short_countries(object: &mut serde_json::Map<String, Value>) -> Option<Value> {
    let mut code = |field: &str| match object.remove(field) {
        Some(Value::String(code)) if !code.is_empty() => Some(code),
        _ => None,
    };
    let (country, via, destination) = (code("country"), code("via"), code("destination"));
    let role = if via.is_some() || destination.is_some() { "export" } else { "" };
    let parts = [(country, role), (via, "transit"), (destination, "destination")];
    let countries: Vec<Value> =
        parts.into_iter().filter_map(|(code, role)| Some(serde_json::json!({ "code": code?, "role": role }))).collect();
    (!countries.is_empty()).then_some(Value::Array(countries))
}

/// The first day on which what happened on `2015-07-10`, in `2015-07` or in `2015` was surely known.
fn surely_known_on(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year: i16 = parts.next()?.parse().ok()?;
    let month: Option<i8> = parts.next().and_then(|month| month.parse().ok());
    let day: Option<i8> = parts.next().and_then(|day| day.parse().ok());
    match (month, day) {
        (Some(month), Some(day)) => Date::new(year, month, day).ok(),
        (Some(month), None) => Date::new(year, month, 1).ok().map(Date::last_of_month),
        (None, _) => Date::new(year, 12, 31).ok(),
    }
}

/// `31/12/2019` as `2019-12-31`; anything else as it is.
fn iso_day(text: &str) -> String {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.trim().to_owned(),
    }
}

/// The Notifications and measures that ship with the data, as records.
pub fn shipped_records(references: &References) -> Vec<AlertRecord> {
    let mut records = Vec::new();
    for notification in references.instruments.notifications() {
        let measures: Vec<_> =
            references.measures.rows().iter().filter(|measure| measure.instrument == notification.id).collect();
        let kinds: Vec<&str> = measures.iter().map(|measure| measure.kind.as_str()).collect();
        records.push(AlertRecord {
            id: notification.id.clone(),
            number: notification.number.clone(),
            kind: "notification".to_owned(),
            title: notification.title.clone(),
            text: notification.summary.clone(),
            language: Some("en".to_owned()),
            published_on: Some(notification.published_on),
            effective_from: measures.iter().map(|measure| measure.effective_from).min(),
            effective_to: latest_end(&measures),
            issuing_body: Some(notification.issuing_body.clone()),
            countries: notification
                .countries
                .iter()
                .map(|code| RecordCountry { code: *code, role: String::new() })
                .collect(),
            taxa: notification.taxa.clone(),
            measure: kinds.first().map(|kind| (*kind).to_owned()),
            status: Some(notification.status.clone()),
            superseded_by: notification.superseded_by.clone(),
            // It acted until its measures ended; "withdrawn" is how it stands today.
            withdrawn_on: latest_end(&measures)
                .filter(|_| notification.status == "withdrawn")
                .and_then(|end| end.tomorrow().ok()),
            reliability: Some("A1".to_owned()),
            handling: Some(Label::Clear),
            source: Some(notification.source.clone()),
            ..AlertRecord::default()
        });
    }
    records
}

/// The last end; an open one is none.
fn latest_end(measures: &[&crate::reference::Measure]) -> Option<Date> {
    let guidance_only = measures.iter().all(|measure| measure.kind == MeasureKind::Guidance);
    if measures.is_empty() || guidance_only {
        return None;
    }
    let ends: Option<Vec<Date>> = measures.iter().map(|measure| measure.effective_to).collect();
    ends.and_then(|ends| ends.into_iter().max())
}
