//! Rows of one table, kept as text with the place of each row: a table of a million rows costs its bytes and four more
//! for each row, and any row can be read again.
//!
//! In: a CSV as it is, or a workbook written as one. Out: the cells of a row, by its index.

use csv::ByteRecord;

use super::super::super::fault::ManifestError;
use super::super::super::limits;
use super::record::{Cells, Scratch, Span, index};
use super::syntax::{Syntax, is_break};

/// Lines that one quoted cell may run over. A quotation mark that is not closed by then is none.
const MAX_CELL_LINES: usize = 64;

/// Rows with a wrong quotation mark that are looked into. After them every mark is read as a letter, and its row said.
const MAX_BROKEN: usize = 1_000;

/// Cells whose places are kept: 8 MB of them, which are those of a hundred thousand rows of ten columns.
const MAX_KEPT_CELLS: usize = 1 << 20;

/// The letters of a table, as a text where they are one.
#[derive(Debug)]
enum Kept {
    Utf8(String),
    Bytes(Vec<u8>),
}

/// Reads a table's rows from text, one by one, borrowing.
#[derive(Debug)]
pub(in super::super) struct Rows {
    kept: Kept,
    /// Where each row begins, and where the last one ends. A table is far below four gigabytes (`MAX_TABLE_BYTES`).
    starts: Vec<u32>,
    /// Row numbers as the file counts them; empty = from 1 on.
    numbers: Vec<u32>,
    /// Rows whose quotation marks go wrong: they are read as letters. In order.
    broken: Vec<u32>,
    /// Bytes that an open quotation mark would have taken, from and to: rows that begin in them may be parted wrongly.
    in_doubt: Vec<(usize, usize)>,
    syntax: Syntax,
    /// Where the cells of the first rows stand, as far as there is room: what was found once is not looked for again.
    spans: Vec<Span>,
    /// Where those of each of these rows begin among them; a row without any is read by the library.
    first_spans: Vec<u32>,
}

impl Rows {
    /// Rows of a CSV; empty lines are none.
    pub fn of_csv(bytes: Vec<u8>, delimiter: u8) -> Result<Self, ManifestError> {
        let kept = String::from_utf8(bytes).map_or_else(|error| Kept::Bytes(error.into_bytes()), Kept::Utf8);
        let mut rows = Self {
            kept,
            starts: Vec::new(),
            numbers: Vec::new(),
            broken: Vec::new(),
            in_doubt: Vec::new(),
            syntax: Syntax::new(delimiter),
            spans: Vec::new(),
            first_spans: vec![0],
        };
        let (mut scratch, mut spans) = (Scratch::default(), Vec::new());
        let (mut at, mut before) = (0, None);
        loop {
            let n_spans = spans.len();
            let Some(Next { read, n_cells, broken }) = rows.next_record(at, before, &mut scratch, &mut spans) else {
                break;
            };
            if n_cells > limits::MAX_COLUMNS {
                let what = format!("row {} with {n_cells} columns", rows.starts.len() + 1);
                return Err(ManifestError::TooLarge { what, limit: limits::MAX_COLUMNS, name: "MAX_COLUMNS" });
            }
            if let Some(end) = broken {
                rows.broken.push(index(rows.starts.len()));
                rows.in_doubt.push((at, end));
            } else {
                before = Some((at, at + read));
            }
            if spans.len() <= MAX_KEPT_CELLS && rows.first_spans.len() == rows.starts.len() + 1 {
                rows.first_spans.push(index(spans.len()));
            } else {
                spans.truncate(n_spans);
            }
            rows.starts.push(index(at));
            at += read;
        }
        rows.starts.push(index(at));
        rows.starts.shrink_to_fit();
        rows.spans = spans;
        Ok(rows)
    }

    /// Rows of a workbook, written as a CSV; numbers as in the sheet.
    pub fn of_sheet(bytes: Vec<u8>, numbers: Vec<u32>) -> Result<Self, ManifestError> {
        Ok(Self { numbers, ..Self::of_csv(bytes, b',')? })
    }

    fn bytes(&self) -> &[u8] {
        match &self.kept {
            Kept::Utf8(text) => text.as_bytes(),
            Kept::Bytes(bytes) => bytes,
        }
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

    /// The cells of row `n`.
    pub fn read<'r>(&'r self, n: usize, scratch: &'r mut Scratch) -> Cells<'r> {
        let (Some(from), Some(to)) = (self.starts.get(n), self.starts.get(n + 1)) else {
            return Cells::of_bytes(&[], &[]);
        };
        let (from, to) = (*from as usize, *to as usize);
        if let [first, behind, ..] = self.first_spans.get(n..).unwrap_or_default()
            && let Some(spans) = self.spans.get(*first as usize..*behind as usize).filter(|spans| !spans.is_empty())
        {
            return self.cells(spans);
        }
        scratch.spans.clear();
        if self.syntax.split(self.bytes(), from, to, &mut scratch.spans) {
            return self.cells(&scratch.spans);
        }
        scratch.spans.clear();
        let is_broken = u32::try_from(n).is_ok_and(|n| self.broken.binary_search(&n).is_ok());
        if self.syntax.scan(self.bytes(), (from, to), !is_broken, scratch).is_some() {
            let mut from = 0;
            scratch.spans.extend(scratch.ends.iter().map(|to| (index(std::mem::replace(&mut from, *to)), index(*to))));
        }
        Cells::of_bytes(&scratch.text, &scratch.spans)
    }

    /// Cells that stand in the table as they are.
    fn cells<'r>(&'r self, spans: &'r [Span]) -> Cells<'r> {
        match &self.kept {
            Kept::Utf8(text) => Cells::of_text(text, spans),
            Kept::Bytes(bytes) => Cells::of_bytes(bytes, spans),
        }
    }

    /// Row `n` on its own. Rows that are read one after the other share a [`Scratch`], which costs more than they do.
    pub fn get(&self, n: usize) -> ByteRecord {
        self.read(n, &mut Scratch::default()).to_record()
    }

    /// Numbers of the rows whose quotation marks go wrong.
    pub fn unclosed(&self) -> impl Iterator<Item = u64> + '_ {
        self.broken.iter().map(|n| self.number(*n as usize))
    }

    /// Where the line that begins at `at` begins behind line breaks, ends, and ends with its own line break.
    fn line(&self, at: usize) -> (usize, usize, usize) {
        let bytes = self.bytes();
        let rest = bytes.get(at..).unwrap_or_default();
        let start = at + rest.iter().position(|byte| !is_break(byte)).unwrap_or(rest.len());
        let line = bytes.get(start..).unwrap_or_default();
        let Some(length) = memchr::memchr2(b'\n', b'\r', line) else { return (start, bytes.len(), bytes.len()) };
        let is_pair = line.get(length..length + 2) == Some(b"\r\n");
        (start, start + length, start + length + if is_pair { 2 } else { 1 })
    }

    /// Reads the record at `at`: the bytes that it took, its cells (with their places in `spans` where it is plain), and where its quotation marks go wrong, the end of what an
    /// open one would take. They do where a cell never ends, or where the record runs over lines and has other columns than the
    /// row `before`, which its first line alone has.
    fn next_record(
        &self,
        at: usize,
        before: Option<(usize, usize)>,
        scratch: &mut Scratch,
        spans: &mut Vec<Span>,
    ) -> Option<Next> {
        let (start, end, line) = self.line(at);
        if start == end {
            // Nothing but line breaks is left.
            return None;
        }
        let n_spans = spans.len();
        if self.syntax.split(self.bytes(), start, end, spans) {
            let n_cells = (spans.len() - n_spans).min(limits::MAX_COLUMNS + 1);
            return Some(Next { read: line - at, n_cells, broken: None });
        }
        spans.truncate(n_spans);
        let next = |read: usize, broken: Option<usize>, scratch: &Scratch| {
            Some(Next { read, n_cells: scratch.ends.len(), broken })
        };
        let (read, is_whole) = self.syntax.scan(self.bytes(), (at, line), true, scratch)?;
        if is_whole {
            return next(read, None, scratch);
        }
        if self.broken.len() >= MAX_BROKEN {
            let (alone, _) = self.syntax.scan(self.bytes(), (at, line), false, scratch)?;
            return next(alone, Some(at + alone), scratch);
        }
        let width = before.map(|(from, to)| self.width(from, to, scratch));
        let mut end = line;
        for _ in 1..MAX_CELL_LINES {
            (_, _, end) = self.line(end);
        }
        let (read, is_whole) = self.syntax.scan(self.bytes(), (at, end), true, scratch)?;
        if is_whole && width.is_none_or(|width| scratch.ends.len() == width) {
            return next(read, None, scratch);
        }
        let (alone, _) = self.syntax.scan(self.bytes(), (at, line), false, scratch)?;
        if is_whole && width.is_some_and(|width| scratch.ends.len() != width) {
            let (read, _) = self.syntax.scan(self.bytes(), (at, end), true, scratch)?;
            return next(read, None, scratch);
        }
        next(alone, Some(at + read), scratch)
    }

    /// How many cells the whole row from `from` to `to` has.
    fn width(&self, from: usize, to: usize, scratch: &mut Scratch) -> usize {
        scratch.spans.clear();
        if self.syntax.split(self.bytes(), from, to, &mut scratch.spans) {
            return scratch.spans.len();
        }
        self.syntax.scan(self.bytes(), (from, to), true, scratch);
        scratch.ends.len()
    }

    /// Row `n` stands where an open quotation mark may have parted it wrongly.
    pub fn is_in_doubt(&self, n: usize) -> bool {
        let Some(start) = self.starts.get(n).map(|start| *start as usize) else { return false };
        // Pieces begin in order, and the last that begins before the row is the one that can reach it.
        let before = self.in_doubt.partition_point(|(from, _)| *from <= start);
        let last = before.checked_sub(1).and_then(|n| self.in_doubt.get(n));
        last.is_some_and(|(_, to)| start < *to)
    }
}

/// What was read of one record.
struct Next {
    /// Bytes that it took.
    read: usize,
    n_cells: usize,
    /// Where its quotation marks go wrong.
    broken: Option<usize>,
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

    /// Rows whose cells are kept, and those for which there was no room.
    #[test]
    fn a_long_table_is_read_like_a_short_one() {
        let row = |n: usize| (0..400).map(|column| format!("{}", n * column)).collect::<Vec<_>>();
        let n_rows = MAX_KEPT_CELLS / 400 + 3;
        let text: String = (0..n_rows).map(|n| row(n).join(",") + "\n").collect();
        let rows = Rows::of_csv(text.into_bytes(), b',').unwrap();
        assert_eq!(rows.len(), n_rows);
        assert!(rows.spans.len() <= MAX_KEPT_CELLS && rows.first_spans.len() < n_rows);
        for n in [0, 1, n_rows / 2, n_rows - 4, n_rows - 3, n_rows - 2, n_rows - 1] {
            assert_eq!(rows.get(n), ByteRecord::from(row(n)), "row {n}");
        }
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
