//! libFuzzer's door to `maig_fuzz::openai_stream`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| maig_fuzz::openai_stream(data));
