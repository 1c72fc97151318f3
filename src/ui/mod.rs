//! The page: Yew components that hold no truth. The one folder, with `main`, that knows a browser.
//!
//! [`App`] owns the playground; everything else is a function of [`store::PartProps`] or smaller props and asks for
//! changes by [`store::Action`].
//! Yew renders when the playground's version rises; what moves with every frame (clock, playhead, countdowns)
//! listens to [`store::Lab::on_time`] and writes to its element itself.

pub mod store;

mod app;
mod browser;
mod console;
mod controls;
mod crash;
mod diff;
mod editor;
mod fields;
mod frames;
mod guide;
mod header;
mod icons;
mod inspector;
mod keys;
mod live;
mod paint;
mod picture;
mod popup;
mod problems;
mod session;
mod sizes;
mod splitter;
mod timeline;
mod view;

pub use app::App;

/// Mounts the page in `#app`, in place of the skeleton of `index.html`.
pub fn mount() {
    crash::install();
    let root = root_element();
    yew::Renderer::<App>::with_root(root).render();
}

fn root_element() -> web_sys::Element {
    let document = web_sys::window().and_then(|window| window.document()).expect("the page has a document");
    document.get_element_by_id("app").expect("index.html has an element with the id `app`")
}
