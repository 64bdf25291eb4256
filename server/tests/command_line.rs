//! The command line as people and shells meet it: exit codes, counts, files, and nothing raw on a terminal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use palisander::cli::safe::acts;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// A folder that goes when the test ends.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
    command
        .args(arguments)
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn fed(arguments: &[&str], input: &str) -> Output {
    let mut child =
        command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn line(bill: &str, text: &str) -> String {
    json!({ "bill_of_lading": bill, "goods_items": [{ "description": text, "hs_code": "731815" }] }).to_string()
}

const ROSEWOOD: &str = "DALBERGIA MARITIMA LOGS";

#[test]
fn exit_codes_say_what_happened() {
    let folder = Folder::new();
    let good = folder.write("good.ndjson", &[line("A", "BOLTS"), line("B", "NUTS")].join("\n"));
    let bad = folder.write("bad.ndjson", &[line("A", "BOLTS"), "{ no json".to_owned()].join("\n"));
    let faulty = folder.write(
        "faulty.ndjson",
        "{\"bill_of_lading\":\"A\",\"goods_items\":[{\"description\":\"X\",\"gross_mass_kg\":\"many\"}]}",
    );
    let missing = folder.path("missing.json").display().to_string();
    for (arguments, code) in [
        (vec!["score", &good], 0),
        (vec!["score", &bad], 2),
        (vec!["score", &missing], 2),
        (vec!["score", "--lane", "purple", &good], 3),
        (vec!["score", "--bill", "Z", &good], 3),
        (vec!["score", "--output", "answers.doc", &good], 3),
        (vec!["score", "--as-of", "soon", &good], 3),
        (vec!["convert", &good], 0),
        (vec!["convert", &faulty], 1),
        (vec!["rules", "explain", "--consignment", &good], 3),
        (vec!["rules", "explain", "--consignment", &good, "--bill", "b"], 0),
        (vec!["rules", "explain", "--consignment", &good, "--bill", "Z"], 3),
        (vec!["no-such-command"], 3),
        (vec!["schema", "--of", "assessment"], 0),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}", err(&output));
        assert!(code == 0 || !output.stderr.is_empty(), "{arguments:?} says nothing");
    }
    assert!(err(&run(&["rules", "explain", "--consignment", &good])).contains("A, B"), "which bills there are");
}

#[test]
fn the_counts_of_a_run_are_said() {
    let folder = Folder::new();
    let bad = folder.write("bad.ndjson", &[line("A", "BOLTS"), "{ no json".to_owned(), line("B", "NUTS")].join("\n"));
    for form in ["table", "ndjson", "json", "csv", "html"] {
        let said = err(&run(&["score", "--format", form, &bad]));
        assert!(said.contains("2 bills read, 2 answered, 0 lost; 1 parts of the input unreadable"), "{form}: {said}");
    }
    let extracted = run(&["history", "extract", &bad]);
    let said = err(&extracted);
    assert!(said.contains("2 bills read, 0 lost; 1 parts of the input unreadable. The edition is not whole"), "{said}");
    assert_eq!(extracted.status.code(), Some(4), "an edition that is not whole");
    let good = folder.write("good.ndjson", &line("A", "BOLTS"));
    let extracted = run(&["history", "extract", &good]);
    assert!(err(&extracted).contains("1 bills read, 0 lost; 0 parts") && extracted.status.success());
}

/// A full disk is said and has its code, whichever command writes.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_incomplete() {
    let folder = Folder::new();
    let good = folder.write("good.ndjson", &line("A", "BOLTS"));
    let register = folder.write("register.csv", "number,type,issuing_country\n26TZ1,export,TZ\n");
    let all: [&[&str]; 11] = [
        &["score", &good],
        &["score", "--format", "ndjson", &good],
        &["score", "--format", "json", &good],
        &["score", "--format", "csv", &good],
        &["score", "--format", "html", &good],
        &["convert", &good],
        &["convert", "--to", "ndjson", &good],
        &["history", "extract", &good],
        &["schema"],
        &["taxa", "resolve", "--text", "ROSEWOOD"],
        &["permits", "match", "--register", &register, &good],
    ];
    for arguments in all {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains("written"), "{arguments:?}: {}", err(&output));
    }
    let nowhere = folder.path("no/such/folder/out.csv").display().to_string();
    assert_eq!(run(&["score", "--output", &nowhere, &good]).status.code(), Some(4));
}

/// A reader that goes away, as `head` does, is no fault.
#[test]
fn a_closed_pipe_is_quiet() {
    let folder = Folder::new();
    let lines: Vec<String> = (0..3_000).map(|n| line(&format!("B{n}"), "BOLTS")).collect();
    let good = folder.write("good.ndjson", &lines.join("\n"));
    let mut child =
        command(&["score", "--format", "ndjson", &good]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(!err(&output).contains("written"), "{}", err(&output));
}

#[test]
fn what_is_asked_for_is_shown() {
    let folder = Folder::new();
    let text = [line("a1", ROSEWOOD), line("A2", "BOLTS"), line("A3", "DALBERGIA NIGRA LOGS"), line("A4", "NUTS")];
    let file = folder.write("ship.ndjson", &text.join("\n"));
    let bills = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["score", "--format", "ndjson"];
        all.extend(arguments);
        let text = out(&run(&all));
        let bill =
            |line: &str| serde_json::from_str::<Value>(line).unwrap()["consignment"].as_str().unwrap().to_owned();
        text.lines().map(bill).collect()
    };
    assert_eq!(bills(&[&file]), ["a1", "A2", "A3", "A4"]);
    assert_eq!(bills(&["--lane", "blue", &file]), ["a1", "A3"]);
    assert_eq!(bills(&["--bill", "A1", "--bill", " A4", &file]), ["a1", "A4"]);
    assert_eq!(bills(&["--top", "1", &file]).len(), 1);
    assert_eq!(bills(&["--top", "2", &file]), bills(&["--ranked", "--lane", "blue", &file]));
    let table = out(&run(&["score", "--lane", "blue", "--width", "80", &file]));
    assert!(table.contains(ROSEWOOD) && !table.contains("BOLTS") && table.contains("4 consignments"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80 || line.contains("consignments:")), "{table}");
}

/// A folder is all its files, in the order of their names; the answers are those of the files given one by one.
#[test]
fn a_folder_stands_for_its_files() {
    let folder = Folder::new();
    folder.write("ship/b.ndjson", &line("B", ROSEWOOD));
    folder.write("ship/a.json", &line("A", "BOLTS"));
    folder.write("ship/more/c.ndjson", &line("C", "NUTS"));
    folder.write("ship/.hidden", "no manifest");
    let one_by_one: Vec<String> =
        ["a.json", "b.ndjson", "more/c.ndjson"].map(|name| folder.path("ship").join(name).display().to_string()).into();
    let whole = run(&["score", "--format", "ndjson", &folder.path("ship").display().to_string()]);
    let mut arguments = vec!["score", "--format", "ndjson"];
    arguments.extend(one_by_one.iter().map(String::as_str));
    assert_eq!(out(&whole), out(&run(&arguments)));
    assert!(err(&whole).contains("3 files, 1 hidden left out"), "{}", err(&whole));
    assert_eq!(whole.status.code(), Some(0));
}

#[test]
fn files_are_written_whole_or_not_at_all() {
    let folder = Folder::new();
    let text = [line("=HYPERLINK(\"x\")", "BOLTS"), line("-A", "=1+1"), line("<script>alert(1)</script>", ROSEWOOD)];
    let file = folder.write("ship.ndjson", &text.join("\n"));
    let written = |name: &str| {
        let path = folder.path(name).display().to_string();
        let output = run(&["score", "--output", &path, &file]);
        assert_eq!((output.status.code(), out(&output)), (Some(0), String::new()), "{}", err(&output));
        std::fs::read_to_string(path).unwrap()
    };
    let json: Value = serde_json::from_str(&written("a.json")).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 3);
    assert_eq!(written("a.ndjson").lines().count(), 3);
    let table = written("a.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let starts_formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t']);
    assert!(rows.iter().flatten().all(|cell| !starts_formula(cell)), "{table}");
    assert!(rows.iter().flatten().any(|cell| cell.starts_with("'=HYPERLINK")), "{table}");
    let page = written("a.html");
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "a name becomes no element");
    assert_eq!(page.matches("<article").count(), 3);
    assert_eq!(page.matches("</article>").count(), 3);
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("src="), "it needs nothing else");
    let names: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5, "nothing half written is left: {names:?}");
}

/// Characters that a terminal obeys or a reader cannot see.
const ACTING: &[char] = &[
    '\u{1b}',
    '\u{7}',
    '\u{8}',
    '\r',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{61c}',
    '\u{200e}',
    '\u{2028}',
    '\u{202e}',
    '\u{2066}',
    '\u{feff}',
    '\u{e0041}',
];

fn hostile(picked: &[usize]) -> String {
    picked.iter().map(|n| format!("{}[31m", ACTING[n % ACTING.len()])).collect()
}

/// Every command that prints what it has read, with text from outside in every place that it shows.
fn printing(folder: &Folder, bad: &str) -> Vec<(Vec<String>, String)> {
    let manifest = json!({ "manifest": { "reference": format!("R{bad}"), "format": "json/1", "colour": bad,
        "transport_means": { "name": format!("SHIP{bad}"), "voyage": bad }, "arrival": { "unlocode": format!("PORT{bad}") },
        "equipment": [{ "container": format!("C{bad}"), "size_type": bad, "seals": [{ "number": bad }] }],
        "consignments": [{ "bill_of_lading": format!("B{bad}"), "parties": [{ "role": "consignor", "name": format!("P{bad}") }],
            "gross_mass_kg": format!("x{bad}"),
            "goods_items": [{ "description": format!("{ROSEWOOD}{bad} ROSEWOOD"), "origin": "MG", "hs_code": "440399",
                "scientific_name": format!("Dalbergia{bad} maritima"), "in_containers": [{ "container": format!("C{bad}") }],
                "documents": [{ "kind": "cites_export_permit", "number": format!("26TZ1{bad}") }] }] }] } });
    let manifest = folder.write("m.json", &manifest.to_string());
    let broken = folder.write("broken.json", &format!("{{ \"{bad}"));
    let register =
        folder.write("r.csv", &format!("number,type,issuing_country,colour{bad}\n26TZ1{bad},export{bad},TZ,x\n"));
    let alerts = folder.write(
        "a.ndjson",
        &(json!({ "id": format!("X{bad}"), "kind": "alert", "title": format!("Kestrelwood{bad}"), "text": bad, "published_on": "2026-01-01",
            "containers": [format!("C{bad}")], "taxa": ["Dalbergia"], "review_by": "2026-01-02" })
        .to_string()
            + &*format!("\n{{ \"{bad}\n")),
    );
    let question = json!({ "id": bad, "text": format!("ROSEWOOD{bad}"), "number": format!("26TZ1{bad}") }).to_string();
    let of = |arguments: &[&str], input: &str| {
        (arguments.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), input.to_owned())
    };
    let (m, r, a) = (manifest.as_str(), register.as_str(), alerts.as_str());
    let text = format!("ROSEWOOD{bad} LOGS");
    vec![
        of(&["score", "--explain", "full", "--register", r, "--alerts", a, m], ""),
        of(&["score", "--format", "ndjson", m], ""),
        of(&["score", "--format", "json", m], ""),
        of(&["score", "--format", "csv", m], ""),
        of(&["score", "--format", "html", m], ""),
        of(&["score", &broken], ""),
        of(&["score", &format!("no{bad}.json")], ""),
        of(&["score", "--lane", bad, m], ""),
        of(&["convert", m], ""),
        of(&["convert", "--report", m], ""),
        of(&["convert", "--to", "ndjson", m], ""),
        of(&["taxa", "resolve", "--text", &text], ""),
        of(&["taxa", "resolve"], &question),
        of(&["permits", "match", "--register", r], &question),
        of(&["permits", "import", r], ""),
        of(&["alerts", "import", a], ""),
        of(&["alerts", "search", "--alerts", a, "Kestrelwood"], ""),
        of(&["alerts", "search", "--format", "ndjson", "--alerts", a, "Kestrelwood"], ""),
        of(&["alerts", "due", "--alerts", a, "--as-of", "2026-11-01"], ""),
        of(&["alerts", "hunt", "--alert", &format!("X{bad}"), "--alerts", a, "--consignments", m, "--all"], ""),
        of(&["history", "extract", m], ""),
        of(&["rules", "explain", "--consignment", m], ""),
        of(&["rules", "explain", "--consignment", m, "--bill", bad], ""),
    ]
}

/// Control, escape and direction characters never reach a terminal raw, whatever is printed and whoever wrote it; with
/// colours forced, only our own colours are there.
#[test]
fn nothing_raw_reaches_the_terminal() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 2, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let picked = proptest::collection::vec(0_usize..1_000, 1..20);
    let done = runner.run(&picked, |picked| {
        let folder = Folder::new();
        let bad = hostile(&picked);
        for (arguments, input) in printing(&folder, &bad) {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let output = fed(&arguments, &input);
            for (name, shown) in [("out", out(&output)), ("err", err(&output))] {
                let raw = shown.chars().find(|c| acts(*c) && !matches!(c, '\n' | '\t'));
                assert_eq!(raw, None, "{arguments:?} std{name}: {shown:?}");
            }
            assert!(!output.stdout.is_empty() || !output.stderr.is_empty(), "{arguments:?} prints nothing");
        }
        Ok(())
    });
    done.unwrap();
    let folder = Folder::new();
    let manifest = folder.write("m.ndjson", &line("B\u{1b}[31m", &format!("{ROSEWOOD}\u{1b}[5m")));
    let coloured = command(&["score", &manifest]).env("CLICOLOR_FORCE", "1").output().unwrap();
    let shown = out(&coloured);
    assert_eq!(shown.matches('\u{1b}').count(), 2, "one lane, painted and ended: {shown:?}");
    let plain = command(&["score", &manifest]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!out(&plain).contains('\u{1b}'));
}

/// What is printed as JSON is the same JSON, however it is made safe.
#[test]
fn json_stays_the_same_json() {
    let folder = Folder::new();
    let text = format!("ROSEWOOD {}", ACTING.iter().collect::<String>());
    let manifest = folder.write("m.ndjson", &line("B", &text));
    let printed = run(&["score", "--format", "ndjson", &manifest]);
    let answer: Value = serde_json::from_str(out(&printed).trim()).unwrap();
    let converted: Value = serde_json::from_str(&out(&run(&["convert", &manifest]))).unwrap();
    let description = |value: &Value, place: &str| value.pointer(place).unwrap().as_str().unwrap().to_owned();
    let read = description(&converted, "/manifest/consignments/0/goods_items/0/description");
    assert_eq!(description(&answer, "/goods/0/description"), read);
    assert!(read.contains('\u{202e}'), "{read:?}");
    assert!(Path::new(&manifest).exists());
}

/// A world is made, scored day by day, chosen from and judged, as the help of `simulate` says it; tables fit 80 columns.
#[test]
fn a_world_is_made_scored_chosen_from_and_judged() {
    let folder = Folder::new();
    let at = |name: &str| folder.path(name).display().to_string();
    let world = at("world");
    let made = run(&["simulate", "--seed", "5", "--bills", "1000", "--days", "2", "--out", &world]);
    assert!(made.status.success(), "{}", err(&made));
    let mut days: Vec<PathBuf> =
        std::fs::read_dir(folder.path("world/manifests")).unwrap().map(|entry| entry.unwrap().path()).collect();
    days.sort();
    let mut answers = String::new();
    for day in &days {
        let (as_of, day) = (day.file_stem().unwrap().to_str().unwrap(), day.to_str().unwrap());
        let (register, alerts) = (at("world/register.csv"), at("world/alerts.ndjson"));
        let inputs = ["--register", &register, "--alerts", &alerts, "--watchlist", &at("world/watchlist.csv")];
        let scored = run(&[&["score", "--format", "ndjson", "--as-of", as_of][..], &inputs, &[day]].concat());
        assert!(scored.status.success(), "{}", err(&scored));
        answers.push_str(&out(&scored));
    }
    assert_eq!(answers.lines().count(), 1_000);
    let answers = folder.write("answers.ndjson", &answers);
    let (weak, key) = (folder.write("weak.txt", "secret"), folder.write("key.txt", &"k".repeat(44)));
    let refused = run(&["select", "--capacity", "20", "--key-file", &weak, &answers]);
    assert_eq!((refused.status.code(), out(&refused)), (Some(3), String::new()));
    assert!(err(&refused).contains("guessed"), "{}", err(&refused));
    let select = |format: &str| run(&["select", "--capacity", "20", "--key-file", &key, "--format", format, &answers]);
    let chosen = out(&select("json"));
    assert_eq!(chosen, out(&select("json")), "a draw can be repeated");
    let chosen: Value = serde_json::from_str(&chosen).unwrap();
    assert_eq!((chosen["n_bills"].as_u64(), chosen["opened"].as_array().unwrap().len()), (Some(1_000), 20));
    let truth = at("world/truth.ndjson");
    let report: Value =
        serde_json::from_str(&out(&run(&["evaluate", "--truth", &truth, "--format", "json", &answers]))).unwrap();
    assert_eq!((report["n_bills"].as_u64(), report["n_unanswered"].as_u64()), (Some(1_000), Some(0)));
    let page = at("report.html");
    let told = run(&["evaluate", "--truth", &truth, "--output", &page, &answers]);
    assert!(told.status.success(), "{}", err(&told));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && !page.contains("src=\"http"), "the page has its pictures in itself");
    let tables = out(&run(&["evaluate", "--truth", &truth, &answers]));
    let wide: Vec<&str> = tables.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

/// What is in force, and from where: flags, environment, file, defaults; passwords and unknown names do not get by.
#[test]
fn settings_come_from_flags_environment_and_file() {
    let folder = Folder::new();
    let state = folder.path("state").display().to_string();
    let text = format!("state = \"{state}\"\nrate = 7\nlisten = \"127.0.0.1:1\"\nhost = [\"a.example\"]\n");
    let file = folder.write("palisander.toml", &text);
    let mut asked = command(&["serve", "--show-config", "--log", "text"]);
    asked.env("PALISANDER_CONFIG", &file).env("PALISANDER_RATE", "9").env("PALISANDER_LISTN", "x");
    let output = asked.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    for line in [
        "rate = 9  # environment",
        "listen = \"127.0.0.1:1\"  # file",
        "host = [\"a.example\"]  # file",
        "log = \"text\"  # flag",
        "behind_proxy = false  # default",
        "# tls_cert is not set",
        &format!("state = \"{state}\"  # file"),
    ] {
        assert!(out(&output).lines().any(|own| own == line), "{line}\n{}", out(&output));
    }
    assert!(err(&output).contains("did you mean PALISANDER_LISTEN?"), "{}", err(&output));
    assert!(!Path::new(&state).exists(), "nothing is opened to be shown");
    // What is shown is a file of settings again.
    let again = folder.write("again.toml", &out(&output));
    let shown = run(&["serve", "--config", &again, "--show-config"]);
    let values =
        |text: &str| text.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(values(&out(&shown)), values(&out(&output)), "{}", err(&shown));

    let secret = "QUILLFEATHER";
    let mut asked = command(&["serve", "--show-config"]);
    asked.env("PALISANDER_STATE", format!("postgres://u:{secret}@localhost/p")).env("PALISANDER_LOG_KEY", &state);
    let output = asked.output().unwrap();
    assert!(out(&output).contains("postgres://u@localhost/p"), "{} {}", out(&output), err(&output));
    assert!(!out(&output).contains(secret) && !err(&output).contains(secret));
    let with_password = folder.write("secret.toml", &format!("state = \"postgres://u:{secret}@localhost/p\"\n"));
    let output = run(&["serve", "--config", &with_password, "--show-config"]);
    assert_eq!(output.status.code(), Some(3), "a password stands in no file of settings");
    assert!(!err(&output).contains(secret), "{}", err(&output));

    for (text, named) in
        [("listn = \"x\"", "did you mean `listen`?"), ("rate = \"many\"", "from the file of settings came: rate")]
    {
        let file = folder.write("wrong.toml", text);
        let output = run(&["serve", "--config", &file, "--show-config"]);
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert!(err(&output).contains(named), "{text}: {}", err(&output));
    }
    // A broken file does not keep the help from whoever needs it.
    let file = folder.write("wrong.toml", "listn = 1");
    assert_eq!(run(&["serve", "--config", &file, "--help"]).status.code(), Some(0));
}
