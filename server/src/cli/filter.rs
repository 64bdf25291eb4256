//! Line filters: one JSON question a line, one JSON answer a line, in input order, on all cores.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use palisander_engine::lines::{Line, Lines, MAX_LINE_BYTES};
use rayon::prelude::*;

use super::{OK, UNREADABLE, out, say};

/// Lines answered together.
const BATCH: usize = 1_024;

/// Answers every line of the files (standard input when there are none).
pub fn run(files: &[PathBuf], answer: impl Fn(&str) -> String + Sync) -> u8 {
    let mut out = out::stdout();
    let standard = [PathBuf::from("-")];
    let files = if files.is_empty() { &standard[..] } else { files };
    let mut code = OK;
    for file in files {
        let input: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            match std::fs::File::open(file) {
                Ok(file) => Box::new(BufReader::with_capacity(1 << 20, file)),
                Err(error) => {
                    say(&format!("`{}` cannot be read: {error}", file.display()));
                    code = UNREADABLE;
                    continue;
                }
            }
        };
        if let Err(error) = lines(input, &answer, &mut out) {
            return out::ended(&error);
        }
    }
    match out.flush() {
        Ok(()) => code,
        Err(error) => out::ended(&error),
    }
}

fn lines(
    input: Box<dyn BufRead>,
    answer: &(impl Fn(&str) -> String + Sync),
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mut input = Lines::new(input, MAX_LINE_BYTES);
    loop {
        let batch: Vec<Line> = input.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let read = |line: &Line| match line {
            Line::Text(_, text) => answer(String::from_utf8_lossy(text).trim_end()),
            Line::TooLong(n) => refused(*n, &format!("over MAX_LINE_BYTES ({MAX_LINE_BYTES})")),
            Line::Failed(n, error) => refused(*n, &error.to_string()),
        };
        let answers: Vec<String> = batch.par_iter().map(read).collect();
        for answer in answers {
            out.write_all(answer.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
}

/// The one answer to a line that cannot be read.
fn refused(line: u64, why: &str) -> String {
    serde_json::json!({ "id": null, "error": format!("line {line}: {why}") }).to_string()
}
