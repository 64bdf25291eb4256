//! What is known of one field of a view: its kind, why it may be unknown, the values it can have, where they stand, the record
//! behind it, its meaning and unit.
//!
//! In: nothing. Out: [`Field`], which each row of the view fills once; lints, explanations, the written reference and setters
//! read it. Not here: which fields there are (`view.rs`).

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    Number,
    /// A text or code.
    Text,
    /// A set of texts or codes.
    Texts,
}

impl Kind {
    /// The word that rules write for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "yes or no",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Texts => "a set of texts",
        }
    }
}

/// Kinds as types, for setters: a value of another kind does not compile.
pub mod kinds {
    /// Yes or no.
    #[derive(Debug, Clone, Copy)]
    pub struct Bool;
    /// Marks a field that holds a number.
    #[derive(Debug, Clone, Copy)]
    pub struct Number;
    /// Marks a field that holds a text.
    #[derive(Debug, Clone, Copy)]
    pub struct Text;
    /// A set of texts.
    #[derive(Debug, Clone, Copy)]
    pub struct Texts;
    /// The same, or a gap.
    #[derive(Debug, Clone, Copy)]
    pub struct Maybe<K>(std::marker::PhantomData<K>);
}

/// The values that a field can have. An empty text stands for none in all of them.
#[derive(Debug, Clone, Copy)]
pub enum Domain {
    /// Anything of its kind.
    Any,
    /// A text as somebody wrote it.
    Declared,
    /// Words as they are compared: without capitals, accents, signs and look-alike letters.
    Folded,
    Words(fn() -> Vec<&'static str>),
    /// What a table holds.
    Of(Table),
    /// So many digits, from and to.
    Digits(usize, usize),
    /// From 0 to 1.
    Share,
    /// Not below 0.
    Count,
}

impl Domain {
    /// Are its texts folded?
    pub fn is_folded(self) -> bool {
        matches!(self, Self::Folded)
    }

    /// Its words, where it is a list of words.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::Words(words) => words(),
            _ => Vec::new(),
        }
    }
}

/// Tables that hold the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// `datasets/countries`
    Countries,
    /// `datasets/taxa`: accepted names and genera.
    Taxa,
    /// Forms of goods.
    Forms,
    /// `datasets/goods-words`, rows of kind claim.
    Claims,
    /// `datasets/goods-words`, rows of kind special.
    SpecialClaims,
    /// `datasets/routes`
    Routes,
    /// `datasets/cover-goods`
    CoverGoods,
}

impl Table {
    /// As named in `datasets/README.md`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Countries => "countries",
            Self::Taxa => "taxa",
            Self::Forms => "forms",
            Self::Claims | Self::SpecialClaims => "goods-words",
            Self::Routes => "routes",
            Self::CoverGoods => "cover-goods",
        }
    }
}

/// Where in the consignment the values stand that a field is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// At the subject itself, which says where it stands.
    Subject,
    /// At the words of the item that name taxa.
    Names,
    /// In a field of the goods item, shown by its value.
    Item(&'static str),
    /// In the goods text, shown as declared.
    Words,
    /// In the HS code, shown as declared.
    HsCode,
    /// In mass and volume, shown as mass by volume.
    MassAndVolume,
    /// Among the item's documents.
    Documents,
    /// In a field of the consignment, shown by its value.
    Whole(&'static str),
    /// In no one place.
    Nowhere,
}

/// The record behind a field, whose label what is told of it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rests {
    /// The manifest and the shipped tables.
    Manifest,
    /// The permit register.
    Register,
    Alert,
    /// The watch list.
    WatchList,
}

/// What is known of one field of a view: everything that explanations, checks and the reference say of it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Why it may be unknown; `None` = it always is known.
    pub gap: Option<&'static str>,
    /// Values it can have.
    pub domain: Domain,
    /// Where it stands.
    pub stands: Stands,
    /// What it rests on.
    pub rests: Rests,
    /// What it is, for rule writers.
    pub meaning: &'static str,
    /// Unit of a number that has one.
    pub unit: Option<&'static str>,
}

impl Field {
    /// May it be unknown?
    pub fn may_be_unknown(&self) -> bool {
        self.gap.is_some()
    }

    /// Meaning, unit and values in one sentence, for the written reference.
    pub fn in_words(&self) -> String {
        let mut text = self.meaning.to_owned();
        if let Some(unit) = self.unit {
            text.push_str(", ");
            text.push_str(unit);
        }
        match self.domain {
            Domain::Words(words) => {
                text.push_str(": ");
                text.push_str(&words().join(", "));
            }
            Domain::Of(table) => {
                text.push_str(" (datasets/");
                text.push_str(table.name());
                text.push(')');
            }
            Domain::Any | Domain::Declared | Domain::Folded | Domain::Digits(..) | Domain::Share | Domain::Count => {}
        }
        text
    }
}
