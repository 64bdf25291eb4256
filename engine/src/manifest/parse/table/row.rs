//! One row of a table: its cells by canonical column, values out of them, and what was wrong with them.

use std::borrow::Cow;

use super::super::super::fault::{Fault, Severity};
use super::super::super::fields::{Original, Unmapped};
use super::super::super::limits;
use super::super::super::place::Place;
use super::super::super::reading::{FAILED_FORMULA, HIDDEN, is_failed_formula, trimmed, visible, without_hidden};
use super::column::{Column, Set};
use super::columns::Columns;
use super::record::Cells;

/// One row and the faults found in it.
pub(super) struct Row<'h> {
    number: u64,
    pub columns: &'h Columns,
    /// Texts by the slot of their column; no text is empty unless a constant says so.
    cells: Vec<Option<Cow<'h, str>>>,
    /// Columns that hold a text: nearly all that are asked for hold none.
    said: Set,
    /// Columns that the row itself fills, as against constants of the mapping.
    given_by_row: Set,
    /// Columns whose number several rows share: it stands here, or in a row above.
    shared: Vec<(Column, bool)>,
    pub faults: Vec<Fault>,
    pub originals: Vec<Original>,
    pub unmapped: Vec<Unmapped>,
}

impl<'h> Row<'h> {
    /// Sorts the cells of a row into their columns.
    pub fn new(number: u64, cells: Cells<'h>, columns: &'h Columns) -> Self {
        let mut row = Self {
            number,
            columns,
            cells: Vec::with_capacity(columns.slots.len()),
            said: Set::default(),
            given_by_row: Set::default(),
            shared: Vec::new(),
            faults: Vec::new(),
            originals: Vec::new(),
            unmapped: Vec::new(),
        };
        for column in &columns.slots {
            let constant = columns.constant(*column);
            row.cells.push(constant.map(Cow::Borrowed));
            row.said.set(*column, constant.is_some_and(|text| !text.is_empty()));
        }
        let ordinary = cells.ordinary();
        for (n, (from, to)) in cells.spans.iter().enumerate() {
            let plain = ordinary.and_then(|text| text.get(*from as usize..*to as usize)).map(trimmed);
            let plain =
                plain.filter(|text| text.len() <= limits::MAX_TEXT_BYTES && text.as_bytes().first() != Some(&b'#'));
            match (columns.headers.get(n), plain) {
                (None, _) => row.say_extra(n, cells),
                (Some(_), Some("")) => {}
                (Some(header), Some(text)) => row.put(columns.at(n), header, text.into()),
                (Some(header), None) => row.look_closer(n, header, cells),
            }
        }
        if cells.len() < columns.headers.len() {
            let found = format!("{} fields", cells.len());
            let expected = format!("{} fields", columns.headers.len());
            row.fault_at(Place::bill(0), "short_row", Severity::Lost, "", &found, &expected);
        }
        row
    }

    /// Says that a field stands behind the last column.
    fn say_extra(&mut self, n: usize, cells: Cells<'_>) {
        let field = cells.get(n).unwrap_or_default();
        if !field.trim_ascii().is_empty() {
            let found = String::from_utf8_lossy(field);
            let expected = "no more fields than the header";
            self.fault_at(Place::bill(0), "extra_field", Severity::Lost, &format!("{}", n + 1), &found, expected);
        }
    }

    /// Puts a text without what nobody sees, and no longer than it may be; what was wrong with it is said. Nothing where a
    /// formula failed.
    fn look_closer(&mut self, n: usize, header: &str, cells: Cells<'h>) {
        let mut text = match cells.text(n).unwrap_or_default() {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => text.trim().to_owned().into(),
        };
        let place = place(self.columns, n);
        if !cells.is_utf8(n) {
            let expected = "UTF-8; read as Windows-1252";
            self.fault_at(place, "not_utf8", Severity::Doubt, header, &text, expected);
        }
        if let Some(clean) = without_hidden(&text) {
            let found = visible(&text);
            self.fault_at(place, "hidden_characters", Severity::Doubt, header, &found, HIDDEN);
            text = clean.into();
        }
        if text.len() > limits::MAX_TEXT_BYTES {
            let expected = "at most MAX_TEXT_BYTES; the rest was cut";
            self.fault_at(place, "text_too_long", Severity::Lost, header, &text, expected);
            let end = text.floor_char_boundary(limits::MAX_TEXT_BYTES);
            text.to_mut().truncate(end);
        }
        if is_failed_formula(&text) {
            self.fault_at(place, "failed_formula", Severity::Lost, header, &text, FAILED_FORMULA);
        } else if !text.is_empty() {
            self.put(self.columns.at(n), header, text);
        }
    }

    /// Two columns for one field: a text goes on, a constant gives way, and of two other values nobody knows which counts.
    fn put(&mut self, column: Option<Column>, header: &str, text: Cow<'h, str>) {
        let Some(column) = column else {
            return self.unmapped.push(Unmapped {
                at: self.at(header),
                found: text.into_owned(),
                consignment: Some(0),
            });
        };
        let is_constant = !self.given_by_row.has(column);
        self.given_by_row.set(column, true);
        let Some(slot) = self.columns.slot(column).and_then(|n| self.cells.get_mut(n)) else { return };
        match slot {
            // What stands there before the row says anything is a constant.
            Some(_) if is_constant => *slot = Some(text),
            None => *slot = Some(text),
            Some(known) if column == Column::Description => {
                let known = known.to_mut();
                known.push(' ');
                known.push_str(&text);
            }
            Some(known) if *known == text => {}
            Some(known) => {
                let found = format!("{known} and {text}");
                *slot = None;
                self.said.set(column, false);
                return self.fault_at(
                    column.place(),
                    "duplicate_field",
                    Severity::Lost,
                    header,
                    &found,
                    "each field once",
                );
            }
        }
        self.said.set(column, true);
    }

    /// Number of the row as the file counts it.
    pub fn number_of_row(&self) -> u64 {
        self.number
    }

    fn at(&self, column: &str) -> String {
        format!("row {} column {column}", self.number)
    }

    /// Adds a fault of a column's value.
    pub fn fault(&mut self, code: &'static str, severity: Severity, column: Column, found: &str, expected: &str) {
        self.fault_at(column.place(), code, severity, column.name(), found, expected);
    }

    /// Adds a fault at a place of the row.
    pub fn fault_at(
        &mut self,
        place: Place,
        code: &'static str,
        severity: Severity,
        column: &str,
        found: &str,
        expected: &str,
    ) {
        let at = self.at(column);
        self.faults.push(Fault::of(place, code, severity, at, found, expected));
    }

    /// The text of a column, `None` where it is empty.
    #[inline]
    pub fn get(&self, column: Column) -> Option<&str> {
        if !self.said.has(column) {
            return None;
        }
        self.cells.get(self.columns.slot(column)?)?.as_deref()
    }

    /// The same, while something is said of the row: a text of the table is not copied for it.
    #[inline]
    pub fn shown(&self, column: Column) -> Option<Cow<'h, str>> {
        if !self.said.has(column) {
            return None;
        }
        self.cells.get(self.columns.slot(column)?)?.clone()
    }

    /// The same, to keep.
    #[inline]
    pub fn text(&self, column: Column) -> Option<String> {
        self.get(column).map(str::to_owned)
    }

    /// Does the row say anything of these columns?
    pub fn says_any(&self, columns: Set) -> bool {
        self.said.has_any(columns)
    }

    /// Another text in place of a column's.
    pub fn replace(&mut self, column: Column, text: String) {
        if let Some(slot) = self.columns.slot(column).and_then(|n| self.cells.get_mut(n)) {
            *slot = Some(text.into());
        }
    }

    /// Says that an open quotation mark may have parted the row wrongly.
    pub fn stands_behind_a_quote(&mut self) {
        let expected = "a row behind no open quotation mark; it was read as if the mark were none";
        self.fault_at(Place::bill(0), "unclosed_quote", Severity::Lost, "", "an open quotation mark", expected);
    }

    /// Says which cells were read from another row.
    pub fn say_filled(&mut self, places: &[usize], columns: &Columns) {
        for column in places.iter().filter_map(|n| columns.at(*n)) {
            let found = self.text(column).unwrap_or_default();
            let expected = "a value in every row; that of the row above goes on here";
            self.fault("filled_down", Severity::Note, column, &found, expected);
        }
    }

    /// Numbers that several rows share: they are none of this row alone.
    pub fn share(&mut self, places: &[(u16, bool)], columns: &Columns) {
        self.shared.extend(places.iter().filter_map(|(n, is_here)| Some((columns.at(usize::from(*n))?, *is_here))));
    }

    /// Keeps what the canonical form does not carry.
    pub fn keep(&mut self, column: Column, found: &str) {
        let header = self.columns.header(column).cloned().unwrap_or_default();
        self.unmapped.push(Unmapped { at: self.at(&header), found: found.to_owned(), consignment: Some(0) });
    }

    /// Does this row share a number of the column with others? The flag says that it stands here.
    pub fn shares(&self, column: Column) -> Option<bool> {
        self.shared.iter().find(|(shared, _)| *shared == column).map(|(_, is_here)| *is_here)
    }
}

/// Where the value of field `n` of a row stands.
fn place(columns: &Columns, n: usize) -> Place {
    columns.at(n).map_or(Place::bill(0), Column::place)
}
