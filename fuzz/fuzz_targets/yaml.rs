//! libFuzzer's door to `maig_fuzz::declared::yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| maig_fuzz::declared::yaml(data));
