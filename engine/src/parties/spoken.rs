//! Words of a text as they sound, coarsely: for look-ups that keep no name in the clear.
//!
//! In: a text in any script. Out: its words in Latin consonants, in their order, so that spellings of one name are one.

use super::sounds::folded;
use super::spelled::pieces;
use crate::text::without_invisible;

/// The words of a text by their consonants and the first letter of each; what has none is left out.
pub fn spoken(text: &str) -> Vec<String> {
    let pieces = pieces(&without_invisible(text));
    let words = pieces.iter().flat_map(|piece| piece.text.split(' ')).map(|word| {
        let sounds = folded(&word.replace('\'', ""));
        let is_kept = |(n, byte): &(usize, &u8)| *n == 0 || !matches!(byte, b'A' | b'E' | b'I' | b'O' | b'U');
        sounds.iter().enumerate().filter(is_kept).map(|(_, byte)| char::from(*byte)).collect::<String>()
    });
    words.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for (a, b) in [
            ("Jonathan Smith", "JONATHON SMYTH"),
            ("Ibrahim Hassan", "Ibrahím Hasan"),
            ("Sergey Orlovsky", "Sergei Orlovskiy"),
            ("José Muñoz", "JOSE MUNOZ"),
            ("Zoë Müller", "Zoe Muller"),
        ] {
            assert_eq!(spoken(a), spoken(b), "{a} {b}");
        }
        assert_ne!(spoken("Jonathan Smith"), spoken("Jonathan Schmitz"));
        assert_eq!(spoken(" .,- "), Vec::<String>::new());
    }
}
