//! Permit numbers: one folded form, and the relation of two numbers.
//!
//! In: a number as it stands on a paper, in a manifest or in a register. Out: `same`, `confusable`, `near`, `different`.
//! *Same* survives case, width, spaces, separators, dashes, look-alike letters of other scripts and labels such as
//! `CITES No.`. *Confusable* survives the mistakes of a scanner between a letter and a digit. A digit is never taken for
//! another digit: the next serial, transposed digits and another type letter are other documents, `near` at most.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::manifest::number_words::Role;

/// A number longer than this is no permit number (forms allow 70 characters).
pub const MAX_NUMBER_CHARS: usize = 100;

/// How two numbers stand to each other. Ordered: `Same` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Two numbers that have nothing to do with each other.
    Different,
    /// One or two characters apart, or one holds the other.
    Near,
    /// Equal but for characters that scanners confuse.
    Confusable,
    /// The same number.
    Same,
}

impl Relation {
    /// All of them, from the farthest.
    pub const ALL: [Self; 4] = [Self::Different, Self::Near, Self::Confusable, Self::Same];

    /// As written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Confusable => "confusable",
            Self::Near => "near",
            Self::Different => "different",
        }
    }

    /// True when the two may be one document.
    pub fn may_be_one(self) -> bool {
        self >= Self::Confusable
    }
}

/// A number without labels, separators and look-alikes. `cased` keeps the case, because `g` looks like 9 and `G` like 6.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoldedNumber {
    text: String,
    cased: String,
    /// Without a leading word that is a label in some papers and part of the number in others (`No 123`).
    without_weak_label: Option<Box<FoldedNumber>>,
}

impl FoldedNumber {
    /// Folds a number as written.
    pub fn new(number: &str) -> Self {
        let words = words(number);
        let (first, weak) = skip_labels(&words);
        let kept = words.get(first..).unwrap_or_default();
        let end = kept.iter().rposition(|word| !Role::Label.has(&word.text)).map_or(kept.len(), |last| last + 1);
        let kept = kept.get(..end).unwrap_or_default();
        let mut folded = Self::joined(kept);
        if let Some(skip) = weak {
            let shorter = Self::joined(kept.get(skip..).unwrap_or_default());
            if shorter.text.bytes().any(|b| b.is_ascii_digit()) {
                folded.without_weak_label = Some(Box::new(shorter));
            }
        } else if let Some(rest) =
            folded.text.strip_prefix("NO").filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
        {
            let cased = folded.cased.get(2..).unwrap_or_default().to_owned();
            folded.without_weak_label = Some(Box::new(Self { text: rest.into(), cased, without_weak_label: None }));
        }
        folded
    }

    fn joined(words: &[Word]) -> Self {
        let cased: String = words.iter().map(|word| word.cased.as_str()).collect();
        Self { text: cased.to_ascii_uppercase(), cased, without_weak_label: None }
    }

    /// Upper-case letters and digits only.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when nothing is left of the number.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The forms to look up: the number, and the number without a word that may be a label.
    pub fn forms(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.without_weak_label.as_deref())
    }

    /// Every character replaced by the one digit that stands for all that a scanner may take it for. Coarser than
    /// [`Relation::Confusable`] (but for lower-case `b` and `q`), so that an index by it finds what a scanner damaged.
    pub fn skeleton(&self) -> String {
        self.text.chars().map(skeleton).collect()
    }
}

struct Word {
    text: String,
    cased: String,
    /// Followed by `.`, `:`, `°`, `#`: then `No` and `N` are surely labels.
    marked: bool,
}

fn words(number: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut current = String::new();
    let finish = |current: &mut String, words: &mut Vec<Word>, next: char| {
        if !current.is_empty() {
            let marked = matches!(next, '.' | ':' | '°' | 'º' | '#' | '\u{2116}');
            words.push(Word { text: current.to_ascii_uppercase(), cased: std::mem::take(current), marked });
        }
    };
    for c in number.chars().take(MAX_NUMBER_CHARS) {
        if c == '\u{2116}' {
            // The sign № is a label by itself.
            finish(&mut current, &mut words, ' ');
            words.push(Word { text: "NO".into(), cased: "No".into(), marked: true });
            continue;
        }
        if c.is_ascii_alphanumeric() {
            current.push(c);
            continue;
        }
        if matches!(c, 'º' | '°' | 'ª') {
            // Decomposed it would become the letter o.
            finish(&mut current, &mut words, '°');
            continue;
        }
        for c in c.nfkd() {
            match look_alike(c) {
                Some(c) if c.is_ascii_alphanumeric() => current.push(c),
                Some(_) | None if is_mark(c) => {}
                _ => finish(&mut current, &mut words, c),
            }
        }
    }
    finish(&mut current, &mut words, ' ');
    words
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// Letters of other scripts that print like a Latin letter or a digit.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'А' | 'Α' => 'A',
        'а' | 'α' => 'a',
        'В' | 'Β' => 'B',
        'С' | 'Ϲ' => 'C',
        'с' | 'ϲ' => 'c',
        'Е' | 'Ε' => 'E',
        'е' => 'e',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'і' | 'ι' | 'ı' => 'i',
        'Ј' => 'J',
        'ј' => 'j',
        'К' | 'Κ' => 'K',
        'к' | 'κ' => 'k',
        'М' | 'Μ' => 'M',
        'м' => 'm',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'о' | 'ο' => 'o',
        'Р' | 'Ρ' => 'P',
        'р' | 'ρ' => 'p',
        'Ѕ' => 'S',
        'ѕ' => 's',
        'Т' | 'Τ' => 'T',
        'т' | 'τ' => 't',
        'У' | 'Υ' => 'Y',
        'у' => 'y',
        'Х' | 'Χ' => 'X',
        'х' | 'χ' => 'x',
        'Ζ' => 'Z',
        'Ԍ' => 'G',
        'ԁ' => 'd',
        'ɡ' => 'g',
        'ℓ' => 'l',
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '\u{966}'..='\u{96f}' => digit(c, 0x966),
        '\u{e50}'..='\u{e59}' => digit(c, 0xe50),
        '\u{ed0}'..='\u{ed9}' => digit(c, 0xed0),
        '\u{17e0}'..='\u{17e9}' => digit(c, 0x17e0),
        '\u{1040}'..='\u{1049}' => digit(c, 0x1040),
        c if c.is_ascii() => c,
        _ => return None,
    })
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c).saturating_sub(zero), 10).unwrap_or('0')
}

/// How many leading words are labels, and how many more may be.
fn skip_labels(words: &[Word]) -> (usize, Option<usize>) {
    let last_number = words.iter().rposition(|word| word.text.bytes().any(|b| b.is_ascii_digit())).unwrap_or(0);
    let mut n = 0;
    let mut labelled = false;
    for word in words.get(..last_number).unwrap_or_default() {
        let weak = Role::WeakLabel.has(&word.text);
        if Role::Label.has(&word.text) || weak && (labelled || word.marked) {
            labelled = true;
            n += 1;
        } else {
            return (n, weak.then_some(1));
        }
    }
    (n, None)
}

/// One digit for everything that a scanner may take for it.
fn skeleton(c: char) -> char {
    match c {
        'O' | 'Q' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'G' | '9' => '6',
        'T' => '7',
        'B' => '8',
        c => c,
    }
}

/// Can a scanner take one of the two for the other? Never two digits, hardly ever two letters.
fn confusable(a: char, b: char) -> bool {
    let pair = |digit: char, letter: char| match digit {
        '0' => matches!(letter, 'O' | 'o' | 'Q'),
        '1' => matches!(letter, 'I' | 'i' | 'l' | 'L'),
        '2' => matches!(letter, 'Z' | 'z'),
        '5' => matches!(letter, 'S' | 's'),
        '6' => matches!(letter, 'G' | 'b'),
        '7' => matches!(letter, 'T'),
        '8' => matches!(letter, 'B'),
        '9' => matches!(letter, 'g' | 'q' | 'G'),
        _ => false,
    };
    if a.is_ascii_digit() != b.is_ascii_digit() {
        return if a.is_ascii_digit() { pair(a, b) } else { pair(b, a) };
    }
    matches!((a, b), ('l', 'I') | ('I', 'l') | ('l', 'i') | ('i', 'l'))
}

/// The relation of two folded numbers.
pub fn relation(a: &FoldedNumber, b: &FoldedNumber) -> Relation {
    a.forms().flat_map(|a| b.forms().map(move |b| relation_of(a, b))).max().unwrap_or(Relation::Different)
}

fn relation_of(a: &FoldedNumber, b: &FoldedNumber) -> Relation {
    if a.is_empty() || b.is_empty() {
        return Relation::Different;
    }
    if a.text == b.text {
        return Relation::Same;
    }
    let alike = |(a, b): (char, char)| a.eq_ignore_ascii_case(&b) || confusable(a, b);
    if a.cased.len() == b.cased.len() && a.cased.chars().zip(b.cased.chars()).all(alike) {
        return Relation::Confusable;
    }
    let (short, long) = if a.text.len() <= b.text.len() { (&a.text, &b.text) } else { (&b.text, &a.text) };
    let limit = match short.len() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    if long.len() - short.len() <= limit && distance(a, b) <= limit {
        return Relation::Near;
    }
    // A number of which the beginning or the end was lost.
    let held = short.len() >= 6
        && short.len() * 10 >= long.len() * 6
        && (long.starts_with(short.as_str()) || long.ends_with(short.as_str()));
    if held { Relation::Near } else { Relation::Different }
}

/// Edits (transposition is one) between two numbers, characters that a scanner confuses being equal.
fn distance(a: &FoldedNumber, b: &FoldedNumber) -> usize {
    // Optimal string alignment, as `strsim::osa_distance`, on bits: numbers are compared by the dozen.
    let edits = |a: &str, b: &str| rapidfuzz::distance::osa::distance(a.bytes(), b.bytes());
    let plain = edits(&a.text, &b.text);
    if plain <= 1 {
        return plain;
    }
    plain.min(edits(&a.skeleton(), &b.skeleton()).max(1))
}

/// The same, the relation being known.
pub(super) fn similarity_of(relation: Relation, a: &FoldedNumber, b: &FoldedNumber) -> f64 {
    match relation {
        Relation::Same => 1.0,
        Relation::Confusable => 0.97,
        _ => a
            .forms()
            .flat_map(|a| b.forms().map(move |b| (a, b)))
            .map(|(a, b)| 1.0 - distance(a, b) as f64 / a.text.len().max(b.text.len()).max(1) as f64)
            .fold(0.0, f64::max)
            .min(0.96),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, expected: Relation) {
        let (x, y) = (FoldedNumber::new(a), FoldedNumber::new(b));
        assert_eq!(relation(&x, &y), expected, "{a} / {b}: {x:?} {y:?}");
        assert_eq!(relation(&y, &x), expected, "{b} / {a}");
    }

    #[test]
    fn the_same_number_in_every_spelling() {
        let number = "17NI000462/GR";
        for written in [
            "17ni000462/gr",
            " 17NI000462 / GR ",
            "17NI000462-GR",
            "17NI000462–GR",
            "17NI000462GR",
            "CITES 17NI000462/GR",
            "CITES-17NI000462/GR",
            "№ 17NI000462/GR",
            "No. 17NI000462/GR",
            "N° 17NI000462/GR",
            "Nº17NI000462/GR",
            "CITES PERMIT NO 17NI000462/GR",
            "Export permit No: 17NI000462/GR",
            "１７ＮＩ０００４６２／ＧＲ",
            "17NІ000462/GR",
            "17 NI 000 462 GR",
            "17NI\u{200b}000462/GR",
            "Permiso CITES núm. 17NI000462/GR",
        ] {
            check(written, number, Relation::Same);
        }
        check("No 448812", "448812", Relation::Same);
        check("NO448812", "448812", Relation::Same);
        check("NO 448812", "NO448812", Relation::Same);
    }

    #[test]
    fn scanners_confuse_letters_with_digits_only() {
        check("I7NI000462/GR", "17NI000462/GR", Relation::Confusable);
        check("l7NIOOO46Z/GR", "17NI000462/GR", Relation::Confusable);
        check("1TNI000462/GR", "17NI000462/GR", Relation::Confusable);
        check("19BR00g88S/SP", "19BR009885/SP", Relation::Confusable);
        check("19BR0O6BB5/SP", "19BR006885/SP", Relation::Confusable);
    }

    #[test]
    fn another_serial_is_another_document() {
        for other in
            ["17NI000463/GR", "17NI000426/GR", "17NI000462/GT", "18NI000462/GR", "17NI006462/GR", "17NI00462/GR"]
        {
            check(other, "17NI000462/GR", Relation::Near);
        }
        check("FR2204417731-E", "FR2204417731-M", Relation::Near);
        check("17NI000971/GR", "17NI000462/GR", Relation::Different);
        check("", "17NI000462/GR", Relation::Different);
        check("CITES", "17NI000462/GR", Relation::Different);
        check("6", "9", Relation::Different);
    }
}
