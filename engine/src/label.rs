//! Handling labels after the Traffic Light Protocol, TLP 2.0 (FIRST, 2022): who may see what a record says.
//!
//! In: a label as written. Out: a [`Label`], ordered by strictness, so that what rests on several records carries the
//! largest. A label that cannot be read counts as the strictest. Not here: who the reader is (the service decides that).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A label; the later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Label {
    /// Everybody may read it.
    #[default]
    Clear,
    /// The community of those who control trade.
    Green,
    /// The reader's organisation and those it serves.
    Amber,
    /// The reader's organisation.
    AmberStrict,
    /// The named readers.
    Red,
}

impl Label {
    /// All of them, from the most open.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];
    /// A row of a permit register that says nothing: registers are held in confidence between authorities.
    pub const OF_REGISTER: Self = Self::Amber;
    /// An alert or a watch-list entry that says nothing: it may come from a covert source.
    pub const OF_INFORMATION: Self = Self::Red;

    /// The label as TLP 2.0 writes it, such as `TLP:AMBER`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }

    /// Reads a label in either case, with or without blanks. `TLP:WHITE` is CLEAR's name in TLP 1.0. `None` when it is
    /// none; such a text counts as [`Label::Red`].
    pub fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        if plain == "TLP:WHITE" {
            return Some(Self::Clear);
        }
        Self::ALL.into_iter().find(|label| label.as_str() == plain)
    }

    /// The label of a row: what it says, RED when that cannot be read, `unsaid` when it says nothing.
    pub fn of_row(text: Option<&str>, unsaid: Self) -> Self {
        match text.map(str::trim).filter(|text| !text.is_empty()) {
            None => unsaid,
            Some(text) => Self::read(text).unwrap_or(Self::Red),
        }
    }

    /// Why a row's label is not what it seems to say; `None` when it is well written or absent.
    pub fn fault(text: Option<&str>) -> Option<String> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        let unread = Self::read(text).is_none();
        unread.then(|| {
            let shown: String = text.chars().take(40).collect();
            format!("handling `{shown}` is no TLP 2.0 label; the row counts as TLP:RED")
        })
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl schemars::JsonSchema for Label {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Label".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "enum": Self::ALL.map(Self::as_str) })
    }
}

impl<'de> Deserialize<'de> for Label {
    /// Never fails on a text: one that is no label is RED. Readers of rows tell it by [`Label::fault`].
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        Ok(Self::read(&text).unwrap_or(Self::Red))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_as_written_and_ordered() {
        for label in Label::ALL {
            assert_eq!(Label::read(label.as_str()), Some(label));
            assert_eq!(Label::read(&label.as_str().to_lowercase()), Some(label));
        }
        assert!(Label::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        for (text, label, is_fault) in [
            (None, Label::Amber, false),
            (Some(" "), Label::Amber, false),
            (Some("TLP: amber + strict"), Label::AmberStrict, false),
            (Some("TLP:WHITE"), Label::Clear, false),
            (Some("TLP:CLAER"), Label::Red, true),
            (Some("CLEAR"), Label::Red, true),
            (Some("restricted"), Label::Red, true),
        ] {
            assert_eq!(Label::of_row(text, Label::OF_REGISTER), label, "{text:?}");
            assert_eq!(Label::fault(text).is_some(), is_fault, "{text:?}");
        }
        let read: Label = serde_json::from_str("\"secret\"").unwrap();
        assert_eq!((read, serde_json::to_string(&read).unwrap()), (Label::Red, "\"TLP:RED\"".to_owned()));
    }
}
