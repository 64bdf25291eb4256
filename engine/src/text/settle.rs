//! Settles what the letters of one word are: one script for look-alikes, letters for the digits that imitate them.
//!
//! In: the folded characters of a word. Out: the same word, changed in place.

use super::letters::{Script, cyrillic_twin, latin_twin, letter_for_digit, script_of};

/// One folded character with the bytes it came from.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub c: char,
    pub from: u32,
    pub to: u32,
}

/// Gives a word one script and turns digits between its letters into the letters they imitate.
pub(super) fn settle(word: &mut Vec<Piece>) {
    drop_strange_marks(word);
    settle_signs(word);
    if word.iter().all(|piece| piece.c.is_ascii()) {
        return;
    }
    let count = |wanted: Script| word.iter().filter(|piece| script_of(piece.c) == wanted).count();
    let (latin, cyrillic, greek) = (count(Script::Latin), count(Script::Cyrillic), count(Script::Greek));
    if latin > 0 && cyrillic + greek > 0 {
        let all_turn = word.iter().all(|piece| turns_latin(piece.c));
        for piece in word.iter_mut() {
            let twin = if all_turn { latin_twin(piece.c) } else { cyrillic_twin(piece.c).filter(|_| cyrillic > latin) };
            piece.c = twin.unwrap_or(piece.c);
        }
    }
}

fn settle_signs(word: &mut [Piece]) {
    let signs = word.iter().filter(|piece| letter_for_digit(piece.c).is_some()).count();
    let letters = word.iter().filter(|piece| piece.c.is_alphabetic()).count();
    if signs > 0 && letters >= 3 && letters > signs {
        settle_digits(word);
    }
}

/// Signs that stand for letters inside a word.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '@' | '$' | '!' | '|')
}

/// Marks of one script on letters of an alphabet (`a` with a Bengali vowel) are as silent as accents.
fn drop_strange_marks(word: &mut Vec<Piece>) {
    let mut base = None;
    word.retain(|piece| {
        let mark = unicode_normalization::char::is_combining_mark(piece.c);
        if !mark {
            base = Some(script_of(piece.c));
        }
        !(mark && matches!(base, Some(Script::Latin | Script::Greek | Script::Cyrillic | Script::Digit)))
    });
}

fn turns_latin(c: char) -> bool {
    !matches!(script_of(c), Script::Cyrillic | Script::Greek) || latin_twin(c).is_some()
}

/// A digit counts as a letter when a letter follows it in the word and one precedes it, or when it is a leading zero or
/// one before nothing but letters (`0syris`, `1atifolia`).
fn settle_digits(word: &mut [Piece]) {
    let first = word.iter().position(|piece| piece.c.is_alphabetic()).unwrap_or_default();
    let last = word.iter().rposition(|piece| piece.c.is_alphabetic()).unwrap_or_default();
    let latin = word.iter().any(|piece| script_of(piece.c) == Script::Latin);
    // Letters, and digits that are about to become letters.
    let turns =
        |(at, piece): (usize, &Piece)| piece.c.is_alphabetic() || (at < last && letter_for_digit(piece.c).is_some());
    let lone = first == 1 && word.len() >= 5 && word.iter().enumerate().skip(1).all(turns);
    for (at, piece) in word.iter_mut().enumerate() {
        if at == 0 && lone && latin && piece.c == '1' {
            piece.c = 'l';
            continue;
        }
        let inside = first < at && at < last || (at == 0 && lone && piece.c == '0');
        if let Some(letter) = letter_for_digit(piece.c).filter(|_| inside && latin) {
            piece.c = letter;
        }
    }
}
