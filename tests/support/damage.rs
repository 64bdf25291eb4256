//! The lane law as a machine: what a careless or hostile sender does to a file, one deed at a time.
//!
//! In: the text of a file, its format, a seed. Out: the text after one [`Deed`], and what the law asks of the answers
//! ([`Standing::after`]). A file is seen as slots: spans of text that hold one value with its name (a member of a JSON
//! object, a segment, an XML element without elements in it, a column of a table). Not here: scoring.

use std::ops::Range;

use palisander_engine::answers::Lane;
use palisander_engine::manifests::Format;

use crate::random::Random;

/// One deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A value stands there twice, the same each time.
    Double,
    /// Two values that stand side by side change places.
    Reorder,
    /// A sign that nobody sees stands within a value.
    Hide,
    /// A value that no reader knows is added.
    Unknown,
    /// A value is there and cannot be read.
    Garble,
    /// A value is not there any more.
    Remove,
    /// The file ends too early.
    Truncate,
}

/// All deeds.
pub const DEEDS: [Deed; 7] =
    [Deed::Double, Deed::Reorder, Deed::Hide, Deed::Unknown, Deed::Garble, Deed::Remove, Deed::Truncate];

/// How a file stands: each bill's lane and highest lane, and whether something was said to be lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Lane and highest lane of each answer.
    pub bills: Vec<(Lane, Lane)>,
    /// A bill or a part was named as lost.
    pub loud: bool,
    /// Words of it name a wood of ours.
    pub ours: bool,
}

impl Standing {
    /// What the law says of the file after the deed, or how it is broken.
    pub fn after(&self, deed: Deed, now: &Self) -> Result<(), String> {
        // A deed may part one bill in two; the goods are in one of them.
        let lane_of = |standing: &Self| standing.bills.iter().map(|(lane, _)| *lane).max();
        let high_of = |standing: &Self| standing.bills.iter().map(|(_, high)| *high).max();
        let (Some(lane), Some(high), Some(lane_now), Some(high_now)) =
            (lane_of(self), high_of(self), lane_of(now), high_of(now))
        else {
            return if now.loud { Ok(()) } else { Err("the bill is gone without a word".into()) };
        };
        let keeps_all = matches!(deed, Deed::Double | Deed::Reorder | Deed::Hide | Deed::Unknown);
        if now.bills.len() < self.bills.len() && !now.loud {
            return Err("a bill is gone without a word".into());
        }
        if keeps_all && lane_now < lane {
            return Err(format!("the lane fell from {lane:?} to {lane_now:?}"));
        }
        if (keeps_all || deed == Deed::Garble) && high_now < high {
            return Err(format!("lane_high fell from {high:?} to {high_now:?}"));
        }
        // Only what more than its words made blue could still be other goods.
        if self.ours && lane > Lane::Blue && lane_now == Lane::Green {
            return Err(format!("wood of ours is green, was {lane:?}"));
        }
        Ok(())
    }
}

/// A value with its name, as it stands in the text.
#[derive(Debug, Clone)]
struct Slot {
    whole: Range<usize>,
    value: Range<usize>,
    /// Slots of one parent stand side by side.
    parent: usize,
}

/// The text after the deed; `None` where the format has no room for it.
pub fn damaged(text: &str, format: Format, deed: Deed, random: &mut Random) -> Option<String> {
    if deed == Deed::Truncate {
        return Some(text[..text.floor_char_boundary(random.below(text.len().max(1)))].to_owned());
    }
    if format == Format::Csv {
        return table(text, deed, random);
    }
    let slots = match format {
        Format::Json | Format::Ndjson => json(text),
        Format::Cuscar => segments(text),
        _ => elements(text),
    };
    let n = random.below(slots.len().max(1));
    let slot = slots.get(n)?;
    let comma = if matches!(format, Format::Json | Format::Ndjson) { "," } else { "" };
    let (before, after) = (text.get(..slot.whole.start)?, text.get(slot.whole.end..)?);
    let whole = text.get(slot.whole.clone())?;
    Some(match deed {
        Deed::Double => format!("{before}{whole}{comma}{whole}{after}"),
        Deed::Unknown => format!("{before}{whole}{comma}{}{after}", unknown(format)),
        Deed::Reorder => {
            let next = slots.get(n + 1..)?.iter().find(|next| next.parent == slot.parent)?;
            let between = text.get(slot.whole.end..next.whole.start)?;
            let (other, rest) = (text.get(next.whole.clone())?, text.get(next.whole.end..)?);
            format!("{before}{other}{between}{whole}{rest}")
        }
        Deed::Remove => match (before.strip_suffix(','), after.strip_prefix(',')) {
            (Some(before), _) if comma == "," => format!("{before}{after}"),
            (None, Some(after)) if comma == "," => format!("{before}{after}"),
            _ => format!("{before}{after}"),
        },
        Deed::Hide => replaced(text, &slot.value, |value| hidden(value, format, random))?,
        Deed::Garble => replaced(text, &slot.value, |value| Some(garbled(value, format)))?,
        Deed::Truncate => return None,
    })
}

fn replaced(text: &str, at: &Range<usize>, with: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let value = with(text.get(at.clone())?)?;
    Some(format!("{}{value}{}", text.get(..at.start)?, text.get(at.end..)?))
}

fn unknown(format: Format) -> &'static str {
    match format {
        Format::Json | Format::Ndjson => "\"zz_local\":{\"of\":[1,\"x\",null]}",
        Format::Cuscar => "ZZZ+1:2+X'",
        _ => "<Zz_local>x</Zz_local>",
    }
}

/// Signs that nobody sees: zero-width ones, a soft hyphen, controls, a byte-order mark.
const HIDDEN: &[char] = &['\u{200b}', '\u{200d}', '\u{ad}', '\u{2060}', '\u{feff}', '\u{7f}', '\u{1}', '\u{202e}'];

/// A sign within a word of the value; `None` where it is no text.
fn hidden(value: &str, format: Format, random: &mut Random) -> Option<String> {
    let is_json = matches!(format, Format::Json | Format::Ndjson);
    if is_json && !value.starts_with('"') {
        return None;
    }
    let places: Vec<usize> = value
        .char_indices()
        .zip(value.chars().skip(1))
        .filter(|((_, a), b)| a.is_alphabetic() && b.is_alphabetic())
        .map(|((at, a), _)| at + a.len_utf8())
        .collect();
    let at = *places.get(random.below(places.len().max(1)))?;
    let mut sign = random.pick(HIDDEN);
    if sign.is_ascii_control() && !matches!(format, Format::Csv | Format::Cuscar) {
        // XML and JSON do not allow these raw.
        sign = '\u{200b}';
    }
    Some(format!("{}{sign}{}", value.get(..at)?, value.get(at..)?))
}

/// Something that no field can read.
fn garbled(value: &str, format: Format) -> String {
    match format {
        Format::Json | Format::Ndjson if value.starts_with('"') => "\"#REF!\"".to_owned(),
        Format::Json | Format::Ndjson => "\"1e9e9\"".to_owned(),
        _ => "#REF!".to_owned(),
    }
}

/// Members of JSON objects whose values are no objects or lists. Text written without blanks.
fn json(text: &str) -> Vec<Slot> {
    let bytes = text.as_bytes();
    let mut slots = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let (mut n_opened, mut at) = (0, 0);
    let string_end = |from: usize| {
        let mut at = from + 1;
        while at < bytes.len() && bytes.get(at) != Some(&b'"') {
            at += if bytes.get(at) == Some(&b'\\') { 2 } else { 1 };
        }
        at + 1
    };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                n_opened += 1;
                open.push(n_opened);
                at += 1;
            }
            b'}' | b']' => {
                open.pop();
                at += 1;
            }
            b'"' => {
                let end = string_end(at);
                if bytes.get(end) == Some(&b':') && !matches!(bytes.get(end + 1), Some(b'{' | b'[') | None) {
                    let from = end + 1;
                    let to = if bytes.get(from) == Some(&b'"') {
                        string_end(from)
                    } else {
                        let rest = bytes.get(from..).unwrap_or_default();
                        from + rest.iter().position(|b| matches!(b, b',' | b'}' | b']')).unwrap_or(rest.len())
                    };
                    slots.push(Slot { whole: at..to, value: from..to, parent: open.last().copied().unwrap_or(0) });
                    at = to;
                } else {
                    at = end;
                }
            }
            _ => at += 1,
        }
    }
    slots
}

/// Segments of an interchange; the value is the longest component.
fn segments(text: &str) -> Vec<Slot> {
    let mut slots = Vec::new();
    let (mut start, mut parent) = (0, 0);
    let mut is_released = false;
    let mut ends = Vec::new();
    for (at, c) in text.char_indices() {
        if c == '\'' && !is_released {
            ends.push(at);
        }
        is_released = c == '?' && !is_released;
    }
    for end in ends {
        let from = start + text.get(start..end).map_or(0, |part| part.len() - part.trim_start().len());
        let whole = from..end + 1;
        let segment = text.get(from..end).unwrap_or_default();
        // The service string advice has no value; what opens a group or frames a message keeps its place.
        if segment.starts_with("UN") || segment.starts_with("CNI") || segment.starts_with("GID") {
            parent += 1;
        }
        if !segment.starts_with("UNA") {
            let value = longest(segment).map_or(end..end, |range| from + range.start..from + range.end);
            slots.push(Slot { whole, value, parent });
        }
        if segment.starts_with("UN") || segment.starts_with("CNI") || segment.starts_with("GID") {
            parent += 1;
        }
        start = end + 1;
    }
    slots
}

/// The longest component behind the tag.
fn longest(segment: &str) -> Option<Range<usize>> {
    let marks: Vec<usize> = segment.match_indices(['+', ':']).map(|(at, _)| at).chain([segment.len()]).collect();
    let parts = marks.iter().zip(marks.iter().skip(1)).map(|(from, to)| from + 1..*to);
    parts.filter(|range| range.start <= range.end).max_by_key(Range::len)
}

/// XML elements without elements in them.
fn elements(text: &str) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut parent = 0;
    let mut opened: Option<(usize, usize)> = None;
    for (at, _) in text.match_indices('<') {
        let Some(end) = text.get(at..).and_then(|rest| rest.find('>')).map(|to| at + to + 1) else { break };
        let tag = text.get(at..end).unwrap_or_default();
        if tag.starts_with("</") {
            match opened.take() {
                Some((from, value)) => slots.push(Slot { whole: from..end, value: value..at, parent }),
                None => parent += 1,
            }
        } else if !tag.starts_with("<?") && !tag.ends_with("/>") {
            if opened.is_some() {
                parent += 1;
            }
            opened = Some((at, end));
        }
    }
    slots
}

/// One deed to a column of a table.
fn table(text: &str, deed: Deed, random: &mut Random) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> =
        reader.records().flatten().map(|record| record.iter().map(str::to_owned).collect()).collect();
    let n_columns = rows.first().map_or(0, Vec::len);
    let (column, other) = (random.below(n_columns.max(1)), random.below(n_columns.max(1)));
    for (n, row) in rows.iter_mut().enumerate() {
        let cell = row.get(column).cloned().unwrap_or_default();
        match deed {
            Deed::Double => row.push(cell),
            Deed::Unknown => row.push(if n == 0 { "zz_local".into() } else { "x".into() }),
            Deed::Reorder if column.max(other) < row.len() => row.swap(column, other),
            Deed::Remove if column < row.len() => drop(row.remove(column)),
            Deed::Hide if n > 0 => *row.get_mut(column)? = hidden(&cell, Format::Csv, random).unwrap_or(cell),
            Deed::Garble if n > 0 => *row.get_mut(column)? = garbled(&cell, Format::Csv),
            _ => {}
        }
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().try_for_each(|row| writer.write_record(row)).ok()?;
    String::from_utf8(writer.into_inner().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_values_with_their_names() {
        let check = |slots: Vec<Slot>, text: &str, expected: &[(&str, &str)]| {
            let found: Vec<(&str, &str)> =
                slots.iter().map(|slot| (&text[slot.whole.clone()], &text[slot.value.clone()])).collect();
            assert_eq!(found, expected, "{text}");
        };
        let text = r#"{"a":{"b":"x\"y","c":[{"d":1.5}]},"e":null}"#;
        check(json(text), text, &[(r#""b":"x\"y""#, r#""x\"y""#), (r#""d":1.5"#, "1.5"), (r#""e":null"#, "null")]);
        let text = "UNA:+.? '\nCNI+1+B1'\nFTX+AAA+++IT?'S TEAK:OAK'\n";
        check(segments(text), text, &[("CNI+1+B1'", "B1"), ("FTX+AAA+++IT?'S TEAK:OAK'", "IT?'S TEAK")]);
        let text = "<?xml version=\"1.0\"?>\n<A><B>x</B><C><D>y</D></C></A>";
        check(elements(text), text, &[("<B>x</B>", "x"), ("<D>y</D>", "y")]);
    }

    #[test]
    fn a_broken_law_is_told() {
        let file = |bills: &[(Lane, Lane)], loud: bool| Standing { bills: bills.to_vec(), loud, ours: true };
        let yellow = file(&[(Lane::Yellow, Lane::Red)], false);
        let check = |deed: Deed, now: Standing, ours: bool, holds: bool| {
            let before = Standing { ours, ..yellow.clone() };
            assert_eq!(before.after(deed, &now).is_ok(), holds, "{deed:?} {now:?}");
        };
        check(Deed::Double, yellow.clone(), true, true);
        check(Deed::Double, file(&[(Lane::Blue, Lane::Red)], true), true, false);
        check(Deed::Hide, file(&[(Lane::Yellow, Lane::Yellow)], false), true, false);
        check(Deed::Garble, file(&[(Lane::Blue, Lane::Red)], false), true, true);
        check(Deed::Garble, file(&[(Lane::Blue, Lane::Blue)], false), true, false);
        check(Deed::Remove, file(&[(Lane::Blue, Lane::Blue)], false), true, true);
        check(Deed::Remove, file(&[(Lane::Green, Lane::Red)], false), true, false);
        check(Deed::Remove, file(&[(Lane::Green, Lane::Green)], false), false, true);
        check(Deed::Truncate, file(&[], true), true, true);
        check(Deed::Truncate, file(&[], false), true, false);
    }
}
