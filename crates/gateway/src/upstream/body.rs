//! A provider's body on its way, and the connection that it comes over. Read to its end, the connection goes back to the
//! pool; dropped before, the connection is closed, so that the provider stops.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::origin::Origin;
use super::pool::{Pool, Sender};

/// What a provider still has to say.
#[derive(Debug)]
pub struct ReplyBody {
    incoming: Incoming,
    /// `None`: the connection went back, or broke.
    over: Option<Connection>,
}

/// A connection that is in use.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) pool: Arc<Pool>,
    pub(super) origin: Arc<Origin>,
    pub(super) sender: Sender,
}

impl ReplyBody {
    pub(super) fn new(incoming: Incoming, over: Connection) -> Self {
        let mut body = Self { incoming, over: Some(over) };
        if body.incoming.is_end_stream() {
            body.give_back();
        }
        body
    }

    fn give_back(&mut self) {
        if let Some(Connection { pool, origin, sender }) = self.over.take() {
            pool.put(&origin, sender);
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(cx));
        match &frame {
            Some(Err(_)) => self.over = None,
            Some(Ok(_)) if !self.incoming.is_end_stream() => {}
            _ => self.give_back(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
