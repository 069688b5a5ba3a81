//! Ports for gateways under test: below the range that the system gives to outgoing connections, and each given once,
//! so that between the choice and the listening nobody else can take it.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// An address on which nobody listens.
pub(crate) fn free() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two test processes at once begin in different places.
    let start = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(step < COUNT, "no port from {FIRST} on is free");
        let address = SocketAddr::from(([127, 0, 0, 1], FIRST + (start + step) % COUNT));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
