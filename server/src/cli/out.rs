//! The way out: standard output of every command, and what it means when it cannot be written.
//!
//! `put!` and `putln!` stand for `print!` and `println!`; [`stdout`] is for long answers; all pass through [`Safe`], so that
//! nothing from a manifest reaches a terminal raw. A reader that goes away, as `head` does, ends the command and is no
//! fault; a disk that is full is one: it is said, and the command ends with [`INCOMPLETE`].

use std::fmt::Arguments;
use std::io::{BufWriter, ErrorKind, Stdout, Write};

use super::safe::Safe;
use super::{INCOMPLETE, OK, say};

/// Standard output, buffered, for answers of many lines. Whoever takes it flushes it, and looks at what that says.
pub fn stdout() -> Safe<BufWriter<Stdout>> {
    Safe::new(BufWriter::with_capacity(1 << 18, std::io::stdout()))
}

/// The exit code of a command whose answer could not be written; says why unless the reader went away.
pub fn ended(error: &std::io::Error) -> u8 {
    if error.kind() == ErrorKind::BrokenPipe {
        return OK;
    }
    say(&format!("the answer is not complete: it cannot be written: {error}"));
    INCOMPLETE
}

/// The exit code when the command is done: its own, or that the rest of its answer could not be written.
pub fn finish(code: u8) -> u8 {
    match std::io::stdout().flush() {
        Ok(()) => code,
        Err(error) => ended(&error),
    }
}

/// Writes to standard output, or ends the program.
pub fn write(text: Arguments<'_>) {
    or_end(Safe::new(std::io::stdout()).write_all(text.to_string().as_bytes()));
}

/// Writes text with colours, all of whose parts were made safe before, or ends the program.
pub fn painted(text: &str) {
    or_end(std::io::stdout().write_all(text.as_bytes()));
}

fn or_end(written: std::io::Result<()>) {
    if let Err(error) = written {
        std::process::exit(ended(&error).into());
    }
}

/// The least that is wrapped to: below, a word has no room.
const MIN_COLUMNS: u16 = 40;
/// Where nobody says and there is no terminal.
const USUAL_COLUMNS: u16 = 100;

/// Columns to write for: as asked, else `COLUMNS`, else the terminal's.
pub fn columns(asked: Option<u16>) -> u16 {
    let said = || std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse().ok());
    let terminal = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0);
    asked.or_else(said).or_else(terminal).unwrap_or(USUAL_COLUMNS).max(MIN_COLUMNS)
}

/// A text whose lines of more than `width` columns are broken at spaces; what follows stands two columns further in.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.split_inclusive('\n') {
        if line.trim_end().chars().count() <= width {
            out.push_str(line);
            continue;
        }
        let indent = line.chars().take_while(|c| *c == ' ').count();
        let mut column = indent;
        out.extend(std::iter::repeat_n(' ', indent));
        for (n, word) in line.split_whitespace().enumerate() {
            let long = word.chars().count();
            if n > 0 && column + 1 + long > width {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent + 2));
                column = indent + 2;
            } else if n > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += long;
        }
        out.extend(line.ends_with('\n').then_some('\n'));
    }
    out
}

/// True when standard output may be coloured: `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM=dumb` count as
/// everywhere.
pub fn coloured() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

macro_rules! put {
    ($($text:tt)*) => { $crate::cli::out::write(format_args!($($text)*)) };
}

macro_rules! putln {
    ($($text:tt)*) => { $crate::cli::out::write(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) use {put, putln};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_at_spaces() {
        let check = |text: &str, expected: &str| assert_eq!(wrapped(text, 12), expected);
        check("short\n  a  b\n", "short\n  a  b\n");
        check("one two three four\n", "one two\n  three four\n");
        check("  one two three\nx", "  one two\n    three\nx");
        check("averyverylongword next", "averyverylongword\n  next");
    }
}
