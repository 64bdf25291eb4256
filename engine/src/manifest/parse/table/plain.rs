//! Numbers as nearly all are written: digits, and a point among them at most. They are read at a glance.
//!
//! In: the bytes of a cell. Out: the number, and what it says of the decimal mark of its column; `None` where somebody has to
//! look closer (`style.rs`, which answers the same for every text that is read here).

/// What one written number says about decimal marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Nothing,
    /// A whole number of four or more digits without groups: whoever writes so does not group.
    Ungrouped,
    Point,
    Comma,
    /// A point or comma before exactly three digits, and nothing else.
    OpenPoint,
    OpenComma,
}

/// Digits of a number that a double holds exactly.
const MAX_DIGITS: usize = 15;

/// Powers of ten that divide such a number without rounding twice.
const POWERS: [f64; MAX_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number of digits alone, and where `with_point` with a decimal point. Exact: of two numbers that a double holds, the
/// division is rounded once, as reading the text would.
#[inline]
pub(super) fn number(text: &[u8], with_point: bool) -> Option<f64> {
    let (digits, point) = digits(text)?;
    match point {
        None => Some(digits as f64),
        Some(at) if with_point => Some(digits as f64 / POWERS.get(text.len() - at - 1)?),
        Some(_) => None,
    }
}

/// A whole number of digits alone.
#[inline]
pub(super) fn whole(text: &[u8]) -> Option<u64> {
    digits(text).filter(|(_, point)| point.is_none()).map(|(digits, _)| digits)
}

/// What such a number says of decimal marks.
#[inline]
pub(super) fn says(text: &[u8]) -> Option<Says> {
    let (_, point) = digits(text)?;
    Some(match point {
        None if text.len() >= 4 => Says::Ungrouped,
        None => Says::Nothing,
        // A point before exactly three digits may part groups.
        Some(at @ 1..=3) if text.len() - at == 4 && text.first() != Some(&b'0') => Says::OpenPoint,
        Some(_) => Says::Point,
    })
}

/// The digits as one number, and where the point stands among them.
#[inline]
fn digits(text: &[u8]) -> Option<(u64, Option<usize>)> {
    if text.len() > MAX_DIGITS {
        return None;
    }
    let (mut number, mut point) = (0_u64, None);
    for (n, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(n),
            _ => return None,
        }
    }
    (text.len() > usize::from(point.is_some())).then_some((number, point))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read at a glance is what the library reads.
    #[test]
    fn a_plain_number_is_the_number_of_its_text() {
        for text in [
            "0",
            "7",
            "007",
            "21600",
            "12.1",
            "0.1",
            "24.375",
            ".5",
            "5.",
            "0.500",
            "123456789012345",
            "3.1415926535897",
        ] {
            assert_eq!(number(text.as_bytes(), true), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "1.2.3", "1,5", "-5", "1e3", " 5", "5 ", "1234567890123456", "\u{661}\u{662}", "inf"] {
            assert_eq!(number(text.as_bytes(), true), None, "{text}");
        }
        assert_eq!((number(b"12.5", false), whole(b"12.5"), whole(b"012")), (None, None, Some(12)));
    }
}
