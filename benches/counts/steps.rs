//! The steps whose instructions are counted.

use std::hint::black_box;
use std::io::Cursor;
use std::sync::LazyLock;

use palisander_benches::{ENGINE, as_of, bytes_of, parsed_of, ship_csv, xml_elements};
use palisander_engine::answers::bytes as bytes_of_answer;
use palisander_engine::manifests::{Format, Manifest, Parsed, edifact_segments, json_document, read};
use palisander_tests::generator::Made;
use palisander_tests::writers::{awmds, cuscar, ship};

/// Bills of a step that takes them one by one.
const FEW: usize = 64;
/// Bills of a ship.
const SHIP: usize = 500;

type Run = Box<dyn FnMut() -> usize>;

/// One step.
pub struct Step {
    /// What the record calls it.
    pub name: &'static str,
    /// How many bills it takes: the count is divided by it.
    pub bills: usize,
    /// Makes what it works on; the closure does the work.
    pub prepare: fn() -> Run,
}

/// Every step, the yardstick of each kind first.
pub const STEPS: &[Step] = &[
    Step { name: "plain/yardstick", bills: FEW, prepare: || yardstick(Made::Plain) },
    Step { name: "plain/parse", bills: FEW, prepare: || parse(Made::Plain) },
    Step { name: "plain/gather", bills: FEW, prepare: || gather(Made::Plain) },
    Step { name: "plain/settle", bills: FEW, prepare: || settle(Made::Plain) },
    Step { name: "plain/facts", bills: FEW, prepare: || facts(Made::Plain) },
    Step { name: "plain/rules", bills: FEW, prepare: || rules(Made::Plain) },
    Step { name: "plain/conclude", bills: FEW, prepare: || conclude(Made::Plain) },
    Step { name: "plain/whole", bills: FEW, prepare: || whole(Made::Plain) },
    Step { name: "plain/short", bills: FEW, prepare: || short(Made::Plain) },
    Step { name: "plain/read+write", bills: FEW, prepare: || read_and_write(Made::Plain) },
    Step { name: "timber/yardstick", bills: FEW, prepare: || yardstick(Made::Honest) },
    Step { name: "timber/parse", bills: FEW, prepare: || parse(Made::Honest) },
    Step { name: "timber/gather", bills: FEW, prepare: || gather(Made::Honest) },
    Step { name: "timber/settle", bills: FEW, prepare: || settle(Made::Honest) },
    Step { name: "timber/facts", bills: FEW, prepare: || facts(Made::Honest) },
    Step { name: "timber/rules", bills: FEW, prepare: || rules(Made::Honest) },
    Step { name: "timber/conclude", bills: FEW, prepare: || conclude(Made::Honest) },
    Step { name: "timber/whole", bills: FEW, prepare: || whole(Made::Honest) },
    Step { name: "timber/short", bills: FEW, prepare: || short(Made::Honest) },
    Step { name: "timber/read+write", bills: FEW, prepare: || read_and_write(Made::Honest) },
    Step { name: "cuscar/bare", bills: SHIP, prepare: || bare_cuscar() },
    Step { name: "cuscar/read", bills: SHIP, prepare: || reading(&FILES.cuscar, Format::Cuscar) },
    Step { name: "awmds/bare", bills: SHIP, prepare: || bare_awmds() },
    Step { name: "awmds/read", bills: SHIP, prepare: || reading(&FILES.awmds, Format::Awmds) },
    Step { name: "csv/bare", bills: SHIP, prepare: || bare_csv() },
    Step { name: "csv/read", bills: SHIP, prepare: || reading(&FILES.csv, Format::Csv) },
];

/// The same ship in the foreign formats.
struct Files {
    cuscar: String,
    awmds: String,
    csv: String,
}

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let (manifest, _) = ship(42, SHIP);
    Files { cuscar: cuscar::write(&manifest), awmds: awmds::write(&manifest), csv: ship_csv(&manifest) }
});

/// A typed read by serde_json into the manifest's own types: what a program without rules would do first.
fn yardstick(made: Made) -> Run {
    #[derive(serde::Deserialize)]
    struct Wrapped {
        manifest: Manifest,
    }
    let bytes = bytes_of(made, FEW);
    Box::new(move || {
        let bills = bytes.iter().map(|bytes| serde_json::from_slice::<Wrapped>(bytes).unwrap());
        bills.map(|bill| bill.manifest.consignments.len()).sum()
    })
}

fn parse(made: Made) -> Run {
    let bytes = bytes_of(made, FEW);
    Box::new(move || bytes.iter().map(|bytes| json_document(bytes).unwrap().manifest.consignments.len()).sum())
}

/// Bills that live as long as the process.
fn kept(made: Made) -> &'static [Parsed] {
    Vec::leak(parsed_of(made, FEW))
}

fn gather(made: Made) -> Run {
    let parsed = kept(made);
    Box::new(move || {
        let bills = parsed.iter().map(|p| ENGINE.gather(&p.manifest, &p.manifest.consignments[0], as_of()));
        bills.map(|gathered| gathered.evidence().items.len()).sum()
    })
}

fn settle(made: Made) -> Run {
    let gathered: Vec<_> =
        kept(made).iter().map(|p| ENGINE.gather(&p.manifest, &p.manifest.consignments[0], as_of())).collect();
    let mut ready = vec![gathered.clone(), gathered];
    Box::new(move || {
        let gathered = ready.pop().unwrap();
        gathered.into_iter().map(|one| black_box(ENGINE.settle(one, &ENGINE.past())).slice().len()).sum()
    })
}

fn settled(made: Made) -> Vec<palisander_engine::facts::Settled<'static>> {
    let bills = kept(made).iter();
    bills
        .map(|p| ENGINE.settle(ENGINE.gather(&p.manifest, &p.manifest.consignments[0], as_of()), &ENGINE.past()))
        .collect()
}

fn facts(made: Made) -> Run {
    let settled = settled(made);
    Box::new(move || settled.iter().map(|one| black_box(ENGINE.facts(one, &[])).consignment.len()).sum())
}

fn rules(made: Made) -> Run {
    let facts: Vec<_> = settled(made).iter().map(|one| ENGINE.facts(one, &[])).collect();
    Box::new(move || facts.iter().map(|facts| ENGINE.profiles().evaluate(facts, as_of()).len()).sum())
}

/// Facts, rules and the answer of what is settled.
fn conclude(made: Made) -> Run {
    let settled = settled(made);
    Box::new(move || settled.iter().map(|one| ENGINE.conclude(one, &[]).editions.rules.len()).sum())
}

fn whole(made: Made) -> Run {
    let bytes = bytes_of(made, FEW);
    Box::new(move || {
        let answers = bytes.iter().map(|bytes| {
            let p = json_document(bytes).unwrap();
            let answer = ENGINE.assess(&p.manifest, &p.manifest.consignments[0], &p.faults_of(0), as_of());
            bytes_of_answer(&answer).unwrap().len()
        });
        answers.sum()
    })
}

/// From bytes to the bytes of the short answer.
fn short(made: Made) -> Run {
    let bytes = bytes_of(made, FEW);
    Box::new(move || {
        let answers = bytes.iter().map(|bytes| {
            let p = json_document(bytes).unwrap();
            let gathered = ENGINE.gather(&p.manifest, &p.manifest.consignments[0], as_of());
            let answer = ENGINE.conclude_short(&ENGINE.settle(gathered, &ENGINE.past()), &p.faults_of(0));
            bytes_of_answer(&answer).unwrap().len()
        });
        answers.sum()
    })
}

/// The yardstick of the full answer: a typed read of the same bytes, and a typed write of the same answer, by serde_json.
fn read_and_write(made: Made) -> Run {
    let parsed = kept(made).iter();
    let one = |p: &'static Parsed| ENGINE.assess(&p.manifest, &p.manifest.consignments[0], &p.faults_of(0), as_of());
    let answers: Vec<_> = parsed.map(one).collect();
    let mut read = yardstick(made);
    Box::new(move || {
        let written: usize = answers.iter().map(|answer| serde_json::to_vec(answer).unwrap().len()).sum();
        read() + written
    })
}

fn reading(text: &'static str, format: Format) -> Run {
    Box::new(move || {
        let parts = read(Cursor::new(text.as_bytes()), format).flatten();
        let n = parts.map(|part| part.manifest.consignments.len()).sum();
        assert_eq!(n, SHIP, "every bill is read");
        n
    })
}

fn bare_cuscar() -> Run {
    Box::new(|| edifact_segments(FILES.cuscar.as_bytes()) as usize)
}

fn bare_awmds() -> Run {
    Box::new(|| xml_elements(&FILES.awmds))
}

/// Two passes, as a reader needs that looks at a column before it reads a row.
fn bare_csv() -> Run {
    let pass = || csv::ReaderBuilder::new().from_reader(FILES.csv.as_bytes()).byte_records().flatten().count();
    Box::new(move || pass() + pass())
}
