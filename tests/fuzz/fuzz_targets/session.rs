//! Feeds arbitrary text to the reader of stored sessions: it is refused in words, or played without a panic and stored as the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use statefulset_lab::playground::Playground;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    match Playground::restore(&text) {
        Err(words) => assert!(!words.is_empty(), "a refusal says why"),
        Ok(playground) => {
            let stored = playground.save();
            let again = Playground::restore(&stored).expect("what was stored is read again");
            assert_eq!(again.save(), stored);
        }
    }
});
