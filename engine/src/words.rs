//! Enumerations whose values are words of an interface: written, listed, parsed and serialised from one place.

/// Declares an enumeration and, for each value, the word that stands for it in files and answers.
///
/// Gives `ALL`, `WORDS`, `as_str`, `Display`, `FromStr` (any letter case; blanks and hyphens as `_`), serde and a schema.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $( $(#[$about:meta])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $( $(#[$about])* $variant, )* }

        #[allow(dead_code, reason = "not every enumeration needs every form")]
        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word that stands for it in data, rules and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value of a word that is written just so.
            pub fn read(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // Nearly always it is written just so.
                if let Some(word) = Self::read(text) {
                    return Ok(word);
                }
                let found = Self::WORDS.iter().position(|word| $crate::words::same(text, word));
                found.and_then(|n| Self::ALL.get(n).copied()).ok_or_else(|| $crate::words::UnknownWord::of(text, Self::WORDS))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                Self::read(&text).ok_or_else(|| serde::de::Error::unknown_variant(&text, Self::WORDS))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": Self::WORDS })
            }
        }
    };
}
pub(crate) use words;

/// A text that is none of the words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {}", known.join(", "))]
pub struct UnknownWord {
    /// The text, shortened.
    pub found: String,
    /// What was expected.
    pub known: &'static [&'static str],
}

impl UnknownWord {
    /// What a reader is told of a word that is none of these: the nearest of them, or all.
    pub fn of(text: &str, known: &'static [&'static str]) -> Self {
        Self { found: text.chars().take(80).collect(), known }
    }
}

/// `Re-export`, `RE EXPORT` and `re_export` are one word.
pub fn same(text: &str, word: &str) -> bool {
    let letter = |byte: u8| match byte {
        b' ' | b'-' => b'_',
        other => other.to_ascii_lowercase(),
    };
    text.trim().bytes().map(letter).eq(word.bytes().map(letter))
}

#[cfg(test)]
mod tests {
    words! {
        enum Way {
            In = "import",
            Out = "re_export",
        }
    }

    #[test]
    fn a_word_is_read_however_it_is_joined() {
        for text in ["re_export", " Re-Export", "RE EXPORT"] {
            assert_eq!(text.parse::<Way>().ok(), Some(Way::Out), "{text}");
        }
        assert_eq!(
            "sideways".parse::<Way>().map_err(|error| error.to_string()),
            Err("`sideways` is none of import, re_export".into())
        );
        assert_eq!(serde_json::to_value(Way::In).ok(), Some("import".into()));
    }
}
