#!/usr/bin/env bash
# Prints the path of a rustc that can check code for aarch64-linux-android, for a Debian 12 machine whose rustup has no
# such target: the compiler of wasm-rustc.sh, with a std that is built here once. It checks and must never ship: what runs
# on a phone is linked by an NDK (`cargo xtask android`).
# usage: RUSTC_FOR_ANDROID=$(android-rustc.sh)     Idempotent: a second run only prints.
set -euo pipefail
T=aarch64-linux-android
if [ -d "$(rustc --print target-libdir --target $T 2>/dev/null)" ]; then command -v rustc; exit; fi
RUSTC=$("$(dirname "${BASH_SOURCE[0]}")/wasm-rustc.sh")
P=$(dirname "$RUSTC"); U=$P/root/usr; L=$U/lib/rustlib/$T/lib
if [ ! -d "$U/lib/rustlib" ]; then
  echo "android-rustc.sh: this rustup knows wasm32 but not $T; get it with: rustup target add $T" >&2; exit 1
fi
if [ -e "$L/ok" ]; then echo "$RUSTC"; exit; fi
W=$(mktemp -d); trap 'rm -rf "$W" "$U/src"' EXIT
# std's sources are not kept with the compiler.
(cd "$W"; apt-get -qq -o APT::Sandbox::User=root -o DPkg::Lock::Timeout=300 download rust-web-src >&2; dpkg -x ./*.deb "$P/root")
mkdir -p "$W/probe/src" "$L"
printf '[package]\nname="probe"\nversion="0.0.0"\nedition="2024"\n[workspace]\n' > "$W/probe/Cargo.toml"; : > "$W/probe/src/lib.rs"
(cd "$W/probe"; RUSTC_BOOTSTRAP=1 RUSTC=$RUSTC CARGO_TARGET_DIR=$W/t \
  cargo build -q --release -Zbuild-std=std,panic_unwind --target $T >&2)
cp "$W"/t/$T/release/deps/*.rlib "$L/"; rm -f "$L"/libprobe*
touch "$L/ok"; echo "$RUSTC"
