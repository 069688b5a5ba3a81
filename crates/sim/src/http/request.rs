//! Reads one request from a socket: head by `httparse`, body by length or in chunks. Headers are looked up when asked
//! for, so that the benchmark's path pays for none.

use std::io;
use std::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MAX_HEAD: usize = 256 << 10;
const MAX_BODY: usize = 256 << 20;
const MAX_HEADERS: usize = 128;

pub(crate) struct Request {
    head: Bytes,
    method: Range<usize>,
    target: Range<usize>,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn method(&self) -> &str {
        std::str::from_utf8(&self.head[self.method.clone()]).unwrap_or_default()
    }

    /// The path, as it was sent.
    pub(crate) fn path(&self) -> &str {
        self.target().split_once('?').map_or(self.target(), |(path, _)| path)
    }

    pub(crate) fn query(&self) -> &str {
        self.target().split_once('?').map_or("", |(_, query)| query)
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        self.query()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|kv| kv.1)
    }

    /// Names in lower case, in the order in which they came.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut slots);
        // The head was parsed once already, to find its end.
        let _ = parsed.parse(&self.head);
        let lossy = |header: &httparse::Header<'_>| {
            (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
        };
        parsed.headers.iter().map(lossy).collect()
    }

    fn target(&self) -> &str {
        std::str::from_utf8(&self.head[self.target.clone()]).unwrap_or_default()
    }
}

/// The next request, or `None` when the client has closed.
pub(crate) async fn read(socket: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Option<Request>> {
    loop {
        if let Some(found) = Found::parse(buffer)? {
            let head = buffer.split_to(found.length).freeze();
            if found.expects_continue {
                socket.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            let body = match found.body {
                BodyLength::Known(length) => known(socket, buffer, length).await?,
                BodyLength::Chunked => chunked(socket, buffer).await?,
            };
            return Ok(Some(Request { head, method: found.method, target: found.target, body }));
        }
        if buffer.len() > MAX_HEAD {
            return Err(bad("the request's head is too large"));
        }
        if socket.read_buf(buffer).await? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    }
}

struct Found {
    length: usize,
    method: Range<usize>,
    target: Range<usize>,
    body: BodyLength,
    expects_continue: bool,
}

enum BodyLength {
    Known(usize),
    Chunked,
}

impl Found {
    fn parse(bytes: &[u8]) -> io::Result<Option<Self>> {
        let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut slots);
        let length = match parsed.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(bad(&error.to_string())),
        };
        let mut body = BodyLength::Known(0);
        let mut expects_continue = false;
        for header in parsed.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                let length =
                    std::str::from_utf8(header.value).ok().and_then(|value| value.trim().parse().ok());
                body = BodyLength::Known(
                    length.filter(|n| *n <= MAX_BODY).ok_or_else(|| bad("content-length"))?,
                );
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                body = BodyLength::Chunked;
            } else if header.name.eq_ignore_ascii_case("expect") {
                expects_continue = true;
            }
        }
        let within = |text: Option<&str>| {
            let text = text.unwrap_or_default();
            let start = text.as_ptr() as usize - bytes.as_ptr() as usize;
            start..start + text.len()
        };
        let (method, target) = (within(parsed.method), within(parsed.path));
        Ok(Some(Self { length, method, target, body, expects_continue }))
    }
}

async fn known(socket: &mut TcpStream, buffer: &mut BytesMut, length: usize) -> io::Result<Bytes> {
    buffer.reserve(length.saturating_sub(buffer.len()));
    while buffer.len() < length {
        more(socket, buffer).await?;
    }
    Ok(buffer.split_to(length).freeze())
}

async fn chunked(socket: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Bytes> {
    let mut body = BytesMut::new();
    loop {
        let (skip, size) = loop {
            match httparse::parse_chunk_size(buffer) {
                Ok(httparse::Status::Complete((skip, size))) => {
                    break (skip, usize::try_from(size).map_err(|_| bad("chunk size"))?);
                }
                Ok(httparse::Status::Partial) => more(socket, buffer).await?,
                Err(_) => return Err(bad("chunk size")),
            }
        };
        buffer.advance(skip);
        if body.len() + size > MAX_BODY {
            return Err(bad("the request's body is too large"));
        }
        while buffer.len() < size + 2 {
            more(socket, buffer).await?;
        }
        body.extend_from_slice(&buffer[..size]);
        // Trailers are not read: no client of a model provider sends any.
        buffer.advance(size + 2);
        if size == 0 {
            return Ok(body.freeze());
        }
    }
}

async fn more(socket: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<()> {
    match socket.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn bad(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.to_owned())
}
