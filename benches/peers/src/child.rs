//! A peer outside of Rust: a process that answers once, then does a round of work for each line that it is sent.
//!
//! It is told a file with the questions. Its first line is its answers as JSON, or `left out: why`; then each line that it
//! reads is a turn, which it answers with the seconds that all the work took once.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::rounds::{TURN, Way, left_out};

/// A program below the folder, and its script beside `run`.
pub type Script = [&'static str; 2];
/// Rules by a package of npm.
pub const NODE: Script = ["node", "rules.mjs"];
/// Rules by a package of PyPI.
pub const RULES: Script = ["venv/bin/python", "rules.py"];
/// Names by packages of PyPI.
pub const NAMES: Script = ["venv/bin/python", "names.py"];
/// Words by packages of PyPI, and by SQLite.
pub const WORDS: Script = ["venv/bin/python", "words.py"];

/// A process that waits for its turns.
pub struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn turn(&mut self) -> f64 {
        writeln!(self.to, "turn").unwrap();
        let line = self.line();
        line.parse().unwrap_or_else(|_| panic!("a turn was answered by `{line}`"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts `program script question name seconds` in the folder where the question lies; its answers must be `expected`.
/// `None`, and it is told, where it cannot be had.
pub fn way<'a>(subject: &str, name: &str, script: Script, question: &Path, expected: &Value) -> Option<Way<'a>> {
    let folder = question.parent()?;
    let [program, script] = [folder.join(script[0]), Path::new(env!("CARGO_MANIFEST_DIR")).join(script[1])];
    if !program.exists() {
        left_out(subject, name, "its runtime is not installed");
        return None;
    }
    let turn = format!("{}", TURN.as_secs_f64());
    let mut started = Command::new(program);
    let started = started.arg(script).arg(question).args([name, &turn]).current_dir(folder);
    let started = started.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = started.spawn().unwrap();
    let (to, from) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
    let mut peer = Peer { child, to, from };
    let first = peer.line();
    if let Some(why) = first.strip_prefix("left out: ") {
        left_out(subject, name, why);
        return None;
    }
    let answers: Value = serde_json::from_str(&first).unwrap_or_else(|error| panic!("{name}: `{first}`: {error}"));
    assert_eq!(&answers, expected, "{subject}: the answers of {name} are others");
    let peer = RefCell::new(peer);
    Some(Way { name: name.to_owned(), turn: Box::new(move || peer.borrow_mut().turn()) })
}
