//! Small services of the browser: storage, media queries, focus, clipboard, positions in text.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement, Storage, Window};

/// The window; there is none in a worker.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}

fn storage() -> Option<Storage> {
    // Throws where storage is forbidden (a sandboxed frame).
    window()?.local_storage().ok().flatten()
}

/// What is stored under `key`.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Stores `text` under `key`. Returns whether it could.
pub fn store(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Forgets what is stored under `key`.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// Whether there is room for one panel at a time only; the style sheets have the same query.
pub fn is_narrow() -> bool {
    matches("(max-width: 799px), (max-height: 499px)")
}

/// Whether a media query holds.
pub fn matches(query: &str) -> bool {
    window().and_then(|it| it.match_media(query).ok().flatten()).is_some_and(|list| list.matches())
}

/// The window's width and height in pixels.
pub fn window_size() -> (f64, f64) {
    let size = |get: fn(&Window) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
        window().and_then(|it| get(&it).ok()).and_then(|it| it.as_f64()).unwrap_or(1000.0)
    };
    (size(Window::inner_width), size(Window::inner_height))
}

/// Moves the focus to the first element that `selector` finds.
pub fn focus(selector: &str) {
    let found = document().and_then(|it| it.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    if let Some(window) = window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

/// Milliseconds of real time since the page was opened.
pub fn real_ms() -> f64 {
    window().and_then(|it| it.performance()).map_or(0.0, |it| it.now())
}

/// The byte offset of a position that the browser counts in UTF-16 units.
pub fn byte_offset(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// The position in UTF-16 units of a byte offset.
pub fn utf16_offset(text: &str, byte: usize) -> u32 {
    let units = text.char_indices().take_while(|(at, _)| *at < byte).map(|(_, c)| c.len_utf16()).sum::<usize>();
    u32::try_from(units).unwrap_or(u32::MAX)
}
