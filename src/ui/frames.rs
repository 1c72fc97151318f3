//! One animation frame at a time, asked for only when wanted; knows nothing of what a frame does.

use super::page::Page;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Asks the browser for frames.
pub struct FrameLoop {
    page: Page,
    closure: Closure<dyn FnMut()>,
    handle: Option<i32>,
}

impl FrameLoop {
    /// Calls `on_frame` for each frame that was asked for.
    pub fn new(page: &Page, on_frame: impl FnMut() + 'static) -> FrameLoop {
        FrameLoop { page: page.clone(), closure: Closure::new(on_frame), handle: None }
    }

    /// Asks for the next frame, once.
    pub fn request(&mut self) {
        if self.handle.is_none() {
            self.handle = self.page.request_frame(self.closure.as_ref().unchecked_ref());
        }
    }

    /// Notes that the frame that was asked for has come.
    pub fn arrived(&mut self) {
        self.handle = None;
    }

    /// Wants no frame any more.
    pub fn cancel(&mut self) {
        if let Some(handle) = self.handle.take() {
            self.page.cancel_frame(handle);
        }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        self.cancel();
    }
}
