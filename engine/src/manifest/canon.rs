//! A JSON value becomes a field of the canonical form: tolerantly, in one pass, with every fault at its place.
//!
//! In: JSON. Out: the value, and in [`Cx`] what was wrong. There is one reader: ordinary input and broken
//! input take the same way. What the canonical form does not have is skipped without building a tree; of a field that
//! stands twice texts are joined and lists go on, anything else counts as unreadable.
//! Cost: one pass; memory of what is kept, and of [`limits::MAX_UNMAPPED_CHARS`] for what is not.

use std::borrow::Cow;

use serde::Serialize;

use super::countries;
use super::fault::{Faults, Severity, code as fault_code};
use super::fields::{Original, Unmapped};
use super::json::{Broken, Json, Member, Token};
use super::limits;
use super::loose::Loose;
use super::place::Place;
use super::reading::{FAILED_FORMULA, HIDDEN, Reading, is_absent, is_failed_formula, visible, without_hidden};
use super::types::{DocumentKind, Function, Location, Moment, PartyRole, Procedure};
use super::vocabulary;
use super::way::Way;
use crate::codes::{CountryCode, Date, HsCode};

/// What is collected on the way through one document.
#[derive(Debug, Default)]
pub(super) struct Cx {
    /// Of the head, or of the consignment that is being read.
    pub reading: Reading,
    /// Faults of the consignments read so far.
    pub bills: Vec<Faults>,
    /// What the canonical form does not carry, of all consignments read so far.
    pub unmapped: Vec<Unmapped>,
    /// What stands before a pointer in this document: `/manifest`, `line 3/manifest`.
    pub before: String,
    /// The document is one consignment: pointers do not name it.
    pub is_bare: bool,
}

impl Cx {
    /// The pointer that the sender would follow.
    pub fn shown(&self, at: Place) -> String {
        let at = if self.is_bare { at.in_bill() } else { at };
        format!("{}{at}", self.before)
    }

    /// Adds a fault at a place.
    #[cold]
    pub fn fault(&mut self, code: &'static str, severity: Severity, at: &Way<'_>, found: &str, expected: &str) {
        let at = at.place();
        let shown = self.shown(at);
        self.reading.fault_at(at, code, severity, &|| shown.clone(), found, expected);
    }

    /// Begins a consignment; gives what was being collected.
    pub fn open_bill(&mut self, at: Place) -> Reading {
        std::mem::replace(&mut self.reading, Reading { here: at, ..Reading::default() })
    }

    /// Ends it: its faults and unmapped values go to those of the others, its originals are given.
    pub fn close_bill(&mut self, head: Reading) -> Vec<Original> {
        let mut bill = std::mem::replace(&mut self.reading, head);
        let n = self.bills.len();
        self.bills.push(bill.take_faults().placed(|place| place.within(n)));
        self.unmapped.extend(bill.unmapped.drain(..).map(|one| Unmapped { consignment: Some(n), ..one }));
        bill.originals
    }

    #[cold]
    fn wrong_type(&mut self, at: &Way<'_>, found: &Loose<'_>, expected: &str) {
        self.fault("wrong_type", Severity::Lost, at, &found.to_string(), expected);
    }

    /// A field that the canonical form does not have. It is lost when its name means goods.
    pub fn unknown(&mut self, at: &Way<'_>, name: &str, value: &Loose<'_>, known: &[&'static str]) {
        let at = at.place();
        let shown = format!("{}/{name}", self.shown(at));
        let meant = vocabulary::meant(name, known);
        let severity = match &meant {
            Some(meant) if meant.holds_goods && !value.is_nothing() => Severity::Lost,
            _ => Severity::Note,
        };
        let expected = match &meant {
            Some(meant) => format!("a field of the canonical manifest; did you mean `{}`?", meant.name),
            None => "a field of the canonical manifest".to_owned(),
        };
        self.reading.fault_at(at, "unknown_field", severity, &|| shown.clone(), name, &expected);
        self.reading.unmapped(shown, &value.to_string());
    }

    /// A field that stands again.
    fn again(&mut self, at: &Way<'_>, first: &str, second: &str) {
        let found = format!("{first} and {second}");
        self.fault(fault_code::DUPLICATE_FIELD, Severity::Lost, at, &found, "each field once");
    }
}

/// What can be read as a field.
pub(super) trait Canon: Sized + Serialize {
    /// Entries of a list of these that are read.
    const MOST: usize = limits::MAX_LIST;
    /// The object type that a value of this type is or holds.
    const OBJECT: Option<&'static str> = None;

    /// Reads one value. `None`: nothing is given, or it could not be read and a fault says so.
    fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken>;

    /// The value where the field is not there; `None`: the object cannot stand without it.
    fn absent() -> Option<Self>;

    /// What stands in a list for an entry that could not be read; `None`: it is left out.
    fn hollow() -> Option<Self> {
        None
    }

    /// Place of entry `n` of a list that stands at `at`.
    fn nth<'w>(at: &'w Way<'w>, n: usize) -> Way<'w> {
        Way::Nth(at, n)
    }

    /// Takes a second value of the same field; false: the two do not go together.
    fn join(&mut self, _later: Self) -> bool {
        false
    }
}

/// Bytes of an object for which no room is made before it comes.
const LARGE: usize = 256;

/// Reads the value of a field into its slot; a second one joins the first.
#[inline]
pub(super) fn slot<T: Canon>(
    slot: &mut Option<T>,
    seen: &mut bool,
    json: &mut Json<'_>,
    cx: &mut Cx,
    at: &Way<'_>,
) -> Result<(), Broken> {
    let value = T::read(json, cx, at)?;
    if std::mem::replace(seen, true) {
        second(slot, value, cx, at);
    } else {
        *slot = value;
    }
    Ok(())
}

/// A second value of a field.
#[cold]
fn second<T: Canon>(slot: &mut Option<T>, value: Option<T>, cx: &mut Cx, at: &Way<'_>) {
    let shown =
        |value: Option<&T>| value.and_then(|v| serde_json::to_string(v).ok()).unwrap_or_else(|| "nothing".into());
    let (first, second) = (shown(slot.as_ref()), shown(value.as_ref()));
    cx.again(at, &first, &second);
    let is_same = first == second;
    match (slot.as_mut(), value) {
        (Some(first), Some(second)) => {
            // Two values that do not go together: nobody knows which is meant, unless they say the same.
            if !first.join(second) && !is_same {
                *slot = None;
            }
        }
        (Some(_), None) => {}
        (None, second) => *slot = second,
    }
}

/// What an object type gives to be read: its names, and how one field goes into its draft.
pub(super) trait Draft: Default {
    /// The object that is read.
    type Of;
    /// Names of its fields.
    const NAMES: &'static [&'static str];
    /// The same as they stand in JSON, from the first letter to the colon ([`super::json::KEY_END`]).
    const KEYS: &'static [&'static str];

    /// Reads the value of field number `n`.
    fn take(&mut self, n: usize, json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<(), Broken>;

    /// The object; `None` when it cannot stand without what is missing.
    fn done(self, cx: &mut Cx, at: &Way<'_>) -> Option<Self::Of>;
}

/// Reads the object whose draft is `T`.
pub(super) fn object<T: Draft>(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<T::Of>, Broken> {
    match json.value()? {
        Token::Object => {
            let (mut draft, mut due, mut first) = (T::default(), 0, true);
            while let Some(member) = json.member_of(T::KEYS, due, &mut first)? {
                match member {
                    Member::Known(n) => {
                        draft.take(n, json, cx, at)?;
                        due = n + 1;
                    }
                    Member::Other(name) => {
                        let value = Loose::read(json)?;
                        cx.unknown(at, &name, &value, T::NAMES);
                    }
                }
            }
            Ok(draft.done(cx, at))
        }
        Token::Null => Ok(None),
        other => {
            let found = Loose::of(other, json)?;
            cx.wrong_type(at, &found, "an object");
            Ok(None)
        }
    }
}

/// The next value as a text, control characters and length seen to; `None` when it is blank.
#[inline]
fn text<'de>(json: &mut Json<'de>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Cow<'de, str>>, Broken> {
    let value = match json.text()? {
        // Nearly every text begins with a letter or digit and has nothing to see to.
        Some((text, true))
            if text.len() <= limits::MAX_TEXT_BYTES
                && text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) =>
        {
            return Ok(Some(text));
        }
        Some((text, _)) => Loose::Text(text),
        None => Loose::read(json)?,
    };
    Ok(text_of(value, cx, at))
}

/// A value as a text.
fn text_of<'v>(value: Loose<'v>, cx: &mut Cx, at: &Way<'_>) -> Option<Cow<'v, str>> {
    let text = match value {
        Loose::Null => return None,
        Loose::Text(text) => text,
        Loose::Whole(_) | Loose::Number(_) => {
            let text = value.to_string();
            cx.fault("number_for_text", Severity::Note, at, &text, "text");
            text.into()
        }
        other => {
            cx.wrong_type(at, &other, "text");
            return None;
        }
    };
    // Nearly every text begins with a sign that is seen.
    let is_seen = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    if !is_seen && text.trim().is_empty() {
        return None;
    }
    let text = match without_hidden(&text) {
        Some(clean) => {
            cx.fault("hidden_characters", Severity::Doubt, at, &visible(&text), HIDDEN);
            clean.into()
        }
        None => text,
    };
    if is_failed_formula(&text) {
        cx.fault(fault_code::FAILED_FORMULA, Severity::Lost, at, &text, FAILED_FORMULA);
        return None;
    }
    if text.len() <= limits::MAX_TEXT_BYTES {
        return Some(text);
    }
    let found = format!("{} bytes", text.len());
    cx.fault(fault_code::TEXT_TOO_LONG, Severity::Lost, at, &found, "at most MAX_TEXT_BYTES; the rest was cut");
    let end = text.floor_char_boundary(limits::MAX_TEXT_BYTES);
    text.get(..end).map(|text| Cow::Owned(text.to_owned()))
}

/// A quantity of at least 0.
fn number_of(value: Loose<'_>, cx: &mut Cx, at: &Way<'_>) -> Option<f64> {
    let number = match &value {
        Loose::Null => return None,
        Loose::Whole(number) => Some(*number as f64),
        Loose::Number(number) => Some(*number),
        Loose::Text(text) if is_absent(text) => return None,
        Loose::Text(text) => {
            let parsed = text.trim().parse::<f64>().ok();
            if parsed.is_some() {
                cx.fault("text_for_number", Severity::Note, at, text, "a number");
            }
            parsed
        }
        Loose::Bool(_) | Loose::Many(_) => None,
    };
    let good = number.filter(|number| number.is_finite() && *number >= 0.0);
    if good.is_none() {
        cx.fault("not_a_quantity", Severity::Lost, at, &value.to_string(), "a number of at least 0");
    }
    good
}

/// A whole number of at least 0.
fn count_of(value: Loose<'_>, cx: &mut Cx, at: &Way<'_>) -> Option<u64> {
    if let Loose::Whole(number) = value {
        return Some(number);
    }
    let number = number_of(value, cx, at)?;
    // 2^53: beyond it a JSON number no longer counts exactly.
    if number.fract() == 0.0 && number < 9_007_199_254_740_992.0 {
        return Some(number as u64);
    }
    cx.fault("not_a_count", Severity::Lost, at, &number.to_string(), "a whole number");
    None
}

/// Reads a scalar from its text or its loose value.
macro_rules! scalars {
    ($from:ident: $source:ty; $($ty:ty, $absent:expr, $read:expr;)*) => {$(
        impl Canon for $ty {
            fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken> {
                let read: fn($source, &mut Cx, &Way<'_>) -> Option<Self> = $read;
                scalars!(@$from json, cx, at, read)
            }

            fn absent() -> Option<Self> {
                $absent
            }
        }
    )*};
    (@value $json:ident, $cx:ident, $at:ident, $read:ident) => {{
        let value = Loose::read($json)?;
        Ok($read(value, $cx, $at))
    }};
    (@text $json:ident, $cx:ident, $at:ident, $read:ident) => {
        Ok(text($json, $cx, $at)?.and_then(|text| $read(text, $cx, $at)))
    };
}

scalars! {
    value: Loose<'_>;
    f64, None, number_of;
    u64, None, count_of;
    usize, None, small;
    u16, None, small;
    u8, None, small;
}

scalars! {
    text: Cow<'_, str>;
    Date, None, |text, cx, at| {
        moment(&text, cx, at, "not_a_date", "a day as 2014-02-10").map(|moment| moment.day())
    };
    Moment, None, |text, cx, at| moment(&text, cx, at, "not_a_time", "a time as 2014-03-14T10:00:00Z");
    Location, None, |text, _, _| Location::new(&text);
    CountryCode, None, |text, cx, at| {
        code(text, cx, at, "an ISO 3166-1 alpha-2 country code", Severity::Doubt, countries::named)
    };
    HsCode, None, |text, cx, at| code(text, cx, at, "an HS code of 2 to 12 digits", Severity::Lost, |_| None);
    Function, Some(Self::default()), word;
    Procedure, None, word;
    PartyRole, None, word;
    DocumentKind, Some(Self::default()), word;
    Place, None, |text, cx, at| {
        let place = text.parse();
        if place.is_err() {
            cx.fault("not_a_place", Severity::Note, at, &text, "a JSON pointer within the consignment");
        }
        place.ok()
    };
}

impl Canon for String {
    fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken> {
        Ok(text(json, cx, at)?.map(Cow::into_owned))
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn join(&mut self, later: Self) -> bool {
        self.push(' ');
        self.push_str(&later);
        true
    }
}

impl<T: Canon> Canon for Option<T> {
    const OBJECT: Option<&'static str> = T::OBJECT;

    fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken> {
        Ok(Some(T::read(json, cx, at)?))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn join(&mut self, later: Self) -> bool {
        match (self.as_mut(), later) {
            (Some(first), Some(second)) => first.join(second),
            (_, None) => true,
            (None, second) => {
                *self = second;
                true
            }
        }
    }
}

impl<T: Canon> Canon for Vec<T> {
    const OBJECT: Option<&'static str> = T::OBJECT;

    fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken> {
        match json.value()? {
            Token::List => entries(json, cx, at).map(Some),
            Token::Null => Ok(None),
            other => {
                let found = Loose::of(other, json)?;
                cx.wrong_type(at, &found, "a list");
                Ok(None)
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn join(&mut self, later: Self) -> bool {
        self.extend(later);
        true
    }
}

/// The entries of a list that was begun.
fn entries<T: Canon>(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Vec<T>, Broken> {
    let (mut list, mut first) = (Vec::new(), true);
    while list.len() < T::MOST {
        if !json.entry(&mut first)? {
            return Ok(list);
        }
        let entry = T::read(json, cx, &T::nth(at, list.len()))?.or_else(T::hollow);
        // Most lists of what is large have one entry.
        if list.is_empty() && size_of::<T>() > LARGE {
            list.reserve_exact(1);
        }
        list.extend(entry);
    }
    let mut more = 0_u64;
    while json.entry(&mut first)? {
        json.skip()?;
        more += 1;
    }
    if more > 0 {
        let found = format!("{} entries", list.len() as u64 + more);
        cx.fault("too_many", Severity::Lost, at, &found, &format!("at most {}", T::MOST));
    }
    Ok(list)
}

fn small<T: TryFrom<u64>>(value: Loose<'_>, cx: &mut Cx, at: &Way<'_>) -> Option<T> {
    let number = count_of(value, cx, at)?;
    let small = T::try_from(number).ok();
    if small.is_none() {
        cx.fault("not_a_count", Severity::Lost, at, &number.to_string(), "a small whole number");
    }
    small
}

fn moment(text: &str, cx: &mut Cx, at: &Way<'_>, code: &'static str, expected: &str) -> Option<Moment> {
    if is_absent(text) {
        return None;
    }
    let moment = Moment::parse(text);
    if moment.is_none() {
        cx.fault(code, Severity::Lost, at, text, expected);
    }
    moment
}

/// A code in its normal spelling, or what the text names; another spelling, and a text that is none, stay as an original.
fn code<T: std::str::FromStr + AsRef<str>>(
    text: Cow<'_, str>,
    cx: &mut Cx,
    at: &Way<'_>,
    expected: &str,
    severity: Severity,
    named: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let code = text.parse::<T>().ok().or_else(|| named(&text));
    if code.is_none() {
        cx.fault("not_a_code", severity, at, &text, expected);
    }
    if code.as_ref().is_none_or(|code| code.as_ref() != text) {
        cx.reading.originals.push(Original { at: at.place().in_bill(), text: text.into_owned() });
    }
    code
}

/// One of the words of an enumeration.
fn word<T: std::str::FromStr<Err = crate::words::UnknownWord>>(
    text: Cow<'_, str>,
    cx: &mut Cx,
    at: &Way<'_>,
) -> Option<T> {
    match text.parse::<T>() {
        Ok(word) => Some(word),
        Err(error) => {
            cx.fault("unknown_word", Severity::Lost, at, &text, &error.known.join(", "));
            None
        }
    }
}
