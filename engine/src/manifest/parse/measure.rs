//! A workbook is measured before it is opened: what it unpacks to, and how many cells it would load.
//!
//! In: the bytes of a file. Out: which kind of workbook it is, or why it is refused. A directory can lie, so archives are
//! unpacked into nothing; the formats that load whole (XLS, ODS) could claim a cell at the far corner, so the corners of their
//! sheets are looked up first.

use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};

use super::super::fault::ManifestError;
use super::super::limits;

/// Kind of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xls,
    Ods,
}

/// Tells what kind of workbook it is, and refuses one that is over the limits.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, ManifestError> {
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        old_workbook(bytes)?;
        return Ok(Kind::Xls);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    let by_ratio = (bytes.len() as u64).saturating_mul(limits::MAX_UNPACKED_RATIO).max(16 << 20);
    let allowed =
        Unpacked { whole: limits::MAX_UNPACKED_BYTES.min(by_ratio), sheets: limits::MAX_SHEET_BYTES.min(by_ratio) };
    let mut stated = Unpacked::default();
    let (mut is_xlsx, mut is_ods, mut has_content) = (false, false, false);
    for n in 0..archive.len() {
        let entry = archive.by_index_raw(n).map_err(malformed)?;
        let part = stated.part(entry.name().is_ok_and(|name| is_sheet(&name)));
        *part = part.saturating_add(entry.size());
        let is = |known: &str| entry.name().is_ok_and(|name| name.replace('\\', "/") == known);
        is_xlsx |= is("xl/workbook.xml");
        has_content |= is("content.xml");
    }
    if let Ok(mut entry) = archive.by_name("mimetype") {
        let mut text = [0; 64];
        let n = entry.read(&mut text).unwrap_or(0);
        is_ods = text.get(..n).is_some_and(|text| text.starts_with(b"application/vnd.oasis.opendocument.spreadsheet"));
    }
    let kind = match (is_xlsx, is_ods && has_content) {
        (true, _) => Kind::Xlsx,
        (false, true) => Kind::Ods,
        (false, false) => {
            let what = "a ZIP archive without an XLSX or ODS workbook (`xl/workbook.xml`, `content.xml`)".to_owned();
            return Err(ManifestError::OtherMessage { what });
        }
    };
    for (is_sheet, stated, allowed) in [(false, stated.whole, allowed.whole), (true, stated.sheets, allowed.sheets)] {
        if stated > allowed {
            let what = format!("a workbook of {} bytes that states {stated} bytes unpacked", bytes.len());
            return Err(too_large(what, is_sheet));
        }
    }
    let mut left = allowed;
    for n in 0..archive.len() {
        let entry = archive.by_index(n).map_err(malformed)?;
        let is_sheet = entry.name().is_ok_and(|name| is_sheet(&name));
        let left = left.part(is_sheet);
        let unpacked_bytes = std::io::copy(&mut entry.take(*left + 1), &mut std::io::sink()).map_err(malformed)?;
        if unpacked_bytes > *left {
            return Err(too_large(format!("a workbook of {} bytes whose directory lies", bytes.len()), is_sheet));
        }
        *left -= unpacked_bytes;
    }
    if kind == Kind::Ods {
        let content = archive.by_name("content.xml").map_err(malformed)?;
        open_document(std::io::BufReader::new(content))?;
    }
    Ok(kind)
}

/// Bytes once unpacked: of the parts that are loaded whole, and of the sheets that are read as a stream.
#[derive(Debug, Clone, Copy, Default)]
struct Unpacked {
    whole: u64,
    sheets: u64,
}

impl Unpacked {
    fn part(&mut self, is_sheet: bool) -> &mut u64 {
        if is_sheet { &mut self.sheets } else { &mut self.whole }
    }
}

/// Is it a sheet of an XLSX by its name?
fn is_sheet(name: &str) -> bool {
    let name = name.replace('\\', "/").to_ascii_lowercase();
    name.starts_with("xl/worksheets/") && name.ends_with(".xml")
}

fn too_large(what: String, is_sheet: bool) -> ManifestError {
    let (limit, name) = match is_sheet {
        true => (limits::MAX_SHEET_BYTES, "MAX_SHEET_BYTES"),
        false => (limits::MAX_UNPACKED_BYTES, "MAX_UNPACKED_BYTES"),
    };
    ManifestError::TooLarge { what, limit: usize::try_from(limit).unwrap_or(usize::MAX), name }
}

fn malformed(why: impl std::fmt::Display) -> ManifestError {
    ManifestError::Malformed { format: "workbook", at: "file".into(), why: why.to_string() }
}

fn too_many(cells: u64) -> Result<(), ManifestError> {
    if cells <= limits::MAX_LOADED_CELLS {
        return Ok(());
    }
    let what = format!("a workbook that would load {cells} cells");
    let limit = usize::try_from(limits::MAX_LOADED_CELLS).unwrap_or(usize::MAX);
    Err(ManifestError::TooLarge { what, limit, name: "MAX_LOADED_CELLS" })
}

/// Cells that the sheets of an ODS span: repeated rows and cells count as often as they are said to be.
fn open_document(content: impl std::io::BufRead) -> Result<(), ManifestError> {
    let mut reader = quick_xml::Reader::from_reader(content);
    let mut buffer = Vec::new();
    let (mut cells, mut rows, mut width) = (0_u64, 0_u64, 0_u64);
    let (mut row, mut at, mut filled) = (1_u64, 0_u64, 0_u64);
    let mut empty_rows = 0_u64;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(malformed)?;
        match &event {
            Event::Start(start) | Event::Empty(start) => match start.local_name().as_ref() {
                "table" => (rows, width, empty_rows) = (0, 0, 0),
                "table-row" => (row, at, filled) = (repeated(start, "number-rows-repeated"), 0, 0),
                "table-cell" | "covered-table-cell" => {
                    at = at.saturating_add(repeated(start, "number-columns-repeated"));
                    let has_value =
                        start.attributes().flatten().any(|one| one.key.local_name().as_ref() == "value-type");
                    if has_value {
                        filled = at;
                    }
                }
                // A text without a type still makes a cell.
                "p" => filled = filled.max(at),
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "table-row" => {
                if filled > 0 {
                    rows = rows.saturating_add(empty_rows).saturating_add(row);
                    (width, empty_rows) = (width.max(filled), 0);
                    too_many(cells.saturating_add(rows.saturating_mul(width)))?;
                } else {
                    empty_rows = empty_rows.saturating_add(row);
                }
            }
            Event::End(end) if end.local_name().as_ref() == "table" => {
                cells = cells.saturating_add(rows.saturating_mul(width));
            }
            Event::Eof => return too_many(cells),
            _ => {}
        }
    }
}

fn repeated(start: &BytesStart<'_>, name: &str) -> u64 {
    let attribute = start.attributes().flatten().find(|one| one.key.local_name().as_ref() == name);
    attribute.and_then(|one| one.value.parse::<u64>().ok()).unwrap_or(1)
}

/// Cells that the sheets of an XLS span.
fn old_workbook(bytes: &[u8]) -> Result<(), ManifestError> {
    let refused = |what: &str| Err(ManifestError::OtherMessage { what: what.to_owned() });
    let Some(file) = Compound::open(bytes) else {
        return refused("an old Office file (such as .xls) that is damaged; save the list as .xlsx");
    };
    if file.stream("EncryptedPackage").is_some() {
        return refused("a workbook with a password; save it without one");
    }
    let Some(book) = file.stream("Workbook").or_else(|| file.stream("Book")) else {
        return refused("an old Office file without a workbook; save the list as .xlsx");
    };
    records(&book)
}

/// Cells that the records of a workbook span, sheet by sheet.
fn records(book: &[u8]) -> Result<(), ManifestError> {
    // What is read later begins each sheet where the workbook says, wherever that is.
    let mut sheets = Vec::new();
    measured(book, &mut sheets)?;
    let (mut left, mut cells) = (book.len(), 0_u64);
    for from in sheets {
        let sheet = book.get(from..).unwrap_or_default();
        // Sheets stand one after the other: more than once the whole is some of them again and again.
        let length = substream(sheet);
        let Some(rest) = left.checked_sub(length) else {
            let what = "an old Office file (such as .xls) whose sheets overlap; save the list as .xlsx".to_owned();
            return Err(ManifestError::OtherMessage { what });
        };
        left = rest;
        cells = cells.saturating_add(measured(sheet.get(..length).unwrap_or_default(), &mut Vec::new())?);
        too_many(cells)?;
    }
    Ok(())
}

/// Bytes up to and with the end of a sheet, what is drawn in it included.
fn substream(book: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_u32);
    while let (Some(kind), Some(length)) = (u16_at(book, at), u16_at(book, at + 2)) {
        at += 4 + usize::from(length);
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            _ => {}
        }
    }
    at.min(book.len())
}

/// Rows and columns that an old workbook can have.
const OLD_ROWS: u32 = 1 << 16;
const OLD_COLUMNS: u32 = 1 << 8;

/// Does a sheet claim more cells than the format has? What is read later makes room for as many as it claims.
fn overclaims(body: &[u8]) -> bool {
    let last = match body.len() {
        10 => (u16_at(body, 2).map(u32::from), u16_at(body, 6)),
        14 | 16 => (u32_at(body, 4), u16_at(body, 10)),
        // Any other length is refused there.
        _ => return false,
    };
    last.0.is_some_and(|rows| rows > OLD_ROWS) || last.1.is_some_and(|columns| u32::from(columns) > OLD_COLUMNS)
}

/// Looks at the records of a workbook, or of one of its sheets: how many cells they span, and where the sheets are said to begin.
fn measured(book: &[u8], sheets: &mut Vec<usize>) -> Result<u64, ManifestError> {
    let refused = |what: &str| Err(ManifestError::OtherMessage { what: what.to_owned() });
    let mut at = 0;
    let mut cells = 0_u64;
    let mut corner: Option<[u64; 4]> = None;
    let span = |corner: Option<[u64; 4]>| {
        corner.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1))
    };
    while let (Some(kind), Some(length)) = (u16_at(book, at), u16_at(book, at + 2)) {
        let body = book.get(at + 4..at + 4 + usize::from(length)).unwrap_or_default();
        match kind {
            0x002f => return refused("a workbook with a password; save it without one"),
            0x0085 => sheets.extend(u32_at(body, 0).map(|from| from as usize)),
            0x0200 if overclaims(body) => {
                return refused("an old Office file (such as .xls) that is damaged; save the list as .xlsx");
            }
            // The next sheet begins.
            0x0809 | 0x0009 | 0x0209 | 0x0409 => {
                cells = cells.saturating_add(span(corner));
                corner = None;
            }
            // Blank, number, label, truth, formula, text, shared text, short numbers, and several at once.
            0x0001..=0x0006 | 0x0201 | 0x0203..=0x0206 | 0x0406 | 0x00fd | 0x027e | 0x00bd | 0x00be | 0x00d6 => {
                if let (Some(row), Some(column)) = (u16_at(body, 0), u16_at(body, 2)) {
                    let last = if matches!(kind, 0x00bd | 0x00be) {
                        body.len().checked_sub(2).and_then(|at| u16_at(body, at))
                    } else {
                        None
                    };
                    let (row, first, last) =
                        (u64::from(row), u64::from(column), u64::from(last.unwrap_or(column).max(column)));
                    let [top, left, bottom, right] = corner.unwrap_or([row, first, row, last]);
                    corner = Some([top.min(row), left.min(first), bottom.max(row), right.max(last)]);
                    too_many(cells.saturating_add(span(corner)))?;
                }
            }
            _ => {}
        }
        at += 4 + usize::from(length);
    }
    let cells = cells.saturating_add(span(corner));
    too_many(cells).map(|()| cells)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// A compound file (OLE 2): streams in chained sectors.
struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    next: Vec<u32>,
    entries: Vec<u8>,
    short_below: u32,
}

/// Marks of no further sector begin here.
const NO_SECTOR: u32 = 0xffff_fffa;
const SHORT_SECTOR: usize = 64;

/// Bytes below which a stream stands in short sectors.
const SHORT_BELOW: u32 = 4096;

/// Does every chain of sectors come to its end within the file? One that runs in a circle would be read for ever.
fn ends(next: &[u32]) -> bool {
    // 0 = not seen, else the chain that came by.
    let mut seen = vec![0_u32; next.len()];
    (1..).zip(0..next.len()).all(|(chain, first)| {
        let mut at = first;
        loop {
            match seen.get_mut(at) {
                None => return false,
                Some(mark) if *mark == chain => return false,
                Some(mark) if *mark != 0 => return true,
                Some(mark) => *mark = chain,
            }
            match next.get(at) {
                Some(to) if *to < NO_SECTOR => at = *to as usize,
                _ => return true,
            }
        }
    })
}

impl<'b> Compound<'b> {
    fn open(bytes: &'b [u8]) -> Option<Self> {
        let sector = 1_usize.checked_shl(u32::from(u16_at(bytes, 30)?)).filter(|size| matches!(size, 512 | 4096))?;
        let mut file = Self { bytes, sector, next: Vec::new(), entries: Vec::new(), short_below: u32_at(bytes, 56)? };
        let n_sectors = bytes.len() / sector;
        let mut tables: Vec<u32> = (0..109).filter_map(|n| u32_at(bytes, 76 + 4 * n)).collect();
        let mut more = u32_at(bytes, 68)?;
        for _ in 0..n_sectors {
            let Some(list) = file.sector_at(more).filter(|_| more < NO_SECTOR) else { break };
            let last = sector - 4;
            tables.extend((0..last / 4).filter_map(|n| u32_at(list, 4 * n)));
            more = u32_at(list, last)?;
        }
        tables.retain(|table| *table < NO_SECTOR);
        // Each table of sectors is a sector of its own: more of them than sectors are a few that are named again and again.
        if tables.len() > n_sectors {
            return None;
        }
        for table in tables {
            let list = file.sector_at(table)?;
            file.next.extend((0..sector / 4).filter_map(|n| u32_at(list, 4 * n)));
        }
        let short: Vec<u8> = file.chain(u32_at(bytes, 60)?);
        let short: Vec<u32> = (0..short.len() / 4).filter_map(|n| u32_at(&short, 4 * n)).collect();
        if !ends(&file.next) || !ends(&short) {
            return None;
        }
        file.entries = file.chain(u32_at(bytes, 48)?);
        let starts =
            file.entries.chunks_exact(128).filter_map(|entry| Some((u32_at(entry, 116)?, u32_at(entry, 120)?)));
        // What is read later follows these chains without asking whether they end.
        let is_within = |(start, size): (u32, u32)| {
            let held = if size < file.short_below.min(SHORT_BELOW) {
                short.len().max(file.next.len())
            } else {
                file.next.len()
            };
            start >= NO_SECTOR || (start as usize) < held
        };
        starts.into_iter().all(is_within).then_some(file)
    }

    fn sector_at(&self, n: u32) -> Option<&'b [u8]> {
        let from = (n as usize).checked_add(1)?.checked_mul(self.sector)?;
        // The last one may be cut.
        let to = (from + self.sector).min(self.bytes.len());
        self.bytes.get(from..to)
    }

    fn chain(&self, first: u32) -> Vec<u8> {
        let (mut bytes, mut at) = (Vec::new(), first);
        for _ in 0..self.next.len() {
            let Some(sector) = self.sector_at(at).filter(|_| at < NO_SECTOR) else { break };
            bytes.extend_from_slice(sector);
            at = self.next.get(at as usize).copied().unwrap_or(NO_SECTOR);
        }
        bytes
    }

    /// The stream of that name.
    fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entries = || self.entries.chunks_exact(128);
        let is = |entry: &&[u8]| {
            let letters = entry
                .get(..64)
                .unwrap_or_default()
                .chunks_exact(2)
                .filter_map(|pair| u16_at(pair, 0))
                .take_while(|unit| *unit != 0);
            char::decode_utf16(letters).map(|c| c.unwrap_or('?')).eq(name.chars())
        };
        let entry = entries().find(is)?;
        let (first, size) = (u32_at(entry, 116)?, u32_at(entry, 120)?);
        if size >= self.short_below {
            let mut bytes = self.chain(first);
            bytes.truncate(size as usize);
            return Some(bytes);
        }
        let root = entries().next()?;
        let (short, table) = (self.chain(u32_at(root, 116)?), self.chain(u32_at(self.bytes, 60)?));
        let (mut bytes, mut at) = (Vec::new(), first);
        for _ in 0..table.len() / 4 {
            let from = (at as usize).saturating_mul(SHORT_SECTOR);
            let Some(piece) = short.get(from..(from + SHORT_SECTOR).min(short.len())).filter(|_| at < NO_SECTOR) else {
                break;
            };
            bytes.extend_from_slice(piece);
            at = u32_at(&table, 4 * at as usize).unwrap_or(NO_SECTOR);
        }
        bytes.truncate(size as usize);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &[u8] = include_bytes!("../../../tests/manifests/tables/an-invoice-repeats-a-packing-list.xls");

    /// The place of the first table of sectors.
    fn table() -> usize {
        (u32_at(BOOK, 76).unwrap() as usize + 1) * 512
    }

    #[test]
    fn chains_of_sectors_that_do_not_end_are_refused() {
        assert_eq!(kind(BOOK).unwrap(), Kind::Xls);
        let n = (BOOK.len() / 512 - 1).min(128);
        let with = |at: usize, to: u32| {
            let mut bytes = BOOK.to_vec();
            bytes[at..at + 4].copy_from_slice(&to.to_le_bytes());
            kind(&bytes)
        };
        for sector in 0..n {
            let own = u32_at(BOOK, table() + 4 * sector).unwrap();
            if own >= NO_SECTOR {
                continue;
            }
            // A circle of one, and a way out of the file.
            for to in [u32::try_from(sector).unwrap(), 1_000_000] {
                assert!(with(table() + 4 * sector, to).is_err(), "sector {sector} to {to}");
            }
        }
        // Every table named again and again.
        let first = u32_at(BOOK, 76).unwrap();
        let mut bytes = BOOK.to_vec();
        (0..109).for_each(|n| bytes[76 + 4 * n..80 + 4 * n].copy_from_slice(&first.to_le_bytes()));
        assert_eq!(kind(&bytes).is_err(), 109 > BOOK.len() / 512);
    }

    /// The places of records of a kind and length, by their heads.
    fn heads(kind: u16, length: u16) -> Vec<usize> {
        let head = [kind.to_le_bytes(), length.to_le_bytes()].concat();
        BOOK.windows(4).enumerate().filter(|(_, four)| *four == head).map(|(at, _)| at + 4).collect()
    }

    #[test]
    fn a_sheet_that_claims_more_than_the_format_has_is_refused() {
        let claims = heads(0x0200, 14);
        assert!(!claims.is_empty());
        for at in claims {
            for (offset, bytes) in
                [(4, &0x0001_0001_u32.to_le_bytes()[..]), (4, &[0xff; 4]), (10, &0x0101_u16.to_le_bytes())]
            {
                let mut book = BOOK.to_vec();
                book[at + offset..at + offset + bytes.len()].copy_from_slice(bytes);
                assert!(kind(&book).is_err(), "{offset} {bytes:?}");
            }
            // As many as there can be is no claim beyond them.
            let mut book = BOOK.to_vec();
            book[at + 4..at + 8].copy_from_slice(&OLD_ROWS.to_le_bytes());
            assert_eq!(kind(&book).unwrap(), Kind::Xls);
        }
    }

    /// Records one after the other: kind and body.
    fn book(records: &[(u16, &[u8])]) -> Vec<u8> {
        let one = |(kind, body): &(u16, &[u8])| {
            let length = u16::try_from(body.len()).unwrap();
            [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
        };
        records.iter().flat_map(one).collect()
    }

    /// A number in a cell.
    fn cell(row: u16, column: u16) -> Vec<u8> {
        [&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat()
    }

    /// A workbook whose sheets are said to begin there, and what follows its own part.
    fn with_sheets(from: &[u32], rest: &[u8]) -> Vec<u8> {
        let names: Vec<[u8; 4]> = from.iter().map(|from| from.to_le_bytes()).collect();
        let mut own: Vec<(u16, &[u8])> = vec![(0x0809, &[])];
        own.extend(names.iter().map(|name| (0x0085, &name[..])));
        own.push((0x000a, &[]));
        [book(&own), rest.to_vec()].concat()
    }

    #[test]
    fn sheets_are_measured_where_they_are_said_to_begin() {
        let (near, far) = (cell(0, 0), cell(60_000, 60));
        let sheet = book(&[(0x0809, &[]), (0x0203, &near), (0x0203, &far), (0x000a, &[])]);
        let at = |n: usize| u32::try_from(with_sheets(&vec![0; n], &[]).len()).unwrap();
        assert!(records(&with_sheets(&[at(1)], &sheet)).is_ok());
        // The same sheet under two names is read twice.
        let twice = records(&with_sheets(&[at(2), at(2)], &sheet)).unwrap_err();
        assert!(twice.to_string().contains("overlap"), "{twice}");
        // Two of them hold more than may be loaded, also where the second lies within another record.
        let hidden = book(&[(0x003c, &sheet)]);
        let length = u32::try_from(sheet.len()).unwrap();
        let both = with_sheets(&[at(2), at(2) + length + 4], &[sheet.clone(), hidden].concat());
        assert!(matches!(records(&both), Err(ManifestError::TooLarge { .. })), "{:?}", records(&both));
        // A sheet that is said to begin nowhere is none.
        assert!(records(&with_sheets(&[u32::MAX], &sheet)).is_ok());
    }

    #[test]
    fn chains_end_or_run_in_circles() {
        const END: u32 = 0xffff_fffe;
        for (next, is_ended) in [
            (vec![], true),
            (vec![END], true),
            (vec![0], false),
            (vec![1, 2, END], true),
            (vec![1, 2, 0], false),
            (vec![END, 0, 1, 1], true),
            (vec![3, END, 3, 4, 3], false),
            (vec![7], false),
        ] {
            assert_eq!(ends(&next), is_ended, "{next:?}");
        }
    }
}
