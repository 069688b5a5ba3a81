//! libFuzzer's door to `maig_fuzz::wire::anthropic_stream`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| maig_fuzz::wire::anthropic_stream(data));
