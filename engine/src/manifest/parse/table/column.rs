//! The canonical columns, and where their values stand in the canonical form.

use super::super::super::fields::{self, Field, consignment, document, equipment, goods_item, manifest};
use super::super::super::place::Place;

macro_rules! columns {
    ($($variant:ident = $name:literal,)*) => {
        /// A canonical column. A row is read by it, not by its name: a ship has thousands of rows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Column { $($variant),* }

        /// Columns that are read. Others are reported and kept as unmapped.
        pub const COLUMNS: &[&str] = &[$($name),*];

        impl Column {
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// Its name in a table.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The column of that name.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
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
    MassUnit = "mass_unit",
    VolumeUnit = "volume_unit",
    Quantity = "quantity",
    Unit = "unit",
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
    /// Holds a quantity.
    pub fn is_number(self) -> bool {
        use Column::{GrossMassKg, NPackages, NetMassKg, Quantity, TareKg, Value, VolumeM3};
        matches!(self, GrossMassKg | NetMassKg | VolumeM3 | TareKg | Value | NPackages | Quantity)
    }

    /// Says what the goods are.
    pub fn names_goods(self) -> bool {
        matches!(self, Self::Description | Self::ScientificName | Self::CommonName | Self::HsCode)
    }

    /// Holds a place of the carriage.
    pub fn is_place(self) -> bool {
        use Column::{
            Arrival, Delivery, Departure, Discharge, FinalDestination, Loading, OriginalLoading, Transhipment,
        };
        matches!(
            self,
            Departure | Arrival | OriginalLoading | Loading | Transhipment | Discharge | Delivery | FinalDestination
        )
    }

    /// Holds a mass or a volume, in the unit of its name.
    pub fn is_measured(self) -> bool {
        matches!(self, Self::GrossMassKg | Self::NetMassKg | Self::TareKg | Self::VolumeM3)
    }

    /// Is said of a whole bill or voyage: a head above the table may say it, and rows below one that says it need not.
    pub fn is_of_bill(self) -> bool {
        use Column::*;
        matches!(
            self,
            ManifestReference
                | Imo
                | ShipName
                | Flag
                | Voyage
                | Departure
                | DepartedAt
                | Arrival
                | ArrivesAt
                | BillOfLading
        ) || matches!(self, MasterBill | Procedure | Routing | NotifyName | NotifyCountry)
            || matches!(self, ConsignorName | ConsignorCountry | ConsignorCity | ConsignorStreet)
            || matches!(self, ConsigneeName | ConsigneeCountry | ConsigneeCity | ConsigneeStreet)
            || self.is_place()
    }

    /// The column that gives the unit of this one's numbers.
    pub fn unit_beside(self) -> Option<Self> {
        match self {
            Self::GrossMassKg | Self::NetMassKg => Some(Self::MassUnit),
            Self::VolumeM3 => Some(Self::VolumeUnit),
            _ => None,
        }
    }

    /// Holds a day.
    pub fn is_date(self) -> bool {
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
            Self::MassUnit => item(goods_item::gross_mass_kg),
            Self::VolumeUnit => item(goods_item::volume_m3),
            Self::Quantity | Self::Unit => item(goods_item::quantity),
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

/// A set of columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Set(u64);

const _: () = assert!(Column::COUNT <= 64, "a set has a bit for each column");

impl Set {
    /// The columns of a list.
    pub const fn of(columns: &[Column]) -> Self {
        Self(0).with(columns)
    }

    /// The same with those of another list.
    pub const fn with(self, columns: &[Column]) -> Self {
        let (mut set, mut rest) = (self.0, columns);
        while let [first, more @ ..] = rest {
            set |= 1 << *first as u64;
            rest = more;
        }
        Self(set)
    }

    /// Is this column among them?
    #[inline]
    pub fn has(self, column: Column) -> bool {
        self.0 >> column as u64 & 1 == 1
    }

    /// Is any of these columns among them?
    pub fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Puts a column in, or takes it out.
    #[inline]
    pub fn set(&mut self, column: Column, is_in: bool) {
        self.0 = self.0 & !(1 << column as u64) | u64::from(is_in) << column as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        for column in Column::ALL {
            assert_eq!(Column::named(column.name()), Some(*column));
            let mut set = Set::of(&[*column]);
            assert!(Column::ALL.iter().all(|other| set.has(*other) == (other == column)), "{column:?}");
            assert!(set.has_any(Set::of(Column::ALL)));
            set.set(*column, false);
            assert_eq!(set, Set::default());
        }
    }
}
