//! What is asked of every parser of outside bytes, whatever the bytes: the bodies of the fuzz targets.
//!
//! In: any bytes. Out: nothing, or a panic that says which promise is broken. `engine/fuzz` feeds them by coverage for hours;
//! the stories replay small corpora and some hundred mutations of each with every test run. Not here: how bytes are made.

#![allow(clippy::expect_used, clippy::panic)]

use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::{self, Format, Manifest, Mapping, guess_mapping, json_document, read_with};
use palisander_engine::notices::{
    AlertIndex, AlertSearch, SearchContext, Vocabulary, WatchList, WatchedParty, read_records, shipped_records,
};
use palisander_engine::papers::{MatchContext, Register, match_line};
use palisander_engine::past::Past;
use palisander_engine::rules::{RuleSource, cases};
use palisander_engine::tables::{DataSource, References};
use palisander_engine::woods::{NameIndex, NameQuery, resolve_line};
use palisander_engine::{Date, Engine, Options};
use serde_json::{Value, json};

use crate::damage::{DEEDS, Standing, damaged};
use crate::generator::{Made, Port};
use crate::random::Random;
use crate::writers::{awmds, cuscar, table};

/// A target: its name, which is that of its corpus, and what is asked.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("json", |bytes| reader(bytes, Format::Json)),
    ("ndjson", |bytes| reader(bytes, Format::Ndjson)),
    ("csv", |bytes| reader(bytes, Format::Csv)),
    ("xlsx", |bytes| reader(bytes, Format::Xlsx)),
    ("edifact", |bytes| reader(bytes, Format::Cuscar)),
    ("awmds", |bytes| reader(bytes, Format::Awmds)),
    ("wco", |bytes| reader(bytes, Format::WcoDeclaration)),
    ("sad", |bytes| reader(bytes, Format::Asycuda)),
    ("epermit", |bytes| reader(bytes, Format::EPermit)),
    ("detect", |bytes| reader(bytes, Format::detect(bytes))),
    ("mapping", mapping),
    ("register", register),
    ("names", names),
    ("alert_query", alert_query),
    ("alert_records", alert_records),
    ("watch_list", watch_list),
    ("permits", permits),
    ("rules", rules),
    ("lanes", lanes),
    ("cases", rule_cases),
    ("lane_law", lane_law),
    ("terminal", terminal),
];

/// Runs the target of that name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(own, _)| *own == name).expect("a target of TARGETS");
    (target.1)(bytes);
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open(&Options::default()).expect("the shipped engine"));

const DAY: Date = Date::constant(2026, 11, 1);

/// Reads bytes as a format. Something must come out: a manifest, a fault or an error. What was read, written as canonical
/// JSON, reads back with as many bills.
fn reader(bytes: &[u8], format: Format) {
    let mut n = 0;
    for part in manifests::read(Cursor::new(bytes.to_vec()), format) {
        n += 1;
        let Ok(parsed) = part else { continue };
        let json = serde_json::to_vec(&json!({ "manifest": parsed.manifest })).expect("a manifest is written");
        match json_document(&json) {
            Ok(again) => assert_eq!(again.manifest.consignments.len(), parsed.manifest.consignments.len()),
            Err(error) => panic!("what was read does not read back: {error}"),
        }
    }
    let is_blank = bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
    assert!(n > 0 || is_blank || format == Format::Ndjson, "not a word about {} bytes", bytes.len());
}

/// Any mapping file over a table: refused, or used; what is shown of it reads back as itself.
fn mapping(bytes: &[u8]) {
    let Some((text, table)) = parts(bytes) else { return };
    let Ok(mapping) = Mapping::from_toml(text) else { return };
    read_with(Cursor::new(table.as_bytes().to_vec()), Format::Csv, &mapping).for_each(drop);
    if let Ok(guess) = guess_mapping(table.as_bytes(), Format::Csv, &mapping) {
        assert!(Mapping::from_toml(&guess.to_toml()).is_ok(), "{}", guess.to_toml());
    }
}

/// Two texts with a byte 1 between them.
fn parts(bytes: &[u8]) -> Option<(&str, &str)> {
    std::str::from_utf8(bytes).ok()?.split_once('\u{1}')
}

/// Any bytes as a permit register: CSV, NDJSON or e-permits.
fn register(bytes: &[u8]) {
    let (register, _) = Register::from_bytes(bytes);
    register.documents().for_each(drop);
}

/// A register and a question: whatever is asked of whatever is held, the answer has a verdict.
fn permits(bytes: &[u8]) {
    let Some((rows, question)) = parts(bytes) else { return };
    let (register, _) = Register::from_bytes(rows.as_bytes());
    let Ok(question) = serde_json::from_str::<Value>(question) else { return };
    let answer = match_line(&register, &question, &MatchContext::new(ENGINE.references()));
    assert!(answer.get("verdict").is_some(), "{answer}");
}

/// Any text names woods or none: each mention quotes the text, and what the screen lets pass names nothing.
fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let index: &NameIndex = ENGINE.names();
    let found = index.resolve(&NameQuery { text, ..NameQuery::default() });
    for mention in &found.mentions {
        assert_eq!(text.get(mention.span.0..mention.span.1), Some(mention.text.as_str()));
        assert!(mention.similarity > 0.0 && mention.similarity <= 1.0);
    }
    for excluded in &found.excluded {
        assert_eq!(text.get(excluded.span.0..excluded.span.1), Some(excluded.text.as_str()));
    }
    assert!(index.screen(text) || found.mentions.is_empty());
    resolve_line(index, text);
}

static INDEX: LazyLock<AlertIndex> = LazyLock::new(|| {
    let references = References::load(&DataSource::Embedded).expect("tables");
    let vocabulary = Arc::new(Vocabulary::build(&DataSource::Embedded, &references).expect("words"));
    let context = SearchContext { vocabulary, names: Arc::clone(ENGINE.names()) };
    AlertIndex::build(&shipped_records(&references), &context).expect("an index")
});

/// Any text is a question: it finds something or nothing, in order, and holds to the day.
fn alert_query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for as_of in [None, Some(Date::constant(2014, 3, 1))] {
        let results = INDEX.search(&AlertSearch { text, as_of, limit: 10, ..AlertSearch::default() });
        assert!(results.is_sorted_by(|a, b| a.score >= b.score));
        assert!(as_of.is_none_or(|day| results.iter().all(|result| result.record.acts_on(day))));
    }
}

/// Any bytes as alerts: every line that holds something is a record or a fault.
fn alert_records(bytes: &[u8]) {
    let (records, faults) = read_records(bytes);
    let text = String::from_utf8_lossy(bytes);
    // A byte order mark alone says nothing.
    let lines = text.trim_start_matches('\u{feff}');
    let is_list = lines.trim_start().starts_with('[');
    let n_lines = lines.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(is_list || n_lines == 0 || records.len() + faults.len() > 0, "{n_lines} lines without a word");
    assert!(records.iter().all(|record| record.acts_on(DAY) || !record.id.is_empty()));
}

/// Any bytes as a watch list, and a party that is looked for in it.
fn watch_list(bytes: &[u8]) {
    let (list, faults) = WatchList::from_csv(bytes);
    let n_lines = bytes.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.trim_ascii().is_empty()).count();
    assert!(n_lines == 0 || !list.is_empty() || !faults.is_empty(), "{n_lines} rows without a word");
    for n in 0..list.len().min(4) {
        let name = list.entry(n).map(|entry| entry.name.clone()).unwrap_or_default();
        let party = WatchedParty { name: &name, ..WatchedParty::default() };
        assert!(list.closest(&party, DAY).is_none_or(|found| (0.0..=1.0).contains(&found.similarity)));
    }
}

/// A bill of rosewood from Madagascar: every rule of the shipped set that can meet it does.
static ROSEWOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    json!({ "bill_of_lading": "A", "goods_items": [
        { "description": "ROSEWOOD LOGS DALBERGIA MARITIMA", "origin": "MG", "hs_code": "440399", "gross_mass_kg": 21600.0, "volume_m3": 24.0 },
    ] })
    .to_string()
    .into_bytes()
});

/// `profile.toml` and `profile.rhai` as a layer: they load or are named, no lane falls, and the answer comes.
fn rules(bytes: &[u8]) {
    let Some((toml, rhai)) = parts(bytes) else { return };
    layered(&[("fuzzed/profile.toml", toml), ("fuzzed/profile.rhai", rhai)]);
}

/// `lanes.toml` of an office: it is as strict as the shipped one, or named.
fn lanes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    layered(&[("lanes.toml", text)]);
}

/// An engine with these files as a layer gives the rosewood no lower lane.
fn layered(files: &[(&str, &str)]) {
    let folder =
        std::env::temp_dir().join(format!("palisander-layer-{}-{:?}", std::process::id(), std::thread::current().id()));
    for (file, text) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder for the layer");
        std::fs::write(&path, text).expect("a file of the layer");
    }
    let engine = ENGINE.with_rules(&RuleSource { overlay: Some(folder.clone()), ..RuleSource::default() });
    std::fs::remove_dir_all(&folder).expect("the layer is taken away");
    let engine = engine.expect("a layer never keeps the base from loading");
    let parsed = json_document(&ROSEWOOD).expect("a manifest");
    let (before, after) = (ENGINE.answers(&parsed, DAY), engine.answers(&parsed, DAY));
    for (before, after) in before.zip(after) {
        assert!(after.lane >= before.lane && after.lane_high >= before.lane_high && after.score >= before.score);
    }
}

/// Any text as a case: it is refused with a reason, or runs.
fn rule_cases(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match cases::read(text) {
        Ok(case) => drop(cases::run(&ENGINE, "fuzzed", "case.json", &case)),
        Err(why) => assert!(!why.is_empty()),
    }
}

/// How each bill of a file stands.
pub fn standing(engine: &Engine, text: &str, format: Format) -> Standing {
    let mut standing = Standing::default();
    let parts = manifests::read(Cursor::new(text.as_bytes().to_vec()), format);
    let done = bills::score(engine, parts, DAY, &Past::none(), &mut |scored| {
        match scored {
            Scored::Answer(answer) => {
                standing.ours |= answer.taxa.iter().any(|taxon| taxon.verdict == "flag");
                standing.bills.push((answer.lane, answer.lane_high));
            }
            _ => standing.loud = true,
        }
        Ok::<(), ()>(())
    });
    assert!(done.is_ok());
    standing
}

/// A made manifest in a format.
pub fn written(value: &Value, format: Format) -> String {
    let manifest: Manifest =
        value.get("manifest").and_then(|inner| serde_json::from_value(inner.clone()).ok()).unwrap_or_default();
    match format {
        Format::Csv => table::write(&manifest),
        Format::Cuscar => cuscar::write(&manifest),
        Format::Awmds => awmds::write(&manifest),
        _ => json!({ "manifest": manifest }).to_string(),
    }
}

/// Formats in which the lane law is tried.
pub const LAW_FORMATS: [Format; 4] = [Format::Json, Format::Csv, Format::Cuscar, Format::Awmds];

/// Bytes choose a bill, a format and one or two deeds; the lane law holds.
fn lane_law(bytes: &[u8]) {
    let mut seed = [0_u8; 8];
    seed.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let choice = |n: usize, of: usize| usize::from(bytes.get(8 + n).copied().unwrap_or(0)) % of;
    let made =
        [Made::Planted, Made::Honest, Made::Plain, Made::Sounding].get(choice(0, 4)).copied().unwrap_or(Made::Planted);
    let format = LAW_FORMATS.get(choice(1, 4)).copied().unwrap_or(Format::Json);
    let seed = u64::from_le_bytes(seed);
    let text = written(&Port::new(seed).of(made), format);
    let deed = DEEDS.get(choice(2, DEEDS.len())).copied().unwrap_or(DEEDS[0]);
    let mut random = Random::new(bytes.iter().fold(seed, |sum, byte| sum.rotate_left(7) ^ u64::from(*byte)));
    let Some(now) = damaged(&text, format, deed, &mut random) else { return };
    if let Err(why) = law(&ENGINE, &text, &now, format, deed, made) {
        panic!("{why}");
    }
}

/// What the law says of one deed, or how it is broken, with both texts.
pub fn law(
    engine: &Engine,
    text: &str,
    now: &str,
    format: Format,
    deed: crate::damage::Deed,
    made: Made,
) -> Result<(), String> {
    let before = standing(engine, text, format);
    let after = standing(engine, now, format);
    let told = |why: String| {
        let other =
            |a: &str, b: &str| a.lines().filter(|line| !b.lines().any(|l| l == *line)).collect::<Vec<_>>().join("\n");
        format!("{} {made:?} {deed:?}: {why}\n{}\n  became\n{}", format.name(), other(text, now), other(now, text))
    };
    before.after(deed, &after).map_err(told)
}

/// Any text printed on a terminal moves no cursor and keeps its line.
fn terminal(bytes: &[u8]) {
    use palisander::cli::safe;
    let text = String::from_utf8_lossy(bytes);
    let line = safe::line(&text);
    assert!(!line.chars().any(safe::acts), "{line:?}");
    assert!(!safe::lines(&text).chars().any(|c| safe::acts(c) && !matches!(c, '\n' | '\t')));
    let html = safe::html(&text);
    assert!(!html.contains('<') && !html.chars().any(safe::acts), "{html}");
}
