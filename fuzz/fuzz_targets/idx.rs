#![no_main]

#[path = "../library.rs"]
#[allow(dead_code)]
mod library;

libfuzzer_sys::fuzz_target!(|data: &[u8]| library::idx(data));
