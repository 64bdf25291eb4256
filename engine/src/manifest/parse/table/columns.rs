//! The canonical columns, and what the columns of one table mean: settled once from its header and all its values.

use super::super::super::fault::{Fault, Severity};
use super::super::super::fields::{self, Field, consignment, document, equipment, goods_item, manifest};
use super::super::super::place::Place;
use super::mapping::Mapping;
use super::rows::Scratch;
use super::style::{Evidence, Style};
use super::{Sheet, text_of};

macro_rules! columns {
    ($($variant:ident = $name:literal,)*) => {
        /// A canonical column. A row is read by it, not by its name: a ship has thousands of rows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Column { $($variant),* }

        /// Columns that are read. Others are reported and kept as unmapped.
        pub const COLUMNS: &[&str] = &[$($name),*];

        impl Column {
            const ALL: &[Self] = &[$(Self::$variant),*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// Its name in a table.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

columns! {
    ManifestReference = "manifest_reference",
    Imo = "imo",
    ShipName = "ship_name",
    Flag = "flag",
    Voyage = "voyage",
    Departure = "departure",
    DepartedAt = "departed_at",
    Arrival = "arrival",
    ArrivesAt = "arrives_at",
    BillOfLading = "bill_of_lading",
    MasterBill = "master_bill",
    Procedure = "procedure",
    OriginalLoading = "original_loading",
    Loading = "loading",
    Transhipment = "transhipment",
    Discharge = "discharge",
    Delivery = "delivery",
    FinalDestination = "final_destination",
    Routing = "routing",
    ConsignorName = "consignor_name",
    ConsignorCountry = "consignor_country",
    ConsignorCity = "consignor_city",
    ConsignorStreet = "consignor_street",
    ConsigneeName = "consignee_name",
    ConsigneeCountry = "consignee_country",
    ConsigneeCity = "consignee_city",
    ConsigneeStreet = "consignee_street",
    NotifyName = "notify_name",
    NotifyCountry = "notify_country",
    Container = "container",
    SizeType = "size_type",
    Fullness = "fullness",
    TareKg = "tare_kg",
    Seals = "seals",
    Item = "item",
    HsCode = "hs_code",
    HsEdition = "hs_edition",
    Description = "description",
    ScientificName = "scientific_name",
    CommonName = "common_name",
    Origin = "origin",
    NPackages = "n_packages",
    PackageKind = "package_kind",
    Marks = "marks",
    GrossMassKg = "gross_mass_kg",
    NetMassKg = "net_mass_kg",
    VolumeM3 = "volume_m3",
    Value = "value",
    Currency = "currency",
    DocumentCode = "document_code",
    DocumentKind = "document_kind",
    DocumentNumber = "document_number",
    DocumentIssuedOn = "document_issued_on",
    DocumentCountry = "document_country",
    Line = "line",
    Id = "id",
    Source = "source",
}

impl Column {
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.name() == name)
    }

    fn is_number(self) -> bool {
        use Column::{GrossMassKg, NPackages, NetMassKg, TareKg, Value, VolumeM3};
        matches!(self, GrossMassKg | NetMassKg | VolumeM3 | TareKg | Value | NPackages)
    }

    fn is_date(self) -> bool {
        matches!(self, Self::DepartedAt | Self::ArrivesAt | Self::DocumentIssuedOn)
    }

    /// Where its value stands in the canonical form, of the only item of the first consignment. Fields of a party stand
    /// with the party that the row makes of them (see [`Column::of_party`]).
    pub fn place(self) -> Place {
        let head = |field: Field| Place::HEAD.field(field);
        let means = |field: Field| head(manifest::transport_means).field(field);
        let bill = |field: Field| Place::bill(0).field(field);
        let port = |field: Field| bill(consignment::places).field(field);
        let item = |field: Field| Place::bill(0).item(0).field(field);
        let paper = |field: Field| Place::bill(0).item(0).entry(goods_item::documents, 0).field(field);
        let packages = |field: Field| Place::bill(0).item(0).entry(goods_item::packages, 0).field(field);
        let container = |field: Field| Place::HEAD.entry(manifest::equipment, 0).field(field);
        match self {
            Self::ManifestReference => head(manifest::reference),
            Self::Imo => means(fields::transport_means::imo),
            Self::ShipName => means(fields::transport_means::name),
            Self::Flag => means(fields::transport_means::flag),
            Self::Voyage => means(fields::transport_means::voyage),
            Self::Departure => head(manifest::departure).field(fields::call::unlocode),
            Self::DepartedAt => head(manifest::departure).field(fields::call::at),
            Self::Arrival => head(manifest::arrival).field(fields::call::unlocode),
            Self::ArrivesAt => head(manifest::arrival).field(fields::call::at),
            Self::BillOfLading => bill(consignment::bill_of_lading),
            Self::MasterBill => bill(consignment::master_bill),
            Self::Procedure => bill(consignment::procedure),
            Self::OriginalLoading => port(fields::places::original_loading),
            Self::Loading => port(fields::places::loading),
            Self::Transhipment => port(fields::places::transhipment),
            Self::Discharge => port(fields::places::discharge),
            Self::Delivery => port(fields::places::delivery),
            Self::FinalDestination => port(fields::places::final_destination),
            Self::Routing => bill(consignment::routing),
            Self::ConsignorName | Self::ConsignorCountry | Self::ConsignorCity | Self::ConsignorStreet => {
                bill(consignment::parties)
            }
            Self::ConsigneeName | Self::ConsigneeCountry | Self::ConsigneeCity | Self::ConsigneeStreet => {
                bill(consignment::parties)
            }
            Self::NotifyName | Self::NotifyCountry => bill(consignment::parties),
            Self::Container => container(equipment::container),
            Self::SizeType => container(equipment::size_type),
            Self::Fullness => container(equipment::fullness),
            Self::TareKg => container(equipment::tare_kg),
            Self::Seals => container(equipment::seals),
            Self::Item => item(goods_item::item),
            Self::HsCode => item(goods_item::hs_code),
            Self::HsEdition => item(goods_item::hs_edition),
            Self::Description => item(goods_item::description),
            Self::ScientificName => item(goods_item::scientific_name),
            Self::CommonName => item(goods_item::common_name),
            Self::Origin => item(goods_item::origin),
            Self::NPackages => packages(fields::packages::n),
            Self::PackageKind => packages(fields::packages::kind),
            Self::Marks => packages(fields::packages::marks),
            Self::GrossMassKg => item(goods_item::gross_mass_kg),
            Self::NetMassKg => item(goods_item::net_mass_kg),
            Self::VolumeM3 => item(goods_item::volume_m3),
            Self::Value => bill(consignment::value).field(fields::money::amount),
            Self::Currency => bill(consignment::value).field(fields::money::currency),
            Self::DocumentCode => paper(document::code),
            Self::DocumentKind => paper(document::kind),
            Self::DocumentNumber => paper(document::number),
            Self::DocumentIssuedOn => paper(document::issued_on),
            Self::DocumentCountry => paper(document::country),
            Self::Line | Self::Id => bill(consignment::line),
            Self::Source => Place::bill(0),
        }
    }
}

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
