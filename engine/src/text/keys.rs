//! The three forms in which texts are compared. Every comparison of names, words and numbers uses one of them.
//!
//! | fold | case, width | accents | separators | look-alikes (`R0SEW00D`, `Rosеwood`, 黃) | for |
//! |---|---|---|---|---|---|
//! | [`loose_key`] | dropped | dropped | one space | dropped | what people type: names of woods, headers |
//! | [`plain_key`] | dropped | Latin ones dropped | one space | kept | names of places and parties, words of tables |
//! | [`light_key`] | dropped | kept | dropped | kept | numbers; names that only accents tell apart |
//!
//! [`joined`] leaves out the spaces of a key where words may be written together.
//! Not here: folding with the way back to the original (`fold.rs`); numbers of permits, whose letters and digits are not
//! those of words (`permits/number.rs`).

use unicode_normalization::UnicodeNormalization;

use super::fold::fold;
use super::letters::{is_invisible, script_of};
use super::tokens::Gap;

/// The words of a text however they are spelt, with one space between them.
///
/// Dropped: case, width, accents, tones and points, invisible characters, letters of other scripts that look alike, digits
/// inside words, traditional forms of Chinese characters, line-end hyphens. Kept: letters, digits, the order of words.
pub fn loose_key(text: &str) -> String {
    let folded = fold(text);
    let mut key = String::with_capacity(folded.text().len() + folded.tokens().len());
    for token in folded.tokens() {
        if !key.is_empty() && token.gap != Gap::Glued {
            key.push(' ');
        }
        key.push_str(folded.word(token));
    }
    key
}

/// The words of a text as spelt, with one space between them.
///
/// Dropped: case, width, Latin diacritics; runs of anything but letters, digits and marks become one space. Kept: marks of
/// other scripts, look-alikes, digits. A sign that nobody sees parts no word but those of scripts without spaces.
pub fn plain_key(text: &str) -> String {
    if text.is_ascii() {
        return plain_ascii(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else {
            // What nobody sees parts words only where words stand without spaces.
            gap |= !is_invisible(c) || out.chars().next_back().is_some_and(|last| script_of(last).is_spaceless());
        }
    }
    out
}

/// [`plain_key`] of a text in ASCII, as most are: nothing is decomposed, no mark combines, every sign is seen.
fn plain_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(from) = rest.bytes().position(|byte| byte.is_ascii_alphanumeric()) {
        rest = rest.get(from..).unwrap_or_default();
        let to = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(to).unwrap_or((rest, ""));
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        rest = behind;
    }
    out.make_ascii_lowercase();
    out
}

/// The letters and digits of a text with their accents.
///
/// Dropped: case, width, everything between letters and digits. Kept: accents, composed; look-alikes.
pub fn light_key(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
        return kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).nfc().collect()
}

/// A key without its spaces.
pub fn joined(key: &str) -> String {
    key.chars().filter(|c| *c != ' ').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_fold_keeps() {
        // (text, loose, plain, light)
        for (text, loose, plain, light) in [
            ("Côte-d’Ivoire", "cote d ivoire", "cote d ivoire", "côtedivoire"),
            ("ＡＢ－12", "ab 12", "ab 12", "ab12"),
            ("R0SEW00D", "rosewood", "r0sew00d", "r0sew00d"),
            ("Rosеwооd", "rosewood", "rosеwооd", "rosеwооd"),
            ("gỗ trắc", "go trac", "go trac", "gỗtrắc"),
            ("黃檀", "黄檀", "黃檀", "黃檀"),
            ("Straße", "strasse", "straße", "straße"),
            ("ประเทศไทย", "ประเทศไทย", "ประเทศไทย", "ประเทศไทย"),
            ("No. 13/MG-0417", "no 13 mg 0417", "no 13 mg 0417", "no13mg0417"),
            ("Rose\u{200b}wood", "rosewood", "rosewood", "rosewood"),
            ("ไม้\u{200b}พะยูง", "ไมพะย\u{e39}ง", "ไม้ พะยูง", "ไมพะย\u{e39}ง"),
            (" ,; ", "", "", ""),
        ] {
            assert_eq!(loose_key(text), loose, "{text}");
            assert_eq!(plain_key(text), plain, "{text}");
            assert_eq!(light_key(text), light, "{text}");
        }
        assert_eq!(joined(&loose_key("B/L No.")), "blno");
    }

    /// The short way of ASCII is the long one.
    #[test]
    fn ascii_folds_as_everything_does() {
        let long = |text: &str| plain_key(&format!("{text} é")).trim_end_matches('e').trim_end().to_owned();
        let all: String = (0..128_u8).map(char::from).collect();
        for text in ["A  B--c", " lead", "trail ", "x\u{7f}y", "a\u{1}b 12", "O'Neil & Co.", all.as_str()] {
            assert_eq!(plain_key(text), long(text), "{text:?}");
            assert_eq!(format!("{}é", light_key(text)), light_key(&format!("{text}é")), "{text:?}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for text in ["ÉBÈNE d’Afrique", "R0SEW00D 600mm", "خشب الأَبنوس", "gỗ trắc đỏ", "ﾛｰｽﾞｳｯﾄﾞ", "Weiß-Rußland"]
        {
            for fold in [loose_key, plain_key, light_key] {
                assert_eq!(fold(&fold(text)), fold(text), "{text}");
            }
        }
    }
}
