//! A client that leaves is noticed at once.

use std::time::{Duration, Instant};

use maig_sim::Sim;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Wire;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_is_seen_within_100_ms() {
    let sim = Sim::start().await.unwrap();
    for words in ["hang", "hang-after-head", "stall=1", "tps=1", "pings=9s", "slow=9s", "slow-head-forever"] {
        let model = format!("gpt-4o+{words}");
        let body = Wire::OpenAi.body(&model, true, "Hi").to_string();
        let mut socket = TcpStream::connect(sim.address()).await.unwrap();
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nauthorization: Bearer k\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all((head + &body).as_bytes()).await.unwrap();
        assert!(sim.wait_until(Duration::from_secs(2), |sim| sim.open_streams() == 1).await, "{words}");
        let _ = tokio::time::timeout(Duration::from_millis(50), socket.read(&mut [0; 512])).await;
        drop(socket);
        let left = Instant::now();
        let seen = |sim: &Sim| sim.departures().iter().any(|departure| departure.model == model);
        assert!(sim.wait_until(Duration::from_secs(2), seen).await, "{words}");
        let departure = sim.departures().pop().unwrap();
        assert!(departure.at.duration_since(left) < Duration::from_millis(100), "{words}");
        assert_eq!(sim.open_streams(), 0);
    }
}

#[tokio::test]
async fn an_answer_that_was_taken_whole_is_no_departure() {
    let sim = Sim::start().await.unwrap();
    Wire::OpenAi.ask(&sim, "", true).await;
    assert!(sim.wait_until(Duration::from_secs(1), |sim| sim.open_streams() == 0).await);
    assert!(sim.departures().is_empty());
}
