//! Numbers with a check digit: containers (ISO 6346) and ships (IMO). All are invented: owners begin with ZZ, and ships have
//! numbers from 4,000,000, which were never given.

/// Numbers under one prefix.
const OWNERS: u64 = 26;
const NUMBERS: u64 = 1_000_000;

/// Container number `n`; the same for equal `n`, all different below 26 million.
pub fn container(n: u64) -> String {
    // An odd factor that shares nothing with 26 million: neighbours do not look alike.
    let place = (n % (OWNERS * NUMBERS)).wrapping_mul(7_368_787) % (OWNERS * NUMBERS);
    let owner = char::from(b'A' + (place / NUMBERS) as u8);
    let number = format!("ZZ{owner}U{:06}", place % NUMBERS);
    let sum: u32 = number.chars().enumerate().map(|(place, c)| value(c) << place).sum();
    format!("{number}{}", sum % 11 % 10)
}

/// Letters count from 10 and leave out multiples of 11.
fn value(c: char) -> u32 {
    c.to_digit(10).unwrap_or_else(|| {
        let n = 10 + c as u32 - 'A' as u32;
        n + (n - 1) / 10
    })
}

/// IMO number `n` of those that no ship has.
pub fn ship(n: u64) -> String {
    let number = 400_000 + n % 100_000;
    let sum: u64 = (0..6).map(|place| number / 10_u64.pow(5 - place) % 10 * u64::from(7 - place)).sum();
    format!("{number}{}", sum % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_standards() {
        // From the worked figures of the fact base: 9074729 has the sum 139; CSQU3054383 is valid.
        let sum: u32 = [9, 0, 7, 4, 7, 2].iter().zip((2..8).rev()).map(|(digit, factor)| digit * factor).sum();
        assert_eq!(sum, 139);
        assert_eq!(ship(0), "4000008");
        let known: u32 = "CSQU305438".chars().enumerate().map(|(place, c)| value(c) << place).sum();
        assert_eq!(known % 11 % 10, 3);
        let all: std::collections::BTreeSet<String> = (0..50_000).map(container).collect();
        assert_eq!(all.len(), 50_000);
        assert!(all.iter().all(|number| number.len() == 11));
    }
}
