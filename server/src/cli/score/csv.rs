//! One line a bill for a spreadsheet.
//!
//! In: an [`Assessment`]. Out: the bytes of a CSV line (RFC 4180). What a spreadsheet would run as a formula is made text.
//! Columns may be added at the end, none is dropped or renamed.

use palisander_engine::Assessment;

use super::row;
use crate::cli::safe;

/// Names of the columns, the first line of the file.
pub const HEAD: [&str; 20] = [
    "lane",
    "lane_high",
    "score",
    "score_high",
    "bill_of_lading",
    "manifest",
    "ship",
    "imo",
    "voyage",
    "arrival",
    "arrives_on",
    "containers",
    "goods",
    "parties",
    "gross_mass_kg",
    "volume_m3",
    "reason",
    "settled_by",
    "handling",
    "assessment_id",
];

/// The line above all.
pub fn head() -> std::io::Result<Vec<u8>> {
    line(&HEAD.map(str::to_owned))
}

/// The line of one bill.
pub fn bill(assessment: &Assessment) -> std::io::Result<Vec<u8>> {
    let ship = &assessment.ship;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let figure = |figure: Option<f64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    let list = |parts: Vec<String>| parts.join("; ");
    let party = |party: &palisander_engine::answers::PartyNamed| {
        let country = party.country.map(|country| format!(" ({country})")).unwrap_or_default();
        format!("{} {}{country}", party.role, party.name)
    };
    line(&[
        assessment.lane.to_string(),
        assessment.lane_high.to_string(),
        assessment.score.to_string(),
        assessment.score_high.to_string(),
        assessment.consignment.clone(),
        assessment.manifest.clone(),
        text(&ship.name),
        text(&ship.imo),
        text(&ship.voyage),
        text(&ship.arrival),
        ship.arrives_on.map(|day| day.to_string()).unwrap_or_default(),
        list(assessment.containers.iter().map(row::container).collect()),
        list(assessment.goods.iter().map(row::item).collect()),
        list(assessment.parties.iter().map(party).collect()),
        figure(assessment.gross_mass_kg),
        figure(assessment.volume_m3),
        list(assessment.hits.iter().filter(|hit| hit.counts).map(row::cited).collect()),
        list(assessment.unverifiable.iter().map(|open| open.settled_by.clone()).collect()),
        row::handling(assessment).to_string(),
        assessment.assessment_id.clone(),
    ])
}

fn line(cells: &[String; HEAD.len()]) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| safe::cell(cell).into_owned()))?;
    writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
}
