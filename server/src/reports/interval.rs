//! How sure a share is: the lowest and the highest that counts allow.

/// Two-sided 95 % of the normal distribution.
const Z: f64 = 1.959_963_985;

/// Lowest and highest share, 0 to 1, of which `n` of `of` may come (Wilson, 95 %); none of nothing.
pub(super) fn share_between(n: usize, of: usize) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    let (of, p) = (of as f64, n as f64 / of as f64);
    let centre = (p + Z * Z / (2.0 * of)) / (1.0 + Z * Z / of);
    let half = Z * (p * (1.0 - p) / of + Z * Z / (4.0 * of * of)).sqrt() / (1.0 + Z * Z / of);
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures of the worked example in Newcombe (1998): 15 of 148, and the ends.
    #[test]
    fn intervals_of_wilson() {
        let (low, high) = share_between(15, 148).unwrap();
        assert!((low - 0.0624).abs() < 1e-4 && (high - 0.1605).abs() < 1e-4, "{low} {high}");
        assert_eq!(share_between(0, 20).unwrap().0, 0.0);
        assert_eq!(share_between(20, 20).unwrap().1, 1.0);
        assert_eq!(share_between(0, 0), None);
    }

    proptest::proptest! {
        #[test]
        fn the_share_lies_in_it_and_more_counts_narrow_it(n in 0_usize..200, more in 0_usize..200) {
            let of = n + more;
            if let Some((low, high)) = share_between(n, of) {
                let share = n as f64 / of as f64;
                proptest::prop_assert!(low <= share + 1e-9 && share <= high + 1e-9);
                let (less, wide) = share_between(10 * n, 10 * of).unwrap();
                proptest::prop_assert!(wide - less < high - low);
            }
        }
    }
}
