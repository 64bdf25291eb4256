//! Numbers of Notifications in all their spellings, and days, as they stand in a text.
//!
//! In: text. Out: `2013/39` for "2013/39", "No. 2013/039", "Notif. 39 of 2013"; the day of "2023-01-15" or "15/01/2023".

use unicode_normalization::UnicodeNormalization;

use crate::codes::Date;
use crate::manifest::number_words::Role;

/// First year of Notifications by number.
const FIRST_YEAR: u32 = 1975;
/// Last year that is taken for one.
const LAST_YEAR: u32 = 2099;

/// Signs between a year and a number; words that may stand there are of datasets/number-words.
const MARKS: [&str; 9] = ["/", "-", "–", "‐", "‑", "_", ":", "\\", ""];

/// Characters that are looked at.
const MAX_CHARS: usize = 65_536;

/// What a text says of numbers and days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Notification numbers, year first, without leading zeros.
    pub notifications: Vec<String>,
    pub days: Vec<Date>,
    /// Years that stand alone.
    pub years: Vec<i16>,
}

/// A run of digits, or what stands between two.
#[derive(Debug, Clone)]
enum Piece {
    Digits(String),
    Between(String),
}

/// Reads all of them.
pub fn numbers(text: &str) -> Numbers {
    if !text.chars().any(char::is_numeric) {
        return Numbers::default();
    }
    let pieces = pieces(text);
    let mut found = Numbers::default();
    let mut n = 0;
    while n < pieces.len() {
        let Some(Piece::Digits(first)) = pieces.get(n) else {
            n += 1;
            continue;
        };
        let digits = |at: usize| match pieces.get(at) {
            Some(Piece::Digits(digits)) => Some(digits.as_str()),
            _ => None,
        };
        let between = |at: usize| match pieces.get(at) {
            Some(Piece::Between(between)) => between.as_str(),
            _ => "",
        };
        let (second, third) = (digits(n + 2), digits(n + 4));
        if let (Some(second), Some(third)) = (second, third)
            && is_mark(between(n + 1))
            && is_mark(between(n + 3))
            && let Some(day) = day(first, second, third)
        {
            found.days.push(day);
            n += 5;
        } else if let Some(number) = second.and_then(|second| notification(first, between(n + 1), second)) {
            found.notifications.push(number);
            n += 3;
        } else {
            if let Some(year) = year(first) {
                found.years.push(i16::try_from(year).unwrap_or_default());
            }
            n += 1;
        }
    }
    found.notifications.dedup();
    found
}

/// Digits of any script as ASCII; a digit inside a word (`R0SEW00D`, `MSCU1234567`) is no number.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut in_word = false;
    for c in text.nfkc().take(MAX_CHARS) {
        in_word = c.is_ascii_alphabetic() || in_word && c.is_ascii_alphanumeric();
        match (pieces.last_mut(), digit(c).filter(|_| !in_word)) {
            (Some(Piece::Digits(run)), Some(digit)) => run.push(digit),
            (_, Some(digit)) => pieces.push(Piece::Digits(digit.to_string())),
            (Some(Piece::Between(run)), None) => run.push(c),
            (_, None) => pieces.push(Piece::Between(c.to_string())),
        }
    }
    pieces
}

fn digit(c: char) -> Option<char> {
    let zeros = [0x30_u32, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0x1040, 0x17E0];
    let zero = zeros.into_iter().find(|zero| (*zero..zero + 10).contains(&(c as u32)))?;
    char::from_digit(c as u32 - zero, 10)
}

fn is_mark(between: &str) -> bool {
    matches!(between.trim(), "-" | "/" | "." | "–" | "‐" | "‑" | "年" | "月" | "년" | "월")
}

fn year(digits: &str) -> Option<u32> {
    let year = digits.parse().ok().filter(|_| digits.len() == 4)?;
    (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some(year)
}

fn day(first: &str, second: &str, third: &str) -> Option<Date> {
    let number = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
    let (year, month, day) = match (year(first), year(third)) {
        (Some(year), _) => (year, number(second)?, number(third)?),
        (None, Some(year)) => (year, number(second)?, number(first)?),
        _ => return None,
    };
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

/// `2013` `/` `039`, or `39` ` of ` `2013`.
fn notification(first: &str, between: &str, second: &str) -> Option<String> {
    let sign: String = between.trim().trim_matches('.').trim().to_lowercase();
    let short = |digits: &str| digits.parse::<u32>().ok().filter(|n| *n > 0 && digits.len() <= 3);
    if let (Some(year), Some(number)) = (year(first), short(second)) {
        let joined = MARKS.contains(&sign.as_str()) || Role::YearThenNumber.has(&sign.to_uppercase());
        // `2013-12` may be a month; three digits are a number.
        let month =
            matches!(sign.as_str(), "-" | "–" | "年" | "‐" | "‑") && second.len() < 3 && number_is_month(number);
        // A bare space joins only three digits (`2013 039`).
        let spaced = sign.is_empty() && second.len() < 3;
        if joined && !month && !spaced {
            return Some(format!("{year}/{number}"));
        }
    }
    if let (Some(number), Some(year)) = (short(first), year(second)) {
        let joined = sign == "/" || Role::NumberThenYear.has(&sign.to_uppercase());
        let month = sign == "/" && first.len() < 3 && number_is_month(number);
        if joined && !month {
            return Some(format!("{year}/{number}"));
        }
    }
    None
}

fn number_is_month(number: u32) -> bool {
    (1..=12).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_are_one_number() {
        for text in [
            "2013/39",
            "No. 2013/039",
            "Notif. 39 of 2013",
            "Notification 2013/039 ",
            "notificación 039 de 2013",
            "Notif.2013/039",
            "2013-039",
            "２０１３／０３９",
            "٢٠١٣/٠٣٩",
            "Уведомление № 39 от 2013",
            "2013 No. 039",
            "2013年第39号",
            "CITES notification to the Parties no 2013 039",
            "39/2013",
        ] {
            assert_eq!(numbers(text).notifications, ["2013/39"], "{text}");
        }
        for text in ["2013-09-04", "MSCU2013039", "in 2013 39 logs", "39", "", "0/0", "2013-09"] {
            assert!(numbers(text).notifications.is_empty(), "{text}");
        }
    }

    #[test]
    fn days_and_years() {
        let days = ["2023-01-15", "15/01/2023", "15.1.2023", "2023年1月15日", "all trade 2023/01/15"];
        for text in days {
            assert_eq!(numbers(text).days, ["2023-01-15".parse::<Date>().unwrap()], "{text}");
        }
        assert_eq!(numbers("seizures of 2018").years, [2018]);
        assert_eq!(numbers("2013/039 and 2014").years, [2014]);
    }
}
