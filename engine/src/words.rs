//! Enumerations that are written as words: in tables, rules, manifests and answers.
//!
//! In: a list of variants with their words. Out: the enum with its words, its list, its reading and its serde, so that a
//! word stands in one place. `words!` is for enums whose every variant has one fixed word.

/// Declares an enum whose variants are written as words. The order of the variants is the order of the type.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$of_variant:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$of_variant])* $variant,)+
        }

        #[allow(dead_code, reason = "one set of functions for every enum; not each is called for each")]
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Their words, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// As written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads a word as it is written.
            pub fn read(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                Self::read(&word).ok_or_else(|| serde::de::Error::unknown_variant(&word, Self::WORDS))
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    words! {
        /// Two.
        enum Two {
            /// One.
            One = "one",
            /// Other.
            Other = "an_other",
        }
    }

    #[test]
    fn a_word_is_read_as_it_is_written() {
        for (one, word) in Two::ALL.iter().zip(Two::WORDS) {
            assert_eq!((one.as_str(), Two::read(word)), (*word, Some(*one)));
            let json = serde_json::to_string(one).unwrap();
            assert_eq!(serde_json::from_str::<Two>(&json).unwrap(), *one);
        }
        let refused = serde_json::from_str::<Two>("\"third\"").unwrap_err().to_string();
        assert!(refused.contains("an_other"), "{refused}");
        assert!(Two::One < Two::Other);
    }
}
