//! What the columns of one table mean: settled once from its header and all its values.

use super::super::super::fault::{Fault, Severity};
use super::column::Column;
use super::mapping::Mapping;
use super::rows::Scratch;
use super::sheet::{Sheet, text_of};
use super::style::{Evidence, Style};

/// What the columns of a table mean.
pub(super) struct Columns {
    /// Canonical column of each place; `None` = unmapped.
    pub canonical: Vec<Option<Column>>,
    /// Header of each place.
    pub headers: Vec<String>,
    /// What the mapping says for every row.
    pub constants: [Option<String>; Column::COUNT],
    pub style: Style,
    pub faults: Vec<Fault>,
}

impl Columns {
    /// What the mapping says for every row.
    pub fn constant(&self, column: Column) -> Option<&str> {
        self.constants.get(column as usize)?.as_deref()
    }

    /// True when some place means `column`.
    pub fn has(&self, column: Column) -> bool {
        self.canonical.contains(&Some(column))
    }

    /// Header of the first place that means `column`.
    pub fn header(&self, column: Column) -> Option<&String> {
        let n = self.canonical.iter().position(|known| *known == Some(column))?;
        self.headers.get(n)
    }
}

/// The columns of a table whose header is row `at`.
pub(super) fn columns(sheet: &Sheet, at: usize, mapping: &Mapping) -> Columns {
    use Column::{CommonName, Description, HsCode, ScientificName};
    let constants = std::array::from_fn(|n| {
        let column = Column::ALL.get(n).copied();
        column.and_then(|column| mapping.constants.get(column.name()).cloned())
    });
    let number = sheet.rows.number(at);
    let headers: Vec<String> = sheet.rows.get(at).iter().map(|cell| text_of(cell).trim().to_owned()).collect();
    let mut faults = Vec::new();
    let mut canonical: Vec<Option<Column>> = Vec::new();
    for header in &headers {
        let found = mapping.column(header).and_then(|(name, is_guess)| Some((Column::named(name)?, is_guess)));
        let taken = |column: Column| canonical.contains(&Some(column));
        match found {
            Some((column, is_guess)) if !(is_guess && taken(column)) => {
                if is_guess {
                    let at = format!("row {number} column {header}");
                    let expected = format!("`{}`: guessed; confirm it with a mapping file", column.name());
                    faults.push(Fault::new("guessed_column", Severity::Note, at, header, &expected));
                }
                canonical.push(Some(column));
            }
            _ => {
                if !header.is_empty() {
                    let at = format!("row {number} column {header}");
                    let expected = "a column of the canonical CSV or of the mapping file; it is kept as unmapped";
                    faults.push(Fault::new("unknown_column", Severity::Note, at, header, expected));
                }
                canonical.push(None);
            }
        }
    }
    let says_goods = |column: &Column| matches!(column, Description | ScientificName | CommonName | HsCode);
    let by_mapping = Column::ALL.iter().filter(|column| mapping.constants.contains_key(column.name()));
    if !canonical.iter().flatten().chain(by_mapping).any(says_goods) {
        let at = format!("row {number}");
        let found =
            headers.iter().filter(|header| !header.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ");
        let expected = "a column of the goods text or of the HS code; name it `description` or `hs_code`, or say so in a mapping file";
        faults.push(Fault::new("no_goods_column", Severity::Lost, at, &found, expected));
    }
    let style = style_of(sheet, at, &canonical, mapping, &mut faults);
    Columns { canonical, headers, constants, style, faults }
}

fn style_of(
    sheet: &Sheet,
    at: usize,
    canonical: &[Option<Column>],
    mapping: &Mapping,
    faults: &mut Vec<Fault>,
) -> Style {
    let mut evidence = Evidence::default();
    let (mut scratch, mut record) = (Scratch::default(), csv::ByteRecord::new());
    for n in at + 1..sheet.rows.len() {
        sheet.rows.read(n, &mut scratch, &mut record);
        for (column, cell) in canonical.iter().zip(record.iter()) {
            match column {
                Some(column) if column.is_number() => evidence.number(&text_of(cell)),
                Some(column) if column.is_date() => evidence.date(&text_of(cell)),
                _ => {}
            }
        }
    }
    let style = evidence.style(mapping.decimal, mapping.dates);
    if style.decimal == ',' && mapping.decimal.is_none() {
        let expected = "a decimal point; the values show a decimal comma";
        faults.push(Fault::new("decimal_comma", Severity::Note, sheet.name.to_owned(), ",", expected));
    }
    if style.decimal_ambiguous {
        let expected = "a decimal mark that the values settle; a comma before three digits is read as thousands";
        faults.push(Fault::new("decimal_ambiguous", Severity::Doubt, sheet.name.to_owned(), "1,234", expected));
    }
    if style.dates_ambiguous {
        let expected = "dates that settle their order; day before month is assumed";
        faults.push(Fault::new("dates_ambiguous", Severity::Doubt, sheet.name.to_owned(), "03/02/2014", expected));
    }
    style
}
