//! How words sound, coarsely.
//!
//! In: a word in capital Latin letters. Out: [`folded`], letters with spellings of one sound made one; [`loose`],
//! consonants in classes, for scripts whose vowels and voices are written otherwise or not.

/// Spellings of one sound, the longest first.
const SPELLINGS: &[(&str, &str)] = &[
    ("TSCH", "Q"),
    ("DZH", "J"),
    ("SCH", "W"),
    ("TCH", "Q"),
    ("SKIY", "SKI"),
    ("SKIJ", "SKI"),
    ("SKYY", "SKI"),
    ("SKYJ", "SKI"),
    ("CZ", "Q"),
    ("CH", "Q"),
    ("SH", "W"),
    ("SZ", "W"),
    ("KH", "H"),
    ("PH", "F"),
    ("TH", "T"),
    ("DH", "D"),
    ("GH", "G"),
    ("ZH", "J"),
    ("DJ", "J"),
    ("DZ", "Z"),
    ("TZ", "Z"),
    ("TS", "Z"),
    ("CK", "K"),
    ("QU", "K"),
    ("KS", "X"),
    ("CE", "SE"),
    ("CI", "SI"),
    ("CY", "SI"),
    ("OU", "U"),
    ("OO", "U"),
    ("EE", "I"),
    ("AE", "E"),
    ("OE", "O"),
    ("UE", "U"),
    ("AA", "A"),
    ("OH", "O"),
    ("IY", "I"),
    ("IJ", "I"),
    ("YI", "I"),
    ("II", "I"),
    ("IE", "I"),
    ("YE", "E"),
    ("JE", "E"),
    ("YO", "O"),
    ("YU", "U"),
    ("IU", "U"),
    ("JU", "U"),
    ("YA", "A"),
    ("IA", "A"),
    ("JA", "A"),
    ("Y", "I"),
    ("C", "K"),
    ("Q", "K"),
    ("V", "V"),
    ("W", "V"),
];

/// The word with each sound spelt one way, doubled letters once.
pub(super) fn folded(word: &str) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(word.len());
    let mut rest = word;
    while !rest.is_empty() {
        let hit = SPELLINGS.iter().find(|(spelling, _)| rest.starts_with(spelling));
        let (sound, length) = match hit {
            Some((spelling, sound)) => (sound.as_bytes(), spelling.len()),
            None => (rest.as_bytes().get(..1).unwrap_or_default(), 1),
        };
        for byte in sound {
            if out.last() != Some(byte) || byte.is_ascii_digit() {
                out.push(*byte);
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// Consonants of a word by class, doubled ones once. Capitals: `P` lips, `T` tongue, `K` throat, `C` tch and dj, `S`
/// hissing, `M`, `N`, `L`, `R`; small letters are weak ones that may be missing: `h`, `w`, `y`. Digits stand. Vowels are
/// left out, a leading one is `a`.
pub(super) fn loose(word: &str) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(word.len());
    let bytes: Vec<u8> = word.bytes().filter(|b| *b != b' ').collect();
    let mut n = 0;
    // Doubled letters are one, two with a vowel between them are two.
    let mut last = 0;
    while let Some(byte) = bytes.get(n) {
        let next = bytes.get(n + 1).copied().unwrap_or(0);
        let (class, length) = match (byte, next) {
            (b'T', b'S' | b'Z') => (b'S', 2),
            (b'T', b'C') => (b'C', if bytes.get(n + 2) == Some(&b'H') { 3 } else { 2 }),
            (b'S', b'C') if bytes.get(n + 2) == Some(&b'H') => (b'S', 3),
            (b'S', b'H') | (b'Z', b'H') => (if *byte == b'Z' { b'C' } else { b'S' }, 2),
            (b'C', b'H') => (b'C', if bytes.get(n + 2) == Some(&b'H') { 3 } else { 2 }),
            (b'D', b'J') => (b'C', 2),
            (b'D', b'Z') => (b'S', 2),
            (b'K' | b'G', b'H') => (b'K', 2),
            (b'P', b'H') | (b'B', b'H') => (b'P', 2),
            (b'T' | b'D', b'H') => (b'T', 2),
            (b'N', b'G') => (b'N', 2),
            (b'C', b'E' | b'I' | b'Y') => (b'S', 1),
            (b'P' | b'B' | b'F' | b'V', _) => (b'P', 1),
            (b'T' | b'D', _) => (b'T', 1),
            (b'K' | b'G' | b'Q' | b'C', _) => (b'K', 1),
            (b'S' | b'Z' | b'X', _) => (b'S', 1),
            (b'J', _) => (b'C', 1),
            (b'M' | b'N' | b'L' | b'R' | b'0'..=b'9', _) => (*byte, 1),
            (b'H', _) => (b'h', 1),
            (b'W', _) => (b'w', 1),
            (b'Y', _) => (b'y', 1),
            (b'A' | b'E' | b'I' | b'O' | b'U', _) if n == 0 => (b'a', 1),
            _ => (0, 1),
        };
        if class != 0 && class != last {
            out.push(class);
        }
        last = class;
        n += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_sound() {
        for (a, b) in [
            ("SHCHERBAKOV", "SCHTSCHERBAKOW"),
            ("SERGEY", "SERGEI"),
            ("XIMENES", "XIMENEZ"),
            ("ORLOVSKIY", "ORLOVSKY"),
            ("CAPPELLO", "KAPELO"),
        ] {
            let (x, y) = (folded(a), folded(b));
            let near = x.iter().filter(|b| y.contains(b)).count();
            assert!(near * 4 >= x.len() * 3, "{a} {b}");
        }
        assert_eq!(folded("SERGEY"), folded("SERGEI"));
        assert_eq!(folded("ORLOVSKIY"), folded("ORLOVSKY"));
        assert_eq!(loose("MOHAMMED"), b"MhMT");
        assert_eq!(loose("GIMYEONGSU"), b"KMyNS");
    }
}
