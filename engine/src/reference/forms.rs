//! The controlled vocabulary of forms that goods made of a plant can have.
//!
//! Source: datasets/forms/card.toml (after Resolution Conf. 10.13 and the interpretation of the Appendices).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// A form of goods made of a plant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Form { $($(#[$doc])* $name),* }

        impl Form {

            /// Every form, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name that tables, rules and answers use.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }

        impl FromStr for Form {
            type Err = UnknownForm;

            fn from_str(text: &str) -> Result<Self, UnknownForm> {
                match text { $($text => Ok(Self::$name),)* _ => Err(UnknownForm(text.into())) }
            }
        }
    };
}

/// The text names no form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a form of goods")]
pub struct UnknownForm(String);

forms! {
    /// Wood in the rough or roughly squared.
    Log = "log",
    /// Wood sawn lengthwise.
    Sawn = "sawn",
    /// Sheets, as a rule 6 mm or less.
    Veneer = "veneer",
    /// Sheets glued crosswise.
    Plywood = "plywood",
    Chips = "chips",
    /// Dry particles.
    Powder = "powder",
    Bark = "bark",
    /// Roots and stumps.
    Root = "root",
    /// Essential oil.
    Oil = "oil",
    Extract = "extract",
    /// Wood for burning.
    Fuelwood = "fuelwood",
    /// Charred wood.
    Charcoal = "charcoal",
    /// Continuously shaped wood of HS 4409.
    TransformedWood = "transformed_wood",
    Furniture = "furniture",
    /// Finished musical instrument.
    Instrument = "instrument",
    /// Finished part or accessory of an instrument.
    InstrumentPart = "instrument_part",
    /// Roughly shaped piece, not finished.
    Blank = "blank",
    /// Goods that need no further work.
    FinishedProduct = "finished_product",
    Fruit = "fruit",
    Seed = "seed",
    Leaf = "leaf",
    /// Living plant.
    Live = "live",
    /// A form that none of these names.
    Other = "other",
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Form {
    /// Raw or semi-worked wood.
    pub fn is_raw_wood(self) -> bool {
        use Form::{Blank, Chips, Fuelwood, Log, Plywood, Root, Sawn, TransformedWood, Veneer};
        matches!(self, Log | Sawn | Veneer | Plywood | Chips | Root | Fuelwood | Blank | TransformedWood)
    }
}
