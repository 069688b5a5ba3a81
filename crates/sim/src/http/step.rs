//! An answer as a list of things to do to a socket, and how heads and chunks are written.

use std::time::Duration;

use bytes::Bytes;

/// One thing to do.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// One write.
    Send(Bytes),
    Wait(Duration),
    /// Lets the client read what was sent before more is.
    Yield,
    /// Nothing more, until the client leaves.
    Hang,
    /// The end of the connection, in order.
    Close,
    /// The end of the connection by RST.
    Reset,
    /// The same bytes for ever, with a pause between two writes.
    Repeat(Bytes, Duration),
}

/// Headers of an answer beside its type and length.
pub(crate) type Headers = Vec<(&'static str, String)>;

/// The head of an answer whose length is known.
pub(crate) fn head(status: u16, content_type: &str, headers: &Headers, length: usize) -> Vec<u8> {
    let mut head = start(status, content_type, headers);
    head.extend_from_slice(format!("content-length: {length}\r\n\r\n").as_bytes());
    head
}

/// The head of an answer that comes in chunks.
pub(crate) fn chunked_head(status: u16, content_type: &str, headers: &Headers) -> Vec<u8> {
    let mut head = start(status, content_type, headers);
    head.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
    head
}

/// One chunk of a chunked body; the empty chunk ends it.
pub(crate) fn chunk(bytes: &[u8]) -> Bytes {
    let size = format!("{:x}\r\n", bytes.len());
    let mut framed = Vec::with_capacity(size.len() + bytes.len() + 2);
    framed.extend_from_slice(size.as_bytes());
    framed.extend_from_slice(bytes);
    framed.extend_from_slice(b"\r\n");
    framed.into()
}

/// A whole answer without faults.
pub(crate) fn whole(status: u16, content_type: &str, headers: &Headers, body: &[u8]) -> Vec<Step> {
    let mut bytes = head(status, content_type, headers, body.len());
    bytes.extend_from_slice(body);
    vec![Step::Send(bytes.into())]
}

fn start(status: u16, content_type: &str, headers: &Headers) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} {}\r\ncontent-type: {content_type}\r\n", reason(status));
    for (name, value) in headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Payload Too Large",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
