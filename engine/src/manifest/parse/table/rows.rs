//! Rows of one table, kept as text with the place of each row: a table of a million rows costs its bytes and eight more
//! for each row, and any row can be read again.
//!
//! In: a CSV as it is, or a workbook written as one. Out: records by index.

use csv::ByteRecord;

use super::super::super::fault::ManifestError;
use super::super::super::limits;

/// Fields and bytes of one record, reused from row to row.
#[derive(Debug, Default)]
pub(in super::super) struct Scratch {
    /// Made once: its table of transitions costs more than a row.
    reader: Option<csv_core::Reader>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// Reads a table's rows from text, one by one, borrowing.
#[derive(Debug)]
pub(in super::super) struct Rows {
    bytes: Vec<u8>,
    /// Where each row begins, and where the last one ends.
    starts: Vec<usize>,
    /// Row numbers as the file counts them; empty = from 1 on.
    numbers: Vec<u32>,
    delimiter: u8,
}

impl Rows {
    /// Rows of a CSV; empty lines are none.
    pub fn of_csv(bytes: Vec<u8>, delimiter: u8) -> Result<Self, ManifestError> {
        let mut rows = Self { bytes, starts: Vec::new(), numbers: Vec::new(), delimiter };
        let mut scratch = Scratch::default();
        let mut at = 0;
        while let Some(read) = rows.scan(at, &mut scratch) {
            if scratch.ends.len() > limits::MAX_COLUMNS {
                let what = format!("row {} with {} columns", rows.starts.len() + 1, scratch.ends.len());
                return Err(ManifestError::TooLarge { what, limit: limits::MAX_COLUMNS, name: "MAX_COLUMNS" });
            }
            rows.starts.push(at);
            at += read;
        }
        rows.starts.push(at);
        Ok(rows)
    }

    /// Rows of a workbook: numbers as in the sheet, cells as text.
    pub fn of_cells(cells: Vec<(u64, ByteRecord)>) -> Result<Self, ManifestError> {
        let io = |error: csv::Error| ManifestError::Io(error.to_string());
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut numbers = Vec::with_capacity(cells.len());
        for (number, record) in &cells {
            writer.write_byte_record(record).map_err(io)?;
            numbers.push(u32::try_from(*number).unwrap_or(u32::MAX));
        }
        let bytes = writer.into_inner().map_err(|error| ManifestError::Io(error.to_string()))?;
        Ok(Self { numbers, ..Self::of_csv(bytes, b',')? })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of row `n` as the file counts it.
    pub fn number(&self, n: usize) -> u64 {
        self.numbers.get(n).map_or(n as u64 + 1, |number| u64::from(*number))
    }

    /// Reads row `n` into `record`.
    pub fn read(&self, n: usize, scratch: &mut Scratch, record: &mut ByteRecord) {
        record.clear();
        let Some(at) = self.starts.get(n).filter(|_| n < self.len()) else { return };
        if self.scan(*at, scratch).is_none() {
            return;
        }
        let mut from = 0;
        for to in &scratch.ends {
            record.push_field(scratch.text.get(from..*to).unwrap_or_default());
            from = *to;
        }
    }

    /// Row `n` on its own.
    pub fn get(&self, n: usize) -> ByteRecord {
        let (mut scratch, mut record) = (Scratch::default(), ByteRecord::new());
        self.read(n, &mut scratch, &mut record);
        record
    }

    /// Row number of a record that runs over more lines than any honest cell: a quote that is never closed.
    pub fn unclosed(&self) -> Option<u64> {
        let last = self.len().checked_sub(1)?;
        let (from, to) = (self.starts.get(last)?, self.starts.get(last + 1)?);
        let text = self.bytes.get(*from..*to)?;
        let quotes = text.iter().filter(|byte| **byte == b'"').count();
        (quotes % 2 == 1).then(|| self.number(last))
    }

    /// Reads the record at `at`; gives the bytes that it took, `None` at the end.
    fn scan(&self, at: usize, scratch: &mut Scratch) -> Option<usize> {
        let delimiter = self.delimiter;
        let make = || csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let reader = scratch.reader.get_or_insert_with(make);
        reader.reset();
        let mut input = self.bytes.get(at..)?;
        scratch.text.resize(scratch.text.capacity().max(1 << 10), 0);
        scratch.ends.resize(scratch.ends.capacity().max(64), 0);
        let (mut taken, mut written, mut fields) = (0, 0, 0);
        loop {
            let text = scratch.text.get_mut(written..)?;
            let ends = scratch.ends.get_mut(fields..)?;
            let (result, n_in, n_out, n_ends) = reader.read_record(input, text, ends);
            taken += n_in;
            written += n_out;
            fields += n_ends;
            input = input.get(n_in..)?;
            match result {
                csv_core::ReadRecordResult::OutputFull => {
                    let more = scratch.text.len() * 2;
                    scratch.text.resize(more, 0);
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    let more = scratch.ends.len() * 2;
                    scratch.ends.resize(more, 0);
                }
                // The last record may end without a line break: an empty input says so.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return None,
            }
        }
        scratch.text.truncate(written);
        scratch.ends.truncate(fields);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_often_as_it_is_asked_for() {
        let bytes = b"a,b\n\"x\ny\",2\n\nlast,\"say \"\"it\"\"\"".to_vec();
        let rows = Rows::of_csv(bytes, b',').unwrap();
        assert_eq!(rows.len(), 3);
        for _ in 0..2 {
            assert_eq!(rows.get(1), ByteRecord::from(vec!["x\ny", "2"]));
            assert_eq!(rows.get(2), ByteRecord::from(vec!["last", "say \"it\""]));
        }
        assert_eq!(rows.get(7).len(), 0);
        let cells = vec![(3, ByteRecord::from(vec!["é;", ""])), (9, ByteRecord::from(vec!["1"]))];
        let rows = Rows::of_cells(cells.clone()).unwrap();
        assert_eq!((rows.number(0), rows.get(0)), (3, cells[0].1.clone()));
        assert_eq!((rows.number(1), rows.get(1)), (9, cells[1].1.clone()));
        let many = vec!["1"; 3_000].join(",");
        assert!(matches!(
            Rows::of_csv(many.into_bytes(), b','),
            Err(ManifestError::TooLarge { name: "MAX_COLUMNS", .. })
        ));
    }
}
