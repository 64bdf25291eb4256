//! Lines of a stream: the one place that splits NDJSON.
//!
//! In: bytes, and the bytes that one line may have. Out: every line that is not blank, with its number from 1; one over
//! the limit is skipped to its end and said once, and the next is read as usual.
//! Cost: one buffer; nothing over the limit is ever held.

use std::io::{BufRead, Read};

/// Bytes of one line of any NDJSON: a ship of 15,000 bills in one line is about 30 MB. Records that are smaller by nature
/// have smaller limits of their own.
pub const MAX_LINE_BYTES: usize = 64 << 20;

/// One line of a stream, or what stands in its place.
#[derive(Debug)]
pub enum Line {
    /// Its number and bytes, without the line's end.
    Text(u64, Vec<u8>),
    /// Its number; it is over the limit.
    TooLong(u64),
    /// The source failed; nothing comes after it.
    Failed(u64, std::io::Error),
}

/// The lines of a source.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    limit: usize,
    number: u64,
    done: bool,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `limit` bytes.
    pub fn new(input: R, limit: usize) -> Self {
        Self { input, limit, number: 0, done: false }
    }

    /// Reads past the end of a line that is over the limit.
    fn skip(&mut self) -> std::io::Result<()> {
        loop {
            let available = self.input.fill_buf()?;
            let (n, ended) = match available.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (available.len(), available.is_empty()),
            };
            self.input.consume(n);
            if ended {
                return Ok(());
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.done {
            self.number += 1;
            let mut line = Vec::new();
            // One byte for the line's end, and one that shows that there is more.
            let most = self.limit as u64 + 2;
            let read = self.input.by_ref().take(most).read_until(b'\n', &mut line);
            match read {
                Ok(0) => self.done = true,
                Ok(_) => {
                    let ended = line.pop_if(|byte| *byte == b'\n').is_some();
                    line.pop_if(|byte| *byte == b'\r');
                    if line.len() > self.limit {
                        let skipped = if ended { Ok(()) } else { self.skip() };
                        self.done |= skipped.is_err();
                        return Some(Line::TooLong(self.number));
                    }
                    if !line.iter().all(u8::is_ascii_whitespace) {
                        return Some(Line::Text(self.number, line));
                    }
                }
                Err(error) => {
                    self.done = true;
                    return Some(Line::Failed(self.number, error));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, limit: usize, expected: &[&str]) {
        let lines = Lines::new(std::io::BufReader::with_capacity(3, text.as_bytes()), limit);
        let shown: Vec<String> = lines
            .map(|line| match line {
                Line::Text(n, text) => format!("{n} {}", String::from_utf8_lossy(&text)),
                Line::TooLong(n) => format!("{n} too long"),
                Line::Failed(n, error) => format!("{n} {error}"),
            })
            .collect();
        assert_eq!(shown, expected, "{text:?}");
    }

    #[test]
    fn lines_are_split_once() {
        check("", 4, &[]);
        check("a\nb", 4, &["1 a", "2 b"]);
        check("a\r\n\n \nb\n", 4, &["1 a", "4 b"]);
        check("abcd\nabcde\nab\n", 4, &["1 abcd", "2 too long", "3 ab"]);
        check("abcdefghijklmnop", 4, &["1 too long"]);
        check("abcdefghijklmnop\nx", 4, &["1 too long", "2 x"]);
    }
}
