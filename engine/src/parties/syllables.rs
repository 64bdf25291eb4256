//! Chinese syllables in their several Latin spellings.
//!
//! In: a word in capital Latin letters. Out: its syllables as coarse sounds, if it is made of such; Pinyin and
//! Wade-Giles meet (`ZHANG` and `CHANG`, `XIAO` and `HSIAO`). Cantonese spellings of characters are a table.
//! Source: datasets/han-syllables, read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../datasets/han-syllables/han-syllables.csv");

/// Cantonese spelling to the sounds of its characters in Mandarin.
static CANTONESE: LazyLock<HashMap<String, Vec<Sound>>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let mut map: HashMap<String, Vec<Sound>> = HashMap::new();
    for row in reader.records().flatten() {
        let (Some(spelling), Some(pinyin)) = (row.get(0), row.get(1)) else { continue };
        if let Some(sound) = split(&pinyin.to_uppercase()).and_then(|all| all.first().copied()) {
            map.entry(spelling.to_owned()).or_default().push(sound);
        }
    }
    map
});

/// A syllable: class of its initial, number of its final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sound(u8, u8);

/// Initials with their class: voiced and breathed ones are one, since Wade-Giles loses the difference with its apostrophe.
const INITIALS: &[(&str, u8)] = &[
    ("ZH", b'C'),
    ("CH", b'C'),
    ("SH", b'H'),
    ("HS", b'X'),
    ("TS", b'Z'),
    ("TZ", b'Z'),
    ("SS", b'S'),
    ("B", b'P'),
    ("P", b'P'),
    ("M", b'M'),
    ("F", b'F'),
    ("D", b'T'),
    ("T", b'T'),
    ("N", b'N'),
    ("L", b'L'),
    ("G", b'K'),
    ("K", b'K'),
    ("H", b'G'),
    ("J", b'C'),
    ("Q", b'C'),
    ("X", b'X'),
    ("R", b'R'),
    ("Z", b'Z'),
    ("C", b'Z'),
    ("S", b'S'),
    ("Y", b'Y'),
    ("W", b'W'),
    ("", b'0'),
];

/// Finals, the longest first, each with the spelling that stands for it.
const FINALS: &[(&str, &str)] = &[
    ("IANG", "IANG"),
    ("IONG", "IONG"),
    ("IUNG", "IONG"),
    ("UANG", "UANG"),
    ("IAO", "IAO"),
    ("IAN", "IAN"),
    ("IEN", "IAN"),
    ("IEH", "IE"),
    ("ING", "ING"),
    ("IOU", "IU"),
    ("UAI", "UAI"),
    ("UAN", "UAN"),
    ("UEH", "UE"),
    ("UEI", "UI"),
    ("ANG", "ANG"),
    ("ENG", "ENG"),
    ("ONG", "ONG"),
    ("UNG", "ONG"),
    ("IA", "IA"),
    ("IE", "IE"),
    ("IN", "IN"),
    ("IU", "IU"),
    ("IH", "I"),
    ("UA", "UA"),
    ("UE", "UE"),
    ("UI", "UI"),
    ("UN", "UN"),
    ("UO", "O"),
    ("AI", "AI"),
    ("AN", "AN"),
    ("AO", "AO"),
    ("EH", "E"),
    ("EI", "EI"),
    ("EN", "EN"),
    ("ER", "ER"),
    ("OU", "OU"),
    ("A", "A"),
    ("E", "E"),
    ("I", "I"),
    ("O", "O"),
    ("U", "U"),
    ("V", "U"),
];

/// A final: the number of the one that it stands for, its spelling, and the spelling of that one.
type Final = (usize, &'static str, &'static str);

/// Finals by their first letter, `A` to `Z`, in the order of the list: most words are asked, and few are Chinese.
static BY_LETTER: LazyLock<[Vec<Final>; 26]> = LazyLock::new(|| {
    let mut all: [Vec<Final>; 26] = Default::default();
    for (n, (spelling, stands_for)) in FINALS.iter().enumerate() {
        let own = FINALS.iter().position(|(spelling, _)| spelling == stands_for).unwrap_or(n);
        let letter = spelling.bytes().next().and_then(|byte| byte.checked_sub(b'A'));
        if let Some(list) = letter.and_then(|letter| all.get_mut(usize::from(letter))) {
            list.push((own, spelling, stands_for));
        }
    }
    all
});

/// The finals that a text may begin with.
fn finals_of(text: &str) -> &'static [Final] {
    let letter = text.bytes().next().and_then(|byte| byte.checked_sub(b'A'));
    letter.and_then(|letter| BY_LETTER.get(usize::from(letter))).map_or(&[], Vec::as_slice)
}

/// Most syllables of a word.
const MAX_SYLLABLES: usize = 6;

/// The syllables of a word; `None` when it has other parts.
pub(super) fn split(word: &str) -> Option<Vec<Sound>> {
    let mut out = Vec::new();
    (!word.is_empty() && rest(word, &mut out)).then_some(out)
}

fn rest(word: &str, out: &mut Vec<Sound>) -> bool {
    if word.is_empty() {
        return true;
    }
    if out.len() >= MAX_SYLLABLES {
        return false;
    }
    let first = word.as_bytes().first();
    for (initial, class) in
        INITIALS.iter().filter(|(initial, _)| initial.is_empty() || initial.as_bytes().first() == first)
    {
        let Some(after) = word.strip_prefix(initial) else { continue };
        for (n, spelling, stands_for) in finals_of(after) {
            let Some(left) = after.strip_prefix(spelling) else { continue };
            // Without an initial a syllable begins with one of three vowels.
            if initial.is_empty() && !spelling.starts_with(['A', 'E', 'O']) {
                continue;
            }
            let own = *n;
            // `KO` and `GE`, `HO` and `HE` are one.
            let own = if *stands_for == "E" && matches!(class, b'K' | b'G') { FINALS.len() } else { own };
            let own = if *spelling == "O" && matches!(class, b'K' | b'G') { FINALS.len() } else { own };
            out.push(Sound(*class, u8::try_from(own).unwrap_or(u8::MAX)));
            if rest(left, out) {
                return true;
            }
            out.pop();
        }
    }
    false
}

/// May a word be the Cantonese spelling of a character of this sound?
pub(super) fn is_cantonese_of(word: &str, sound: Sound) -> bool {
    CANTONESE.get(word).is_some_and(|sounds| sounds.contains(&sound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinyin_and_wade_giles_meet() {
        for (a, b) in
            [("ZHANG", "CHANG"), ("XIAO", "HSIAO"), ("JIANGUO", "CHIENKUO"), ("GUOHUA", "KUOHUA"), ("CAI", "TSAI")]
        {
            assert_eq!(split(a), split(b), "{a} {b}");
            assert!(split(a).is_some(), "{a}");
        }
        assert_ne!(split("WEI"), split("LEI"));
        assert_eq!(split("JIANGUO").map(|all| all.len()), Some(2));
        assert_eq!(split("TIMBER"), None);
        let guo = split("GUO").and_then(|all| all.first().copied()).unwrap();
        assert!(is_cantonese_of("KWOK", guo) && !is_cantonese_of("MING", guo));
    }
}
