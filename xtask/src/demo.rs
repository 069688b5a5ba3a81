//! `cargo xtask demo`: builds the binary and becomes `maig demo`.

use anyhow::Result;

use crate::cargo::cargo;
use crate::{command, say};

pub(crate) fn run(args: &[String]) -> Result<()> {
    say::heading("building maig (the first time takes a few minutes)");
    let mut demo =
        cargo(&["run", "--quiet", "--locked", "--package", "maig-gateway", "--bin", "maig", "--", "demo"]);
    demo.args(args);
    command::run(demo)
}
