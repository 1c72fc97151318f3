//! The way to the code that the first picture does not need: `script/split.mjs` moves it into a file of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// `www/start.js` defines it: loads the rest at once if it is not there yet.
    #[wasm_bindgen(js_name = loadRest)]
    fn load_rest();
}

static IS_LOADED: AtomicBool = AtomicBool::new(false);

/// Runs before each call from the first part into the rest; the splitter inserts the calls. Nobody else calls it.
#[wasm_bindgen]
pub fn rest_needed() {
    if !IS_LOADED.load(Ordering::Relaxed) {
        load_rest();
        IS_LOADED.store(true, Ordering::Relaxed);
    }
}
