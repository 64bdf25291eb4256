//! Names. What does the screen cost for 100 characters of text that names no wood, of text that does, of text whose words
//! nobody has seen? How much of that is the repair of damaged words, over finding exact names in the same texts? How far
//! is it from an Aho-Corasick automaton of the fastest kind that is given the text without separators in lower case?
//!
//! Texts are invented and seeded. "Unseen" texts are more than the memo of words can hold, each read once a round.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use palisander_benches::{ENGINE, parsed_of};
use palisander_engine::tables::{DataSource, load_taxa, load_trade_names};
use palisander_engine::woods::NameQuery;
use palisander_tests::generator::Made;

/// Goods of a port that name no wood.
const ORDINARY: &[&str] = &[
    "STAINLESS STEEL BOLTS AND NUTS, GRADE 304, 25 KG CARTONS, 18 PALLETS",
    "Ladies knitted pullovers, 60% cotton 40% polyester, assorted colours",
    "Frozen boneless chicken thighs, individually quick frozen, 10 kg bags",
    "used household goods and personal effects, not for resale",
    "PVC resin SG-5 in bags of 25 kg on pallets, shrink wrapped",
    "Ceramic floor tiles 600x600 mm glazed, 1,250 cartons",
    "automotive spare parts: brake pads, oil filters, shock absorbers",
    "Green coffee beans, washed arabica, crop 2026, 320 bags",
    "LED panel lights 40W with driver, CE marked; mounting accessories",
    "Polyethylene terephthalate bottle flakes, hot washed, clear",
    "Portable diesel generator sets 5 kVA, with toolkits and manuals",
    "Toys of plastic: building blocks, dolls, remote control cars",
    "Sodium hydroxide solid, UN 1823, class 8, packing group II",
    "Refined sunflower oil in flexitank, food grade, net 22,400 kg",
    "Office chairs with metal base and fabric seat, knocked down",
    "Corrugated cardboard boxes, printed, flat packed",
];

/// Texts with exact names.
const NAMED: &[&str] = &[
    "Brazilian rosewood sawn boards 25 mm, kiln dried, 14 bundles",
    "Guitar fingerboards of ebony, 500 pcs, and bridges",
    "DALBERGIA LATIFOLIA veneer sheets 0.6 mm, 22 crates",
    "cocobolo turning blanks, waxed ends, 3 x 3 x 12 in",
    "palissandre de Madagascar, bois scie, 7 paquets",
    "Diospyros celebica squares for furniture, 4.2 m3",
];

/// Syllables of words that nobody has seen.
const SYLLABLES: &[&str] = &[
    "ba", "ter", "mon", "li", "car", "ste", "pro", "lan", "der", "in", "vo", "gra", "tex", "ri", "con", "sul", "fa",
    "men", "tur", "ple", "hos", "wa", "nic", "ble", "do", "ser", "pin", "qua", "tic", "mar",
];

/// A number that is the same in every run.
fn mix(n: usize, salt: usize) -> usize {
    let mut x = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (salt as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 32)) as usize
}

/// Lines of about 80 characters of invented words.
fn unseen(lines: usize) -> Vec<String> {
    let word = |n: usize, w: usize| -> String {
        let syllables = 1 + mix(n, 3 * w) % 3;
        (0..=syllables).map(|s| SYLLABLES[mix(n, 100 * w + s + 1) % SYLLABLES.len()]).collect()
    };
    (0..lines).map(|n| (0..11).map(|w| word(n, w + 1)).collect::<Vec<_>>().join(" ")).collect()
}

/// Lines with one name of ours damaged by one or two slips of the hand, among invented words.
fn misspelt(lines: usize) -> Vec<String> {
    let names =
        ["rosewood", "palisander", "dalbergia", "cocobolo", "diospyros", "sheesham", "grenadilla", "sonokeling"];
    let around = unseen(lines);
    let damaged = |n: usize| -> String {
        let mut letters: Vec<u8> = names[n % names.len()].bytes().collect();
        // Not the first letter and not the last: those are seldom wrong.
        let at = 1 + mix(n, 7) % (letters.len() - 3);
        match mix(n, 8) % 3 {
            0 => letters.swap(at, at + 1),
            1 => drop(letters.remove(at)),
            _ => letters.insert(at, letters[at]),
        }
        String::from_utf8(letters).unwrap()
    };
    around.iter().enumerate().map(|(n, text)| format!("{} {} logs", &text[..40.min(text.len())], damaged(n))).collect()
}

/// Every name that the screen looks for, lower case and without separators, in an automaton of the fastest kind.
static EXACT: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let source = DataSource::Embedded;
    let mut names: Vec<String> = load_trade_names(&source).unwrap().into_iter().map(|name| name.name).collect();
    for taxon in load_taxa(&source).unwrap() {
        names.push(taxon.scientific_name);
        names.extend(taxon.synonyms);
    }
    let solid: Vec<String> = names.iter().map(|name| solid(name)).filter(|name| name.is_ascii()).collect();
    let built = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(solid.iter().filter(|name| !name.is_empty()));
    built.unwrap()
});

fn solid(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn characters(texts: &[String]) -> f64 {
    texts.iter().map(|text| text.chars().count()).sum::<usize>() as f64
}

/// Nanoseconds for 100 characters: the least of some rounds, the runs of all `looks` interleaved, because machines are noisy.
fn cost<const N: usize>(texts: &[String], rounds: usize, looks: [&dyn Fn(&str) -> bool; N]) -> [f64; N] {
    let mut least = [Duration::MAX; N];
    for _ in 0..rounds {
        for (look, least) in looks.iter().zip(&mut least) {
            let start = Instant::now();
            black_box(texts.iter().filter(|text| look(text)).count());
            *least = start.elapsed().min(*least);
        }
    }
    least.map(|least| least.as_nanos() as f64 / characters(texts) * 100.0)
}

fn names(c: &mut Criterion) {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let (lines, rounds) = if measured { (10_000, 15) } else { (200, 1) };
    let owned = |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
    let mut ordinary = owned(ORDINARY);
    let plain = parsed_of(Made::Plain, 64);
    ordinary.extend(plain.iter().map(|p| p.manifest.consignments[0].goods_items[0].description.clone()));
    let named = owned(NAMED);
    let sets =
        [("ordinary", ordinary), ("named", named), ("unseen", unseen(lines)), ("unseen misspelt", misspelt(lines))];

    let names = &ENGINE.names();
    let screen = |text: &str| names.screen(text);
    let resolve = |text: &str| !names.resolve(&NameQuery { text, ..NameQuery::default() }).mentions.is_empty();
    for (name, texts) in &sets {
        let found = texts.iter().filter(|text| screen(text)).count();
        match *name {
            "ordinary" => assert_eq!(found, 0, "no text names a wood"),
            "named" => assert_eq!(found, texts.len(), "every text names a wood"),
            // Invented words resemble a name now and then.
            "unseen" => assert!(found * 100 <= texts.len() * 2, "{found} of {} invented lines", texts.len()),
            // A slip can make a form of an ordinary word of a name (`plaisander`), and two letters of eight that change places
            // spoil more of the name than the screen forgives.
            _ => assert!(found * 100 >= texts.len() * 87, "{found} of {} damaged names", texts.len()),
        }
        let folded: Vec<String> = texts.iter().map(|text| solid(text)).collect();
        let exactly = |text: &str| names.screen_exact(text);
        let [screened, exact, resolved] = cost(texts, rounds, [&screen, &exactly, &resolve]);
        let [bare] = cost(&folded, rounds, [&|text| EXACT.find(text).is_some()]);
        // For the characters of the text, not for those that are left without separators.
        let bare = bare * characters(&folded) / characters(texts);
        println!(
            "{name}: for 100 characters screen {screened:.0} ns, exact names alone {exact:.0} ns, resolve {resolved:.0} ns, \
             bare automaton {bare:.0} ns; fuzzy ÷ exact {:.2}; screen ÷ bare automaton {:.2}",
            screened / exact,
            screened / bare
        );
    }

    let mut group = c.benchmark_group("screen");
    for (name, texts) in &sets {
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function(*name, |b| b.iter(|| texts.iter().filter(|text| screen(text)).count()));
    }
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)); targets = names }
criterion_main!(benches);
