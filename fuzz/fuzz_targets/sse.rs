//! libFuzzer's door to `maig_fuzz::sse`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| maig_fuzz::sse(data));
