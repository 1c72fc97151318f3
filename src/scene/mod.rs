//! What is drawn and where: a pure projection of a cluster and its history; no DOM, no colours.
//!
//! [`by_identity()`], [`by_node()`] and [`by_owner()`] turn a cluster into a [`Scene`]: items with stable keys, places in whole units and
//! style names, as many as are in view and as detailed as fits.
//! Drawing is a loop over them; the browser moves what has the same key and another place.

mod branch_difference;
pub mod bubble;
pub mod bubble_causes;
pub mod by_identity;
pub mod by_node;
pub mod by_owner;
pub mod cards;
pub mod controller_cursor;
#[cfg(test)]
pub mod fixture;
pub mod item;
pub mod labels;
pub mod log_sentences;
mod mode;
pub mod related_objects;
pub mod set_members;
pub mod style;
pub mod timeline_lanes;
pub mod workloads;

pub use branch_difference::{Difference, differences};
pub use by_identity::by_identity;
pub use by_node::by_node;
pub use by_owner::by_owner;
pub use cards::Source;
pub use controller_cursor::Cursors;
pub use item::{Item, Level, Part, Place, Scene, View};
pub use mode::Mode;
pub use set_members::{Groups, Memory, groups};
pub use timeline_lanes::Lanes;

#[cfg(test)]
mod tests;
