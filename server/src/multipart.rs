//! Parts of a form (`multipart/form-data`, RFC 7578), over bytes that are at hand.
//!
//! In: the content type and the body. Out: parts with their name, media type and bytes, which stay where they are. Linear:
//! each byte is looked at once for a line that begins with the boundary. Not here: what the parts mean.

use axum::body::Bytes;

/// Parts of one form.
const MAX_PARTS: usize = 16;
/// Bytes of the head of one part.
const MAX_HEAD_BYTES: usize = 4 << 10;

/// One field of a form, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// Media type as stated, in small letters and without parameters; empty = not stated.
    pub media_type: String,
    /// What it holds.
    pub bytes: Bytes,
}

/// The boundary that a content type names; `None` = it is no form.
pub fn boundary(content_type: &str) -> Option<String> {
    let (media, parameters) = content_type.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').filter_map(|one| one.split_once('='));
    let (_, value) = value.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    (1..=70).contains(&value.len()).then(|| value.to_owned())
}

/// The parts, or what is wrong with the form.
pub fn parts(body: &Bytes, boundary: &str) -> Result<Vec<Part>, &'static str> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begun: Option<usize> = None;
    let mut ended = false;
    for (at, line) in (Lines { bytes: body, at: 0 }) {
        let Some(after) = line.strip_prefix(delimiter.as_bytes()) else { continue };
        let after = after.trim_ascii_end();
        if !(after.is_empty() || after == b"--") {
            continue;
        }
        if let Some(from) = begun {
            // The break before the delimiter belongs to it.
            let content = body.get(from..at).unwrap_or_default();
            let content = content.strip_suffix(b"\n").unwrap_or(content);
            let content = content.strip_suffix(b"\r").unwrap_or(content);
            parts.push(part(body, from, from + content.len())?);
        }
        if parts.len() > MAX_PARTS {
            return Err("it has more parts than MAX_PARTS (16)");
        }
        ended = after == b"--";
        if ended {
            break;
        }
        begun = Some(at + line.len());
    }
    if ended { Ok(parts) } else { Err("it does not end with its boundary") }
}

fn part(body: &Bytes, from: usize, to: usize) -> Result<Part, &'static str> {
    let mut name = None;
    let mut media_type = String::new();
    let all = body.get(from..to).unwrap_or_default();
    for (at, line) in (Lines { bytes: all, at: 0 }) {
        if at > MAX_HEAD_BYTES {
            break;
        }
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end();
        if text.is_empty() {
            let name = name.ok_or("a part has no name")?;
            return Ok(Part { name, media_type, bytes: body.slice(from + at + line.len()..to) });
        }
        let Some((field, value)) = text.split_once(':') else { return Err("the head of a part is broken") };
        if field.eq_ignore_ascii_case("content-disposition") {
            let is_name = |one: &&str| one.trim_start().to_ascii_lowercase().starts_with("name=");
            let value = value.split(';').find(is_name).and_then(|one| one.split_once('='));
            name = value.map(|(_, name)| name.trim().trim_matches('"').to_owned());
        } else if field.eq_ignore_ascii_case("content-type") {
            media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        }
    }
    Err("the head of a part does not end")
}

/// Lines with their breaks, and where they begin.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |end| end + 1);
        let at = self.at;
        self.at += length;
        Some((at, rest.get(..length)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String, String)>, &'static str> {
        let parts = parts(&Bytes::from(text.to_owned()), "XX")?;
        let shown = |part: Part| (part.name, part.media_type, String::from_utf8(part.bytes.to_vec()).unwrap());
        Ok(parts.into_iter().map(shown).collect())
    }

    fn of(name: &str, media: &str, text: &str) -> (String, String, String) {
        (name.to_owned(), media.to_owned(), text.to_owned())
    }

    #[test]
    fn forms() {
        let form = "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
                    Content-Type: text/CSV; charset=utf-8\r\n\r\na,b\r\n1,2\r\n\r\n--XX\r\n\
                    content-disposition: form-data; filename=\"name=x\"; name=mapping\r\n\r\ndecimal = ','\r\n--XX--\r\nrest";
        assert_eq!(read(form), Ok(vec![of("file", "text/csv", "a,b\r\n1,2\r\n"), of("mapping", "", "decimal = ','")]));
        assert_eq!(read("--XX\nContent-Disposition: form-data; name=\"f\"\n\nx\n--XX--"), Ok(vec![of("f", "", "x")]));
        assert_eq!(read("--XX--"), Ok(vec![]));
        for broken in [
            "",
            "--XX\r\n",
            "--XX\r\nno head\r\n--XX--",
            "--XX\r\nContent-Type: x\r\n\r\nbody\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nbody\r\n--XXX--",
        ] {
            assert!(read(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn boundaries() {
        for (text, found) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", Some("a b")),
            ("multipart/mixed; boundary=abc", None),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
        ] {
            assert_eq!(boundary(text).as_deref(), found, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(prop_oneof![Just(b'-'), Just(b'X'), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..200)) {
            let _ = parts(&Bytes::from(bytes), "XX");
        }

        #[test]
        fn what_is_sent_comes_out(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let head = b"--XX\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n".to_vec();
            let form = [head, bytes.clone(), b"\r\n--XX--\r\n".to_vec()].concat();
            prop_assume!(!bytes.windows(4).any(|four| four == b"--XX"));
            let found = parts(&Bytes::from(form), "XX").unwrap();
            prop_assert_eq!(&found[0].bytes[..], &bytes[..]);
        }
    }
}
