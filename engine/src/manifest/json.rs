//! JSON, read value by value where it stands.
//!
//! In: a text. Out: objects, lists and scalars in their order; a text is borrowed unless it holds an escape. Taken and refused
//! is what serde_json takes and refuses: texts with escapes and numbers that are not plain are given to it. Why a text is
//! refused is asked of serde_json as well, which reads it once more ([`refusal`]): only broken input pays for that.
//! Cost: one pass, eight bytes at a time within texts, and no memory but that of texts with escapes.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The text is no JSON, here or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// Objects and lists within each other at most: serde_json's limit.
const MAX_DEPTH: u8 = 127;
/// Bytes of a number that is worked out here: so many digits are exact as a float.
const MAX_PLAIN: usize = 16;
/// Names that are looked at before any other: fields that a sender leaves out stand between.
const NEAR: usize = 4;
/// What stands behind a name that is looked for, so that name and end are compared at once.
pub(super) const KEY_END: &str = "\":";
const POWERS: [f64; MAX_PLAIN] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A value, or the beginning of one.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'de> {
    Null,
    Bool(bool),
    Whole(u64),
    Number(f64),
    Text(Cow<'de, str>),
    /// Its entries follow ([`Json::entry`]).
    List,
    /// Its members follow ([`Json::member`]).
    Object,
}

/// A name in an object.
#[derive(Debug)]
pub(super) enum Member<'de> {
    /// Which of the known names.
    Known(usize),
    Other(Cow<'de, str>),
}

/// A text of JSON and how far it is read.
#[derive(Debug)]
pub(super) struct Json<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

impl<'de> Json<'de> {
    /// Before the first sign.
    pub fn new(text: &'de str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The next value; of a list or an object its beginning.
    #[inline]
    pub fn value(&mut self) -> Result<Token<'de>, Broken> {
        match self.sign().ok_or(Broken)? {
            b'"' => {
                self.at += 1;
                self.string().map(|(text, _)| Token::Text(text))
            }
            b'0'..=b'9' | b'-' => self.number(),
            b'{' => self.open(Token::Object),
            b'[' => self.open(Token::List),
            b't' => self.word("true", Token::Bool(true)),
            b'f' => self.word("false", Token::Bool(false)),
            b'n' => self.word("null", Token::Null),
            _ => Err(Broken),
        }
    }

    /// The next member of an object whose names are `known`, each with the [`KEY_END`] behind it; `None` at its end. Senders
    /// keep an order, so the search begins at `due`, the one behind the last.
    #[inline]
    pub fn member_of(&mut self, known: &[&str], due: usize, first: &mut bool) -> Result<Option<Member<'de>>, Broken> {
        // Nearly every text has no blanks here, and one of the next names.
        let (before, rest) = match (self.text.as_bytes().get(self.at..), *first) {
            (Some([b',', b'"', rest @ ..]), false) => (2, rest),
            (Some([b'"', rest @ ..]), true) => (1, rest),
            (Some([b'}', ..]), _) => {
                self.close();
                return Ok(None);
            }
            _ => return self.any_member_of(known, first),
        };
        for (n, key) in known.iter().enumerate().skip(due).take(NEAR) {
            if rest.starts_with(key.as_bytes()) {
                self.at += before + key.len();
                *first = false;
                return Ok(Some(Member::Known(n)));
            }
        }
        self.any_member_of(known, first)
    }

    fn any_member_of(&mut self, known: &[&str], first: &mut bool) -> Result<Option<Member<'de>>, Broken> {
        let name = self.member(first)?;
        let found = |name: Cow<'de, str>| match known.iter().position(|key| key.strip_suffix(KEY_END) == Some(&*name)) {
            Some(n) => Member::Known(n),
            None => Member::Other(name),
        };
        Ok(name.map(found))
    }

    /// The next value where it is a text, and whether every sign of it is one of ASCII that is seen, or a blank; `None`: it is no text, and still to be read.
    #[inline]
    pub fn text(&mut self) -> Result<Option<(Cow<'de, str>, bool)>, Broken> {
        if self.sign() != Some(b'"') {
            return Ok(None);
        }
        self.at += 1;
        self.string().map(Some)
    }

    /// The name of the next member of an object; `None` at its end. `first` is true before the first one.
    #[inline]
    pub fn member(&mut self, first: &mut bool) -> Result<Option<Cow<'de, str>>, Broken> {
        if !self.goes_on(b'}', first)? {
            return Ok(None);
        }
        self.expect(b'"')?;
        let (name, _) = self.string()?;
        self.expect(b':')?;
        Ok(Some(name))
    }

    /// True when an entry of a list follows, false at its end. `first` is true before the first one.
    #[inline]
    pub fn entry(&mut self, first: &mut bool) -> Result<bool, Broken> {
        self.goes_on(b']', first)
    }

    /// Passes over one value, however deep; nothing of it is kept.
    pub fn skip(&mut self) -> Result<(), Broken> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.sign().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    self.skip_string()?;
                }
                b'0'..=b'9' | b'-' => self.skip_number()?,
                b't' => self.word("true", ())?,
                b'f' => self.word("false", ())?,
                b'n' => self.word("null", ())?,
                sign @ (b'{' | b'[') => {
                    // The sign that closes stands two behind the one that opens.
                    let close = sign + 2;
                    self.at += 1;
                    if self.sign() != Some(close) {
                        open.push(close);
                        if close == b'}' {
                            self.skip_name()?;
                        }
                        continue;
                    }
                    self.at += 1;
                }
                _ => return Err(Broken),
            }
            loop {
                let Some(close) = open.last() else { return Ok(()) };
                match self.sign() {
                    Some(b',') => {
                        self.at += 1;
                        if *close == b'}' {
                            self.skip_name()?;
                        }
                        break;
                    }
                    Some(sign) if sign == *close => {
                        self.at += 1;
                        open.pop();
                    }
                    _ => return Err(Broken),
                }
            }
        }
    }

    /// Nothing but blanks may follow.
    pub fn end(&mut self) -> Result<(), Broken> {
        self.sign().map_or(Ok(()), |_| Err(Broken))
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next sign that is no blank.
    #[inline]
    fn sign(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline]
    fn expect(&mut self, sign: u8) -> Result<(), Broken> {
        if self.sign() != Some(sign) {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    fn open(&mut self, token: Token<'de>) -> Result<Token<'de>, Broken> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Broken) } else { Ok(token) }
    }

    /// Takes the comma before a further part, or the sign that closes.
    #[inline]
    fn goes_on(&mut self, close: u8, first: &mut bool) -> Result<bool, Broken> {
        match self.sign() {
            Some(sign) if sign == close => {
                self.close();
                return Ok(false);
            }
            Some(b',') if !*first => {
                self.at += 1;
                // A comma before the end.
                if self.sign() == Some(close) {
                    return Err(Broken);
                }
            }
            Some(_) if *first => *first = false,
            _ => return Err(Broken),
        }
        Ok(true)
    }

    /// Takes the sign that closes an object or a list.
    #[inline]
    fn close(&mut self) {
        self.at += 1;
        self.depth = self.depth.saturating_sub(1);
    }

    fn word<T>(&mut self, word: &str, means: T) -> Result<T, Broken> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Broken);
        }
        self.at += word.len();
        Ok(means)
    }

    /// A text whose first quotation mark was taken.
    #[inline]
    fn string(&mut self) -> Result<(Cow<'de, str>, bool), Broken> {
        let from = self.at;
        let is_plain = self.run();
        match self.byte() {
            Some(b'"') => {
                let text = self.text.get(from..self.at).ok_or(Broken)?;
                self.at += 1;
                Ok((Cow::Borrowed(text), is_plain))
            }
            Some(b'\\') => Ok((Cow::Owned(self.escaped(from)?), false)),
            _ => Err(Broken),
        }
    }

    /// A text with escapes that begins at `from`.
    #[cold]
    fn escaped(&mut self, from: usize) -> Result<String, Broken> {
        while self.byte() == Some(b'\\') {
            self.at += 2;
            self.run();
        }
        if self.byte() != Some(b'"') {
            return Err(Broken);
        }
        self.at += 1;
        let quoted = self.text.get(from - 1..self.at).ok_or(Broken)?;
        serde_json::from_str(quoted).map_err(|_| Broken)
    }

    /// Goes on to a quotation mark, a backslash or a control sign; true when every sign before it is plain.
    #[inline]
    fn run(&mut self) -> bool {
        const ONES: u64 = u64::MAX / 255;
        const HIGH: u64 = ONES * 0x80;
        let mut odd = 0;
        while let Some(eight) = self.text.as_bytes().get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*eight);
            // A byte below 0x80 has its high bit set in one of these where it is the sign that is looked for; so may have
            // one behind it, which does not matter.
            let mark = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
            let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
            let control = word.wrapping_sub(ONES * 0x20);
            let ends = (mark | backslash | control) & !word & HIGH;
            // Beyond ASCII, or one below: 0x7f.
            let strange = word | word.wrapping_add(ONES);
            if ends != 0 {
                let n = ends.trailing_zeros() / 8;
                self.at += n as usize;
                return (odd | strange & !(u64::MAX << (8 * n))) & HIGH == 0;
            }
            odd |= strange;
            self.at += 8;
        }
        let mut odd = odd & HIGH;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' | b'\\' | 0..=0x1f => break,
                b' '..=b'~' => {}
                _ => odd = 1,
            }
            self.at += 1;
        }
        odd == 0
    }

    #[inline]
    fn number(&mut self) -> Result<Token<'de>, Broken> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if let Some((token, length)) = plain(rest) {
            self.at += length;
            return Ok(token);
        }
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let token = other(self.text.get(self.at..self.at + length).ok_or(Broken)?)?;
        self.at += length;
        Ok(token)
    }

    fn skip_name(&mut self) -> Result<(), Broken> {
        self.expect(b'"')?;
        self.skip_string()?;
        self.expect(b':')
    }

    /// As serde_json passes over a text: escapes are looked at, what they spell is not.
    fn skip_string(&mut self) -> Result<(), Broken> {
        loop {
            self.run();
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.skip_escape()?,
                _ => return Err(Broken),
            }
        }
    }

    fn skip_escape(&mut self) -> Result<(), Broken> {
        self.at += 1;
        let digits = match self.byte().ok_or(Broken)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
            b'u' => 4,
            _ => return Err(Broken),
        };
        let spelled = self.text.as_bytes().get(self.at + 1..self.at + 1 + digits).ok_or(Broken)?;
        self.at += 1 + digits;
        if spelled.iter().all(u8::is_ascii_hexdigit) { Ok(()) } else { Err(Broken) }
    }

    /// As serde_json passes over a number, however large.
    fn skip_number(&mut self) -> Result<(), Broken> {
        let digits = |json: &mut Self| {
            let from = json.at;
            while json.byte().is_some_and(|byte| byte.is_ascii_digit()) {
                json.at += 1;
            }
            json.at - from
        };
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        let begins_with_zero = self.byte() == Some(b'0');
        let whole = digits(self);
        let mut holds = whole == 1 || whole > 1 && !begins_with_zero;
        if self.byte() == Some(b'.') {
            self.at += 1;
            holds &= digits(self) > 0;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            holds &= digits(self) > 0;
        }
        if holds { Ok(()) } else { Err(Broken) }
    }
}

/// The number that a text begins with, and its bytes, where it is of digits, with a point among them or without: what nearly
/// all are.
#[inline]
fn plain(text: &[u8]) -> Option<(Token<'static>, usize)> {
    let (mut value, mut length, mut point) = (0_u64, 0, None);
    for byte in text {
        match byte {
            b'0'..=b'9' => value = value.wrapping_mul(10).wrapping_add(u64::from(byte & 15)),
            b'.' if point.is_none() => point = Some(length),
            b'.' | b'-' | b'+' | b'e' | b'E' => return None,
            _ => break,
        }
        length += 1;
    }
    let token = match (text.get(..length)?, point) {
        (number, _) if number.len() > MAX_PLAIN => return None,
        // `01`, `.5`, `5.`
        ([b'0', b'0'..=b'9', ..] | [b'.', ..] | [] | [.., b'.'], _) => return None,
        (_, None) => Token::Whole(value),
        (_, Some(point)) => Token::Number(value as f64 / POWERS.get(length - point - 1)?),
    };
    Some((token, length))
}

/// Any other number: negative, long, with an exponent.
#[cold]
fn other(text: &str) -> Result<Token<'static>, Broken> {
    let number: serde_json::Number = serde_json::from_str(text).map_err(|_| Broken)?;
    match (number.as_u64(), number.as_f64()) {
        (Some(whole), _) => Ok(Token::Whole(whole)),
        (None, Some(number)) => Ok(Token::Number(number)),
        (None, None) => Err(Broken),
    }
}

/// What serde_json says of bytes that were refused; `None`: it would take them.
pub(super) fn refusal(bytes: &[u8]) -> Option<serde_json::Error> {
    fn whole<'de, R: serde_json::de::Read<'de>>(mut json: serde_json::Deserializer<R>) -> serde_json::Result<()> {
        Walked::deserialize(&mut json)?;
        json.end()
    }
    let told = match std::str::from_utf8(bytes) {
        Ok(text) => whole(serde_json::Deserializer::from_str(text)),
        Err(_) => whole(serde_json::Deserializer::from_slice(bytes)),
    };
    told.err()
}

/// Every part of a value was looked at, and nothing kept.
struct Walked;

impl<'de> Deserialize<'de> for Walked {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Walked {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<Self, Self>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// The whole of a text as a tree, to compare.
    fn tree(text: &str) -> Result<Value, Broken> {
        fn value(json: &mut Json<'_>) -> Result<Value, Broken> {
            let mut first = true;
            if let Some((text, is_plain)) = json.text()? {
                let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                assert!(is_plain == plain || !is_plain && matches!(text, Cow::Owned(_)), "{text:?}");
                return Ok(text.into());
            }
            Ok(match json.value()? {
                Token::Null => Value::Null,
                Token::Bool(yes) => yes.into(),
                Token::Whole(number) => number.into(),
                Token::Number(number) => number.into(),
                Token::Text(text) => text.into(),
                Token::List => {
                    let mut list = Vec::new();
                    while json.entry(&mut first)? {
                        list.push(value(json)?);
                    }
                    list.into()
                }
                Token::Object => {
                    let (mut map, mut due) = (serde_json::Map::new(), 0);
                    while let Some(member) =
                        json.member_of(&["number\":", "texts\":", "a\":", "list\":"], due, &mut first)?
                    {
                        let name = match member {
                            Member::Known(n) => {
                                due = n + 1;
                                ["number", "texts", "a", "list"][n].to_owned()
                            }
                            Member::Other(name) => name.into_owned(),
                        };
                        map.insert(name, value(json)?);
                    }
                    map.into()
                }
            })
        }
        let mut json = Json::new(text);
        let read = value(&mut json)?;
        json.end()?;
        Ok(read)
    }

    /// Whole numbers below zero are floats here.
    fn as_read(value: Value) -> Value {
        match value {
            Value::Number(number) if !number.is_u64() => number.as_f64().into(),
            Value::Array(list) => list.into_iter().map(as_read).collect(),
            Value::Object(map) => Value::Object(map.into_iter().map(|(name, value)| (name, as_read(value))).collect()),
            other => other,
        }
    }

    fn check(text: &str) {
        let theirs = serde_json::from_str::<Value>(text);
        assert_eq!(tree(text).ok(), theirs.as_ref().ok().cloned().map(as_read), "{text}");
        let told = refusal(text.as_bytes()).map(|error| error.to_string());
        assert_eq!(told, theirs.err().map(|error| error.to_string()));
        let mut json = Json::new(text);
        let skipped = json.skip().and_then(|()| json.end()).is_ok();
        assert_eq!(skipped, serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "{text}");
    }

    /// Between bars.
    const SCALARS: &str = r#"| |null|nul|nulll|true|tru|false|"|"a|"a"|"a"b|0|-0|00|01|1.|.5|1.5|-1.5|1e3|1E+3|1e|1e999|-|--1
        |1-2|0.1|123456789012345678901234567890|0.30000000000000004|9007199254740993|18446744073709551616|123456.7890123
        |12345678901234.5|"\u00e9"|"\ud83d\ude00"|"\ud83d"|"\ud83d\u0041"|"\x"|"\u12"|"\|"\"|"\\"|"é"|"abcdefgé"|"\é"
        |"abcdefgh\nijklmnop"|"tab	in"|""|"abcdefgh"|"abcdefg\"|1234567890123456|12345678901234567|-12|9e-5"#;
    const PARTS: &str = r#"[]|[1]|[1,]|[,1]|[1 2]|[1|[1,|]|{}|{"a":1}|{"a":1,}|{,}|{"a" 1}|{a:1}|{"a":1 "b":2}|{"a":}|{"a":1}}
        |{"a":1,"b":[{}, [ ] ]}|{"a"|{1:2}|{"list":1,"a":2,"a":3,"texts":4}|{"\u0061":1}|{"ab":1,"":2,"numbe":3}|[[],{},""]"#;

    #[test]
    fn what_serde_json_takes_is_taken_and_nothing_else() {
        SCALARS.split('|').chain(PARTS.split('|')).for_each(check);
        for text in ["\"\u{7f}\"", "\"abcdefgh\u{7f}\"", "\"a\u{1}\"", "\u{feff}1"] {
            check(text);
        }
        for depth in [126, 127, 128, 129] {
            check(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
            check(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_serde_json_reads_it(text in r#"[\[\]{}:,"\\ aeu01.\-+é\n]{0,24}"#) {
            check(&text);
        }

        #[test]
        fn any_value_is_read_as_serde_json_reads_it(
            texts in prop::collection::vec(".{0,40}", 0..6),
            number in any::<f64>(),
            whole in any::<i64>(),
            cut in 0_usize..400,
        ) {
            let value = serde_json::json!({ "texts": texts, "number": number, "list": [whole, { "x": texts.len() }] });
            let text = value.to_string();
            check(&text);
            check(&text[..text.floor_char_boundary(cut.min(text.len()))]);
        }
    }
}
