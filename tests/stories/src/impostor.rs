//! Servers that are not MAIG, or that mean harm, by the first segment of the path: `/html`, `/portal`, `/gone`,
//! `/endless`, `/dribble`, `/frame`. An app reaches one with a base URL that ends in its name.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::any;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::net::TcpListener;
use tokio::time::{Interval, interval};

pub(crate) async fn listen() -> Result<SocketAddr> {
    let router = Router::new().route("/{kind}/{*rest}", any(answer));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(Path((kind, _)): Path<(String, String)>) -> Response<Body> {
    let page = "<!doctype html><title>Free Wi-Fi</title>";
    let as_maig = [("x-maig-request-id", "0"), ("content-type", "text/event-stream")];
    match kind.as_str() {
        "html" => ([("content-type", "text/html")], page).into_response(),
        "portal" => (StatusCode::FOUND, [("location", "http://wifi.example/sign-in")], page).into_response(),
        // What a load balancer says while the gateway behind it is restarted.
        "gone" => (StatusCode::BAD_GATEWAY, [("content-type", "text/html")], page).into_response(),
        "endless" => (as_maig, Body::new(Endless::at_once())).into_response(),
        "dribble" => (as_maig, Body::new(Endless::slowly())).into_response(),
        "frame" => (as_maig, Body::new(Endless::one_line())).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A body that has no end.
struct Endless {
    piece: Bytes,
    pace: Option<Interval>,
}

impl Endless {
    fn at_once() -> Self {
        Self { piece: Bytes::from(": still here\n\n".repeat(4096)), pace: None }
    }

    fn slowly() -> Self {
        Self {
            piece: Bytes::from_static(b": still here\n\n"),
            pace: Some(interval(Duration::from_millis(50))),
        }
    }

    /// No line end ever comes.
    fn one_line() -> Self {
        Self { piece: Bytes::from("data: ".repeat(8192)), pace: None }
    }
}

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        if let Some(pace) = &mut self.pace {
            ready!(pace.poll_tick(context));
        }
        Poll::Ready(Some(Ok(http_body::Frame::data(self.piece.clone()))))
    }
}
