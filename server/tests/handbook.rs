//! The handbook, row A13: every block of `rules/handbook.md` is executed, in the order in which somebody reads it.
//!
//! Console blocks are run in one folder and their output compared, `…` standing for lines that are left out. A block under "`path`:" is
//! written there, one under "At the end of `path`:" is added. Rules and indicators that stand alone are checked: those with a
//! code behind their language are mistakes, and the quotation below says what is told of them; all others have nothing to say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use palisander::cli::checked;
use palisander_engine::rules::View;
use palisander_engine::{Engine, Options};
use serde_json::Value;

/// Languages that a block can be in.
const LANGUAGES: [&str; 4] = ["console", "rhai", "toml", "json"];
/// What stands for lines that are left out.
const LEFT_OUT: &str = "…";

/// One block in backticks.
#[derive(Debug)]
struct Block {
    language: String,
    /// The diagnostic that it shows.
    code: Option<String>,
    text: String,
    /// The last line before it.
    above: String,
    /// The quotation below it.
    quotation: Option<String>,
}

fn blocks() -> Vec<Block> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../rules/handbook.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().peekable();
    let (mut found, mut above) = (Vec::new(), String::new());
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            if !line.trim().is_empty() {
                above = line.to_owned();
            }
            continue;
        };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        while lines.next_if(|line| line.trim().is_empty()).is_some() {}
        let quotation = lines.peek().and_then(|line| line.strip_prefix("> ")).map(str::to_owned);
        let (language, code) = info.split_once(' ').unwrap_or((info, ""));
        found.push(Block {
            language: language.to_owned(),
            code: Some(code.to_owned()).filter(|code| !code.is_empty()),
            text: inside.iter().map(|line| format!("{line}\n")).collect(),
            above: std::mem::take(&mut above),
            quotation,
        });
    }
    found
}

impl Block {
    /// Where it is written, and whether it is added to what stands there.
    fn place(&self) -> Option<(&str, bool)> {
        let (before, rest) = self.above.split_once('`')?;
        let path = rest.strip_suffix("`:")?;
        match before {
            "" => Some((path, false)),
            "At the end of " => Some((path, true)),
            _ => None,
        }
    }

    /// A rule or an indicator that stands alone.
    fn is_alone(&self) -> bool {
        (self.language == "rhai" || self.language == "toml") && self.place().is_none()
    }
}

/// What a command says, as a person sees it, at 80 columns.
fn run(line: &str, folder: &Path) -> String {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(n, part)| match n % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    let words: Vec<String> = words.collect();
    assert_eq!(words[0], "palisander", "{line}");
    let output = Command::new(env!("CARGO_BIN_EXE_palisander"))
        .args(&words[1..])
        .current_dir(folder)
        .env("COLUMNS", "80")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{line}: {text}");
    text
}

/// Does what was said hold the lines of the book, in order and with nothing between them but where it says so?
fn is_as_written(said: &str, written: &[&str]) -> bool {
    let Some((first, rest)) = written.split_first() else { return said.trim().is_empty() };
    let mut lines = said.lines();
    if *first != LEFT_OUT {
        return lines.next().is_some_and(|line| line.trim_end() == first.trim_end())
            && is_as_written(said.split_once('\n').map_or("", |(_, more)| more), rest);
    }
    let mut left = said;
    loop {
        if is_as_written(left, rest) {
            return true;
        }
        match left.split_once('\n') {
            Some((_, more)) => left = more,
            None => return false,
        }
    }
}

#[test]
fn a13_the_handbook_is_walked_from_an_empty_folder_to_a_signed_pack() {
    let folder = tempfile::tempdir().unwrap();
    let (mut n_run, mut n_written) = (0, 0);
    for block in blocks() {
        assert!(LANGUAGES.contains(&block.language.as_str()), "{block:?}");
        if let Some((path, is_added)) = block.place() {
            let path = folder.path().join(path);
            let before =
                if is_added { format!("{}\n", std::fs::read_to_string(&path).unwrap()) } else { String::new() };
            std::fs::write(&path, before + block.text.as_str()).unwrap();
            n_written += 1;
            continue;
        }
        assert!(block.language != "json", "a case lies somewhere: {block:?}");
        if block.language != "console" {
            continue;
        }
        for asked in block.text.split("$ ").skip(1) {
            let (line, written) = asked.split_once('\n').unwrap();
            let said = run(line, folder.path());
            let written: Vec<&str> = written.lines().collect();
            assert!(is_as_written(&said, &written), "$ {line}\n{said}\nthe book says:\n{}", written.join("\n"));
            n_run += 1;
        }
    }
    assert!(n_run > 8 && n_written > 2, "{n_run} {n_written}");
    assert!(folder.path().join("north-1.pack").is_file());
}

/// The head of a profile around what stands alone.
const HEAD: &str = "id = \"book\"\nuuid = \"4b7c2b34-7f0f-4d52-9a53-0d3f6f3f7c21\"\ntitle = \"t\"\nowner = \"o\"\nstatus = \"test\"\nversion = 1\n\
                    review_by = \"2090-01-01\"\nwhy = \"w\"\nsources = [\"CITES Res. Conf. 11.3\"]\ninnocent_explanations = [\"i\"]\n";

/// Both files of a profile around a block that stands alone.
fn whole(block: &Block) -> (String, String) {
    if block.language == "toml" {
        let names = block.text.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        let function =
            |name| format!("/// Says.\nfn {name}(item) {{ item.form == \"log\" and item.origin == \"GA\" }}\n");
        return (format!("{HEAD}\n{}", block.text), names.map(function).collect());
    }
    let indicator = |line: &str| {
        let (name, parameters) = line.strip_prefix("fn ")?.split_once('(')?;
        let each = parameters.split([',', ')']).next()?.trim();
        let field = View::by_name(each)?.fields().first()?.name;
        Some(format!(
            "\n[[indicators]]\nname = \"{name}\"\neach = \"{each}\"\npoints = 10\ngroup = \"{name}\"\nreason = \"{{{each}.{field}}}\"\nsettled_by = \"s\"\n"
        ))
    };
    let indicators: String = block.text.lines().filter_map(indicator).collect();
    (format!("{HEAD}{indicators}"), block.text.clone())
}

/// What is found in a block that stands alone, the gravest first; that it has no cases is known.
fn findings(engine: &Engine, block: &Block) -> Vec<String> {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("book");
    std::fs::create_dir(&folder).unwrap();
    let (toml, rhai) = whole(block);
    std::fs::write(folder.join("profile.toml"), toml).unwrap();
    std::fs::write(folder.join("profile.rhai"), rhai).unwrap();
    let (text, _) = checked(&engine.judging(&folder).unwrap(), Some(&folder), true);
    let report: Value = serde_json::from_str(&text).unwrap();
    let said = |key: &str, one: &Value| one[key].as_str().unwrap_or_default().to_owned();
    let own = report["findings"].as_array().unwrap().iter().filter(|one| one["file"] != "cases");
    own.map(|one| format!("{}: {}; {}", said("code", one), said("what", one), said("fix", one))).collect()
}

#[test]
fn a13_rules_that_are_shown_are_sound() {
    let engine = Engine::open(&Options::default()).unwrap();
    let sound: Vec<Block> = blocks().into_iter().filter(|block| block.is_alone() && block.code.is_none()).collect();
    assert!(sound.len() > 5, "{}", sound.len());
    for block in sound {
        assert_eq!(findings(&engine, &block), Vec::<String>::new(), "{}", block.text);
    }
}

#[test]
fn a13_mistakes_give_the_message_that_is_quoted() {
    let engine = Engine::open(&Options::default()).unwrap();
    let mistakes: Vec<Block> = blocks().into_iter().filter(|block| block.code.is_some()).collect();
    assert!(mistakes.len() > 8, "{}", mistakes.len());
    let mut wrong = Vec::new();
    for block in mistakes {
        assert!(block.is_alone(), "{block:?}");
        let found = findings(&engine, &block);
        let (first, quoted) = (found.first().cloned().unwrap_or_default(), block.quotation.unwrap_or_default());
        if first != quoted || !first.starts_with(&format!("{}:", block.code.unwrap_or_default())) {
            wrong.push(format!("{}\nis told: {first}\nthe book: {quoted}", block.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_is_left_out_is_said() {
    let check = |written: &[&str], expected: bool| {
        assert_eq!(is_as_written("a\nb\nc\n", written), expected, "{written:?}");
    };
    check(&["a", "b", "c"], true);
    check(&["a", "…", "c"], true);
    check(&["…", "b", "…"], true);
    check(&["…"], true);
    check(&["a", "c"], false);
    check(&["a", "b"], false);
    check(&["…", "d"], false);
    check(&[], false);
}
