//! The binary `maig`. It must do nothing but start: commands are in `cli`, the request path in `chat`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    maig_gateway::cli::run()
}
