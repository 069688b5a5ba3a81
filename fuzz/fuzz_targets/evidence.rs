//! libFuzzer's door to `maig_fuzz::evidence`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| maig_fuzz::evidence(data));
