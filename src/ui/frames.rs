//! One animation frame at a time, asked for only when wanted; knows nothing of what a frame does.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::Callback;

/// Asks the browser for frames.
pub struct FrameLoop {
    closure: Closure<dyn FnMut(f64)>,
    handle: Option<i32>,
}

impl FrameLoop {
    /// Calls `on_frame` with the browser's time for each frame that was asked for.
    pub fn new(on_frame: Callback<f64>) -> FrameLoop {
        FrameLoop { closure: Closure::new(move |at| on_frame.emit(at)), handle: None }
    }

    /// Asks for the next frame, once.
    pub fn request(&mut self) {
        if self.handle.is_none() {
            let window = web_sys::window();
            let asked = window.map(|it| it.request_animation_frame(self.closure.as_ref().unchecked_ref()));
            self.handle = asked.and_then(Result::ok);
        }
    }

    /// Notes that the frame that was asked for has come.
    pub fn arrived(&mut self) {
        self.handle = None;
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        if let (Some(handle), Some(window)) = (self.handle, web_sys::window()) {
            let _ = window.cancel_animation_frame(handle);
        }
    }
}
