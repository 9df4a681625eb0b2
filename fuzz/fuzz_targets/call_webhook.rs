#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| thunderbird_fuzzing::call_webhook::check(input));
