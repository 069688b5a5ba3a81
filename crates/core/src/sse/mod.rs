//! Server-sent events, decoded without caring where the bytes were cut. It must never hold more than `MAX_FRAME`, and
//! never copy a line that lies whole within a pushed chunk.

#[cfg(test)]
mod tests;

use bytes::Bytes;

/// A frame larger than this is a fault of the upstream (CONTRACT §5).
pub const MAX_FRAME: usize = 16 * 1024 * 1024;

/// One dispatched event. A frame of comments only is not dispatched but counted as a sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The `event:` field, if any.
    pub event: Option<Bytes>,
    /// The `data:` lines, joined by `\n`.
    pub data: Bytes,
}

/// A frame grew over `MAX_FRAME`. The decoder is of no use after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider sent an event of more than 16 MiB")]
pub struct FrameTooLarge;

/// Whether a body begins as an event stream does: with one of its fields, or a comment. No JSON begins so.
pub fn looks_like_events(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    // Its first piece may be one byte long.
    [&b":"[..], b"data:", b"event:", b"id:", b"retry:"]
        .iter()
        .any(|field| body.starts_with(field) || (!body.is_empty() && field.starts_with(body)))
}

/// Bytes in, frames out: `push` what arrived, then call `next` until it gives `None`; at the end of the stream, `finish`.
///
/// Takes LF, CRLF and CR line ends, a byte order mark, comments and `data` of several lines (WHATWG HTML, 9.2.6).
/// Any bytes at all are a sign of life; `comments` counts those that said nothing else.
#[derive(Debug, Default)]
pub struct Decoder {
    /// What was pushed and not yet read.
    chunk: Bytes,
    /// The start of a line whose end has not arrived.
    carry: Vec<u8>,
    /// The line before ended in CR at the end of a chunk: a LF that follows belongs to it.
    after_cr: bool,
    /// The first line has been read, so that a byte order mark can no longer come.
    begun: bool,
    event: Option<Bytes>,
    data: Data,
    /// The open frame's `id`, else the one before: an id holds until the next.
    id: Option<Bytes>,
    /// The id of the last frame that was given.
    last_id: Option<Bytes>,
    note: Option<Bytes>,
    comments: u64,
    too_large: bool,
}

/// The `data` of the open frame. One line is the rule and is kept as the slice that it is.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    One(Bytes),
    Several(Vec<u8>),
}

impl Decoder {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, bytes: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = bytes;
        } else {
            // The caller did not read to the end; rare, so a copy is no loss.
            let mut joined = Vec::with_capacity(self.chunk.len() + bytes.len());
            joined.extend_from_slice(&self.chunk);
            joined.extend_from_slice(&bytes);
            self.chunk = joined.into();
        }
    }

    /// Lines that were comments, since the start: keep-alives.
    pub fn comments(&self) -> u64 {
        self.comments
    }

    /// Where a client that reconnects goes on: the id of the last frame that was whole.
    pub fn last_event_id(&self) -> Option<&Bytes> {
        self.last_id.as_ref()
    }

    /// The last comment that begins with `maig`, without that word: what a head that went out early could not say.
    pub fn note(&self) -> Option<&Bytes> {
        self.note.as_ref()
    }

    /// The next frame, or `None` until more is pushed.
    #[expect(clippy::should_implement_trait, reason = "it gives more after a None, when more was pushed")]
    pub fn next(&mut self) -> Result<Option<Frame>, FrameTooLarge> {
        while let Some(line) = self.line()? {
            if line.is_empty() {
                if let Some(frame) = self.dispatch() {
                    return Ok(Some(frame));
                }
            } else {
                self.field(&line)?;
            }
        }
        Ok(None)
    }

    /// The stream is over: gives what stands there without its blank line. The standard drops it; providers cut there,
    /// and a finish reason would be lost. Whoever reads the frame sees whether it is whole.
    pub fn finish(&mut self) -> Result<Option<Frame>, FrameTooLarge> {
        if let Some(frame) = self.next()? {
            return Ok(Some(frame));
        }
        let rest = std::mem::take(&mut self.carry);
        if !rest.is_empty() {
            let line = self.begin(rest.into());
            // Nothing but a byte order mark is no line.
            if !line.is_empty() {
                self.field(&line)?;
            }
        }
        Ok(self.dispatch())
    }

    /// The next whole line without its end.
    fn line(&mut self) -> Result<Option<Bytes>, FrameTooLarge> {
        if self.too_large {
            return Err(FrameTooLarge);
        }
        if self.after_cr && !self.chunk.is_empty() {
            self.after_cr = false;
            if self.chunk[0] == b'\n' {
                let _ = self.chunk.split_to(1);
            }
        }
        let Some(end) = memchr::memchr2(b'\n', b'\r', &self.chunk) else {
            self.room_for(self.chunk.len())?;
            self.carry.extend_from_slice(&self.chunk);
            self.chunk = Bytes::new();
            return Ok(None);
        };
        self.room_for(end)?;
        let mut line = self.chunk.split_to(end);
        let ended_by_cr = self.chunk[0] == b'\r';
        let _ = self.chunk.split_to(1);
        if ended_by_cr {
            match self.chunk.first() {
                Some(b'\n') => {
                    let _ = self.chunk.split_to(1);
                }
                Some(_) => {}
                None => self.after_cr = true,
            }
        }
        if !self.carry.is_empty() {
            self.carry.extend_from_slice(&line);
            line = std::mem::take(&mut self.carry).into();
        }
        Ok(Some(self.begin(line)))
    }

    /// Takes the byte order mark off the first line.
    fn begin(&mut self, line: Bytes) -> Bytes {
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(b"\xEF\xBB\xBF") {
            return line.slice(3..);
        }
        line
    }

    fn field(&mut self, line: &Bytes) -> Result<(), FrameTooLarge> {
        if line[0] == b':' {
            self.comments += 1;
            if line.starts_with(b": maig ") {
                self.note = Some(line.slice(7..));
            }
            return Ok(());
        }
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let value_at = match line.get(colon + 1) {
            Some(b' ') => colon + 2,
            Some(_) => colon + 1,
            None => line.len(),
        };
        match &line[..colon] {
            b"data" => {
                self.room_for(0)?;
                let value = line.slice(value_at..);
                self.data = match std::mem::take(&mut self.data) {
                    Data::None => Data::One(value),
                    Data::One(first) => Data::Several([&first[..], b"\n", &value[..]].concat()),
                    Data::Several(mut lines) => {
                        lines.push(b'\n');
                        lines.extend_from_slice(&value);
                        Data::Several(lines)
                    }
                };
            }
            b"event" => self.event = Some(line.slice(value_at..)),
            // An id with a NUL is none.
            b"id" if memchr::memchr(0, line).is_none() => self.id = Some(line.slice(value_at..)),
            // `retry` is for clients that leave it to the server when to reconnect.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self) -> Option<Frame> {
        let event = self.event.take();
        if self.id.is_some() {
            self.last_id.clone_from(&self.id);
        }
        let data = match std::mem::take(&mut self.data) {
            Data::None => return None,
            Data::One(line) => line,
            Data::Several(lines) => lines.into(),
        };
        Some(Frame { event, data })
    }

    /// Refuses what would make the open frame larger than `MAX_FRAME`.
    fn room_for(&mut self, more: usize) -> Result<(), FrameTooLarge> {
        let held = match &self.data {
            Data::None => 0,
            Data::One(line) => line.len(),
            Data::Several(lines) => lines.len(),
        };
        if held + self.carry.len() + more > MAX_FRAME {
            self.too_large = true;
            self.carry = Vec::new();
            self.data = Data::None;
            return Err(FrameTooLarge);
        }
        Ok(())
    }
}
