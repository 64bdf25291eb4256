//! Names of files: which are left alone, and under which name the answers of one stand. A name may be any bytes.

use std::ffi::OsStr;

use crate::text::acts;

/// Endings under which programs write what is not whole yet, in small letters.
const UNFINISHED: [&str; 6] = [".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload"];
/// Bytes of a name that answers are named by: file systems hold 255, and an ending and a short id follow.
const MAX_STEM_BYTES: usize = 180;

/// Is it a file that nobody means to be taken? Hidden, or not whole yet by its ending.
pub(super) fn is_ignored(name: &OsStr) -> bool {
    let small = name.to_string_lossy().to_lowercase();
    small.starts_with('.') || small.ends_with('~') || UNFINISHED.iter().any(|end| small.ends_with(end))
}

/// The name that the answers of a file begin with: its own, or one that nothing acts on and an id that tells it apart.
pub(super) fn stem(name: &OsStr, id: &str) -> String {
    let is_plain = |text: &&str| text.len() <= MAX_STEM_BYTES && !text.chars().any(acts);
    if let Some(plain) = name.to_str().filter(is_plain) {
        return plain.to_owned();
    }
    let shown = name.to_string_lossy();
    let mut safe = String::new();
    for c in shown.chars().map(|c| if acts(c) || c == '\u{fffd}' { '_' } else { c }) {
        if safe.len() + c.len_utf8() > MAX_STEM_BYTES {
            break;
        }
        safe.push(c);
    }
    told_apart(&safe, id)
}

/// The same with a part of an id, where another file had that name before.
pub(super) fn told_apart(stem: &str, id: &str) -> String {
    let short: String = id.chars().rev().take(8).collect();
    format!("{stem}.{short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_whole_or_hidden_is_left() {
        for (name, is_left) in [
            ("ship.edi", false),
            ("ship.edi.part", true),
            ("SHIP.EDI.TMP", true),
            ("ship.edi.filepart", true),
            ("ship~", true),
            (".ship.edi", true),
            ("part", false),
            ("tmp.edi", false),
        ] {
            assert_eq!(is_ignored(OsStr::new(name)), is_left, "{name}");
        }
    }

    #[test]
    fn a_stem_acts_on_nothing_and_fits_a_file_system() {
        assert_eq!(stem(OsStr::new("SHIP 1.edi"), "c_0123456789"), "SHIP 1.edi");
        let long = "ж".repeat(127);
        for name in ["a\nb", "\u{1b}[2Jx", "a\u{202e}b", long.as_str()] {
            let stem = stem(OsStr::new(name), "c_0123456789");
            assert!(!stem.chars().any(acts) && stem.len() < 200 && stem.ends_with(".98765432"), "{stem:?}");
        }
        #[cfg(unix)]
        {
            let raw = std::os::unix::ffi::OsStrExt::from_bytes(b"a\xff\xfeb");
            assert_eq!(stem(raw, "c_0123456789"), "a__b.98765432");
        }
    }
}
