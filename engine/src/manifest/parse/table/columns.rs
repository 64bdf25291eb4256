//! What the columns of one table mean: settled once from its header and all its values.
//!
//! In: the header, what stands under it, a mapping file. Out: for each place its canonical column, unit and style. What is exact
//! goes before what is vague, wherever it stands. Columns of goods texts are joined; of two others for one field the better
//! counts and the other is told and kept as unmapped.

use super::super::super::fault::{Fault, Severity};
use super::super::super::vocabulary;
use super::super::units::{Unit, unit};
use super::column::Column;
use super::header::Header;
use super::mapping::{By, Mapping, Taken};
use super::record::Scratch;
use super::record::text_of;
use super::sheet::Sheet;
use super::style::{Dates, Decimal, Marks, Order};
use super::under::{Place, Under};

/// What the columns of a table mean.
pub(super) struct Columns {
    /// What each place is taken for; `None` = unmapped.
    pub taken: Vec<Option<Taken>>,
    /// Header of each place.
    pub headers: Vec<String>,
    /// What the mapping or the head of the table says for every row.
    pub constants: [Option<String>; Column::COUNT],
    /// Unit of the numbers of each column, where it is not that of its name.
    pub units: [Option<String>; Column::COUNT],
    /// Decimal mark of each column.
    pub decimals: [Decimal; Column::COUNT],
    pub dates: Dates,
    /// No column holds the goods text: that of the names is it.
    pub names_are_goods: bool,
    pub faults: Vec<Fault>,
    /// First place of each column.
    places: [Option<usize>; Column::COUNT],
    /// Column of each place.
    by_place: Vec<Option<Column>>,
    /// Columns that the table or a constant fills, once each: what a row holds stands in their order.
    pub slots: Vec<Column>,
    /// Where each column stands among them.
    slot_of: [Option<u8>; Column::COUNT],
}

impl Columns {
    /// Canonical column of place `n`.
    #[inline]
    pub fn at(&self, n: usize) -> Option<Column> {
        self.by_place.get(n).copied().flatten()
    }

    /// Where a column stands in what a row holds.
    #[inline]
    pub fn slot(&self, column: Column) -> Option<usize> {
        self.slot_of.get(column as usize).copied().flatten().map(usize::from)
    }

    /// Gives a slot to every column that something fills, once the head has said its constants.
    pub fn number_slots(&mut self) {
        self.slots = Column::ALL.iter().copied().filter(|column| self.fills(*column)).collect();
        let numbered = self.slots.iter().zip(0..);
        numbered.for_each(|(column, n)| {
            self.slot_of.iter_mut().skip(*column as usize).take(1).for_each(|slot| *slot = Some(n))
        });
    }

    /// The numbers of a column are in the unit of its name, and no column beside it says otherwise.
    pub fn is_in_its_unit(&self, column: Column) -> bool {
        self.unit(column).is_none() && column.unit_beside().is_none_or(|beside| !self.has(beside))
    }

    /// What the mapping says for every row.
    pub fn constant(&self, column: Column) -> Option<&str> {
        self.constants.get(column as usize)?.as_deref()
    }

    /// First place that means `column`.
    pub fn place_of(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    /// True when some place means `column`.
    pub fn has(&self, column: Column) -> bool {
        self.place_of(column).is_some()
    }

    /// True when a place or a constant says something of `column`.
    pub fn fills(&self, column: Column) -> bool {
        self.has(column) || self.constant(column).is_some()
    }

    /// Header of the first place that means `column`.
    pub fn header(&self, column: Column) -> Option<&String> {
        self.headers.get(self.place_of(column)?)
    }

    /// Decimal mark of a column.
    pub fn decimal(&self, column: Column) -> Decimal {
        self.decimals.get(column as usize).copied().unwrap_or(Decimal { mark: '.', is_open: false })
    }

    /// Unit of a column, where it is not that of its name.
    pub fn unit(&self, column: Column) -> Option<&str> {
        self.units.get(column as usize)?.as_deref()
    }
}

/// The columns of a table below its header.
pub(super) fn columns(sheet: &Sheet, header: &Header, mapping: &Mapping) -> Columns {
    let headers = header.names.clone();
    let shapes = Under::new(&sheet.rows, header.last, headers.len());
    let settled = |(n, header): (usize, &String)| settled(mapping.meaning(header), shapes.at(n));
    let mut taken: Vec<Option<Taken>> = headers.iter().enumerate().map(settled).collect();
    let number = sheet.rows.number(header.last);
    let mut faults = Vec::new();
    by_content(&mut taken, &shapes);
    unit_columns(&mut taken, &shapes);
    one_each(&mut taken, &headers, number, &mut faults);
    for (header, taken) in headers.iter().zip(&taken) {
        tell(header, taken.as_ref(), number, &mut faults);
    }
    let constants = std::array::from_fn(|n| {
        let column = Column::ALL.get(n).copied();
        column.and_then(|column| mapping.constants.get(column.name()).cloned())
    });
    let units = std::array::from_fn(|n| Column::ALL.get(n).and_then(|column| unit_of(*column, &taken, mapping)));
    let names_are_goods = !taken.iter().flatten().any(|taken| taken.column == Column::Description)
        && !mapping.constants.contains_key(Column::Description.name());
    let decimals = [Decimal { mark: '.', is_open: false }; Column::COUNT];
    let dates = Order::default().style(mapping.dates);
    let places = std::array::from_fn(|n| {
        let column = Column::ALL.get(n).copied();
        taken.iter().position(|taken| taken.as_ref().map(|taken| taken.column) == column && column.is_some())
    });
    let by_place = taken.iter().map(|taken| taken.as_ref().map(|taken| taken.column)).collect();
    let (slots, slot_of) = (Vec::new(), [None; Column::COUNT]);
    let mut columns = Columns {
        taken,
        headers,
        constants,
        units,
        decimals,
        dates,
        names_are_goods,
        faults,
        places,
        by_place,
        slots,
        slot_of,
    };
    goods_are_named(&mut columns, number);
    styles(&mut columns, sheet, header.last, mapping);
    columns
}

/// What a header means, once what stands under it was looked at.
pub(super) fn settled(taken: Option<Taken>, under: Place<'_, '_>) -> Option<Taken> {
    use vocabulary::Under::{Codes, Counts, Numbers, Sizes};
    let taken = taken.filter(|taken| match taken.under {
        None => true,
        Some(Counts) => under.are_counts(),
        Some(Codes) => under.are_codes(),
        Some(Sizes) => under.are_sizes(),
        Some(Numbers) => under.are_numbers(),
    })?;
    if taken.by == By::File {
        return Some(taken);
    }
    let as_column = |column: Column| Some(Taken { column, ..taken.clone() });
    match taken.column {
        Column::Departure if under.are_days() => as_column(Column::DepartedAt),
        Column::Arrival if under.are_days() => as_column(Column::ArrivesAt),
        column if column.is_place() && (under.are_days() || under.are_terms()) => None,
        Column::Item if under.are_codes() => as_column(Column::HsCode),
        Column::Item if under.are_texts() => Some(Taken { column: Column::Description, by: By::Word, ..taken }),
        // How many containers, not which.
        Column::Container if taken.is_guess() && under.are_counts() => None,
        // A word that may name a quantity names none where no number stands under it.
        column if column.is_number() && taken.by < By::Words && under.are_no_numbers() => None,
        Column::Description if taken.by < By::Words && under.are_numbers() => None,
        _ => Some(taken),
    }
}

/// Containers are known by their numbers, whatever their column is called.
fn by_content(taken: &mut [Option<Taken>], shapes: &Under<'_>) {
    let has = |taken: &[Option<Taken>], column: Column| taken.iter().flatten().any(|taken| taken.column == column);
    if has(taken, Column::Container) {
        return;
    }
    let unnamed = taken.iter_mut().enumerate().find(|(n, taken)| {
        let is_free = taken.as_ref().is_none_or(|taken| taken.is_guess() && taken.column != Column::BillOfLading);
        is_free && shapes.at(*n).are_containers()
    });
    if let Some((_, slot)) = unnamed {
        *slot = Some(Taken { column: Column::Container, by: By::Vague, unit: None, under: None });
    }
}

/// A column that is called `Unit` belongs to the numbers to its left, or to those that its units measure.
fn unit_columns(taken: &mut [Option<Taken>], shapes: &Under<'_>) {
    for n in 0..taken.len() {
        if taken.get(n).and_then(Option::as_ref).is_none_or(|taken| taken.column != Column::Unit) {
            continue;
        }
        let left = taken.get(..n).unwrap_or_default().iter().rev().flatten().next().map(|taken| taken.column);
        let under = shapes.at(n);
        let column = match left {
            Some(Column::GrossMassKg | Column::NetMassKg) => Column::MassUnit,
            Some(Column::VolumeM3) => Column::VolumeUnit,
            Some(Column::NPackages) => Column::PackageKind,
            Some(Column::Quantity) => continue,
            _ if under.are_masses() => Column::MassUnit,
            _ if under.are_volumes() => Column::VolumeUnit,
            _ => continue,
        };
        if let Some(Some(slot)) = taken.get_mut(n) {
            slot.column = column;
        }
    }
}

/// Of several places for one field the best stays: the surest, then that in the unit of the field, then the first. Goods texts
/// all stay, and so does a header that stands twice.
fn one_each(taken: &mut [Option<Taken>], headers: &[String], row: u64, faults: &mut Vec<Fault>) {
    for column in Column::ALL {
        let places: Vec<usize> = (0..taken.len())
            .filter(|n| taken.get(*n).and_then(Option::as_ref).is_some_and(|taken| taken.column == *column))
            .collect();
        let reason = |n: &usize| {
            let taken = taken.get(*n).and_then(Option::as_ref);
            let is_plain = taken.is_some_and(|taken| taken.unit.as_deref().is_none_or(is_unit_of_field));
            (taken.map(|taken| taken.by), is_plain, std::cmp::Reverse(*n))
        };
        let Some(best) = places.iter().copied().max_by_key(reason) else { continue };
        let joins = |n: usize| {
            let is_surer_than_chance = taken.get(n).and_then(Option::as_ref).is_some_and(|taken| taken.by > By::Vague);
            *column == Column::Description && is_surer_than_chance
        };
        let stays = |n: usize| n == best || joins(n) || headers.get(n) == headers.get(best);
        for n in places.iter().copied().filter(|n| !stays(*n)).collect::<Vec<_>>() {
            let (header, better) = (header_at(headers, n), header_at(headers, best));
            let at = format!("row {row} column {header}");
            let expected =
                format!("one column for `{}`; `{better}` was taken, this one is kept as unmapped", column.name());
            faults.push(Fault::new("second_column", Severity::Note, at, header, &expected));
            if let Some(slot) = taken.get_mut(n) {
                *slot = None;
            }
        }
    }
}

fn header_at(headers: &[String], n: usize) -> &str {
    headers.get(n).map(String::as_str).unwrap_or_default()
}

/// Kilograms and cubic metres.
fn is_unit_of_field(text: &str) -> bool {
    matches!(unit(text), None | Some((Unit::Mass(1.0) | Unit::Volume(1.0), _)))
}

/// Says what a column was taken for, where nobody said so.
fn tell(header: &str, taken: Option<&Taken>, row: u64, faults: &mut Vec<Fault>) {
    let at = || format!("row {row} column {header}");
    match taken {
        Some(taken) if taken.is_guess() => {
            let unit = taken.unit.as_ref().map(|unit| format!(" in {unit}")).unwrap_or_default();
            let expected = format!("`{}`{unit}: guessed; confirm it with a mapping file", taken.column.name());
            faults.push(Fault::new("guessed_column", Severity::Note, at(), header, &expected));
        }
        None if !header.is_empty() && faults.iter().all(|fault| fault.code != "second_column" || fault.at != at()) => {
            let expected = "a column of the canonical CSV or of the mapping file; it is kept as unmapped";
            faults.push(Fault::new("unknown_column", Severity::Note, at(), header, expected));
        }
        _ => {}
    }
}

/// The unit of a column by the mapping, else by its header.
fn unit_of(column: Column, taken: &[Option<Taken>], mapping: &Mapping) -> Option<String> {
    if let Some(unit) = mapping.units.get(column.name()) {
        return Some(unit.clone());
    }
    let stated = taken.iter().flatten().find(|taken| taken.column == column)?.unit.as_ref()?;
    let fits = match unit(stated)?.0 {
        Unit::Mass(_) => column.is_measured() && column != Column::VolumeM3,
        Unit::Volume(_) => column == Column::VolumeM3,
    };
    fits.then(|| stated.clone())
}

/// Goods that nobody can read are lost, not green.
fn goods_are_named(columns: &mut Columns, row: u64) {
    let by_mapping = Column::ALL.iter().copied().filter(|column| columns.constant(*column).is_some());
    if columns.taken.iter().flatten().map(|taken| taken.column).chain(by_mapping).any(Column::names_goods) {
        return;
    }
    let found =
        columns.headers.iter().filter(|header| !header.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ");
    let expected =
        "a column of the goods text or of the HS code; name it `description` or `hs_code`, or say so in a mapping file";
    columns.faults.push(Fault::new("no_goods_column", Severity::Lost, format!("row {row}"), &found, expected));
}

/// How each column writes its numbers, and the table its dates.
fn styles(columns: &mut Columns, sheet: &Sheet, header: usize, mapping: &Mapping) {
    let (mut marks, mut order) = ([Marks::default(); Column::COUNT], Order::default());
    let is_asked = |(n, column): (usize, &Option<Column>)| {
        let column = column.filter(|column| column.is_number() || column.is_date())?;
        Some((n, column))
    };
    let asked: Vec<(usize, Column)> = columns.by_place.iter().enumerate().filter_map(is_asked).collect();
    let rows = if asked.is_empty() { 0..0 } else { header + 1..sheet.rows.len() };
    let mut scratch = Scratch::default();
    for n in rows {
        let cells = sheet.rows.read(n, &mut scratch);
        for (n, column) in &asked {
            let Some(cell) = cells.get(*n) else { break };
            if column.is_date() {
                order.see(&text_of(cell));
            } else if let Some(marks) = marks.get_mut(*column as usize) {
                marks.see(cell);
            }
        }
    }
    let mut all = Marks::default();
    marks.iter().for_each(|marks| all.add(*marks));
    let own = |n: usize| marks.get(n).copied().unwrap_or_default();
    columns.decimals = std::array::from_fn(|n| own(n).style(mapping.decimal, all));
    columns.dates = order.style(mapping.dates);
    say_styles(columns, sheet.name, mapping);
}

fn say_styles(columns: &mut Columns, name: &str, mapping: &Mapping) {
    let read: Vec<Column> =
        columns.taken.iter().flatten().map(|taken| taken.column).filter(|column| column.is_number()).collect();
    if mapping.decimal.is_none() && read.iter().any(|column| columns.decimal(*column).mark == ',') {
        let expected = "a decimal point; the values show a decimal comma";
        columns.faults.push(Fault::new("decimal_comma", Severity::Note, name.to_owned(), ",", expected));
    }
    let open: Vec<Column> = read.into_iter().filter(|column| columns.decimal(*column).is_open).collect();
    for column in &open {
        let found = columns.header(*column).cloned().unwrap_or_default();
        let expected = "a decimal mark that the values settle; each number that is open is doubted with both readings";
        columns.faults.push(Fault::new("decimal_ambiguous", Severity::Doubt, name.to_owned(), &found, expected));
    }
    if columns.dates.is_open {
        let expected = "dates that settle their order; day before month is assumed";
        columns.faults.push(Fault::new("dates_ambiguous", Severity::Doubt, name.to_owned(), "03/02/2014", expected));
    }
}
