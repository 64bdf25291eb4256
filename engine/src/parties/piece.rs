//! One word of a name, and how it was written.
//!
//! In: nothing. Out: the types that the cutting of names fills and the look-up of legal forms reads.

/// How a word was written, as far as it matters for its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Writing {
    /// Latin letters.
    #[default]
    Latin,
    /// Another alphabet that writes its vowels: Cyrillic, Greek, Georgian, Armenian, Kana.
    Alphabet,
    /// A script whose vowels or voices are written otherwise or not: Arabic, Hebrew, Indic, Thai, Khmer, Hangul.
    Loose,
    /// Chinese characters.
    Han,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Piece {
    /// Capital letters and digits; Chinese syllables with a gap between them.
    pub(super) text: String,
    pub(super) writing: Writing,
    /// It was letters with dots: `J.R.`
    pub(super) dotted: bool,
    /// It stands in brackets.
    pub(super) bracketed: bool,
    /// A legal form that was cut out here already: its classes.
    pub(super) form: Option<u16>,
}
