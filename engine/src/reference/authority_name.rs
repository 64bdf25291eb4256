//! How like the name of an issuer is to the name of an authority.
//!
//! In: two names. Out: 0 to 1. Every longer word of the authority's name must be met: as it is, damaged by a slip or a scan,
//! or written short; words that stand around it, their order and short words between weigh little. So a slip of the pen is
//! borne in a name of any length, while another office that shares words with it is another.
//! Not here: which authority is meant, and on which day (`authorities.rs`).

use crate::text::plain_key;

/// Words of this many letters tell names apart; shorter ones stand between.
const TELLING: usize = 4;
/// Names of this many letters or fewer are initials: one letter more makes another office.
const INITIALS: usize = 5;
/// Likeness of names that differ in signs that a scan confuses.
const SCANNED: f64 = 0.98;
/// Likeness of a word written short.
const WRITTEN_SHORT: f64 = 0.90;
/// Letters of a common stem, and likeness of two forms of it.
const STEM: usize = 6;
const INFLECTED: f64 = 0.88;
/// What words around the name cost.
const AROUND: f64 = 0.03;
/// What another order of its words costs.
const REORDERED: f64 = 0.03;
/// Likeness of a name of which some word is not met, at most: nearest, never the same.
const OTHER: f64 = 0.89;
/// A name that stops within a word is cut from this many letters on, one that stops between words from `CUT_WIDE` on:
/// fields of forms are 35 characters wide and more.
const CUT: usize = 20;
const CUT_WIDE: usize = 30;

/// A name in comparable form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AuthorityName {
    key: String,
    scanned: String,
}

impl AuthorityName {
    pub(super) fn new(name: &str) -> Self {
        let key = plain_key(name);
        Self { scanned: scanned(&key), key }
    }

    /// How like a name on paper is to this one.
    pub(super) fn similarity(&self, asked: &Self) -> f64 {
        if self.key == asked.key {
            return 1.0;
        }
        if self.scanned == asked.scanned {
            return SCANNED;
        }
        let (own, said): (Vec<&str>, Vec<&str>) =
            (self.scanned.split(' ').collect(), asked.scanned.split(' ').collect());
        // "CITES Management Authority, Kenya Wildlife Service, Nairobi" holds the name; "Ministry" alone holds nothing.
        let telling = own.len() >= 2 || self.key.len() >= 3 && said.len() <= 4;
        if telling && said.len() >= own.len() && own.iter().all(|word| said.contains(word)) {
            return 1.0 - AROUND;
        }
        if self.key.len() <= INITIALS || asked.key.len() <= INITIALS {
            return 0.0;
        }
        let met = if own.len() >= 2 { words_met(&own, &said) } else { None };
        met.or_else(|| self.cut(asked)).unwrap_or_else(|| self.letters(asked).min(OTHER)).max(self.slips(asked))
    }

    /// The same name cut at the width of a field.
    fn cut(&self, asked: &Self) -> Option<f64> {
        let rest = self.scanned.strip_prefix(asked.scanned.as_str())?;
        let wide = asked.scanned.len() >= CUT_WIDE || asked.scanned.len() >= CUT && !rest.starts_with(' ');
        wide.then(|| 0.9 + 0.1 * asked.scanned.len() as f64 / self.scanned.len() as f64)
    }

    /// Whole names that differ by few letters, whatever their words: glued or split, in scripts without gaps.
    fn slips(&self, asked: &Self) -> f64 {
        let joined = |name: &Self| name.scanned.replace(' ', "");
        let (own, said) = (joined(self), joined(asked));
        if own == said {
            return 1.0 - AROUND;
        }
        let one_word = !self.scanned.contains(' ') && !asked.scanned.contains(' ');
        if one_word { letters(&own, &said) } else { 0.0 }
    }

    fn letters(&self, asked: &Self) -> f64 {
        letters(&self.scanned, &asked.scanned)
    }
}

/// Signs that a scan confuses are one.
fn scanned(key: &str) -> String {
    let one = |c| match c {
        '0' => 'o',
        '1' | 'l' | '|' => 'i',
        '4' => 'a',
        '5' => 's',
        '8' => 'b',
        c => c,
    };
    key.chars().map(one).collect()
}

fn letters(a: &str, b: &str) -> f64 {
    let longer = a.chars().count().max(b.chars().count()).max(1);
    1.0 - strsim::osa_distance(a, b) as f64 / longer as f64
}

/// Share of the letters of the authority's telling words that are met; `None` where one of them is not met at all.
fn words_met(own: &[&str], said: &[&str]) -> Option<f64> {
    let telling = |word: &&&str| word.chars().count() >= TELLING;
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, own) in own.iter().enumerate() {
        pairs.extend(said.iter().enumerate().map(|(j, said)| (word_likeness(own, said), i, j)));
    }
    pairs.retain(|(like, ..)| *like > 0.0);
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut met, mut used): (Vec<Option<(f64, usize)>>, Vec<bool>) = (vec![None; own.len()], vec![false; said.len()]);
    for (like, i, j) in pairs {
        if let (Some(place @ None), Some(taken @ false)) = (met.get_mut(i), used.get_mut(j)) {
            (*place, *taken) = (Some((like, j)), true);
        }
    }
    let (mut sum, mut all, mut order) = (0.0, 0.0, Vec::new());
    for (word, met) in own.iter().zip(&met).filter(|(word, _)| telling(word)) {
        let (like, at) = (*met)?;
        let weight = word.chars().count() as f64;
        (sum, all) = (sum + like * weight, all + weight);
        order.push(at);
    }
    if all == 0.0 {
        return None;
    }
    let around = said.iter().zip(&used).any(|(word, used)| !used && telling(&word));
    let reordered = order.windows(2).any(|pair| pair.first() > pair.get(1));
    let less = f64::from(u8::from(around)) * AROUND + f64::from(u8::from(reordered)) * REORDERED;
    Some((sum / all - less).max(0.0))
}

/// 1 for the same word, less for one that is damaged or written short, 0 for another.
fn word_likeness(own: &str, said: &str) -> f64 {
    if own == said {
        return 1.0;
    }
    let (long, short) = if own.len() >= said.len() { (own, said) } else { (said, own) };
    let (n, m) = (long.chars().count(), short.chars().count());
    // `Dept`, `Min.`, `Mgmt`: from the first letter to the last, or the beginning.
    let begins = short.chars().next() == long.chars().next();
    let ends = short.chars().last() == long.chars().last();
    if m >= 3 && begins && n >= m + 3 && (long.starts_with(short) || m >= TELLING && ends && is_within(short, long)) {
        return WRITTEN_SHORT;
    }
    // `Fishery`, `Fisheries`; `Environment`, `Environmental`.
    let shared = long.chars().zip(short.chars()).take_while(|(a, b)| a == b).count();
    if shared >= STEM && shared * 3 >= n * 2 {
        return INFLECTED;
    }
    let borne = match n {
        0..TELLING => return 0.0,
        4..=6 => 1,
        7..=9 => 2,
        _ => 3,
    };
    // A first letter that changes makes another word of a short one.
    let distance = strsim::osa_distance(own, said);
    if distance > borne || (!begins && n < 7) { 0.0 } else { 1.0 - distance as f64 / n as f64 }
}

/// Do the letters of one word stand in the other, in their order?
fn is_within(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().all(|letter| rest.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_name_is_the_same_and_another_office_is_not() {
        let like = |a: &str, b: &str| AuthorityName::new(a).similarity(&AuthorityName::new(b));
        for (own, said) in [
            ("Kenya Wildlife Service", "Kenya Wildlfe Servise"),
            ("Department of Forestry", "Dept. of Forestry"),
            ("Wildlife Division", "Wi1dlife Divisi0n"),
            ("Forest Department", "Forest Departmnt, Nay Pyi Taw"),
            ("Ministry of Tourism, Wildlife and Antiquities", "Ministry of Tourism, Wildlife and Antiq"),
            ("IBAMA", "lBAMA"),
        ] {
            assert!((0.9..1.0).contains(&like(own, said)), "{own} {said} {}", like(own, said));
        }
        for (own, said) in [
            ("Ministry of Environment", "Ministry of Works"),
            ("Kenya Wildlife Service", "Kenya Forest Service"),
            ("Ministry of Natural Resources and Tourism", "Ministry of Natural Gas"),
            ("Ministry of Natural Resources and Tourism", "Ministry"),
            ("KWS", "KFS"),
        ] {
            assert!(like(own, said) < 0.9, "{own} {said} {}", like(own, said));
        }
    }
}
