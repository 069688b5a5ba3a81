//! The real binary, under a thousand phones that never come back: its memory and its sockets are where they were.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::cli_run::{Home, Served};

const PHONES: usize = 1000;
/// What allocators keep for themselves, and the ids of expired streams. Each stream holds some 50 KiB before it expires,
/// so it is a third of what a round would leave.
const SLACK: usize = 8 * 1024 * 1024;

const FILE: &str = "
project: shop
provider_keys:
  - { name: sim, provider: simulator }
routes:
  - name: chat
    targets: [ { model: simulator/talker+words=300+tps=50 } ]
";

/// Begins a resumable stream, reads its first event, and is gone.
fn abandon(served: &Served, key: &str) {
    let body = r#"{"model":"chat","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#;
    let mut socket = TcpStream::connect(&served.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nx-maig-resumable: true\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    let (mut read, mut piece) = (Vec::new(), [0; 4096]);
    while !read.windows(4).any(|bytes| bytes == b"id: ") {
        let count = socket.read(&mut piece).unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&piece[..count]);
    }
}

/// Bytes in memory.
fn resident(served: &Served) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn descriptors(served: &Served) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", served.pid())).unwrap().count()
}

/// Half of the phones ask and are gone, and the grace of their streams goes by.
fn round(served: &Served, key: &str, idle: usize) {
    for _ in 0..PHONES / 2 {
        abandon(served, key);
    }
    let begun = Instant::now();
    // The database's own connections come and go.
    while descriptors(served) > idle + 20 {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{} descriptors, {idle} before",
            descriptors(served)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_thousand_phones_that_never_come_back_leave_memory_and_sockets_where_they_were() {
    let home = Home::new();
    home.write("shop.yaml", FILE);
    home.run(&["apply", "-f", "shop.yaml"]).fine();
    let created = home.run(&["key", "create", "--project", "shop", "--name", "app", "--json"]).json();
    let key = created["key"].as_str().unwrap();
    let served = home.serve_with(&[("MAIG_STREAM_GRACE_S", "2")]);
    let idle = descriptors(&served);
    round(&served, key, idle);
    let first = resident(&served);
    round(&served, key, idle);
    let second = resident(&served);
    assert!(second < first + SLACK, "{first} bytes after one round, {second} after two");
}
