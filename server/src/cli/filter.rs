//! Line filters: one JSON question a line, one JSON answer a line, in input order, on all cores.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{OK, UNREADABLE, say};

/// Lines answered together.
const BATCH: usize = 1_024;
/// Bytes of one line; what is longer is answered with an error.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// Answers every line of the files (standard input when there are none).
pub fn run(files: &[PathBuf], answer: impl Fn(&str) -> String + Sync) -> u8 {
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout());
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
        if lines(input, &answer, &mut out).is_err() {
            // The reader went away, as `head` does.
            return OK;
        }
    }
    if out.flush().is_err() { OK } else { code }
}

fn lines(
    mut input: Box<dyn BufRead>,
    answer: &(impl Fn(&str) -> String + Sync),
    out: &mut impl Write,
) -> std::io::Result<()> {
    use std::io::Read;
    let mut batch: Vec<String> = Vec::new();
    loop {
        let mut line = Vec::new();
        let n = input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        if n > 0 && !line.iter().all(u8::is_ascii_whitespace) {
            batch.push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        if n == 0 || batch.len() >= BATCH {
            let answers: Vec<String> = batch.par_iter().map(|line| answer(line)).collect();
            for answer in answers {
                out.write_all(answer.as_bytes())?;
                out.write_all(b"\n")?;
            }
            batch.clear();
        }
        if n == 0 {
            return Ok(());
        }
    }
}
