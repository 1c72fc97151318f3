//! One animation frame at a time, asked for only when wanted; knows nothing of what a frame does.

use super::page::Page;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Asks the browser for frames.
pub struct FrameLoop {
    page: Page,
    closure: Closure<dyn FnMut()>,
    /// The frame that was asked for and has not come yet.
    asked: Rc<Cell<Option<i32>>>,
}

impl FrameLoop {
    /// Calls `on_frame` for each frame that was asked for; it may ask for the next one.
    pub fn new(page: &Page, mut on_frame: impl FnMut() + 'static) -> FrameLoop {
        let asked = Rc::new(Cell::new(None));
        let come = Rc::clone(&asked);
        let closure = Closure::new(move || {
            come.set(None);
            on_frame();
        });
        FrameLoop { page: page.clone(), closure, asked }
    }

    /// Asks for the next frame, once.
    pub fn request(&self) {
        if self.asked.get().is_none() {
            self.asked.set(self.page.request_frame(self.closure.as_ref().unchecked_ref()));
        }
    }

    /// Wants no frame any more.
    pub fn cancel(&self) {
        if let Some(handle) = self.asked.take() {
            self.page.cancel_frame(handle);
        }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        self.cancel();
    }
}
