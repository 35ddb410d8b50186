//! The rules that tell automatic mail.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tests::fuzz::headers(data));
