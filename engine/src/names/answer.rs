//! What is asked of the names and what they answer.

use serde::Serialize;

use crate::codes::{CountryCode, Date, HsCode};
use crate::reference::Strength;
use crate::words::words;

/// A goods item as far as names are concerned.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameQuery<'a> {
    /// The goods text.
    pub text: &'a str,
    /// The field for the scientific name.
    pub declared: Option<&'a str>,
    /// The field for the common name.
    pub common: Option<&'a str>,
    /// HS code as declared.
    pub hs: Option<&'a HsCode>,
    /// Country of origin as declared.
    pub origin: Option<CountryCode>,
    /// Day the answer is for; the tables have no dates yet, so it changes nothing today.
    pub as_of: Option<Date>,
    /// Nobody reads why: the context of mentions stays empty, and what was set aside says it in short.
    pub in_short: bool,
}

words! {
    /// What the words of a goods item say.
    #[derive(Default)]
    pub enum Verdict {
        /// No wood of ours and no substitute.
        #[default]
        None = "none",
        /// A substitute genus only.
        Lookalike = "lookalike",
        /// It may be wood of Dalbergia, Diospyros or Osyris.
        Review = "review",
        /// Wood, or an article of wood, of Dalbergia, Diospyros or Osyris is named.
        Flag = "flag",
    }
}

words! {
    /// How a name was recognised.
    pub enum Method {
        /// Accepted scientific name.
        Scientific = "scientific",
        /// A scientific name that another one replaces.
        Synonym = "synonym",
        /// A scientific name whose genus is abbreviated, such as `D. nigra`.
        Abbreviated = "abbreviated",
        /// Near to a name, not equal.
        Misspelling = "misspelling",
        /// Trade or vernacular name.
        TradeName = "trade_name",
        /// Only the declared fields name it.
        Declared = "declared",
        /// Only the HS code names it.
        Hs = "hs",
    }
}

/// The field that a mention stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The text of the goods.
    Text,
    /// Scientific name field.
    Declared,
    /// Common name field.
    Common,
}

/// One name in the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mention {
    /// Accepted name, or genus.
    pub taxon: String,
    /// `species`, `genus`, ...
    pub rank: String,
    /// Genus of `taxon`.
    pub genus: String,
    /// How it was recognised.
    pub method: Method,
    /// The name as the table has it.
    pub name: String,
    /// As written in the field.
    pub text: String,
    pub field: Field,
    /// Bytes in the original field.
    pub span: (usize, usize),
    /// 1.0 when written as in the table, less with damage.
    pub similarity: f64,
    /// How far the name can be trusted.
    pub strength: Strength,
    /// Other taxa that the same words can mean.
    pub alternatives: Vec<String>,
    /// True when the genus is Dalbergia, Diospyros or Osyris.
    pub in_scope: bool,
    /// True when it is a substitute for one of them.
    pub lookalike: bool,
    /// Populations that the name is limited to, such as MG.
    pub population: Vec<CountryCode>,
    /// What this mention alone would give.
    pub verdict: Verdict,
    /// What in the surroundings spoke for or against wood.
    pub context: Vec<String>,
}

/// Words that sound like a name and were set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// The words as they stand in the field.
    pub text: String,
    /// The name as the table has it.
    pub name: String,
    pub field: Field,
    /// Bytes in the original field.
    pub span: (usize, usize),
    pub why: String,
}

/// Everything the words say.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resolution {
    /// The strongest verdict of the mentions.
    pub verdict: Verdict,
    /// In order of field and place.
    pub mentions: Vec<Mention>,
    /// In order of field and place.
    pub excluded: Vec<Excluded>,
}
