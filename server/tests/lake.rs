//! A lake in parts: what `server/deploy/spark` does on many machines, done by processes of this one. Two passes, a part each;
//! killed in the middle and gone on with; the bytes of one process. (`benches/scale/run` does the same under Spark.)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

/// How long a part may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a lake looks like, and how it is asked.
struct Row {
    name: &'static str,
    /// One bill a line; else a ship.
    is_by_bill: bool,
    /// Lines are cut off and left empty, values are not what they should be, and one file is packed.
    is_damaged: bool,
    part_bytes: usize,
    view: &'static str,
    /// The job is killed once, when it has answered its first part.
    is_killed: bool,
    /// Earlier bills are remembered already.
    is_after: bool,
    /// Exit code of one process and of the job.
    code: i32,
}

const ROWS: [Row; 2] = [
    Row {
        name: "a bill a line, killed",
        is_by_bill: true,
        is_damaged: false,
        part_bytes: 450_000,
        view: "full",
        is_killed: true,
        is_after: true,
        code: 0,
    },
    Row {
        name: "a ship a line, damaged",
        is_by_bill: false,
        is_damaged: true,
        part_bytes: 400_000,
        view: "short",
        is_killed: false,
        is_after: false,
        code: 2,
    },
];

fn palisander(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
    command.args(arguments).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

fn job(arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/spark/job.py");
    command.arg(file).args(["--processes", "2", "--program", env!("CARGO_BIN_EXE_palisander")]).args(arguments);
    command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The bills of a ship, a line each, without what the ship has in common.
fn bills_of(line: &str) -> Vec<String> {
    let mut whole: Value = serde_json::from_str(line).unwrap();
    let manifest = whole["manifest"].as_object_mut().unwrap();
    manifest.remove("equipment");
    manifest.remove("totals");
    let bills = manifest.remove("consignments").unwrap();
    let of = |bill: &Value| {
        whole["manifest"]["consignments"] = json!([bill]);
        whole.to_string()
    };
    bills.as_array().unwrap().iter().map(of).collect()
}

/// The ways in which a line goes wrong, by its number.
fn damaged((n, line): (usize, String)) -> String {
    match n % 4 {
        1 => line[..line.len() / 2].to_owned(),
        2 => format!("\n{}", line.replacen("\"gross_mass_kg\":", "\"gross_mass_kg\":\"many\",\"x\":", 1)),
        3 => line + "\r",
        _ => line,
    }
}

/// Writes the lake twice: as one process reads it, and as the job does.
fn lay(row: &Row, world: &Path, plain: &Path, given: &Path) {
    let mut days: Vec<PathBuf> =
        std::fs::read_dir(world.join("manifests")).unwrap().map(|day| day.unwrap().path()).collect();
    days.sort();
    for (n, day) in days.iter().enumerate() {
        let mut lines: Vec<String> = std::fs::read_to_string(day).unwrap().lines().map(str::to_owned).collect();
        if row.is_by_bill {
            lines = lines.iter().flat_map(|line| bills_of(line)).collect();
        }
        if row.is_damaged {
            lines = lines.into_iter().enumerate().map(damaged).collect();
        }
        // The last line has no end.
        let text = lines.join("\n");
        let month = format!("month={}", n / 2);
        let name = format!("{month}/{n}.ndjson");
        for folder in [plain, given] {
            std::fs::create_dir_all(folder.join(&month)).unwrap();
        }
        std::fs::write(plain.join(&name), &text).unwrap();
        if row.is_damaged && n == 0 {
            let file = std::fs::File::create(given.join(format!("{name}.gz"))).unwrap();
            let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            packed.write_all(text.as_bytes()).unwrap();
            packed.finish().unwrap();
        } else {
            std::fs::write(given.join(&name), &text).unwrap();
        }
    }
}

/// Files of a folder of the output that end so, in the order of their names, with the time of their last change.
fn files(folder: &Path, ending: &str) -> BTreeMap<PathBuf, SystemTime> {
    let Ok(found) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let found = found.map(|file| file.unwrap().path()).filter(|path| path.to_str().unwrap().ends_with(ending));
    found.map(|path| (path.clone(), path.metadata().unwrap().modified().unwrap())).collect()
}

fn joined(folder: &Path, ending: &str) -> Vec<u8> {
    files(folder, ending).keys().flat_map(|path| std::fs::read(path).unwrap()).collect()
}

/// Runs the job until it has answered its first part, and ends it and all that it started as the system does when memory is
/// out; what is done by then.
fn killed(arguments: &[&str], out: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut running = job(arguments).process_group(0).spawn().unwrap();
    let until = Instant::now() + PATIENCE;
    while files(&out.join("answers"), ".done").is_empty() {
        assert!(Instant::now() < until && running.try_wait().unwrap().is_none(), "nothing was answered");
        std::thread::sleep(Duration::from_millis(5));
    }
    let group = format!("-{}", running.id());
    assert!(Command::new("kill").args(["-9", "--", &group]).status().unwrap().success());
    running.wait().unwrap();
    assert!(!out.join("summary.json").exists(), "it was over before it was killed");
    let mut done = files(&out.join("answers"), ".done");
    done.extend(files(&out.join("history"), ".done"));
    done
}

fn check(row: &Row, world: &Path) {
    let Row { name, .. } = row;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (plain, given, out) = (path("plain"), path("given"), path("out"));
    lay(row, world, Path::new(&plain), Path::new(&given));
    let of_world = |name: &str| world.join(name).display().to_string();
    let (register, alerts, watched) = (of_world("register.csv"), of_world("alerts.ndjson"), of_world("watchlist.csv"));
    let sources = ["--as-of", "2026-11-01", "--register", &register, "--alerts", &alerts, "--watchlist", &watched];
    let (earlier, whole) = (of_world("earlier.ndjson"), path("whole.ndjson"));
    let before: &[&str] = if row.is_after { &["--history", &earlier] } else { &[] };
    palisander(&[&["history", "extract", "-o", &whole], &sources[..], before, &[&plain]].concat());
    let past: &[&str] = if row.is_after { &["--history", &whole] } else { &[] };
    let one =
        palisander(&[&["score", "--format", "ndjson", "--view", row.view], &sources[..], past, &[&plain]].concat());
    let said = String::from_utf8(one.stderr).unwrap();
    assert_eq!(one.status.code(), Some(row.code), "{name}: {said}");

    let part_bytes = row.part_bytes.to_string();
    let before: &[&str] = if row.is_after { &["--earlier", &earlier] } else { &[] };
    let arguments =
        [&["--view", row.view, "--part-bytes", &part_bytes], &sources[..], before, &[&given, &out]].concat();
    let out = Path::new(&out);
    let before = if row.is_killed { killed(&arguments, out) } else { BTreeMap::new() };
    let all = job(&arguments).output().unwrap();
    assert_eq!(all.status.code(), Some(row.code), "{name}: {}", String::from_utf8_lossy(&all.stderr));
    for (part, time) in &before {
        assert_eq!(part.metadata().unwrap().modified().unwrap(), *time, "{name}: {} is done again", part.display());
    }
    let answers = files(&out.join("answers"), ".ndjson").len();
    assert!(answers >= 6, "{name}: {answers} parts only");
    assert!(joined(&out.join("answers"), ".ndjson") == one.stdout, "{name}: the answers are not those of one process");
    assert!(!one.stdout.is_empty());
    let edition = [out.join("history/edition.ndjson"), whole.into()].map(|file| std::fs::read(file).unwrap());
    assert!(edition[0] == edition[1], "{name}: the edition is not that of one process");
    let faults = String::from_utf8(joined(&out.join("faults"), ".txt")).unwrap().replace(".gz:", ":");
    let own: String = said
        .lines()
        .filter_map(|line| line.strip_prefix(&format!("palisander: {plain}/")))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(faults, own, "{name}");
    assert_eq!(own.is_empty(), !row.is_damaged, "{name}");
    let hidden = files(&out.join("answers"), "")
        .into_keys()
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with('.'));
    assert_eq!(hidden.count(), 0, "{name}: what was half written is left");
}

/// A world, with the edition of an earlier one.
fn world(folder: &Path) -> PathBuf {
    let made = |name: &str, seed: &str, bills: &str| {
        let world = folder.join(name);
        let told = ["simulate", "--seed", seed, "--bills", bills, "--days", "4", "--out", world.to_str().unwrap()];
        assert!(palisander(&told).status.success());
        world
    };
    let (world, before) = (made("world", "16", "2400"), made("before", "17", "1200"));
    let [manifests, earlier] = [before.join("manifests"), world.join("earlier.ndjson")];
    let told = ["history", "extract", "-o", earlier.to_str().unwrap(), manifests.to_str().unwrap()];
    assert!(palisander(&told).status.success());
    assert!(std::fs::read_to_string(earlier).unwrap().lines().count() > 3);
    world
}

#[test]
fn parts_give_the_bytes_of_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    std::thread::scope(|scope| {
        let running: Vec<_> = ROWS.iter().map(|row| scope.spawn(|| check(row, &world))).collect();
        for row in running {
            if let Err(panic) = row.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// What cannot be done is said by the program's codes, and nothing is written over another question's answers.
#[test]
fn the_job_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let lake = path("lake");
    std::fs::create_dir(&lake).unwrap();
    let line = json!({ "bill_of_lading": "A", "goods_items": [{ "description": "BOLTS", "hs_code": "731815" }] });
    std::fs::write(folder.path().join("lake/a.ndjson"), line.to_string()).unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    std::fs::create_dir(folder.path().join("strange")).unwrap();
    std::fs::write(folder.path().join("strange/a.xlsx"), "").unwrap();
    let (day, other) = (["--as-of", "2026-11-01"], ["--as-of", "2026-11-02"]);
    let (out, none) = (path("out"), path("none.csv"));
    for (arguments, code, why) in [
        ([&day[..], &[&lake, &out]].concat(), 0, ""),
        // Again: all is done.
        ([&day[..], &[&lake, &out]].concat(), 0, ""),
        ([&other[..], &[&lake, &out]].concat(), 3, "another question: as_of"),
        ([&day[..], &["--view", "short", &lake, &out]].concat(), 3, "another question: view"),
        (vec!["--as-of", "soon", &lake, &out], 3, "is not a day"),
        (vec![&lake, &out], 3, "as-of"),
        ([&day[..], &["--register", &none, &lake, &out]].concat(), 2, "cannot be read"),
        ([&day[..], &[&lake, &path("lake/out")]].concat(), 3, "within the input"),
        ([&day[..], &[&path("empty"), &path("o")]].concat(), 3, "holds nothing"),
        ([&day[..], &[&path("strange"), &path("o")]].concat(), 3, "neither NDJSON nor Parquet"),
    ] {
        let told = job(&arguments).output().unwrap();
        let said = String::from_utf8_lossy(&told.stderr);
        assert_eq!(told.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
}
