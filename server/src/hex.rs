//! Bytes as hexadecimal digits, in small letters.

/// The digits of bytes, two for each.
pub fn shown(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `N` bytes from exactly `2 * N` small digits; anything else is `None`.
pub fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    let mut pairs = text.as_bytes().chunks(2);
    for byte in &mut bytes {
        let [high, low] = pairs.next()? else { return None };
        *byte = 16 * digit(*high)? + digit(*low)?;
    }
    pairs.next().is_none().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read() {
        assert_eq!(read(&shown(&[0, 1, 0xab, 0xff])), Some([0, 1, 0xab, 0xff]));
        for text in ["", "0", "000", "0A", "0g", "é0", "0000"] {
            assert_eq!(read::<1>(text), None, "{text}");
        }
    }
}
