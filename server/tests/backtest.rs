//! `rules backtest` and `rules diff` on a simulated world: laws that hold whatever the rules, and what each change of a profile is
//! called.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tempfile::TempDir;

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_palisander"))
        .args(words)
        .env("COLUMNS", "80")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A world of ten days.
static WORLD: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("world").display().to_string();
    let output = run(&["simulate", "--seed", "5", "--bills", "1500", "--days", "10", "--out", &out]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    folder
});

fn world(name: &str) -> String {
    WORLD.path().join("world").join(name).display().to_string()
}

/// The JSON of a backtest of `rules` over the world, and its exit code.
fn backtest(rules: &Path, more: &[&str]) -> (Value, Option<i32>) {
    let (rules, manifests, register) = (rules.display().to_string(), world("manifests"), world("register.csv"));
    let (alerts, watched) = (world("alerts.ndjson"), world("watchlist.csv"));
    let words = ["rules", "backtest", &rules, "--against", &manifests, "--register", &register, "--alerts", &alerts];
    let words = [&words[..], &["--watchlist", &watched, "--json"], more].concat();
    let output = run(&words);
    let told = serde_json::from_slice(&output.stdout);
    (told.unwrap_or_else(|_| panic!("{words:?}: {}", text(&output.stderr))), output.status.code())
}

/// A folder of rules with one profile of its own: the test, the points, and lines that stand in its head and its indicator.
fn rules(test: &str, points: i64, head: &str, own: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("own");
    std::fs::create_dir_all(profile.join("cases")).unwrap();
    let script = format!("/// A test.\nfn t(item) {{\n    {test}\n}}\n");
    let status = if head.contains("status") { "" } else { "status = \"test\"\n" };
    let group = if own.contains("group") { "" } else { "group = \"own\"\n" };
    let toml = format!(
        "id = \"own\"\nuuid = \"8c0d7c52-1f3f-4c8e-9d7e-0c5b7f6f2a11\"\ntitle = \"T\"\nowner = \"Port\"\n{status}version = 1\n\
         review_by = \"2099-01-01\"\n{head}\ngenera = []\nwhy = \"w\"\nsources = [\"CITES Art. VIII\"]\ninnocent_explanations = [\"e\"]\n\n\
         [[indicators]]\nname = \"t\"\neach = \"item\"\npoints = {points}\n{group}{own}\nreason = \"r\"\nsettled_by = \"s\"\n"
    );
    std::fs::write(profile.join("profile.toml"), toml).unwrap();
    std::fs::write(profile.join("profile.rhai"), script).unwrap();
    for (name, description, origin) in [("wood", "PINE LOGS", "BR"), ("shirts", "COTTON SHIRTS", "GA")] {
        let bill = json!({ "bill_of_lading": name, "goods_items": [
            { "description": description, "origin": origin, "gross_mass_kg": 15_000 }] });
        let case = json!({ "title": name, "as_of": "2026-09-05", "consignment": bill });
        std::fs::write(profile.join(format!("cases/{name}.json")), case.to_string()).unwrap();
    }
    folder
}

fn n(of: &Value) -> u64 {
    of.as_u64().unwrap_or_else(|| panic!("{of}"))
}

fn sum(list: &Value, of: impl Fn(&Value) -> u64) -> u64 {
    list.as_array().unwrap().iter().map(of).sum()
}

/// What holds of every report.
fn hold_the_laws(told: &Value) {
    let bills = &told["bills"];
    assert_eq!(n(&bills["read"]), n(&bills["judged"]) + n(&bills["lost"]));
    assert_eq!(sum(&told["lanes"], |pair| n(&pair["n"])), n(&bills["judged"]));
    for row in told["indicators"].as_array().unwrap() {
        assert_eq!(n(&row["new"]) + n(&row["common"]), n(&row["fires"]), "{row}");
        assert!(n(&row["added"]) <= n(&row["fires"]), "{row}");
    }
    let inspections = &told["inspections"];
    assert_eq!(sum(&inspections["by_port_and_day"], |berth| n(&berth["n_bills"])), n(&bills["judged"]));
    let [before, after] = [0, 1].map(|side| n(&inspections["asked"][side]));
    assert_eq!(before + n(&inspections["added"]), after + n(&inspections["dropped"]));
    for lane in ["up", "down"] {
        let shown = told["flips"][lane].as_array().unwrap().len() as u64;
        assert_eq!(shown, n(&told["flips"][format!("n_{lane}")]).min(10), "{lane}");
    }
}

#[test]
fn the_same_rules_change_nothing() {
    let own = rules("item.is_wood", 80, "", "");
    let path = own.path().display().to_string();
    let truth = world("truth.ndjson");
    let (told, code) = backtest(own.path(), &["--base", &path, "--truth", &truth, "--max-added", "0"]);
    hold_the_laws(&told);
    assert_eq!(code, Some(0));
    assert_eq!((n(&told["flips"]["n_up"]), n(&told["flips"]["n_down"]), n(&told["bills"]["other_hits"])), (0, 0, 0));
    assert!(told["indicators"].as_array().unwrap().iter().all(|row| row["new"] == 0 && row["missed"] == 0));
    assert!(sum(&told["indicators"], |row| n(&row["fires"])) > 100, "the rules say nothing of this world");
    for at in told["results"]["at"].as_array().unwrap() {
        assert_eq!(at["recall"][0], at["recall"][1]);
        assert_eq!(at["precision"][0], at["precision"][1]);
    }
}

/// `(test, points, head, what rises, what falls, does the gate hold)` against the same profile with 20 points.
#[test]
fn lanes_move_as_the_change_says() {
    let base = rules("item.is_wood", 20, "", "");
    let base = base.path().display().to_string();
    for (test, points, head, rises, falls) in [
        ("item.is_wood", 1_000, "", true, false),
        ("item.is_wood", 0, "", false, true),
        ("item.is_wood and item.gross_mass_kg > 20000", 20, "", false, true),
        ("item.is_wood", 20, "status = \"experimental\"", false, true),
        // What is written today is tried on bills of yesterday; what has ended has ended.
        ("item.is_wood", 20, "effective_from = \"2098-01-01\"", false, false),
        ("item.is_wood", 20, "effective_to = \"2020-01-01\"", false, true),
    ] {
        let own = rules(test, points, head, "");
        let (told, code) = backtest(own.path(), &["--base", &base, "--max-added", "0"]);
        hold_the_laws(&told);
        let moved = [n(&told["flips"]["n_up"]) > 0, n(&told["flips"]["n_down"]) > 0];
        assert_eq!(moved, [rises, falls], "{test} {points} {head}: {}", told["flips"]);
        let added = n(&told["inspections"]["added"]);
        assert_eq!(code, Some(if added > 0 { 1 } else { 0 }), "{test} {points} {head}");
        assert_eq!(told["gate"]["whole"]["holds"], added == 0);
        let own = told["indicators"].as_array().unwrap().iter().find(|row| row["indicator"] == "own/t").unwrap();
        assert_eq!(n(&own["added"]), added, "the one indicator that changed has a part in all of it: {own}");
    }
}

#[test]
fn what_is_new_is_told_with_its_cost_its_finds_and_its_honest_goods() {
    let own = rules("item.is_wood", 1_000, "", "floor = \"red\"");
    let page = own.path().join("page.html").display().to_string();
    let (truth, manifests) = (world("truth.ndjson"), world("manifests"));
    let more =
        ["honest:400", "--truth", &truth, "--capacity", "1", "--output", &page, "--top", "3", "--max-added", "2/day"];
    let path = own.path().display().to_string();
    let words = [&["rules", "backtest", &path, "--json", "--against", &manifests], &more[..]].concat();
    let output = run(&words);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    assert_eq!(output.status.code(), Some(1));
    let row = told["indicators"].as_array().unwrap().iter().find(|row| row["indicator"] == "own/t").unwrap();
    assert!(row["stands_in"] == "after" && row["new"] == row["fires"] && n(&row["fires"]) > 20, "{row}");
    assert!(n(&row["honest"][1]) > 0 && row["honest"][0] == 0, "{row}");
    assert!(n(&row["precision"][1]["of"]) == n(&row["fires"]), "all bills of a simulated world are known: {row}");
    assert!(n(&told["honest"]["n_bills"]) < 400, "what smuggles does not count as honest");
    assert_eq!(told["flips"]["up"].as_array().unwrap().len(), 3);
    assert!(told["flips"]["up"][0]["added"].as_array().unwrap().contains(&json!("own/t")));
    for berth in told["inspections"]["by_port_and_day"].as_array().unwrap() {
        let (asked, left) = (n(&berth["asked"][1]), n(&berth["room"]["left"][1]));
        assert_eq!(asked - left, asked.min(1), "{berth}");
        assert!(n(&berth["room"]["opened_now"]) <= 1, "{berth}");
    }
    let page = std::fs::read_to_string(page).unwrap();
    for outside in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<svg").count(), 3);
    let told = told["not_simulated"].to_string();
    for word in ["--history", "--register", "Results: they are known of"] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn what_a_manifest_says_reaches_neither_page_nor_terminal_raw() {
    let own = rules("item.gross_mass_kg > 1", 1_000, "", "");
    let (bills, page) = (own.path().join("bills.ndjson"), own.path().join("page.html"));
    let bill = json!({ "bill_of_lading": "<b>\u{1b}[2J", "places": { "discharge": "<i>\u{202e}" },
        "goods_items": [{ "description": "<script>alert(1)</script>\u{1b}[31m", "gross_mass_kg": 9 }] });
    std::fs::write(&bills, format!("{bill}\nno json\n")).unwrap();
    let path = |path: &PathBuf| path.display().to_string();
    let (rules, bills, out) = (own.path().join("own"), path(&bills), path(&page));
    let output = run(&["rules", "backtest", &path(&rules), "--against", &bills, "--output", &out]);
    assert_eq!(output.status.code(), Some(2), "one line cannot be read");
    let (page, shown) = (std::fs::read_to_string(page).unwrap(), text(&output.stdout));
    assert!(
        shown.contains("1 parts of the input could not be read") && shown.contains("1 bills do not say when"),
        "{shown}"
    );
    assert!(page.contains("&lt;script&gt;") && page.contains("&lt;i&gt;"), "{page}");
    for raw in ["<script>", "<i>", "\u{1b}", "\u{202e}"] {
        assert!(!page.contains(raw) && (raw.starts_with('<') || !shown.contains(raw)), "{raw:?}");
    }
}

#[test]
fn junit_has_a_case_for_the_gate_and_for_each_indicator() {
    let own = rules("item.is_wood", 1_000, "", "");
    let (path, manifests) = (own.path().display().to_string(), world("manifests"));
    let words = ["rules", "backtest", &path, "--against", &manifests, "--format", "junit"];
    let output = run(&words);
    assert_eq!(output.status.code(), Some(3), "without a gate there is nothing to hold");
    for (max, failures) in [("0", 2), ("100000/week", 0)] {
        let output = run(&[&words[..], &["--max-added", max]].concat());
        let xml = text(&output.stdout);
        assert!(
            xml.contains(&format!(
                "<testsuites name=\"palisander rules backtest\" tests=\"2\" failures=\"{failures}\""
            )),
            "{xml}"
        );
        assert_eq!(xml.matches("<failure ").count(), failures);
        assert!(xml.contains("name=\"own/t\""), "{xml}");
        let mut reader = quick_xml::Reader::from_str(&xml);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }
}

#[test]
fn what_does_not_load_is_told_before_any_figure() {
    let own = rules("item.is_wod", 20, "", "");
    let (path, manifests) = (own.path().display().to_string(), world("manifests"));
    for words in [vec!["rules", "backtest", &path, "--against", &manifests], vec!["rules", "diff", "builtin", &path]] {
        let output = run(&words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        let shown = text(&output.stdout);
        assert!(shown.contains("is_wod") && !shown.contains("Bills by lane"), "{shown}");
    }
}

/// A profile and what it becomes: `(test, points, lines of the head and of the indicator)`, and what that is called.
type Stated = (&'static str, i64, &'static str, &'static str);

#[test]
fn a_change_is_called_what_it_is_proven_to_be() {
    const WAS: Stated = ("item.is_wood and item.gross_mass_kg > 10000", 70, "", "");
    // (before, after, sections that must stand, words, exit code)
    type Case = (Stated, Stated, &'static [&'static str], &'static [&'static str], i32);
    let cases: &[Case] = &[
        (WAS, WAS, &[], &["nothing differs"], 0),
        (WAS, (WAS.0, 80, "", ""), &["Stronger"], &["points 70 -> 80"], 0),
        (WAS, (WAS.0, 60, "", ""), &["Weaker"], &["points 70 -> 60"], 1),
        (WAS, (WAS.0, 70, "", "floor = \"red\""), &["Stronger"], &["floor none -> red"], 0),
        (
            (WAS.0, 70, "", "floor = \"red\""),
            (WAS.0, 70, "", "floor = \"blue\""),
            &["Weaker"],
            &["floor red -> blue"],
            1,
        ),
        (
            WAS,
            ("item.is_wood and item.gross_mass_kg > 20000", 70, "", ""),
            &["Weaker"],
            &["item.gross_mass_kg > 20000"],
            1,
        ),
        (WAS, ("item.is_wood", 70, "", ""), &["Stronger"], &["and item.gross_mass_kg > 10000"], 0),
        (WAS, ("item.is_wood or item.origin == \"GA\"", 70, "", ""), &["Stronger"], &["or item.origin"], 0),
        (
            WAS,
            ("item.gross_mass_kg > 10000 and item.is_wood", 70, "", ""),
            &["Said otherwise, and moving nothing"],
            &[],
            0,
        ),
        (
            WAS,
            ("item.origin == \"GA\"", 70, "", ""),
            &["More on some bills, less on others"],
            &["bills tried it fires on", "own/cases/shirts.json"],
            1,
        ),
        (WAS, (WAS.0, 70, "status = \"experimental\"", ""), &["Weaker"], &["status test -> experimental"], 1),
        (WAS, (WAS.0, 70, "effective_from = \"2026-09-02\"", ""), &["Weaker"], &["days always -> from 2026-09-02"], 1),
        (WAS, (WAS.0, 70, "", "group = \"other\""), &["More on some bills"], &["group own -> other"], 0),
    ];
    for (before, after, sections, words, code) in cases {
        let [old, new] = [before, after].map(|(test, points, head, own)| rules(test, *points, head, own));
        let [old, new] = [&old, &new].map(|folder| folder.path().display().to_string());
        let output = run(&["rules", "diff", &old, &new]);
        let shown = text(&output.stdout);
        for word in sections.iter().chain(*words) {
            assert!(shown.contains(word), "{after:?}: `{word}` is not in {shown}{}", text(&output.stderr));
        }
        let titles = ["Weaker", "Stronger", "More on some bills", "Said otherwise"];
        let found = shown.lines().filter(|line| titles.iter().any(|title| line.starts_with(title))).count();
        assert_eq!(found, sections.len(), "{after:?}: {shown}");
        assert_eq!(output.status.code(), Some(*code), "{after:?}: {shown}");
    }
}

#[test]
fn what_appears_and_goes_is_told_with_bills() {
    let own = rules("item.is_wood", 80, "", "");
    let (path, manifests) = (own.path().display().to_string(), world("manifests"));
    let output = run(&["rules", "diff", "builtin", &path, "--against", &manifests, "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(told["changes"], json!([{ "profile": "own", "indicator": "t", "differs": { "appeared": "stronger" } }]));
    assert!(n(&told["filed"]["n_up"]) > 0 && n(&told["filed"]["n_down"]) == 0, "{}", told["filed"]);
    assert!(n(&told["filed"]["by_indicator"]["own/t"]["more"]) > 20);
    let output = run(&["rules", "diff", &path, "builtin"]);
    let shown = text(&output.stdout);
    assert!(output.status.code() == Some(1) && shown.contains("own/t went"), "{shown}");
}

/// A run that ended early goes on after the last whole file, and comes to the same; a journal of something else is refused.
#[test]
fn a_journal_is_gone_on_with() {
    let own = rules("item.is_wood and item.gross_mass_kg > 10000", 80, "", "");
    let (folder, plain) = (tempfile::tempdir().unwrap(), backtest(own.path(), &[]).0);
    let path = folder.path().join("run.journal");
    let journal = path.display().to_string();
    let more = ["--journal", journal.as_str()];
    assert_eq!(backtest(own.path(), &more).0, plain);
    let whole = std::fs::read(&path).unwrap();
    // Cut anywhere: within its head, a bill, the end of a file, or nowhere.
    for share in [1, 3, 5, 8, 10] {
        let cut = if share == 10 { whole.len() } else { whole.len() * share / 10 + 7 };
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(backtest(own.path(), &more).0, plain, "cut at {cut} of {}", whole.len());
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }
    // It may lie among the bills.
    let among = folder.path().join("bills");
    std::fs::create_dir(&among).unwrap();
    std::fs::write(among.join("b.json"), r#"{"manifest":{"consignments":[{"bill_of_lading":"A","goods_items":[]}]}}"#)
        .unwrap();
    let (bills, inside) = (among.display().to_string(), among.join("a.journal").display().to_string());
    for _ in 0..2 {
        let output =
            run(&["rules", "backtest", &own.path().display().to_string(), "--against", &bills, "--journal", &inside]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let other = rules("item.is_wood", 80, "", "");
    let other = other.path();
    let output = run(&[
        "rules",
        "backtest",
        &other.display().to_string(),
        "--against",
        &world("manifests"),
        "--journal",
        &journal,
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("of other rules"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read(&path).unwrap(), whole, "what is of something else is left alone");
    std::fs::write(&path, "{\"a\": 1}\n").unwrap();
    let output = run(&[
        "rules",
        "backtest",
        &other.display().to_string(),
        "--against",
        &world("manifests"),
        "--journal",
        &journal,
    ]);
    assert_eq!(output.status.code(), Some(3), "a file that is no journal is not written over");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\": 1}\n");
}

/// A hunt shows the bills that a backtest counts, and no others.
#[test]
fn a_hunt_shows_every_bill_on_which_a_profile_speaks() {
    let own = rules("item.is_wood and item.gross_mass_kg > 10000", 80, "", "");
    let (path, manifests) = (own.path().display().to_string(), world("manifests"));
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("hunt.journal").display().to_string();
    let words = ["rules", "hunt", &path, "--against", &manifests, "--json", "--journal", &journal];
    let output = run(&words);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let met: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = {
        let output = run(&["rules", "backtest", &path, "--against", &manifests, "--json"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let row = told["indicators"].as_array().unwrap().iter().find(|row| row["indicator"] == "own/t").unwrap();
    assert_eq!(met.len() as u64, n(&row["fires"]));
    assert!(met.iter().all(|one| one["hits"] == json!(["t"]) && one["goods"].is_string()));
    let moved = met.iter().filter(|one| one["before"]["lane"] != one["after"]["lane"]).count();
    let said = text(&output.stderr);
    assert!(
        said.contains(&format!("{} on which", met.len())) && said.contains(&format!("{moved} come to another")),
        "{said}"
    );
    let again = run(&words);
    assert_eq!(text(&again.stdout), shown);
    assert!(text(&again.stderr).contains("goes on"), "{}", text(&again.stderr));
    let none = run(&["rules", "hunt", &path, "--against", &manifests, "--indicator", "tt"]);
    assert_eq!(none.status.code(), Some(3));
    assert!(text(&none.stderr).contains("they have t"), "{}", text(&none.stderr));
}

/// A port of nine days: heavy shirts, in which nothing is found, and logs, of which some are examined.
fn port(folder: &Path) -> [String; 2] {
    let (mut bills, mut results) = (String::new(), String::new());
    for day in 1..=9 {
        let mut consignments = Vec::new();
        for n in 0..12 {
            let id = format!("D{day}N{n}");
            let (goods, mass, result) = if n < 8 {
                ("COTTON SHIRTS", 25_000, "nothing")
            } else {
                ("ROSEWOOD LOGS DALBERGIA NIGRA", 900, "found")
            };
            let item = json!({ "description": goods, "origin": "BR", "gross_mass_kg": mass });
            consignments
                .push(json!({ "bill_of_lading": id, "places": { "discharge": "NLRTM" }, "goods_items": [item] }));
            let told = json!({ "consignment": id, "reported_on": "2026-10-01", "state": "final", "result": result });
            results.push_str(&format!("{told}\n"));
        }
        let arrival = json!({ "unlocode": "NLRTM", "at": format!("2026-09-0{day}") });
        let manifest =
            json!({ "manifest": { "reference": format!("M{day}"), "arrival": arrival, "consignments": consignments } });
        bills.push_str(&format!("{manifest}\n"));
    }
    let paths = ["bills.ndjson", "results.ndjson"].map(|name| folder.join(name));
    for (path, text) in paths.iter().zip([bills, results]) {
        std::fs::write(path, text).unwrap();
    }
    paths.map(|path| path.display().to_string())
}

/// Points that stand in the way are found, with the bills that decide; what is suggested does so when it is written.
#[test]
fn tuning_finds_points_that_find_more() {
    let folder = tempfile::tempdir().unwrap();
    let [bills, results] = port(folder.path());
    // What tells nothing outweighs what the shipped rules say.
    let tuned = |points: i64, more: &[&str]| {
        let own = rules("item.gross_mass_kg > 20000", points, "", "");
        let path = own.path().display().to_string();
        let words = ["rules", "tune", &path, "--against", &bills, "--results", &results, "--capacity", "4"];
        let output = run(&[&words[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let told = |points| serde_json::from_str::<Value>(&tuned(points, &["--json"])).unwrap();
    let report = told(900);
    let finds = |found: u64, opened: u64, of: u64| json!({ "found": found, "opened": opened, "of": of });
    assert_eq!(report["now"], json!([finds(0, 24, 24), finds(0, 12, 12)]), "{report:#}");
    let [first] = report["suggestions"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((&first["what"], &first["from"], &first["shipped"]), (&json!("own/t"), &json!(900), &json!(false)));
    assert_eq!(first["learned"][1], finds(24, 24, 24));
    assert_eq!(first["checked"][1], finds(12, 12, 12));
    assert!(first["comes_in"].as_array().unwrap().iter().all(|bill| bill["found"] == true), "{first}");
    assert!(first["goes_out"].as_array().unwrap().iter().all(|bill| bill["found"] == false), "{first}");
    // Written down it finds as much as was said, and nothing more is to be suggested.
    let written = told(first["to"].as_i64().unwrap());
    assert_eq!(written["now"], json!([first["learned"][1], first["checked"][1]]));
    assert_eq!(written["suggestions"], json!([]));
    let shown = tuned(900, &[]);
    assert!(shown.contains("own/t: 900 →") && shown.contains("Nothing is changed"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    // Of no bill anything is known.
    let output = run(&["rules", "tune", "builtin-not", "--against", &bills, "--results", &results]);
    assert_ne!(output.status.code(), Some(0));
    std::fs::write(
        &results,
        "{\"consignment\":\"X\",\"reported_on\":\"2026-10-01\",\"state\":\"final\",\"result\":\"found\"}\n",
    )
    .unwrap();
    let own = rules("item.is_wood", 10, "", "");
    let path = own.path().display().to_string();
    let output = run(&["rules", "tune", &path, "--against", &bills, "--results", &results]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("knows of none of the 108 bills"), "{}", text(&output.stderr));
}
