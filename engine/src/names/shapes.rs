//! What words share at a glance, so that few of them need to be compared letter by letter.
//!
//! In: words of the tables, then a damaged one. Out: those of its class of first letter, about its length and with most of
//! its letters. Not here: what damage costs (`text/similarity.rs`), which word is meant (`repair.rs`).

/// Longest word that is compared, in letters; longer ones are no names.
pub(super) const WORD_MAX: usize = 32;

/// A word of the tables.
#[derive(Debug)]
pub(super) struct Word {
    pub text: String,
    pub letters: Vec<char>,
    /// All letters are ASCII: the bytes of the text are its letters too.
    pub ascii: bool,
}

/// The words by what a damaged word shares with them: the class of the first letter, the length, most of the letters.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// By place of the first letter and length: set of letters, id.
    lists: Vec<Vec<(u32, u32)>>,
}

impl Shapes {
    /// Letters that a damaged word may have more or less: as many as `depth` lets it lose.
    const REACH: usize = 2;
    /// Lists for each first letter: one for each length that is looked for.
    const LENGTHS: usize = WORD_MAX + Self::REACH + 1;
    /// First letters are told apart by their low six bits, which no two letters of one alphabet share.
    const INITIALS: usize = 64;

    fn list(initial: u32, len: usize) -> Option<usize> {
        (len < Self::LENGTHS).then_some(initial as usize % Self::INITIALS * Self::LENGTHS + len)
    }

    /// Keeps word `id`; `mask` is the set of its letters, one bit each. A longer word than is looked for is left out.
    pub fn add(&mut self, letters: &[char], mask: u32, id: u32) {
        self.lists.resize(Self::INITIALS * Self::LENGTHS, Vec::new());
        let list = Self::list(initial(letters), letters.len());
        if let Some(list) = list.and_then(|n| self.lists.get_mut(n)) {
            list.push((mask, id));
        }
    }

    /// Words of that class and about that length whose sets of letters differ in `apart` letters at most, in order of
    /// length, then alphabet.
    pub fn like(&self, initial: u32, len: usize, mask: u32, apart: u32) -> impl Iterator<Item = u32> {
        let lengths = len.saturating_sub(Self::REACH)..=len + Self::REACH;
        let words = lengths.filter_map(move |len| self.lists.get(Self::list(initial, len)?)).flatten();
        words.filter(move |(other, _)| (other ^ mask).count_ones() <= apart).map(|(_, id)| *id)
    }
}

/// Where each letter of a word stands, one bit a place, for the longest common subsequence with another word.
pub(super) struct Places {
    /// By the low six bits of the letter: within one alphabet no two letters share them.
    at: [u64; 64],
    len: usize,
}

impl Places {
    /// Of a word of at most 64 letters.
    pub fn of<L: Letter>(letters: &[L]) -> Self {
        let mut at = [0; 64];
        for (n, letter) in letters.iter().enumerate() {
            if let Some(places) = at.get_mut(letter.code() as usize & 63) {
                *places |= 1 << n;
            }
        }
        Self { at, len: letters.len() }
    }

    /// True when both words, less as many letters as `depth` lets each lose, can be the same.
    pub fn reach(&self, other: &[char]) -> bool {
        // One bit stays set for each letter that is not in the subsequence yet (Hyyrö 2004).
        let mut free = u64::MAX;
        for letter in other {
            let here = self.at.get(*letter as usize & 63).copied().unwrap_or_default() & free;
            free = free.wrapping_add(here) | (free & !here);
        }
        let own = if self.len >= 64 { u64::MAX } else { (1 << self.len) - 1 };
        let common = (!free & own).count_ones() as usize;
        common + depth(self.len) >= self.len && common + depth(other.len()) >= other.len()
    }
}

/// A letter of a folded word: a byte where all are ASCII, a character elsewhere.
pub(super) trait Letter: Copy + PartialEq + Into<u32> {
    /// The letters of a known word; `None` when they are not all of this kind.
    fn of(word: &Word) -> Option<&[Self]>;

    fn code(self) -> u32 {
        self.into()
    }

    fn is_vowel(self) -> bool {
        [b'a', b'e', b'i', b'o', b'u'].iter().any(|vowel| u32::from(*vowel) == self.code())
    }
}

impl Letter for u8 {
    fn of(word: &Word) -> Option<&[Self]> {
        word.ascii.then_some(word.text.as_bytes())
    }
}

impl Letter for char {
    fn of(word: &Word) -> Option<&[Self]> {
        Some(&word.letters)
    }
}

/// First letter; letters that writers swap count as one.
pub(super) fn initial<L: Letter>(letters: &[L]) -> u32 {
    let first = letters.first().map_or(0, |first| first.code());
    match char::from_u32(first) {
        Some('k' | 'q') => 'c' as u32,
        Some('z') => 's' as u32,
        Some('w') => 'v' as u32,
        Some('y' | 'j') => 'i' as u32,
        Some('o') => 'd' as u32,
        _ => first,
    }
}

impl Word {
    /// The word with its letters.
    pub fn new(text: String) -> Self {
        Self { letters: text.chars().collect(), ascii: text.is_ascii(), text }
    }
}

/// How many letters may be lost, or be others: more in longer words.
pub(super) fn depth(letters: usize) -> usize {
    if letters >= 9 { 2 } else { 1 }
}
