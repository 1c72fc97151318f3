//! Hears when an element's size changes, and when it comes into sight; draws nothing.

use super::animation_frames::FrameLoop;
use super::page::Page;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, ResizeObserver};

/// Watches an element's size until it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl SizeWatch {
    /// Calls `changed` in the frame after the one in which the size of `element` became another: what is drawn at once
    /// could change sizes again, and the host page would hear of an observer that does not come to an end. `None` where
    /// the browser cannot watch.
    pub fn new(page: &Page, element: &Element, changed: impl Fn() + 'static) -> Option<SizeWatch> {
        let frames = FrameLoop::new(page, changed);
        let closure = Closure::<dyn FnMut()>::new(move || frames.request());
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(SizeWatch { observer, _closure: closure })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Watches whether an element is in sight until it is dropped.
pub struct SightWatch {
    observer: IntersectionObserver,
    _closure: Closure<dyn FnMut(js_sys::Array)>,
}

impl SightWatch {
    /// Calls `changed` with whether any of `element` is in sight, at first and when that changes. `None` where the browser
    /// cannot watch.
    pub fn new(element: &Element, changed: impl Fn(bool) + 'static) -> Option<SightWatch> {
        let closure = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                changed(entry.is_intersecting());
            }
        });
        let observer = IntersectionObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(SightWatch { observer, _closure: closure })
    }
}

impl Drop for SightWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
