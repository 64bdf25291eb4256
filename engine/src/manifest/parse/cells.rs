//! Cells of a workbook become rows of text, under limits.
//!
//! In: cells in the order of their rows. Out: a CSV, with the row numbers of the sheet; numbers plain, dates as ISO 8601. Each row
//! is written as soon as the next one begins, so that a million rows cost the bytes of their texts.

use calamine::{Data, DataRef, ExcelDateTime};

use super::super::fault::ManifestError;
use super::super::limits;

/// The rows of one sheet while they are read.
#[derive(Debug)]
pub(super) struct Cells {
    written: csv::Writer<Vec<u8>>,
    numbers: Vec<u32>,
    /// The row whose cells come in.
    open: Option<u64>,
    record: csv::ByteRecord,
    /// Cells of the widest row so far: rows below are filled up to it.
    width: usize,
}

impl Default for Cells {
    fn default() -> Self {
        let written = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        Self { written, numbers: Vec::new(), open: None, record: csv::ByteRecord::new(), width: 0 }
    }
}

impl Cells {
    /// Adds a cell; `row` counts from 1, `column` from 0, `left` bounds the bytes of all cells of the workbook.
    pub fn push(&mut self, row: u64, column: usize, text: &str, left: &mut usize) -> Result<(), ManifestError> {
        if text.is_empty() {
            return Ok(());
        }
        let over = |limit: usize, name: &'static str| ManifestError::TooLarge {
            what: format!("row {row} column {}", column + 1),
            limit,
            name,
        };
        if column >= limits::MAX_COLUMNS {
            return Err(over(limits::MAX_COLUMNS, "MAX_COLUMNS"));
        }
        if self.numbers.len() >= limits::MAX_ROWS {
            return Err(over(limits::MAX_ROWS, "MAX_ROWS"));
        }
        *left = left.checked_sub(text.len() + 8).ok_or(over(limits::MAX_TABLE_BYTES, "MAX_TABLE_BYTES"))?;
        if self.open != Some(row) {
            self.close()?;
            self.open = Some(row);
        }
        while self.record.len() < column {
            self.record.push_field(b"");
        }
        if self.record.len() == column {
            self.record.push_field(text.as_bytes());
        }
        Ok(())
    }

    /// Writes the row whose cells came in.
    fn close(&mut self) -> Result<(), ManifestError> {
        let Some(row) = self.open.take() else { return Ok(()) };
        self.width = self.width.max(self.record.len());
        while self.record.len() < self.width {
            self.record.push_field(b"");
        }
        self.written.write_byte_record(&self.record).map_err(|error| ManifestError::Io(error.to_string()))?;
        self.record.clear();
        self.numbers.push(u32::try_from(row).unwrap_or(u32::MAX));
        Ok(())
    }

    /// The rows as a CSV, and the number of each.
    pub fn finish(mut self) -> Result<(Vec<u8>, Vec<u32>), ManifestError> {
        self.close()?;
        let bytes = self.written.into_inner().map_err(|error| ManifestError::Io(error.to_string()))?;
        Ok((bytes, self.numbers))
    }
}

/// A number with its point. Three digits behind it get a zero more, so that nobody takes the point for a group mark.
fn plain(number: f64) -> String {
    let text = number.to_string();
    let is_like_a_group = text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 3);
    if is_like_a_group { format!("{text}0") } else { text }
}

fn moment(moment: ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return plain(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// A streamed cell as text.
pub(super) fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(when) => moment(*when),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A loaded cell as text.
pub(super) fn text_of(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(*number),
        Data::String(text) => text.trim().to_owned(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(when) => moment(*when),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}
