//! The threads on which the client works. UniFFI polls futures on the caller's executor, which may be the one that draws
//! the screen: nothing but waiting may happen there.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// Two, so that a TLS handshake does not hold up the stream beside it.
const WORKERS: usize = 2;

pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(4)
        .thread_name("maig")
        .enable_io()
        .enable_time()
        .build();
    runtime.expect("a process that can start no thread cannot run an app")
});
