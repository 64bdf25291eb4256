//! Library and directories as records of the same index: guides, messages, tools, focal points, laboratories.
//!
//! In: datasets/library. Out: records that are found by search and never take part in scoring. An entry that was not
//! confirmed for 12 months is due; an audit that has run out counts as minimum quality.

use serde::Deserialize;

use super::record::{AlertRecord, RecordCountry};
use crate::codes::Date;
use crate::label::Label;
use crate::reference::{DataSource, ReferenceError, list};

/// Months after which an entry of a directory is asked for again.
pub const MONTHS_BETWEEN_CHECKS: i64 = 12;

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    kind: String,
    title: String,
    text: String,
    language: String,
    countries: String,
    taxa: String,
    topics: String,
    languages: String,
    quality: String,
    quality_until: Option<Date>,
    foreign_cases: String,
    channel: String,
    access: String,
    published_on: Option<Date>,
    verified_on: Option<Date>,
    invented: String,
    source: String,
}

/// The entries of the library.
pub fn library_records(source: &DataSource) -> Result<Vec<AlertRecord>, ReferenceError> {
    let table = source.table::<Row>("library")?;
    if !table.faults.is_empty() {
        return Err(ReferenceError::Faults(table.faults));
    }
    Ok(table.rows.into_iter().map(|(_, row)| record(row)).collect())
}

fn record(row: Row) -> AlertRecord {
    let mut topics: Vec<String> = list(&row.topics).map(str::to_owned).collect();
    topics.extend(list(&row.languages).map(|language| format!("in {language}")));
    if !row.quality.is_empty() {
        topics.push(format!("quality {}", row.quality.replace('_', " ")));
    }
    if row.foreign_cases == "yes" {
        topics.push("takes foreign cases".to_owned());
    }
    let due = row.verified_on.and_then(|day| day.checked_add(jiff::Span::new().months(MONTHS_BETWEEN_CHECKS)).ok());
    let countries = list(&row.countries).filter_map(|code| code.parse().ok());
    AlertRecord {
        id: row.id,
        kind: row.kind,
        title: row.title,
        text: row.text,
        language: Some(row.language).filter(|code| !code.is_empty()),
        published_on: row.published_on,
        countries: countries.map(|code| RecordCountry { code, role: String::new() }).collect(),
        taxa: list(&row.taxa).map(str::to_owned).collect(),
        topics,
        address: Some(row.channel).filter(|channel| !channel.is_empty()),
        review_by: [due, row.quality_until].into_iter().flatten().min(),
        handling: Some(if row.access == "restricted" { Label::Amber } else { Label::Clear }),
        status: Some("in_force".to_owned()),
        source: Some(row.source),
        invented: row.invented == "yes",
        ..AlertRecord::default()
    }
}

/// Records that somebody must look at again: the day of review has passed, or they end within `days`.
pub fn due(records: &[AlertRecord], day: Date, days: i32) -> Vec<(&AlertRecord, &'static str)> {
    let soon = day.checked_add(jiff::Span::new().days(days)).unwrap_or(day);
    let mut due: Vec<(&AlertRecord, &'static str)> = Vec::new();
    for record in records {
        if record.review_by.is_some_and(|review| review <= day) {
            due.push((record, "its day of review has passed"));
        } else if record.acts_on(day) && record.effective_to.is_some_and(|end| end <= soon) {
            due.push((record, "it ends soon"));
        }
    }
    due.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    due
}
