//! Standard output of the commands that print one answer: `put!` and `putln!` stand for `print!` and `println!`.
//!
//! A reader that goes away, as `head` does, ends the command and is no fault; a disk that is full is one, and is said.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

use super::{OK, UNREADABLE, say};

/// Writes to standard output, or ends the program.
pub fn write(text: Arguments<'_>) {
    if let Err(error) = std::io::stdout().write_fmt(text) {
        let code = match error.kind() {
            ErrorKind::BrokenPipe => OK,
            _ => {
                say(&format!("the answer cannot be written: {error}"));
                UNREADABLE
            }
        };
        std::process::exit(code.into());
    }
}

macro_rules! put {
    ($($text:tt)*) => { $crate::cli::out::write(format_args!($($text)*)) };
}

macro_rules! putln {
    ($($text:tt)*) => { $crate::cli::out::write(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) use {put, putln};
