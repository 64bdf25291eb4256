//! Files that are no manifest, told by their first bytes: what they are, and what to do.
//!
//! In: the start of a file, as bytes and as text. Out: a [`Foreign`], or `None` for what may be a manifest. Only marks that
//! no manifest begins with: a CSV may begin with any word. Sources: the formats' own specifications (RFC 1952, 8878; ISO
//! 32000; PNG, TIFF 6.0; APPNOTE 4.3; X12.5; Microsoft XML Spreadsheet 2003).

use super::codes;

/// A file of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    what: &'static str,
    todo: &'static str,
}

impl Foreign {
    /// What it is and what to do, in a sentence.
    pub(super) fn refusal(self) -> String {
        format!("this is {}, no manifest: {}", self.what, self.todo)
    }
}

const UNPACK: &str = "unpack it first (over HTTP gzip and zstd are unpacked when content-encoding says so)";
const EXPORT: &str = "ask the sender for the data behind it as CSV, XLSX, EDIFACT or XML";
const SAVE_AS: &str = "save it as XLSX or CSV";
const SEND_CUSCAR: &str = "ask for the cargo report as UN/EDIFACT CUSCAR, XML, XLSX or CSV";

/// First bytes.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"%PDF-", "a PDF document", EXPORT),
    (b"%!PS", "a PostScript document", EXPORT),
    (b"{\\rtf", "a rich text (RTF) document of a word processor", EXPORT),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", EXPORT),
    (b"\xff\xd8\xff", "a JPEG image", EXPORT),
    (b"GIF8", "a GIF image", EXPORT),
    (b"II*\0", "a TIFF image, such as a scan or a fax", EXPORT),
    (b"MM\0*", "a TIFF image, such as a scan or a fax", EXPORT),
    (b"RIFF", "an image or a recording", EXPORT),
    (b"\0\0\x01\0", "an image (icon)", EXPORT),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a", "a RAR archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", UNPACK),
    (b"\x1f\x9d", "a compressed (.Z) archive", UNPACK),
    (b"PAR1", "a Parquet file", SAVE_AS),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (b"\x7fELF", "a program", EXPORT),
    (b"MZ\x90\0", "a program", EXPORT),
    (b"\0\x01\0\0Standard ", "an Access database", EXPORT),
];

/// By the first bytes.
pub(super) fn of(head: &[u8]) -> Option<Foreign> {
    let found = |what, todo| Some(Foreign { what, todo });
    if let Some((_, what, todo)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return found(what, todo);
    }
    if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return found("a BMP image", EXPORT);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return found("an image or a film (HEIC, MP4)", EXPORT);
    }
    if head.get(257..262) == Some(b"ustar") {
        return found("a tar archive", UNPACK);
    }
    if head.starts_with(b"PK\x03\x04") {
        return packed(head);
    }
    if is_binary(head) { found("a file of binary data", EXPORT) } else { None }
}

/// A ZIP file: a workbook is one too, and its first names say so.
fn packed(head: &[u8]) -> Option<Foreign> {
    let holds = |name: &str| head.windows(name.len()).any(|window| window == name.as_bytes());
    if holds("xl/") || holds("opendocument.spreadsheet") {
        return None;
    }
    let office =
        [("word/", "a Word document"), ("ppt/", "a PowerPoint file"), ("opendocument.text", "a text document")];
    if let Some((_, what)) = office.iter().find(|(name, _)| holds(name)) {
        return Some(Foreign { what, todo: EXPORT });
    }
    // The names of a workbook may stand behind the bytes that are looked at; its reader says what is wrong with it.
    let is_office = holds("[Content_Types].xml") || holds("_rels/") || holds("docProps/") || holds("mimetype");
    (!is_office).then_some(Foreign { what: "a ZIP archive", todo: UNPACK })
}

/// More than a tenth of the bytes are controls that no text has; UTF-16 has a zero in every second one.
fn is_binary(head: &[u8]) -> bool {
    let sample = head.get(..head.len().min(4096)).unwrap_or_default();
    if sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff") || sample.starts_with(b"\xd0\xcf\x11\xe0") {
        return false;
    }
    let is_control = |byte: &&u8| matches!(byte, 1..=8 | 14..=26 | 28..=31 | 0x7f);
    let controls = sample.iter().filter(is_control).count();
    sample.len() >= 16 && controls * 10 > sample.len()
}

/// By the text, from its first letter on.
pub(super) fn of_text(text: &[u8]) -> Option<Foreign> {
    let found = |what, todo| Some(Foreign { what, todo });
    if text.is_empty() {
        return found("an empty file, with nothing in it but blanks", "send the file again");
    }
    let start: Vec<u8> = text.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let holds = |word: &[u8]| start.windows(word.len()).any(|window| window == word);
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") || start.starts_with(b"<table") {
        return found("a web page (HTML), whatever its name", SAVE_AS);
    }
    if start.starts_with(b"mime-version:") && holds(b"multipart/related") {
        return found("a web archive (MHTML), whatever its name", SAVE_AS);
    }
    if start.starts_with(b"<") && (holds(b"progid=\"excel.sheet\"") || holds(b"office:spreadsheet")) {
        return found("an XML Spreadsheet 2003 (SpreadsheetML), whatever its name", SAVE_AS);
    }
    if let Some(what) = x12(text) {
        return found(what, SEND_CUSCAR);
    }
    None
}

/// An interchange of ANSI X12: `ISA` has 105 signs, the fourth of them parts elements. `ST` says which message.
fn x12(text: &[u8]) -> Option<&'static str> {
    let mark = match text {
        [b'I', b'S', b'A', mark, _, _, again, ..] if mark == again => *mark,
        [b'G', b'S', mark, ..] => *mark,
        _ => return None,
    };
    if !mark.is_ascii_punctuation() || matches!(mark, b',' | b';' | b'"') {
        return None;
    }
    let name = |code: [u8; 3]| std::str::from_utf8(&code).ok().and_then(codes::x12);
    let messages = text.windows(7).filter_map(|window| match window {
        [b'S', b'T', first, a, b, c, last] if *first == mark && *last == mark => Some([*a, *b, *c]),
        _ => None,
    });
    Some(messages.into_iter().find_map(name).unwrap_or("an ANSI X12 interchange"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> &'static str {
        of(bytes).or_else(|| of_text(bytes.trim_ascii_start())).map_or("", |foreign| foreign.what)
    }

    #[test]
    fn files_of_other_kinds_are_named() {
        let isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*0900*U*00401*000000001*0*P*>~GS*SO*S*R*20260101*0900*1*X*004010~";
        for (bytes, what) in [
            (b"%PDF-1.4".to_vec(), "a PDF document"),
            (b"{\\rtf1 ROSEWOOD}".to_vec(), "a rich text (RTF) document of a word processor"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "a JPEG image"),
            (b"\x1f\x8b\x08\0abc".to_vec(), "a gzip archive"),
            (b"PK\x03\x04\x14\0\0\0\0\0lots.csvB/L,Goods".to_vec(), "a ZIP archive"),
            (b"PK\x03\x04\x14\0word/document.xml".to_vec(), "a Word document"),
            (b"PK\x03\x04\x14\0xl/workbook.xml".to_vec(), ""),
            (b"PK\x03\x04\x14\0[Content_Types].xml".to_vec(), ""),
            (b"  \r\n\t".to_vec(), "an empty file, with nothing in it but blanks"),
            (b"\n<!DOCTYPE HTML><table>".to_vec(), "a web page (HTML), whatever its name"),
            (b"<TABLE><tr>".to_vec(), "a web page (HTML), whatever its name"),
            (
                b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>".to_vec(),
                "an XML Spreadsheet 2003 (SpreadsheetML), whatever its name",
            ),
            (format!("{isa}ST*309*0001~").into_bytes(), "an ANSI X12 309 (customs manifest)"),
            (format!("{isa}ST*310*0001~").into_bytes(), "an ANSI X12 310 (freight receipt and invoice)"),
            (format!("{isa}ST*404*0001~").into_bytes(), "an ANSI X12 404 (rail carrier shipment information)"),
            (format!("{isa}ST*990*0001~").into_bytes(), "an ANSI X12 interchange"),
            (b"ISA,GOODS\nB1,LOGS\n".to_vec(), ""),
            (b"bill_of_lading,description\n".to_vec(), ""),
            (b"BM,description\n".to_vec(), ""),
            (b"UNB+UNOA:1'".to_vec(), ""),
            (b"{\"manifest\":{}}".to_vec(), ""),
            (b"<Awmds/>".to_vec(), ""),
            ([&[1_u8, 2, 3, 4, 5, 6, 7, 8][..], b"some words here"].concat(), "a file of binary data"),
            (b"RO\x1bSE\x07WOOD LOGS OF MADAGASCAR".to_vec(), ""),
        ] {
            assert_eq!(said(&bytes), what, "{:?}", String::from_utf8_lossy(&bytes));
        }
    }
}
