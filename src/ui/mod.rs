//! The page: Yew components that hold no truth. The one folder, with `main`, that knows a browser.
//!
//! [`mount`](mount::mount) puts a lab into somebody's page. A [`driver`] lets its state (`crate::state`) hear of actions
//! and carries the effects out; [`App`](app::App) draws the state, and everything below it is a function of
//! [`props::PartProps`] or smaller props. What a lab knows of the page around it is one value, [`page::Page`].
//! Yew renders when the state's version rises; what moves with every frame (clock, playhead, countdowns)
//! listens to [`props::Lab::on_time`] and writes to its element itself.

pub mod drawing;
pub mod props;
pub mod svg_file;

#[cfg(feature = "web")]
pub mod app;
#[cfg(feature = "web")]
pub mod driver;
#[cfg(feature = "web")]
pub mod mount;
#[cfg(feature = "web")]
pub mod page;

#[cfg(feature = "web")]
mod animation_frames;
#[cfg(feature = "web")]
mod branches;
#[cfg(feature = "web")]
mod candidate_list;
#[cfg(feature = "web")]
mod console;
#[cfg(feature = "web")]
mod dialog;
#[cfg(feature = "web")]
mod editor;
/// Which Kubernetes it is, with its feature gates.
#[cfg(feature = "web")]
mod feature_gates;
#[cfg(feature = "web")]
mod gallery;
#[cfg(feature = "web")]
mod handle;
#[cfg(feature = "web")]
mod header;
#[cfg(feature = "web")]
mod icons;
#[cfg(feature = "web")]
mod inspector;
#[cfg(feature = "web")]
mod legend;
#[cfg(feature = "web")]
mod lesson;
#[cfg(feature = "web")]
mod lights;
#[cfg(feature = "web")]
mod log;
#[cfg(feature = "web")]
mod manifest_diff;
#[cfg(feature = "web")]
mod observed_size;
#[cfg(feature = "web")]
mod picture;
#[cfg(feature = "web")]
mod plan;
#[cfg(feature = "web")]
mod session_loading;
#[cfg(feature = "web")]
mod sessions;
#[cfg(feature = "web")]
mod shortcuts;
#[cfg(feature = "web")]
mod splitter;
#[cfg(feature = "web")]
mod terminal_tabs;
#[cfg(feature = "web")]
mod time_controls;
#[cfg(feature = "web")]
mod timeline;
#[cfg(feature = "web")]
mod utf16_offsets;
