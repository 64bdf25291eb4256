//! Finds the few documents that a presented one may be, out of millions.
//!
//! In: folded number, holder and importer names, taxon. Out: places of documents, deduplicated, in a fixed order.
//! Three indexes over sorted `(hash, place)` arrays:
//! - the number's skeleton and every skeleton with one character left out: one edit apart meets (two that are swapped
//!   as well);
//! - pairs of rare words of a name, and of their beginnings: one damaged word does not lose the name;
//! - two of four pieces of the number together with the taxon: two edits leave two pieces whole.
//!
//! A block that more than [`MAX_BLOCK`] documents share says nothing and is skipped, so that a popular name cannot make
//! matching slow.

use std::collections::BTreeSet;

use super::number::FoldedNumber;
use super::store::{Packed, Store, Symbol};
use crate::parties::{self, PartyName, Shape, WordCounts};

/// Blocks larger than this are skipped: they no longer narrow anything.
const MAX_BLOCK: usize = 256;
/// Larger blocks of pieces and of word beginnings are skipped: they are the broad ones among several.
const MAX_BROAD_BLOCK: usize = 32;
/// Names less alike are another party.
const LIKE: f64 = 0.7;
/// Documents of one name that are looked at when the taxon does not narrow them.
const MAX_PER_NAME: usize = 512;
/// Names that are compared in full: those that share the most keys.
const MAX_NAMES: usize = 16;
/// Candidates given back, the nearest by number, name and taxon.
const MAX_FOUND: usize = 16;
/// Rare words of a name that make pairs: six pairs.
const PAIRED_WORDS: usize = 4;
/// Pieces of a number: two edits leave at least two of them whole.
const PIECES: usize = 4;
/// Edits that say nothing: more than two.
const FAR: u32 = 4;
/// Shorter skeletons have too little to cut.
const MIN_PIECED: usize = 7;

/// `(hash, place)` sorted by hash, with a table over the first bits.
#[derive(Debug, Clone, Default)]
struct Postings {
    entries: Vec<(u32, u32)>,
    starts: Vec<u32>,
    shift: u32,
}

impl Postings {
    fn build(mut entries: Vec<(u32, u32)>) -> Self {
        use rayon::slice::ParallelSliceMut;
        entries.par_sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        // About four entries a bucket.
        let bits = (usize::BITS - (entries.len() / 4).leading_zeros()).clamp(1, 26);
        let shift = 32 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (hash, _) in &entries {
            if let Some(next) = starts.get_mut((hash >> shift) as usize + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { entries, starts, shift }
    }

    fn get(&self, hash: u32) -> &[(u32, u32)] {
        let bucket = (hash >> self.shift) as usize;
        let bounds = (self.starts.get(bucket), self.starts.get(bucket + 1));
        let (Some(from), Some(to)) = bounds else { return &[] };
        let bucket = self.entries.get(*from as usize..*to as usize).unwrap_or_default();
        let first = bucket.partition_point(|(own, _)| *own < hash);
        let last = bucket.partition_point(|(own, _)| *own <= hash);
        bucket.get(first..last).unwrap_or_default()
    }

    /// Adds the places of all blocks that are small enough to say something.
    ///
    /// Nearly every key is found nowhere, so the cost is that of reading memory that no cache holds. All buckets are
    /// looked up before any is searched: the reads do not wait for one another.
    fn gather(&self, keys: &[u32], cap: usize, places: &mut Vec<u32>) {
        let bounds = |key: &u32| {
            let bucket = (key >> self.shift) as usize;
            let from = self.starts.get(bucket).copied().unwrap_or(0);
            (*key, from, self.starts.get(bucket + 1).copied().unwrap_or(from))
        };
        let mut buckets: Vec<(u32, u32, u32)> = keys.iter().map(bounds).collect();
        let first = |from: u32| self.entries.get(from as usize).map_or(u32::MAX, |(own, _)| *own);
        for (key, from, to) in &mut buckets {
            // A bucket that begins behind the key does not have it; without a branch, so that reads overlap.
            let behind = u32::from(first(*from) > *key);
            *to -= behind * (*to - *from);
        }
        for (key, from, to) in buckets {
            let bucket = self.entries.get(from as usize..to as usize).unwrap_or_default();
            let first = bucket.partition_point(|(own, _)| *own < key);
            let block = bucket.get(first..).unwrap_or_default().iter().take_while(|(own, _)| *own == key);
            let before = places.len();
            places.extend(block.take(cap + 1).map(|(_, place)| *place));
            if places.len() - before > cap {
                places.truncate(before);
            }
        }
    }

    fn bytes(&self) -> usize {
        self.entries.len() * 8 + self.starts.len() * 4
    }
}

/// FNV-1a over 64 bits, folded: short keys, no dependency on the build.
fn hash(parts: &[&[u8]]) -> u32 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in *part {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        state = (state ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    state ^= state >> 29;
    state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    u32::try_from(state >> 32).unwrap_or(0)
}

/// What is looked for.
pub(super) struct Wanted<'a> {
    pub(super) number: Option<&'a FoldedNumber>,
    pub(super) holder: Option<&'a PartyName>,
    pub(super) importer: Option<&'a PartyName>,
    /// Taxa in the register's own words.
    pub(super) taxa: &'a [Symbol],
    /// Day of issue as the store counts days.
    pub(super) issued_on: Option<i32>,
}

/// The indexes over a store.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidates {
    numbers: Postings,
    pieces: Postings,
    name_pairs: Postings,
    by_exporter: Postings,
    by_importer: Postings,
    names: Vec<PartyName>,
    shapes: Shapes,
    pub(super) counts: WordCounts,
    skeletons: Vec<Skeleton>,
}

/// The beginning of a number's skeleton, kept where one read finds it.
#[derive(Debug, Clone, Copy, Default)]
struct Skeleton {
    bytes: [u8; SKELETON_BYTES],
    length: u8,
}

/// Longer skeletons are cut.
const SKELETON_BYTES: usize = 23;

impl Skeleton {
    fn new(text: &str) -> Self {
        let kept = text.as_bytes().get(..text.len().min(SKELETON_BYTES)).unwrap_or_default();
        let mut bytes = [0; SKELETON_BYTES];
        for (to, from) in bytes.iter_mut().zip(kept) {
            *to = *from;
        }
        Self { bytes, length: u8::try_from(kept.len()).unwrap_or(0) }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    fn is_cut(&self) -> bool {
        usize::from(self.length) == SKELETON_BYTES
    }
}

/// Shapes of the words of all names, one after another.
#[derive(Debug, Clone, Default)]
struct Shapes {
    shapes: Vec<Shape>,
    starts: Vec<u32>,
}

impl Shapes {
    fn of<'a>(names: impl Iterator<Item = &'a PartyName>) -> Self {
        let mut all = Self { shapes: Vec::new(), starts: vec![0] };
        for name in names {
            all.shapes.extend_from_slice(name.shapes());
            all.starts.push(u32::try_from(all.shapes.len()).unwrap_or(u32::MAX));
        }
        all
    }

    fn get(&self, name: u32) -> &[Shape] {
        let bounds = (self.starts.get(name as usize), self.starts.get(name as usize + 1));
        let (Some(from), Some(to)) = bounds else { return &[] };
        self.shapes.get(*from as usize..*to as usize).unwrap_or_default()
    }
}

impl Candidates {
    pub(super) fn build(store: &Store, usual: Option<&WordCounts>) -> Self {
        use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
        let texts: Vec<&str> = store.names.iter().map(|(_, name)| name).collect();
        let names: Vec<PartyName> = texts.par_iter().map(|name| PartyName::new(name)).collect();
        let counts = usual.cloned().unwrap_or_else(|| {
            let mut counts = WordCounts::default();
            names.iter().for_each(|name| counts.add(name));
            counts
        });
        let names: Vec<PartyName> = names.into_iter().map(|name| name.weighed(&counts)).collect();
        let place_of = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let name_pairs = names
            .par_iter()
            .enumerate()
            .flat_map_iter(|(n, name)| name_keys(name).all().into_iter().map(move |key| (key, place_of(n))))
            .collect();
        let folded: Vec<String> = store
            .documents
            .par_iter()
            .map(|packed| FoldedNumber::new(store.numbers.get(packed.number)).skeleton())
            .collect();
        let numbers = folded
            .par_iter()
            .enumerate()
            .flat_map_iter(|(n, skeleton)| {
                deletions(skeleton.as_bytes()).into_iter().map(move |key| (key, place_of(n)))
            })
            .collect();
        let documents = || store.documents.par_iter().zip(folded.par_iter()).enumerate();
        let pieces = documents()
            .flat_map_iter(|(n, (packed, skeleton))| {
                let positions = store.positions_of(packed).iter();
                positions.flat_map(move |own| {
                    piece_keys(skeleton.as_bytes(), own.taxon).into_iter().map(move |key| (key, place_of(n)))
                })
            })
            .collect();
        let by_party = |party: fn(&Packed) -> Symbol| {
            documents()
                .flat_map_iter(|(n, (packed, _))| {
                    let name = Some(party(packed)).filter(|name| *name != Symbol::NONE);
                    let name = name.and_then(|name| u32::try_from(name.index()).ok());
                    name.into_iter().flat_map(move |name| {
                        let taxa = store.positions_of(packed).iter().map(move |own| name_taxon_hash(name, own.taxon));
                        std::iter::once(name_hash(name)).chain(taxa).map(move |key| (key, place_of(n)))
                    })
                })
                .collect()
        };
        let (by_exporter, by_importer) = (by_party(|packed| packed.exporter), by_party(|packed| packed.importer));
        let skeletons = folded.iter().map(|skeleton| Skeleton::new(skeleton)).collect();
        let shapes = Shapes::of(names.iter());
        Self {
            numbers: Postings::build(numbers),
            pieces: Postings::build(pieces),
            name_pairs: Postings::build(name_pairs),
            by_exporter: Postings::build(by_exporter),
            by_importer: Postings::build(by_importer),
            names,
            shapes,
            counts,
            skeletons,
        }
    }

    /// Bytes of the indexes, names and counts aside.
    pub(super) fn bytes(&self) -> usize {
        let postings = [&self.numbers, &self.pieces, &self.name_pairs, &self.by_exporter, &self.by_importer];
        postings.into_iter().map(Postings::bytes).sum::<usize>() + self.skeletons.len() * size_of::<Skeleton>()
    }

    /// A name of the store in comparable form.
    pub(super) fn name(&self, symbol: Symbol) -> Option<&PartyName> {
        self.names.get(symbol.index())
    }

    /// Documents whose number has the very skeleton of one of the forms.
    pub(super) fn exact(&self, number: &FoldedNumber) -> BTreeSet<u32> {
        let mut places = BTreeSet::new();
        for form in number.forms() {
            let skeleton = form.skeleton();
            let block = self.numbers.get(hash(&[b"n", skeleton.as_bytes()]));
            let wanted = Skeleton::new(&skeleton);
            let same =
                |place: &u32| self.skeletons.get(*place as usize).is_some_and(|own| own.bytes() == wanted.bytes());
            places.extend(block.iter().map(|(_, place)| *place).filter(same));
        }
        places
    }

    /// Documents that may be the one wanted, the nearest first, each once.
    pub(super) fn find(&self, store: &Store, wanted: &Wanted<'_>) -> Vec<u32> {
        let holders = wanted.holder.map(|name| self.names_like(name)).unwrap_or_default();
        let importers = wanted.importer.map(|name| self.names_like(name)).unwrap_or_default();
        let mut places: Vec<u32> = Vec::new();
        let forms = wanted.number.into_iter().flat_map(FoldedNumber::forms).map(FoldedNumber::skeleton);
        for skeleton in forms {
            self.numbers.gather(&deletions(skeleton.as_bytes()), MAX_BLOCK, &mut places);
            // Where no holder is like the one wanted, two edits of the number are tried.
            for taxon in wanted.taxa.iter().filter(|_| holders.is_empty()) {
                let keys = wanted_piece_keys(skeleton.as_bytes(), *taxon);
                self.pieces.gather(&keys, MAX_BROAD_BLOCK, &mut places);
            }
        }
        // Most of what shares two pieces is far apart in the others.
        let edits = self.edits_from(wanted.number);
        places.retain(|place| edits(*place) < FAR);
        self.by_name(&holders, &self.by_exporter, wanted.taxa, &mut places);
        self.by_name(&importers, &self.by_importer, wanted.taxa, &mut places);
        // A holder may stand as importer on import permits.
        if wanted.importer.is_none() {
            self.by_name(&holders, &self.by_importer, wanted.taxa, &mut places);
        }
        places.sort_unstable();
        places.dedup();
        let far = |place: u32| -> Option<(u32, u32)> {
            let packed = store.packed(place)?;
            let party = |names: &[(u32, f64)], own: Symbol| names.iter().any(|(n, _)| *n as usize == own.index());
            let holder = party(&holders, packed.exporter) || party(&holders, packed.importer);
            let importer = party(&importers, packed.importer);
            let taxon = store.positions_of(packed).iter().any(|own| wanted.taxa.contains(&own.taxon));
            let days = wanted.issued_on.map_or(0, |day| day.abs_diff(packed.issued_on).min(9_999));
            let missing = u32::from(wanted.holder.is_some() && !holder) * 2
                + u32::from(wanted.importer.is_some() && !importer)
                + u32::from(!wanted.taxa.is_empty() && !taxon);
            Some(((edits(place) * 2 + missing) * 10_000 + days, place))
        };
        let mut ranked: Vec<(u32, u32)> = places.into_iter().filter_map(far).collect();
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, place)| place).take(MAX_FOUND).collect()
    }

    /// Edits between a number and that of a document, [`FAR`] when more than two.
    fn edits_from(&self, number: Option<&FoldedNumber>) -> impl Fn(u32) -> u32 {
        let forms: Vec<_> = number
            .into_iter()
            .flat_map(FoldedNumber::forms)
            .map(|form| {
                rapidfuzz::distance::osa::BatchComparator::new(Skeleton::new(&form.skeleton()).bytes().to_vec())
            })
            .collect();
        move |place| {
            let Some(own) = self.skeletons.get(place as usize) else { return FAR };
            // What is cut may end elsewhere: it is kept, as one that is two edits away.
            if own.is_cut() && !forms.is_empty() {
                return FAR - 1;
            }
            let args = rapidfuzz::distance::osa::Args::default().score_cutoff(2);
            let edits = |form: &rapidfuzz::distance::osa::BatchComparator<u8>| {
                form.distance_with_args(own.bytes().iter().copied(), &args)
            };
            forms.iter().filter_map(edits).min().map_or(FAR, |edits| u32::try_from(edits).unwrap_or(FAR))
        }
    }

    /// Names of the store like the one wanted, with their likeness. Broader keys are tried only where narrower ones gave
    /// no good name.
    fn names_like(&self, name: &PartyName) -> Vec<(u32, f64)> {
        let keys = name_keys(name);
        let mut like: Vec<(u32, f64)> = Vec::new();
        let steps =
            [(keys.whole, MAX_BLOCK, true), (keys.pairs, MAX_BLOCK, false), (keys.broad, MAX_BROAD_BLOCK, false)];
        for (keys, cap, are_whole) in steps {
            let mut shared: Vec<u32> = Vec::new();
            self.name_pairs.gather(&keys, cap, &mut shared);
            shared.sort_unstable();
            // Names by the number of keys they share with the one wanted.
            let mut names: Vec<(std::cmp::Reverse<usize>, u32)> = shared
                .chunk_by(|a, b| a == b)
                .filter_map(|same| same.first().map(|n| (std::cmp::Reverse(same.len()), *n)))
                .collect();
            names.sort_unstable();
            // Words that are glued or split share all letters and are found by the narrowest keys.
            let may_be = |n: u32| are_whole || parties::ceiling(self.shapes.get(n), name.shapes()) >= LIKE - 1e-3;
            let likeness = |n: u32| self.names.get(n as usize).map_or(0.0, |own| parties::similarity(own, name));
            let met = names.into_iter().map(|(_, n)| n).take(8 * MAX_NAMES);
            let compared = met.filter(|n| may_be(*n)).take(MAX_NAMES);
            like.extend(compared.map(|n| (n, likeness(n))).filter(|(_, like)| *like >= LIKE));
            if like.iter().any(|(_, likeness)| *likeness >= 0.9) {
                break;
            }
        }
        like.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        like.dedup_by_key(|(n, _)| *n);
        like
    }

    fn by_name(&self, names: &[(u32, f64)], postings: &Postings, taxa: &[Symbol], places: &mut Vec<u32>) {
        for (n, _) in names {
            let narrowed = taxa.iter().map(|taxon| postings.get(name_taxon_hash(*n, *taxon)));
            let all = std::iter::once(postings.get(name_hash(*n)));
            let block = narrowed.chain(all).find(|block| !block.is_empty()).unwrap_or_default();
            places.extend(block.iter().take(MAX_PER_NAME).map(|(_, place)| *place));
        }
    }
}

fn name_hash(name: u32) -> u32 {
    hash(&[b"p", &name.to_le_bytes()])
}

fn name_taxon_hash(name: u32, taxon: Symbol) -> u32 {
    hash(&[b"t", &name.to_le_bytes(), &u32::try_from(taxon.index()).unwrap_or(u32::MAX).to_le_bytes()])
}

/// The skeleton and every skeleton with one character left out.
fn deletions(skeleton: &[u8]) -> Vec<u32> {
    let mut keys = Vec::with_capacity(skeleton.len() + 1);
    keys.push(hash(&[b"n", skeleton]));
    if skeleton.len() >= 4 {
        let mut shorter = Vec::with_capacity(skeleton.len());
        for n in 0..skeleton.len() {
            shorter.clear();
            shorter.extend(skeleton.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, b)| *b));
            keys.push(hash(&[b"n", &shorter]));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Bounds of the pieces of a skeleton of this length.
fn piece_bounds(length: usize, piece: usize) -> (usize, usize) {
    (length * piece / PIECES, length * (piece + 1) / PIECES)
}

fn piece_key(taxon: Symbol, first: (usize, &[u8]), second: (usize, &[u8]), length: usize) -> u32 {
    let places = [u8::try_from(first.0).unwrap_or(0), u8::try_from(second.0).unwrap_or(0)];
    let length = [u8::try_from(length).unwrap_or(u8::MAX)];
    let taxon = u32::try_from(taxon.index()).unwrap_or(u32::MAX).to_le_bytes();
    hash(&[b"q", &taxon, &places, &length, first.1, second.1])
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..PIECES).flat_map(|a| (a + 1..PIECES).map(move |b| (a, b)))
}

/// Keys of a registered number: every two of its pieces, with the taxon.
fn piece_keys(skeleton: &[u8], taxon: Symbol) -> Vec<u32> {
    let length = skeleton.len();
    if length < MIN_PIECED {
        return Vec::new();
    }
    let piece = |n: usize| {
        let (from, to) = piece_bounds(length, n);
        (n, skeleton.get(from..to).unwrap_or_default())
    };
    pairs().map(|(a, b)| piece_key(taxon, piece(a), piece(b), length)).collect()
}

/// Keys of the registered numbers that a presented one may come from: of its own length or up to two longer or shorter,
/// the pieces after an insertion or a gap being shifted.
fn wanted_piece_keys(skeleton: &[u8], taxon: Symbol) -> Vec<u32> {
    let mut keys = Vec::with_capacity(160);
    let own = i64::try_from(skeleton.len()).unwrap_or(0);
    for gap in [0_i64, 1, -1, 2, -2] {
        // `gap` characters more stand in the presented number than in the registered one.
        let Ok(length) = usize::try_from(own - gap) else { continue };
        if length < MIN_PIECED {
            continue;
        }
        let piece = |n: usize, shift: i64| {
            let (from, to) = piece_bounds(length, n);
            let moved = |at: usize| usize::try_from(i64::try_from(at).unwrap_or(0) + shift).ok();
            skeleton.get(moved(from)?..moved(to)?).map(|text| (n, text))
        };
        let half = gap / 2;
        let shifts: &[(i64, i64)] = match gap {
            0 => &[(0, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, 0), (-1, 0)],
            1 | -1 => &[(0, 0), (0, gap), (gap, gap)],
            _ => &[(0, 0), (0, half), (half, half), (half, gap), (0, gap), (gap, gap)],
        };
        for (a, b) in pairs() {
            for (shift_a, shift_b) in shifts {
                if let (Some(first), Some(second)) = (piece(a, *shift_a), piece(b, *shift_b)) {
                    keys.push(piece_key(taxon, first, second, length));
                }
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Keys of a name, the narrow ones first.
struct NameKeys {
    /// All words in order of the alphabet; all words as one.
    whole: Vec<u32>,
    /// Pairs of the rarest words.
    pairs: Vec<u32>,
    /// Pairs of their beginnings, single rare words, and sounds: a changed first letter, another script.
    broad: Vec<u32>,
}

impl NameKeys {
    fn all(self) -> Vec<u32> {
        let mut keys = [self.whole, self.pairs, self.broad].concat();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn name_keys(name: &PartyName) -> NameKeys {
    let mut words: Vec<(&str, f64)> = name.words().collect();
    let sounds = parties::broad_keys(name).into_iter().map(|key| hash(&[b"s", &key.to_le_bytes()]));
    words.sort_unstable_by(|a, b| a.0.cmp(b.0));
    let whole: Vec<&[u8]> =
        std::iter::once(b"w".as_slice()).chain(words.iter().map(|(word, _)| word.as_bytes())).collect();
    let whole = vec![hash(&whole), hash(&[b"j", name.joined().as_bytes()])];
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    words.truncate(PAIRED_WORDS);
    let start = |word: &str| word.as_bytes().get(..3).unwrap_or(word.as_bytes()).to_vec();
    let (mut pairs, mut broad) = (Vec::new(), sounds.collect::<Vec<u32>>());
    for (n, (a, weight)) in words.iter().enumerate() {
        for (b, _) in words.iter().skip(n + 1) {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            pairs.push(hash(&[b"2", a.as_bytes(), b.as_bytes()]));
            let (a, b) = (start(a), start(b));
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            broad.push(hash(&[b"3", &a, &b]));
        }
        if *weight >= 0.5 {
            broad.push(hash(&[b"1", a.as_bytes()]));
        }
    }
    NameKeys { whole, pairs, broad }
}
