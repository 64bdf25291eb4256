//! Answers that wait until all are known, because the most urgent goes first.
//!
//! In: the key of the order and the bytes to be written. Out: the bytes in order. Only keys stay in memory; bytes go to an
//! unnamed temporary file once they are more than [`IN_MEMORY`]. So a million answers cost about 100 MB, whatever they say.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

/// Bytes that are kept before a file is opened.
const IN_MEMORY: usize = 32 << 20;

/// Where one answer lies.
#[derive(Debug)]
struct Place {
    key: Box<str>,
    at: u64,
    length: u32,
}

/// Answers with their keys.
#[derive(Debug, Default)]
pub struct Kept {
    places: Vec<Place>,
    /// What is not in the file yet.
    buffer: Vec<u8>,
    /// Bytes in the file.
    spilt: u64,
    file: Option<File>,
}

impl Kept {
    /// Keeps a record under its key, on disk once memory is full.
    pub fn push(&mut self, key: &str, bytes: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| std::io::Error::other("an answer is over 4 GB"))?;
        self.places.push(Place { key: key.into(), at: self.spilt + self.buffer.len() as u64, length });
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > IN_MEMORY {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> std::io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        file.write_all(&self.buffer)?;
        self.spilt += self.buffer.len() as u64;
        self.buffer.clear();
        self.file = Some(file);
        Ok(())
    }

    /// Number of records kept.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True when nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Hands out the first `top` answers, by key; equal keys in the order in which they came.
    pub fn in_order(mut self, top: usize, sink: &mut dyn FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()> {
        self.each_in_order(top, sink)
    }

    /// The same, and keeps them for another time.
    pub fn each_in_order(
        &mut self,
        top: usize,
        sink: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        self.places.sort_by(|a, b| a.key.cmp(&b.key));
        let mut bytes = Vec::new();
        for place in self.places.iter().take(top) {
            let length = place.length as usize;
            if let (Some(file), true) = (&mut self.file, place.at < self.spilt) {
                bytes.resize(length, 0);
                file.seek(SeekFrom::Start(place.at))?;
                file.read_exact(&mut bytes)?;
                sink(&bytes)?;
            } else {
                let at = usize::try_from(place.at - self.spilt).unwrap_or(usize::MAX);
                sink(self.buffer.get(at..at.saturating_add(length)).unwrap_or_default())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_and_nothing_is_lost() {
        // More than fits in memory, so that some lies in the file and some does not.
        let mut kept = Kept::default();
        let n = 3_000;
        for i in 0..n {
            let text = format!("{i} {}", "x".repeat(15_000));
            kept.push(&format!("{:05}", (i * 7) % n), text.as_bytes()).unwrap();
        }
        assert!(kept.file.is_some() && !kept.buffer.is_empty() && kept.len() == n);
        let mut seen = Vec::new();
        kept.in_order(usize::MAX, &mut |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            seen.push(text.split(' ').next().unwrap().parse::<usize>().unwrap());
            Ok(())
        })
        .unwrap();
        let mut due: Vec<usize> = (0..n).collect();
        due.sort_by_key(|i| (i * 7) % n);
        assert_eq!(seen, due);
    }

    #[test]
    fn equal_keys_stay_in_order() {
        let mut kept = Kept::default();
        for text in ["b", "a", "c"] {
            kept.push("same", text.as_bytes()).unwrap();
        }
        let mut seen = String::new();
        kept.in_order(usize::MAX, &mut |bytes| {
            seen.push_str(std::str::from_utf8(bytes).unwrap());
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, "bac");
    }
}
