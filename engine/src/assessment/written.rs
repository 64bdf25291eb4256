//! An answer as JSON: the bytes that serde_json writes, with less work.
//!
//! In: anything that serialises. Out: its bytes, compact. Names of fields are words of the program and need no escapes; a text
//! is looked at eight bytes at a time and copied whole where it needs none. Fractions, and texts that need escapes, are given
//! to serde_json. Cost: one pass and one buffer.

use serde::Serialize;
use serde::ser::{self, Serializer};
use serde_json::Error;

/// The bytes of an answer.
pub fn bytes(answer: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(2_048);
    answer.serialize(&mut Writer { bytes: &mut bytes })?;
    Ok(bytes)
}

/// A whole number in decimal digits.
pub(super) struct Digits {
    /// Zeros stand before it.
    digits: [u8; Self::MOST],
    n: usize,
}

impl Digits {
    /// Digits of the largest.
    const MOST: usize = 20;

    /// Writes it out.
    pub fn of(mut number: u64) -> Self {
        let (mut digits, mut n) = ([b'0'; Self::MOST], 0);
        for digit in digits.iter_mut().rev() {
            if number == 0 {
                break;
            }
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
            n += 1;
        }
        Self { digits, n }
    }

    /// Its digits, with zeros before them where it has fewer than `width`.
    pub fn at_least(&self, width: usize) -> &[u8] {
        let from = Self::MOST - self.n.max(width).min(Self::MOST);
        self.digits.get(from..).unwrap_or_default()
    }
}

struct Writer<'b> {
    bytes: &'b mut Vec<u8>,
}

/// A sign that JSON escapes: a quotation mark, a backslash, a control sign.
fn has_escapes(text: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let (eights, rest) = text.as_chunks::<8>();
    let found = eights.iter().fold(0, |found, eight| {
        let word = u64::from_le_bytes(*eight);
        let mark = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        found | (mark | backslash | control) & !word
    });
    found & (ONES * 0x80) != 0 || rest.iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}

impl Writer<'_> {
    fn text(&mut self, text: &str) -> Result<(), Error> {
        if has_escapes(text.as_bytes()) {
            return serde_json::to_writer(&mut *self.bytes, text);
        }
        self.bytes.reserve(text.len() + 2);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
        Ok(())
    }

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(Digits::of(number).at_least(1));
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Error> {
        self.bytes.extend_from_slice(word);
        Ok(())
    }

    /// The name of a field or of a variant, which is part of the program.
    fn name(&mut self, name: &str) {
        self.bytes.reserve(name.len() + 3);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
    }
}

macro_rules! whole {
    ($($method:ident $kind:ty),*) => { $(
        fn $method(self, value: $kind) -> Result<(), Error> {
            self.number(value.into());
            Ok(())
        }
    )* };
}

macro_rules! signed {
    ($($method:ident $kind:ty),*) => { $(
        fn $method(self, value: $kind) -> Result<(), Error> {
            if value < 0 {
                self.bytes.push(b'-');
            }
            self.number(value.unsigned_abs().into());
            Ok(())
        }
    )* };
}

impl<'a, 'b> Serializer for &'a mut Writer<'b> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Parts<'a, 'b>;
    type SerializeTuple = Parts<'a, 'b>;
    type SerializeTupleStruct = Parts<'a, 'b>;
    type SerializeTupleVariant = Parts<'a, 'b>;
    type SerializeMap = Parts<'a, 'b>;
    type SerializeStruct = Parts<'a, 'b>;
    type SerializeStructVariant = Parts<'a, 'b>;

    whole!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);
    signed!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);

    fn serialize_bool(self, v: bool) -> Result<(), Error> {
        self.word(if v { b"true" } else { b"false" })
    }
    fn serialize_f32(self, v: f32) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.bytes, &v)
    }
    fn serialize_f64(self, v: f64) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.bytes, &v)
    }
    fn serialize_char(self, v: char) -> Result<(), Error> {
        self.text(v.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, v: &str) -> Result<(), Error> {
        self.text(v)
    }
    fn serialize_bytes(self, v: &[u8]) -> Result<(), Error> {
        v.serialize(self)
    }
    fn serialize_none(self) -> Result<(), Error> {
        self.word(b"null")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Error> {
        self.word(b"null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.word(b"null")
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.text(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.bytes.push(b'{');
        self.name(variant);
        value.serialize(&mut *self)?;
        self.word(b"}")
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a, 'b>, Error> {
        Ok(Parts::begin(self, b'[', b"]"))
    }
    fn serialize_tuple(self, _: usize) -> Result<Parts<'a, 'b>, Error> {
        Ok(Parts::begin(self, b'[', b"]"))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a, 'b>, Error> {
        Ok(Parts::begin(self, b'[', b"]"))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a, 'b>, Error> {
        self.bytes.push(b'{');
        self.name(variant);
        Ok(Parts::begin(self, b'[', b"]}"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a, 'b>, Error> {
        Ok(Parts::begin(self, b'{', b"}"))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a, 'b>, Error> {
        Ok(Parts::begin(self, b'{', b"}"))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a, 'b>, Error> {
        self.bytes.push(b'{');
        self.name(variant);
        Ok(Parts::begin(self, b'{', b"}}"))
    }
}

/// Entries or fields, with commas between them.
struct Parts<'a, 'b> {
    writer: &'a mut Writer<'b>,
    is_first: bool,
    close: &'static [u8],
}

impl<'a, 'b> Parts<'a, 'b> {
    fn begin(writer: &'a mut Writer<'b>, open: u8, close: &'static [u8]) -> Self {
        writer.bytes.push(open);
        Self { writer, is_first: true, close }
    }

    fn comma(&mut self) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.writer.bytes.push(b',');
        }
    }

    fn entry<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.comma();
        self.writer.name(name);
        value.serialize(&mut *self.writer)
    }
}

macro_rules! unnamed {
    ($($kind:ident $method:ident)*) => { $(
        impl ser::$kind for Parts<'_, '_> {
            type Ok = ();
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.entry(value)
            }
            fn end(self) -> Result<(), Error> {
                self.writer.word(self.close)
            }
        }
    )* };
}

unnamed! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! named {
    ($($kind:ident)*) => { $(
        impl ser::$kind for Parts<'_, '_> {
            type Ok = ();
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.field(name, value)
            }
            fn end(self) -> Result<(), Error> {
                self.writer.word(self.close)
            }
        }
    )* };
}

named! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Error;
    /// A key that is no text is written as one.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.comma();
        let from = self.writer.bytes.len();
        key.serialize(&mut *self.writer)?;
        if self.writer.bytes.get(from) != Some(&b'"') {
            self.writer.bytes.insert(from, b'"');
            self.writer.bytes.push(b'"');
        }
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.writer.bytes.push(b':');
        value.serialize(&mut *self.writer)
    }
    fn end(self) -> Result<(), Error> {
        self.writer.word(self.close)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    enum Kind {
        Unit,
        One(i8),
        Two(u16, f32),
        Named { x: Option<char> },
    }

    #[derive(Serialize)]
    struct Every {
        kinds: Vec<Kind>,
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<u8>,
        none: Option<u8>,
        unit: (),
        texts: Vec<String>,
        numbers: Vec<(i64, u64, f64)>,
        by_text: BTreeMap<String, bool>,
        by_number: BTreeMap<i32, [u8; 2]>,
        empty: [(); 0],
    }

    proptest! {
        #[test]
        fn the_bytes_are_those_of_serde_json(
            texts in prop::collection::vec(".{0,40}", 0..6),
            numbers in prop::collection::vec(any::<(i64, u64, f64)>(), 0..6),
            number in any::<i32>(),
            sign in any::<char>(),
        ) {
            let every = Every {
                kinds: vec![Kind::Unit, Kind::One(number as i8), Kind::Two(number as u16, 0.1), Kind::Named { x: Some(sign) }],
                left_out: None,
                none: None,
                unit: (),
                by_text: texts.iter().map(|text| (text.clone(), text.is_empty())).collect(),
                texts,
                numbers,
                by_number: BTreeMap::from([(number, [1, 2]), (0, [0, 255])]),
                empty: [],
            };
            let (own, theirs) = (bytes(&every).unwrap(), serde_json::to_vec(&every).unwrap());
            prop_assert_eq!(String::from_utf8(own).unwrap(), String::from_utf8(theirs).unwrap());
        }
    }

    #[test]
    fn signs_that_are_escaped_are_found_anywhere() {
        for n in 0..=20 {
            for sign in ["\"", "\\", "\u{0}", "\u{1f}", " ", "\u{7f}", "é", "\u{ff}", "!", "#", "[", "]"] {
                let text = format!("{}{sign}{}", "x".repeat(n), "é".repeat(20 - n));
                assert_eq!(bytes(&text).unwrap(), serde_json::to_vec(&text).unwrap(), "{text}");
            }
        }
    }
}
