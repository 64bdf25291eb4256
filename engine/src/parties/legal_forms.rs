//! Legal forms of firms, in classes: a form written otherwise is no difference, a form of another class is one.
//!
//! In: pieces of a name. Out: the classes of the form that stands there. A key is the form in capitals without gaps and
//! dots (`SPZOO`), so that `Sp. z o.o.` and `SP ZOO` are one; forms of scripts without gaps are keys as written.
//! Source: datasets/legal-forms, read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::piece::Piece;

const TABLE: &str = include_str!("../../../datasets/legal-forms/legal-forms.csv");

/// Classes in the order of their bits.
pub(super) const CLASSES: [&str; 7] = ["LLC", "JSC", "LP", "GP", "LLP", "SP", "COOP"];

/// Longest form, in pieces.
const MAX_PIECES: usize = 7;

#[derive(Debug, Default)]
struct Forms {
    /// Classes, and whether it counts at the ends of a name only.
    by_key: HashMap<String, (u16, bool)>,
    by_run: HashMap<String, u16>,
    /// Beginnings of keys, so that a word that begins none costs one look.
    starts: std::collections::HashSet<String>,
}

/// Letters of a short form.
const SHORT: usize = 3;
/// What rows that were written by hand say of their source.
const REVIEWED: &str = "own list";

/// Letters by which a form is looked for: most words begin none.
const START: usize = 2;

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let mut forms = Forms::default();
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten() {
        let (Some(form), Some(classes)) = (row.get(0), row.get(1)) else { continue };
        let bits = bits(classes);
        if form.is_ascii() {
            forms.starts.insert(start(form).to_owned());
            // A short form that nobody looked at may be a word within a name.
            let ends_only = form.len() <= SHORT && row.get(2) != Some(REVIEWED);
            forms.by_key.insert(form.to_owned(), (bits, ends_only));
        } else {
            forms.by_run.insert(form.to_lowercase(), bits);
        }
    }
    forms
});

fn start(key: &str) -> &str {
    key.get(..START).unwrap_or(key)
}

/// Bits of classes named with gaps between them.
pub(super) fn bits(classes: &str) -> u16 {
    let named = classes.split(' ').filter_map(|class| CLASSES.iter().position(|own| *own == class));
    named.fold(0, |bits, n| bits | 1 << n)
}

/// Classes of a form as written in a script without gaps, or as one sign.
pub(super) fn of_run(run: &str) -> Option<u16> {
    if run.is_ascii() { None } else { FORMS.by_run.get(&run.to_lowercase()).copied() }
}

/// The longest form that begins at the first of these pieces: how many they are, and its classes. `leads` says that
/// nothing of the name stands before them.
pub(super) fn at(pieces: &[Piece], leads: bool) -> Option<(usize, u16)> {
    let first = pieces.first()?;
    if let Some(form) = first.form {
        return Some((1, form));
    }
    if first.text.len() >= START && !FORMS.starts.contains(start(&first.text)) {
        return None;
    }
    let mut key = String::new();
    let mut found = None;
    for (n, piece) in pieces.iter().take(MAX_PIECES).enumerate() {
        if piece.form.is_some() {
            break;
        }
        key.push_str(&piece.text.replace(['\'', ' '], ""));
        let Some((classes, ends_only)) = FORMS.by_key.get(&key) else { continue };
        // Initials are no form: single letters make one only at the end of a name.
        let letters = pieces.iter().take(n + 1).all(|piece| piece.text.len() == 1);
        let ends = pieces.get(n + 1..).is_none_or(|rest| ends(piece, rest));
        if ends || (!letters && (leads || !ends_only)) {
            found = Some((n + 1, *classes));
        }
    }
    found
}

/// Does a name end behind this piece: nothing follows, or brackets, or another form?
fn ends(piece: &Piece, rest: &[Piece]) -> bool {
    rest.first().is_none_or(|next| next.bracketed != piece.bracketed) || at(rest, false).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_says_its_classes() {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(FORMS.by_key.len() + FORMS.by_run.len(), rows.len());
        for row in &rows {
            let named = row.get(1).unwrap();
            assert!(named.split(' ').all(|class| named.is_empty() || CLASSES.contains(&class)), "{row:?}");
        }
    }
}
