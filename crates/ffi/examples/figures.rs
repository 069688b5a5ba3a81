//! Measures what the library costs an app, through the same calls as Swift and Kotlin make: from nothing to the first
//! connection, and what it adds to each piece of a stream. It prints numbers and judges none: `cargo xtask test figures`
//! does.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on must say where"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use maig_core::key::{self, KeyKind};
use maig_ffi::{ClientOptions, GenerateOptions, RawClient};

const PIECES: usize = 300;
const ROUNDS: usize = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    println!("start_us {}", runtime.block_on(start()).as_micros());

    let epoch = Instant::now();
    let base = serve(epoch);
    let address = base.trim_start_matches("http://").to_owned();
    let client = client(base);
    let (mut bare, mut app) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does falls on both.
    for _ in 0..ROUNDS {
        let address = address.clone();
        bare.extend(thread::spawn(move || read_bare(&address, epoch)).join().unwrap());
        app.extend(runtime.block_on(read_app(&client, epoch)));
    }
    println!("bare_us {:.1}", median(bare));
    println!("app_us {:.1}", median(app));
}

fn client(base_url: String) -> Arc<RawClient> {
    let key = key::generate(KeyKind::Live, [7; 32]);
    let options =
        ClientOptions { base_url: Some(base_url), max_retries: Some(0), resume: true, ..Default::default() };
    RawClient::new(key.expose().clone(), options)
}

fn options() -> GenerateOptions {
    // The only way to a default from outside is to name all of them.
    GenerateOptions {
        model: "production-chat".to_owned(),
        system: None,
        messages: Vec::new(),
        images: Vec::new(),
        temperature: None,
        top_p: None,
        max_tokens: None,
        stop: Vec::new(),
        seed: None,
        tools: Vec::new(),
        tool_choice: None,
        json_schema: None,
        user: None,
        timeout: None,
        extra: None,
    }
}

/// From nothing, threads and trusted authorities included, to a connection that is refused at once.
async fn start() -> Duration {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let began = Instant::now();
    let refused = client(format!("http://{nobody}")).generate("Hello".to_owned(), options(), None).await;
    let took = began.elapsed();
    assert!(refused.is_err());
    took
}

/// How long each piece took from the server's hand to the app's, in microseconds.
async fn read_app(client: &RawClient, epoch: Instant) -> Vec<f64> {
    let stream = client.stream("Hello".to_owned(), options());
    let mut took = Vec::new();
    while let Some(piece) = stream.next().await.unwrap() {
        took.push(age(epoch, &piece));
    }
    assert_eq!(took.len(), PIECES);
    took
}

/// The same without the library: whoever reads the socket has the piece.
fn read_bare(address: &str, epoch: Instant) -> Vec<f64> {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n").unwrap();
    let mut took = Vec::new();
    let mut read = vec![0; 64 * 1024];
    loop {
        let length = socket.read(&mut read).unwrap();
        if length == 0 {
            break;
        }
        let text = std::str::from_utf8(&read[..length]).unwrap();
        // On a busy machine several come at a time.
        for piece in text.split("\"content\":\"").skip(1) {
            took.push(age(epoch, piece.split('"').next().unwrap()));
        }
    }
    assert_eq!(took.len(), PIECES);
    took
}

fn age(epoch: Instant, piece: &str) -> f64 {
    let sent: u64 = piece.trim().parse().unwrap();
    (epoch.elapsed() - Duration::from_nanos(sent)).as_nanos() as f64 / 1000.0
}

/// A gateway whose pieces say when they were sent.
fn serve(epoch: Instant) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for socket in listener.incoming() {
            answer(socket.unwrap(), epoch);
        }
    });
    format!("http://{address}")
}

fn answer(socket: TcpStream, epoch: Instant) {
    socket.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(&socket);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let mut to = &socket;
    to.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-maig-request-id: req_1\r\nconnection: close\r\n\r\n",
    )
    .unwrap();
    let event = |delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{{\"index\":0,\
             \"delta\":{{{delta}}},\"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    for _ in 0..PIECES {
        thread::sleep(Duration::from_millis(2));
        let piece = event(&format!("\"content\":\"{} \"", epoch.elapsed().as_nanos()), "null");
        to.write_all(piece.as_bytes()).unwrap();
    }
    to.write_all(format!("{}data: [DONE]\n\n", event("", "\"stop\"")).as_bytes()).unwrap();
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
