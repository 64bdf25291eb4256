//! XLSX: a workbook becomes rows. Meaning: [`table`](super::table).
//!
//! Before calamine opens it, the archive is measured: by its own directory, and by unpacking into nothing, because a
//! directory can lie. Cells are read as a stream; a sheet that claims a cell at the far corner costs nothing.
//! `.xls` and other spreadsheets are refused by name.

use std::io::{BufRead, Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::parsed::{Parts, read_whole};
use super::table::{self, Block, Mapping, Rows, Sheet};

/// Reads every sheet whose header is understood, one behind the other. Each bill is one part.
pub(super) fn workbook(input: impl BufRead, mapping: &Mapping) -> Parts {
    let read = sheets(input, mapping, false).and_then(|sheets| {
        sheets.into_iter().map(|sheet| table::manifests(sheet, mapping)).collect::<Result<Vec<_>, _>>()
    });
    match read {
        Ok(sheets) => Box::new(sheets.into_iter().flatten()),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// The rows of the sheet that the mapping names, or of the first whose header is understood.
pub(super) fn sheet(input: impl BufRead, mapping: &Mapping) -> Result<Sheet, ManifestError> {
    let first = sheets(input, mapping, true)?.into_iter().next();
    first.ok_or_else(|| malformed("the workbook has no sheet"))
}

fn malformed(why: impl std::fmt::Display) -> ManifestError {
    ManifestError::Malformed { format: "XLSX", at: "workbook".into(), why: why.to_string() }
}

/// Every sheet whose header is understood, or that the mapping names; only the first of them where `first_only`. The
/// others are told with the first.
fn sheets(input: impl BufRead, mapping: &Mapping, first_only: bool) -> Result<Vec<Sheet>, ManifestError> {
    let bytes = read_whole(input, limits::MAX_WORKBOOK_BYTES, "MAX_WORKBOOK_BYTES", "a workbook")?;
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let what = "an Excel file of the old format (.xls) or with a password; save it as .xlsx without one".to_owned();
        return Err(ManifestError::OtherMessage { what });
    }
    measure(&bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(malformed)?;
    let (mut sheets, mut others): (Vec<Sheet>, Vec<String>) = (Vec::new(), Vec::new());
    let mut left = limits::MAX_TABLE_BYTES;
    for name in workbook.sheet_names() {
        let wanted = mapping.sheet.as_ref().is_none_or(|sheet| *sheet == name);
        if !wanted || first_only && !sheets.is_empty() {
            others.push(name);
            continue;
        }
        let rows = Rows::of_cells(rows(&mut workbook, &name, &mut left)?)?;
        if mapping.sheet.is_none() && !table::is_understood(&rows, mapping) {
            others.push(name);
            continue;
        }
        let (faults, blocks) = (Vec::new(), blocks(&mut workbook, &name));
        sheets.push(Sheet { name: "XLSX", format: "xlsx/1", rows, faults, delimiter: None, sheet: Some(name), blocks });
    }
    let Some(first) = sheets.first_mut() else {
        let why = match &mapping.sheet {
            Some(sheet) => format!("there is no sheet `{sheet}`; sheets: {}", others.join(", ")),
            None => "no sheet has a header row that names a description or a bill of lading".to_owned(),
        };
        return Err(malformed(why));
    };
    let expected = "a sheet whose header is understood; name it with `sheet` in the mapping file";
    let note = |other: &String| Fault::new("sheet_not_read", Severity::Note, format!("sheet {other}"), other, expected);
    first.faults = others.iter().take(limits::MAX_LIST).map(note).collect();
    Ok(sheets)
}

/// Merged cells that are read of one sheet.
const MAX_BLOCKS: usize = 20_000;
/// Rows that one block of merged cells may reach over: more is a layout, and no group of rows.
const MAX_BLOCK_ROWS: u64 = 1_000;

/// Blocks of merged cells that reach over several rows.
fn blocks(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Block> {
    // A sheet whose blocks cannot be read has none.
    let blocks = workbook.merge_cells_by_sheet_name(name).unwrap_or_default().into_iter().map(|block| Block {
        rows: (u64::from(block.start.0) + 1, u64::from(block.end.0) + 1),
        places: (block.start.1 as usize, block.end.1 as usize),
    });
    blocks
        .filter(|block| (1..MAX_BLOCK_ROWS).contains(&block.rows.1.saturating_sub(block.rows.0)))
        .take(MAX_BLOCKS)
        .collect()
}

/// Refuses an archive that unpacks to more than the limits, before anything is kept of it.
fn measure(bytes: &[u8]) -> Result<(), ManifestError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    let too_large = |what: String| ManifestError::TooLarge {
        what,
        limit: usize::try_from(limits::MAX_UNPACKED_BYTES).unwrap_or(usize::MAX),
        name: "MAX_UNPACKED_BYTES",
    };
    let allowed =
        limits::MAX_UNPACKED_BYTES.min((bytes.len() as u64).saturating_mul(limits::MAX_UNPACKED_RATIO).max(16 << 20));
    let mut stated = 0_u64;
    let mut is_workbook = false;
    for n in 0..archive.len() {
        let entry = archive.by_index_raw(n).map_err(malformed)?;
        stated = stated.saturating_add(entry.size());
        is_workbook |= entry.name().is_ok_and(|name| name == "xl/workbook.xml" || name == "xl\\workbook.xml");
    }
    if !is_workbook {
        let what = "a ZIP archive without an XLSX workbook (`xl/workbook.xml`)".to_owned();
        return Err(ManifestError::OtherMessage { what });
    }
    if stated > allowed {
        return Err(too_large(format!("a workbook of {} bytes that states {stated} bytes unpacked", bytes.len())));
    }
    let mut left = allowed;
    for n in 0..archive.len() {
        let entry = archive.by_index(n).map_err(malformed)?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(malformed)?;
        if unpacked > left {
            return Err(too_large(format!("a workbook of {} bytes whose directory lies", bytes.len())));
        }
        left -= unpacked;
    }
    Ok(())
}

/// Cells of one sheet as rows of text, row numbers as in the sheet. `left` bounds the bytes of all cells.
fn rows(
    workbook: &mut Xlsx<Cursor<Vec<u8>>>,
    name: &str,
    left: &mut usize,
) -> Result<Vec<(u64, csv::ByteRecord)>, ManifestError> {
    let Ok(mut cells) = workbook.worksheet_cells_reader(name) else {
        // A chart or macro sheet has no cells.
        return Ok(Vec::new());
    };
    let mut rows: Vec<(u64, csv::ByteRecord)> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(malformed)? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = (u64::from(row) + 1, column as usize);
        if rows.len() >= limits::MAX_ROWS || column >= limits::MAX_COLUMNS {
            let (limit, name) = if column >= limits::MAX_COLUMNS {
                (limits::MAX_COLUMNS, "MAX_COLUMNS")
            } else {
                (limits::MAX_ROWS, "MAX_ROWS")
            };
            return Err(ManifestError::TooLarge { what: format!("row {row} column {}", column + 1), limit, name });
        }
        *left = left.checked_sub(text.len() + 8).ok_or(ManifestError::TooLarge {
            what: format!("the text of sheet `{name}`"),
            limit: limits::MAX_TABLE_BYTES,
            name: "MAX_TABLE_BYTES",
        })?;
        if rows.last().is_none_or(|(last, _)| *last != row) {
            rows.push((row, csv::ByteRecord::new()));
        }
        if let Some((_, record)) = rows.last_mut() {
            while record.len() < column {
                record.push_field(b"");
            }
            if record.len() == column {
                record.push_field(text.as_bytes());
            }
        }
    }
    let width = rows.iter().map(|(_, record)| record.len()).max().unwrap_or(0);
    for (_, record) in &mut rows {
        while record.len() < width {
            record.push_field(b"");
        }
    }
    Ok(rows)
}

/// A number with its point. Three digits behind it get a zero more, so that nobody takes the point for a group mark.
fn plain(number: f64) -> String {
    let text = number.to_string();
    let is_like_a_group = text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 3);
    if is_like_a_group { format!("{text}0") } else { text }
}

/// A cell as text: numbers plain, dates as ISO 8601.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
            }
        }
        DataRef::DateTime(moment) => plain(moment.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
