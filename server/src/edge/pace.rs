//! A connection whose other end must read.
//!
//! In: a stream of bytes. Out: the same, but a write that cannot go on fails once the reader has taken less than
//! [`PACE_BYTES`] in a [`PACE_WINDOW`]. So whoever asks and does not read, or reads a byte now and then, loses the
//! connection, and with it the place that its answer held. Not here: how fast a request must come (hyper's time limit for
//! a head, `body.rs` for a body).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::config::{PACE_BYTES, PACE_WINDOW};

/// The stream with its clock.
pub struct Paced<S> {
    inner: S,
    /// Ends the window that is under way; runs only while something waits to be read.
    clock: Pin<Box<Sleep>>,
    runs: bool,
    /// Bytes taken since the window began.
    taken: usize,
}

impl<S> Paced<S> {
    /// Watches the writes to `inner`; its clock does not run yet.
    pub fn new(inner: S) -> Self {
        Self { inner, clock: Box::pin(tokio::time::sleep(PACE_WINDOW)), runs: false, taken: 0 }
    }

    /// What a write came to: bytes that went are counted, a wait starts the clock or finds it run out.
    fn judged(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match wrote {
            Poll::Ready(Ok(n)) => {
                self.taken += n;
                if self.taken >= PACE_BYTES {
                    self.runs = false;
                }
                Poll::Ready(Ok(n))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                if !self.runs {
                    self.clock.as_mut().reset(Instant::now() + PACE_WINDOW);
                    (self.runs, self.taken) = (true, 0);
                }
                let why = || io::Error::new(io::ErrorKind::TimedOut, "the answer is not read");
                self.clock.as_mut().poll(cx).map(|()| Err(why()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.judged(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.judged(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    /// Called once all that was to be written has gone: nobody waits any more.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        if flushed.is_ready() {
            self.runs = false;
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Time is the test's own: it runs on when everybody waits.
    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_left() {
        for (read_at_once, is_left) in [(0, true), (1, true), (PACE_BYTES / 20, true), (PACE_BYTES, false)] {
            let (here, mut there) = tokio::io::duplex(1 << 10);
            let mut here = Paced::new(here);
            let reader = tokio::spawn(async move {
                let mut bytes = vec![0; read_at_once.max(1)];
                loop {
                    tokio::time::sleep(PACE_WINDOW / 10).await;
                    if read_at_once > 0 && there.read_exact(&mut bytes).await.is_err() {
                        return;
                    }
                }
            });
            let began = Instant::now();
            let wrote = here.write_all(&vec![7; 40 * PACE_BYTES]).await;
            assert_eq!(wrote.is_err(), is_left, "{read_at_once} bytes at once");
            assert!(!is_left || began.elapsed() <= 2 * PACE_WINDOW);
            reader.abort();
        }
    }

    /// A reader who takes everything and then idles is not blamed for the time between two answers.
    #[tokio::test(start_paused = true)]
    async fn idling_is_no_fault() {
        let (here, mut there) = tokio::io::duplex(100);
        let mut here = Paced::new(here);
        for _ in 0..5 {
            let reader = async {
                tokio::time::sleep(PACE_WINDOW / 2).await;
                let mut bytes = [0; 150];
                there.read_exact(&mut bytes).await.unwrap();
            };
            let writer = async {
                here.write_all(&[7; 150]).await.unwrap();
                here.flush().await.unwrap();
            };
            tokio::join!(reader, writer);
            tokio::time::sleep(10 * PACE_WINDOW).await;
        }
    }
}
