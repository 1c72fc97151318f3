//! The way to the code that the first picture does not need: `script/split.mjs` cuts the page's WebAssembly into parts.
//!
//! The first part draws the page, the second one runs a cluster, the third one has what is left: most commands, shells in
//! containers, SQL. `www/start.js` loads them in this order.

use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::wasm_bindgen;
use yew::Callback;

#[wasm_bindgen]
extern "C" {
    /// `www/start.js` defines it: loads all parts up to `number` at once if they are not there yet.
    #[wasm_bindgen(js_name = loadPart)]
    fn load_part(number: u32);
}

thread_local! {
    /// How many parts are known to be there besides the first.
    static LOADED: Cell<u32> = const { Cell::new(0) };
    static BEGIN: RefCell<Option<Callback<()>>> = const { RefCell::new(None) };
}

/// Runs before each call from a part into a later one; the splitter inserts the calls. Nobody else calls it.
#[wasm_bindgen]
pub fn part_needed(number: u32) {
    if LOADED.get() < number {
        load_part(number);
        LOADED.set(number);
    }
}

/// `www/start.js` calls it when the first picture stands and the part that runs a cluster is there.
#[wasm_bindgen]
pub fn begin() {
    let callback = BEGIN.with_borrow(Option::clone);
    if let Some(callback) = callback {
        callback.emit(());
    }
}

/// Calls `callback` when it is time to begin.
pub fn on_begin(callback: Callback<()>) {
    BEGIN.set(Some(callback));
}
