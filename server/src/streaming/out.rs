//! Lines of answers on their way to who reads them: gathered to pieces, in a channel with an end.
//!
//! In: lines. Out: pieces, for as long as somebody takes them and the time is not over. Not here: what a line says.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio::sync::mpsc::Sender;

/// Bytes of a piece that is sent at once.
const PIECE_BYTES: usize = 32 << 10;

/// Lines on their way to the reader.
pub(crate) struct Out {
    send: Sender<Bytes>,
    piece: Vec<u8>,
    ends: Instant,
}

impl Out {
    /// Lines to a reader who waits for them so long.
    pub(crate) fn to(send: Sender<Bytes>, limit: Duration) -> Self {
        Self { send, piece: Vec::new(), ends: Instant::now() + limit }
    }

    pub(super) fn line(&mut self, line: Vec<u8>) -> Result<(), ()> {
        self.piece.extend_from_slice(&line);
        if self.piece.len() >= PIECE_BYTES { self.flush() } else { Ok(()) }
    }

    pub(super) fn flush(&mut self) -> Result<(), ()> {
        if self.is_late() {
            return Err(());
        }
        self.send.blocking_send(std::mem::take(&mut self.piece).into()).map_err(|_| ())
    }

    /// The last line, which is sent however late it is.
    pub(crate) fn end(mut self, line: Vec<u8>) {
        self.piece.extend_from_slice(&line);
        // Whoever left does not miss it.
        let _ = self.send.blocking_send(std::mem::take(&mut self.piece).into());
    }

    /// Has it taken longer than it may?
    pub(crate) fn is_late(&self) -> bool {
        Instant::now() > self.ends
    }

    pub(super) fn is_left(&self) -> bool {
        self.watch()()
    }

    /// Asks, wherever it is taken to, whether anybody is left to read.
    pub(super) fn watch(&self) -> impl Fn() -> bool + Clone + Send + use<> {
        let (send, ends) = (self.send.clone(), self.ends);
        move || send.is_closed() || Instant::now() > ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_in_the_middle_is_not_complete() {
        let (send, mut pieces) = tokio::sync::mpsc::channel(1);
        let mut out = Out { send, piece: Vec::new(), ends: Instant::now() };
        std::thread::sleep(Duration::from_millis(2));
        assert!(out.is_late() && out.flush().is_err());
        out.end(b"last\n".to_vec());
        assert_eq!(pieces.blocking_recv().as_deref(), Some(&b"last\n"[..]));
    }
}
