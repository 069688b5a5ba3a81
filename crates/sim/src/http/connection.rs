//! One connection: reads a request, plays its steps, reads the next. While it waits or hangs it listens, so that a
//! client's leaving is known at once.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::request;
use super::step::Step;
use crate::respond::respond;
use crate::state::Shared;

/// Serves a socket until one side closes it.
pub(crate) async fn serve(mut socket: TcpStream, shared: Arc<Shared>) {
    // Without it a small second write waits for the acknowledgement of the first, up to 40 ms.
    if socket.set_nodelay(true).is_err() {
        return;
    }
    let mut buffer = BytesMut::with_capacity(4096);
    while let Ok(Some(request)) = request::read(&mut socket, &mut buffer).await {
        let (mark, steps) = respond(&shared, &request);
        drop(request);
        let outcome = play(&mut socket, &mut buffer, steps).await;
        if let Some(mark) = mark {
            shared.ended(mark, outcome == Outcome::ClientLeft);
        }
        match outcome {
            Outcome::Next => {}
            Outcome::Reset => {
                // With no time to linger, closing sends RST.
                let _ = socket.set_zero_linger();
                return;
            }
            Outcome::Close => {
                let _ = socket.shutdown().await;
                return;
            }
            Outcome::ClientLeft => return,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Next,
    Close,
    Reset,
    ClientLeft,
}

async fn play(socket: &mut TcpStream, buffer: &mut BytesMut, steps: Vec<Step>) -> Outcome {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                if socket.write_all(&bytes).await.is_err() {
                    return Outcome::ClientLeft;
                }
            }
            Step::Wait(time) => {
                if !pause(socket, buffer, Some(time)).await {
                    return Outcome::ClientLeft;
                }
            }
            Step::Yield => tokio::task::yield_now().await,
            Step::Hang => {
                pause(socket, buffer, None).await;
                return Outcome::ClientLeft;
            }
            Step::Close => return Outcome::Close,
            Step::Reset => return Outcome::Reset,
            Step::Repeat(bytes, every) => loop {
                if socket.write_all(&bytes).await.is_err() || !pause(socket, buffer, Some(every)).await {
                    return Outcome::ClientLeft;
                }
            },
        }
    }
    Outcome::Next
}

/// What a client may send ahead while it waits; more than that is not a client of a model provider.
const MAX_AHEAD: usize = 1 << 20;

/// Lets time pass (`None`: for ever) and says whether the client is still there at its end.
async fn pause(socket: &mut TcpStream, buffer: &mut BytesMut, time: Option<Duration>) -> bool {
    let end = async {
        match time {
            Some(time) => tokio::time::sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end);
    loop {
        tokio::select! {
            biased;
            () = &mut end => return true,
            read = socket.read_buf(buffer) => match read {
                Ok(0) | Err(_) => return false,
                Ok(_) if buffer.len() > MAX_AHEAD => return false,
                Ok(_) => {}
            },
        }
    }
}
