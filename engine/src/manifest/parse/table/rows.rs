//! Rows of one table, kept as text with the place of each row: a table of a million rows costs its bytes and eight more
//! for each row, and any row can be read again.
//!
//! In: a CSV as it is, or a workbook written as one. Out: records by index.

use csv::ByteRecord;

use super::super::super::fault::ManifestError;
use super::super::super::limits;

/// Lines that one quoted cell may run over. A quotation mark that is not closed by then is none.
const MAX_CELL_LINES: usize = 64;

/// Rows with a wrong quotation mark that are looked into. After them every mark is read as a letter, and its row said.
const MAX_BROKEN: usize = 1_000;

/// Fields and bytes of one record, reused from row to row.
#[derive(Debug, Default)]
pub(in super::super) struct Scratch {
    /// Made once each, with quotation marks and without: their table of transitions costs more than a row.
    readers: [Option<csv_core::Reader>; 2],
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
    /// Rows whose quotation marks go wrong: they are read as letters. In order.
    broken: Vec<u32>,
    /// Bytes that an open quotation mark would have taken, from and to: rows that begin in them may be parted wrongly.
    in_doubt: Vec<(usize, usize)>,
    delimiter: u8,
}

impl Rows {
    /// Rows of a CSV; empty lines are none.
    pub fn of_csv(bytes: Vec<u8>, delimiter: u8) -> Result<Self, ManifestError> {
        let mut rows = Self {
            bytes,
            starts: Vec::new(),
            numbers: Vec::new(),
            broken: Vec::new(),
            in_doubt: Vec::new(),
            delimiter,
        };
        let mut scratch = Scratch::default();
        let (mut at, mut width) = (0, None);
        while let Some((read, broken)) = rows.next_record(at, width, &mut scratch) {
            if scratch.ends.len() > limits::MAX_COLUMNS {
                let what = format!("row {} with {} columns", rows.starts.len() + 1, scratch.ends.len());
                return Err(ManifestError::TooLarge { what, limit: limits::MAX_COLUMNS, name: "MAX_COLUMNS" });
            }
            if let Some(end) = broken {
                rows.broken.push(u32::try_from(rows.starts.len()).unwrap_or(u32::MAX));
                rows.in_doubt.push((at, end));
            } else {
                width = Some(scratch.ends.len());
            }
            rows.starts.push(at);
            at += read;
        }
        rows.starts.push(at);
        Ok(rows)
    }

    /// Rows of a workbook, written as a CSV; numbers as in the sheet.
    pub fn of_sheet(bytes: Vec<u8>, numbers: Vec<u32>) -> Result<Self, ManifestError> {
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

    /// Index of the row that the file counts as `number`.
    pub fn index_of(&self, number: u64) -> Option<usize> {
        if self.numbers.is_empty() {
            return usize::try_from(number).ok()?.checked_sub(1).filter(|n| *n < self.len());
        }
        self.numbers.binary_search(&u32::try_from(number).ok()?).ok()
    }

    /// Reads row `n` into `record`.
    pub fn read(&self, n: usize, scratch: &mut Scratch, record: &mut ByteRecord) {
        record.clear();
        let (Some(from), Some(to)) = (self.starts.get(n), self.starts.get(n + 1)) else { return };
        if self.plain(*from, *to, |cell| record.push_field(cell)).is_some() {
            return;
        }
        record.clear();
        let is_broken = u32::try_from(n).is_ok_and(|n| self.broken.binary_search(&n).is_ok());
        if self.scan(*from, *to, !is_broken, scratch).is_none() {
            return;
        }
        let mut from = 0;
        for to in &scratch.ends {
            record.push_field(scratch.text.get(from..*to).unwrap_or_default());
            from = *to;
        }
    }

    /// The first rows, at most `n` of them.
    pub fn first(&self, n: usize) -> Vec<ByteRecord> {
        let mut scratch = Scratch::default();
        let mut record = |n| {
            let mut record = ByteRecord::new();
            self.read(n, &mut scratch, &mut record);
            record
        };
        (0..self.len().min(n)).map(&mut record).collect()
    }

    /// Row `n` on its own. Rows that are read one after the other share a [`Scratch`], which costs more than they do.
    pub fn get(&self, n: usize) -> ByteRecord {
        let (mut scratch, mut record) = (Scratch::default(), ByteRecord::new());
        self.read(n, &mut scratch, &mut record);
        record
    }

    /// Numbers of the rows whose quotation marks go wrong.
    pub fn unclosed(&self) -> impl Iterator<Item = u64> + '_ {
        self.broken.iter().map(|n| self.number(*n as usize))
    }

    /// Shows the cells of a row of one line whose quotation marks stand around whole cells and nowhere else, as in nearly every
    /// row; gives how many there are. `None` where it is not so, whatever was shown by then, and where only line breaks are left.
    fn plain<'r>(&'r self, from: usize, to: usize, mut see: impl FnMut(&'r [u8])) -> Option<usize> {
        let row = self.bytes.get(from..to)?;
        let start = row.iter().position(|byte| !is_break(byte))?;
        let end = row.iter().rposition(|byte| !is_break(byte))? + 1;
        let mut rest = row.get(start..end)?;
        if memchr::memchr2(b'\n', b'\r', rest).is_some() {
            return None;
        }
        let mut n = 0;
        loop {
            let quoted = rest.strip_prefix(b"\"");
            let (cell, behind) = match quoted {
                Some(inside) => inside.split_at_checked(memchr::memchr(b'"', inside)?)?,
                None => rest.split_at_checked(memchr::memchr(self.delimiter, rest).unwrap_or(rest.len()))?,
            };
            let behind = if quoted.is_some() { behind.get(1..)? } else { behind };
            if quoted.is_none() && memchr::memchr(b'"', cell).is_some() {
                return None;
            }
            see(cell);
            n += 1;
            match behind.split_first() {
                None => return Some(n),
                Some((byte, more)) if *byte == self.delimiter => rest = more,
                Some(_) => return None,
            }
        }
    }

    /// Where the line that begins at `at` ends, its line break and breaks before it included.
    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let start = rest.iter().position(|byte| !is_break(byte)).unwrap_or(rest.len());
        let line = rest.get(start..).unwrap_or_default();
        let Some(end) = memchr::memchr2(b'\n', b'\r', line) else { return self.bytes.len() };
        let is_pair = line.get(end..end + 2) == Some(b"\r\n");
        at + start + end + if is_pair { 2 } else { 1 }
    }

    /// Reads the record at `at`: the bytes that it took, and where its quotation marks go wrong, the end of what an open one
    /// would take. They do where a cell never ends, or where the record runs over lines and has other columns than the row before, which its first line alone has.
    fn next_record(&self, at: usize, width: Option<usize>, scratch: &mut Scratch) -> Option<(usize, Option<usize>)> {
        let line = self.end_of_line(at);
        if let Some(n) = self.plain(at, line, |_| {}) {
            scratch.ends.clear();
            scratch.ends.resize(n.min(limits::MAX_COLUMNS + 1), 0);
            return Some((line - at, None));
        }
        let (read, is_whole) = self.scan(at, line, true, scratch)?;
        if is_whole {
            return Some((read, None));
        }
        if self.broken.len() >= MAX_BROKEN {
            let (alone, _) = self.scan(at, line, false, scratch)?;
            return Some((alone, Some(at + alone)));
        }
        let mut end = line;
        for _ in 1..MAX_CELL_LINES {
            end = self.end_of_line(end);
        }
        let (read, is_whole) = self.scan(at, end, true, scratch)?;
        if is_whole && width.is_none_or(|width| scratch.ends.len() == width) {
            return Some((read, None));
        }
        let (alone, _) = self.scan(at, line, false, scratch)?;
        if is_whole && width.is_some_and(|width| scratch.ends.len() != width) {
            let (read, _) = self.scan(at, end, true, scratch)?;
            return Some((read, None));
        }
        Some((alone, Some(at + read)))
    }

    /// Row `n` stands where an open quotation mark may have parted it wrongly.
    pub fn is_in_doubt(&self, n: usize) -> bool {
        let Some(start) = self.starts.get(n) else { return false };
        // Pieces begin in order, and the last that begins before the row is the one that can reach it.
        let before = self.in_doubt.partition_point(|(from, _)| from <= start);
        let last = before.checked_sub(1).and_then(|n| self.in_doubt.get(n));
        last.is_some_and(|(_, to)| start < to)
    }

    /// Reads one record of the bytes from `at` to `end`; gives the bytes that it took and whether it ended there, `None` where
    /// nothing is left.
    fn scan(&self, at: usize, end: usize, quoting: bool, scratch: &mut Scratch) -> Option<(usize, bool)> {
        let delimiter = self.delimiter;
        let make = || csv_core::ReaderBuilder::new().delimiter(delimiter).quoting(quoting).build();
        let [quoted, plain] = &mut scratch.readers;
        let reader = if quoting { quoted } else { plain }.get_or_insert_with(make);
        reader.reset();
        let mut input = self.bytes.get(at..end)?;
        scratch.text.resize(scratch.text.capacity().max(1 << 10), 0);
        scratch.ends.resize(scratch.ends.capacity().max(64), 0);
        let (mut taken, mut written, mut fields) = (0, 0, 0);
        let mut is_whole = true;
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
                // The last record may end without a line break: an empty input says so. One that ends where the bytes do
                // and not with a line break may go on, or is never closed.
                csv_core::ReadRecordResult::InputEmpty => {
                    is_whole = end == self.bytes.len() && !self.is_open(at, end, quoting);
                }
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return None,
            }
        }
        scratch.text.truncate(written);
        scratch.ends.truncate(fields);
        Some((taken, is_whole))
    }

    /// An odd number of quotation marks: the last one is open.
    fn is_open(&self, at: usize, end: usize, quoting: bool) -> bool {
        let text = self.bytes.get(at..end).unwrap_or_default();
        quoting && text.iter().filter(|byte| **byte == b'"').count() % 2 == 1
    }
}

fn is_break(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way of most rows is the long one.
    #[test]
    fn plain_rows_are_what_the_library_reads() {
        let text = "a,b,c\r\n\r\n,,\n 1 ,2\n\n\"x, y\",\"\",z\n\"say \"\"it\"\"\",1\nq\"r,\"s\"\nlast;x,\u{e9},\rend,\n\"end\"";
        let rows = Rows::of_csv(text.as_bytes().to_vec(), b',').unwrap();
        let own: Vec<ByteRecord> = (0..rows.len()).map(|n| rows.get(n)).collect();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<ByteRecord> = reader.byte_records().flatten().collect();
        assert_eq!(own, theirs);
    }

    #[test]
    fn an_open_quotation_mark_takes_one_row() {
        let rows = |text: &str| Rows::of_csv(text.as_bytes().to_vec(), b',').unwrap();
        let texts = |rows: &Rows| {
            (0..rows.len())
                .map(|n| {
                    rows.get(n)
                        .iter()
                        .map(|cell| String::from_utf8_lossy(cell).into_owned())
                        .collect::<Vec<_>>()
                        .join("|")
                })
                .collect::<Vec<_>>()
        };
        let open = rows("a,b\n\"logs,5\nsawn,6\nboards,7\n");
        assert_eq!(texts(&open), ["a|b", "\"logs|5", "sawn|6", "boards|7"]);
        assert_eq!(open.unclosed().collect::<Vec<_>>(), [2]);
        assert_eq!((0..4).map(|n| open.is_in_doubt(n)).collect::<Vec<_>>(), [false, true, true, true]);
        let closed_later = rows("a,b\n\"logs,5\n\"sawn, dry\",6\nboards,7\n");
        assert_eq!(texts(&closed_later), ["a|b", "\"logs|5", "sawn, dry|6", "boards|7"]);
        let honest = rows("a,b\r\n\"two\r\nlines\",5\r\nsawn,6");
        assert_eq!(texts(&honest), ["a|b", "two\r\nlines|5", "sawn|6"]);
        assert_eq!(honest.unclosed().count(), 0);
        let endless = rows(&format!("a,b\n\"logs,5\n{}", "sawn,6\n".repeat(1_000)));
        assert_eq!((endless.len(), endless.unclosed().count()), (1_002, 1));
        assert_eq!(texts(&rows("a,b\rc,d\r")), ["a|b", "c|d"]);
    }

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
        let rows = Rows::of_sheet(b"\xc3\xa9;,\n1\n".to_vec(), vec![3, 9]).unwrap();
        assert_eq!((rows.number(0), rows.get(0)), (3, ByteRecord::from(vec!["é;", ""])));
        assert_eq!((rows.number(1), rows.get(1)), (9, ByteRecord::from(vec!["1"])));
        let many = vec!["1"; 3_000].join(",");
        assert!(matches!(
            Rows::of_csv(many.into_bytes(), b','),
            Err(ManifestError::TooLarge { name: "MAX_COLUMNS", .. })
        ));
    }
}
