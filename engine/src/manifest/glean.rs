//! Permit numbers and HS codes that stand in the words of a goods item become declared documents and codes.
//!
//! Formats without a field for them (AWMDS), and senders without the habit, write `HS 4403.99 CITES 14MG000417` into the
//! description. The text stays as it is; what was found is added with a note. A number is taken only behind words that
//! announce one; a number that is declared already is not taken again.

use super::fault::{Fault, Faults, Severity};
use super::fields::{self, Consignment, Document, GoodsItem};
use super::limits;
use super::number_words::{self, Role};
use super::parse::parsed::Parsed;
use super::place::Place;
use super::reading::At;
use super::types::DocumentKind;
use crate::codes::HsCode;
use crate::text::light_key;

/// Runs over every goods item of a part.
pub(super) fn manifest(parsed: &mut Parsed) {
    let Parsed { manifest, bills, .. } = parsed;
    for (n, (consignment, faults)) in manifest.consignments.iter_mut().zip(bills).enumerate() {
        let Consignment { goods_items, documents: of_bill, .. } = consignment;
        for (i, item) in goods_items.iter_mut().enumerate() {
            let marks = item.packages.iter().filter_map(|packages| packages.marks.as_deref());
            let texts = std::iter::once(item.description.as_str()).chain(marks).filter(|text| is_worth(text));
            let texts: Vec<String> = texts.map(str::to_owned).collect();
            if texts.is_empty() {
                continue;
            }
            let place = Place::bill(n).item(i).field(fields::goods_item::description);
            let mut found = Found { place, at: &|| place.to_string(), faults };
            for text in &texts {
                found.documents(text, item, of_bill);
            }
            if let Some(text) = texts.first() {
                found.tariff(text, item);
            }
        }
    }
}

/// Documents of one text that stands outside the description.
pub(super) fn documents(text: &str, item: &mut GoodsItem, faults: &mut Faults, place: Place, at: At<'_>) {
    if is_worth(text) {
        Found { place, at, faults }.documents(text, item, &[]);
    }
}

/// Where a text stands, and what is said of what was found in it.
struct Found<'a> {
    place: Place,
    at: At<'a>,
    faults: &'a mut Faults,
}

impl Found<'_> {
    fn say(&mut self, code: &'static str, severity: Severity, found: &str, expected: &str) {
        self.faults.push(Fault::of(self.place, code, severity, (self.at)(), found, expected));
    }

    fn documents(&mut self, text: &str, item: &mut GoodsItem, of_bill: &[Document]) {
        for (kind, number) in numbers(text) {
            let key = light_key(&number);
            let is_known =
                |document: &Document| document.number.as_deref().is_some_and(|known| light_key(known) == key);
            if item.documents.iter().chain(of_bill).any(is_known) || item.documents.len() >= limits::MAX_LIST {
                continue;
            }
            let expected = "a document in its own field; it was taken from the text";
            self.say("document_from_text", Severity::Note, &number, expected);
            item.documents.push(Document { kind, number: Some(number), ..Document::default() });
        }
    }

    fn tariff(&mut self, text: &str, item: &mut GoodsItem) {
        let Some(found) = tariff_codes(text).into_iter().next() else { return };
        match &item.hs_code {
            None => {
                let expected = "an HS code in its own field; it was taken from the text";
                self.say("hs_code_from_text", Severity::Note, found.as_str(), expected);
                item.hs_code = Some(found);
            }
            Some(known) if !known.is_under(found.as_str()) && !found.is_under(known.as_str()) => {
                let expected = format!("`{known}`, the HS code in its own field, which counts");
                self.say("hs_code_differs", Severity::Doubt, found.as_str(), &expected);
            }
            Some(_) => {}
        }
    }
}

fn is_worth(text: &str) -> bool {
    number_words::has_trace(text)
}

/// A word, its upper-case form, and where it starts.
struct Word<'t> {
    text: &'t str,
    upper: String,
    start: usize,
}

/// Words of letters, digits and the signs that numbers contain; Latin and other scripts are words of their own.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut was_ascii = true;
    let mut add = |from: usize, to: usize| {
        let raw = text.get(from..to).unwrap_or_default();
        let trimmed = raw.trim_end_matches(['.', '-', '/', '\'', '_']);
        if !trimmed.is_empty() {
            words.push(Word { text: trimmed, upper: trimmed.to_uppercase().replace(['.', '_'], ""), start: from });
        }
    };
    for (n, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || (start.is_some() && matches!(c, '.' | '-' | '/' | '\'' | '_'));
        match start {
            Some(from) if !inside || c.is_ascii() != was_ascii => {
                add(from, n);
                start = c.is_alphanumeric().then_some(n);
            }
            None if inside => start = Some(n),
            _ => {}
        }
        was_ascii = c.is_ascii();
    }
    if let Some(from) = start {
        add(from, text.len());
    }
    words
}

/// Numbers of documents that the text announces.
pub(super) fn numbers(text: &str) -> Vec<(DocumentKind, String)> {
    let words = words(text);
    let mut found = Vec::new();
    let mut n = 0;
    while let Some(word) = words.get(n) {
        let is_denied =
            n.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|w| Role::Denial.has(&w.upper));
        let glued = word.upper.strip_prefix("CITES").filter(|rest| is_number(rest));
        if let Some(rest) = glued.filter(|_| !is_denied) {
            found.push((DocumentKind::CitesExportPermit, rest.trim_start_matches(['-', '/', ':']).to_owned()));
        }
        if !Role::Announce.has(&word.upper) || (is_denied && word.upper == "CITES") {
            n += 1;
            continue;
        }
        let mut end = n + 1;
        while words.get(end).is_some_and(|word| Role::Filler.has(&word.upper)) && end < n + 9 {
            end += 1;
        }
        let first = n.saturating_sub(3);
        let phrase: Vec<&str> =
            words.get(first..end).unwrap_or_default().iter().map(|word| word.upper.as_str()).collect();
        let kind = kind_of(&phrase);
        let mut shape: Option<usize> = None;
        let mut last_end = None::<usize>;
        while let Some(next) = words.get(end).filter(|next| is_number(&next.upper)) {
            // Further numbers need a comma, slash or `and` between them, and about the same length.
            let between = last_end.and_then(|from| text.get(from..next.start)).map(str::trim);
            let joined = between.is_none_or(|between| matches!(between, "," | "/" | "&" | ";" | "+"));
            if !joined || shape.is_some_and(|length| length.abs_diff(next.text.len()) > 2) {
                break;
            }
            for piece in split_equal(next.text) {
                found.push((kind, piece.to_owned()));
            }
            shape = Some(next.text.len());
            last_end = Some(next.start + next.text.len());
            end += 1;
            if words.get(end).is_some_and(|word| matches!(word.upper.as_str(), "AND" | "ET" | "Y" | "UND")) {
                last_end = None;
                end += 1;
            }
        }
        n = end.max(n + 1);
    }
    found.truncate(limits::MAX_LIST);
    found
}

/// `14MG000417/14MG000418` is two numbers, `2021CN/EC000123/KM` is one.
fn split_equal(text: &str) -> Vec<&str> {
    let pieces: Vec<&str> = text.split('/').collect();
    let shape = |piece: &&str| -> Vec<bool> { piece.bytes().map(|byte| byte.is_ascii_digit()).collect() };
    let first = pieces.first().map(shape).unwrap_or_default();
    let equal = pieces.len() > 1 && first.len() >= 6 && pieces.iter().all(|piece| shape(piece) == first);
    if equal { pieces } else { vec![text] }
}

/// The shape of a permit number: five to thirty-five letters and digits with at least three digits; a year is none.
pub(super) fn is_number(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let shaped =
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.' | b'\'' | b'_'));
    let is_amount = letters > 0 && word.ends_with(|c: char| c.is_ascii_alphabetic()) && {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
        matches!(unit, "KG" | "KGS" | "PCS" | "M3" | "CBM" | "MT" | "LBS" | "PKGS" | "CTNS" | "BAGS")
    };
    let is_date = letters == 0 && word.matches(['/', '-', '.']).count() == 2 && digits <= 8;
    (5..=35).contains(&word.len()) && shaped && digits >= 3 && digits + letters >= 5 && !is_amount && !is_date
}

fn kind_of(phrase: &[&str]) -> DocumentKind {
    let has = |words: &[&str]| phrase.iter().any(|word| words.contains(word));
    if !has(&["CITES"]) {
        return DocumentKind::Other;
    }
    if has(&["REEXPORT", "RE-EXPORT", "REEXPORTATION"])
        || phrase.windows(2).any(|pair| matches!(pair, ["RE", "EXPORT"]))
    {
        DocumentKind::CitesReExportCertificate
    } else if has(&["PRE-CONVENTION", "PRECONVENTION"])
        || phrase.windows(2).any(|pair| matches!(pair, ["PRE", "CONVENTION"]))
    {
        DocumentKind::CitesPreConventionCertificate
    } else if has(&["IMPORT", "IMPORTATION", "IMPORTACION", "D'IMPORTATION"]) {
        DocumentKind::CitesImportPermit
    } else if has(&["ORIGIN", "ORIGINE", "ORIGEN"]) {
        DocumentKind::CitesCertificateOfOrigin
    } else {
        DocumentKind::CitesExportPermit
    }
}

/// HS codes that the text announces.
fn tariff_codes(text: &str) -> Vec<HsCode> {
    let words = words(text);
    let mut codes = Vec::new();
    for (n, word) in words.iter().enumerate() {
        if let Some(rest) = word.upper.strip_prefix("HS").filter(|rest| rest.len() >= 4) {
            codes.extend(hs(rest));
        }
        // `H.S.` folds to `HS`; `H S` stays two words.
        let is_split = word.upper == "H" && words.get(n + 1).is_some_and(|next| next.upper == "S");
        if !Role::Tariff.has(word.upper.trim_end_matches("-CODE")) && !is_split {
            continue;
        }
        let mut end = n + 1;
        while words.get(end).is_some_and(|word| Role::TariffFiller.has(&word.upper)) && end < n + 5 {
            end += 1;
        }
        let Some(first) = words.get(end) else { continue };
        let mut digits = first.text.to_owned();
        // `4403 99 00`: pieces of two digits behind a heading.
        while let Some(more) =
            words.get(end + 1).filter(|more| more.text.len() == 2 && more.text.bytes().all(|b| b.is_ascii_digit()))
        {
            if digits.bytes().filter(u8::is_ascii_digit).count() >= 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                break;
            }
            digits.push_str(more.text);
            end += 1;
        }
        codes.extend(hs(&digits));
    }
    codes
}

fn hs(text: &str) -> Option<HsCode> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let chapter_exists =
        text.get(..2).and_then(|chapter| chapter.parse::<u8>().ok()).is_some_and(|chapter| (1..=97).contains(&chapter));
    (matches!(digits, 4 | 6 | 8 | 10 | 12) && chapter_exists).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(DocumentKind, &str)]) {
        let found = if is_worth(text) { numbers(text) } else { vec![] };
        let found: Vec<(DocumentKind, &str)> = found.iter().map(|(kind, number)| (*kind, number.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_behind_their_words() {
        use DocumentKind::*;
        check("BOIS DE ROSE EN RONDINS HS 4403.99 CITES 14MG000417", &[(CitesExportPermit, "14MG000417")]);
        check("CITES export permit no. 14MG000417, 86 logs", &[(CitesExportPermit, "14MG000417")]);
        check("re-export certificate CITES No: FR-1306/2014", &[(CitesReExportCertificate, "FR-1306/2014")]);
        check("CITES RE EXPORT CERT NO 2021CN/EC000123/KM", &[(CitesReExportCertificate, "2021CN/EC000123/KM")]);
        check(
            "CITES PERMITS 14MG000417, 14MG000418 AND 14MG000419",
            &[(CitesExportPermit, "14MG000417"), (CitesExportPermit, "14MG000418"), (CitesExportPermit, "14MG000419")],
        );
        check("CITES 14MG000417/14MG000418", &[(CitesExportPermit, "14MG000417"), (CitesExportPermit, "14MG000418")]);
        check("CITES许可证号14MG000417", &[(CitesExportPermit, "14MG000417")]);
        check("permis CITES n° 18TZ000555", &[(CitesExportPermit, "18TZ000555")]);
        check("import permit no 123456", &[(Other, "123456")]);
        check("CITES14MG000417", &[(CitesExportPermit, "14MG000417")]);
    }

    #[test]
    fn words_that_announce_nothing() {
        check("NOT CITES 14MG000417", &[]);
        check("CITES APPENDIX II SPECIES 2014", &[]);
        check("licence plates 123456 pieces", &[]);
        check("rosewood, permit holder 2014", &[]);
        check("CITES 12000KGS", &[]);
        check("certificate of origin 01/02/2014", &[]);
    }

    #[test]
    fn codes_behind_their_words() {
        let first = |text: &str| tariff_codes(text).first().map(|code| code.as_str().to_owned());
        assert_eq!(first("LOGS HS 4403.99").as_deref(), Some("440399"));
        assert_eq!(first("LOGS HS CODE: 4403 99 00").as_deref(), Some("44039900"));
        assert_eq!(first("H.S. CODE 440399").as_deref(), Some("440399"));
        assert_eq!(first("HS440399").as_deref(), Some("440399"));
        assert_eq!(first("HS-CODE 94036090").as_deref(), Some("94036090"));
        assert_eq!(first("CLOTHS 4403"), None);
        assert_eq!(first("HS 99"), None);
    }
}
