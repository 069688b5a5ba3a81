//! A connection that is written to in one piece where the pieces are small: head and body of most requests and answers
//! fit a page, and one plain write costs the kernel less than a vector of two. Long bodies are never copied.

use std::io::{Error, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

/// Copying so much costs less than what it saves.
const SMALL: usize = 1024;

#[derive(Debug)]
pub struct Gather<T>(T);

impl<T> Gather<T> {
    pub fn new(io: T) -> Self {
        Self(io)
    }
}

impl<T: Write + Unpin> Write for Gather<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let io = Pin::new(&mut self.0);
        let mut room = [0; SMALL];
        match gathered(pieces, &mut room) {
            Some(bytes) => io.poll_write(cx, bytes),
            None => io.poll_write_vectored(cx, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl<T: Read + Unpin> Read for Gather<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        room: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.0).poll_read(cx, room)
    }
}

/// All pieces behind one another. `None`: they do not fit.
fn gathered<'r>(pieces: &[IoSlice<'_>], room: &'r mut [u8; SMALL]) -> Option<&'r [u8]> {
    let mut end = 0;
    for piece in pieces {
        let next = end + piece.len();
        room.get_mut(end..next)?.copy_from_slice(piece);
        end = next;
    }
    room.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_become_one_and_long_ones_stay_where_they_are() {
        let mut room = [0; SMALL];
        let pieces = [IoSlice::new(b"head\r\n\r\n"), IoSlice::new(b""), IoSlice::new(b"body")];
        assert_eq!(gathered(&pieces, &mut room), Some(b"head\r\n\r\nbody".as_slice()));
        let long = vec![b'x'; SMALL];
        assert_eq!(gathered(&[IoSlice::new(&long)], &mut room).map(<[u8]>::len), Some(SMALL));
        assert_eq!(gathered(&[IoSlice::new(b"h"), IoSlice::new(&long)], &mut room), None);
        assert_eq!(gathered(&[], &mut room), Some(b"".as_slice()));
    }
}
