//! Codes with a fixed shape: countries, places, HS codes, Appendices, lanes of time.
//!
//! In: text as declared. Out: a checked value, or `None` when the text has not that shape.
//! Not here: whether a code is *known* (the `reference` tables say so).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day. Validity of law and documents has no time of day.
pub type Date = jiff::civil::Date;

/// The text was not of the shape that the code has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {expected}")]
pub struct CodeError {
    /// The text as found.
    pub found: String,
    /// What was expected, in words.
    pub expected: &'static str,
}

fn code_error(found: &str, expected: &'static str) -> CodeError {
    CodeError { found: found.chars().take(80).collect(), expected }
}

/// ISO 3166-1 alpha-2 country code by shape (two ASCII letters). `ZZ` is the unknown country.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// The unknown country.
    pub const UNKNOWN: Self = Self(*b"ZZ");

    /// The code as text.
    pub fn as_str(&self) -> &'static str {
        let place = |letter: u8| usize::from(letter.wrapping_sub(b'A'));
        let [a, b] = self.0;
        let at = (place(a) * LETTERS + place(b)) * 2;
        PAIRS.get(at..at + 2).unwrap_or("ZZ")
    }

    /// False for `ZZ`.
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }
}

/// Letters from A to Z.
const LETTERS: usize = 26;
/// Every two of them: `AAABAC …`.
static PAIRS: &str = {
    static BYTES: [u8; LETTERS * LETTERS * 2] = pairs(b'A', LETTERS);
    match std::str::from_utf8(&BYTES) {
        Ok(pairs) => pairs,
        Err(_) => "",
    }
};
/// Digits from 0 to 9.
const DIGITS: usize = 10;
/// Every two of them: `000102 …`.
static CHAPTERS: &str = {
    static BYTES: [u8; DIGITS * DIGITS * 2] = pairs(b'0', DIGITS);
    match std::str::from_utf8(&BYTES) {
        Ok(pairs) => pairs,
        Err(_) => "",
    }
};

/// Every two of `n` signs that follow `first`, in order.
#[expect(clippy::indexing_slicing, reason = "a constant: it is checked when the program is made")]
const fn pairs<const BYTES: usize>(first: u8, n: usize) -> [u8; BYTES] {
    let mut pairs = [0; BYTES];
    let mut at = 0;
    while at < n * n {
        pairs[at * 2] = first + (at / n) as u8;
        pairs[at * 2 + 1] = first + (at % n) as u8;
        at += 1;
    }
    pairs
}

impl FromStr for CountryCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let bytes = text.as_bytes();
        match if bytes.len() == 2 { bytes } else { text.trim().as_bytes() } {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(code_error(text, "an ISO 3166-1 alpha-2 country code such as `MG`")),
        }
    }
}

/// UN/LOCODE by shape: country code and three letters or digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unlocode([u8; 5]);

impl Unlocode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZZZZ")
    }

    /// The country that the place lies in.
    pub fn country(self) -> CountryCode {
        let [a, b, ..] = self.0;
        CountryCode([a, b])
    }
}

impl FromStr for Unlocode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut code = [0_u8; 5];
        let mut n = 0;
        for byte in text.bytes().filter(|b| *b != b' ') {
            let Some(slot) = code.get_mut(n) else { return Err(code_error(text, UNLOCODE_SHAPE)) };
            *slot = byte.to_ascii_uppercase();
            n += 1;
        }
        let [a, b, rest @ ..] = code;
        let shaped =
            n == 5 && a.is_ascii_uppercase() && b.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_alphanumeric);
        if shaped { Ok(Self(code)) } else { Err(code_error(text, UNLOCODE_SHAPE)) }
    }
}

const UNLOCODE_SHAPE: &str = "a UN/LOCODE such as `MGTMM`";

/// Harmonized System code: 2 to 12 digits; dots and spaces are dropped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HsCode {
    /// Zero bytes follow the digits, so that codes are in the order of their texts.
    digits: [u8; HS_DIGITS],
    n: u8,
}

/// Digits of an HS code at most.
const HS_DIGITS: usize = 12;

impl HsCode {
    /// All digits as declared, national ones included.
    pub fn as_str(&self) -> &str {
        let digits = self.digits.get(..usize::from(self.n)).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// How many digits it has.
    pub(crate) fn len(&self) -> usize {
        usize::from(self.n)
    }

    /// First two digits.
    pub fn chapter(&self) -> &'static str {
        let value = |digit: u8| usize::from(digit.wrapping_sub(b'0'));
        let [tens, ones, ..] = self.digits;
        let at = (value(tens) * DIGITS + value(ones)) * 2;
        CHAPTERS.get(at..at + 2).unwrap_or_default()
    }

    /// First four digits, `None` when only a chapter was declared.
    pub fn heading(&self) -> Option<&str> {
        self.as_str().get(..4)
    }

    /// The code of its first `n` digits; the code itself where it has no more.
    pub(crate) fn cut(&self, n: usize) -> Self {
        let mut digits = self.digits;
        digits.iter_mut().skip(n).for_each(|digit| *digit = 0);
        Self { digits, n: self.n.min(n as u8) }
    }

    /// True when the code lies under `prefix`.
    pub fn is_under(&self, prefix: &str) -> bool {
        self.digits.get(..usize::from(self.n)).unwrap_or_default().starts_with(prefix.as_bytes())
    }
}

impl FromStr for HsCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let refused = || code_error(text, "an HS code of 2 to 12 digits such as `440349`");
        let mut code = Self { digits: [0; HS_DIGITS], n: 0 };
        // Nearly all are digits alone.
        let plain = code.digits.get_mut(..text.len()).filter(|digits| digits.len() >= 2);
        if let Some(digits) = plain.filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())) {
            digits.copy_from_slice(text.as_bytes());
            code.n = text.len() as u8;
            return Ok(code);
        }
        for c in text.chars().filter(|c| !matches!(c, '.' | ' ' | '\u{a0}' | '-')) {
            let slot = code.digits.get_mut(usize::from(code.n)).filter(|_| c.is_ascii_digit()).ok_or_else(refused)?;
            *slot = u8::try_from(c).map_err(|_| refused())?;
            code.n += 1;
        }
        if code.n >= 2 { Ok(code) } else { Err(refused()) }
    }
}

/// Appendix of the Convention. Ordered by strictness: `I` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Appendix {
    /// Appendix III.
    III,
    /// Appendix II.
    II,
    /// Appendix I.
    I,
}

impl Appendix {
    /// Their words, from the least strict.
    pub const WORDS: &'static [&'static str] = &["III", "II", "I"];

    /// `I`, `II` or `III`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
        }
    }
}

impl FromStr for Appendix {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        match text.trim() {
            "I" | "i" | "1" => Ok(Self::I),
            "II" | "ii" | "2" => Ok(Self::II),
            "III" | "iii" | "3" => Ok(Self::III),
            _ => Err(code_error(text, "an Appendix: `I`, `II` or `III`")),
        }
    }
}

/// Days from `from` (inclusive) to `to` (inclusive); an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    /// First day; `None` = always was.
    pub from: Option<Date>,
    /// Last day; `None` = still is.
    pub to: Option<Date>,
}

impl Period {
    /// True when `day` lies within.
    pub fn contains(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

macro_rules! text_code {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str { self.as_str() }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                // Only the normal spelling: what had to be normalised is read by a parser that keeps the original.
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                let code: Self = text.parse().map_err(serde::de::Error::custom)?;
                if code.as_str() == text { Ok(code) } else { Err(serde::de::Error::custom(code_error(&text, "in normal spelling"))) }
            }
        }
    )*};
}
text_code!(CountryCode, Unlocode, HsCode);

macro_rules! code_schema {
    ($($name:ident = $pattern:literal),*) => {$(
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
}
code_schema!(CountryCode = "^[A-Z]{2}$", Unlocode = "^[A-Z]{2}[A-Z0-9]{3}$", HsCode = "^[0-9]{2,12}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_by_shape() {
        assert_eq!("mg".parse::<CountryCode>().map(|c| c.to_string()), Ok("MG".into()));
        assert!("MDG".parse::<CountryCode>().is_err());
        for text in ["AA", "AZ", "MG", "ZA", "ZZ"] {
            assert_eq!(text.parse::<CountryCode>().map(|code| code.as_str()), Ok(text));
        }
        assert_eq!("MG TMM".parse::<Unlocode>().map(|c| c.country().to_string()), Ok("MG".into()));
        assert_eq!("4403.49 10".parse::<HsCode>().map(|c| c.to_string()), Ok("44034910".into()));
        for text in ["00", "09", "44", "99"] {
            assert_eq!(text.parse::<HsCode>().map(|code| code.chapter()), Ok(text));
        }
        for (text, code) in [("44", Some("44")), ("4403991200AB", None), ("123456789012", Some("123456789012"))] {
            assert_eq!(text.parse::<HsCode>().ok().as_ref().map(HsCode::as_str), code, "{text}");
        }
        assert!(["", "4", "1234567890123", "44O349"].iter().all(|text| text.parse::<HsCode>().is_err()));
        assert!(Appendix::I > Appendix::II && Appendix::II > Appendix::III);
    }
}
