//! What is drawn and where: a pure projection of a cluster and its history; no DOM, no colours.
//!
//! [`identity()`], [`by_node`] and [`by_owner`] turn a cluster into a [`Scene`]: items with stable keys, places in whole units and
//! style names, as many as are in view and as detailed as fits.
//! Drawing is a loop over them; the browser moves what has the same key and another place.

pub mod beside;
pub mod bubble;
pub mod bubble_causes;
pub mod cards;
pub mod cursor;
mod difference;
#[cfg(test)]
pub mod fixture;
pub mod groups;
pub mod identity;
pub mod item;
pub mod labels;
pub mod lanes;
mod mode;
pub mod nodes;
pub mod owners;
pub mod story;
pub mod style;
pub mod workloads;

pub use cards::Source;
pub use cursor::Cursors;
pub use difference::{Difference, differences};
pub use groups::{Groups, Memory, groups};
pub use identity::identity;
pub use item::{Item, Level, Part, Place, Scene, View};
pub use lanes::Lanes;
pub use mode::Mode;
pub use nodes::by_node;
pub use owners::by_owner;

#[cfg(test)]
mod tests;
