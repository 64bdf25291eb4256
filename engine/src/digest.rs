//! Fingerprints: a value becomes bytes in one way only, and bytes become a hash.
//!
//! In: anything that serialises, in a fixed order of fields. Out: a BLAKE3 hash, and the short form that answers show.
//! The bytes are tagged and carry lengths, so that two values never run into each other. They are no exchange format.
//! Cost: one pass and one buffer a value; no text is escaped and no number is written out, as JSON would.

use std::fmt::Display;

use serde::ser::{self, Serialize};

pub use blake3::Hash;

/// Hexadecimal digits that answers show: 64 bits tell editions of one office apart.
const SHOWN: usize = 16;

/// The hash of a value.
pub fn of(value: &(impl Serialize + ?Sized)) -> Hash {
    let mut bytes = Vec::with_capacity(1_024);
    write(value, &mut bytes);
    blake3::hash(&bytes)
}

/// Adds a value's bytes to a buffer.
pub fn write(value: &(impl Serialize + ?Sized), bytes: &mut Vec<u8>) {
    // Only a type that refuses to serialise fails here; what it wrote until then still counts.
    let _ = value.serialize(&mut Writer { bytes });
}

/// The hash of a set: the order in which its members come is nothing.
pub fn of_set(mut members: Vec<Hash>) -> Hash {
    members.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    let mut hasher = blake3::Hasher::new();
    for member in &members {
        hasher.update(member.as_bytes());
    }
    hasher.finalize()
}

/// As answers show it: `b3:` and the first digits.
pub fn shown(hash: &Hash) -> String {
    let mut text = String::with_capacity(3 + SHOWN);
    text.push_str("b3:");
    push_digits(hash, SHOWN, &mut text);
    text
}

/// The first `n` hexadecimal digits of a hash, an even number of them.
pub fn digits(hash: &Hash, n: usize) -> String {
    let mut text = String::with_capacity(n);
    push_digits(hash, n, &mut text);
    text
}

fn push_digits(hash: &Hash, n: usize, text: &mut String) {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    let mut digits = [0; 2 * blake3::OUT_LEN];
    for ([high, low], byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hash.as_bytes()) {
        (*high, *low) = (digit(byte >> 4), digit(byte & 15));
    }
    text.push_str(std::str::from_utf8(digits.get(..n).unwrap_or(&digits)).unwrap_or_default());
}

/// What a kind of value starts with.
mod tag {
    pub(super) const NONE: u8 = 0;
    pub(super) const BOOL: u8 = 1;
    pub(super) const INTEGER: u8 = 2;
    pub(super) const FLOAT: u8 = 3;
    pub(super) const TEXT: u8 = 4;
    pub(super) const BYTES: u8 = 5;
    pub(super) const VARIANT: u8 = 6;
    pub(super) const LIST: u8 = 7;
    pub(super) const SKIPPED: u8 = 8;
    pub(super) const END: u8 = 9;
    pub(super) const SOME: u8 = 10;
    pub(super) const LONG: u8 = 11;
}

/// A value could not be written; it says why.
#[derive(Debug)]
struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(what: T) -> Self {
        Self(what.to_string())
    }
}

struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
}

impl Writer<'_> {
    #[inline]
    fn mark(&mut self, tag: u8) -> Result<(), Refused> {
        self.bytes.push(tag);
        Ok(())
    }

    /// A tag and the bytes behind it, of a length that the tag tells.
    #[inline]
    fn put<const N: usize>(&mut self, tag: u8, bytes: [u8; N]) -> Result<(), Refused> {
        self.bytes.reserve(N + 1);
        self.bytes.push(tag);
        self.bytes.extend(bytes);
        Ok(())
    }

    #[inline]
    fn sized(&mut self, tag: u8, bytes: &[u8]) -> Result<(), Refused> {
        match u8::try_from(bytes.len()) {
            // Nearly all are short.
            Ok(length @ ..0x80) => self.bytes.extend_from_slice(&[tag, length]),
            _ => {
                self.bytes.push(tag);
                self.length(bytes.len());
            }
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Seven bits a byte, the last without the high one.
    #[inline]
    fn length(&mut self, mut length: usize) {
        while length >= 0x80 {
            self.bytes.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        self.bytes.push(length as u8);
    }

    fn integer(&mut self, value: i128) -> Result<(), Refused> {
        match i64::try_from(value) {
            Ok(value) => self.put(tag::INTEGER, value.to_le_bytes()),
            Err(_) => self.put(tag::LONG, value.to_le_bytes()),
        }
    }
}

type Done = Result<(), Refused>;

impl<'a, 'b> ser::Serializer for &'a mut Writer<'b> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Parts<'a, 'b>;
    type SerializeTuple = Parts<'a, 'b>;
    type SerializeTupleStruct = Parts<'a, 'b>;
    type SerializeTupleVariant = Parts<'a, 'b>;
    type SerializeMap = Parts<'a, 'b>;
    type SerializeStruct = Parts<'a, 'b>;
    type SerializeStructVariant = Parts<'a, 'b>;

    fn is_human_readable(&self) -> bool {
        true
    }

    fn serialize_bool(self, v: bool) -> Done {
        self.put(tag::BOOL, [u8::from(v)])
    }
    fn serialize_i8(self, v: i8) -> Done {
        self.integer(v.into())
    }
    fn serialize_i16(self, v: i16) -> Done {
        self.integer(v.into())
    }
    fn serialize_i32(self, v: i32) -> Done {
        self.integer(v.into())
    }
    fn serialize_i64(self, v: i64) -> Done {
        self.integer(v.into())
    }
    fn serialize_u8(self, v: u8) -> Done {
        self.integer(v.into())
    }
    fn serialize_u16(self, v: u16) -> Done {
        self.integer(v.into())
    }
    fn serialize_u32(self, v: u32) -> Done {
        self.integer(v.into())
    }
    fn serialize_u64(self, v: u64) -> Done {
        self.integer(v.into())
    }
    fn serialize_f32(self, v: f32) -> Done {
        self.serialize_f64(v.into())
    }
    fn serialize_f64(self, v: f64) -> Done {
        self.put(tag::FLOAT, v.to_bits().to_le_bytes())
    }
    fn serialize_char(self, v: char) -> Done {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, v: &str) -> Done {
        self.sized(tag::TEXT, v.as_bytes())
    }
    fn serialize_bytes(self, v: &[u8]) -> Done {
        self.sized(tag::BYTES, v)
    }
    fn serialize_none(self) -> Done {
        self.mark(tag::NONE)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.mark(tag::SOME)?;
        value.serialize(self)
    }
    fn serialize_unit(self) -> Done {
        self.mark(tag::NONE)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.mark(tag::NONE)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.sized(tag::VARIANT, variant.as_bytes())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.sized(tag::VARIANT, variant.as_bytes())?;
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a, 'b>, Refused> {
        Parts::begin(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Parts<'a, 'b>, Refused> {
        Parts::begin(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'a, 'b>, Refused> {
        Parts::begin(self)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a, 'b>, Refused> {
        self.sized(tag::VARIANT, variant.as_bytes())?;
        Parts::begin(self)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a, 'b>, Refused> {
        Parts::begin(self)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a, 'b>, Refused> {
        Parts::begin(self)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a, 'b>, Refused> {
        self.sized(tag::VARIANT, variant.as_bytes())?;
        Parts::begin(self)
    }
}

/// Members of a list, fields of a struct, entries of a map: opened, one after another, closed.
struct Parts<'a, 'b> {
    writer: &'a mut Writer<'b>,
}

impl<'a, 'b> Parts<'a, 'b> {
    fn begin(writer: &'a mut Writer<'b>) -> Result<Self, Refused> {
        writer.mark(tag::LIST)?;
        Ok(Self { writer })
    }

    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.writer)
    }

    /// A field that a struct leaves out: those behind it keep their places.
    fn skipped(&mut self) -> Done {
        self.writer.mark(tag::SKIPPED)
    }

    fn close(self) -> Done {
        self.writer.mark(tag::END)
    }
}

macro_rules! unnamed {
    ($($kind:ident $method:ident)*) => { $(
        impl ser::$kind for Parts<'_, '_> {
            type Ok = ();
            type Error = Refused;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.part(value)
            }
            fn end(self) -> Done {
                self.close()
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
            type Error = Refused;
            // The fields of a struct have an order, so that their names say nothing.
            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Done {
                self.part(value)
            }
            fn skip_field(&mut self, _: &'static str) -> Done {
                self.skipped()
            }
            fn end(self) -> Done {
                self.close()
            }
        }
    )* };
}

named! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Parts<'_, '_> {
    type Ok = ();
    type Error = Refused;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.part(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.part(value)
    }
    fn end(self) -> Done {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn other_values_other_hashes() {
        let values = [
            json!(null),
            json!(""),
            json!("0"),
            json!(0),
            json!(0.5),
            json!([]),
            json!([[]]),
            json!(["ab", "c"]),
            json!(["a", "bc"]),
            json!([["a"], "b"]),
            json!([["a", "b"]]),
            json!({ "a": "b" }),
            json!(["a", { "b": 1 }]),
            json!([true]),
        ];
        for (n, a) in values.iter().enumerate() {
            for (m, b) in values.iter().enumerate() {
                assert_eq!(of(a) == of(b), n == m, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_set_has_no_order() {
        let of_texts = |texts: &[&str]| of_set(texts.iter().map(|text| of(*text)).collect());
        assert_eq!(of_texts(&["a", "b", "c"]), of_texts(&["c", "a", "b"]));
        assert_ne!(of_texts(&["a", "b"]), of_texts(&["a", "b", "b"]));
        let hash = of("x");
        assert_eq!(shown(&hash), format!("b3:{}", &hash.to_hex()[..SHOWN]));
        assert_eq!(digits(&hash, 64), hash.to_hex().as_str());
    }

    #[test]
    fn a_field_that_is_left_out_is_not_another_that_is_not() {
        #[derive(serde::Serialize)]
        struct Two {
            #[serde(skip_serializing_if = "Option::is_none")]
            a: Option<u8>,
            #[serde(skip_serializing_if = "Option::is_none")]
            b: Option<u8>,
        }
        assert_ne!(of(&Two { a: Some(1), b: None }), of(&Two { a: None, b: Some(1) }));
    }
}
