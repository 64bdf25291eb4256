//! The way that rules/README.md shows, walked: every command of it, from an empty folder to a signed pack that holds. What each
//! says is kept in `server/tests/walk`, so that whoever changes it reads it as an officer would: at 80 columns.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const HEADING: &str = "## From a suspicion to a signed pack";
/// Commands that the way may take.
const FEWER_THAN: usize = 10;
const COLUMNS: usize = 80;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commands under the heading, each as its words.
fn commands() -> Vec<Vec<String>> {
    let readme = std::fs::read_to_string(root().join("rules/README.md")).unwrap();
    let (_, section) = readme.split_once(HEADING).expect("the heading is there");
    let section = section.split("\n## ").next().unwrap();
    let lines: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    joined.lines().map(words).collect()
}

/// Words of a command line, some in double quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(n, part)| match n % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

fn run(words: &[String], folder: &Path) -> Output {
    assert_eq!(words[0], "palisander");
    Command::new(env!("CARGO_BIN_EXE_palisander"))
        .args(&words[1..])
        .current_dir(folder)
        .env("COLUMNS", COLUMNS.to_string())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

/// What a command said, with what differs from day to day left out.
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let today = palisander::state::today().to_string();
    let text = format!("{}{}", text(&output.stderr), text(&output.stdout)).replace(&today, "2026-01-01");
    // The bytes of a pack hold the day and a new name.
    let lines = text.lines().map(|line| match line.split_once("`, ").filter(|(_, rest)| rest.ends_with(" bytes.")) {
        Some((before, _)) => format!("{before}`, N bytes."),
        None => line.trim_end().to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn hold(name: &str, text: &str) {
    let path = root().join("server/tests/walk").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(held, text, "{name}: run with UPDATE=1 and read the difference");
}

fn narrow(text: &str) {
    // A word alone may be longer: a path, an id.
    let is_long = |line: &&str| line.chars().count() > COLUMNS && line.split_whitespace().count() > 1;
    assert_eq!(text.lines().filter(is_long).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_readme_leads_from_an_empty_folder_to_a_signed_pack() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands();
    assert!(commands.len() > 5 && commands.len() < FEWER_THAN, "{commands:?}");
    for (n, words) in commands.iter().enumerate() {
        let output = run(words, folder.path());
        let text = said(&output);
        assert_eq!(output.status.code(), Some(0), "{words:?}: {text}");
        narrow(&text);
        hold(&format!("{}-{}.txt", n + 1, words[2]), &text);
    }
    assert_eq!(commands.last().unwrap()[2], "verify");
    // Another office loads it, and it speaks of the bill that it was made for.
    let case = folder.path().join("rules/diospyros-crassiflora-gabon/cases/fires.json");
    let case: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(case).unwrap()).unwrap();
    let bill = serde_json::json!({ "manifest": { "consignments": [case["consignment"]] } });
    std::fs::write(folder.path().join("bill.json"), bill.to_string()).unwrap();
    let loads = "palisander score --rules north-1.pack --rules-key keys/rules.pub --as-of 2026-01-01 bill.json";
    let output = run(&words(loads), folder.path());
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    narrow(&text);
    hold("10-load.txt", &text);
}

/// Rules are held against those of a revision, whatever stands in the folder now.
#[test]
fn a_revision_of_git_is_a_base() {
    let folder = tempfile::tempdir().unwrap();
    let git = |words: &[&str]| {
        let fixed = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(fixed).args(words).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    assert!(run(&commands()[0], folder.path()).status.success());
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "as it was"]);
    let toml = folder.path().join("rules/diospyros-crassiflora-gabon/profile.toml");
    let changed = std::fs::read_to_string(&toml).unwrap().replacen("points = 50", "points = 90", 1);
    std::fs::write(&toml, changed).unwrap();
    let output = run(&words("palisander rules diff HEAD rules"), folder.path());
    let text = said(&output);
    assert!(output.status.success() && text.contains("points 50 -> 90"), "{text}");
    let output = run(&words("palisander rules diff no-such-revision rules"), folder.path());
    assert!(output.status.code() == Some(2) && said(&output).contains("a revision of git"), "{}", said(&output));
}

#[test]
fn a_slip_is_told_and_mended_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands();
    assert_eq!(run(&commands[0], folder.path()).status.code(), Some(0));
    let own = std::fs::read_dir(folder.path().join("rules")).unwrap().next().unwrap().unwrap().path();
    let script = own.join("profile.rhai");
    let sound = std::fs::read_to_string(&script).unwrap();
    std::fs::write(&script, sound.replacen("and item.origin ==", "AND item.origin =", 1)).unwrap();
    for (words, name) in [(&commands[1], "slip-check.txt"), (&commands[2], "slip-test.txt")] {
        let output = run(words, folder.path());
        assert_eq!(output.status.code(), Some(1));
        narrow(&said(&output));
        hold(name, &said(&output));
    }
    // In the profile's own folder the command looks at that profile.
    std::fs::write(&script, sound).unwrap();
    let output = run(&commands[1], &own);
    assert!(
        output.status.success() && said(&output).contains("looks at the profile of this folder"),
        "{}",
        said(&output)
    );
}

/// Every command about rules says which rules it looks at, and of shipped profiles that were changed what becomes of that.
#[test]
fn the_path_is_true() {
    let folder = tempfile::tempdir().unwrap();
    let check = ["palisander", "rules", "check"].map(str::to_owned);
    let output = run(&check, folder.path());
    assert!(output.status.success() && said(&output).starts_with("palisander: looks at the built-in rules"));
    // A copy of a shipped profile in which one test is another.
    let (from, to) = (root().join("rules/wording"), folder.path().join("rules/wording"));
    std::fs::create_dir_all(&to).unwrap();
    let script = std::fs::read_to_string(from.join("profile.rhai")).unwrap();
    let toml = std::fs::read_to_string(from.join("profile.toml")).unwrap();
    std::fs::write(to.join("profile.toml"), &toml).unwrap();
    std::fs::write(to.join("profile.rhai"), &script).unwrap();
    assert!(!said(&run(&check, folder.path())).contains("not the same here"), "it is the shipped one");
    std::fs::write(to.join("profile.rhai"), script.replacen("{\n", "{\n    item.wieght > 5 and ", 1)).unwrap();
    let output = run(&check, folder.path());
    let text = said(&output).replace('\n', " ");
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("shipped, and not the same here: wording."), "{text}");
    assert!(text.contains("error[P013]") && text.contains("`wieght`"), "its own script is judged: {text}");
    // A small file of a shipped id raises, and is no profile of its own.
    std::fs::remove_file(to.join("profile.rhai")).unwrap();
    let name = toml.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
    let small = format!("id = \"wording\"\n[[indicators]]\nname = {name}\npoints = 90\n");
    std::fs::write(to.join("profile.toml"), small).unwrap();
    let output = run(&check, folder.path());
    assert!(!said(&output).contains("not the same here") && !said(&output).contains("error["), "{}", said(&output));
}

#[test]
fn every_command_answers_programs() {
    let folder = tempfile::tempdir().unwrap();
    for mut words in commands() {
        words.extend(["--format", "json"].map(str::to_owned));
        let output = run(&words, folder.path());
        assert!(output.status.success(), "{words:?}: {}", said(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        let documents: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!documents.is_empty(), "{words:?}");
    }
    for words in [vec!["explain-code"], vec!["explain-code", "P040"], vec!["docs", "rules", "--out", "docs"]] {
        let words: Vec<String> = ["palisander", "rules"].into_iter().chain(words).map(str::to_owned).collect();
        let output = run(&[words, vec!["--json".to_owned()]].concat(), folder.path());
        assert!(output.status.success() && serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok());
    }
    // The catalogue is that of the folder.
    assert!(std::fs::read_to_string(folder.path().join("docs/catalogue.md")).unwrap().contains("wood_is_named"));
}

/// What cannot be made is told at once, and leaves nothing behind.
#[test]
fn a_profile_that_does_not_hold_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let new = |words: &[&str]| {
        let words = ["palisander", "rules", "new"].iter().chain(words).map(|word| (*word).to_owned());
        run(&words.collect::<Vec<_>>(), folder.path())
    };
    let whole = ["--wood", "ebony", "--from", "Gabon", "--honest", "a CITES permit", "--owner", "Port"];
    let with = |at: usize, word: &'static str| {
        let mut words = whole.to_vec();
        words[at] = word;
        words
    };
    for (words, code, part) in [
        (vec![], 3, "--honest is not given"),
        (with(1, "xyzzy"), 3, "`xyzzy` names no wood"),
        (with(3, "Nowhere"), 3, "`Nowhere` is no country"),
        ([&whole[..], &["--cover", "xyzzy"]].concat(), 3, "`xyzzy` are no goods"),
        ([&whole[..], &["--source", "CITES Notif. 2999/999"]].concat(), 1, "P006"),
        ([&["../out"], &whole[..]].concat(), 3, "`../out` is no name"),
        ([&whole[..], &["--points", "2000"]].concat(), 1, "P077"),
    ] {
        let output = new(&words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", said(&output));
        assert!(said(&output).contains(part), "{words:?}: {}", said(&output));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{words:?}");
    }
    assert!(new(&whole).status.success());
    let output = new(&whole);
    assert!(output.status.code() == Some(3) && said(&output).contains("is there already"), "{}", said(&output));
}

/// Bills instead of answers: the test is what parts them, and each is a case.
#[test]
fn bills_show_what_to_look_for() {
    let folder = tempfile::tempdir().unwrap();
    let bill = |name: &str, description: &str, origin: &str| {
        let bill = serde_json::json!({ "bill_of_lading": name, "goods_items": [
            { "description": "COTTON SHIRTS", "origin": "IN" }, { "description": description, "origin": origin }] });
        std::fs::write(folder.path().join(format!("{name}.json")), bill.to_string()).unwrap();
    };
    bill("H1", "DALBERGIA MELANOXYLON LOGS", "TZ");
    bill("H2", "AFRICAN BLACKWOOD SAWN TIMBER", "TZ");
    bill("M1", "PINE BOARDS", "TZ");
    bill("M2", "DALBERGIA MELANOXYLON LOGS", "MZ");
    let new = |hits: &[&str], misses: &[&str], id: &str| {
        let mut words = vec!["palisander", "rules", "new", id, "--honest", "a felling licence", "--owner", "Port"];
        hits.iter().for_each(|file| words.extend(["--hit", *file]));
        misses.iter().for_each(|file| words.extend(["--miss", *file]));
        run(&words.into_iter().map(str::to_owned).collect::<Vec<_>>(), folder.path())
    };
    let output = new(&["H1.json", "H2.json"], &["M1.json", "M2.json"], "blackwood");
    assert!(output.status.success(), "{}", said(&output));
    let script = std::fs::read_to_string(folder.path().join("rules/blackwood/profile.rhai")).unwrap();
    assert!(script.contains("Dalbergia") && script.contains("\"TZ\""), "{script}");
    assert_eq!(std::fs::read_dir(folder.path().join("rules/blackwood/cases")).unwrap().count(), 4);
    let output = run(&["palisander", "rules", "test", "rules/blackwood"].map(str::to_owned), folder.path());
    assert!(output.status.success(), "{}", said(&output));
    // The same bill in both piles: nothing parts it from itself.
    let output = new(&["H1.json"], &["H1.json"], "same");
    assert!(output.status.code() == Some(1) && said(&output).contains("parts the bills"), "{}", said(&output));
    assert!(!folder.path().join("rules/same").exists());
    let output = new(&["absent.json"], &["M1.json"], "absent");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

/// What nearly fired, one indicator alone, and what would change the lane, as an officer reads it.
#[test]
fn one_bill_is_explained_as_far_as_is_asked() {
    let cases = root().join("rules/listed-without-document/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let case = files.first().unwrap().to_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let explain = |more: &[&str]| {
        let words = ["palisander", "rules", "explain", "--consignment", &case];
        run(&words.iter().chain(more).map(|word| (*word).to_owned()).collect::<Vec<_>>(), folder.path())
    };
    let near: &[&str] = &["--near"];
    let one = ["--indicator", "no_document_declared"];
    for (more, name) in [(near, "explain-near.txt"), (&one, "explain-one.txt"), (&["--change"], "explain-change.txt")] {
        let output = explain(more);
        assert!(output.status.success(), "{}", said(&output));
        narrow(&said(&output));
        hold(name, &said(&output));
    }
    for (more, part) in [(["--indicator", "nothing"], "no indicator `nothing`"), (["--profile", "x"], "no profile `x`")]
    {
        let output = explain(&more);
        assert!(output.status.code() == Some(3) && said(&output).contains(part), "{}", said(&output));
    }
    let output = explain(&["--change", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found["down"].is_array() && found["open"].is_array(), "{found}");
}
